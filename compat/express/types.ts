/**
 * What the rooms of the drop-in know of each other. These are the shapes at run time; the types that
 * users see are Express's own declarations, re-exported by `public-types.ts`.
 */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Dialect } from './dialect.ts'
import type { Layer, Route, Router } from './router/types.ts'

/** Continues with the next layer, or with the error layers when given an error. */
export type Next = (error?: unknown) => void

/** What a router calls when its layers are used up. */
export type ErrorCallback = (error?: unknown) => void

/** Request handling middleware; one with four parameters handles errors. */
export type Middleware = (req: Req, res: Res, next: Next) => unknown

/** Middleware that handles errors. */
export type ErrorMiddleware = (error: unknown, req: Req, res: Res, next: Next) => unknown

/** Any function that a layer may hold. */
export type Handler = Middleware | ErrorMiddleware

/** Parameters of the matched path, by name, or by number where they have none. */
export type Params = Record<string | number, unknown>

/** A request as handlers see it. */
export interface Req extends IncomingMessage {
  app: App
  baseUrl: string | undefined
  body?: unknown
  readonly fresh: boolean
  readonly host: string | undefined
  readonly hostname: string | undefined
  method: string
  next: Next | undefined
  originalUrl: string
  params: Params | undefined
  readonly protocol: string
  query: Record<string, unknown> | undefined
  res: Res
  route?: Route
  secret?: string
  url: string
  accepts(...types: (string | readonly string[])[]): string | string[] | false
  get(name: string): string | string[] | undefined
}

/** A response as handlers see it. */
export interface Res extends ServerResponse<Req> {
  app: App
  locals: Record<string, unknown>
  append(field: string, value: unknown): this
  cookie(name: string, value: unknown, options?: object): this
  format(formats: Record<string, (req: Req, res: Res, next: Next | undefined) => unknown>): this
  get(field: string): number | string | string[] | undefined
  header(field: string | object, value?: unknown): this
  json(value?: unknown): this
  location(url: unknown): this
  send(body?: unknown): this
  sendFile(path: string, options?: unknown, callback?: unknown): void
  set(field: string | object, value?: unknown): this
  status(code: unknown): this
  type(type: string): this
  vary(field: string | readonly string[]): this
}

/** Renders a template file: what a template engine registers. */
export type ViewEngine = (
  path: string,
  options: object,
  callback: (error: unknown, text?: string) => void,
) => unknown

/** What `app.render` needs of a view; the setting `view` is its constructor. */
export interface ViewLike {
  readonly path?: string | undefined
  readonly root?: string | readonly string[]
  render(options: object, callback: (error: unknown, text?: string) => void): void
}

/** An application: itself a request handler. */
export interface App extends EventEmitter {
  (req: IncomingMessage, res: ServerResponse, next?: Next): void
  cache: Record<string, ViewLike>
  engines: Record<string, ViewEngine>
  settings: Record<string, unknown>
  locals: Record<string, unknown>
  mountpath: string | readonly string[]
  parent?: App
  request: Req
  response: Res
  readonly router: Router
  _router?: Router
  defaultConfiguration(): void
  enabled(setting: string): boolean
  enable(setting: string): this
  get(setting: string): unknown
  handle(req: IncomingMessage, res: ServerResponse, next?: Next): void
  init(): void
  listen(...args: unknown[]): Server
  lazyrouter?(): void
  param(name: unknown, handler: unknown): this
  path(): string
  render(name: string, options: unknown, callback?: unknown): void
  route(path: unknown): Route
  set(setting: string, value?: unknown): unknown
  use(...args: unknown[]): this
}

export type { Dialect, Layer, Route, Router }
