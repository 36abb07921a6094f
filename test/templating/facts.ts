import { readFileSync } from 'node:fs'
import { Markup } from '../../src/http/markup.ts'
import { tuple } from '../../src/json/tuple.ts'
import { Environment, type EnvironmentOptions } from '../../src/templating/environment.ts'
import { TemplateSyntaxError } from '../../src/templating/errors.ts'
import { DictLoader } from '../../src/templating/loader.ts'
import {
  ChainableUndefined,
  DebugUndefined,
  StrictUndefined,
} from '../../src/templating/python/undefined.ts'
import { makeFloat } from '../../src/templating/python/values.ts'

/** One recorded answer of Jinja2; record-facts.py tells how the file is made and verified. */
export interface Fact {
  readonly id: string
  readonly source: string
  readonly context?: string | Record<string, unknown>
  readonly files?: string | Record<string, string>
  readonly options?: Record<string, unknown>
  readonly expect?: string
  readonly error?: { readonly type: string; readonly message: string; readonly lineno?: number }
}

interface FactFile {
  readonly shared: Record<string, Record<string, unknown>>
  readonly cases: readonly Fact[]
}

const file = JSON.parse(
  readFileSync(new URL('./corpus/jinja-facts.json', import.meta.url), 'utf8'),
) as FactFile

export const FACTS: readonly Fact[] = file.cases

const UNDEFINED: Record<string, typeof StrictUndefined> = {
  strict: StrictUndefined,
  chainable: ChainableUndefined,
  debug: DebugUndefined,
}

const NUMBERS: Record<string, number> = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY }

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first !== undefined) {
    const [key, inner] = first
    if (key === '$markup') return new Markup(inner)
    if (key === '$float') return makeFloat(NUMBERS[inner] ?? Number(inner))
    if (key === '$tuple') return tuple(...(inner as unknown[]).map(decode))
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, decode(inner)]))
}

const given = (value: string | Record<string, unknown> | undefined): Record<string, unknown> =>
  typeof value === 'string' ? (file.shared[value] ?? {}) : (value ?? {})

/** The environment that a fact's options describe. */
export function environmentOf(fact: Fact): Environment {
  const options: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fact.options ?? {})) {
    options[key.replace(/_(\w)/g, (_all, char: string) => char.toUpperCase())] = value
  }
  if (typeof options.undefined === 'string') options.undefined = UNDEFINED[options.undefined]
  const loader = new DictLoader(given(fact.files) as Record<string, string>)
  return new Environment({ ...(options as EnvironmentOptions), loader })
}

export const contextOf = (fact: Fact): Record<string, unknown> =>
  decode(given(fact.context)) as Record<string, unknown>

/** What this engine answers, in the form of the facts. */
export function answer(fact: Fact, run: (environment: Environment) => string): Partial<Fact> {
  try {
    return { expect: run(environmentOf(fact)) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = error instanceof TemplateSyntaxError ? error.reason : error.message
    const lineno = error instanceof TemplateSyntaxError ? (error.lineno ?? undefined) : undefined
    return { error: { type: error.name, message, ...(lineno === undefined ? {} : { lineno }) } }
  }
}
