import type { RouterDialect } from './dialect.ts'
import { RouteIndex } from './route-index.ts'
import type { Layer } from './types.ts'

/** Stacks up to this length are scanned: an index would cost more than it saves. */
const SCANNED = 4

/**
 * A router's stack, with an index over it that is made when it pays.
 *
 * The stack is an ordinary array that users may change in any way. So that this takes effect, what is
 * found in the index is checked against the array, layer by layer; unless the array has never been
 * handed out, when only the router itself can have changed it.
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

  /** Whether somebody else may change the array. */
  get isExposed(): boolean {
    return this.#exposed
  }

  /** Puts another array in its place. */
  replace(stack: Layer[]): void {
    this.#stack = stack
    this.#exposed = true
    this.#index = null
  }

  /** The index, which is to be checked where it is used; null when the stack is to be scanned. */
  index(): RouteIndex | null {
    const stack = this.#stack
    if (stack.length <= SCANNED) return null
    this.#index ??= new RouteIndex(stack, this.#dialect)
    return this.#index
  }

  /** The index after somebody has changed the array. */
  changedIndex(): RouteIndex | null {
    const index = this.#index
    if (index !== null && !index.agrees(this.#stack, 0, Math.max(index.length, this.#stack.length)))
      this.#index = null
    return this.index()
  }
}
