import { KeyError, RuntimeError } from '../errors/builtins.ts'

/** Where a session keeps its data: under a symbol, as a private field is out of a Proxy's reach. */
const DATA: unique symbol = Symbol('bustapi.session.data')

/** What `update` takes: an object, a Map, another session, or pairs. */
export type SessionUpdate = object | Iterable<readonly [string, unknown]>

/** The property of that name on an object or its class, if it has one. */
function memberOf(target: object, key: string): PropertyDescriptor | undefined {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, key)
    if (found !== undefined) return found
  }
  return undefined
}

// Turns `session.user_id` into data. What the class itself has (flags, methods, fields of a
// subclass) is no data by index; `get` and `set` reach every name.
const byIndex: ProxyHandler<SessionMixin> = {
  get(target, key, receiver) {
    if (typeof key === 'symbol' || key in target) return Reflect.get(target, key, receiver)
    return target[DATA].get(key)
  },
  set(target, key, value, receiver) {
    if (typeof key === 'symbol' || Object.hasOwn(target, key)) {
      return Reflect.set(target, key, value, target)
    }
    const member = memberOf(target, key)
    if (member === undefined) {
      receiver.set(key, value)
      return true
    }
    if (member.set === undefined || key === '__proto__') {
      throw new TypeError(
        `'${key}' is a member of the session object: store it with session.set('${key}', value).`,
      )
    }
    return Reflect.set(target, key, value, receiver)
  },
  has(target, key) {
    return typeof key === 'symbol' ? Reflect.has(target, key) : target[DATA].has(key)
  },
  deleteProperty(target, key) {
    if (typeof key === 'symbol') return Reflect.deleteProperty(target, key)
    if (target[DATA].has(key)) target.delete(key)
    return true
  },
  ownKeys: (target) => [...target[DATA].keys()],
  getOwnPropertyDescriptor(target, key) {
    if (typeof key === 'symbol' || !target[DATA].has(key)) return undefined
    return { value: target[DATA].get(key), writable: true, enumerable: true, configurable: true }
  },
}

/**
 * A session: Python's dict of what was stored, and Flask's `SessionMixin`. Stored values are
 * reached by index (`session.user_id = 1`, `delete session.user_id`, `'user_id' in session`,
 * `Object.keys(session)`) and by the methods; a name that is also a member of this class, such as
 * `items`, only by the methods. Names keep the order in which they were first stored.
 *
 * Extend it for another kind of session; `modified` is true for every one that does not track its
 * changes as {@link SecureCookieSession} does.
 */
export class SessionMixin {
  [name: string]: unknown

  /** @internal The stored values. */
  readonly [DATA]: Map<string, unknown>
  /** Whether the session was made by this request, for interfaces that can tell. */
  new = false
  /** Whether it must be saved. Set it after changing something inside a stored value. */
  modified = true
  /** Whether anything has asked for it; the response then varies by the cookie. */
  accessed = false

  /** @param initial what is stored at first; this is no modification */
  constructor(initial: SessionUpdate | null = null) {
    this[DATA] = new Map(initial === null ? [] : entriesOf(initial))
    // biome-ignore lint/correctness/noConstructorReturn: data must be reachable by index
    return new Proxy(this, byIndex)
  }

  /** Called after every change. */
  protected onUpdate(): void {}

  /** Whether the cookie outlives the browser's session: the stored `_permanent`. */
  get permanent(): boolean {
    return Boolean(this[DATA].get('_permanent') ?? false)
  }

  set permanent(value: boolean) {
    this.set('_permanent', Boolean(value))
  }

  /** How many values are stored (Python's `len`). */
  get size(): number {
    return this[DATA].size
  }

  /** The value stored under the name, or `fallback` (null) when there is none. */
  get<T = unknown>(name: string, fallback: T | null = null): T | null {
    return this[DATA].has(name) ? (this[DATA].get(name) as T) : fallback
  }

  /**
   * The value stored under the name (Python's `session[name]`).
   * @throws {KeyError} when there is none.
   */
  getItem<T = unknown>(name: string): T {
    if (!this[DATA].has(name)) throw new KeyError(name)
    return this[DATA].get(name) as T
  }

