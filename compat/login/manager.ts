import { andThen, isThenable, type MaybePromise } from '../../src/core.ts'
import {
  type BustAPI,
  currentApp,
  type Request,
  type Response,
  type ResponseReturnValue,
} from '../../src/index.ts'
import {
  ID_ATTRIBUTE,
  LOGIN_MESSAGE,
  LOGIN_MESSAGE_CATEGORY,
  REFRESH_MESSAGE,
  REFRESH_MESSAGE_CATEGORY,
} from './constants.ts'
import { templateUser } from './context-processor.ts'
import { finishLogin } from './finish.ts'
import { createIdentifier } from './identifier.ts'
import { managerOf, setManager } from './manager-of.ts'
import { AnonymousUserMixin } from './mixins.ts'
import {
  type AuthenticateCallback,
  type AuthenticateStep,
  makeStep,
  type StrategyName,
} from './passport/authenticate.ts'
import { Passport } from './passport/passport.ts'
import type { AuthenticateOptions, PassportLike, StrategyLike } from './passport/types.ts'
import { preloadUser } from './preload.ts'
import { askToLogIn } from './refusal.ts'
import { userNeedsRefresh, userUnauthorized } from './signals.ts'
import type { RequestLoader, SessionProtection, UserLike, UserLoader } from './types.ts'

/** Options of `LoginManager` and `initApp`. */
export interface LoginManagerOptions {
  /** Whether templates see `current_user`. Default true. */
  addContextProcessor?: boolean
}

/** What is known of a loader: asynchronous ones are awaited before the view runs. */
type LoaderKind = 'unknown' | 'sync' | 'async'

/**
 * The settings of an app's logins, as in Flask-Login. One manager may serve several apps.
 *
 * Loaders may be asynchronous. As soon as one is seen to return a promise, the user is loaded before
 * hooks and view of each request whose session or remember cookie names one, so that `currentUser`
 * needs no `await`; synchronous loaders run when somebody asks. See {@link LoginManager.preload}.
 *
 * @example
 * const login = new LoginManager(app)
 * login.loginView = 'auth.login'
 * login.userLoader((id) => User.find(id))
 */
export class LoginManager {
  /** Endpoint or URL of the page to log in; null: 401. */
  loginView: string | null = null
  /** The same for single blueprints, by their name; null: 401. */
  blueprintLoginViews: Record<string, string | null> = {}
  /** What is flashed to who must log in; null: nothing. */
  loginMessage: string | null = LOGIN_MESSAGE
  /** The category of `loginMessage`. */
  loginMessageCategory: string = LOGIN_MESSAGE_CATEGORY
  /** Endpoint or URL of the page to log in anew; null: 401. */
  refreshView: string | null = null
  /** What is flashed to who must log in anew; null: nothing. */
  needsRefreshMessage: string | null = REFRESH_MESSAGE
  /** The category of `needsRefreshMessage`. */
  needsRefreshMessageCategory: string = REFRESH_MESSAGE_CATEGORY
  /**
   * What happens to a session that another client sends than the one that it was made for: `basic`
   * makes it stale, `strong` ends it. `SESSION_PROTECTION` comes before it.
   */
  sessionProtection: SessionProtection = 'basic'
  /** The method of a user that gives its id. */
  idAttribute: string = ID_ATTRIBUTE
  /** Class of the user where nobody has logged in, or a function that makes one. */
  anonymousUser: (new () => UserLike) | (() => UserLike) = AnonymousUserMixin
  /** Translates the messages before they are flashed. */
  localizeCallback: ((message: string) => unknown) | null = null
  /** Answers who has not logged in; see `unauthorizedHandler`. */
  unauthorizedCallback: (() => MaybePromise<ResponseReturnValue>) | null = null
  /** Answers who must log in anew; see `needsRefreshHandler`. */
  needsRefreshCallback: (() => MaybePromise<ResponseReturnValue>) | null = null
  /** Tells clients apart for `sessionProtection` (Flask-Login's `_session_identifier_generator`). */
  sessionIdentifier: (request: Request) => string = createIdentifier
  /**
   * Whether an asynchronous loader is awaited before this request's hooks and view; by default for
   * all but static files. Where it is not, `await loadUser()` before `currentUser` is used;
   * `loginRequired` does so itself.
   */
  preload: (request: Request) => boolean = isNoStaticFile

