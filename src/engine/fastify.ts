import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type {
  FastifyInstance,
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
  FastifyServerOptions,
} from 'fastify'
import { BUST_ERR_FASTIFY_NOT_FOUND_HANDLER } from '../errors/codes.ts'
import type { MaybePromise } from '../types.ts'

/** What answers a request that Fastify has no route for; `next` as in Connect. */
export type Facade = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: (error?: unknown) => void,
) => MaybePromise<void>

/** Fastify's options that an app may set; the server, the router's end and the errors are ours. */
export type FastifyOptions = Omit<
  FastifyServerOptions,
  'serverFactory' | 'frameworkErrors' | 'clientErrorHandler'
>

type FastifyFactory = (options: FastifyServerOptions) => FastifyInstance
type NodeHandler = (req: IncomingMessage, res: ServerResponse) => void

/** One request on its way through Fastify: where its facade's outcome goes. */
interface Passage {
  readonly next: ((error?: unknown) => void) | undefined
  readonly settle: (outcome: MaybePromise<void>) => void
}

const passages = new WeakMap<IncomingMessage, Passage>()

/** Longer than any request line that the server admits, so that it never cuts a parameter off. */
const MAX_PARAM_LENGTH = 65_536

/**
 * The Fastify instance of one app, with the facade as what follows its routes.
 *
 * The facade is Fastify's not-found handler and not a `*` route: plugins such as `@fastify/cors` and
 * `@fastify/static` register wildcard routes themselves, which would collide. So, for a request that
 * the facade answers:
 *
 * - a native route wins for exactly its method and path (Fastify adds HEAD to GET);
 * - `onRequest`, `preParsing`, `preValidation`, `preHandler`, `onResponse`, `onTimeout` and
 *   `onRequestAbort` hooks run, wherever in the root scope or in a `fastify-plugin` they were added;
 * - headers that hooks set on the reply are on the response when the facade starts;
 * - the reply is then hijacked: `preSerialization` and `onSend` hooks and the serializer do not run,
 *   because the facade writes a node:http response and not a payload;
 * - the body is left unread for the facade, whatever its type and size;
 * - a malformed Content-Type is answered 415 by Fastify, before `preValidation`.
 */
export class FastifyHost {
  /** The instance, as any Fastify plugin expects it. */
  readonly instance: FastifyInstance
  readonly #facade: Facade
  #route: NodeHandler | null = null
  #boot: PromiseLike<unknown> | null = null
  #booted = false

  /**
   * @param facade Answers what no native route answers.
   * @param server The app's server; Fastify listens on it and plugins attach to it.
   */
  constructor(facade: Facade, server: Server, options: FastifyOptions = {}) {
    this.#facade = facade
    this.instance = loadFastify()({
      ...options,
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ...options.routerOptions },
      serverFactory: (handler) => {
        this.#route = handler
        return server
      },
      // A path that Fastify cannot decode is the facade's to refuse, in its own words.
      frameworkErrors: (_error, request, reply) => this.#handOver(request, reply),
      // Fastify would answer in addition to the server, even in the middle of another response.
      clientErrorHandler: () => undefined,
    })
    this.instance.register(this.#facadePlugin())
    this.#guardNotFoundHandler()
  }

  /**
   * Loads what was registered; from then on Fastify takes no more routes or plugins.
   *
   * @throws What a plugin failed with.
   */
  async ready(): Promise<void> {
    this.#boot ??= this.instance.ready()
    await this.#boot
    this.#booted = true
  }

  /** Routes one request; settles as the facade does, or resolves when the response has closed. */
  handle(
    req: IncomingMessage,
    res: ServerResponse,
    next?: (error?: unknown) => void,
  ): MaybePromise<void> {
    if (!this.#booted) return this.ready().then(() => this.handle(req, res, next))
    return new Promise((resolve) => {
      passages.set(req, { next, settle: resolve })
      res.once('close', resolve)
      this.#route?.(req, res)
    })
  }

  /** A scope of its own, so that native routes keep Fastify's body parsers. */
  #facadePlugin(): FastifyPluginCallback {
    return (scope, _options, done) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
      scope.setNotFoundHandler((request, reply) => this.#handOver(request, reply))
      done()
    }
  }

  #handOver(request: FastifyRequest, reply: FastifyReply): void {
    const headers = reply.getHeaders()
    reply.hijack()
    const req = request.raw as IncomingMessage
    const res = reply.raw as ServerResponse
    for (const name in headers) {
      const value = headers[name]
      if (value !== undefined && value !== res.getHeader(name)) res.setHeader(name, value)
    }
    const passage = passages.get(req)
    try {
      const outcome = this.#facade(req, res, passage?.next)
      passage?.settle(outcome)
    } catch (error) {
      passage?.settle(Promise.reject(error))
    }
  }

  /** At the root, the place is taken, and Fastify's own message would not say by whom. */
  #guardNotFoundHandler(): void {
    const { instance } = this
    const original = instance.setNotFoundHandler
    instance.setNotFoundHandler = function setNotFoundHandler(
      this: FastifyInstance,
      ...args: Parameters<typeof original>
    ) {
      if (this === instance) throw new BUST_ERR_FASTIFY_NOT_FOUND_HANDLER()
      return original.apply(this, args)
    } as typeof original
  }
}

/** Synchronous, from ESM as well as from CommonJS, and only when an app first asks for Fastify. */
function loadFastify(): FastifyFactory {
  return createRequire(import.meta.url)('fastify') as FastifyFactory
}
