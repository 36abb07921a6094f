import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { MaybePromise } from '../types.ts'
import { closeServer } from './close.ts'
import { type Facade, FastifyHost, type FastifyOptions } from './fastify.ts'
import { type ListenOptions, listen } from './listen.ts'
import { createServer, type RequestHandler, type ServerOptions } from './node-handler.ts'

export type { FastifyInstance } from 'fastify'
export type { Facade, FastifyOptions } from './fastify.ts'

/** Options of an {@link Engine}. */
export interface EngineOptions {
  /** What the app's own server calls for each request; default: the engine's `handle`. */
  entry?: RequestHandler
  /** Options of the app's own server. */
  server?: ServerOptions
  /** Options of the app's Fastify instance. */
  fastify?: FastifyOptions
}

/**
 * Gives a server that exists already the options of node:http's `createServer`, which keeps them as
 * properties of the same names. A server made with them first checks their values.
 */
function configure(server: Server, options: ServerOptions): void {
  const names = Object.keys(options)
  if (names.length === 0) return
  const checked = createServer(() => undefined, options) as unknown as Record<string, unknown>
  for (const name of names) {
    if (name in checked) Object.assign(server, { [name]: checked[name] })
  }
}

/**
 * What runs under one app: its Fastify instance in front of its facade, and its own server. Each is
 * made when it is first needed.
 *
 * There is one Fastify instance per app, but only once `app.fastify` has been touched. Until then
 * requests go to the facade directly: Fastify's router, request and reply objects would add a third
 * to a small request's time and 25 MB to the process, and nothing could show the difference, since
 * without registered routes, hooks and plugins Fastify only passes requests on. The first touch puts
 * Fastify in between, for all later requests.
 */
export class Engine {
  readonly #facade: Facade
  readonly #options: EngineOptions
  #server: Server | null = null
  #fastify: FastifyHost | null = null

  constructor(facade: Facade, options: EngineOptions = {}) {
    this.#facade = facade
    this.#options = options
  }

  /**
   * Routes a request: to a native Fastify route that matches its method and path, else to the
   * facade. A response that middleware has ended already is left alone.
   *
   * @param next Handed to the facade, which may call it for what it does not know.
   * @returns As the facade does; for a native route, a promise that resolves when the response has
   *   closed.
   * @throws What the facade throws.
   */
  handle(
    req: IncomingMessage,
    res: ServerResponse,
    next?: (error?: unknown) => void,
  ): MaybePromise<void> {
    if (res.writableEnded) return undefined
    return this.#fastify === null
      ? this.#facade(req, res, next)
      : this.#fastify.handle(req, res, next)
  }

  /** The app's own http.Server; not listening before {@link listen}. */
  get server(): Server {
    this.#server ??= this.#createServer()
    return this.#server
  }

  #createServer(): Server {
    const { entry, server } = this.#options
    return createServer(entry ?? ((req, res) => this.handle(req, res)), server)
  }

  /**
   * The app's Fastify instance, on which any Fastify plugin registers. The first touch loads Fastify
   * (synchronously) and routes all later requests through it.
   */
  get fastify(): FastifyInstance {
    this.#fastify ??= new FastifyHost(this.#facade, this.server, this.#options.fastify)
    return this.#fastify.instance
  }

  /** Whether {@link fastify} has been touched; asking does not count. */
  get fastifyTouched(): boolean {
    return this.#fastify !== null
  }

  /**
   * Loads what was registered on Fastify; at once when nothing was. The first request and `listen`
   * do it themselves.
   *
   * @throws What a plugin failed with.
   */
  async ready(): Promise<void> {
    await this.#fastify?.ready()
  }

  /**
   * Loads the plugins and lets the app's server listen, or another one if it does already; see
   * `listen` of listen.ts.
   *
   * @throws RangeError or TypeError (Node's) for a limit that is not a valid number.
   */
  async listen(options: ListenOptions = {}): Promise<Server> {
    const { host, port, path, backlog, signal, closeTimeout, onError, ...limits } = options
    await this.ready()
    const server = this.server.listening ? this.#createServer() : this.server
    configure(server, limits)
    return listen(server, options)
  }

  /** Ends the app's own server gracefully, then runs Fastify's `onClose` hooks. */
  async close(timeout?: number): Promise<void> {
    if (this.#server !== null) await closeServer(this.#server, timeout)
    await this.#fastify?.instance.close()
  }
}
