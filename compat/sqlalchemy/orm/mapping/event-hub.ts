import { InvalidRequestError } from '../../errors.ts'

// biome-ignore lint/suspicious/noExplicitAny: each event has its own arguments
export type Listener = (...args: any[]) => unknown

/** Options of `event.listen`. */
export interface ListenOptions {
  /** Runs the listener at the first event only. */
  readonly once?: boolean
  /** On a model: its subclasses hear of it too. */
  readonly propagate?: boolean
  /** In front of the listeners that are there. */
  readonly insert?: boolean
  /** Accepted for SQLAlchemy's sake: a value that is returned always counts. */
  readonly retval?: boolean
  /** Accepted for SQLAlchemy's sake. */
  readonly raw?: boolean
  /** Accepted for SQLAlchemy's sake. */
  readonly named?: boolean
}

interface Entry {
  readonly fn: Listener
  readonly run: Listener
  readonly propagate: boolean
}

/** Where something that can be listened to keeps its {@link EventHub}. */
export const kEvents: unique symbol = Symbol('bustapi.sqlalchemy.events')

let changes = 0

/** A number that changes with every listener that comes or goes anywhere; caches compare it. */
export function listenerChanges(): number {
  return changes
}

/** The listeners of one target. */
export class EventHub {
  readonly #target: string
  readonly #names: ReadonlySet<string>
  readonly #parent: (() => EventHub | null) | null
  readonly #entries = new Map<string, Entry[]>()
  readonly #cache = new Map<string, readonly Listener[]>()
  #cachedAt = -1

  /**
   * @param target its name, for messages
   * @param names the events it has
   * @param parent gives the hub whose propagating listeners are heard here as well
   */
  constructor(target: string, names: ReadonlySet<string>, parent?: () => EventHub | null) {
    this.#target = target
    this.#names = names
    this.#parent = parent ?? null
  }

  /** @throws InvalidRequestError when the target has no such event. */
  listen(name: string, fn: Listener, options: ListenOptions = {}): void {
    this.#check(name)
    const run = options.once ? this.#once(name, fn) : fn
    const entries = this.#entries.get(name) ?? []
    const entry: Entry = { fn, run, propagate: options.propagate ?? false }
    this.#entries.set(name, options.insert ? [entry, ...entries] : [...entries, entry])
    changes += 1
  }

  #once(name: string, fn: Listener): Listener {
    return (...args) => {
      this.remove(name, fn)
      return fn(...args)
    }
  }

  /** @throws InvalidRequestError when the target has no such event. */
  remove(name: string, fn: Listener): void {
    this.#check(name)
    const entries = this.#entries.get(name)
    if (!entries) return
    this.#entries.set(
      name,
      entries.filter((entry) => entry.fn !== fn),
    )
    changes += 1
  }

  contains(name: string, fn: Listener): boolean {
    return this.#entries.get(name)?.some((entry) => entry.fn === fn) ?? false
  }

  /** Whether anybody listens; costs next to nothing when nobody does. */
  has(name: string): boolean {
    if (this.#parent === null && this.#entries.size === 0) return false
    return this.listeners(name).length > 0
  }

  /** The listeners in the order they are called: inherited ones first. */
  listeners(name: string): readonly Listener[] {
    if (this.#cachedAt !== changes) {
      this.#cache.clear()
      this.#cachedAt = changes
    }
    let list = this.#cache.get(name)
    if (list === undefined) {
      const own = this.#entries.get(name)?.map((entry) => entry.run) ?? []
      list = [...this.#inherited(name), ...own]
      this.#cache.set(name, list)
    }
    return list
  }

  #propagating(name: string): Listener[] {
    const own = this.#entries.get(name)?.filter((entry) => entry.propagate) ?? []
    return [...this.#inherited(name), ...own.map((entry) => entry.run)]
  }

  #inherited(name: string): Listener[] {
    const parent = this.#parent?.() ?? null
    return parent === null ? [] : parent.#propagating(name)
  }

  /** Calls the listeners one after the other. */
  emit(name: string, ...args: unknown[]): void {
    for (const listener of this.listeners(name)) listener(...args)
  }

  /** Calls the listeners one after the other, each after what the last one returned has settled. */
  async emitAsync(name: string, ...args: unknown[]): Promise<void> {
    for (const listener of this.listeners(name)) await listener(...args)
  }

  #check(name: string): void {
    if (!this.#names.has(name)) {
      throw new InvalidRequestError(`No such event '${name}' for target '${this.#target}'`)
    }
  }
}
