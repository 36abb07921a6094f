/**
 * The types of the drop-in are those that Express's users have: the declarations of
 * `@types/express-serve-static-core`, which `@types/express` consists of. So a middleware typed for
 * one is accepted by the other, and what augments the global `Express` namespace is seen by both.
 */
import type bodyParser from 'body-parser'
import type * as core from 'express-serve-static-core'
import type { RequestHandlerConstructor } from 'serve-static'
import type { FastifyInstance } from '../../src/core.ts'
import type { InjectOptions, InjectResult } from './application/inject.ts'

export type {
  CookieOptions,
  Errback,
  ErrorRequestHandler,
  Handler,
  IRoute,
  IRouter,
  IRouterHandler,
  IRouterMatcher,
  Locals,
  MediaType,
  NextFunction,
  ParamsDictionary,
  Request,
  RequestHandler,
  RequestParamHandler,
  Response,
  Send,
} from 'express-serve-static-core'
export type { InjectOptions, InjectResult } from './application/inject.ts'

/** What an app has that Express's do not. */
export interface AppExtras {
  /**
   * The app's Fastify instance, for native routes and plugins. A native route wins over the whole
   * Express app for its method and path; see MIGRATION.md.
   */
  readonly fastify: FastifyInstance
  /** Handles a request from this process, as Fastify's `inject` does; nothing listens. */
  inject(request?: string | InjectOptions): Promise<InjectResult>
}

/** An application, as `express()` makes it. */
export interface Express extends core.Express, AppExtras {}

/** An application's members. */
export interface Application extends core.Application, AppExtras {}

/** A router. */
export type Router = core.Router

/** Options of `express.Router()`. */
export interface RouterOptions {
  caseSensitive?: boolean | undefined
  mergeParams?: boolean | undefined
  strict?: boolean | undefined
}

/** What `express` carries besides making apps: their prototypes, routers and middleware. */
export interface ExpressParts {
  application: Application
  request: core.Request
  response: core.Response
  Route: new (path: string) => core.IRoute
  Router: {
    (options?: RouterOptions): core.Router
    new (options?: RouterOptions): core.Router
  }
  json: typeof bodyParser.json
  raw: typeof bodyParser.raw
  static: RequestHandlerConstructor<core.Response>
  text: typeof bodyParser.text
  urlencoded: typeof bodyParser.urlencoded
}
