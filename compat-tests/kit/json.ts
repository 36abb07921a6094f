/** JSON as the corpus holds it. Integers that a double cannot hold are bigints. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  [key: string]: Json
}

type SourceReviver = (key: string, value: unknown, context?: { source?: string }) => unknown

const INTEGER = /^-?\d+$/

const keepIntegers: SourceReviver = (_key, value, context) =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  context?.source !== undefined &&
  INTEGER.test(context.source)
    ? BigInt(context.source)
    : value

/**
 * Reads JSON text without losing digits: Python's integers have no upper limit.
 * @throws {SyntaxError} when it is no JSON.
 */
export function parseJson(text: string): Json {
  return JSON.parse(text, keepIntegers as Parameters<typeof JSON.parse>[1]) as Json
}

/** Whether a value is a JSON object: no list, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Text for a difference: JSON where possible, cut to `limit` characters. */
export function show(value: unknown, limit = 400): string {
  const text =
    value === undefined
      ? 'nothing'
      : typeof value === 'string'
        ? JSON.stringify(value)
        : (JSON.stringify(value, (_key, inner: unknown) =>
            typeof inner === 'bigint' ? inner.toString() : inner,
          ) ?? String(value))
  return text.length > limit ? `${text.slice(0, limit)}…` : text
}
