import type { IncomingMessage, ServerResponse } from 'node:http'
import { toError } from './context/app-context.ts'
import { debugPage } from './dispatch/debug-page.ts'
import { failInjected } from './engine/inject.ts'
import {
  callWsgi,
  isWsgiApp,
  toWsgiFunction,
  type WsgiApp,
  type WsgiFunction,
} from './engine/wsgi.ts'
import type { Logger } from './logging.ts'

/** The slice of the app that the seam uses. */
export interface SeamApp {
  readonly debug: boolean
  readonly logger: Logger
}

const ENTERED: unique symbol = Symbol('bustapi.entered')

// The page shows text that a client may have chosen: escaped, and nothing in it may run or load.
const DEBUG_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  'Cache-Control': 'no-store',
}

type Marked = IncomingMessage & { [ENTERED]?: WsgiSeam }

/**
 * The seam between transport and framework: the outermost `(req, res)` callable of one app, which
 * answers for whatever is thrown inside it.
 */
export class WsgiSeam {
  readonly #app: SeamApp
  #outermost: WsgiFunction
  #wrapped = false

  constructor(app: SeamApp, innermost: WsgiFunction) {
    this.#app = app
    this.#outermost = this.#guarded(innermost)
  }

  /** What everything enters through. */
  get outermost(): WsgiFunction {
    return this.#outermost
  }

  /** Whether a wrapper was put around the app. */
  get isWrapped(): boolean {
    return this.#wrapped
  }

  /**
   * Puts a wrapper around the app.
   * @throws {TypeError} when it is neither a function nor an object with `handle` or `call`
   */
  wrap(wrapper: WsgiApp): void {
    if (!isWsgiApp(wrapper)) {
      throw new TypeError(
        'app.wsgiApp takes a function (req, res), or an object with handle(req, res) or ' +
          'call(req, res): new Middleware(app.wsgiApp), not the class itself.',
      )
    }
    this.#wrapped = true
    this.#outermost = this.#guarded(toWsgiFunction(wrapper))
  }

  /** The outermost callable answers for failures; one inside another passes them on to it. */
  #guarded(wsgiApp: WsgiFunction): WsgiFunction {
    const onError = (error: unknown, req: IncomingMessage): void => this.report(error, req)
    return (req, res) => {
      if (this.#wrapped) {
        if ((req as Marked)[ENTERED] === this) return wsgiApp(req, res)
        ;(req as Marked)[ENTERED] = this
      }
      if (!this.#app.debug) return callWsgi(wsgiApp, req, res, onError)
      return callWsgi(wsgiApp, req, res, (error) => this.#reportInDebug(error, req, res))
    }
  }

  /** Tells whoever waits in this process, or the log, about an exception that left the app. */
  report(thrown: unknown, req: IncomingMessage): void {
    const error = toError(thrown)
    if (failInjected(req, error)) return
    this.#app.logger.exception(`Exception on ${req.url} [${req.method}]`, error)
  }

  /** In debug mode, the client gets the exception and where it came from. */
  #reportInDebug(thrown: unknown, req: IncomingMessage, res: ServerResponse): void {
    this.report(thrown, req)
    if (res.headersSent) return
    res.writeHead(500, DEBUG_HEADERS)
    res.end(debugPage(toError(thrown)))
  }
}
