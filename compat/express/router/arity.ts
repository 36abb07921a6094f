import type { Handler } from '../types.ts'

/**
 * Remembers how many parameters a layer's handler has. A layer asks for every request, because its
 * handler may be replaced, and a function's `length` takes longer to read than many a handler to run.
 */
export class Arity {
  #handler: Handler | null = null
  #length = 0

  /** The number of a handler's parameters. */
  of(handler: Handler): number {
    if (handler !== this.#handler) {
      this.#handler = handler
      this.#length = handler.length
    }
    return this.#length
  }
}
