import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestContext } from '../context/request-context.ts'
import { isThenable } from '../dispatch/and-then.ts'
import { failInjected, Injector, type InjectRequest } from '../engine/inject.ts'
import { RuntimeError } from '../errors/builtins.ts'
import { setEnviron } from '../request/environ.ts'
import { Response } from '../response/response.ts'
import type { SessionApp, SessionInterface } from '../sessions/interface.ts'
import type { SessionMixin } from '../sessions/session.ts'
import type { MaybePromise } from '../types.ts'
import { type ClientCookieOptions, type Cookie, CookieJar, type CookiePlace } from './cookie.ts'
import {
  type BuiltRequest,
  EnvironBuilder,
  type TestApp,
  type TestRequestOptions,
} from './environ-builder.ts'
import { createRawRequest } from './raw-request.ts'
import { isRedirect, pointAt, redirectKey } from './redirects.ts'
import type { TestEnviron } from './test-environ.ts'
import { TestResponse } from './test-response.ts'

/** Options of `app.testClient(options)`. */
export interface FlaskClientOptions {
  /** Whether cookies are kept from one request to the next. Default true. */
  useCookies?: boolean
  /** Whether redirects to subdomains are followed as well. Default false. */
  allowSubdomainRedirects?: boolean
}

/** Options of a test client's request: those of `testRequestContext`, and two of the client's. */
export interface ClientRequestOptions extends TestRequestOptions {
  /** Whether redirects are followed; the responses on the way are in `response.history`. */
  followRedirects?: boolean
  /** False gives the response as soon as its head is there, with a body that still streams. */
  buffered?: boolean
}

/** The part of an app that a test client uses. */
export interface ClientApp extends TestApp, SessionApp {
  readonly wsgiApp: (req: IncomingMessage, res: ServerResponse) => MaybePromise<unknown>
  readonly json: { dumps(value: unknown): string; loads(text: string): unknown }
  readonly sessionInterface: SessionInterface
  requestContext(req: IncomingMessage): RequestContext
}

type WithoutMethod = Omit<ClientRequestOptions, 'method'>

/**
 * Sends requests to an app in this process (Flask's `FlaskClient`): they go through `app.wsgiApp`
 * and a real HTTP parser, and nothing listens. What a view throws reaches the caller when exceptions
 * propagate, as they do with `app.testing`.
 *
 * Each request resolves when the response has ended and the teardown functions have run. Flask's
 * `with client:`, which keeps the request context alive for the test, has no counterpart: look at
 * `response.request`, or at the session with `sessionTransaction`.
 */
export class FlaskClient {
  /** The app that is tested. */
  readonly application: ClientApp
  /** What every request is known to have, unless it says otherwise. */
  environBase: TestEnviron = { remoteAddr: '127.0.0.1', HTTP_USER_AGENT: 'BustAPI' }
  /** Whether redirects to subdomains are followed. */
  allowSubdomainRedirects: boolean
  readonly #cookies: CookieJar | null
  readonly #injector: Injector
  readonly #handling = new WeakMap<IncomingMessage, Promise<void>>()

  constructor(app: ClientApp, options: FlaskClientOptions = {}) {
    this.application = app
    this.allowSubdomainRedirects = options.allowSubdomainRedirects ?? false
    this.#cookies = options.useCookies === false ? null : new CookieJar()
    this.#injector = new Injector((req, res) => this.#handle(req, res))
  }

