import type { ServerResponse } from 'node:http'
import type { BustAPI } from '../app.ts'
import { andFinally, andThen, isThenable } from '../dispatch/and-then.ts'
import { HTTPException } from '../errors/http-exception.ts'
import type { Request } from '../request/request.ts'
import type { Response } from '../response/response.ts'
import type { MapAdapter } from '../routing/map-adapter.ts'
import type { SessionMixin } from '../sessions/interface.ts'
import { appcontextPopped } from '../signals.ts'
import type { MaybePromise } from '../types.ts'
import { AppContext, type ContextError, runAndTearDown } from './app-context.ts'
import type { Scope } from './store.ts'
import { currentScope, enterScope } from './store.ts'

/** A function added by `afterThisRequest`. */
export type AfterThisRequest = (response: Response) => MaybePromise<Response>

/**
 * All that belongs to one request: Flask's `RequestContext`. The dispatcher makes one per request;
 * `app.testRequestContext()` and `app.requestContext(raw)` make one by hand.
 */
export class RequestContext {
  /** The application that handles the request. */
  readonly app: BustAPI
  /** The request. */
  readonly request: Request
  /** Node's response object, where there is one to write to. */
  readonly rawResponse: ServerResponse | null
  /** Messages taken from the session by `getFlashedMessages` (Flask's `flashes`). */
  flashes: [category: string, message: string][] | null = null
  /** What middleware before the app failed with; it takes the place of hooks and view. */
  failure: Error | null = null
  /** Functions that `afterThisRequest` added. */
  afterThisRequestFuncs: AfterThisRequest[] | null = null
  #appContext: AppContext
  #ownsAppContext = true
  #session: SessionMixin | null
  #urlAdapter: MapAdapter | null = null
  // Made by `push`: the dispatcher enters a request's contexts without it.
  #previous: (Scope | undefined)[] | null = null

  constructor(
    app: BustAPI,
    request: Request,
    rawResponse: ServerResponse | null = null,
    session: SessionMixin | null = null,
  ) {
    this.app = app
    this.request = request
    this.rawResponse = rawResponse
    this.#session = session
    this.#appContext = new AppContext(app)
  }

  /** The app context that belongs to this request. */
  get appContext(): AppContext {
    return this.#appContext
  }

  /** Itself: so that code that has any scope finds the request context by one name. */
  get requestContext(): RequestContext {
    return this
  }

  /** The namespace behind `g`. */
  get g(): AppContext['g'] {
    return this.#appContext.g
  }

  /**
   * Matches and builds URLs for this request.
   * @throws {SecurityError} when the host is not trusted.
   */
  get urlAdapter(): MapAdapter {
    this.#urlAdapter ??= this.app.createUrlAdapter(this.request)
    return this.#urlAdapter
  }

  /** The session; reading it marks it as accessed, which makes the answer `Vary: Cookie`. */
  get session(): SessionMixin {
    const session = this.openedSession()
    session.accessed = true
    return session
  }

  /** The session if anything has opened it, without marking it as accessed. */
  peekSession(): SessionMixin | null {
    return this.#session
  }

  /** Opens the session when it is not open yet. */
  openedSession(): SessionMixin {
    if (this.#session === null) {
      const opened = this.openSession()
      if (isThenable(opened)) {
        throw new TypeError(
          'The session interface opens sessions asynchronously: await context.push() first.',
        )
      }
    }
    return this.#session as unknown as SessionMixin
  }

  /** Asks the session interface for the session, or for the null session. */
  openSession(): MaybePromise<void> {
    if (this.#session !== null) return
    const { app } = this
    return andThen(app.sessionInterface.openSession(app, this.request), (session) => {
      this.#session = session ?? app.sessionInterface.makeNullSession(app)
    })
  }

  /** Matches the URL; what the router raises is kept for the dispatcher, as in Flask. */
  matchRequest(): void {
    const { request } = this
    try {
      const { rule, args } = this.urlAdapter.match({ returnRule: true })
      request.urlRule = rule
      request.viewArgs = args
    } catch (error) {
      if (!(error instanceof HTTPException)) throw error
      request.routingException = error
    }
  }

  /**
   * Makes this the active context of the running asynchronous flow: app context, session, routing.
   * Asynchronous only when the session interface or the request's body is.
   */
  push(): MaybePromise<this> {
    const previous = currentScope()
    this.#previous ??= []
    this.#previous.push(previous)
    if (this.#previous.length === 1) {
      if (previous?.app === this.app) {
        this.#appContext = previous.appContext
        this.#ownsAppContext = false
      }
      enterScope(this)
      if (this.#ownsAppContext) this.#appContext.announce()
    } else {
      enterScope(this)
    }
    return andThen(this.request.readBody(), () => this.#opened())
  }

  #opened(): MaybePromise<this> {
    if (this.#session !== null || this.app.sessionInterface.openOnTouch) {
      this.matchRequest()
      return this
    }
    return andThen(this.openSession(), () => {
      this.matchRequest()
      return this
    })
  }

  /** Runs the teardown functions and makes the context before this one active again. */
  pop(error: ContextError = null): MaybePromise<void> {
    const leave = (): void => enterScope(this.#previous?.pop())
    if ((this.#previous?.length ?? 0) > 1) return leave()
    let done: MaybePromise<void>
    try {
      done = this.teardown(error)
    } catch (thrown) {
      leave()
      throw thrown
    }
    return andFinally(done, leave)
  }

  /** Calls `fn` with this context active, and tears down when what it returns has settled. */
  run<T>(fn: () => T): T {
    const enclosing = currentScope()
    if (enclosing?.app === this.app) {
      this.#appContext = enclosing.appContext
      this.#ownsAppContext = false
    }
    let ready: MaybePromise<unknown>
    return runAndTearDown(
      this,
      () => {
        if (this.#ownsAppContext) this.#appContext.announce()
        ready = andThen(this.request.readBody(), () => this.#opened())
      },
      () => andThen(ready, fn) as T,
      (error) => this.teardown(error),
    )
  }

  /**
   * Teardown functions of the blueprints and the app, the request's temporary files, and the app
   * context when it belongs to this request. Each part runs whatever the one before it did.
   */
  teardown(error: ContextError): MaybePromise<void> {
    let done: MaybePromise<void>
    try {
      done = this.app.doTeardownRequest(error, this)
    } catch (thrown) {
      this.request.close()
      const left = this.#teardownApp(error)
      if (!isThenable(left)) throw thrown
      return left.then(() => {
        throw thrown
      })
    }
    if (isThenable(done)) return this.#teardownRest(done, error)
    this.request.close()
    return this.#teardownApp(error)
  }

  async #teardownRest(done: PromiseLike<void>, error: ContextError): Promise<void> {
    try {
      await done
    } finally {
      this.request.close()
      await this.#teardownApp(error)
    }
  }

  #teardownApp(error: ContextError): MaybePromise<void> {
    if (!this.#ownsAppContext) return
    return andThen(this.#appContext.teardown(error), () => {
      if (appcontextPopped.hasReceivers) appcontextPopped.tell(this.app)
    })
  }

  /** A context for the same request and session, to be active in work that outlives this one. */
  copy(): RequestContext {
    return new RequestContext(this.app, this.request, null, this.#session)
  }

  /** For `using`: the same as `pop()`. A promise of an asynchronous teardown is not awaited. */
  [Symbol.dispose](): void {
    this.pop()
  }

  /** For `await using`: the same as `pop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.pop()
  }
}
