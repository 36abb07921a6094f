import { type FileHandle, open } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { currentScope } from './context/store.ts'
import { errorClassAndCode } from './dispatch/error-handlers.ts'
import { RuntimeError } from './errors/builtins.ts'
import { bindMembers, registerMember } from './members.ts'
import type { Response } from './response/response.ts'
import { sendFromDirectory } from './response/send-file.ts'
import { rootPathOf } from './root-path.ts'
import type { RuleArgs } from './routing/rule-args.ts'
import { FileSystemLoader, type TemplateLoader } from './templating/loader.ts'
import type {
  BeforeRequestHook,
  ContextProcessor,
  ErrorHandler,
  MaybePromise,
  ResponseReturnValue,
  ScopeName,
  TeardownHook,
  UrlDefaultsHook,
  UrlValuePreprocessor,
  ViewFunction,
} from './types.ts'

/** Changes the response before it is sent, or returns another one. */
export type AfterRequestHook = (response: Response) => MaybePromise<Response>

/** A class of errors, as `errorhandler` takes it. */
export type ErrorType<E extends Error = Error> = abstract new (...args: never[]) => E

/** Error handlers by blueprint, by status code (null: none), by class. */
export type ErrorHandlerSpec = Map<ScopeName, Map<number | null, Map<ErrorType, ErrorHandler>>>

/** Options of a route: Flask's keyword arguments of `route` and `add_url_rule`. */
export interface RouteOptions<D extends object = object> {
  /** Name for `urlFor`; default: the view's name. */
  endpoint?: string
  /** Methods that the rule answers; default GET (and so HEAD and OPTIONS). */
  methods?: Iterable<string>
  /** Values for variables that the rule does not have. */
  defaults?: D
  /** Whether a path without the rule's trailing slash is redirected; default as the app's map. */
  strictSlashes?: boolean
  /** Whether repeated slashes are merged; default as the app's map. */
  mergeSlashes?: boolean
  /** Matched under this subdomain only. */
  subdomain?: string
  /** Matched under this host only (`hostMatching`). */
  host?: string
  /** Redirect instead of calling a view: a URL with variables, or a function that returns one. */
  redirectTo?: string | ((adapter: unknown, values: Record<string, unknown>) => string)
  /** An alias redirects to the endpoint's other rule with the same arguments. */
  alias?: boolean
  /** Only for building URLs, never matched. */
  buildOnly?: boolean
  /** Whether OPTIONS is answered without the view; default yes unless `methods` names it. */
  provideAutomaticOptions?: boolean
}

/** A view of a rule: the type of its argument is read from the rule's text. */
export type RuleView<R extends string, D = unknown> = {
  // A method signature is compared bivariantly, so a view may also name the variables of a
  // blueprint's `urlPrefix`, which this rule's text does not show.
  view(args: RuleArgs<R> & D): MaybePromise<ResponseReturnValue>
}['view']

/** What `route` gives when it gets no view: a decorator for a method, or a function to call. */
export type RouteDecorator<R extends string, D = unknown> = <F extends RuleView<R, D>>(
  view: F,
  context?: ClassMethodDecoratorContext,
) => F

/** The signatures of `get`, `post` and so on: with a view, or without one as a decorator. */
export interface MethodRoute {
  <const R extends string, F extends RuleView<R>>(rule: R, view: F): F
  <const R extends string, D extends object, F extends RuleView<R, D>>(
    rule: R,
    options: RouteOptions<D>,
    view: F,
  ): F
  <const R extends string, D extends object = object>(
    rule: R,
    options?: RouteOptions<D>,
  ): RouteDecorator<R, D>
}

/** Methods that stand as decorators without being called: `@app.beforeRequest`. */
const BARE_DECORATORS = [
  'beforeRequest',
  'afterRequest',
  'teardownRequest',
  'contextProcessor',
  'urlValuePreprocessor',
  'urlDefaults',
  'teardownAppcontext',
  'shellContextProcessor',
  'templateFilter',
  'templateTest',
  'templateGlobal',
  'beforeAppRequest',
  'afterAppRequest',
  'teardownAppRequest',
  'appContextProcessor',
  'appUrlValuePreprocessor',
  'appUrlDefaults',
  'appTemplateFilter',
  'appTemplateTest',
  'appTemplateGlobal',
]