  #userCallback: UserLoader | null = null
  #requestCallback: RequestLoader | null = null
  #userKind: LoaderKind = 'unknown'
  #requestKind: LoaderKind = 'unknown'
  readonly #passport = new Passport()

  /** @param app see `initApp` */
  constructor(app: BustAPI | null = null, options: LoginManagerOptions = {}) {
    if (app !== null) this.initApp(app, options)
  }

  /** Sets the manager up on an app, which then has it as `app.loginManager`. */
  initApp(app: BustAPI, options: LoginManagerOptions = {}): void {
    setManager(app, this)
    Object.defineProperty(app, 'loginManager', { value: this, configurable: true, writable: true })
    app.beforeRequest(() => this.#beforeRequest())
    const hooks = app.beforeRequestFuncs.get(null)
    // Hooks that were there before want to know the user as well.
    if (hooks !== undefined && hooks.length > 1) hooks.unshift(hooks.pop() as (typeof hooks)[0])
    app.afterRequest((response: Response) => finishLogin(response))
    if (options.addContextProcessor !== false) app.contextProcessor(templateUser)
  }

  #beforeRequest(): MaybePromise<undefined> {
    this.#passport.prepare()
    if (this.#isSync()) return
    return andThen(preloadUser(this), () => undefined)
  }

  #isSync(): boolean {
    return (
      (this.#userCallback === null || this.#userKind === 'sync') &&
      (this.#requestCallback === null || this.#requestKind === 'sync')
    )
  }

  /**
   * Sets the function that finds the user of an id, in a database say; null when there is none.
   * @returns the function
   */
  userLoader<F extends UserLoader>(callback: F): F {
    this.#userCallback = callback
    this.#userKind = kindOf(callback)
    return callback
  }

  /** The function that `userLoader` has set. */
  get userCallback(): UserLoader | null {
    return this.#userCallback
  }

  /**
   * Sets the function that finds the user of a request without session, by a header say; null when
   * there is none. Nothing of it is kept in the session.
   * @returns the function
   */
  requestLoader<F extends RequestLoader>(callback: F): F {
    this.#requestCallback = callback
    this.#requestKind = kindOf(callback)
    return callback
  }

  /** The function that `requestLoader` has set. */
  get requestCallback(): RequestLoader | null {
    return this.#requestCallback
  }

  /** Calls the user loader, and learns whether it is asynchronous. */
  callUserLoader(id: string): MaybePromise<UserLike | null> {
    const found = this.#userCallback?.(id) ?? null
    this.#userKind = learned(this.#userKind, found)
    return isThenable(found) ? found.then((user) => user ?? null) : found
  }

  /** Calls the request loader, and learns whether it is asynchronous. */
  callRequestLoader(request: Request): MaybePromise<UserLike | null> {
    const found = this.#requestCallback?.(request) ?? null
    this.#requestKind = learned(this.#requestKind, found)
    return isThenable(found) ? found.then((user) => user ?? null) : found
  }

  /** A new anonymous user. */
  makeAnonymous(): UserLike {
    const make = this.anonymousUser
    // Functions that cannot be constructed, arrow functions say, have no prototype.
    return 'prototype' in make && make.prototype !== undefined
      ? Reflect.construct(make, [])
      : (make as () => UserLike)()
  }

  /**
   * Sets the function that answers who has not logged in, in place of the redirect or the 401.
   * @returns the function
   */
  unauthorizedHandler<F extends () => MaybePromise<ResponseReturnValue>>(callback: F): F {
    this.unauthorizedCallback = callback
    return callback
  }

  /**
   * Sets the function that answers whose login is not fresh, in place of the redirect or the 401.
   * @returns the function
   */
  needsRefreshHandler<F extends () => MaybePromise<ResponseReturnValue>>(callback: F): F {
    this.needsRefreshCallback = callback
    return callback
  }

  /**
   * What to return to who has not logged in: the handler's answer, else a redirect to the login view
   * with a flashed message.
   * @throws {Unauthorized} without a login view.
   */
  unauthorized(): MaybePromise<ResponseReturnValue> {
    return askToLogIn(this, userUnauthorized, this.unauthorizedCallback, (blueprint) => ({
      view: loginViewOf(this, blueprint),
      message: this.loginMessage,
      category: this.loginMessageCategory,
    }))
  }

  /**
   * What to return to whose login is not fresh: the handler's answer, else a redirect to the refresh
   * view with a flashed message.
   * @throws {Unauthorized} without a refresh view.
   */
  needsRefresh(): MaybePromise<ResponseReturnValue> {
    return askToLogIn(this, userNeedsRefresh, this.needsRefreshCallback, () => ({
      view: this.refreshView,
      message: this.needsRefreshMessage,
      category: this.needsRefreshMessageCategory,
    }))
  }

  // -- passport ------------------------------------------------------------------------------

  /**
   * Passport's authenticator, which runs the strategies: one of this manager's own, loaded when first
   * needed, unless you assign one.
   * @throws {RuntimeError} when the package `passport` is not installed.
   */
  get passport(): PassportLike {
    return this.#passport.authenticator
  }

  set passport(authenticator: PassportLike) {
    this.#passport.authenticator = authenticator
  }

  /**
   * Adds a passport strategy, under its own name or another.
   * @throws {RuntimeError} when the package `passport` is not installed.
   */
  use(strategy: StrategyLike): this
  use(name: string, strategy: StrategyLike): this
  use(name: string | StrategyLike, strategy?: StrategyLike): this {
    if (typeof name === 'string') this.passport.use(name, strategy as StrategyLike)
    else this.passport.use(name)
    return this
  }

  /** The function {@link authenticate}, with this manager's strategies. */
  authenticate(
    name: StrategyName,
    options: AuthenticateOptions = {},
    callback?: AuthenticateCallback,
  ): AuthenticateStep {
    return makeStep(() => this, name, options, callback)
  }
}

/** The class of an app, so that `app.loginManager` has a type. */
declare module '../../src/app.ts' {
  interface BustAPI {
    /** The app's login manager (Flask-Login's `app.login_manager`), once one is set up. */
    loginManager: LoginManager
  }
}

function kindOf(callback: (...args: never[]) => unknown): LoaderKind {
  return Object.prototype.toString.call(callback) === '[object AsyncFunction]' ? 'async' : 'unknown'
}

/** One promise makes a loader asynchronous for good; that it found nobody at once shows nothing. */
function learned(kind: LoaderKind, found: MaybePromise<unknown>): LoaderKind {
  if (isThenable(found)) return 'async'
  return kind === 'unknown' && found !== null ? 'sync' : kind
}

function isNoStaticFile({ endpoint }: Request): boolean {
  return endpoint !== 'static' && !endpoint?.endsWith('.static')
}

/** Key of the app's own view in `blueprintLoginViews` (Flask-Login's None). */
const NO_BLUEPRINT = ''

function loginViewOf(manager: LoginManager, blueprint: string | null): string | null {
  const views = manager.blueprintLoginViews
  const name = blueprint ?? NO_BLUEPRINT
  return Object.hasOwn(views, name) ? (views[name] ?? null) : manager.loginView
}

/**
 * Sets the login view of the current app, or of one blueprint (Flask-Login's `set_login_view`).
 * @param blueprint which it is for; null: the app
 */
export function setLoginView(
  loginView: string,
  blueprint: { readonly name: string } | null = null,
): void {
  const manager = managerOf(currentApp)
  const views = manager.blueprintLoginViews
  if (blueprint === null && Object.keys(views).length === 0) {
    manager.loginView = loginView
    return
  }
  views[blueprint?.name ?? NO_BLUEPRINT] = loginView
  if (manager.loginView !== null && !Object.hasOwn(views, NO_BLUEPRINT)) {
    views[NO_BLUEPRINT] = manager.loginView
  }
  manager.loginView = null
}