  /** Lets the app handle a request; what it throws is raised to the caller, not answered. */
  #handle(req: IncomingMessage, res: ServerResponse): MaybePromise<void> {
    const fail = (error: unknown): void => {
      failInjected(req, error)
    }
    try {
      const handled = this.application.wsgiApp(req, res)
      if (!isThenable(handled)) return
      const settled = Promise.resolve(handled).then(() => undefined, fail)
      this.#handling.set(req, settled)
      return settled
    } catch (error) {
      fail(error)
    }
  }

  /**
   * Sends a request.
   * @param path with or without a query; or a builder that describes the whole request
   * @throws what the app let pass, when exceptions propagate
   * @throws {RuntimeError} when a redirect leads out of the app or in a circle
   */
  async open(
    path: string | EnvironBuilder = '/',
    options: ClientRequestOptions = {},
  ): Promise<TestResponse> {
    const { followRedirects = false, buffered = true } = options
    let builder = typeof path === 'string' ? this.#builder(path, options) : path
    const seen = new Set<string>()
    const history: TestResponse[] = []
    for (;;) {
      const response = await this.#send(builder, buffered || followRedirects)
      if (!followRedirects || !isRedirect(response)) {
        response.history = history
        return response
      }
      const key = redirectKey(response)
      if (seen.has(key)) {
        throw new RuntimeError(
          `Loop detected: A ${response.statusCode} redirect to ${response.location} was already made.`,
        )
      }
      seen.add(key)
      response.history = [...history]
      history.push(response)
      builder = pointAt(builder, response, this.allowSubdomainRedirects)
    }
  }

  #builder(path: string, options: ClientRequestOptions): EnvironBuilder {
    const environBase = { ...this.environBase, ...options.environBase }
    return new EnvironBuilder(this.application, path, { ...options, environBase })
  }

  async #send(builder: EnvironBuilder, buffered: boolean): Promise<TestResponse> {
    const path = builder.scriptRoot + builder.path
    const built = await this.#complete(builder, path)
    let raw: IncomingMessage | undefined
    const request: InjectRequest = {
      method: built.method,
      target: built.target,
      headers: built.headers.flat,
      body: built.body as Uint8Array | null,
      remoteAddr: built.environ.remoteAddr ?? '127.0.0.1',
      encrypted: built.environ.scheme === 'https',
      prepare(req) {
        raw = req
        setEnviron(req, built.environ)
      },
    }
    const received = buffered
      ? await this.#injector.request(request)
      : await this.#injector
          .open(request)
          .then(({ stream, ...head }) => ({ ...head, body: stream }))
    // The response may be here before the app is done with the request: teardown comes last.
    if (buffered && raw !== undefined) await this.#handling.get(raw)
    const { application } = this
    const response = new TestResponse(
      received,
      () => application.requestContext(createRawRequest(built)).request,
      (text) => application.json.loads(text),
    )
    this.#cookies?.update(hostName(builder), path, response.headers.getlist('Set-Cookie'))
    return response
  }

  /** The request with its body read and the jar's cookies added. */
  async #complete(builder: EnvironBuilder, path: string): Promise<BuiltRequest> {
    const built = builder.build()
    const body = await built.body
    if (body !== null) built.headers.set('Content-Length', String(body.byteLength))
    // As in Werkzeug, the jar's cookies replace a header: set cookies on the client instead.
    if (this.#cookies !== null) {
      const cookies = this.#cookies.header(hostName(builder), path)
      if (cookies === null) built.headers.delete('Cookie')
      else built.headers.set('Cookie', cookies)
    }
    return { ...built, body }
  }

  /** `open` with GET. */
  get(path?: string, options?: WithoutMethod): Promise<TestResponse> {
    return this.open(path, { ...options, method: 'GET' })
  }

  /** `open` with POST. */
  post(path?: string, options?: WithoutMethod): Promise<TestResponse> {
    return this.open(path, { ...options, method: 'POST' })
  }

  /** `open` with PUT. */
  put(path?: string, options?: WithoutMethod): Promise<TestResponse> {
    return this.open(path, { ...options, method: 'PUT' })
  }

  /** `open` with PATCH. */
  patch(path?: string, options?: WithoutMethod): Promise<TestResponse> {
    return this.open(path, { ...options, method: 'PATCH' })
  }

  /** `open` with DELETE. */
  delete(path?: string, options?: WithoutMethod): Promise<TestResponse> {
    return this.open(path, { ...options, method: 'DELETE' })
  }

  /** `open` with HEAD. */
  head(path?: string, options?: WithoutMethod): Promise<TestResponse> {
    return this.open(path, { ...options, method: 'HEAD' })
  }

  /** `open` with OPTIONS. */
  options(path?: string, options?: WithoutMethod): Promise<TestResponse> {
    return this.open(path, { ...options, method: 'OPTIONS' })
  }

  /** `open` with TRACE. */
  trace(path?: string, options?: WithoutMethod): Promise<TestResponse> {
    return this.open(path, { ...options, method: 'TRACE' })
  }

  #jar(): CookieJar {
    if (this.#cookies !== null) return this.#cookies
    throw new TypeError("Cookies are disabled. Create a client with 'useCookies: true'.")
  }

  /** The cookie of that name, domain and path, or null. @throws {TypeError} without cookies. */
  getCookie(key: string, place?: CookiePlace): Cookie | null {
    return this.#jar().get(key, place)
  }

  /** Sets a cookie as if a response had. @throws {TypeError} without cookies. */
  setCookie(key: string, value = '', options?: ClientCookieOptions): void {
    this.#jar().set(key, value, options)
  }

  /** Forgets a cookie. @throws {TypeError} without cookies. */
  deleteCookie(key: string, place?: CookiePlace): void {
    this.#jar().delete(key, place)
  }

  /**
   * Opens the session that the client's next request would have, lets `change` look at it or change
   * it, and stores it back (Flask's `with client.session_transaction() as session:`).
   * @param path, options of the request whose session it is, for interfaces that look at it
   * @returns what `change` returns
   * @throws {RuntimeError} when the app's session interface opens no session
   * @throws {TypeError} without cookies
   */
  async sessionTransaction<T>(
    change: (session: SessionMixin) => MaybePromise<T>,
    path = '/',
    options: TestRequestOptions = {},
  ): Promise<T> {
    const jar = this.#jar()
    const { application: app } = this
    const builder = this.#builder(path, options)
    const built = await this.#complete(builder, builder.scriptRoot + builder.path)
    const inContext = async <R>(work: (context: RequestContext) => MaybePromise<R>): Promise<R> => {
      const context = app.requestContext(createRawRequest(built))
      return await context.run(async () => await work(context))
    }
    const session = await inContext(({ request }) => app.sessionInterface.openSession(app, request))
    if (session === null) throw new RuntimeError('Session backend did not open a session.')
    const result = await change(session)
    if (app.sessionInterface.isNullSession(session)) return result
    const response = new Response()
    await inContext(() => app.sessionInterface.saveSession(app, session, response))
    const { path: cookiePath } = builder
    jar.update(hostName(builder), cookiePath, response.headers.getlist('Set-Cookie'))
    return result
  }
}

/** The host of a request without its port. */
function hostName(builder: EnvironBuilder): string {
  return builder.host.startsWith('[')
    ? builder.host.replace(/\]:\d+$/, ']')
    : (builder.host.split(':', 1)[0] as string)
}
