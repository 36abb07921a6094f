import type { ErrorCallback, Handler, Next, Params, Req, Res } from '../types.ts'

/** How a layer compares paths. */
export interface LayerOptions {
  readonly sensitive?: boolean | undefined
  readonly strict?: boolean | undefined
  /** False for middleware, which takes every path below its own. */
  readonly end?: boolean
}

/** One entry of a router's or route's `stack`. What is not here differs between the versions. */
export interface Layer {
  handle: Handler
  name: string
  route?: Route | undefined
  /** In a route's stack: the lower-case method, or undefined for all. */
  method?: string | undefined
  match(path: string): unknown
}

/** A path with the handlers of its methods. */
export interface Route {
  path: unknown
  stack: Layer[]
  methods: Record<string, boolean>
  dispatch(req: Req, res: Res, done: Next): void
}

/** Called once per request for each value of a parameter. */
export type ParamHandler = (req: Req, res: Res, next: Next, value: unknown, name: string) => unknown

/** A router: a function with Express's members. */
export interface Router {
  (req: Req, res: Res, next: Next): void
  caseSensitive: boolean | undefined
  mergeParams: boolean | undefined
  strict: boolean | undefined
  params: Record<string, ParamHandler[]>
  stack: Layer[]
  handle(req: Req, res: Res, callback: ErrorCallback): void
  param(name: unknown, handler: unknown): this | undefined
  route(path: unknown): Route
  use(...args: unknown[]): this
}

/** Options of a router. */
export interface RouterOptions {
  caseSensitive?: boolean | undefined
  mergeParams?: boolean | undefined
  strict?: boolean | undefined
}

/** What a layer's match gave; one object per running router, overwritten by each match. */
export interface Found {
  params: Params
  /** The part of the path that the layer took. */
  path: string
  /** Names of the parameters in order, or null for the keys of `params`. */
  keys: readonly (string | number)[] | null
}
