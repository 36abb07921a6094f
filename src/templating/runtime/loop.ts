import { rawFunction } from '../python/call.ts'
import { equal } from '../python/compare.ts'
import { iterate, lengthOrNone } from '../python/iterate.ts'
import { EngineObject, MISSING, makeTuple } from '../python/values.ts'
import type { Context } from './context.ts'

/** Renders the loop again for deeper items: `{{ loop(item.children) }}`. */
export type Recurse = (items: unknown, depth: number) => unknown

/** The `loop` variable (Jinja's `LoopContext`). Looks one item ahead only when asked to. */
export class Loop extends EngineObject {
  index0 = -1
  readonly depth0: number
  readonly #context: Context
  readonly #recurse: Recurse | null
  readonly #items: unknown
  #iterator: Iterator<unknown>
  #length = -1
  #current: unknown = MISSING
  #before: unknown = MISSING
  #after: unknown = MISSING
  #changed: unknown = MISSING
  #cycle: unknown = null
  #changedFunction: unknown = null

  constructor(items: unknown, context: Context, recurse: Recurse | null, depth0: number) {
    super('jinja2.runtime.LoopContext', Loop.#again)
    this.#items = items
    this.#iterator = iterate(items)[Symbol.iterator]()
    this.#context = context
    this.#recurse = recurse
    this.depth0 = depth0
  }

  /** Moves `loop` on and returns the item, or MISSING behind the last one. */
  static advance(loop: Loop): unknown {
    const item = loop.#peek()
    if (item === MISSING) return MISSING
    loop.#after = MISSING
    loop.index0 += 1
    loop.#before = loop.#current
    loop.#current = item
    return item
  }

  #peek(): unknown {
    if (this.#after === MISSING) {
      const step = this.#iterator.next()
      if (step.done !== true) this.#after = step.value === undefined ? null : step.value
    }
    return this.#after
  }

  get index(): number {
    return this.index0 + 1
  }

  get length(): number {
    if (this.#length === -1) this.#length = lengthOrNone(this.#items)
    if (this.#length === -1) {
      const ahead = this.#after === MISSING ? 0 : 1
      const rest: unknown[] = []
      for (let step = this.#iterator.next(); step.done !== true; step = this.#iterator.next()) {
        rest.push(step.value)
      }
      this.#iterator = rest[Symbol.iterator]()
      this.#length = rest.length + this.index + ahead
    }
    return this.#length
  }

  get revindex(): number {
    return this.length - this.index0
  }

  get revindex0(): number {
    return this.length - this.index
  }

  get depth(): number {
    return this.depth0 + 1
  }

  get first(): boolean {
    return this.index0 === 0
  }

  get last(): boolean {
    return this.#peek() === MISSING
  }

  get previtem(): unknown {
    return this.first ? this.#undefined('there is no previous item') : this.#before
  }

  get nextitem(): unknown {
    const item = this.#peek()
    return item === MISSING ? this.#undefined('there is no next item') : item
  }

  #undefined(hint: string): unknown {
    return new this.#context.environment.undefined(hint)
  }

  /** One of its arguments, by the loop's turn. */
  get cycle(): unknown {
    this.#cycle ??= rawFunction('cycle', (args) => {
      if (args.length === 0) throw new TypeError('no items for cycling given')
      return args[this.index0 % args.length]
    })
    return this.#cycle
  }

  /** Whether its arguments differ from those of the last call. */
  get changed(): unknown {
    this.#changedFunction ??= rawFunction('changed', (args) => {
      const value = makeTuple(args)
      if (equal(this.#changed, value)) return false
      this.#changed = value
      return true
    })
    return this.#changedFunction
  }

  static #again(self: Loop, args: readonly unknown[]): unknown {
    if (self.#recurse === null) {
      throw new TypeError("The loop must have the 'recursive' marker to be called recursively.")
    }
    return self.#recurse(args[0], self.depth)
  }

  override toString(): string {
    return `<LoopContext ${this.index}/${this.length}>`
  }
}
