import { parse } from 'path-to-regexp'
import type { Handler, Next, Req, Res } from '../types.ts'
import { asPromise } from './call-handler.ts'
import type { RouterDialect } from './dialect.ts'
import { Layer, matchLayer, ownMatch } from './layer.ts'
import { literalSegments } from './literal-prefix.ts'
import { replyToOptions } from './options-reply.ts'
import { defineMethods, dispatch, handlesMethod } from './route.ts'
import { createRouter, defineRouterMembers } from './router.ts'
import { tracer } from './tracing.ts'
import type {
  Layer as AnyLayer,
  ParamHandler,
  RouterOptions,
  Router as RouterShape,
} from './types.ts'

/** A path with the handlers of its methods: `express.Route`. */
export class Route {
  path: unknown
  stack: AnyLayer[] = []
  methods: Record<string, boolean> = Object.create(null)

  constructor(path: unknown) {
    this.path = path
  }

  _handlesMethod(method: unknown): boolean {
    return handlesMethod(this, method)
  }

  /** The methods in upper case, with the HEAD that comes with GET; `*` for all when asked for. */
  _methods(includeAll?: boolean): string[] {
    const names: string[] = []
    for (const name of Object.keys(this.methods)) {
      if (name !== '_all') names.push(name.toUpperCase())
      else if (includeAll) names.push('*')
    }
    if (this.methods.get && !this.methods.head) names.push('HEAD')
    return names
  }

  dispatch(req: Req, res: Res, done: Next): void {
    dispatch(this, dialect, req, res, done)
  }
}

function checkHandlers(handlers: readonly unknown[]): readonly Handler[] {
  const callbacks = handlers.flat(Number.POSITIVE_INFINITY)
  if (callbacks.length === 0) throw new TypeError('argument handler is required')
  return callbacks.map((callback) => {
    if (typeof callback !== 'function') throw new TypeError('argument handler must be a function')
    return callback as Handler
  })
}

/** The text that a pattern starts with says which segments a matched path starts with. */
function prefixOf(pattern: unknown): readonly string[] | null {
  if (pattern instanceof RegExp) return null
  const path = pattern === '/' ? '/' : String(pattern).replace(/\/+$/, '')
  const [first, ...rest] = parse(path).tokens
  return first?.type === 'text' ? literalSegments(first.value, rest.length === 0) : null
}

const SLASH = Symbol('slash')

const dialect: RouterDialect = {
  tracer,
  countsSkipped: false,
  checkCallback(callback) {
    if (!callback) throw new TypeError('argument callback is required')
  },
  newLayer: (handler) => new Layer('/', {}, handler),
  pathLayer: (path, options, handler) => new Layer(path, options, handler),
  newRoute: (path) => new Route(path),
  routeHandler: (route) =>
    function handle(req: Req, res: Res, next: Next): void {
      route.dispatch(req, res, next)
    },
  callLayer: (layer, req, res, next) => (layer as Layer).handleRequest(req, res, next),
  callErrorLayer: (layer, error, req, res, next) =>
    (layer as Layer).handleError(error, req, res, next),
  checkHandlers,
  checkMiddleware: checkHandlers,
  matchAll: (layer) => ((layer as Layer).slash && layer.match === ownMatch ? {} : undefined),
  patternFor(layer, path) {
    const match = (layer as Layer).match(path)
    return match ? match.pattern : undefined
  },
  matchLayer: matchLayer as RouterDialect['matchLayer'],
  literalPrefixes(layer) {
    const { match, rawPath, slash } = layer as Layer
    if (match !== ownMatch || slash) return null
    const prefixes = [rawPath].flat().map(prefixOf)
    return prefixes.includes(null) ? null : (prefixes as readonly (readonly string[])[])
  },
  patternOf(layer) {
    const { match, matchers, slash } = layer as Layer
    if (match !== ownMatch) return match
    return slash ? SLASH : matchers
  },
  isBoundary: (character) => character === undefined || character === '/',
  withoutAddedSlash(url, mountPath) {
    // A layer that rewrote the path under a mount path without a slash at its end keeps its slash.
    const atRoot = url === '/' || url.startsWith('/?')
    return atRoot || (mountPath.endsWith('/') && url[0] === '/') ? url.slice(1) : url
  },
  callParam,
  allowedMethods: (route) => (route as Route)._methods(),
  replyToOptions,
  paramNames: (_layer, params) => Object.keys(params),
}

function callParam(
  handler: ParamHandler,
  req: Req,
  res: Res,
  next: Next,
  value: unknown,
  name: string,
): void {
  try {
    const result = asPromise(handler(req, res, next, value, name), 'parameters')
    result?.then(undefined, (error: unknown) => next(error || new Error('Rejected promise')))
  } catch (error) {
    next(error)
  }
}

defineMethods(Route.prototype, dialect)

/** `express.Router`: makes a router, with or without `new`. */
export interface RouterConstructor {
  new (options?: RouterOptions): RouterShape
  (options?: RouterOptions): RouterShape
  prototype: RouterShape
  Route: typeof Route
}

// A constructor that may be called: a class cannot be.
function makeRouter(this: unknown, options?: RouterOptions): RouterShape {
  // With `new`, also of a class that extends this one, the instance's prototype is what to inherit.
  const prototype = this instanceof Router ? (this as object) : Router.prototype
  return createRouter(prototype, dialect, options)
}

export const Router: RouterConstructor = makeRouter as unknown as RouterConstructor
Object.defineProperty(Router, 'name', { value: 'Router' })
// Function members such as `call` and `bind` are to be found on a router.
Router.prototype = (() => {}) as unknown as RouterShape
Router.Route = Route
defineRouterMembers(Router.prototype, dialect)

const members = Router.prototype as unknown as Record<string, unknown>
members.param = function param(this: RouterShape, name: unknown, handler: unknown): RouterShape {
  if (!name) throw new TypeError('argument name is required')
  if (typeof name !== 'string') throw new TypeError('argument name must be a string')
  if (!handler) throw new TypeError('argument fn is required')
  if (typeof handler !== 'function') throw new TypeError('argument fn must be a function')
  this.params[name] ??= []
  this.params[name].push(handler as ParamHandler)
  return this
}

/** One entry of {@link listRoutes}. */
interface ListedRoute {
  readonly path: unknown
  readonly methods: string[] | undefined
  readonly router: unknown
}

/** The routes and mounted routers of a router, one entry for each path. */
members.listRoutes = function listRoutes(this: RouterShape): ListedRoute[] {
  const routes: ListedRoute[] = []
  for (const layer of this.stack) {
    const { route } = layer
    const handler = layer.handle as unknown as Partial<RouterShape>
    const router = !route && Array.isArray(handler.stack) ? handler : undefined
    if (!route && !router) continue
    const names = (route as Route | undefined)?._methods(true)
    for (const path of [(layer as Layer).rawPath].flat()) {
      routes.push({ path, methods: names?.slice(), router })
    }
  }
  return routes
}
