import type { IncomingMessage, ServerResponse } from 'node:http'
import type { QueryParser } from './application/compile-settings.ts'
import type { Route, Router } from './router/types.ts'
import type { App, ErrorCallback, Next, Req, Res, ViewLike } from './types.ts'
import type { ViewOptions } from './view.ts'

/**
 * All that differs between the major versions of Express outside of routers. `express5.ts` and
 * `v4/express4.ts` have one each; it is chosen when an `express` is made and never asked for again.
 */
export interface Dialect {
  /** Value of the setting `query parser` in a new app. */
  readonly defaultQueryParser: string
  /** Members that the version's apps have besides the shared ones, or in place of them. */
  readonly applicationMembers: Record<string, unknown>
  /** Default of the setting `view`. */
  readonly View: new (
    name: string,
    options: ViewOptions,
  ) => ViewLike
  readonly requestMembers: object
  readonly responseMembers: object
  /** Reads a setting, its app's parents' included. */
  readSetting(settings: Record<string, unknown>, name: string): unknown
  /** Does what assigning a setting has for an effect in this version only. */
  onSetting(app: App, name: string, value: unknown): void
  /** What the setting `query parser` stands for; throws for a value that it does not have. */
  compileQueryParser(value: unknown): QueryParser | undefined
  /** The objects of a new app: its `cache`, `engines` and `settings`. */
  newTable(): Record<string, never>
  /** Defines the property that holds the app's router. */
  defineRouter(app: App): void
  /** The app's router, made when first asked for. */
  baseRouter(app: App): Router
  /** A new route in the app's router, through what a tool may have wrapped. */
  routeOf(app: App, path: unknown): Route
  /** Makes the answer to what no layer has answered. */
  finalHandler(app: App, req: IncomingMessage, res: ServerResponse): ErrorCallback
  /** Starts a request on its way through an app. */
  handle(app: App, req: Req, res: Res, done: Next): void
  /** The options of one rendering: the app's locals, the response's, and those of the call. */
  mergeRenderOptions(locals: object, options: unknown): Record<string, unknown>
}
