import { compileTemplate, type OutputMode } from './compiler/compiler.ts'
import type { CompilerEnvironment } from './compiler/expressions.ts'
import type { TemplateNode } from './compiler/nodes.ts'
import { MISSING } from './python/values.ts'
import { type CompiledBlock, Context, type Variables } from './runtime/context.ts'
import { TemplateModule } from './runtime/macro.ts'
import { RUNTIME, type RuntimeEnvironment, type RuntimeTemplate } from './runtime/runtime.ts'

/** The part of an environment that a template uses. */
export interface TemplateEnvironment extends RuntimeEnvironment, CompilerEnvironment {
  autoescapes(name: string | null): boolean
}

interface Compiled<Output> {
  root: (context: Context) => Output
  blocks: [string, (context: Context) => Output][]
}

/** Variables to render with: an object or a Map. */
export type TemplateVariables = Variables | ReadonlyMap<string, unknown> | null | undefined

function asRecord(variables: TemplateVariables): Variables {
  if (variables === null || variables === undefined) return {}
  return variables instanceof Map ? Object.fromEntries(variables) : (variables as Variables)
}

/** What a template is made from. */
export interface TemplateOrigin {
  readonly name: string | null
  readonly filename: string | null
  readonly source: string
  /** Whether the source is still what it was; null when it never changes. */
  readonly uptodate: (() => boolean) | null
}

/**
 * A compiled template (Jinja's `Template`). It is compiled to one JavaScript function per block when
 * made; the form that streams is compiled when first asked for.
 */
export class Template implements RuntimeTemplate {
  readonly name: string | null
  readonly filename: string | null
  readonly environment: TemplateEnvironment
  readonly blocks: ReadonlyMap<string, CompiledBlock>
  readonly #origin: TemplateOrigin
  readonly #tree: TemplateNode
  readonly #autoescape: boolean
  readonly #render: Compiled<string>
  #stream: Compiled<Iterable<string>> | null = null
  #module: TemplateModule | null = null

  constructor(environment: TemplateEnvironment, tree: TemplateNode, origin: TemplateOrigin) {
    this.environment = environment
    this.name = origin.name
    this.filename = origin.filename
    this.#origin = origin
    this.#tree = tree
    this.#autoescape = environment.autoescapes(origin.name)
    this.#render = this.#compile<string>('render')
    this.blocks = new Map(
      this.#render.blocks.map(([name, render], i) => [
        name,
        { render, stream: (context) => this.#streaming().blocks[i]?.[1](context) ?? [] },
      ]),
    )
  }

  #compile<Output>(mode: OutputMode): Compiled<Output> {
    const code = compileTemplate(this.#tree, this.environment, this.#origin, this.#autoescape, mode)
    const place = (this.filename ?? this.name ?? 'template').replaceAll(/[\r\n\u2028\u2029]/g, ' ')
    const make = new Function('R', 'M', 'T', `"use strict";\n${code}\n//# sourceURL=${place}.js`)
    return make(RUNTIME, MISSING, this) as Compiled<Output>
  }

  #streaming(): Compiled<Iterable<string>> {
    this.#stream ??= this.#compile<Iterable<string>>('stream')
    return this.#stream
  }

  /** Whether the source has not changed since. */
  get isUpToDate(): boolean {
    return this.#origin.uptodate?.() ?? true
  }

  /** The context in which these variables render the template. */
  newContext(variables: Variables): Context {
    return Context.create(this.environment, this.name, this.blocks, this.#autoescape, variables)
  }

  /** The context in which another template includes or imports this one. */
  sharedContext(context: Context, locals: Variables): Context {
    return context.share(this.name, this.blocks, this.#autoescape, locals)
  }

  /** Renders the template with these variables. */
  render(variables?: TemplateVariables): string {
    return this.renderIn(this.newContext(asRecord(variables)))
  }

  /** Renders piece by piece; nothing runs before the first piece is asked for, none is empty. */
  *stream(variables?: TemplateVariables): Generator<string, void> {
    for (const piece of this.streamIn(this.newContext(asRecord(variables)))) {
      if (piece !== '') yield piece
    }
  }

  /** The macros and variables that the template exports, by name (Jinja's `module`). */
  get module(): Readonly<Record<string, unknown>> {
    return this.moduleIn(null, null) as unknown as Readonly<Record<string, unknown>>
  }

  /** The text in a context. */
  renderIn(context: Context): string {
    return this.#render.root(context)
  }

  /** The text in a context, piece by piece. */
  streamIn(context: Context): Iterable<string> {
    return this.#streaming().root(context)
  }

  /** What importing this template gives; without a context it is made once. */
  moduleIn(context: Context | null, locals: Variables | null): TemplateModule {
    if (context !== null) return this.#makeModule(this.sharedContext(context, locals ?? {}))
    this.#module ??= this.#makeModule(this.newContext({}))
    return this.#module
  }

  #makeModule(context: Context): TemplateModule {
    const text = this.renderIn(context)
    const exported: Record<string, unknown> = Object.create(null)
    for (const name of context.exported) exported[name] = context.vars[name]
    return new TemplateModule(this.name, text, exported)
  }
}
