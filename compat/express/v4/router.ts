import { depd } from '../components.ts'
import type { RouterDialect } from '../router/dialect.ts'
import { type CalledParams, type CallParam, runParamHandlers } from '../router/params.ts'
import { defineMethods, dispatch, handlesMethod } from '../router/route.ts'
import { createRouter, defineRouterMembers } from '../router/router.ts'
import type {
  Layer as AnyLayer,
  Route as AnyRoute,
  ParamHandler,
  RouterOptions,
  Router as RouterShape,
} from '../router/types.ts'
import type { Handler, Next, Req, Res } from '../types.ts'
import { type CallableLayer, Layer, matchAll, matchLayer, pathOf, patternOf } from './layer.ts'
import { literalPrefix } from './literal-prefix.ts'

const deprecate = depd('express')

/** A path with the handlers of its methods: `express.Route`. */
export class Route implements AnyRoute {
  path: unknown
  stack: AnyLayer[] = []
  methods: Record<string, boolean> = {}

  constructor(path: unknown) {
    this.path = path
  }

  _handles_method(method: unknown): boolean {
    return handlesMethod(this, method)
  }

  /** The methods in upper case, with the HEAD that comes with GET. */
  _options(): string[] {
    const names = Object.keys(this.methods)
    if (this.methods.get && !this.methods.head) names.push('head')
    return names.map((name) => name.toUpperCase())
  }

  dispatch(req: Req, res: Res, done: Next): void {
    dispatch(this, dialect, req, res, done)
  }
}

/** What Express 4 calls a value of the wrong type. */
function typeName(value: unknown): string {
  return typeof value === 'object'
    ? Object.prototype.toString.call(value).slice('[object '.length, -1)
    : typeof value
}

const dialect: RouterDialect = {
  tracer: null,
  countsSkipped: true,
  checkCallback() {},
  newLayer: (handler) => new Layer('/', {}, handler),
  pathLayer: (path, options, handler) => new Layer(path, options, handler),
  newRoute: (path) => new Route(path),
  routeHandler: (route) => route.dispatch.bind(route),
  callLayer: (layer, req, res, next) => (layer as CallableLayer).handle_request(req, res, next),
  callErrorLayer: (layer, error, req, res, next) =>
    (layer as CallableLayer).handle_error(error, req, res, next),
  checkHandlers: (handlers, method) =>
    handlers.flat(Number.POSITIVE_INFINITY).map((handler) => {
      if (typeof handler === 'function') return handler as Handler
      const type = Object.prototype.toString.call(handler)
      const message = `Route.${method}() requires a callback function but got a ${type}`
      throw method === 'all' ? new TypeError(message) : new Error(message)
    }),
  checkMiddleware(handlers) {
    if (handlers.length === 0) {
      throw new TypeError('Router.use() requires a middleware function')
    }
    return handlers.map((handler) => {
      if (typeof handler === 'function') return handler as Handler
      throw new TypeError(
        `Router.use() requires a middleware function but got a ${typeName(handler)}`,
      )
    })
  },
  matchAll,
  patternFor: (layer) => pathOf(layer as Layer),
  matchLayer: matchLayer as RouterDialect['matchLayer'],
  literalPrefixes(layer) {
    const prefixes = [pathOf(layer as Layer)]
      .flat(Number.POSITIVE_INFINITY)
      .map((pattern) => literalPrefix(pattern, layer.route !== undefined))
    return prefixes.includes(null) ? null : (prefixes as readonly (readonly string[])[])
  },
  patternOf: (layer) => patternOf(layer as Layer),
  isBoundary: (character) => character === undefined || character === '/' || character === '.',
  withoutAddedSlash: (url) => url.slice(1),
  callParam(handler, req, res, next, value, name) {
    try {
      handler(req, res, next, value, name)
    } catch (error) {
      next(error)
    }
  },
  allowedMethods: (route) => (route as Route)._options(),
  replyToOptions(res, names, next) {
    try {
      const body = [...new Set(names)].join(',')
      res.set('Allow', body)
      res.send(body)
    } catch (error) {
      next(error)
    }
  },
  paramNames: (layer) => (layer as Layer).keys.map(({ name }) => name),
}

defineMethods(Route.prototype, dialect)

/** What a router of Express 4 has besides the shared members. */
interface Router4 extends RouterShape {
  /** Handlers of the form `param(fn)`, which make the others. */
  _params: ((name: string, handler: unknown) => unknown)[]
}

/** `express.Router`: makes a router, with or without `new`. */
export interface RouterFunction {
  (options?: RouterOptions): RouterShape
  new (options?: RouterOptions): RouterShape
}

// Called with `new` too, so no arrow function. It is also the prototype of the routers that it makes.
function makeRouter(options?: RouterOptions): RouterShape {
  const router = createRouter(Router, dialect, options) as Router4
  router._params = []
  return router
}

export const Router: RouterFunction = makeRouter as unknown as RouterFunction
// As in Express 4, where it has no name.
Object.defineProperty(Router, 'name', { value: '' })
defineRouterMembers(Router, dialect)

Object.assign(Router, {
  /** Adds a handler of a parameter's values. */
  param(this: Router4, name: unknown, given?: unknown): RouterShape | undefined {
    if (typeof name === 'function') {
      deprecate('router.param(fn): Refactor to use path params')
      this._params.push(name as Router4['_params'][number])
      return undefined
    }
    let text = name as string
    let handler = given
    if (text[0] === ':') {
      const bare = JSON.stringify(text.slice(1))
      deprecate(`router.param(${JSON.stringify(text)}, fn): Use router.param(${bare}, fn) instead`)
      text = text.slice(1)
    }
    for (const make of this._params) handler = make(text, handler) || handler
    if (typeof handler !== 'function') {
      throw new Error(`invalid param() call for ${text}, got ${handler}`)
    }
    this.params[text] ||= []
    this.params[text]?.push(handler as ParamHandler)
    return this
  },

  /** Runs the handlers of a layer's parameters. */
  process_params(
    this: Router4,
    layer: Layer,
    called: CalledParams,
    req: Req,
    res: Res,
    done: Next,
  ): void {
    const call: CallParam = (handler, next, value, name) =>
      dialect.callParam(handler, req, res, next, value, name)
    runParamHandlers(this.params, dialect.paramNames(layer, {}), called, req, call, done)
  },
})
