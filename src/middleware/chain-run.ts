import type { IncomingMessage, ServerResponse } from 'node:http'
import { isThenable } from '../dispatch/and-then.ts'
import type { MaybePromise } from '../types.ts'
import { guardPaths } from './guard-paths.ts'
import { type Layer, mountsOf } from './layer.ts'
import { enterMount, type MountedRequest } from './mount.ts'
import type { MountPattern } from './mount-pattern.ts'
import type { ConnectErrorHandler, ConnectHandler, NextFunction } from './types.ts'

/** What follows the chain. */
export type Done = (error?: unknown) => MaybePromise<void>

/** Gets an error that came too late to be answered. */
export type LateErrorHandler = (error: unknown, req: IncomingMessage, res: ServerResponse) => void

// `next()` runs the rest of the chain inside the caller, so that AsyncLocalStorage.run(store, next)
// works; past this many nested calls the stack is unwound first.
const MAX_NESTED_CALLS = 100

/** One request on its way through the layers. */
export class ChainRun {
  readonly #stack: readonly Layer[]
  readonly #req: IncomingMessage & MountedRequest
  readonly #res: ServerResponse
  readonly #done: Done
  readonly #onLateError: LateErrorHandler
  #position = 0
  // Counts the accepted calls of next(): each layer's own next() is good for its turn only.
  #turn = 0
  #nested = 0
  #leave: (() => void) | null = null
  #finished = false
  #result: MaybePromise<void> = undefined
  #failure: { error: unknown } | null = null
  #settle: ((result: MaybePromise<void>) => void) | null = null

  constructor(
    stack: readonly Layer[],
    req: IncomingMessage,
    res: ServerResponse,
    done: Done,
    onLateError: LateErrorHandler,
  ) {
    this.#stack = stack
    this.#req = req
    this.#res = res
    this.#done = done
    this.#onLateError = onLateError
  }

  /** Runs the first layer; see `MiddlewareChain.handle` for the result. */
  start(): MaybePromise<void> {
    this.#req.originalUrl ??= this.#req.url
    this.#advance(undefined)
    if (this.#finished) {
      if (this.#failure !== null) throw this.#failure.error
      return this.#result
    }
    if (this.#res.writableEnded) return undefined
    return new Promise((resolve) => {
      this.#settle = resolve
      this.#res.once('close', resolve)
    })
  }

  #advance(error: unknown): void {
    const failed = Boolean(error)
    for (;;) {
      const layer = this.#stack[this.#position++]
      if (layer === undefined) {
        this.#finish(error)
        return
      }
      if ((layer.handle.length === 4) !== failed) continue
      const mounts = mountsOf(layer)
      if (mounts !== null && !this.#enter(mounts)) continue
      this.#call(layer, error)
      return
    }
  }

  #enter(mounts: readonly MountPattern[]): boolean {
    const paths = guardPaths(this.#req)
    for (const mount of mounts) {
      const relative = mount.match(paths)
      if (relative === null) continue
      this.#leave = enterMount(this.#req, relative)
      return true
    }
    return false
  }

  #call(layer: Layer, error: unknown): void {
    const turn = this.#turn
    const restore = layer.isApp ? keepPrototypes(this.#req, this.#res) : null
    const next: NextFunction = (failure) => {
      // A second call, or one after a throw: the request has moved on.
      if (this.#turn !== turn) return
      this.#turn = turn + 1
      restore?.()
      this.#proceed(failure)
    }
    try {
      const result =
        layer.handle.length === 4
          ? (layer.handle as ConnectErrorHandler)(error, this.#req, this.#res, next)
          : (layer.handle as ConnectHandler)(this.#req, this.#res, next)
      if (isThenable(result)) {
        result.then(undefined, (failure: unknown) => this.#fail(turn, failure, next))
      }
    } catch (failure) {
      this.#fail(turn, failure, next)
    }
  }

  #fail(turn: number, failure: unknown, next: NextFunction): void {
    if (this.#turn !== turn) {
      this.#onLateError(failure, this.#req, this.#res)
      return
    }
    // `throw undefined` must not count as "no error": a guard that did it would be passed.
    next(failure || new Error(`Middleware threw ${String(failure)}`))
  }

  #proceed(error: unknown): void {
    this.#leave?.()
    this.#leave = null
    if (this.#nested >= MAX_NESTED_CALLS) {
      setImmediate(() => this.#advance(error))
      return
    }
    this.#nested++
    this.#advance(error)
    this.#nested--
  }

  #finish(error: unknown): void {
    this.#finished = true
    try {
      this.#result = error ? this.#done(error) : this.#done()
    } catch (failure) {
      // Not thrown from here: it would surface inside the last middleware's call of next().
      this.#failure = { error: failure }
      this.#result = this.#settle === null ? undefined : Promise.reject(failure)
    }
    this.#settle?.(this.#result)
  }
}

/** Undoes what a mounted Express app does to the prototypes, before the next layer sees them. */
function keepPrototypes(req: IncomingMessage, res: ServerResponse): () => void {
  const reqPrototype: unknown = Object.getPrototypeOf(req)
  const resPrototype: unknown = Object.getPrototypeOf(res)
  return () => {
    if (Object.getPrototypeOf(req) !== reqPrototype)
      Object.setPrototypeOf(req, reqPrototype as object)
    if (Object.getPrototypeOf(res) !== resPrototype)
      Object.setPrototypeOf(res, resPrototype as object)
  }
}
