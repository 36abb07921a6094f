import type { Json } from '../json.ts'
import { isObject, show } from '../json.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a value is the text of a UUID. */
export function isUuid(value: unknown): boolean {
  return typeof value === 'string' && UUID.test(value)
}

/** This library's durations are numbers of seconds where Python has a timedelta. */
function withoutTimedelta(value: Json): Json {
  if (!isObject(value)) return value
  const keys = Object.keys(value)
  return keys.length === 1 && keys[0] === '$timedelta' ? (value.$timedelta as Json) : value
}

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

/** What differs between two JSON values, with the path to it; null when they are equal. */
export function differenceOf(expected: Json, actual: unknown, path = '$'): string | null {
  const wanted = withoutTimedelta(expected)
  if (wanted === '<uuid4>') return isUuid(actual) ? null : `${path}: ${show(actual)} is no UUID`
  if (isNumber(wanted) && isNumber(actual)) {
    // biome-ignore lint/suspicious/noDoubleEquals: a number may equal a bigint
    return wanted == actual || (Number.isNaN(wanted) && Number.isNaN(actual))
      ? null
      : `${path}: expected ${wanted}, got ${actual}`
  }
  if (Array.isArray(wanted)) return listDifference(wanted, actual, path)
  if (isObject(wanted)) return objectDifference(wanted, actual, path)
  return wanted === actual ? null : `${path}: expected ${show(wanted)}, got ${show(actual)}`
}

function listDifference(expected: Json[], actual: unknown, path: string): string | null {
  if (!Array.isArray(actual) || actual.length !== expected.length) {
    return `${path}: expected ${show(expected)}, got ${show(actual)}`
  }
  for (const [at, item] of expected.entries()) {
    const difference = differenceOf(item, actual[at], `${path}[${at}]`)
    if (difference) return difference
  }
  return null
}

function objectDifference(
  expected: Record<string, Json>,
  actual: unknown,
  path: string,
): string | null {
  if (!isObject(actual)) return `${path}: expected ${show(expected)}, got ${show(actual)}`
  const extra = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key))
  if (extra.length > 0) return `${path}: unexpected ${extra.join(', ')} in ${show(actual)}`
  for (const [key, value] of Object.entries(expected)) {
    if (!Object.hasOwn(actual, key)) return `${path}: no ${key} in ${show(actual)}`
    const difference = differenceOf(value, actual[key], `${path}.${key}`)
    if (difference) return difference
  }
  return null
}
