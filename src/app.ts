import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { BaseApp, type BustAPIOptions } from './base-app.ts'
import type { Blueprint, BlueprintRegisterOptions } from './blueprint.ts'
import { HANDLE, type NextFunction, rememberNext, takeNext } from './callable.ts'
import { AppContext, type ContextError, toError } from './context/app-context.ts'
import { AppCtxGlobals } from './context/g.ts'
import { RequestContext } from './context/request-context.ts'
import { currentScope, runInScope } from './context/store.ts'
import { middlewareError } from './dispatch/middleware-error.ts'
import * as pipeline from './dispatch/pipeline.ts'
import { type HookPlan, planHooks } from './dispatch/plan.ts'
import { RequestRouter } from './dispatch/router.ts'
import { serveRequest } from './dispatch/serve.ts'
import { teardownAppcontext, teardownRequest } from './dispatch/teardown.ts'
import { toResponse } from './dispatch/to-response.ts'
import { Engine, type FastifyInstance } from './engine/engine.ts'
import type { ListenOptions } from './engine/listen.ts'
import { isPlainResponse } from './engine/messages.ts'
import type { WsgiApp, WsgiFunction } from './engine/wsgi.ts'
import { AssertionError } from './errors/builtins.ts'
import { BUST_ERR_NO_REQUEST_CONTEXT, BUST_ERR_SETUP_FINISHED } from './errors/codes.ts'
import { type HTTPException, NotFound } from './errors/http-exception.ts'
import { MiddlewareChain } from './middleware/chain.ts'
import type { ConnectHandler, UseArgument, UsePath } from './middleware/types.ts'
import { Request, type RequestSettings } from './request/request.ts'
import { redirectResponse } from './response/redirect.ts'
import type { Response } from './response/response.ts'
import type { MapAdapter } from './routing/map-adapter.ts'
import {
  createGlobalTemplateLoader,
  createTemplateEnvironment,
  templateContext,
} from './template-env.ts'
import type { Environment } from './templating/environment.ts'
import type { TemplateLoader } from './templating/loader.ts'
import { FlaskCliRunner } from './testing/cli-runner.ts'
import { FlaskClient, type FlaskClientOptions } from './testing/client.ts'
import { buildTestRequest, type TestRequestOptions } from './testing/environ-builder.ts'
import type { MaybePromise, ResponseReturnValue } from './types.ts'
import { WsgiSeam } from './wsgi-seam.ts'

/** What the app's requests read of its configuration, as it is at that moment. */
function requestSettings(app: BustAPI): RequestSettings {
  const { config } = app
  return {
    get maxContentLength() {
      return config.MAX_CONTENT_LENGTH
    },
    get maxFormMemorySize() {
      return config.MAX_FORM_MEMORY_SIZE
    },
    get maxFormParts() {
      return config.MAX_FORM_PARTS
    },
    get debug() {
      return Boolean(config.DEBUG)
    },
    get trustedHosts() {
      return config.TRUSTED_HOSTS
    },
    get json() {
      return app.json
    },
  }
}

/** The context of the request that is being handled, for methods that are called without one. */
function activeContext(): RequestContext {
  const context = currentScope()?.requestContext
  if (!context) throw new BUST_ERR_NO_REQUEST_CONTEXT()
  return context
}