/** Lets a subclass be a function: a base constructor that returns its argument gives it fields. */
class Host {
  constructor(target?: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a callable object gets fields
    if (target !== undefined) return target
  }
}

/** Options that an app and a blueprint share. */
export interface ScaffoldOptions {
  /** Folder of static files, relative to `rootPath`; null for none. */
  staticFolder?: string | null
  /** URL under which the static files are; default: the folder's name. */
  staticUrlPath?: string | null
  /** Folder of templates, relative to `rootPath`; null for none. */
  templateFolder?: string | null
  /** Folder that the others are relative to; default: where `importName` points. */
  rootPath?: string | null
}

/**
 * What `BustAPI` and `Blueprint` share: routes, hooks, error handlers (Flask's `Scaffold`). Each
 * registering method returns the function that it was given, as Flask's decorators do, and can
 * itself stand as a standard decorator on a method of a class.
 */
export abstract class Scaffold extends Host {
  /** The name or the file the app or blueprint was made with. */
  readonly importName: string
  /** Folder that relative paths start from. */
  readonly rootPath: string
  /** Folder of templates, relative to `rootPath`, or null. */
  templateFolder: string | null
  /** Views by endpoint. */
  readonly viewFunctions: Record<string, ViewFunction> = Object.create(null)
  /** Error handlers by blueprint, code and class. */
  readonly errorHandlerSpec: ErrorHandlerSpec = new Map()
  /** Hooks that run before the view. */
  readonly beforeRequestFuncs: Map<ScopeName, BeforeRequestHook[]> = new Map()
  /** Hooks that run on the response. */
  readonly afterRequestFuncs: Map<ScopeName, AfterRequestHook[]> = new Map()
  /** Hooks that run when the request is over. */
  readonly teardownRequestFuncs: Map<ScopeName, TeardownHook[]> = new Map()
  /** Functions that give variables to templates. */
  readonly templateContextProcessors: Map<ScopeName, ContextProcessor[]> = new Map()
  /** Functions that see the URL's variables first. */
  readonly urlValuePreprocessors: Map<ScopeName, UrlValuePreprocessor[]> = new Map()
  /** Functions that add values when a URL is built. */
  readonly urlDefaultFunctions: Map<ScopeName, UrlDefaultsHook[]> = new Map()
  #staticFolder: string | null = null
  #staticUrlPath: string | null = null
  #templateLoader: TemplateLoader | null | undefined

  constructor(importName: string, options: ScaffoldOptions, target?: object) {
    super(target)
    bindMembers(this, BARE_DECORATORS)
    this.importName = importName
    this.rootPath = options.rootPath ?? rootPathOf(importName)
    this.templateFolder = options.templateFolder ?? null
    this.staticFolder = options.staticFolder ?? null
    this.staticUrlPath = options.staticUrlPath ?? null
  }

  /** Throws when registering would come too late to have an effect. */
  protected abstract assertOpen(method: string): void

