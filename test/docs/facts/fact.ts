import { Accept } from '../../../src/http/accept.ts'
import { CallbackDict } from '../../../src/http/callback-dict.ts'
import { Headers } from '../../../src/http/headers.ts'
import { MultiDict } from '../../../src/http/multi-dict.ts'

/** A question put to both sides. */
export interface Fact {
  /** The names of MIGRATION.md's matrix that it is about. */
  readonly names: readonly string[]
  /** What Flask is asked: statements, and an expression in the last line. */
  readonly python: string
  /** The same here. */
  readonly ours: () => unknown
}

/** @param names names of the matrix, with spaces between; `Rule: map rule` is short for both members */
export function fact(names: string, python: string, ours: () => unknown): Fact {
  const [owner, members] = names.split(': ')
  const list =
    members === undefined
      ? names.split(' ')
      : members.split(' ').map((name) => (name.includes('.') ? name : `${owner}.${name}`))
  return { names: list, python: python.trim(), ours }
}

/** A value in the form in which record-facts.py writes Python's. */
export function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'function') return { $class: value.name }
  if (typeof value !== 'object') return value
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('latin1') }
  if (value instanceof Date) return { $date: value.getTime() / 1000 }
  if (value instanceof Error) return { $error: value.constructor.name }
  if (value instanceof Set) return { $set: [...value].map(plain).toSorted() }
  if (value instanceof Headers || value instanceof Accept) return [...value].map(plain)
  if (value instanceof MultiDict) return [...value.items({ multi: true })].map(plain)
  if (value instanceof CallbackDict) return plain(new Map(value.items()))
  if (value instanceof Map) return plain(Object.fromEntries(value))
  if (Symbol.iterator in value && !('toHeader' in value)) {
    return Array.from(value as Iterable<unknown>, plain)
  }
  if (Object.getPrototypeOf(value) === null || value.constructor === Object) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  }
  return String(value)
}

/** What a function returns or throws. */
export function outcome(run: () => unknown): unknown {
  try {
    return plain(run())
  } catch (error) {
    return plain(error)
  }
}
