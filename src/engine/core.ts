import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { MiddlewareChain } from '../middleware/chain.ts'
import type { MaybePromise } from '../types.ts'
import { Engine } from './engine.ts'
import { Injector, type InjectRequest, type InjectResponse } from './inject.ts'
import type { AddressOptions } from './listen.ts'
import type { ServerOptions } from './node-handler.ts'
import { renderError } from './refuse.ts'
import { callWsgi, isWsgiApp, toWsgiFunction, type WsgiApp, type WsgiFunction } from './wsgi.ts'

/**
 * What stands in a core's handler slot.
 *
 * @param error What middleware raised and no error middleware took; undefined in the normal case.
 * @param next Continues in the app that this one is mounted in; undefined when it is mounted in none.
 */
export type CoreHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  error: unknown,
  next: ((error?: unknown) => void) | undefined,
) => MaybePromise<void>

/** Options of a {@link Core}. */
export interface CoreOptions {
  /** Gets what the handler, a wrapper or late middleware failed with. Default: `console.error`. */
  onError?: (error: unknown, req: IncomingMessage) => void
  /** Options of the core's server. */
  server?: ServerOptions
}

/**
 * The core without a face: a server, middleware and one handler. An adapter that gives BustAPI
 * another API puts its dispatcher into the handler slot; everything around it is as in `BustAPI`.
 */
export class Core {
  /** Connect-compatible middleware, run before the handler. */
  readonly chain: MiddlewareChain
  readonly #engine: Engine
  readonly #onError: (error: unknown, req: IncomingMessage) => void
  #wsgiApp: WsgiFunction
  #injector: Injector | null = null

  /**
   * @param handler The handler slot. What it throws or rejects with is reported and becomes a 500.
   */
  constructor(handler: CoreHandler, options: CoreOptions = {}) {
    const onError = options.onError ?? printError
    this.#onError = onError
    this.chain = new MiddlewareChain({ onLateError: onError })
    this.#engine = new Engine((req, res, next) => handler(req, res, undefined, next), {
      entry: (req, res) => this.dispatch(req, res),
      server: { onError, ...options.server },
    })
    this.#wsgiApp = (req, res) => {
      const next = nexts.get(req)
      nexts.delete(req)
      return this.chain.handle(req, res, (error) =>
        error === undefined
          ? this.#engine.handle(req, res, next)
          : handler(req, res, error, undefined),
      )
    }
  }

  /** The outermost callable; assign a wrapper to it, as to `app.wsgiApp`. */
  get wsgiApp(): WsgiFunction {
    return this.#wsgiApp
  }

  set wsgiApp(app: WsgiApp) {
    if (!isWsgiApp(app)) throw new TypeError('wsgiApp takes a function or an object with handle().')
    this.#wsgiApp = toWsgiFunction(app)
  }

  /**
   * The dispatch entry: handles one request, through `wsgiApp`. Hand it to any node:http server, or
   * call it from another framework's middleware.
   *
   * @returns When the handler has returned; never rejects.
   */
  dispatch(
    req: IncomingMessage,
    res: ServerResponse,
    next?: (error?: unknown) => void,
  ): MaybePromise<void> {
    if (next !== undefined) nexts.set(req, next)
    return callWsgi(this.#wsgiApp, req, res, this.#onError)
  }

  /** The server that {@link listen} uses: a real http.Server, made when first asked for. */
  get server(): Server {
    return this.#engine.server
  }

  /** Listens; see `listen` for the options and errors. */
  listen(options?: AddressOptions): Promise<Server> {
    return this.#engine.listen(options)
  }

  /** Handles a request from this process; nothing listens. */
  inject(request?: InjectRequest): Promise<InjectResponse> {
    this.#injector ??= new Injector((req, res) => this.dispatch(req, res), {
      onError: this.#onError,
    })
    return this.#injector.request(request)
  }

  /** Lets requests in flight end, then closes. */
  close(timeout?: number): Promise<void> {
    return this.#engine.close(timeout)
  }
}

// `wsgiApp` wrappers know only (req, res).
const nexts = new WeakMap<IncomingMessage, (error?: unknown) => void>()

/**
 * A handler that answers errors only: 404 for what nothing else answered, and {@link renderError} for
 * what middleware failed with. For adapters that consist of middleware alone.
 */
export const answerErrors: CoreHandler = (req, res, error, next) => {
  if (next !== undefined && error === undefined) return next()
  return renderError(error ?? { status: 404 }, req, res)
}

function printError(error: unknown, req: IncomingMessage): void {
  console.error(`Exception on ${req.url} [${req.method}]`, error)
}
