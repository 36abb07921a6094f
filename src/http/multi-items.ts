/** What may fill a multi dict or headers: pairs, or a mapping whose values may be several. */
export type MultiItems<V> =
  | Iterable<readonly [string, V]>
  | ReadonlyMap<string, V | readonly V[] | ReadonlySet<V>>
  | { readonly [key: string]: V | readonly V[] | ReadonlySet<V> }
  | ListsSource<V>

/** The slice of a multi dict that is read: each key with all of its values. */
export interface ListsSource<V> {
  lists(): Iterable<[string, V[]]>
}

/** Whether the source is a multi dict, whose own iteration gives only keys. */
export function hasLists<V>(source: object): source is ListsSource<V> {
  return typeof (source as { lists?: unknown }).lists === 'function'
}

/** Whether a mapping's value stands for several values (Python's list, tuple and set). */
export function isMany(value: unknown): value is readonly unknown[] | ReadonlySet<unknown> {
  return Array.isArray(value) || value instanceof Set
}

/** Whether the source maps keys to values rather than being a sequence of pairs. */
export function isMapping(source: object): boolean {
  return source instanceof Map || !(Symbol.iterator in source)
}

/** The entries of a Map or of a plain object's own keys. */
export function mappingEntries(source: object): Iterable<readonly [string, unknown]> {
  return source instanceof Map ? source : Object.entries(source)
}

/** Calls `visit` for each key and single value of a source (Werkzeug's `iter_multi_items`). */
export function eachItem<V>(source: MultiItems<V>, visit: (key: string, value: V) => void): void {
  if (hasLists<V>(source)) {
    for (const [key, values] of source.lists()) for (const value of values) visit(key, value)
  } else if (isMapping(source)) {
    for (const [key, value] of mappingEntries(source)) {
      if (isMany(value)) for (const one of value) visit(key, one as V)
      else visit(key, value as V)
    }
  } else {
    for (const [key, value] of source as Iterable<readonly [string, V]>) visit(key, value)
  }
}
