import { Tuple } from '../../json/tuple.ts'

/** Answers a call of an engine object: with the object, Python's argument lists and the call's state. */
export type ObjectCall = (
  self: never,
  args: readonly unknown[],
  kwargs: unknown,
  state: unknown,
) => unknown

/**
 * Base of the engine's own objects, such as `loop`. What it knows about them is private, so that no
 * template finds it among their attributes.
 */
export class EngineObject {
  readonly #pythonName: string
  readonly #call: ObjectCall | null

  /**
   * @param pythonName Full name of Jinja's class, for error messages.
   * @param call What calling the object does, if it can be called.
   */
  constructor(pythonName: string, call: ObjectCall | null = null) {
    this.#pythonName = pythonName
    this.#call = call
  }

  static pythonNameOf(value: object): string | null {
    return #pythonName in value ? value.#pythonName : null
  }

  static callOf(value: object): ObjectCall | null {
    return #call in value ? value.#call : null
  }
}

/** Stands for "no such variable" inside the engine; templates never see it. */
export const MISSING: unique symbol = Symbol('missing')

/**
 * A whole number that Python would call a float, such as `4 / 2`. JavaScript cannot tell `2.0` from
 * `2`, so templates carry these apart; functions of the application get a plain number.
 */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }

  valueOf(): number {
    return this.value
  }
}

/** A number as Python's float: wrapped only where a plain number would pass for an int. */
export function makeFloat(value: number): number | Float {
  return Number.isSafeInteger(value) ? new Float(value) : value
}

/** An integer of any size: a number while that is exact, else a bigint. */
export function makeInt(value: bigint): number | bigint {
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

/** Is this an int to Python (booleans are not counted)? */
export function isInt(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
}

/** Is this a float to Python? */
export function isFloat(value: unknown): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isSafeInteger(value))
}

/** A plain object is a dict: made by `{}`, `JSON.parse` or with no prototype at all. */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const proto: object | null = Object.getPrototypeOf(value)
  return proto === null || proto === Object.prototype || Object.getPrototypeOf(proto) === null
}

/** The tuple of these items. */
export function makeTuple(items: readonly unknown[]): Tuple<unknown> {
  return Tuple.from(items) as Tuple<unknown>
}

export function isTuple(value: unknown): value is Tuple<unknown> {
  return value instanceof Tuple
}

/** Python's `range` object. */
export class Range {
  readonly start: number
  readonly stop: number
  readonly step: number

  constructor(start: number, stop: number, step: number) {
    this.start = start
    this.stop = stop
    this.step = step
  }

  get size(): number {
    return Math.max(0, Math.ceil((this.stop - this.start) / this.step))
  }

  at(index: number): number | undefined {
    const at = index < 0 ? index + this.size : index
    return at >= 0 && at < this.size ? this.start + at * this.step : undefined
  }

  has(value: unknown): boolean {
    if (typeof value !== 'number') return false
    const offset = (value - this.start) / this.step
    return Number.isInteger(offset) && offset >= 0 && offset < this.size
  }

  *[Symbol.iterator](): Generator<number, void> {
    const { start, step, size } = this
    for (let i = 0; i < size; i++) yield start + i * step
  }
}

/** A lazy sequence, as Python's generators, `reversed` and `map`: it can be walked once. */
export class Lazy {
  readonly kind: string
  readonly #iterator: Iterator<unknown>

  constructor(kind: string, iterable: Iterable<unknown>) {
    this.kind = kind
    this.#iterator = iterable[Symbol.iterator]()
  }

  next(): IteratorResult<unknown> {
    return this.#iterator.next()
  }

  [Symbol.iterator](): this {
    return this
  }
}

/**
 * Gives a key the form under which equal keys are one, as Python hashes: `1`, `1.0` and `true` are
 * the same, tuples go by their items. Throws TypeError for lists and dicts.
 */
export function hashKey(key: unknown): unknown {
  switch (typeof key) {
    case 'boolean':
      return key ? 1 : 0
    case 'undefined':
      return null
    case 'object':
      if (key === null) return null
      if (key instanceof Float) return key.value
      if (isTuple(key)) return `\0tuple:${key.map((item) => hashPart(hashKey(item))).join('\0')}`
      if (Array.isArray(key)) throw new TypeError("unhashable type: 'list'")
      if (key instanceof Dict || key instanceof Map || isPlainObject(key)) {
        throw new TypeError("unhashable type: 'dict'")
      }
      if (key instanceof Set) throw new TypeError("unhashable type: 'set'")
      return typeof (key as { __html__?: unknown }).__html__ === 'function' ? String(key) : key
    default:
      return key
  }
}

const identities = new WeakMap<object, number>()
let nextIdentity = 1

function hashPart(hash: unknown): string {
  if ((typeof hash !== 'object' && typeof hash !== 'function') || hash === null) {
    return `${typeof hash}:${String(hash)}`
  }
  let identity = identities.get(hash)
  if (identity === undefined) {
    identity = nextIdentity++
    identities.set(hash, identity)
  }
  return `#${identity}`
}

/** A dict made by a template: any key, in order of insertion. */
export class Dict {
  readonly #entries = new Map<unknown, [unknown, unknown]>()

  constructor(entries: Iterable<readonly [unknown, unknown]> = []) {
    for (const [key, value] of entries) this.set(key, value)
  }

  get size(): number {
    return this.#entries.size
  }

  has(key: unknown): boolean {
    return this.#entries.has(hashKey(key))
  }

  get(key: unknown): unknown {
    return this.#entries.get(hashKey(key))?.[1]
  }

  set(key: unknown, value: unknown): this {
    const hash = hashKey(key)
    const entry = this.#entries.get(hash)
    if (entry === undefined) this.#entries.set(hash, [key, value])
    else entry[1] = value
    return this
  }

  delete(key: unknown): boolean {
    return this.#entries.delete(hashKey(key))
  }

  clear(): void {
    this.#entries.clear()
  }

  entries(): IterableIterator<[unknown, unknown]> {
    return this.#entries.values()
  }

  *[Symbol.iterator](): Generator<unknown, void> {
    for (const [key] of this.#entries.values()) yield key
  }
}

/**
 * Sets an own property whatever its name: `__proto__` becomes data and never touches a prototype.
 */
export function setOwn(object: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  } else (object as Record<string, unknown>)[key] = value
}
