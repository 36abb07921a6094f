import type { BustAPI } from './app.ts'
import { CommandGroup } from './commands.ts'
import { endpointName } from './endpoint-name.ts'
import { ValueError } from './errors/builtins.ts'
import { BUST_ERR_SETUP_FINISHED } from './errors/codes.ts'
import { registerMember } from './members.ts'
import {
  type AfterRequestHook,
  type ErrorType,
  pushTo,
  type RouteOptions,
  Scaffold,
  type ScaffoldOptions,
  setErrorHandler,
} from './scaffold.ts'
import type { TemplateFunction } from './template-env.ts'
import type {
  BeforeRequestHook,
  ContextProcessor,
  ErrorHandler,
  ScopeName,
  TeardownHook,
  UrlDefaultsHook,
  UrlValuePreprocessor,
  ViewFunction,
} from './types.ts'

/** Options of `new Blueprint(name, importName, options)`. */
export interface BlueprintOptions extends ScaffoldOptions {
  /** Put before every rule. */
  urlPrefix?: string | null
  /** Subdomain of every rule. */
  subdomain?: string | null
  /** Default values of every rule's variables. */
  urlDefaults?: Record<string, unknown>
  /** Group of the blueprint's commands: null merges them into the app's. */
  cliGroup?: string | null
}

/** Options of `registerBlueprint`, which override the blueprint's own. */
export interface BlueprintRegisterOptions {
  /** Name to register it under, so that one blueprint can be registered more than once. */
  name?: string
  urlPrefix?: string | null
  subdomain?: string | null
  urlDefaults?: Record<string, unknown>
  cliGroup?: string | null
  /** Dotted name of the blueprint it is nested in; set by nesting. */
  namePrefix?: string
}

type Deferred = (state: BlueprintSetupState) => void

/** What a recorded function gets when its blueprint is registered (`BlueprintSetupState`). */
export class BlueprintSetupState {
  /** The app that the blueprint is registered on. */
  readonly app: BustAPI
  /** The blueprint. */
  readonly blueprint: Blueprint
  /** The options of this registration. */
  readonly options: BlueprintRegisterOptions
  /** Whether the blueprint was not registered on this app before. */
  readonly firstRegistration: boolean
  /** Name of this registration. */
  readonly name: string
  /** Dotted name that this one is nested in, or an empty text. */
  readonly namePrefix: string
  /** Put before every rule, or null. */
  readonly urlPrefix: string | null
  /** Subdomain of every rule, or null. */
  readonly subdomain: string | null
  /** Default values of every rule's variables. */
  readonly urlDefaults: Record<string, unknown>

  constructor(
    blueprint: Blueprint,
    app: BustAPI,
    options: BlueprintRegisterOptions,
    firstRegistration: boolean,
  ) {
    this.app = app
    this.blueprint = blueprint
    this.options = options
    this.firstRegistration = firstRegistration
    this.name = options.name ?? blueprint.name
    this.namePrefix = options.namePrefix ?? ''
    this.urlPrefix = options.urlPrefix ?? blueprint.urlPrefix
    this.subdomain = options.subdomain ?? blueprint.subdomain
    this.urlDefaults = { ...blueprint.urlValuesDefaults, ...options.urlDefaults }
  }

  /** Adds a rule with the blueprint's prefix, subdomain and defaults. */
  addUrlRule(
    rule: string,
    endpoint: string,
    view: ViewFunction<never> | null,
    options: RouteOptions = {},
  ): void {
    const path =
      this.urlPrefix === null
        ? rule
        : rule === ''
          ? this.urlPrefix
          : `${this.urlPrefix.replace(/\/+$/, '')}/${rule.replace(/^\/+/, '')}`
    const subdomain = options.subdomain ?? this.subdomain
    this.app.addUrlRule(
      path,
      `${this.namePrefix}.${this.name}.${endpoint}`.replace(/^\.+/, ''),
      view,
      {
        ...options,
        ...(subdomain === null ? {} : { subdomain }),
        defaults: { ...this.urlDefaults, ...options.defaults },
      },
    )
  }
}

