import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MaybePromise } from '../types.ts'
import { refuse } from './refuse.ts'

/** The seam between transport and framework as a function (a WSGI app's `__call__`). */
export type WsgiFunction = (req: IncomingMessage, res: ServerResponse) => MaybePromise<void>

/**
 * What `app.wsgiApp` may be set to: a function, or an object with `handle(req, res)` or
 * `call(req, res)`, such as an instance of a class that wraps the previous `app.wsgiApp`.
 */
export type WsgiApp =
  | { app(req: IncomingMessage, res: ServerResponse): unknown }['app']
  | { handle(req: IncomingMessage, res: ServerResponse): unknown }
  | { call(req: IncomingMessage, res: ServerResponse): unknown }

/**
 * Whether a value can stand as `app.wsgiApp`; a class cannot, only its instances. Asked when it is
 * assigned, so that a mistake shows there and not in every response.
 */
export function isWsgiApp(value: unknown): value is WsgiApp {
  if (typeof value === 'function') return !isClass(value)
  if (typeof value !== 'object' || value === null) return false
  const { handle, call } = value as { handle?: unknown; call?: unknown }
  return typeof handle === 'function' || typeof call === 'function'
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value))
}

/**
 * Makes one function of any form of app. The methods of an object are looked up at each call: a
 * subclass or a test may replace them.
 */
export function toWsgiFunction(app: WsgiApp): WsgiFunction {
  if (typeof app === 'function') return app as WsgiFunction
  if ('handle' in app) return (req, res) => app.handle(req, res) as MaybePromise<void>
  return (req, res) => app.call(req, res) as MaybePromise<void>
}

/**
 * Runs an app for one request. When it throws or rejects, the client gets a clean 500, or a broken
 * connection if the head was sent already, and never waits for a response that does not come.
 *
 * @param onError Gets the error, once, to log it. When it answers the request itself, that stands.
 * @returns When the app has returned: nothing, or a promise of that which never rejects.
 */
export function callWsgi(
  app: WsgiApp,
  req: IncomingMessage,
  res: ServerResponse,
  onError: (error: unknown, req: IncomingMessage) => void,
): MaybePromise<void> {
  try {
    const result: unknown =
      typeof app === 'function'
        ? app(req, res)
        : 'handle' in app
          ? app.handle(req, res)
          : app.call(req, res)
    if (isPromiseLike(result)) {
      return result.then(nothing, (error: unknown) => fail(error, req, res, onError))
    }
  } catch (error) {
    fail(error, req, res, onError)
  }
  return undefined
}

function fail(
  error: unknown,
  req: IncomingMessage,
  res: ServerResponse,
  onError: (error: unknown, req: IncomingMessage) => void,
): void {
  try {
    onError(error, req)
  } finally {
    refuse(req, res, 500)
  }
}

function nothing(): void {}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}
