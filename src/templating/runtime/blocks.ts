import { Markup } from '../../http/markup.ts'
import { EngineObject } from '../python/values.ts'
import type { CompiledBlock, Context } from './context.ts'

/** One version of a block that a template can call: `super()`, `self.title()`. */
export class BlockReference extends EngineObject {
  readonly name: string
  readonly #context: Context
  readonly #stack: readonly CompiledBlock[]
  readonly #depth: number

  constructor(name: string, context: Context, stack: readonly CompiledBlock[], depth: number) {
    super('jinja2.runtime.BlockReference', BlockReference.#render)
    this.name = name
    this.#context = context
    this.#stack = stack
    this.#depth = depth
  }

  /** The version that this one overrides. */
  get super(): unknown {
    return parentBlock(this.name, this.#context, this.#stack, this.#depth + 1)
  }

  static #render(self: BlockReference): unknown {
    const text = (self.#stack[self.#depth] as CompiledBlock).render(self.#context)
    return self.#context.evalContext.autoescape ? new Markup(text) : text
  }
}

function parentBlock(
  name: string,
  context: Context,
  stack: readonly CompiledBlock[],
  depth: number,
): unknown {
  if (depth < stack.length) return new BlockReference(name, context, stack, depth)
  return context.undefined('super', `there is no parent block called '${name}'.`)
}

/** What `super` is inside a block. */
export function superBlock(context: Context, name: string, current: CompiledBlock): unknown {
  const stack = context.blocks.get(name) ?? []
  const index = stack.indexOf(current)
  return parentBlock(name, context, stack, index === -1 ? stack.length : index + 1)
}

/** What `self` is: the template's blocks by name (Jinja's `TemplateReference`). */
export class TemplateReference extends EngineObject {
  readonly #context: Context

  constructor(context: Context) {
    super('jinja2.runtime.TemplateReference')
    this.#context = context
  }

  has(name: string): boolean {
    return this.#context.blocks.has(name)
  }

  get(name: string): BlockReference {
    return new BlockReference(name, this.#context, this.#context.blocks.get(name) ?? [], 0)
  }

  override toString(): string {
    return `<TemplateReference '${this.#context.name}'>`
  }
}
