import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MountPath } from './mount-pattern.ts'

/**
 * Hands the request on. With an error (any truthy value, also a string such as `'route'`), only
 * error middleware runs from here on. Only the first call of each layer counts.
 */
export type NextFunction = (error?: unknown) => void

/**
 * Connect's and Express's middleware. It is compared bivariantly, so that a function which asks for
 * an Express request (or any other wider type) may be passed; it gets the real objects of node:http.
 */
export type ConnectHandler = {
  handler(req: IncomingMessage, res: ServerResponse, next: NextFunction): unknown
}['handler']

/** Error middleware: a function with exactly four parameters. */
export type ConnectErrorHandler = {
  handler(error: unknown, req: IncomingMessage, res: ServerResponse, next: NextFunction): unknown
}['handler']

/** An app that is not itself a function, such as an instance with a `handle` method. */
export interface HandlerObject {
  handle: ConnectHandler
}

/** A node:http server; its first `'request'` listener is what gets mounted. */
export interface ServerLike {
  listeners(event: 'request'): unknown[]
}

/** What `use` takes: functions, apps, servers, and nested arrays of them. */
export type UseArgument =
  | ConnectHandler
  | ConnectErrorHandler
  | HandlerObject
  | ServerLike
  | readonly UseArgument[]

/** One mount path or several; a layer runs once however many of them match. */
export type UsePath = MountPath | readonly MountPath[]

/** The signatures of `use`. The first of each pair types the parameters of an inline function. */
export interface UseMethod<This> {
  (...handlers: ConnectHandler[]): This
  (...handlers: UseArgument[]): This
  (path: UsePath, ...handlers: ConnectHandler[]): This
  (path: UsePath, ...handlers: UseArgument[]): This
}
