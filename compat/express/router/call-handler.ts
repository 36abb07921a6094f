import { depd } from '../components.ts'
import type { Next } from '../types.ts'

const deprecate = depd('router')

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/**
 * A handler's result as the promise that it is; undefined for anything else.
 *
 * @param what The kind of function, for the deprecation of promises that are not native.
 */
export function asPromise(value: unknown, what: string): PromiseLike<unknown> | undefined {
  if (value === undefined || !isPromiseLike(value)) return undefined
  if (!(value instanceof Promise)) {
    deprecate(`${what} that are Promise-like are deprecated, use a native Promise instead`)
  }
  return value
}

/** Hands a handler's rejection on to the error layers; a falsy reason is made an error first. */
export function forwardRejection(value: unknown, what: string, next: Next): void {
  asPromise(value, what)?.then(noop, (error: unknown) =>
    next(error || new Error('Rejected promise')),
  )
}

function noop(): void {}
