import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MaybePromise } from './types.ts'

/** Connect's `next`. */
export type NextFunction = (error?: unknown) => void

/** Names the method that a callable object runs when it is called. */
export const HANDLE: unique symbol = Symbol('bustapi.handle')

interface Handles {
  [HANDLE](req: IncomingMessage, res: ServerResponse, next?: NextFunction): MaybePromise<void>
}

const { apply, bind, call } = Function.prototype

/**
 * A function with the prototype of a class, to be returned by a base constructor: so the instance
 * can be called. It keeps a function's own `call`, `apply` and `bind`.
 * @param target the class that is being made, `new.target`
 */
export function callable(target: { readonly prototype: object }): object {
  const self = (
    req: IncomingMessage,
    res: ServerResponse,
    next?: NextFunction,
  ): MaybePromise<void> => (self as unknown as Handles)[HANDLE](req, res, next)
  Object.defineProperties(self, {
    apply: { value: apply },
    bind: { value: bind },
    call: { value: call },
  })
  return Object.setPrototypeOf(self, target.prototype) as object
}

const nexts = new WeakMap<IncomingMessage, NextFunction>()

/** Keeps the `next` of a mounted app: `wsgiApp` wrappers know only `(req, res)`. */
export function rememberNext(req: IncomingMessage, next: NextFunction): void {
  nexts.set(req, next)
}

/** The `next` that was kept for this request, once. */
export function takeNext(req: IncomingMessage): NextFunction | undefined {
  const next = nexts.get(req)
  if (next !== undefined) nexts.delete(req)
  return next
}
