import { inspect } from 'node:util'
import { DataError, StatementError } from '../errors.ts'

/** A value for messages: its kind, and what it is, cut short. */
export function describeValue(value: unknown): string {
  const text = inspect(value, {
    depth: 1,
    breakLength: Number.POSITIVE_INFINITY,
    maxStringLength: 60,
  })
  return `${kindOf(value)} ${text.length > 120 ? `${text.slice(0, 120)}…` : text}`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return (Object.getPrototypeOf(value)?.constructor?.name as string | undefined) || 'object'
}

/** The value is none of the type's. */
export function wrongType(type: string, accepted: string, value: unknown): StatementError {
  return new StatementError(
    `(TypeError) ${type} type only accepts ${accepted} as input, not ${describeValue(value)}.`,
  )
}

/** The value is of the type and still cannot be stored. */
export function badData(type: string, problem: string, value: unknown): DataError {
  return new DataError(`(ValueError) ${type}: ${problem}: ${describeValue(value)}`)
}
