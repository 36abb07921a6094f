import { IndexError, KeyError } from '../errors/builtins.ts'
import { quoteHeaderValue } from './header-value.ts'

/**
 * The items of a header such as `Vary` or `Allow`: a set that ignores case and keeps order and
 * spelling (Werkzeug's `HeaderSet`).
 */
export class HeaderSet {
  readonly #items: string[]
  readonly #keys: Set<string>
  /** Called with the set after each change; a response uses it to rewrite its header. */
  onUpdate: ((set: HeaderSet) => void) | null

  constructor(
    headers?: Iterable<string> | null,
    onUpdate: ((set: HeaderSet) => void) | null = null,
  ) {
    this.#items = [...(headers ?? [])]
    this.#keys = new Set(this.#items.map((item) => item.toLowerCase()))
    this.onUpdate = onUpdate
  }

  /** Adds an item unless it is there. */
  add(header: string): void {
    this.update([header])
  }

  /** Adds each item that is not there. */
  update(headers: Iterable<string>): void {
    let changed = false
    for (const header of headers) {
      const key = header.toLowerCase()
      if (this.#keys.has(key)) continue
      this.#keys.add(key)
      this.#items.push(header)
      changed = true
    }
    if (changed) this.onUpdate?.(this)
  }

  /** Removes an item. @throws KeyError when it is not there. */
  remove(header: string): void {
    const index = this.find(header)
    if (index === -1) throw new KeyError(header)
    this.delete(index)
  }

  /** Removes an item if it is there. */
  discard(header: string): void {
    const index = this.find(header)
    if (index !== -1) this.delete(index)
  }

  /** The position of an item, or -1. */
  find(header: string): number {
    const key = header.toLowerCase()
    return this.#items.findIndex((item) => item.toLowerCase() === key)
  }

  /** The position of an item. @throws IndexError when it is not there. */
  index(header: string): number {
    const index = this.find(header)
    if (index === -1) throw new IndexError(header)
    return index
  }

  /** Removes all items. */
  clear(): void {
    this.#items.length = 0
    this.#keys.clear()
    this.onUpdate?.(this)
  }

  /** The items in lower case, or as they are spelled. */
  asSet(preserveCasing = false): Set<string> {
    return new Set(preserveCasing ? this.#items : this.#keys)
  }

  /** The item at a position. @throws IndexError when there is none. */
  getItem(index: number): string {
    const item = this.#items[index]
    if (item === undefined) throw new IndexError('list index out of range')
    return item
  }

  /** Replaces the item at a position. @throws IndexError when there is none. */
  set(index: number, value: string): void {
    this.#keys.delete(this.getItem(index).toLowerCase())
    this.#items[index] = value
    this.#keys.add(value.toLowerCase())
    this.onUpdate?.(this)
  }

  /** Removes the item at a position. @throws IndexError when there is none. */
  delete(index: number): void {
    this.#keys.delete(this.getItem(index).toLowerCase())
    this.#items.splice(index, 1)
    this.onUpdate?.(this)
  }

  /** Whether an item is there, in any case. */
  has(header: string): boolean {
    return this.#keys.has(header.toLowerCase())
  }

  /** The number of different items. */
  get size(): number {
    return this.#keys.size
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#items.values()
  }

  /** The header's value, items that are no token in quotes. */
  toHeader(): string {
    return this.#items.map((item) => quoteHeaderValue(item)).join(', ')
  }

  toString(): string {
    return this.toHeader()
  }

  toJSON(): string[] {
    return [...this.#items]
  }
}
