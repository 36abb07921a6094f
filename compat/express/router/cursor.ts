import { END, type RouteIndex } from './route-index.ts'
import type { RouteTable } from './table.ts'
import type { Layer } from './types.ts'

const NONE: readonly number[] = [END]

/**
 * Walks the layers that may match a path, in the stack's order. The path may change between steps,
 * as handlers may rewrite `req.url`, and so may the stack.
 */
export class Cursor {
  readonly #table: RouteTable
  readonly #stack: readonly Layer[]
  /** Null while the stack is scanned. */
  #index: RouteIndex | null
  /** Position after the last layer that was given out. */
  #position = 0
  #path = ''
  #anywhere: readonly number[] = NONE
  #below: readonly number[] = NONE
  #nextAnywhere = 0
  #nextBelow = 0

  constructor(table: RouteTable) {
    this.#table = table
    this.#stack = table.layers
    this.#index = table.index()
  }

  /** Whether the last layer of all has been given out. */
  get atEnd(): boolean {
    return this.#position >= this.#stack.length
  }

  /** Takes up a path; the layers that were given out for another one stay behind. */
  aim(path: string): void {
    this.#path = path
    if (this.#index === null) return
    this.#anywhere = this.#index.anywhere(path)
    this.#below = this.#index.below(path)
    this.#nextAnywhere = 0
    this.#nextBelow = 0
  }

  /** The next layer that may match; undefined when there is none. */
  next(): Layer | undefined {
    if (this.#index === null) return this.#stack[this.#position++]
    if (this.#index.length !== this.#stack.length) return this.#afterChange()
    const position = this.#position
    const anywhere = this.#anywhere
    const below = this.#below
    let first = anywhere[this.#nextAnywhere] as number
    while (first < position) first = anywhere[++this.#nextAnywhere] as number
    let second = below[this.#nextBelow] as number
    while (second < position) second = below[++this.#nextBelow] as number
    const found = first < second ? first : second
    if (this.#table.isExposed) {
      // Each position is checked once a request, so that this costs no more than a scan.
      const to = found === END ? this.#stack.length : found + 1
      if (!this.#index.agrees(this.#stack, position, to)) return this.#afterChange()
    }
    if (found === END) {
      this.#position = this.#stack.length
      return undefined
    }
    this.#position = found + 1
    return this.#stack[found]
  }

  /** Somebody has changed the stack: what follows is looked for anew. */
  #afterChange(): Layer | undefined {
    const index = this.#stack === this.#table.layers ? this.#table.changedIndex() : null
    // A pattern that is another one each time it is asked for leaves nothing but a scan.
    this.#index = index?.agrees(this.#stack, 0, index.length) === true ? index : null
    this.aim(this.#path)
    return this.next()
  }
}
