import {
  getRequestContext,
  type Lifetime,
  lifetimeSeconds,
  type RequestContext,
} from '../../src/core.ts'
import { getCurrentObject } from '../../src/index.ts'
import { getUser } from './load-user.ts'
import { managerOf } from './manager-of.ts'
import { rememberedId, rememberName } from './remember.ts'
import { userLoggedIn, userLoggedOut, userLoginConfirmed } from './signals.ts'
import { stateOf } from './state.ts'
import type { UserLike } from './types.ts'

/** Options of {@link loginUser}: the keyword arguments of Flask-Login's `login_user`. */
export interface LoginOptions {
  /** Whether a cookie is to log the user in again when the session has ended. Default false. */
  remember?: boolean
  /** How long that cookie lasts: seconds, or `{ days: 7 }`. Default `REMEMBER_COOKIE_DURATION`. */
  duration?: Lifetime | null
  /** Whether an inactive user may log in. Default false. */
  force?: boolean
  /** Whether the login counts as fresh. Default true. */
  fresh?: boolean
}

/**
 * Logs a user in. The session keeps what is in it but is a new one: what was known of it before the
 * login is worth nothing.
 * @returns false when the user is not active and `force` is not set
 * @throws {TypeError} when `duration` is no span of time, or the user has no id.
 */
export function loginUser(user: UserLike, options: LoginOptions = {}): boolean {
  return signIn(getRequestContext(), getCurrentObject(user), options)
}

/** As {@link loginUser}, for code that may run outside of the request's asynchronous flow. */
export function signIn(context: RequestContext, user: UserLike, options: LoginOptions): boolean {
  if (!options.force && !user.isActive) return false
  const { app, request, session } = context
  const manager = managerOf(app)
  const getId = (user as unknown as Record<string, unknown>)[manager.idAttribute]
  if (typeof getId !== 'function') {
    throw new TypeError(`The user has no method ${manager.idAttribute}() that gives its id.`)
  }
  const duration = options.duration ?? null
  const seconds = duration === null ? null : durationSeconds(duration)
  session.set('_user_id', getId.call(user))
  session.set('_fresh', options.fresh ?? true)
  session.set('_id', manager.sessionIdentifier(request))
  if (options.remember) {
    session.set('_remember', 'set')
    if (seconds !== null) session.set('_remember_seconds', seconds)
  }
  const state = stateOf(context)
  state.user = user
  state.renews = true
  state.tell(userLoggedIn, { user })
  return true
}

function durationSeconds(duration: Lifetime): number {
  try {
    return lifetimeSeconds(duration)
  } catch (cause) {
    throw new TypeError(
      `duration must be a number of seconds or an object such as { days: 7 }, instead got: ${String(duration)}`,
      { cause },
    )
  }
}

/**
 * Logs the user out and deletes the remember cookie; the rest of the session stays.
 * @returns true
 */
export function logoutUser(): boolean {
  return signOut(getRequestContext(), getUser())
}

/** As {@link logoutUser}, for code that may run outside of the request's asynchronous flow. */
export function signOut(context: RequestContext, user: UserLike): boolean {
  const { app, request, session } = context
  for (const key of ['_user_id', '_fresh', '_id']) if (session.has(key)) session.pop(key)
  if (request.cookies.has(rememberName(app))) {
    session.set('_remember', 'clear')
    if (session.has('_remember_seconds')) session.pop('_remember_seconds')
  }
  const state = stateOf(context)
  state.renews = true
  state.tell(userLoggedOut, { user })
  state.user = managerOf(app).makeAnonymous()
  return true
}

/** Makes the login fresh, after the password was asked for again (Flask-Login's `confirm_login`). */
export function confirmLogin(): void {
  const context = getRequestContext()
  const { app, request, session } = context
  session.set('_fresh', true)
  session.set('_id', managerOf(app).sessionIdentifier(request))
  const state = stateOf(context)
  state.renews = true
  state.tell(userLoginConfirmed)
}

/** Whether the login is fresh: not from a remember cookie, nor from another client. */
export function loginFresh(): boolean {
  return Boolean(getRequestContext().session.get('_fresh', false))
}

/** Whether the request has a valid remember cookie. */
export function loginRemembered(): boolean {
  const { app, request, session } = getRequestContext()
  const cookie = request.cookies.get(rememberName(app))
  if (cookie === null || session.get('_remember') === 'clear') return false
  return rememberedId(app, cookie) !== null
}
