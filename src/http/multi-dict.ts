import { BadRequestKeyError } from '../errors/client-errors.ts'
import { type Converter, convert, FAILED } from './convert.ts'
import {
  eachItem,
  hasLists,
  isMany,
  isMapping,
  type MultiItems,
  mappingEntries,
} from './multi-items.ts'

/**
 * A mapping whose keys may have several values, such as a query string (Werkzeug's `MultiDict`).
 * Reading gives the first value unless a method says otherwise. Any key is safe, `__proto__` too.
 */
export class MultiDict<V = string> {
  readonly #lists: Map<string, V[]> = new Map()

  /**
   * @param source Pairs, another multi dict, a Map or a plain object; an array or Set as a
   *   mapping's value gives several values, an empty one no key.
   */
  constructor(source?: MultiItems<V> | null) {
    if (source != null) fill(this.#lists, source)
  }

  /**
   * The first value of a key.
   *
   * @param defaultValue Returned when the key is missing or cannot be converted; null unless given.
   * @param type Converts the value; when it throws or gives `NaN`, the default is returned.
   */
  get(key: string): V | null
  get<D>(key: string, defaultValue: D): V | D
  get<T>(key: string, defaultValue: null | undefined, type: Converter<V, T>): T | null
  get<T, D>(key: string, defaultValue: D, type: Converter<V, T>): T | D
  get(key: string, defaultValue: unknown = null, type?: Converter<V, unknown>): unknown {
    const list = this.#lists.get(key)
    if (list === undefined || list.length === 0) return defaultValue
    if (type === undefined) return list[0]
    const value = convert(list[0] as V, type)
    return value === FAILED ? defaultValue : value
  }

  /**
   * The first value of a key (Python's `d[key]`).
   *
   * @throws BadRequestKeyError when it is missing, which is a 400 unless caught.
   */
  getItem(key: string): V {
    const list = this.#lists.get(key)
    if (list === undefined || list.length === 0) throw new BadRequestKeyError(key)
    return list[0] as V
  }

  /** All values of a key, converted by `type`; those it cannot convert are left out. */
  getlist(key: string): V[]
  getlist<T>(key: string, type: Converter<V, T>): T[]
  getlist(key: string, type?: Converter<V, unknown>): unknown[] {
    const list = this.#lists.get(key)
    if (list === undefined) return []
    if (type === undefined) return [...list]
    return list.map((value) => convert(value, type)).filter((value) => value !== FAILED)
  }

  /** Whether the key is there. */
  has(key: string): boolean {
    return this.#lists.has(key)
  }

  /** Sets the key to one value, in place of all it had. */
  set(key: string, value: V): void {
    this.#lists.set(key, [value])
  }

  /** Adds a value to a key. */
  add(key: string, value: V): void {
    push(this.#lists, key, value)
  }

  /** Sets the key to these values, in place of all it had. */
  setlist(key: string, values: Iterable<V>): void {
    this.#lists.set(key, [...values])
  }

  /** The first value of a key, which is set to `value` when missing. */
  setdefault(key: string, value: V): V {
    if (!this.#lists.has(key)) this.#lists.set(key, [value])
    return this.getItem(key)
  }

  /** The list of a key itself, so that changing it changes the dict; set when missing. */
  setlistdefault(key: string, values: Iterable<V> = []): V[] {
    let list = this.#lists.get(key)
    if (list === undefined) {
      list = [...values]
      this.#lists.set(key, list)
    }
    return list
  }

  /** Removes a key (Python's `del d[key]`). @throws BadRequestKeyError when it is missing. */
  delete(key: string): void {
    if (!this.#lists.delete(key)) throw new BadRequestKeyError(key)
  }

  /**
   * Removes a key and returns its first value.
   *
   * @param defaultValue Returned when the key is missing.
   * @throws BadRequestKeyError when it is missing and no default is given.
   */
  pop(key: string): V
  pop<D>(key: string, defaultValue: D): V | D
  pop(key: string, ...rest: [defaultValue?: unknown]): unknown {
    const list = this.#lists.get(key)
    this.#lists.delete(key)
    if (list !== undefined && list.length > 0) return list[0]
    if (rest.length > 0) return rest[0]
    throw new BadRequestKeyError(key)
  }

  /** Removes a key and returns all of its values; an empty array when it is missing. */
  poplist(key: string): V[] {
    const list = this.#lists.get(key) ?? []
    this.#lists.delete(key)
    return list
  }

  /**
   * Removes the last key and returns it with its first value.
   *
   * @throws BadRequestKeyError when empty.
   */
  popitem(): [string, V] {
    const [key, list] = this.popitemlist()
    if (list.length === 0) throw new BadRequestKeyError(key)
    return [key, list[0] as V]
  }

  /** Removes the last key and returns it with all values. @throws BadRequestKeyError when empty. */
  popitemlist(): [string, V[]] {
    let last: [string, V[]] | undefined
    for (const entry of this.#lists) last = entry
    if (last === undefined) throw new BadRequestKeyError('popitem(): dictionary is empty')
    this.#lists.delete(last[0])
    return last
  }

  /** Removes everything. */
  clear(): void {
    this.#lists.clear()
  }

  /** Adds all values of another source to those that are there; nothing is replaced. */
  update(source: MultiItems<V>): void {
    eachItem(source, (key, value) => push(this.#lists, key, value))
  }

  /** The keys, in order of their first appearance. */
  keys(): IterableIterator<string> {
    return this.#lists.keys()
  }

  /** The first value of each key. */
  *values(): IterableIterator<V> {
    for (const [, value] of this.items()) yield value
  }

  /** Each key with its first value, or with `multi` once for each value. */
  *items(options: { multi?: boolean } = {}): IterableIterator<[string, V]> {
    for (const [key, list] of this.lists()) {
      if (options.multi) for (const value of list) yield [key, value]
      else if (list.length > 0) yield [key, list[0] as V]
    }
  }

  /** Each key with a copy of its values. */
  *lists(): IterableIterator<[string, V[]]> {
    for (const [key, list] of this.#lists) yield [key, [...list]]
  }

  /** The values of each key. */
  *listvalues(): IterableIterator<V[]> {
    for (const [, list] of this.lists()) yield list
  }

  /** The contents as an object without a prototype: first values, or lists when `flat` is false. */
  toDict(options?: { flat?: true }): Record<string, V>
  toDict(options: { flat: false }): Record<string, V[]>
  toDict(options: { flat?: boolean } = {}): Record<string, V | V[]> {
    const dict = Object.create(null) as Record<string, V | V[]>
    for (const [key, list] of this.lists()) {
      if (options.flat === false) dict[key] = list
      else if (list.length > 0) dict[key] = list[0] as V
    }
    return dict
  }

  /** A copy with the same values, changeable also where this one is not. */
  copy(): MultiDict<V> {
    return new MultiDict(this)
  }

  /** A copy whose values are copied too. */
  deepcopy(): MultiDict<V> {
    return new MultiDict<V>(structuredClone([...this.items({ multi: true })]))
  }

  /** The number of keys. */
  get size(): number {
    return this.#lists.size
  }

  /** The keys, as iterating a Python dict gives them. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.keys()
  }

  /** First values by key, which is what `jsonify(request.args)` sends. */
  toJSON(): Record<string, V> {
    return this.toDict()
  }

  toString(): string {
    return `${this.constructor.name}(${JSON.stringify([...this.items({ multi: true })])})`
  }
}

function push<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

function fill<V>(lists: Map<string, V[]>, source: MultiItems<V>): void {
  if (hasLists<V>(source)) {
    for (const [key, values] of source.lists()) lists.set(key, values)
  } else if (isMapping(source)) {
    for (const [key, value] of mappingEntries(source)) {
      const values = isMany(value) ? [...value] : [value]
      if (values.length > 0) lists.set(key, values as V[])
    }
  } else {
    for (const [key, value] of source as Iterable<readonly [string, V]>) push(lists, key, value)
  }
}

/** A {@link MultiDict} that cannot be changed; `request.args` and its siblings are of this kind. */
export class ImmutableMultiDict<V = string> extends MultiDict<V> {
  override set(_key: string, _value: V): never {
    return refuse(this)
  }
  override add(_key: string, _value: V): never {
    return refuse(this)
  }
  override setlist(_key: string, _values: Iterable<V>): never {
    return refuse(this)
  }
  override setdefault(_key: string, _value: V): never {
    return refuse(this)
  }
  override setlistdefault(_key: string, _values?: Iterable<V>): never {
    return refuse(this)
  }
  override delete(_key: string): never {
    return refuse(this)
  }
  override pop(_key: string, _defaultValue?: unknown): never {
    return refuse(this)
  }
  override poplist(_key: string): never {
    return refuse(this)
  }
  override popitem(): never {
    return refuse(this)
  }
  override popitemlist(): never {
    return refuse(this)
  }
  override clear(): never {
    return refuse(this)
  }
  override update(_source: MultiItems<V>): never {
    return refuse(this)
  }
}

function refuse(self: object): never {
  throw new TypeError(`'${self.constructor.name}' objects are immutable`)
}

/**
 * Several multi dicts read as one, earlier ones first; `request.values` is one. It follows later
 * changes of its parts and cannot be changed itself.
 */
export class CombinedMultiDict<V = string> extends ImmutableMultiDict<V> {
  /** The parts, first consulted first. */
  readonly dicts: readonly MultiDict<V>[]

  constructor(dicts: Iterable<MultiDict<V>> = []) {
    super()
    this.dicts = [...dicts]
  }

  override get(key: string): V | null
  override get<D>(key: string, defaultValue: D): V | D
  override get<T>(key: string, defaultValue: null | undefined, type: Converter<V, T>): T | null
  override get<T, D>(key: string, defaultValue: D, type: Converter<V, T>): T | D
  override get(key: string, defaultValue: unknown = null, type?: Converter<V, unknown>): unknown {
    for (const dict of this.dicts) {
      if (!dict.has(key)) continue
      const value = type === undefined ? dict.getItem(key) : convert(dict.getItem(key), type)
      if (value !== FAILED) return value
    }
    return defaultValue
  }

  override getItem(key: string): V {
    for (const dict of this.dicts) if (dict.has(key)) return dict.getItem(key)
    throw new BadRequestKeyError(key)
  }

  override getlist(key: string): V[]
  override getlist<T>(key: string, type: Converter<V, T>): T[]
  override getlist(key: string, type?: Converter<V, unknown>): unknown[] {
    return this.dicts.flatMap((dict): unknown[] =>
      type === undefined ? dict.getlist(key) : dict.getlist(key, type),
    )
  }

  override has(key: string): boolean {
    return this.dicts.some((dict) => dict.has(key))
  }

  override keys(): IterableIterator<string> {
    return new Set(this.dicts.flatMap((dict) => [...dict.keys()])).values()
  }

  override *items(options: { multi?: boolean } = {}): IterableIterator<[string, V]> {
    const seen = new Set<string>()
    for (const dict of this.dicts) {
      for (const item of dict.items(options)) {
        if (!options.multi) {
          if (seen.has(item[0])) continue
          seen.add(item[0])
        }
        yield item
      }
    }
  }

  override *lists(): IterableIterator<[string, V[]]> {
    const lists = new Map<string, V[]>()
    for (const dict of this.dicts) {
      for (const [key, values] of dict.lists()) {
        const known = lists.get(key)
        if (known === undefined) lists.set(key, values)
        else known.push(...values)
      }
    }
    yield* lists
  }

  override get size(): number {
    return new Set(this.keys()).size
  }
}
