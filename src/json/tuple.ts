/**
 * Python's `tuple`: a list that a session keeps apart from other lists (tag ` t`), so that a Flask
 * app that shares the session finds a tuple where it put one. Everywhere else it is an array.
 */
export class Tuple<T = unknown> extends Array<T> {
  /** `map`, `filter` and `slice` of a tuple give plain arrays, as Python's comprehensions do. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

/**
 * Makes a tuple of the given items. (`new Tuple(3)` would be a tuple of length 3, as with `Array`.)
 * @returns a `Tuple` of exactly these items
 */
export function tuple<T extends readonly unknown[]>(...items: T): Tuple<T[number]> {
  return Tuple.from<T[number]>(items) as Tuple<T[number]>
}
