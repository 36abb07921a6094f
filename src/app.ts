import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isAbsolute, join } from 'node:path'
import type { Blueprint, BlueprintRegisterOptions } from './blueprint.ts'
import { callable, HANDLE, type NextFunction, rememberNext, takeNext } from './callable.ts'
import { CommandGroup } from './commands.ts'
import { Config, DEFAULT_CONFIG } from './config.ts'
import { AppContext, toError } from './context/app-context.ts'
import { AppCtxGlobals } from './context/g.ts'
import { RequestContext } from './context/request-context.ts'
import { currentScope, runInScope } from './context/store.ts'
import { middlewareError } from './dispatch/middleware-error.ts'
import { type HookPlan, planHooks } from './dispatch/plan.ts'
import { RequestRouter } from './dispatch/router.ts'
import { serveRequest } from './dispatch/serve.ts'
import { toResponse } from './dispatch/to-response.ts'
import { endpointName } from './endpoint-name.ts'
import { Engine, type FastifyInstance } from './engine/engine.ts'
import type { ListenOptions } from './engine/listen.ts'
import { isPlainResponse } from './engine/messages.ts'
import type { WsgiApp, WsgiFunction } from './engine/wsgi.ts'
import { AssertionError, ValueError } from './errors/builtins.ts'
import { BUST_ERR_SETUP_FINISHED } from './errors/codes.ts'
import {
  Aborter,
  BadRequest,
  BadRequestKeyError,
  type HTTPException,
  NotFound,
} from './errors/http-exception.ts'
import { DefaultJSONProvider, type JSONProvider } from './json/provider.ts'
import { createLogger, type Logger } from './logging.ts'
import { registerMember } from './members.ts'
import { MiddlewareChain } from './middleware/chain.ts'
import type { ConnectHandler, UseArgument, UsePath } from './middleware/types.ts'
import { Request, type RequestSettings } from './request/request.ts'
import { redirectResponse } from './response/redirect.ts'
import { Response } from './response/response.ts'
import { nameOf } from './root-path.ts'
import type { BuildError } from './routing/errors.ts'
import type { MapAdapter } from './routing/map-adapter.ts'
import { Rule, type RuleOptions } from './routing/rule.ts'
import { UrlMap } from './routing/url-map.ts'
import { type RouteOptions, Scaffold, type ScaffoldOptions } from './scaffold.ts'
import type { SessionInterface } from './sessions/interface.ts'
import { SecureCookieSessionInterface } from './sessions/secure-cookie.ts'
import { createTemplateEnvironment, type TemplateFunction } from './template-env.ts'
import type { Environment, EnvironmentOptions } from './templating/environment.ts'
import { FlaskCliRunner } from './testing/cli-runner.ts'
import { FlaskClient, type FlaskClientOptions } from './testing/client.ts'
import { buildTestRequest, type TestRequestOptions } from './testing/environ-builder.ts'
import type { MaybePromise, ResponseReturnValue, TeardownHook, ViewFunction } from './types.ts'
import {
  buildUrl,
  handleUrlBuildError,
  injectUrlDefaults,
  type UrlBuildErrorHandler,
  type UrlForValues,
} from './url-building.ts'
import { WsgiSeam } from './wsgi-seam.ts'

/** Options of `new BustAPI(importName, options)`: the keyword arguments of `Flask()`. */
export interface BustAPIOptions extends ScaffoldOptions {
  /** Host under which the static files are; needed with `hostMatching`. */
  staticHost?: string | null
  /** Whether rules are matched under their `host`. Default false. */
  hostMatching?: boolean
  /** Whether rules are matched under their `subdomain` of `SERVER_NAME`. Default false. */
  subdomainMatching?: boolean
  /** Folder of what belongs to this deployment; absolute. Default: `instance` beside the app. */
  instancePath?: string | null
  /** Whether relative configuration files start from `instancePath`. Default false. */
  instanceRelativeConfig?: boolean
}

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

/** Whether `FLASK_DEBUG` asks for debug mode (Flask's `get_debug_flag`). */
function getDebugFlag(): boolean {
  const value = process.env.FLASK_DEBUG?.toLowerCase() ?? ''
  return value !== '' && value !== '0' && value !== 'false' && value !== 'no'
}

