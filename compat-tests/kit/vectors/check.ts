import type { Fields } from '../fields.ts'
import { show } from '../json.ts'

/** Computes one vector and says what differs, or null. */
export type Check = (vector: Fields) => string | null | PromiseLike<string | null>

/** Says what differs between two values that are compared as they are. */
export function same(expected: unknown, actual: unknown, what = 'result'): string | null {
  return expected === actual ? null : `${what}: expected ${show(expected)}, got ${show(actual)}`
}

/** Calls `work` and says whether it threw. */
export function throws(work: () => unknown): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}

/** The first difference of several, or null. */
export function firstOf(...differences: (string | null)[]): string | null {
  return differences.find((difference) => difference !== null) ?? null
}
