import { inspect } from 'node:util'
import { InvalidRequestError } from '../../errors.ts'
import { appendedTo, removedFrom } from './related-sync.ts'
import type { RelationshipProperty } from './relationship-property.ts'
import { type InstanceState, kRelatedList } from './state.ts'
import { loadProblem } from './unavailable.ts'

/** What a list was at some moment: {@link RelatedList.save}. */
export interface ListSnapshot<T> {
  readonly items: readonly T[] | null
  readonly added: readonly T[]
  readonly removed: readonly T[]
  readonly committed: readonly T[] | null
  readonly replaces: boolean
}

const INDEX = /^(?:0|[1-9]\d*)$/

// `list[0]` must work as on Python's lists. Only names that neither the list nor its class has get here, so
// every other access stays as fast as on a plain object.
const indexAccess: object = new Proxy(Object.create(null) as object, {
  get(_target, name, receiver: RelatedList): unknown {
    return typeof name === 'string' && INDEX.test(name)
      ? receiver.at(Number(name))
      : Reflect.get(Object.prototype, name, receiver)
  },
  set(_target, name, value, receiver: RelatedList): boolean {
    if (typeof name === 'string' && INDEX.test(name)) {
      receiver.splice(Number(name), 1, value)
      return true
    }
    return Reflect.defineProperty(receiver, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    })
  },
})

/**
 * The objects of a to-many relationship. `await user.posts` loads them once and gives an array; `append` and
 * its kin work at once, loaded or not; reading without `await` needs the list to be loaded.
 */
export class RelatedList<T extends object = object> implements PromiseLike<T[]>, Iterable<T> {
  [index: number]: T
  readonly [kRelatedList]: true = true
  readonly state: InstanceState
  readonly property: RelationshipProperty
  #items: T[] | null
  #added: Set<T> | null = null
  #removed: Set<T> | null = null
  // What the database has; made at the first change, `null` while unknown.
  #committed: Set<T> | null = null
  #replaces = false
  // Of the added objects, those that an unloaded list knows by their own side only.
  #echoes: Set<T> | null = null

  /** `items`: what the database has, `null` while not loaded. */
  constructor(state: InstanceState, property: RelationshipProperty, items: T[] | null) {
    this.state = state
    this.property = property
    this.#items = items
  }

  // ---- for loading and flushing ----

  /** Whether the objects are known and can be read without `await`. */
  get loaded(): boolean {
    return this.#items !== null
  }

  /** Whether the list differs from what the database has. */
  get changed(): boolean {
    return this.#replaces || !!this.#added?.size || !!this.#removed?.size
  }

  /** Objects that the database does not have in the list. */
  get added(): readonly T[] {
    return this.#added ? [...this.#added] : []
  }

  /** What the application itself has put into the list, if it is not loaded; what is known, if it is. */
  get own(): readonly T[] {
    return this.#items ?? this.added.filter((item) => !this.#echoes?.has(item))
  }

  /** Objects that the database has in the list and memory has not. */
  get removed(): readonly T[] {
    return this.#removed ? [...this.#removed] : []
  }

  /** Objects in the list in memory and in the database; empty while not loaded. */
  get unchanged(): readonly T[] {
    const items = this.#items ?? []
    return this.#added ? items.filter((item) => !this.#added?.has(item)) : items
  }

  /** What is known to be in the list; `null` when nothing was loaded or added. */
  get known(): readonly T[] {
    return this.#items ?? this.added
  }

  /**
   * The whole content was replaced or cleared before it was loaded: `removed` is complete only after the
   * session has loaded the list (a flush must do so).
   */
  get replacesUnloaded(): boolean {
    return this.#replaces
  }

