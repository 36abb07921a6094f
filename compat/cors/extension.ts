import { andThen, getRequestContext } from '../../src/core.ts'
import { type Blueprint, BustAPI, type Request, type Response } from '../../src/index.ts'
import { setCorsHeaders } from './apply.ts'
import { type FastifyPlugin, fastifyPlugin } from './fastify.ts'
import { type CorsAppOptions, mergeOptions, resolveOptions } from './options.ts'
import { ALLOW_ORIGIN } from './policy.ts'
import { compileResources, type PolicyLookup } from './resources.ts'

/** What CORS can be set up on. */
export type CorsHost = BustAPI | Blueprint

/** Flask-CORS's extension object; make it with `CORS(app, options)` or `new CORS()`. */
export class CorsExtension {
  readonly #options: CorsAppOptions
  #lookup: PolicyLookup | null = null
  #app: BustAPI | null = null

  constructor(app?: CorsHost | null, options: CorsAppOptions = {}) {
    this.#options = options
    if (app !== undefined && app !== null) this.initApp(app, options)
  }

  /**
   * Sets CORS up on an app or a blueprint. Of options given twice, those of the resource win, then
   * those given here, those of the constructor, and the `CORS_*` settings of the app.
   * @throws {ValueError} for options that contradict each other
   */
  initApp(app: CorsHost, options: CorsAppOptions = {}): void {
    const config = app instanceof BustAPI ? app.config : undefined
    const merged = mergeOptions(config, this.#options, options)
    // Refused even where each resource replaces what is wrong with them, as in Flask-CORS.
    resolveOptions(merged)
    const lookup = compileResources(config, merged)
    const afterRequest = (response: Response): Response =>
      decide(lookup, getRequestContext().request, response)
    app.afterRequest(afterRequest)
    if (!(app instanceof BustAPI)) return
    if (merged.interceptExceptions) intercept(app, afterRequest)
    this.#lookup = lookup
    this.#app = app
  }

  /**
   * A Fastify plugin that gives native routes the same policy, by means of `@fastify/cors`:
   * `app.fastify.register(cors.fastify)`. Requests for the app's own routes pass through it.
   * @throws when the extension has no app yet, or `@fastify/cors` is not installed
   */
  get fastify(): FastifyPlugin {
    if (this.#app === null || this.#lookup === null) {
      throw new TypeError('CORS has no app yet: call initApp(app) before reading cors.fastify.')
    }
    return fastifyPlugin(this.#app, this.#lookup)
  }
}

/** Adds the headers unless they are there: `crossOrigin`, a hook or the view itself set them. */
function decide(lookup: PolicyLookup, request: Request, response: Response): Response {
  if (response.headers.get(ALLOW_ORIGIN)) return response
  const policy = lookup(request)
  if (policy !== null) setCorsHeaders(response, policy, request)
  return response
}

/**
 * Adds the headers to answers to exceptions as soon as they are made: when several extensions cover
 * a path, the first set up decides about them, and a hook that throws takes none away.
 */
function intercept(app: BustAPI, afterRequest: (response: Response) => Response): void {
  const handleUserException = app.handleUserException.bind(app)
  const handleException = app.handleException.bind(app)
  app.handleUserException = (error, context) =>
    andThen(handleUserException(error, context), (value) => afterRequest(app.makeResponse(value)))
  app.handleException = (error, context) => andThen(handleException(error, context), afterRequest)
}

/** `CORS(app, options)`, with or without `new`. */
export interface CORSClass {
  new (app?: CorsHost | null, options?: CorsAppOptions): CorsExtension
  (app?: CorsHost | null, options?: CorsAppOptions): CorsExtension
  readonly prototype: CorsExtension
}

function make(this: unknown, app?: CorsHost | null, options?: CorsAppOptions): CorsExtension {
  return Reflect.construct(CorsExtension, [app, options], new.target ?? CorsExtension)
}

Object.defineProperty(make, 'name', { value: 'CORS' })
make.prototype = CorsExtension.prototype

/**
 * Adds CORS headers to the answers of an app or a blueprint, for all paths or those of `resources`.
 *
 * @example
 * CORS(app, { resources: { '/api/*': { origins: 'https://a.example' } } })
 */
export const CORS: CORSClass = make as unknown as CORSClass