  /** Whether something is stored under the name (Python's `in`). */
  has(name: string): boolean {
    return this[DATA].has(name)
  }

  /** Stores a value (Python's `session[name] = value`). */
  set(name: string, value: unknown): this {
    this[DATA].set(name, value)
    this.onUpdate()
    return this
  }

  /**
   * Removes a value (Python's `del session[name]`).
   * @throws {KeyError} when there is none.
   */
  delete(name: string): void {
    if (!this[DATA].delete(name)) throw new KeyError(name)
    this.onUpdate()
  }

  /**
   * Removes a value and returns it, or `fallback` when there is none.
   * @throws {KeyError} when there is neither.
   */
  pop<T = unknown>(name: string, ...fallback: [value?: T]): T {
    if (!this[DATA].has(name)) {
      if (fallback.length > 0) return fallback[0] as T
      throw new KeyError(name)
    }
    const value = this[DATA].get(name) as T
    this[DATA].delete(name)
    this.onUpdate()
    return value
  }

  /**
   * Removes the value stored last and returns it with its name.
   * @throws {KeyError} when nothing is stored.
   */
  popitem(): [name: string, value: unknown] {
    const last = [...this[DATA]].at(-1)
    if (last === undefined) throw new KeyError('popitem(): dictionary is empty')
    this[DATA].delete(last[0])
    this.onUpdate()
    return last
  }

  /** Removes everything. */
  clear(): void {
    this[DATA].clear()
    this.onUpdate()
  }

  /** Stores all of `values`. */
  update(values: SessionUpdate): void {
    for (const [name, value] of entriesOf(values)) this[DATA].set(name, value)
    this.onUpdate()
  }

  /** The stored value, which is first set to `fallback` (null) when there is none. */
  setdefault<T = unknown>(name: string, fallback: T | null = null): T | null {
    if (!this[DATA].has(name)) {
      this[DATA].set(name, fallback)
      this.onUpdate()
    }
    return this[DATA].get(name) as T | null
  }

  /** The names. */
  keys(): IterableIterator<string> {
    return this[DATA].keys()
  }

  /** The values. */
  values(): IterableIterator<unknown> {
    return this[DATA].values()
  }

  /** Names with values. */
  items(): IterableIterator<[string, unknown]> {
    return this[DATA].entries()
  }

  /** The names, as Python iterates over a dict. */
  [Symbol.iterator](): IterableIterator<string> {
    return this[DATA].keys()
  }

  /** All that is stored, as an object (Python's `dict(session)`). */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this[DATA])
  }
}

function entriesOf(values: SessionUpdate): Iterable<readonly [string, unknown]> {
  if (values instanceof SessionMixin) return values.items()
  return Symbol.iterator in values
    ? (values as Iterable<readonly [string, unknown]>)
    : Object.entries(values)
}

/**
 * The session of Flask's signed cookies. Storing and removing sets `modified`; a change inside a
 * stored value does not, so set it then.
 */
export class SecureCookieSession extends SessionMixin {
  override modified = false

  protected override onUpdate(): void {
    this.modified = true
  }
}

/**
 * Refuses a change of a session that cannot be saved.
 * @throws {RuntimeError} with Flask's message.
 */
export function failWithoutSecretKey(): never {
  throw new RuntimeError(
    'The session is unavailable because no secret key was set.' +
      '  Set the secret_key on the application to something unique and secret.',
  )
}

/** What stands in for the session when there is no secret key: empty, and refuses to be changed. */
export class NullSession extends SecureCookieSession {
  override set(): never {
    return failWithoutSecretKey()
  }

  override delete(): never {
    return failWithoutSecretKey()
  }

  override pop(): never {
    return failWithoutSecretKey()
  }

  override popitem(): never {
    return failWithoutSecretKey()
  }

  override clear(): never {
    return failWithoutSecretKey()
  }

  override update(): never {
    return failWithoutSecretKey()
  }

  override setdefault(): never {
    return failWithoutSecretKey()
  }
}