  /** Folder of static files as an absolute path, or null. */
  get staticFolder(): string | null {
    if (this.#staticFolder === null) return null
    return isAbsolute(this.#staticFolder)
      ? this.#staticFolder
      : join(this.rootPath, this.#staticFolder)
  }

  set staticFolder(folder: string | null) {
    this.#staticFolder = folder === null ? null : folder.replace(/[\\/]+$/, '')
  }

  /** Whether there is a folder of static files. */
  get hasStaticFolder(): boolean {
    return this.#staticFolder !== null
  }

  /** URL under which the static files are, without a slash at its end. */
  get staticUrlPath(): string | null {
    if (this.#staticUrlPath !== null) return this.#staticUrlPath
    const folder = this.staticFolder
    return folder === null ? null : `/${folder.split(/[\\/]/).pop()}`.replace(/\/+$/, '')
  }

  set staticUrlPath(path: string | null) {
    this.#staticUrlPath = path === null ? null : path.replace(/\/+$/, '')
  }

  /** Finds templates in `templateFolder`; null when there is none (Flask's `jinja_loader`). */
  get jinjaLoader(): TemplateLoader | null {
    if (this.#templateLoader === undefined) {
      const folder = this.templateFolder
      this.#templateLoader =
        folder === null
          ? null
          : new FileSystemLoader([isAbsolute(folder) ? folder : join(this.rootPath, folder)])
    }
    return this.#templateLoader
  }

  set jinjaLoader(loader: TemplateLoader | null) {
    this.#templateLoader = loader
  }

  /** Seconds that a browser may keep a file, or null to ask each time. */
  getSendFileMaxAge(_filename: string | null): number | null {
    const value: unknown = currentScope()?.app.config.SEND_FILE_MAX_AGE_DEFAULT
    return typeof value === 'number' ? value : null
  }

  /**
   * Opens a file below the root folder of the app or the blueprint for reading (`open_resource`).
   * @returns Node's file handle: `await (await app.openResource('schema.sql')).readFile('utf8')`
   */
  openResource(resource: string): Promise<FileHandle> {
    return open(isAbsolute(resource) ? resource : join(this.rootPath, resource), 'r')
  }

  /**
   * Serves a file from the static folder.
   * @throws {RuntimeError} when there is no static folder or no request
   * @throws {NotFound} when there is no such file
   */
  sendStaticFile(filename: string): MaybePromise<Response> {
    const context = currentScope()?.requestContext
    if (this.staticFolder === null || !context) {
      throw new RuntimeError("'staticFolder' must be set, and a request active, to serve files.")
    }
    const maxAge = this.getSendFileMaxAge(filename)
    return sendFromDirectory(this.staticFolder, filename, { maxAge }, context)
  }

  /**
   * Connects a URL rule with a view.
   * @param rule such as `/users/<int:user_id>`
   * @param endpoint name for `urlFor`; default: the view's name
   * @param view what answers; its one argument holds the rule's variables
   * @throws {AssertionError} when another view has the endpoint already, or after the first request
   */
  abstract addUrlRule(
    rule: string,
    endpoint?: string | null,
    view?: ViewFunction<never> | null,
    options?: RouteOptions,
  ): void

  /** Connects a rule with a view; without a view, returns a decorator. */
  route<const R extends string, F extends RuleView<R>>(rule: R, view: F): F
  route<const R extends string, D extends object, F extends RuleView<R, D>>(
    rule: R,
    options: RouteOptions<D>,
    view: F,
  ): F
  route<const R extends string, D extends object = object>(
    rule: R,
    options?: RouteOptions<D>,
  ): RouteDecorator<R, D>
  route(rule: string, first?: RouteOptions | ViewFunction, second?: ViewFunction): unknown {
    this.assertOpen('route')
    const options = typeof first === 'function' ? {} : (first ?? {})
    const view = typeof first === 'function' ? first : second
    const register = (f: ViewFunction, name: string): void => {
      this.addUrlRule(rule, options.endpoint ?? (name === '' ? null : name), f, options)
    }
    if (view !== undefined) {
      register(view, view.name)
      return view
    }
    return (f: ViewFunction, context?: ClassMethodDecoratorContext) =>
      registerMember(f, context, register)
  }

  #methodRoute(method: string): MethodRoute {
    const register = (rule: string, first?: unknown, second?: unknown): unknown => {
      const options = (typeof first === 'function' ? {} : (first ?? {})) as RouteOptions
      if ('methods' in options) {
        throw new TypeError("Use 'route' to use the 'methods' option.")
      }
      const view = (typeof first === 'function' ? first : second) as RuleView<string> | undefined
      const all = { ...options, methods: [method] }
      return view === undefined ? this.route(rule, all) : this.route(rule, all, view)
    }
    return register as MethodRoute
  }

  /** `route` for GET. */
  readonly get: MethodRoute = this.#methodRoute('GET')
  /** `route` for POST. */
  readonly post: MethodRoute = this.#methodRoute('POST')
  /** `route` for PUT. */
  readonly put: MethodRoute = this.#methodRoute('PUT')
  /** `route` for PATCH. */
  readonly patch: MethodRoute = this.#methodRoute('PATCH')
  /** `route` for DELETE. */
  readonly delete: MethodRoute = this.#methodRoute('DELETE')

  /** Sets the view of an endpoint whose rules were added without one. */
  endpoint<F extends ViewFunction<never>>(name: string, view: F): F
  endpoint(name: string): <F extends ViewFunction<never>>(view: F) => F
  endpoint(name: string, view?: ViewFunction): unknown {
    this.assertOpen('endpoint')
    const set = (f: ViewFunction): void => {
      this.viewFunctions[name] = f
    }
    if (view !== undefined) {
      set(view)
      return view
    }
    return (f: ViewFunction, context?: ClassMethodDecoratorContext) =>
      registerMember(f, context, set)
  }

  /** Adds a hook to one of the registries, for this scaffold itself. */
  protected hook<F extends (...args: never[]) => unknown>(
    method: string,
    registry: Map<ScopeName, unknown[]>,
    f: F,
    context: ClassMethodDecoratorContext | undefined,
  ): F {
    this.assertOpen(method)
    return registerMember(f, context, (bound) => pushTo(registry, null, bound))
  }

  /** Runs before each request; a returned value becomes the response (`before_request`). */
  beforeRequest<F extends BeforeRequestHook>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.hook('beforeRequest', this.beforeRequestFuncs, f, context)
  }

  /** Runs after each request with the response, and returns it or another (`after_request`). */
  afterRequest<F extends AfterRequestHook>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.hook('afterRequest', this.afterRequestFuncs, f, context)
  }

  /** Runs when the request is over, whatever happened (`teardown_request`). */
  teardownRequest<F extends TeardownHook>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.hook('teardownRequest', this.teardownRequestFuncs, f, context)
  }

