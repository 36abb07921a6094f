import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MaybePromise } from '../types.ts'
import { ChainRun, type Done, type LateErrorHandler } from './chain-run.ts'
import { compileLayers, type Layer } from './layer.ts'
import type { UseMethod } from './types.ts'

export type { Done, LateErrorHandler } from './chain-run.ts'
export type {
  ConnectErrorHandler,
  ConnectHandler,
  NextFunction,
  UseArgument,
  UseMethod,
  UsePath,
} from './types.ts'

/** Options of a {@link MiddlewareChain}. */
export interface ChainOptions {
  /**
   * Gets an error that a middleware raised after it had already handed the request on: the response
   * is others' by then, so it can only be logged. Default: printed with `console.error`.
   */
  onLateError?: LateErrorHandler
}

/**
 * The Connect-compatible chain behind `app.use`: unmodified Connect and Express middleware, in the
 * order of registration, before routing.
 */
export class MiddlewareChain {
  /** The layers, in order; Connect's `app.stack`. */
  readonly stack: Layer[] = []
  readonly #onLateError: LateErrorHandler

  constructor(options: ChainOptions = {}) {
    this.#onLateError = options.onLateError ?? printLateError
  }

  /** Whether nothing is registered, so that a request may skip the chain altogether. */
  get isEmpty(): boolean {
    return this.stack.length === 0
  }

  /**
   * Registers middleware: `use(...handlers)` or `use(path, ...handlers)`. A path is a prefix of whole
   * segments (Connect's rule), a RegExp, or an array of them; handlers may be nested in arrays, and
   * may be apps (Connect's, Express's, ours) or objects with `handle(req, res, next)`.
   *
   * Middleware under a path runs for every spelling of that path which a router might take for it.
   *
   * @throws TypeError for an argument that could never run.
   */
  readonly use: UseMethod<this> = (...args: unknown[]): this => {
    this.stack.push(...compileLayers(args))
    return this
  }

  /**
   * Runs the chain for one request.
   *
   * @param done Called at most once: without an argument when every layer handed the request on, or
   *   with the error that no error middleware took.
   * @returns What `done` returned, when it was called at once. Otherwise a promise that settles as
   *   `done` does, or resolves when the response has closed without it.
   */
  handle(req: IncomingMessage, res: ServerResponse, done: Done): MaybePromise<void> {
    if (this.stack.length === 0) return done()
    return new ChainRun(this.stack, req, res, done, this.#onLateError).start()
  }
}

function printLateError(error: unknown, req: IncomingMessage): void {
  console.error(`Middleware failed after handing ${req.method} ${req.url} on:`, error)
}
