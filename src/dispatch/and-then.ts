import type { MaybePromise } from '../types.ts'

/** Whether a value is to be awaited. */
export function isThenable<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/** Stays synchronous while every step is, so a plain view never pays for a promise. */
export function andThen<T, R>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return isThenable(value) ? value.then(next) : next(value)
}

/** Runs `last` when `value` has settled, however it did; what `last` throws wins. */
export function andFinally<T>(
  value: MaybePromise<T>,
  last: (failed: boolean, error: unknown) => MaybePromise<unknown>,
): MaybePromise<T> {
  if (isThenable(value)) {
    return value.then(
      (result) => andThen(last(false, undefined), () => result),
      (error: unknown) =>
        andThen(last(true, error), () => {
          throw error
        }),
    )
  }
  return andThen(last(false, undefined), () => value)
}

/**
 * Refuses the promise of a function whose result is needed at once; its failure must not end the
 * process as an unhandled one.
 * @param what what the function is called in the message
 * @throws {TypeError} when it is a promise
 */
export function refusePromise(result: unknown, what: string): void {
  if (!isThenable(result as MaybePromise<unknown>)) return
  ;(result as PromiseLike<unknown>).then(undefined, () => undefined)
  throw new TypeError(
    `A ${what} returned a promise, but has to give its result at once. Await what it needs in a ` +
      'beforeRequest hook, and keep it on g.',
  )
}