/**
 * The application: Flask's API on Node. It is itself a `(req, res, next?)` function, so that
 * `http.createServer(app)`, a Connect or an Express app can take it as it is.
 *
 * @example
 * const app = new BustAPI(import.meta.url)
 * app.get('/users/<int:user_id>', ({ user_id }) => ({ user_id }))
 * await app.run()
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface adds a call signature only
export class BustAPI extends BaseApp {
  /** Class of the request. */
  requestClass: typeof Request = Request
  /** Class of `g`. */
  appCtxGlobalsClass: typeof AppCtxGlobals = AppCtxGlobals
  /** Class that `testClient` makes; null for {@link FlaskClient}, which is loaded only then. */
  testClientClass: typeof FlaskClient | null = null
  /** Class that `testCliRunner` makes; null for {@link FlaskCliRunner}. */
  testCliRunnerClass: typeof FlaskCliRunner | null = null
  #chain: MiddlewareChain
  #engine: Engine
  #seam: WsgiSeam
  #router: RequestRouter
  #requestSettings: RequestSettings
  #plans = new Map<string | null, HookPlan>()
  #gotFirstRequest = false

  /**
   * @param importName `import.meta.url` or `__filename`: the app's name and root folder come from
   *   it. A plain name makes the working directory the root.
   */
  constructor(importName = 'app', options: BustAPIOptions = {}) {
    super(importName, options, new.target)
    this.#requestSettings = requestSettings(this)
    this.#router = new RequestRouter(this)
    this.#seam = new WsgiSeam(this, (req, res) => this.#enter(req, res))
    this.#chain = new MiddlewareChain({
      onLateError: (error, req) => this.#seam.report(error, req),
    })
    this.#engine = new Engine((req, res, next) => this.#facade(req, res, next), {
      entry: (req, res) => this.#seam.outermost(req, res),
      server: { onError: (error, req) => this.#seam.report(error, req) },
    })
    this.#addStaticRule(options.staticHost ?? null)
  }

  #addStaticRule(staticHost: string | null): void {
    if (!this.hasStaticFolder) return
    if (Boolean(staticHost) !== this.urlMap.hostMatching) {
      throw new AssertionError('Invalid staticHost/hostMatching combination')
    }
    this.addUrlRule(
      `${this.staticUrlPath}/<path:filename>`,
      'static',
      ({ filename }: { filename: string }) => this.sendStaticFile(filename),
      staticHost === null ? {} : { host: staticHost },
    )
  }

  protected override assertOpen(method: string): void {
    if (this.#gotFirstRequest) throw new BUST_ERR_SETUP_FINISHED(method, 'the application')
    this.#plans.clear()
  }

  // -- the seam between transport and framework ---------------------------------------------

  /**
   * The outermost `(req, res)` callable: everything enters here, a server, the test client and a
   * mount alike. Assign to wrap the whole app: `app.wsgiApp = Middleware(app.wsgiApp)`, or
   * `new Middleware(app.wsgiApp)` whose class has `handle(req, res)` or `call(req, res)`.
   * A wrapper that throws or rejects becomes a 500.
   */
  get wsgiApp(): WsgiFunction {
    return this.#seam.outermost
  }

  set wsgiApp(wrapper: WsgiApp) {
    this.#seam.wrap(wrapper)
  }

  /** Middleware, then what is native to Fastify, then the facade. */
  #enter(req: IncomingMessage, res: ServerResponse): MaybePromise<void> {
    const next = takeNext(req)
    if (this.#chain.isEmpty) return this.#engine.handle(req, res, next)
    return this.#chain.handle(req, res, (error) =>
      error === undefined
        ? this.#engine.handle(req, res, next)
        : this.#facade(req, res, undefined, error),
    )
  }

  /** What the app does as a function. */
  [HANDLE](req: IncomingMessage, res: ServerResponse, next?: NextFunction): MaybePromise<void> {
    if (next !== undefined) rememberNext(req, next)
    return this.#seam.outermost(req, res)
  }

  /**
   * Runs unmodified Connect or Express middleware before routing, under Connect's rules. A guard
   * on a path runs for every spelling of it that a route could answer.
   */
  use(...handlers: ConnectHandler[]): this
  use(...handlers: UseArgument[]): this
  use(path: UsePath, ...handlers: ConnectHandler[]): this
  use(path: UsePath, ...handlers: UseArgument[]): this
  use(...parts: (UsePath | UseArgument)[]): this {
    this.assertOpen('use')
    this.#chain.use(...(parts as UseArgument[]))
    return this
  }

  /** The app's Fastify instance, made and loaded when first asked for. */
  get fastify(): FastifyInstance {
    return this.#engine.fastify
  }

  /** Handles what reached the end of the middleware: routing, hooks, view, response. */
  #facade(
    req: IncomingMessage,
    res: ServerResponse,
    next?: NextFunction,
    failure?: unknown,
  ): MaybePromise<void> {
    const request = new this.requestClass(req, this.#requestSettings)
    const context = new RequestContext(this, request, res)
    if (failure !== undefined) context.failure = middlewareError(failure)
    if (next !== undefined && this.#unmatched(context)) {
      request.close()
      return next()
    }
    this.#gotFirstRequest = true
    return runInScope(context, serveRequest, context)
  }

  /** A mounted app passes on what none of its rules knows, so that the outer app goes on. */
  #unmatched(context: RequestContext): boolean {
    this.routeRequest(context)
    return context.request.routingException instanceof NotFound
  }

  /** Whether a response can be written in one go, because nobody looks at its parts. */
  isPlain(res: ServerResponse): boolean {
    return (
      this.#chain.isEmpty &&
      !this.#seam.isWrapped &&
      !this.#engine.fastifyTouched &&
      isPlainResponse(res)
    )
  }

  // -- routing ------------------------------------------------------------------------------

  /**
   * Matches a request's URL: by the fast lookup when that is certain, else by Werkzeug's full
   * algorithm. What the router raises is kept on the request for the dispatcher.
   */
  routeRequest(context: RequestContext): void {
    this.#router.route(context)
  }

  /** The URL adapter of a request, or of the configured server name (`create_url_adapter`). */
  override createUrlAdapter(request: Request): MapAdapter
  createUrlAdapter(request: null): MapAdapter | null
  createUrlAdapter(request: Request | null): MapAdapter | null {
    return this.#router.adapterFor(request)
  }

  /** The hooks for a request's endpoint. */
  planFor(request: Request): HookPlan {
    const endpoint = request.endpoint
    let plan = this.#plans.get(endpoint)
    if (plan === undefined) {
      plan = planHooks(this, endpoint)
      this.#plans.set(endpoint, plan)
    }
    return plan
  }

  /**
   * Registers a blueprint; options override what it was made with.
   * @throws {ValueError} when the name is taken
   */
  registerBlueprint(blueprint: Blueprint, options: BlueprintRegisterOptions = {}): void {
    this.assertOpen('registerBlueprint')
    blueprint.register(this, options)
  }

  // -- templates ----------------------------------------------------------------------------

  /** Makes the template environment (`create_jinja_environment`). */
  override createJinjaEnvironment(): Environment {
    return createTemplateEnvironment(this)
  }

  /** What finds templates: the app's folder, then its blueprints' (`create_global_jinja_loader`). */
  createGlobalJinjaLoader(): TemplateLoader {
    return createGlobalTemplateLoader(this)
  }

  /** A template's variables with what context processors add (`update_template_context`). */
  updateTemplateContext(variables: Record<string, unknown>): Record<string, unknown> {
    return templateContext(this, variables)
  }

  // -- the steps of a request, each of which a subclass may override ------------------------

  /** Runs hooks and view, handles what they raise, finishes the response. */
  fullDispatchRequest(context: RequestContext = activeContext()): MaybePromise<Response> {
    return pipeline.fullDispatch(context)
  }

  /** Runs what comes before the view; a value other than null becomes the response. */
  preprocessRequest(context: RequestContext = activeContext()): MaybePromise<ResponseReturnValue> {
    return pipeline.preprocess(context)
  }

  /** Calls the view, or answers OPTIONS, or raises what routing found. */
  dispatchRequest(context: RequestContext = activeContext()): MaybePromise<ResponseReturnValue> {
    return pipeline.dispatchView(context)
  }

  /** Raises what routing found instead of a rule. @throws {HTTPException} always */
  raiseRoutingException(request: Request): never {
    throw pipeline.routingError(this, request)
  }

  /** Makes the response and runs everything that may still change it. */
  finalizeRequest(
    value: ResponseReturnValue,
    context: RequestContext = activeContext(),
  ): MaybePromise<Response> {
    return pipeline.finalize(context, value)
  }

  /** Runs `afterThisRequest` and `afterRequest`, and saves the session. */
  processResponse(
    response: Response,
    context: RequestContext = activeContext(),
  ): MaybePromise<Response> {
    return pipeline.processResponse(context, response)
  }

  /**
   * Gives an exception from hooks or view to its handler.
   * @throws the exception itself when nobody handles it
   */
  handleUserException(
    error: unknown,
    context: RequestContext = activeContext(),
  ): MaybePromise<ResponseReturnValue> {
    return pipeline.handleUserException(context, error)
  }

  /** Gives an HTTP error to its handler; without one, it is the response itself. */
  handleHttpException(
    error: HTTPException,
    context: RequestContext = activeContext(),
  ): MaybePromise<ResponseReturnValue> {
    return pipeline.handleHttpException(context, error)
  }

  /**
   * Answers an exception that nobody handled: 500, by its handler if there is one.
   * @throws the exception when exceptions propagate
   */
  handleException(
    error: unknown,
    context: RequestContext = activeContext(),
  ): MaybePromise<Response> {
    return pipeline.handleException(context, error)
  }

  /** Runs the teardown functions of the request's blueprints and the app. */
  doTeardownRequest(
    error: ContextError = null,
    context: RequestContext = activeContext(),
  ): MaybePromise<void> {
    return teardownRequest(context, error)
  }

  /** Runs the teardown functions of the app context. */
  doTeardownAppcontext(error: ContextError = null): MaybePromise<void> {
    return teardownAppcontext(this, error)
  }

  // -- responses ----------------------------------------------------------------------------

  /** Makes a response of anything that a view may return (Flask's `make_response`). */
  makeResponse(
    value: ResponseReturnValue,
    context: RequestContext | null = currentScope()?.requestContext ?? null,
  ): Response {
    return toResponse(context, this, value)
  }

  /** The automatic answer to OPTIONS: the allowed methods. */
  makeDefaultOptionsResponse(context: RequestContext = activeContext()): Response {
    const response = new this.responseClass()
    response.allow.update(context.urlAdapter.allowedMethods())
    return response
  }

  /** A response that redirects (default 302). */
  redirect(location: string, code = 302): Response {
    return redirectResponse(location, code, this.responseClass)
  }

  /** Logs what goes wrong while a response is sent, when there is nobody left to tell. */
  readonly onSendError: (thrown: unknown) => void = (thrown) => {
    this.logger.exception('Error while sending a response', toError(thrown))
  }

  /**
   * Whether a session that nobody touched may still have to be sent: only a permanent one is, whose
   * time starts anew, and that came with the request.
   */
  sessionNeedsSaving(context: RequestContext): boolean {
    return this.sessionInterface.mustSaveUntouched(this, context.request.raw.headers.cookie)
  }

  // -- contexts and running -----------------------------------------------------------------

  /** A context that makes `currentApp` and `g` available outside a request. */
  appContext(): AppContext {
    return new AppContext(this)
  }

  /** A context for a Node request, as the dispatcher makes it. */
  requestContext(req: IncomingMessage, res: ServerResponse | null = null): RequestContext {
    return new RequestContext(this, new this.requestClass(req, this.#requestSettings), res)
  }

  /** A context for a made-up request; options as of the test client's calls. */
  testRequestContext(path?: string, options?: TestRequestOptions): RequestContext {
    return this.requestContext(buildTestRequest(this, path, options))
  }

  /** A client for tests: it sends requests through `wsgiApp`, and nothing listens. */
  testClient(options: FlaskClientOptions = {}): FlaskClient {
    return new (this.testClientClass ?? FlaskClient)(this, options)
  }

  /** Runs the app's commands in tests. */
  testCliRunner(): FlaskCliRunner {
    return new (this.testCliRunnerClass ?? FlaskCliRunner)(this)
  }

  /**
   * Serves the app.
   * @returns the listening `http.Server`
   * @throws when the address is taken, saying which
   */
  async run(options: ListenOptions & { debug?: boolean } = {}): Promise<Server> {
    const { debug, ...listenOptions } = options
    if (debug !== undefined) this.debug = debug
    return this.#engine.listen(listenOptions)
  }
}

/** What `http.createServer` and a mount call. */
type AppFunction = (
  req: IncomingMessage,
  res: ServerResponse,
  next?: NextFunction,
) => MaybePromise<void>

/** The app is a function as well: its constructor returns one. */
export interface BustAPI extends AppFunction {}
