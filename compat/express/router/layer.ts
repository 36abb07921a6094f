import type { ErrorMiddleware, Handler, Middleware, Next, Params, Req, Res } from '../types.ts'
import { Arity } from './arity.ts'
import { forwardRejection } from './call-handler.ts'
import { compilePath, type Matcher } from './compile-path.ts'
import type { Found, LayerOptions, Route } from './types.ts'

/** What {@link Layer.match} gives. */
export interface LayerMatch {
  readonly params: Params
  readonly path: string
  readonly keys: string[]
  readonly pattern: unknown
}

/** An entry of an Express 5 router's stack: a path, and the handler of the requests that match it. */
export class Layer {
  // Declared only, so that a tool may put accessors on the prototype.
  declare handle: Handler
  declare name: string
  /** The path or paths as they were given, as one list. */
  declare readonly rawPath: unknown
  /** True for middleware without a path, which matches everything. */
  declare slash: boolean
  declare matchers: Matcher[]
  readonly #arity = new Arity()
  declare route?: Route | undefined
  declare method?: string | undefined

  /**
   * @throws PathError (path-to-regexp's) for a malformed path.
   */
  constructor(path: unknown, options: LayerOptions, handle: Handler) {
    this.handle = handle
    this.name = handle.name || '<anonymous>'
    this.rawPath = Array.isArray(path) ? path.flat(Number.POSITIVE_INFINITY) : path
    this.slash = path === '/' && options.end === false
    this.matchers = (Array.isArray(this.rawPath) ? this.rawPath : [path]).map((one) =>
      compilePath(one, options),
    )
  }

  /** Runs the handler with an error; a handler that takes none is passed over. */
  handleError(error: unknown, req: Req, res: Res, next: Next): void {
    const fn = this.handle as ErrorMiddleware
    if (fn.length !== 4) {
      next(error)
      return
    }
    try {
      forwardRejection(fn(error, req, res, next), 'handlers', next)
    } catch (thrown) {
      next(thrown)
    }
  }

  /** Runs the handler; one that wants an error is passed over. */
  handleRequest(req: Req, res: Res, next: Next): void {
    const fn = this.handle as Middleware
    if ((#arity in this ? this.#arity.of(fn) : fn.length) > 3) {
      next()
      return
    }
    try {
      const result = fn(req, res, next)
      if (result !== undefined) forwardRejection(result, 'handlers', next)
    } catch (thrown) {
      next(thrown)
    }
  }

  /**
   * Compares a path.
   *
   * @throws URIError with status 400 when a parameter is not well encoded.
   */
  match(path: string): LayerMatch | false {
    if (path == null) return false
    const { matchers, rawPath } = this
    if (this.slash) return { params: {}, path: '', keys: [], pattern: rawPath }
    for (let i = 0; i < matchers.length; i++) {
      const match = matchers[i]?.(path)
      if (!match) continue
      const pattern = Array.isArray(rawPath) ? rawPath[i] : rawPath
      return { params: match.params, path: match.path, keys: Object.keys(match.params), pattern }
    }
    return false
  }
}

export const { match: ownMatch }: { match: Layer['match'] } = Layer.prototype

/** What {@link Layer.match} does, without an object for the result. */
export function matchLayer(layer: Layer, path: string, found: Found): boolean {
  if (layer.match !== ownMatch) return matchReplaced(layer, path, found)
  if (layer.slash) {
    found.params = {}
    found.path = ''
    found.keys = NO_KEYS
    return true
  }
  return matchPatterns(layer, path, found)
}

/** Asks a `match` that a tool has put in the place of ours. */
function matchReplaced(layer: Layer, path: string, found: Found): boolean {
  const match = layer.match(path)
  if (!match) return false
  found.params = match.params
  found.path = match.path
  found.keys = match.keys
  return true
}

function matchPatterns(layer: Layer, path: string, found: Found): boolean {
  const { matchers } = layer
  for (let i = 0; i < matchers.length; i++) {
    const match = (matchers[i] as Matcher)(path)
    if (match) {
      found.params = match.params
      found.path = match.path
      found.keys = null
      return true
    }
  }
  return false
}

const NO_KEYS: readonly string[] = []