/**
 * A part of an app that can be made before the app and registered on it, also more than once or
 * inside another blueprint (Flask's `Blueprint`).
 */
export class Blueprint extends Scaffold {
  /** Name that its endpoints are prefixed with. */
  readonly name: string
  /** Put before every rule, or null. */
  readonly urlPrefix: string | null
  /** Subdomain of every rule, or null. */
  readonly subdomain: string | null
  /** Default values of every rule's variables (Flask's `url_values_defaults`). */
  readonly urlValuesDefaults: Record<string, unknown>
  /** Its commands on the command line. */
  readonly cli: CommandGroup
  /** Group of its commands; undefined means its name. */
  readonly cliGroup: string | null | undefined
  #deferred: Deferred[] = []
  #children: [Blueprint, BlueprintRegisterOptions][] = []
  #registered = false

  /**
   * @param name without dots; `urlFor` names endpoints with it
   * @param importName `import.meta.url` or `__filename`, for its folders
   * @throws {ValueError} when the name is empty or has a dot
   */
  constructor(name: string, importName = name, options: BlueprintOptions = {}) {
    super(importName, options)
    if (name === '') throw new ValueError("'name' may not be empty.")
    if (name.includes('.')) throw new ValueError("'name' may not contain a dot '.' character.")
    this.name = name
    this.urlPrefix = options.urlPrefix ?? null
    this.subdomain = options.subdomain ?? null
    this.urlValuesDefaults = { ...options.urlDefaults }
    this.cli = new CommandGroup(name)
    this.cliGroup = options.cliGroup
  }

  protected override assertOpen(method: string): void {
    if (this.#registered) throw new BUST_ERR_SETUP_FINISHED(method, `the blueprint '${this.name}'`)
  }

  /** Remembers a function that is called with the state when the blueprint is registered. */
  record(f: Deferred): void {
    this.assertOpen('record')
    this.#deferred.push(f)
  }

  /** As `record`, but called for the first registration only. */
  recordOnce(f: Deferred): void {
    this.record((state) => {
      if (state.firstRegistration) f(state)
    })
  }

  /**
   * Nests a blueprint in this one.
   * @throws {ValueError} when it is this one itself
   */
  registerBlueprint(blueprint: Blueprint, options: BlueprintRegisterOptions = {}): void {
    this.assertOpen('registerBlueprint')
    if (blueprint === this) throw new ValueError('Cannot register a blueprint on itself')
    this.#children.push([blueprint, options])
  }

  override addUrlRule(
    rule: string,
    endpoint?: string | null,
    view?: ViewFunction<never> | null,
    options: RouteOptions = {},
  ): void {
    this.assertOpen('addUrlRule')
    if (endpoint?.includes('.')) {
      throw new ValueError("'endpoint' may not contain a dot '.' character.")
    }
    if (view?.name.includes('.')) {
      throw new ValueError("'viewFunc' name may not contain a dot '.' character.")
    }
    const name = endpoint ?? endpointName(rule, view ?? null, options.methods ?? view?.methods)
    this.record((state) => state.addUrlRule(rule, name, view ?? null, options))
  }

  /**
   * Registers everything on the app; called by `app.registerBlueprint`.
   * @throws {ValueError} when the name is taken
   */
  register(app: BustAPI, options: BlueprintRegisterOptions): void {
    const ownName = options.name ?? this.name
    const name = `${options.namePrefix ?? ''}.${ownName}`.replace(/^\.+/, '')
    const taken = app.blueprints.get(name)
    if (taken !== undefined) {
      const which = taken === this ? 'this' : 'a different'
      const at = ownName === name ? '' : ` '${name}'`
      throw new ValueError(
        `The name '${ownName}' is already registered for ${which} blueprint${at}. Use 'name' to ` +
          'provide a unique name.',
      )
    }
    const first = ![...app.blueprints.values()].includes(this)
    app.blueprints.set(name, this)
    this.#registered = true
    const state = new BlueprintSetupState(this, app, options, first)
    if (this.hasStaticFolder) {
      state.addUrlRule(
        `${this.staticUrlPath}/<path:filename>`,
        'static',
        ({ filename }: { filename: string }) => this.sendStaticFile(filename),
      )
    }
    this.#merge(app, name)
    for (const deferred of this.#deferred) deferred(state)
    this.#registerCommands(app, name, options)
    for (const [child, childOptions] of this.#children) {
      child.register(app, nestedOptions(child, childOptions, state, name))
    }
  }

  /** Puts each registry's entries under this registration's name. */
  #merge(app: BustAPI, name: string): void {
    const under = (key: ScopeName): string => (key === null ? name : `${name}.${key}`)
    const extend = <T>(from: Map<ScopeName, T[]>, to: Map<ScopeName, T[]>): void => {
      for (const [key, values] of from) pushTo(to, under(key), ...values)
    }
    for (const [key, byCode] of this.errorHandlerSpec) {
      for (const [code, byClass] of byCode) {
        for (const [errorClass, handler] of byClass) {
          setErrorHandler(app.errorHandlerSpec, under(key), code, errorClass, handler)
        }
      }
    }
    Object.assign(app.viewFunctions, this.viewFunctions)
    extend(this.beforeRequestFuncs, app.beforeRequestFuncs)
    extend(this.afterRequestFuncs, app.afterRequestFuncs)
    extend(this.teardownRequestFuncs, app.teardownRequestFuncs)
    extend(this.urlDefaultFunctions, app.urlDefaultFunctions)
    extend(this.urlValuePreprocessors, app.urlValuePreprocessors)
    extend(this.templateContextProcessors, app.templateContextProcessors)
  }

  #registerCommands(app: BustAPI, name: string, options: BlueprintRegisterOptions): void {
    if (this.cli.commands.size === 0) return
    const group = options.cliGroup === undefined ? this.cliGroup : options.cliGroup
    if (group === null) {
      for (const command of this.cli.commands.values()) app.cli.addCommand(command)
    } else {
      app.cli.addCommand(this.cli.renamed(group ?? name))
    }
  }

