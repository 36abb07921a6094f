import { Arity } from '../router/arity.ts'
import { decodeParam } from '../router/decode-param.ts'
import type { Layer as AnyLayer, Found, LayerOptions, Route } from '../router/types.ts'
import type { ErrorMiddleware, Handler, Middleware, Next, Params, Req, Res } from '../types.ts'
import { type Key, pathToRegexp } from './components.ts'

/** A layer's regular expression, with what lets it be skipped. */
export interface LayerRegExp extends RegExp {
  /** The path is `*`, which takes everything as its parameter. */
  fast_star?: boolean
  /** Middleware without a path, which matches everything. */
  fast_slash?: boolean
}

/** An entry of an Express 4 router's stack. Matching leaves `params` and `path` on it. */
export class Layer {
  // Declared only: tools put accessors on the prototype (express-async-errors does for `handle`).
  declare handle: Handler
  declare name: string
  declare params: Params | undefined
  declare path: string | undefined
  declare keys: Key[]
  declare regexp: LayerRegExp
  readonly #arity = new Arity()
  declare route?: Route | undefined
  declare method?: string | undefined

  /**
   * @throws TypeError for a path of the wrong type, SyntaxError for one that gives no expression.
   */
  constructor(path: unknown, options: LayerOptions, handle: Handler) {
    this.handle = handle
    this.name = handle.name || '<anonymous>'
    this.params = undefined
    this.path = undefined
    this.keys = []
    this.regexp = pathToRegexp(path, this.keys, options)
    this.regexp.fast_star = path === '*'
    this.regexp.fast_slash = path === '/' && options.end === false
    origins.set(this, { path, regexp: this.regexp })
  }

  /** Compares a path; throws URIError with status 400 when a parameter is not well encoded. */
  match(path: string): boolean {
    const { regexp } = this
    if (path != null && regexp.fast_slash) {
      this.params = {}
      this.path = ''
      return true
    }
    if (path != null && regexp.fast_star) {
      this.params = { 0: decodeParam(path) }
      this.path = path
      return true
    }
    const match = path == null ? null : regexp.exec(path)
    if (!match) {
      this.params = undefined
      this.path = undefined
      return false
    }
    this.path = match[0]
    const params: Params = {}
    this.params = params
    for (let i = 1; i < match.length; i++) {
      const { name } = this.keys[i - 1] as Key
      const value = decodeParam(match[i])
      if (value !== undefined || !Object.hasOwn(params, name)) params[name] = value
    }
    return true
  }

  static {
    // Under these names the handlers' callers are found in stack traces: `Layer.handle [as handle_request]`.
    Object.defineProperties(Layer.prototype, {
      /** Runs the handler with an error; a handler that takes none is passed over. */
      handle_error: {
        configurable: true,
        writable: true,
        value: function handle_error(this: Layer, error: unknown, req: Req, res: Res, next: Next) {
          const fn = this.handle as ErrorMiddleware
          if (fn.length !== 4) return next(error)
          try {
            fn(error, req, res, next)
          } catch (thrown) {
            next(thrown)
          }
        },
      },
      /** Runs the handler; one that wants an error is passed over. */
      handle_request: {
        configurable: true,
        writable: true,
        value: function handle(this: Layer, req: Req, res: Res, next: Next) {
          const fn = this.handle as Middleware
          if ((#arity in this ? this.#arity.of(fn) : fn.length) > 3) return next()
          try {
            fn(req, res, next)
          } catch (thrown) {
            next(thrown)
          }
        },
      },
    })
  }
}

/** What a layer was made with; only its expression is a member. */
interface Origin {
  readonly path: unknown
  readonly regexp: LayerRegExp
}

const origins = new WeakMap<Layer, Origin>()
const { match: ownMatch } = Layer.prototype

/** The path that decides what a layer matches; undefined when a tool has put something in its place. */
export function pathOf(layer: Layer): unknown {
  const { match, regexp } = layer
  const origin = origins.get(layer)
  const isOwn = match === ownMatch && regexp === origin?.regexp
  return isOwn && !regexp.fast_slash && !regexp.fast_star ? origin.path : undefined
}

/** What {@link pathOf} depends on. */
export const patternOf = ({ match, regexp }: Layer): unknown =>
  match === ownMatch ? regexp : match

/** {@link Layer.match} of middleware without a path, which leaves its parameters on the layer too. */
export function matchAll(layer: AnyLayer): Params | undefined {
  const own = layer as Layer
  if (own.match !== ownMatch || !own.regexp.fast_slash) return undefined
  own.path = ''
  own.params = {}
  return own.params
}

/** {@link Layer.match}, into `found`. */
export function matchLayer(layer: Layer, path: string, found: Found): boolean {
  if (!layer.match(path)) return false
  found.params = layer.params as Params
  found.path = layer.path as string
  found.keys = layer.keys.length === 0 ? NO_KEYS : null
  return true
}

const NO_KEYS: readonly string[] = []

/** A layer with the members that are defined in its static block. */
export interface CallableLayer extends Layer {
  handle_error(error: unknown, req: Req, res: Res, next: Next): void
  handle_request(req: Req, res: Res, next: Next): void
}
