import { KeyError } from '../errors/builtins.ts'

/** What may fill a {@link CallbackDict}. */
export type DictSource<V> = Iterable<readonly [string, V]> | { readonly [key: string]: V }

/** What is called after a change. Declared as a method, so that subclasses stay assignable. */
export type OnUpdate<T> = { call(changed: T): void }['call']

/** A mapping that reports each change (Werkzeug's `CallbackDict`). */
export class CallbackDict<V> {
  readonly #items: Map<string, V>
  /** Called with the dict after each change; a response uses it to rewrite a header. */
  onUpdate: OnUpdate<this> | null

  constructor(source?: DictSource<V> | null, onUpdate: OnUpdate<never> | null = null) {
    this.#items = new Map(pairs(source))
    this.onUpdate = onUpdate as OnUpdate<this> | null
  }

  /** The value of a key, or the default, which is null unless given. */
  get(key: string): V | null
  get<D>(key: string, defaultValue: D): V | D
  get(key: string, defaultValue: unknown = null): unknown {
    return this.#items.has(key) ? this.#items.get(key) : defaultValue
  }

  /** The value of a key. @throws KeyError when it is missing. */
  getItem(key: string): V {
    if (!this.#items.has(key)) throw new KeyError(key)
    return this.#items.get(key) as V
  }

  /** Whether the key is there. */
  has(key: string): boolean {
    return this.#items.has(key)
  }

  /** Sets a key. */
  set(key: string, value: V): void {
    this.#items.set(key, value)
    this.onUpdate?.(this)
  }

  /** The value of a key, which is set when missing. */
  setdefault(key: string, value: V): V {
    if (!this.#items.has(key)) this.set(key, value)
    return this.getItem(key)
  }

  /** Removes a key. @throws KeyError when it is missing. */
  delete(key: string): void {
    if (!this.#items.delete(key)) throw new KeyError(key)
    this.onUpdate?.(this)
  }

  /** Removes a key and returns its value, or the default. @throws KeyError without either. */
  pop(key: string): V
  pop<D>(key: string, defaultValue: D): V | D
  pop(key: string, ...rest: [defaultValue?: unknown]): unknown {
    if (this.#items.has(key)) {
      const value = this.#items.get(key)
      this.delete(key)
      return value
    }
    if (rest.length > 0) return rest[0]
    throw new KeyError(key)
  }

  /** Removes the last key and returns it with its value. @throws KeyError when there is none. */
  popitem(): [key: string, value: V] {
    const last = [...this.#items].at(-1)
    if (last === undefined) throw new KeyError('popitem(): dictionary is empty')
    this.delete(last[0])
    return last
  }

  /** The keys and values in a plain map, whose changes are not reported (Python's `dict.copy`). */
  copy(): Map<string, V> {
    return new Map(this.#items)
  }

  /** Sets all keys of a source; one report for all. */
  update(source: DictSource<V>): void {
    for (const [key, value] of pairs(source)) this.#items.set(key, value)
    this.onUpdate?.(this)
  }

  /** Removes everything. */
  clear(): void {
    this.#items.clear()
    this.onUpdate?.(this)
  }

  keys(): IterableIterator<string> {
    return this.#items.keys()
  }

  values(): IterableIterator<V> {
    return this.#items.values()
  }

  items(): IterableIterator<[string, V]> {
    return this.#items.entries()
  }

  /** The number of keys. */
  get size(): number {
    return this.#items.size
  }

  /** The keys. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.#items.keys()
  }

  toJSON(): Record<string, V> {
    const dict = Object.create(null) as Record<string, V>
    for (const [key, value] of this.#items) dict[key] = value
    return dict
  }
}

function pairs<V>(source: DictSource<V> | null | undefined): Iterable<readonly [string, V]> {
  if (source == null) return []
  if (source instanceof CallbackDict) return source.items() as Iterable<[string, V]>
  return Symbol.iterator in source
    ? (source as Iterable<readonly [string, V]>)
    : Object.entries(source)
}
