import type { ColumnElement, FromSource } from './column-element.ts'
import type { BindParameter } from './operation.ts'

/** A longer one is compiled each time: what is kept would cost more than it saves. */
const LONGEST = 256

/**
 * What a statement is but for its values: statements with equal keys differ in {@link values} alone, so one plan
 * serves them all. The key is a list of things that live as long as the models, of names and of counts; it is
 * written so that none is the beginning of another.
 */
export class StatementShape {
  readonly key: unknown[] = []
  /** The parameters in the order they were met. */
  readonly values: BindParameter[] = []
  #froms: FromSource[] | null = null

  /** Adds parts of the key; whether there was room. */
  add(...parts: readonly unknown[]): boolean {
    for (const part of parts) this.key.push(part)
    return this.key.length <= LONGEST
  }

  /** Adds expressions; false when one cannot be told from others. */
  addAll(elements: readonly ColumnElement[]): boolean {
    if (!this.add(elements.length)) return false
    for (const element of elements) if (!element.describe(this)) return false
    return true
  }

  /** Adds an expression that may be missing. */
  addOptional(element: ColumnElement | null): boolean {
    return element === null ? this.add(null) : element.describe(this)
  }

  /**
   * The number of a FROM that belongs to this statement alone; null when it is new, and then it is to be described.
   */
  numberOf(from: FromSource): number | null {
    this.#froms ??= []
    const index = this.#froms.indexOf(from)
    if (index >= 0) return index
    this.#froms.push(from)
    return null
  }
}

interface Place<P> {
  next: Map<unknown, Place<P>> | null
  plan: P | null
}

/** How many plans are kept; then all are made anew. */
const MOST = 256

/** Plans by the keys of {@link StatementShape}. */
export class ShapeCache<P> {
  #root: Place<P> = { next: null, plan: null }
  #count = 0

  get(key: readonly unknown[]): P | null {
    let place: Place<P> | undefined = this.#root
    for (let index = 0; index < key.length; index++) {
      place = place.next?.get(key[index])
      if (place === undefined) return null
    }
    return place.plan
  }

  set(key: readonly unknown[], plan: P): void {
    if (this.#count === MOST) {
      this.#root = { next: null, plan: null }
      this.#count = 0
    }
    let place = this.#root
    for (const part of key) {
      place.next ??= new Map()
      let next = place.next.get(part)
      if (next === undefined) {
        next = { next: null, plan: null }
        place.next.set(part, next)
      }
      place = next
    }
    if (place.plan === null) this.#count += 1
    place.plan = plan
  }
}
