import type { Fact } from './fact.ts'
import { FLASK } from './flask.ts'
import { FLOWS } from './flows.ts'
import { FUNCTIONS } from './functions.ts'
import { MESSAGES } from './messages.ts'
import { ROUTING } from './routing.ts'
import { STRUCTURES } from './structures.ts'

/** What live Flask is asked, by the part of it that is asked. */
export const FACTS: Readonly<Record<string, readonly Fact[]>> = {
  Flask: FLASK,
  flows: FLOWS,
  requests: MESSAGES,
  routing: ROUTING,
  'data structures': STRUCTURES,
  functions: FUNCTIONS,
}

/** All of them. */
export const FLASK_FACTS: readonly Fact[] = Object.values(FACTS).flat()
