import { type FileHandle, open } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Blueprint } from './blueprint.ts'
import { callable } from './callable.ts'
import { CommandGroup } from './commands.ts'
import { Config, DEFAULT_CONFIG } from './config.ts'
import { currentScope } from './context/store.ts'
import { endpointName } from './endpoint-name.ts'
import { AssertionError, ValueError } from './errors/builtins.ts'
import {
  Aborter,
  BadRequest,
  BadRequestKeyError,
  type HTTPException,
} from './errors/http-exception.ts'
import { DefaultJSONProvider, type JSONApp, type JSONProvider } from './json/provider.ts'
import { createLogger, type Logger } from './logging.ts'
import { registerMember } from './members.ts'
import { Response } from './response/response.ts'
import { nameOf } from './root-path.ts'
import type { BuildError } from './routing/errors.ts'
import type { MapAdapter } from './routing/map-adapter.ts'
import { Rule, type RuleOptions } from './routing/rule.ts'
import { UrlMap } from './routing/url-map.ts'
import { type RouteOptions, Scaffold, type ScaffoldOptions } from './scaffold.ts'
import type { SessionInterface } from './sessions/interface.ts'
import { lifetimeSeconds } from './sessions/lifetime.ts'
import { SecureCookieSessionInterface } from './sessions/secure-cookie.ts'
import type { TemplateFunction } from './template-env.ts'
import type { Environment, EnvironmentOptions } from './templating/environment.ts'
import type { TeardownHook, ViewFunction } from './types.ts'
import {
  buildUrl,
  handleUrlBuildError,
  injectUrlDefaults,
  type UrlBuildErrorHandler,
  type UrlForValues,
} from './url-building.ts'

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

/** An app's JSON provider: Flask's own has these settings, another may. */
export type AppJSONProvider = JSONProvider<Response> &
  Partial<
    Pick<
      DefaultJSONProvider<Response>,
      'bigIntegers' | 'compact' | 'ensureAscii' | 'mimetype' | 'sortKeys'
    >
  >

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
 * What an app is before anything serves it: configuration, rules, registries and settings (Flask's
 * `sansio.App`). Applications use `BustAPI`.
 */
export abstract class BaseApp extends Scaffold {
  /** Class of `config`; a subclass may name another. */
  static configClass: typeof Config = Config
  /** Class of `json`; a subclass may name another. */
  static jsonProviderClass: new (app: JSONApp<Response>) => JSONProvider<Response> =
    DefaultJSONProvider
  /** Class of `aborter`; a subclass may name another. */
  static aborterClass: typeof Aborter = Aborter
  /** Class of `urlMap`; a subclass may name another. */
  static urlMapClass: typeof UrlMap = UrlMap

  /** The app's name: what `importName` names without its folder and ending. */
  declare readonly name: string
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
  json: AppJSONProvider
  /** Raises the exception of a status code. */
  aborter: Aborter
  /** Class of the response. */
  responseClass: typeof Response = Response
  /** Class of rules. */
  urlRuleClass: typeof Rule = Rule
  /** Options for the template environment; set before the first template is used. */
  jinjaOptions: Partial<EnvironmentOptions> = {}
  /** Opens and saves sessions; replace it to keep them elsewhere. */
  sessionInterface: SessionInterface = new SecureCookieSessionInterface()
  #jinjaEnv: Environment | undefined
  #logger: Logger | undefined

  constructor(importName: string, options: BustAPIOptions, target: typeof BaseApp) {
    super(
      importName,
      { staticFolder: 'static', templateFolder: 'templates', ...options },
      callable(target),
    )
    Object.defineProperty(this, 'name', { value: nameOf(importName), configurable: true })
    this.instancePath = instancePathOf(this.rootPath, options.instancePath ?? null)
    this.config = this.makeConfig(options.instanceRelativeConfig ?? false)
    this.json = new target.jsonProviderClass(this)
    this.aborter = this.makeAborter()
    this.urlMap = new target.urlMapClass(null, { hostMatching: options.hostMatching ?? false })
    this.subdomainMatching = options.subdomainMatching ?? false
    this.cli = new CommandGroup(nameOf(importName))
  }

  /** Makes `config`, with Flask's defaults (`make_config`). */
  makeConfig(instanceRelative = false): Config {
    const { configClass } = this.constructor as typeof BaseApp
    return new configClass(instanceRelative ? this.instancePath : this.rootPath, {
      ...DEFAULT_CONFIG,
      DEBUG: getDebugFlag(),
    })
  }

  /** Makes `aborter` (`make_aborter`). */
  makeAborter(): Aborter {
    return new (this.constructor as typeof BaseApp).aborterClass()
  }

  /** Opens a file below the instance folder (`open_instance_resource`); `mode` as `fs.open`'s. */
  openInstanceResource(resource: string, mode = 'r'): Promise<FileHandle> {
    return open(isAbsolute(resource) ? resource : join(this.instancePath, resource), mode)
  }

  // -- rules and URLs -----------------------------------------------------------------------

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

  /** The URL adapter of the configured server name, or null without one. */
  abstract createUrlAdapter(request: null): MapAdapter | null

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

  // -- templates, contexts and shell --------------------------------------------------------

  /** Makes the template environment (`create_jinja_environment`). */
  abstract createJinjaEnvironment(): Environment

  /** The template environment, made when first used (Flask's `jinja_env`). */
  get jinjaEnv(): Environment {
    this.#jinjaEnv ??= this.createJinjaEnvironment()
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

  /** The names of the interactive shell: `app`, `g` and what the processors give. */
  makeShellContext(): Record<string, unknown> {
    const g = currentScope()?.appContext.g
    return Object.assign({ app: this, g }, ...this.shellContextProcessors.map((f) => f()))
  }

  /** The registered blueprints, in order. */
  iterBlueprints(): IterableIterator<Blueprint> {
    return this.blueprints.values()
  }

  // -- errors -------------------------------------------------------------------------------

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

  /** The app's logger, made when first used. */
  get logger(): Logger {
    this.#logger ??= createLogger(this)
    return this.#logger
  }

  set logger(logger: Logger) {
    this.#logger = logger
  }

  // -- settings -----------------------------------------------------------------------------

  /** Key that signs the session. */
  get secretKey(): string | Uint8Array | null {
    return (this.config.SECRET_KEY as string | Uint8Array | null | undefined) ?? null
  }

  set secretKey(key: string | Uint8Array | null) {
    this.config.SECRET_KEY = key
  }

  /** Seconds that a permanent session lasts. */
  get permanentSessionLifetime(): number {
    return lifetimeSeconds(this.config.PERMANENT_SESSION_LIFETIME)
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
}