  /** Takes what the database has; changes made before the load stay. */
  setLoaded(items: T[]): void {
    const added = this.#added
    const removed = this.#removed
    if (!this.#replaces && !added?.size && !removed?.size) {
      this.#items = items
      this.#committed = null
      return
    }
    const committed = new Set(items)
    const kept = this.#replaces ? new Set(this.#items ?? []) : null
    this.#committed = committed
    this.#added = new Set([...(added ?? [])].filter((item) => !committed.has(item)))
    this.#removed = new Set(
      items.filter((item) => (kept ? !kept.has(item) : (removed?.has(item) ?? false))),
    )
    if (!kept) {
      this.#items = [...items.filter((item) => !this.#removed?.has(item)), ...this.#added]
    }
    this.#replaces = false
  }

  /** After a flush: the database has what memory has. */
  commit(): void {
    // A list that was never loaded is a mere record of changes.
    this.#added = null
    this.#removed = null
    this.#committed = null
    this.#echoes = null
    this.#replaces = false
  }

  /** The owner's row was taken back: there is nothing to load any more. */
  leaveRow(): void {
    if (this.#items !== null) return
    const own = this.own
    this.reset()
    this.#items = []
    for (const item of own) this.put(item)
  }

  /** Forgets everything, so that the next `await` loads. */
  reset(): void {
    this.commit()
    this.#items = null
  }

  /** What the list is now, for {@link restore}. */
  save(): ListSnapshot<T> {
    return {
      items: this.#items && [...this.#items],
      added: this.added,
      removed: this.removed,
      committed: this.#committed && [...this.#committed],
      replaces: this.#replaces,
    }
  }

  /** Makes the list what it was, without events or the other side's knowledge. */
  restore(snapshot: ListSnapshot<T>): void {
    this.#items = snapshot.items && [...snapshot.items]
    this.#added = snapshot.added.length ? new Set(snapshot.added) : null
    this.#removed = snapshot.removed.length ? new Set(snapshot.removed) : null
    this.#committed = snapshot.committed && new Set(snapshot.committed)
    this.#replaces = snapshot.replaces
  }

  /** Whether memory holds the object in the list, as far as is known. */
  holds(item: T): boolean {
    if (this.#added?.has(item)) return true
    if (this.#items === null || this.#removed?.has(item)) return false
    return this.#replaces ? this.#items.includes(item) : this.#base().has(item)
  }

  /** Puts the object in, telling nobody. The other side of a relationship comes here. */
  put(item: T, index?: number, echo = false): void {
    if (this.#items !== null) {
      // The record of what was must be made before the first change.
      const committed = this.#replaces ? null : this.#base()
      if (index === undefined) this.#items.push(item)
      else this.#items.splice(index, 0, item)
      if (committed?.has(item)) {
        this.#removed?.delete(item)
        return
      }
    } else if (this.#removed?.delete(item)) return
    else if (echo) {
      this.#echoes ??= new Set()
      this.#echoes.add(item)
    }
    this.#added ??= new Set()
    this.#added.add(item)
  }

  /** Takes the object out, telling nobody. */
  drop(item: T, index?: number): void {
    if (this.#items !== null) {
      const committed = this.#replaces ? null : this.#base()
      const at = index ?? this.#items.indexOf(item)
      if (at >= 0) this.#items.splice(at, 1)
      if (this.#items.includes(item)) return
      if (!committed?.has(item)) {
        this.#added?.delete(item)
        return
      }
    } else if (this.#added?.delete(item)) return
    this.#removed ??= new Set()
    this.#removed.add(item)
  }

  #base(): Set<T> {
    this.#committed ??= new Set(this.#items)
    return this.#committed
  }

  // ---- for the application: changes ----

  /** Adds objects at the end. */
  append(...items: T[]): void {
    for (const item of items) appendedTo(this, item)
  }

  /** Adds all objects of an iterable at the end. */
  extend(items: Iterable<T>): void {
    for (const item of [...items]) appendedTo(this, item)
  }

  /** Adds objects at the end and gives the new length, as an array does. */
  push(...items: T[]): number {
    this.append(...items)
    return this.known.length
  }

  /** Adds an object before the one at `index`. Needs the list to be loaded. */
  insert(index: number, item: T): void {
    const items = this.#read()
    appendedTo(
      this,
      item,
      Math.min(Math.max(index < 0 ? items.length + index : index, 0), items.length),
    )
  }

  /**
   * Takes an object out.
   *
   * @throws RangeError when it is known not to be in the list.
   */
  remove(item: T): void {
    const index = this.#items === null ? undefined : this.#items.indexOf(item)
    if (index === -1) throw new RangeError('list.remove(x): x not in list')
    removedFrom(this, item, index)
  }

  /** Takes the object at `index` out, the last one by default. Needs the list to be loaded. */
  pop(index = -1): T {
    const items = this.#read()
    const at = index < 0 ? items.length + index : index
    const item = items[at]
    if (item === undefined) {
      throw new RangeError(items.length ? 'pop index out of range' : 'pop from empty list')
    }
    removedFrom(this, item, at)
    return item
  }

  /** Takes `count` objects out from `start` and puts others in their place, as an array does. */
  splice(start: number, count?: number, ...items: T[]): T[] {
    const own = this.#read()
    const at = Math.min(start < 0 ? Math.max(own.length + start, 0) : start, own.length)
    const out = own.slice(at, count === undefined ? undefined : at + count)
    for (const item of out) removedFrom(this, item, at)
    items.forEach((item, offset) => {
      appendedTo(this, item, at + offset)
    })
    return out
  }

  /** Takes all objects out, loaded or not. */
  clear(): void {
    this.replace([])
  }

  /** Makes the list hold just these objects, loaded or not. */
  replace(items: Iterable<T>): void {
    const wanted = [...items]
    if (this.#items === null) {
      const pending = this.added
      this.#replaces = true
      this.#removed = null
      this.#items = [...pending]
      // No object may come or go, and yet the flush has rows to take out.
      this.state.session?.noteDirty(this.state)
    }
    const keep = new Set(wanted)
    for (const item of [...this.#items]) if (!keep.has(item)) removedFrom(this, item)
    const had = new Set(this.#items)
    for (const item of keep) if (!had.has(item)) appendedTo(this, item)
    // Validators may have put something else in the place of an object.
    const rest = this.#items.filter((item) => !keep.has(item))
    this.#items = [...wanted.filter((item) => this.holds(item)), ...rest]
  }

  // ---- for the application: reading ----

  #read(): T[] {
    if (this.#items === null) {
      throw new InvalidRequestError(
        `'${this.property}' is not loaded: use 'await', or load it with the object through ` +
          'selectinload() or joinedload()',
      )
    }
    return this.#items
  }

  // biome-ignore lint/suspicious/noThenProperty: the list is what `await` loads
  then<A = T[], B = never>(
    resolve?: ((items: T[]) => A | PromiseLike<A>) | null,
    reject?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.load().then(resolve, reject)
  }

  /** Loads the objects when that has not been done since the last commit, and gives them as an array. */
  async load(): Promise<T[]> {
    const { state, property } = this
    if (this.#items === null || this.#isStale()) {
      const problem = loadProblem(state, property)
      if (!problem) await state.session?.lazyLoad(state, property)
      else if (this.#items === null) throw problem
    }
    return [...this.#read()]
  }

  /** Whether a transaction has ended since the objects were loaded, and nothing was changed. */
  #isStale(): boolean {
    const { state } = this
    return state.expired && state.key !== null && state.session !== null && !this.changed
  }

  get length(): number {
    return this.#read().length
  }

  at(index: number): T | undefined {
    return this.#read().at(index)
  }

  [Symbol.iterator](): ArrayIterator<T> {
    return this.#read()[Symbol.iterator]()
  }

  includes(item: T): boolean {
    return this.#items === null
      ? this.holds(item) || this.#read().includes(item)
      : this.#items.includes(item)
  }

  indexOf(item: T): number {
    return this.#read().indexOf(item)
  }

  map<R>(fn: (item: T, index: number) => R): R[] {
    return this.#read().map((item, index) => fn(item, index))
  }

  filter(fn: (item: T, index: number) => unknown): T[] {
    return this.#read().filter((item, index) => fn(item, index))
  }

  find(fn: (item: T, index: number) => unknown): T | undefined {
    return this.#read().find((item, index) => fn(item, index))
  }

  some(fn: (item: T, index: number) => unknown): boolean {
    return this.#read().some((item, index) => fn(item, index))
  }

  every(fn: (item: T, index: number) => unknown): boolean {
    return this.#read().every((item, index) => fn(item, index))
  }

  forEach(fn: (item: T, index: number) => void): void {
    this.#read().forEach((item, index) => {
      fn(item, index)
    })
  }

  slice(start?: number, end?: number): T[] {
    return this.#read().slice(start, end)
  }

  toArray(): T[] {
    return [...this.#read()]
  }

  toJSON(): T[] {
    return this.toArray()
  }

  [inspect.custom](): unknown {
    return this.#items === null ? `<${this.property}: not loaded>` : this.#items
  }
}
Object.setPrototypeOf(RelatedList.prototype, indexAccess)
