/** What two equal rows have in common. */
export type Identify = (row: unknown) => unknown

/** Remembers rows, for `result.unique()`. */
export class UniqueFilter {
  readonly identify: Identify | undefined
  readonly #seen = new Set<unknown>()
  readonly #tuples = new Map<unknown, unknown>()

  constructor(identify?: Identify) {
    this.identify = identify
  }

  /** Whether the row was not given before. */
  isNew(row: unknown): boolean {
    const key = this.identify ? this.identify(row) : row
    if (Array.isArray(key)) return this.#isNewTuple(key)
    if (isMapping(key)) return this.#isNewTuple(Object.values(key))
    const value = comparable(key)
    if (this.#seen.has(value)) return false
    this.#seen.add(value)
    return true
  }

  /** A tree of maps, one level for each value: no two tuples can be mixed up as joined text could. */
  #isNewTuple(values: readonly unknown[]): boolean {
    let level = this.#tuples
    let isNew = false
    for (const item of [values.length, ...values]) {
      const value = comparable(item)
      let next = level.get(value) as Map<unknown, unknown> | undefined
      if (next === undefined) {
        next = new Map()
        level.set(value, next)
        isNew = true
      }
      level = next
    }
    return isNew
  }
}

/** Values that JavaScript compares by identity and SQL by content. */
function comparable(value: unknown): unknown {
  if (value instanceof Date) return `date:${value.getTime()}`
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('latin1')}`
  return value
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  )
}
