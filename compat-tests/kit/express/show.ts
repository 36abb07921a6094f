import { inspect } from 'node:util'

const isError = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'

/** An error as what programs read of it: its stack is never alike. */
function errorFacts(error: Error): Record<string, unknown> {
  const facts: Record<string, unknown> = { error: error.name, message: error.message }
  for (const [key, value] of Object.entries(error)) {
    if (key !== 'stack') facts[key] = isError(value) ? String(value) : value
  }
  return facts
}

/** A value as one line of text that is equal where programs would see equal values. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value
  return inspect(isError(value) ? errorFacts(value) : value, {
    depth: 5,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    maxArrayLength: 200,
    maxStringLength: 4000,
  })
}
