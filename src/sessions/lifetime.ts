/** A span of time in units, as Python's `timedelta` takes it. */
export interface Timedelta {
  readonly weeks?: number
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
}

/** A span of time: seconds, or an object of units. */
export type Lifetime = number | Timedelta

const UNITS: readonly (readonly [keyof Timedelta, number])[] = [
  ['weeks', 604_800],
  ['days', 86_400],
  ['hours', 3600],
  ['minutes', 60],
  ['seconds', 1],
]

/**
 * The seconds of a span of time, such as `PERMANENT_SESSION_LIFETIME`.
 * @throws {TypeError} when it is neither a number nor an object with at least one known unit.
 */
export function lifetimeSeconds(lifetime: Lifetime): number {
  let seconds = Number.NaN
  if (typeof lifetime === 'number') seconds = lifetime
  else if (typeof lifetime === 'object' && lifetime !== null) {
    for (const [unit, length] of UNITS) {
      const count = lifetime[unit]
      if (count !== undefined) seconds = (Number.isNaN(seconds) ? 0 : seconds) + count * length
    }
  }
  if (Number.isFinite(seconds)) return seconds
  throw new TypeError(
    'A lifetime must be a number of seconds or an object such as { days: 31, hours: 12 }.',
  )
}
