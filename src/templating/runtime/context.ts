import type { CallState } from '../python/call.ts'
import { toCamel } from '../python/call.ts'
import type { Undefined } from '../python/undefined.ts'
import { MISSING } from '../python/values.ts'

/** Whether output is escaped at the moment, and for which environment. */
export interface EvalContext<Env = unknown> {
  autoescape: boolean
  readonly environment: Env
}

/** The part of an environment that a context uses. */
export interface ContextEnvironment {
  readonly undefined: new (hint?: string | null, object?: unknown, name?: unknown) => Undefined
  readonly globals: Record<string, unknown>
}

/** One `{% block %}` as compiled: `render` gives its text, `stream` its pieces. */
export interface CompiledBlock {
  readonly render: (context: Context) => string
  readonly stream: (context: Context) => Iterable<string>
}

/** Variables that one level of the context adds. */
interface Layer {
  readonly values: Readonly<Record<string, unknown>>
  readonly next: Layer | null
}

export type Variables = Readonly<Record<string, unknown>>

/** The variables, blocks and settings of one template while it renders (Jinja's `Context`). */
export class Context implements CallState {
  readonly environment: ContextEnvironment
  /** Name of the template, or null. */
  readonly name: string | null
  /** Variables set at the top level. */
  readonly vars: Record<string, unknown> = Object.create(null)
  /** Names that `import` of this template may see. */
  readonly exported: Set<string> = new Set()
  /** The versions of each block, the youngest template's first. */
  blocks: Map<string, CompiledBlock[]>
  evalContext: EvalContext
  readonly #parent: Layer

  private constructor(
    environment: ContextEnvironment,
    name: string | null,
    blocks: Map<string, CompiledBlock[]>,
    parent: Layer,
    evalContext: EvalContext,
  ) {
    this.environment = environment
    this.name = name
    this.blocks = blocks
    this.#parent = parent
    this.evalContext = evalContext
  }

  /** The context of a template that is rendered with these variables. */
  static create(
    environment: ContextEnvironment,
    name: string | null,
    blocks: Iterable<readonly [string, CompiledBlock]>,
    autoescape: boolean,
    variables: Variables,
  ): Context {
    const globals: Layer = { values: environment.globals, next: null }
    return new Context(
      environment,
      name,
      new Map(Array.from(blocks, ([key, block]) => [key, [block]])),
      { values: variables, next: globals },
      { autoescape, environment },
    )
  }

  /** The context of an included or imported template that shares this one's variables. */
  share(
    name: string | null,
    blocks: Iterable<readonly [string, CompiledBlock]>,
    autoescape: boolean,
    locals: Variables,
  ): Context {
    return new Context(
      this.environment,
      name,
      new Map(Array.from(blocks, ([key, block]) => [key, [block]])),
      this.#snapshot(locals),
      { autoescape, environment: this.environment },
    )
  }

  /** A copy that knows more variables, for scoped blocks and functions that ask for the context. */
  derived(locals: Variables): Context {
    const blocks = new Map(Array.from(this.blocks, ([key, list]) => [key, [...list]]))
    return new Context(
      this.environment,
      this.name,
      blocks,
      this.#snapshot(locals),
      this.evalContext,
    )
  }

  // What the template sets later must not show in those that share its variables: copied now.
  #snapshot(locals: Variables): Layer {
    const values: Record<string, unknown> = Object.assign(Object.create(null), this.vars)
    for (const key of Object.keys(locals)) {
      if (locals[key] !== MISSING) values[key] = locals[key]
    }
    return { values, next: this.#parent }
  }

  /** The value of a variable, or MISSING. */
  lookup(name: string): unknown {
    const own = this.vars[name]
    if (own !== undefined) return own
    for (let layer: Layer | null = this.#parent; layer !== null; layer = layer.next) {
      const value = layer.values[name]
      if (value !== undefined && Object.hasOwn(layer.values, name)) return value
    }
    return name.includes('_') ? this.#globalFunction(name) : MISSING
  }

  // A function registered as `urlFor` is `url_for` to templates moved over from Flask.
  #globalFunction(name: string): unknown {
    const { globals } = this.environment
    const camel = toCamel(name)
    if (camel === name || !Object.hasOwn(globals, camel)) return MISSING
    const value = globals[camel]
    return typeof value === 'function' ? value : MISSING
  }

  /** The value of a variable, or the environment's undefined value (Jinja's `resolve`). */
  resolve(name: string): unknown {
    const value = this.lookup(name)
    return value === MISSING ? this.undefined(name) : value
  }

  /** The value of a variable, or `fallback`. */
  get(name: string, fallback: unknown = null): unknown {
    const value = this.lookup(name)
    return value === MISSING ? fallback : value
  }

  has(name: string): boolean {
    return this.lookup(name) !== MISSING
  }

  /** All variables in one object, the innermost winning (Jinja's `get_all`). */
  getAll(): Record<string, unknown> {
    const layers: Layer[] = []
    for (let layer: Layer | null = this.#parent; layer !== null; layer = layer.next) {
      layers.unshift(layer)
    }
    return Object.assign(Object.create(null), ...layers.map(({ values }) => values), this.vars)
  }

  /** The undefined value of a variable. */
  undefined(name: string, hint: string | null = null): Undefined {
    return new this.environment.undefined(hint, MISSING, name)
  }
}
