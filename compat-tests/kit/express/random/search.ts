import { inspect } from 'node:util'
import fc from 'fast-check'
import { compareCase, type Difference, describeDifference } from '../compare.ts'
import type { ExpressTarget } from '../types.ts'
import { caseOf } from './build.ts'
import { appShapes } from './generate.ts'
import type { AppShape } from './shape.ts'

/** How a search for differing apps ended. */
export interface Search {
  readonly seed: number
  readonly apps: number
  /** The smallest app found that differs, and in what; undefined when all agree. */
  readonly found?: { readonly shape: AppShape; readonly text: string }
}

/** How often a difference must show: some programs race with their client, on Express too. */
const REPEATS = 3

/** The facts in which the targets differ each time. */
async function repeatedDifferences(
  shape: AppShape,
  reference: ExpressTarget,
  subject: ExpressTarget,
): Promise<Difference[]> {
  const test = caseOf(shape)
  let found = await compareCase(test, reference, subject, shape.way)
  for (let run = 1; run < REPEATS && found.length > 0; run++) {
    const again = await compareCase(test, reference, subject, shape.way)
    found = found.filter(({ field }) => again.some((one) => one.field === field))
  }
  return found
}

/** Runs random apps on both targets until one differs, and makes that one as small as it gets. */
export async function searchRandomApps(
  reference: ExpressTarget,
  subject: ExpressTarget,
  options: { readonly apps: number; readonly seed: number },
): Promise<Search> {
  const property = fc.asyncProperty(appShapes(reference.major), async (shape) => {
    const found = await repeatedDifferences(shape, reference, subject)
    if (found.length > 0) throw new Error(found.map(describeDifference).join('\n'))
  })
  const outcome = await fc.check(property, { seed: options.seed, numRuns: options.apps })
  const { seed, numRuns: apps } = outcome
  const smallest = outcome.counterexample?.[0]
  if (!outcome.failed || smallest === undefined) return { seed, apps }
  const shown = inspect(smallest, { depth: null, breakLength: 100 })
  const reason = outcome.errorInstance instanceof Error ? outcome.errorInstance.message : ''
  return { seed, apps, found: { shape: smallest, text: `${shown}\n${reason}` } }
}
