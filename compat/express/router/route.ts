import type { Handler, Next, Req, Res } from '../types.ts'
import type { Tracer } from './dialect.ts'
import { methods } from './methods.ts'
import type { Layer, Route } from './types.ts'

/** What differs between the versions in a route. */
export interface RouteDialect {
  readonly tracer: Tracer | null
  /** Whether layers for other methods count towards those that run without a rest. */
  readonly countsSkipped: boolean
  newLayer(handler: Handler): Layer
  callLayer(layer: Layer, req: Req, res: Res, next: Next): void
  callErrorLayer(layer: Layer, error: unknown, req: Req, res: Res, next: Next): void
  /** Flattens and checks the handlers given to `route.METHOD()`; throws for anything else. */
  checkHandlers(handlers: readonly unknown[], method: string): readonly Handler[]
}

const LOWER_CASE: ReadonlyMap<string, string> = new Map(
  methods.map((method) => [method.toUpperCase(), method]),
)

/** The method whose handlers answer: HEAD is GET's unless the route has handlers of its own for it. */
function effectiveMethod(route: Route, method: unknown): string {
  if (typeof method !== 'string') return method as string
  const name = LOWER_CASE.get(method) ?? method.toLowerCase()
  return name === 'head' && !route.methods.head ? 'get' : name
}

/** Whether a route has a handler for a method. */
export function handlesMethod(route: Route, method: unknown): boolean {
  return Boolean(route.methods._all || route.methods[effectiveMethod(route, method)])
}

/** Handlers that may run one within the other before the stack is given a rest. */
const MAX_SYNC = 100

/** Runs a route's handlers, one after the other. */
export function dispatch(
  route: Route,
  dialect: RouteDialect,
  req: Req,
  res: Res,
  done: Next,
): void {
  const { stack } = route
  if (stack.length === 0) {
    done()
    return
  }
  const method = effectiveMethod(route, req.method)
  const tracer = dialect.tracer?.isActive() ? dialect.tracer : null
  req.route = route
  let index = 0
  let sync = 0
  next()

  function next(error?: unknown): void {
    if (error === 'route') {
      done()
      return
    }
    if (error === 'router') {
      done(error)
      return
    }
    const layer = find(error)
    if (layer === undefined) return
    if (error) {
      if (!tracer?.callErrorLayer(layer, error, req, res, next)) {
        dialect.callErrorLayer(layer, error, req, res, next)
      }
    } else if (!tracer?.callLayer(layer, req, res, next)) {
      dialect.callLayer(layer, req, res, next)
    }
    sync = 0
  }

  /** The next layer of the method; undefined when there is none, or when the search rests. */
  function find(error: unknown): Layer | undefined {
    const { countsSkipped } = dialect
    // Express 5 counts the handlers that run, Express 4 the layers that it looks at.
    if (!countsSkipped && index < stack.length && ++sync > MAX_SYNC) {
      setImmediate(next, error)
      return undefined
    }
    for (let skipped = false; ; skipped = true) {
      if (countsSkipped && ++sync > MAX_SYNC) {
        // The layers passed by were calls within each other there, which have ended by now.
        if (skipped) sync = 0
        setImmediate(next, error)
        return undefined
      }
      if (index >= stack.length) {
        if (countsSkipped && skipped) sync = 0
        done(error)
        return undefined
      }
      const layer = stack[index++] as Layer
      if (!layer.method || layer.method === method) return layer
    }
  }
}

/** Puts `all` and a member for each HTTP method on a version's Route. */
export function defineMethods(prototype: object, dialect: RouteDialect): void {
  const members = prototype as Record<string, unknown>
  members.all = function all(this: Route, ...handlers: unknown[]): Route {
    for (const handler of dialect.checkHandlers(handlers, 'all')) {
      const layer = dialect.newLayer(handler)
      layer.method = undefined
      this.methods._all = true
      this.stack.push(layer)
    }
    return this
  }
  for (const method of methods) {
    members[method] = function (this: Route, ...handlers: unknown[]): Route {
      for (const handler of dialect.checkHandlers(handlers, method)) {
        const layer = dialect.newLayer(handler)
        layer.method = method
        this.methods[method] = true
        this.stack.push(layer)
      }
      return this
    }
  }
}
