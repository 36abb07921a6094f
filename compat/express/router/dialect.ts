import type { Handler, Next, Params, Req, Res } from '../types.ts'
import type { RouteDialect } from './route.ts'
import type { Found, Layer, LayerOptions, ParamHandler, Route } from './types.ts'

/** Watches the handlers that run. Used only while somebody wants to know. */
export interface Tracer {
  isActive(): boolean
  /** Remembers which pattern has matched; returns the one before, to be put back. */
  setPattern(req: Req, pattern: unknown): unknown
  /** Notes an error that has left its handler; false when it has been noted before. */
  recordError(req: Req, error: unknown): boolean
  /** Calls a layer's handler; false when there is nothing to watch in that. */
  callLayer(layer: Layer, req: Req, res: Res, next: Next): boolean
  /** The same with an error. */
  callErrorLayer(layer: Layer, error: unknown, req: Req, res: Res, next: Next): boolean
  callParam(
    handler: ParamHandler,
    layer: Layer,
    req: Req,
    res: Res,
    next: Next,
    value: unknown,
    name: string,
  ): void
}

/** What differs between the versions in a router; the rest of it is shared. */
export interface RouterDialect extends RouteDialect {
  /** Makes a layer for a router's stack. Throws for a malformed path. */
  pathLayer(path: unknown, options: LayerOptions, handler: Handler): Layer
  newRoute(path: unknown): Route
  /** Throws for a missing callback of `handle`, where it must be there. */
  checkCallback(callback: unknown): void
  /** The handler of a route's layer. */
  routeHandler(route: Route): Handler
  /** Checks the middleware given to `use()`; throws for what is not a function. */
  checkMiddleware(handlers: readonly unknown[]): readonly Handler[]
  /**
   * The parameters, none, of a layer that is middleware for every path. Undefined is no answer:
   * {@link matchLayer} is asked then.
   */
  matchAll(layer: Layer): Params | undefined
  /** The one of a layer's patterns that a path matches. */
  patternFor(layer: Layer, path: string): unknown
  /** Compares a path, into `found`; throws when a parameter is not well encoded. */
  matchLayer(layer: Layer, path: string, found: Found): boolean
  /**
   * The literal segments that every path which the layer matches starts with, one list for each of
   * its patterns; null when there is a pattern that has none.
   */
  literalPrefixes(layer: Layer): readonly (readonly string[])[] | null
  /** What {@link literalPrefixes} depends on; another value when a tool has changed the layer. */
  patternOf(layer: Layer): unknown
  /** Whether a mount path may end before this character of the request's path. */
  isBoundary(character: string | undefined): boolean
  /** Takes the slash away again that was put before an empty mount-relative URL. */
  withoutAddedSlash(url: string, mountPath: string): string
  /** Runs one `param` handler. */
  callParam(
    handler: ParamHandler,
    req: Req,
    res: Res,
    next: Next,
    value: unknown,
    name: string,
  ): void
  /** A route's methods for the answer to OPTIONS. */
  allowedMethods(route: Route): readonly string[]
  replyToOptions(res: Res, methods: readonly string[], next: Next): void
  /** A matched layer's parameter names in order. */
  paramNames(layer: Layer, params: Params): readonly (string | number)[]
}