  // -- what a blueprint registers for the whole app -----------------------------------------

  #appHook<F extends (...args: never[]) => unknown>(
    method: string,
    f: F,
    context: ClassMethodDecoratorContext | undefined,
    registry: (app: BustAPI) => Map<ScopeName, unknown[]>,
  ): F {
    this.assertOpen(method)
    return registerMember(f, context, (bound) =>
      this.recordOnce((state) => pushTo(registry(state.app), null, bound)),
    )
  }

  /** `beforeRequest` for every request of the app. */
  beforeAppRequest<F extends BeforeRequestHook>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.#appHook('beforeAppRequest', f, context, (app) => app.beforeRequestFuncs)
  }

  /** `afterRequest` for every request of the app. */
  afterAppRequest<F extends AfterRequestHook>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.#appHook('afterAppRequest', f, context, (app) => app.afterRequestFuncs)
  }

  /** `teardownRequest` for every request of the app. */
  teardownAppRequest<F extends TeardownHook>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.#appHook('teardownAppRequest', f, context, (app) => app.teardownRequestFuncs)
  }

  /** `contextProcessor` for every template of the app. */
  appContextProcessor<F extends ContextProcessor>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.#appHook('appContextProcessor', f, context, (app) => app.templateContextProcessors)
  }

  /** `urlValuePreprocessor` for every request of the app. */
  appUrlValuePreprocessor<F extends UrlValuePreprocessor>(
    f: F,
    context?: ClassMethodDecoratorContext,
  ): F {
    return this.#appHook('appUrlValuePreprocessor', f, context, (app) => app.urlValuePreprocessors)
  }

  /** `urlDefaults` for every URL of the app. */
  appUrlDefaults<F extends UrlDefaultsHook>(f: F, context?: ClassMethodDecoratorContext): F {
    return this.#appHook('appUrlDefaults', f, context, (app) => app.urlDefaultFunctions)
  }

  /** `errorhandler` for every request of the app. */
  appErrorhandler<E extends Error>(type: ErrorType<E>, handler: ErrorHandler<E>): ErrorHandler<E>
  appErrorhandler<F extends ErrorHandler<never>>(code: number, handler: F): F
  appErrorhandler(
    type: number | ErrorType,
  ): <F extends ErrorHandler<never>>(handler: F, context?: ClassMethodDecoratorContext) => F
  appErrorhandler(type: number | ErrorType, handler?: unknown): unknown {
    this.assertOpen('appErrorhandler')
    const register = (f: ErrorHandler<never>): void =>
      this.recordOnce((state) => state.app.registerErrorHandler(type, f))
    if (handler !== undefined) {
      register(handler as ErrorHandler<never>)
      return handler
    }
    return (f: ErrorHandler<never>, context?: ClassMethodDecoratorContext) =>
      registerMember(f, context, register)
  }

  #appTemplateMember<F extends TemplateFunction>(
    method: 'templateFilter' | 'templateTest' | 'templateGlobal',
    f: F,
    name: string | ClassMethodDecoratorContext | undefined,
  ): F {
    this.assertOpen(method)
    const given = typeof name === 'string' ? name : undefined
    return registerMember(f, typeof name === 'string' ? undefined : name, (bound, own) =>
      this.recordOnce((state) => state.app[method](bound, given ?? own)),
    )
  }

  /** A template filter for the whole app. */
  appTemplateFilter<F extends TemplateFunction>(
    f: F,
    name?: string | ClassMethodDecoratorContext,
  ): F {
    return this.#appTemplateMember('templateFilter', f, name)
  }

  /** A template test for the whole app. */
  appTemplateTest<F extends TemplateFunction>(
    f: F,
    name?: string | ClassMethodDecoratorContext,
  ): F {
    return this.#appTemplateMember('templateTest', f, name)
  }

  /** A template global for the whole app. */
  appTemplateGlobal<F extends TemplateFunction>(
    f: F,
    name?: string | ClassMethodDecoratorContext,
  ): F {
    return this.#appTemplateMember('templateGlobal', f, name)
  }

  /** Flask's name for `appTemplateFilter` as a plain call. */
  addAppTemplateFilter(f: TemplateFunction, name?: string): void {
    this.appTemplateFilter(f, name)
  }

  /** Flask's name for `appTemplateTest` as a plain call. */
  addAppTemplateTest(f: TemplateFunction, name?: string): void {
    this.appTemplateTest(f, name)
  }

  /** Flask's name for `appTemplateGlobal` as a plain call. */
  addAppTemplateGlobal(f: TemplateFunction, name?: string): void {
    this.appTemplateGlobal(f, name)
  }
}

/** A nested registration inherits prefix and subdomain from the one that it is in. */
function nestedOptions(
  child: Blueprint,
  options: BlueprintRegisterOptions,
  state: BlueprintSetupState,
  name: string,
): BlueprintRegisterOptions {
  const nested: BlueprintRegisterOptions = { ...options, namePrefix: name }
  const subdomain = options.subdomain ?? child.subdomain
  if (state.subdomain !== null) {
    nested.subdomain = subdomain === null ? state.subdomain : `${subdomain}.${state.subdomain}`
  } else if (subdomain !== null) {
    nested.subdomain = subdomain
  }
  const prefix = options.urlPrefix ?? child.urlPrefix
  if (state.urlPrefix !== null) {
    nested.urlPrefix =
      prefix === null
        ? state.urlPrefix
        : `${state.urlPrefix.replace(/\/+$/, '')}/${prefix.replace(/^\/+/, '')}`
  } else if (prefix !== null) {
    nested.urlPrefix = prefix
  }
  return nested
}
