import type { RouterDialect } from './dialect.ts'
import { RouteIndex } from './route-index.ts'
import type { Layer } from './types.ts'

/** Stacks up to this length are scanned: an index would cost more than it saves. */
const SCANNED = 4

/**
 * A router's stack, with an index over it that is made when it pays.
 *
 * The stack is an ordinary array that users may change in any way. So that this takes effect, the
 * index is checked against the array, layer by layer, before each use; unless the array has never
 * been handed out, when only the router itself can have changed it.
 */
export class RouteTable {
  readonly #dialect: RouterDialect
  #stack: Layer[] = []
  #exposed = false
  #index: RouteIndex | null = null

  constructor(dialect: RouterDialect) {
    this.#dialect = dialect
  }

  /** The layers in order. For the router's own use: reading it does not count as handing it out. */
  get layers(): readonly Layer[] {
    return this.#stack
  }

  /** Appends a layer. */
  add(layer: Layer): void {
    this.#stack.push(layer)
    this.#index = null
  }

  /** Hands the array out, for `router.stack`. */
  expose(): Layer[] {
    this.#exposed = true
    return this.#stack
  }

  /** Puts another array in its place. */
  replace(stack: Layer[]): void {
    this.#stack = stack
    this.#exposed = true
    this.#index = null
  }

  /** The index for a request that starts now; null when the stack is to be scanned. */
  index(): RouteIndex | null {
    if (this.#stack.length <= SCANNED) return null
    if (this.#index === null || (this.#exposed && !this.#index.isCurrent(this.#stack))) {
      this.#index = new RouteIndex(this.#stack, this.#dialect)
    }
    return this.#index
  }
}