  /** Gives variables to every template (`context_processor`). */
  contextProcessor<F extends ContextProcessor>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.hook('contextProcessor', this.templateContextProcessors, f, context)
  }

  /** Sees and may change the URL's variables before all other hooks (`url_value_preprocessor`). */
  urlValuePreprocessor<F extends UrlValuePreprocessor>(
    f: F,
    context?: ClassMethodDecoratorContext,
  ): F {
    return this.hook('urlValuePreprocessor', this.urlValuePreprocessors, f, context)
  }

  /** May add values whenever a URL is built (`url_defaults`). */
  urlDefaults<F extends UrlDefaultsHook>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.hook('urlDefaults', this.urlDefaultFunctions, f, context)
  }

  /**
   * Handles an HTTP status code or a class of errors; without a handler, returns a decorator.
   * @throws {ValueError} when the code is none that HTTP knows as an error
   */
  errorhandler<E extends Error>(type: ErrorType<E>, handler: ErrorHandler<E>): ErrorHandler<E>
  errorhandler<F extends ErrorHandler<never>>(code: number, handler: F): F
  errorhandler(
    type: number | ErrorType,
  ): <F extends ErrorHandler<never>>(handler: F, context?: ClassMethodDecoratorContext) => F
  errorhandler(type: number | ErrorType, handler?: unknown): unknown {
    this.assertOpen('errorhandler')
    const register = (f: ErrorHandler<never>): void => this.registerErrorHandler(type, f)
    if (handler !== undefined) {
      register(handler as ErrorHandler<never>)
      return handler
    }
    return (f: ErrorHandler<never>, context?: ClassMethodDecoratorContext) =>
      registerMember(f, context, register)
  }

  /** The plain form of `errorhandler` (Flask's `register_error_handler`). */
  registerErrorHandler(type: number | ErrorType, handler: ErrorHandler<never>): void {
    this.assertOpen('registerErrorHandler')
    const [errorClass, code] = errorClassAndCode(type)
    setErrorHandler(this.errorHandlerSpec, null, code, errorClass, handler as ErrorHandler)
  }
}

/** Adds a value to the list that a registry has for `name`. */
export function pushTo<T>(registry: Map<ScopeName, T[]>, name: ScopeName, ...values: T[]): void {
  const list = registry.get(name)
  if (list === undefined) registry.set(name, values)
  else list.push(...values)
}

/** Sets one handler in a spec. */
export function setErrorHandler(
  spec: ErrorHandlerSpec,
  name: ScopeName,
  code: number | null,
  errorClass: ErrorType,
  handler: ErrorHandler,
): void {
  const byCode = spec.get(name) ?? new Map<number | null, Map<ErrorType, ErrorHandler>>()
  const byClass = byCode.get(code) ?? new Map<ErrorType, ErrorHandler>()
  spec.set(name, byCode.set(code, byClass.set(errorClass, handler)))
}
