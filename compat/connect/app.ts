import { EventEmitter } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import {
  closeServer,
  createServer,
  MiddlewareChain,
  type NextFunction,
  type UseMethod,
} from '../../src/core.ts'
import { finalHandler } from './final-handler.ts'

/** A Connect app: itself a `(req, res, next?)` function, with Connect's members. */
export interface ConnectApp extends EventEmitter {
  (req: IncomingMessage, res: ServerResponse, next?: NextFunction): void
  /** Where another app has mounted this one; `/` otherwise. */
  route: string
  /** The registered layers, in order. */
  readonly stack: MiddlewareChain['stack']
  /** Registers middleware, optionally under a path; see `MiddlewareChain.use`. */
  readonly use: UseMethod<ConnectApp>
  /**
   * Handles a request.
   *
   * @param out Continues when no layer answers; without it, a 404 or the error's page is sent.
   */
  handle(req: IncomingMessage, res: ServerResponse, out?: NextFunction): void
  /** Listens with a server of BustAPI's; the arguments are those of `http.Server.listen`. */
  readonly listen: Server['listen']
  /** Lets the requests of the servers that `listen` has made end, then closes them. */
  close(timeout?: number): Promise<void>
}

/**
 * Makes an app with Connect's API, on BustAPI's core. Differences from the `connect` package:
 *
 * - a middleware's rejected promise goes to the error middleware, as in Express 5;
 * - a middleware under a path runs for every spelling of the path (`//a`, `/%61`, `/x/../a`);
 * - `use` also takes arrays, RegExp paths and several handlers;
 * - only a layer's first call of `next` counts.
 */
export function connect(): ConnectApp {
  const chain = new MiddlewareChain()
  const servers = new Set<Server>()

  const app = ((req: IncomingMessage, res: ServerResponse, next?: NextFunction): void => {
    app.handle(req, res, next)
  }) as ConnectApp

  const members: Partial<ConnectApp> = {
    route: '/',
    stack: chain.stack,
    use: ((...args: Parameters<typeof chain.use>): ConnectApp => {
      chain.use(...args)
      return app
    }) as UseMethod<ConnectApp>,
    handle(req, res, out) {
      const running = chain.handle(req, res, out ?? finalHandler(req, res))
      // The chain reports what middleware fails with; only an `out` of others can fail here.
      if (running instanceof Promise) running.catch(finalHandler(req, res))
    },
    listen: ((...args: []): Server => {
      const server = createServer((req, res) => app(req, res))
      servers.add(server)
      server.once('close', () => servers.delete(server))
      return server.listen(...args)
    }) as Server['listen'],
    async close(timeout) {
      await Promise.all([...servers].map((server) => closeServer(server, timeout)))
    },
  }
  const emitter = Object.getOwnPropertyDescriptors(EventEmitter.prototype)
  Reflect.deleteProperty(emitter, 'constructor')
  Object.defineProperties(app, emitter)
  return Object.assign(app, members)
}