/** `instance` beside the app unless told. @throws {ValueError} when what was told is relative. */
function instancePathOf(rootPath: string, given: string | null): string {
  if (given === null) return join(rootPath, 'instance')
  if (isAbsolute(given)) return given
  throw new ValueError(
    'If an instance path is provided it must be absolute. A relative path was given instead.',
  )
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
export class BustAPI extends Scaffold {
  /** Configuration; Flask's keys and defaults. */
  readonly config: Config
  /** The rules and their endpoints. */
  readonly urlMap: UrlMap
  /** Registered blueprints by their (dotted) name. */
  readonly blueprints: Map<string, Blueprint> = new Map()
  /** Where extensions keep what belongs to this app. */
  readonly extensions: Record<string, unknown> = Object.create(null)
  /** Hooks that run when an app context ends. */
  readonly teardownAppcontextFuncs: TeardownHook[] = []
  /** Functions that give names to the interactive shell. */
  readonly shellContextProcessors: (() => Record<string, unknown>)[] = []
  /** Functions that may mend a URL that cannot be built. */
  readonly urlBuildErrorHandlers: UrlBuildErrorHandler[] = []
  /** Commands of the `bustapi` command line that belong to this app. */
  readonly cli: CommandGroup
  /** Whether rules are matched under their subdomain. */
  readonly subdomainMatching: boolean
  /** Folder of what belongs to this deployment. */
  readonly instancePath: string
  /** Turns values into JSON and back; replace it to change how. */
  json: JSONProvider<Response>
  /** Raises the exception of a status code. */
  aborter: Aborter = new Aborter()
  /** Class of the request. */
  requestClass: typeof Request = Request
  /** Class of the response. */
  responseClass: typeof Response = Response
  /** Class of rules. */
  urlRuleClass: typeof Rule = Rule
  /** Class of `g`. */
  appCtxGlobalsClass: typeof AppCtxGlobals = AppCtxGlobals
  /** Class that `testClient` makes. */
  testClientClass: typeof FlaskClient = FlaskClient
  /** Class that `testCliRunner` makes. */
  testCliRunnerClass: typeof FlaskCliRunner = FlaskCliRunner
  /** Options for the template environment; set before the first template is used. */
  jinjaOptions: Partial<EnvironmentOptions> = {}
  #sessionInterface: SessionInterface = new SecureCookieSessionInterface()
  #chain: MiddlewareChain
  #engine: Engine
  #seam: WsgiSeam
  #router: RequestRouter
  #requestSettings: RequestSettings
  #plans = new Map<string | null, HookPlan>()
  #gotFirstRequest = false
  #jinjaEnv: Environment | undefined
  #logger: Logger | undefined

  /**
   * @param importName `import.meta.url` or `__filename`: the app's name and root folder come from
   *   it. A plain name makes the working directory the root.
   */
  constructor(importName = 'app', options: BustAPIOptions = {}) {
    super(
      importName,
      { staticFolder: 'static', templateFolder: 'templates', ...options },
      callable(new.target),
    )
    Object.defineProperty(this, 'name', { value: nameOf(importName), configurable: true })
    this.instancePath = instancePathOf(this.rootPath, options.instancePath ?? null)
    const configRoot = options.instanceRelativeConfig === true ? this.instancePath : this.rootPath
    this.config = new Config(configRoot, { ...DEFAULT_CONFIG, DEBUG: getDebugFlag() })
    this.json = new DefaultJSONProvider(this)
    this.urlMap = new UrlMap(null, { hostMatching: options.hostMatching ?? false })
    this.subdomainMatching = options.subdomainMatching ?? false
    this.cli = new CommandGroup(nameOf(importName))
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

  /** The app's name: what `importName` names without its folder and ending. */
  declare readonly name: string

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

  override addUrlRule(
    rule: string,
    endpoint?: string | null,
    view?: ViewFunction<never> | null,
    options: RouteOptions = {},
  ): void {
    this.assertOpen('addUrlRule')
    const { methods: given, provideAutomaticOptions: automatic, ...ruleOptions } = options
    if (typeof given === 'string') {
      throw new TypeError(
        "Allowed methods must be a list of strings, for example: app.route('/', { methods: ['POST'] })",
      )
    }
    const methods = new Set<string>()
    for (const method of given ?? view?.methods ?? ['GET']) methods.add(method.toUpperCase())
    const name = endpoint ?? endpointName(rule, view ?? null, methods)
    let provides = automatic ?? view?.provideAutomaticOptions ?? null
    const required = new Set(view?.requiredMethods ?? [])
    if (provides === null) {
      provides = !methods.has('OPTIONS') && Boolean(this.config.PROVIDE_AUTOMATIC_OPTIONS)
      if (provides) required.add('OPTIONS')
    }
    for (const method of required) methods.add(method.toUpperCase())
    const built = new this.urlRuleClass(rule, {
      ...(ruleOptions as RuleOptions),
      endpoint: name,
      methods,
    })
    built.provideAutomaticOptions = provides
    this.urlMap.add(built)
    if (view === undefined || view === null) return
    const known = this.viewFunctions[name]
    if (known !== undefined && known !== (view as ViewFunction)) {
      throw new AssertionError(
        `View function mapping is overwriting an existing endpoint function: ${name}`,
      )
    }
    this.viewFunctions[name] = view as ViewFunction
  }

  /**
   * Matches a request's URL: by the fast lookup when that is certain, else by Werkzeug's full
   * algorithm. What the router raises is kept on the request for the dispatcher.
   */
  routeRequest(context: RequestContext): void {
    this.#router.route(context)
  }

  /** The URL adapter of a request, or of the configured server name (`create_url_adapter`). */
  createUrlAdapter(request: Request): MapAdapter
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
   * Builds the URL of an endpoint (Flask's `url_for`).
   * @param values the rule's variables; what the rule does not know becomes the query string
   * @throws {BuildError} when no rule fits
   * @throws {RuntimeError} outside a request without `SERVER_NAME`
   */
  urlFor(endpoint: string, values: UrlForValues = {}): string {
    return buildUrl(this, endpoint, values)
  }

  /** Lets the `urlDefaults` functions of the endpoint's blueprints add values. */
  injectUrlDefaults(endpoint: string, values: Record<string, unknown>): void {
    injectUrlDefaults(this.urlDefaultFunctions, endpoint, values)
  }

  /** Asks the `urlBuildErrorHandlers` in turn. @throws {BuildError} the last one when none answers. */
  handleUrlBuildError(
    error: BuildError,
    endpoint: string,
    values: Record<string, unknown>,
  ): string {
    return handleUrlBuildError(this.urlBuildErrorHandlers, error, endpoint, values)
  }

  // -- blueprints, templates, commands ------------------------------------------------------

  /**
   * Registers a blueprint; options override what it was made with.
   * @throws {ValueError} when the name is taken
   */
  registerBlueprint(blueprint: Blueprint, options: BlueprintRegisterOptions = {}): void {
    this.assertOpen('registerBlueprint')
    blueprint.register(this, options)
  }

  /** The registered blueprints, in order. */
  iterBlueprints(): IterableIterator<Blueprint> {
    return this.blueprints.values()
  }

  /** The template environment, made when first used (Flask's `jinja_env`). */
  get jinjaEnv(): Environment {
    this.#jinjaEnv ??= createTemplateEnvironment(this)
    return this.#jinjaEnv
  }

  /** Whether a template's output is escaped: by its ending; a string always (Flask's rule). */
  selectJinjaAutoescape(name: string | null): boolean {
    return name === null || /\.(?:html|htm|xml|xhtml|svg)$/.test(name)
  }

  /** Registers a template filter under its own or another name. */
  templateFilter<F extends TemplateFunction>(f: F, name?: string | ClassMethodDecoratorContext): F {
    return this.#templateMember('templateFilter', 'filters', f, name)
  }

  /** Registers a template test under its own or another name. */
  templateTest<F extends TemplateFunction>(f: F, name?: string | ClassMethodDecoratorContext): F {
    return this.#templateMember('templateTest', 'tests', f, name)
  }

  /** Registers a global function of templates under its own or another name. */
  templateGlobal<F extends TemplateFunction>(f: F, name?: string | ClassMethodDecoratorContext): F {
    return this.#templateMember('templateGlobal', 'globals', f, name)
  }

  #templateMember<F extends TemplateFunction>(
    method: string,
    registry: 'filters' | 'tests' | 'globals',
    f: F,
    name: string | ClassMethodDecoratorContext | undefined,
  ): F {
    this.assertOpen(method)
    const given = typeof name === 'string' ? name : undefined
    return registerMember(f, typeof name === 'string' ? undefined : name, (bound, own) => {
      ;(this.jinjaEnv[registry] as Record<string, unknown>)[given ?? own] = bound
    })
  }

  /** Flask's name for `templateFilter` as a plain call. */
  addTemplateFilter(f: TemplateFunction, name?: string): void {
    this.templateFilter(f, name)
  }

  /** Flask's name for `templateTest` as a plain call. */
  addTemplateTest(f: TemplateFunction, name?: string): void {
    this.templateTest(f, name)
  }

  /** Flask's name for `templateGlobal` as a plain call. */
  addTemplateGlobal(f: TemplateFunction, name?: string): void {
    this.templateGlobal(f, name)
  }

  /** Runs when an app context ends, last registered first (`teardown_appcontext`). */
  teardownAppcontext<F extends TeardownHook>(f: F, context?: ClassMethodDecoratorContext): F {
    this.assertOpen('teardownAppcontext')
    return registerMember(f, context, (bound) => this.teardownAppcontextFuncs.push(bound))
  }

  /** Gives names to the interactive shell (`shell_context_processor`). */
  shellContextProcessor<F extends () => Record<string, unknown>>(
    f: F,
    context?: ClassMethodDecoratorContext,
  ): F {
    this.assertOpen('shellContextProcessor')
    return registerMember(f, context, (bound) => this.shellContextProcessors.push(bound))
  }

  /** The names of the interactive shell: `app` and what the processors give. */
  makeShellContext(): Record<string, unknown> {
    return Object.assign({ app: this }, ...this.shellContextProcessors.map((f) => f()))
  }

  // -- responses and errors -----------------------------------------------------------------

  /** Makes a response of anything that a view may return (Flask's `make_response`). */
  makeResponse(
    value: ResponseReturnValue,
    context: RequestContext | null = currentScope()?.requestContext ?? null,
  ): Response {
    return toResponse(context, this, value)
  }

  /** The automatic answer to OPTIONS: the allowed methods. */
  makeDefaultOptionsResponse(context: RequestContext): Response {
    const response = new this.responseClass()
    response.allow.update(context.urlAdapter.allowedMethods())
    return response
  }

  /** A response that redirects (default 302). */
  redirect(location: string, code = 302): Response {
    return redirectResponse(location, code, this.responseClass)
  }

  /** Whether exceptions leave the app: configured, else while testing or debugging. */
  get propagatesExceptions(): boolean {
    const { config } = this
    return Boolean(config.PROPAGATE_EXCEPTIONS ?? (config.TESTING || config.DEBUG))
  }

  /** Lets a missing form key say which one it was, in debug mode or when told to. */
  exposeBadRequestKey(error: HTTPException): void {
    if (
      error instanceof BadRequestKeyError &&
      (this.debug || this.config.TRAP_BAD_REQUEST_ERRORS)
    ) {
      error.showException = true
    }
  }

  /** Whether an HTTP error counts as a bug instead of an answer (`trap_http_exception`). */
  trapHttpException(error: Error): boolean {
    const { TRAP_HTTP_EXCEPTIONS: all, TRAP_BAD_REQUEST_ERRORS: badRequests } = this.config
    if (all) return true
    if ((badRequests ?? null) === null && this.debug && error instanceof BadRequestKeyError) {
      return true
    }
    return badRequests ? error instanceof BadRequest : false
  }

  /** Logs an exception that nobody handled (`log_exception`). */
  logException(error: Error, request: { path: string; method: string }): void {
    this.logger.exception(`Exception on ${request.path} [${request.method}]`, error)
  }

  /** Logs what goes wrong while a response is sent, when there is nobody left to tell. */
  readonly onSendError: (thrown: unknown) => void = (thrown) => {
    this.logger.exception('Error while sending a response', toError(thrown))
  }

  /** The app's logger, made when first used. */
  get logger(): Logger {
    this.#logger ??= createLogger(this)
    return this.#logger
  }

  set logger(logger: Logger) {
    this.#logger = logger
  }

  // -- session ------------------------------------------------------------------------------

  /** Opens and saves sessions; replace it to keep them elsewhere. */
  get sessionInterface(): SessionInterface {
    return this.#sessionInterface
  }

  set sessionInterface(sessionInterface: SessionInterface) {
    this.#sessionInterface = sessionInterface
  }

  /**
   * Whether a session that nobody touched may still have to be sent: only a permanent one is, whose
   * time starts anew, and that came with the request.
   */
  sessionNeedsSaving(context: RequestContext): boolean {
    return this.sessionInterface.mustSaveUntouched(this, context.request.raw.headers.cookie)
  }

  /** Key that signs the session. */
  get secretKey(): string | Uint8Array | null {
    return (this.config.SECRET_KEY as string | Uint8Array | null | undefined) ?? null
  }

  set secretKey(key: string | Uint8Array | null) {
    this.config.SECRET_KEY = key
  }

  /** Seconds that a permanent session lasts. */
  get permanentSessionLifetime(): number {
    return Number(this.config.PERMANENT_SESSION_LIFETIME)
  }

  set permanentSessionLifetime(seconds: number) {
    this.config.PERMANENT_SESSION_LIFETIME = seconds
  }

  /** Whether the app is under test. */
  get testing(): boolean {
    return Boolean(this.config.TESTING)
  }

  set testing(testing: boolean) {
    this.config.TESTING = testing
  }

  /** Whether the app is being debugged: error pages show details, templates reload. */
  get debug(): boolean {
    return Boolean(this.config.DEBUG)
  }

  set debug(debug: boolean) {
    this.config.DEBUG = debug
    if ((this.config.TEMPLATES_AUTO_RELOAD ?? null) === null && this.#jinjaEnv !== undefined) {
      this.#jinjaEnv.autoReload = debug
    }
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
    return new this.testClientClass(this, options)
  }

  /** Runs the app's commands in tests. */
  testCliRunner(): FlaskCliRunner {
    return new this.testCliRunnerClass(this)
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
