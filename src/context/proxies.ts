import type { BustAPI } from '../app.ts'
import { BUST_ERR_NO_APP_CONTEXT, BUST_ERR_NO_REQUEST_CONTEXT } from '../errors/codes.ts'
import type { Request } from '../request/request.ts'
import type { SessionMixin } from '../sessions/interface.ts'
import type { AppContext } from './app-context.ts'
import type { AppCtxGlobals } from './g.ts'
import type { RequestContext } from './request-context.ts'
import { currentScope } from './store.ts'

/**
 * The active request context.
 * @throws {BUST_ERR_NO_REQUEST_CONTEXT} outside one (Flask's RuntimeError).
 */
export function getRequestContext(): RequestContext {
  const context = currentScope()?.requestContext
  if (!context) throw new BUST_ERR_NO_REQUEST_CONTEXT()
  return context
}

/** The active request context, or null outside one. */
export function tryGetRequestContext(): RequestContext | null {
  return currentScope()?.requestContext ?? null
}

/**
 * The active app context.
 * @throws {BUST_ERR_NO_APP_CONTEXT} outside one (Flask's RuntimeError).
 */
export function getAppContext(): AppContext {
  const context = currentScope()?.appContext
  if (!context) throw new BUST_ERR_NO_APP_CONTEXT()
  return context
}

/** The active app context, or null outside one. */
export function tryGetAppContext(): AppContext | null {
  return currentScope()?.appContext ?? null
}

/** Key under which a context proxy gives the object that it stands for. */
const CURRENT: unique symbol = Symbol('bustapi.current')

/**
 * The object that a context proxy stands for now (Werkzeug's `_get_current_object`), for work that
 * goes on after the context has ended. Anything else is returned as it is.
 */
export function getCurrentObject<T extends object>(proxy: T): T {
  return ((proxy as { [CURRENT]?: T })[CURRENT] ?? proxy) as T
}

/** An object that stands for whatever `resolve` finds at each use (Werkzeug's `LocalProxy`). */
export function localProxy<T extends object>(resolve: () => T): T {
  return new Proxy(Object.create(null) as T, {
    get(_target, key) {
      const object = resolve()
      if (key === CURRENT) return object
      const value: unknown = Reflect.get(object, key)
      // A method works on the object: its private fields would not be found on the proxy. What the
      // user stored there is given back as it is.
      return typeof value === 'function' && key !== 'constructor' && !Object.hasOwn(object, key)
        ? value.bind(object)
        : value
    },
    set: (_target, key, value) => Reflect.set(resolve(), key, value),
    has: (_target, key) => Reflect.has(resolve(), key),
    deleteProperty: (_target, key) => Reflect.deleteProperty(resolve(), key),
    ownKeys: () => Reflect.ownKeys(resolve()),
    getOwnPropertyDescriptor(_target, key) {
      const found = Reflect.getOwnPropertyDescriptor(resolve(), key)
      // A proxy may not report a property as fixed that its own target does not have.
      return found && { ...found, configurable: true }
    },
    defineProperty: (_target, key, descriptor) =>
      Reflect.defineProperty(resolve(), key, descriptor),
    getPrototypeOf: () => Reflect.getPrototypeOf(resolve()),
  })
}

/** The request that is being handled (Flask's `request`). */
export const request: Request = localProxy(() => getRequestContext().request)

/** The session of the request that is being handled (Flask's `session`). */
export const session: SessionMixin = localProxy(() => getRequestContext().session)

/** The namespace of the active app context (Flask's `g`). */
export const g: AppCtxGlobals = localProxy(() => getAppContext().g)

/** The app that handles the request or whose context is active (Flask's `current_app`). */
export const currentApp: BustAPI = localProxy(() => getAppContext().app)

/** The active app context itself (Flask's `globals.app_ctx`). */
export const appCtx: AppContext = localProxy(getAppContext)

/** The active request context itself (Flask's `globals.request_ctx`). */
export const requestCtx: RequestContext = localProxy(getRequestContext)
