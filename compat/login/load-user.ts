import {
  getRequestContext,
  isThenable,
  type MaybePromise,
  type RequestContext,
} from '../../src/core.ts'
import { RuntimeError } from '../../src/index.ts'
import { SESSION_KEYS } from './constants.ts'
import type { LoginManager } from './manager.ts'
import { managerOf } from './manager-of.ts'
import { rememberedId, rememberName } from './remember.ts'
import {
  sessionProtected,
  userAccessed,
  userLoadedFromCookie,
  userLoadedFromRequest,
} from './signals.ts'
import { type LoginState, type Outcome, stateOf } from './state.ts'
import type { UserLike } from './types.ts'

/**
 * The user of the running request, found when first asked for (what `currentUser` stands for).
 * @throws {RuntimeError} when the loader is asynchronous and has not been awaited.
 */
export function getUser(): UserLike {
  const context = getRequestContext()
  const state = stateOf(context)
  if (state.user !== null) return state.user
  const user = resolveUser(context, state)
  if (!isThenable(user)) return user
  user.then(undefined, () => undefined)
  throw new RuntimeError(
    'The user is loaded asynchronously and has not been waited for: `await loadUser()` before ' +
      'currentUser is used here, or let `loginManager.preload` return true for this request.',
  )
}

/**
 * Finds the user of the running request and waits for asynchronous loaders, after which
 * `currentUser` can be used. Needed only where nothing has waited before: in a request context made
 * by hand, and where `LoginManager.preload` says no.
 */
export async function loadUser(): Promise<UserLike> {
  const context = getRequestContext()
  return await resolveUser(context, stateOf(context))
}

/** The user of a request, found now unless it is known; a promise when a loader gives one. */
export function resolveUser(context: RequestContext, state: LoginState): MaybePromise<UserLike> {
  if (state.user !== null) return state.user
  if (state.loading !== null) return state.loading
  const manager = managerOf(context.app)
  let found: MaybePromise<UserLike | null>
  state.isFinding = true
  try {
    found = findUser(manager, context, state)
  } catch (error) {
    state.isFinding = false
    throw error
  }
  if (!isThenable(found)) {
    state.isFinding = false
    return settle(manager, state, found)
  }
  const over = (): void => {
    state.loading = null
    state.isFinding = false
  }
  const loading = found.then((user) => settle(manager, state, user))
  state.loading = loading
  loading.then(over, over)
  return loading
}

/** A login in the meantime is newer than what was found. */
function settle(manager: LoginManager, state: LoginState, user: UserLike | null): UserLike {
  state.user ??= user ?? manager.makeAnonymous()
  return state.user
}

/** Flask-Login's `_load_user`: the session's user, else the cookie's, else the request's. */
function findUser(
  manager: LoginManager,
  context: RequestContext,
  state: LoginState,
): MaybePromise<UserLike | null> {
  const { userCallback, requestCallback } = manager
  if (userCallback === null && requestCallback === null) {
    throw new RuntimeError(
      'Missing userLoader or requestLoader: give the LoginManager a function that finds users.',
    )
  }
  state.tell(userAccessed)
  const { session } = context
  if (isProtectionFailed(manager, context, state)) return null
  const id = session.get<string>('_user_id')
  if (id === null || userCallback === null) return findElsewhere(manager, context, state)
  const user = loadById(manager, state, id)
  return isThenable(user)
    ? user.then((loaded) => loaded ?? findElsewhere(manager, context, state))
    : (user ?? findElsewhere(manager, context, state))
}

function findElsewhere(
  manager: LoginManager,
  context: RequestContext,
  state: LoginState,
): MaybePromise<UserLike | null> {
  const { request, session } = context
  const cookie = request.cookies.get(rememberName(context.app))
  if (cookie !== null && session.get('_remember') !== 'clear') {
    const id = rememberedId(context.app, cookie)
    if (id === null) return null
    session.set('_user_id', id)
    session.set('_fresh', false)
    if (manager.userCallback === null) return null
    return told(state, userLoadedFromCookie, loadById(manager, state, id))
  }
  if (manager.requestCallback === null) return null
  const ahead = state.requestAhead
  const user = ahead === null ? manager.callRequestLoader(request) : unwrap(ahead)
  return told(state, userLoadedFromRequest, user)
}

function told(
  state: LoginState,
  signal: typeof userLoadedFromCookie,
  found: MaybePromise<UserLike | null>,
): MaybePromise<UserLike | null> {
  if (isThenable(found)) return found.then((user) => told(state, signal, user))
  if (found !== null) state.tell(signal, { user: found })
  return found
}

function loadById(
  manager: LoginManager,
  state: LoginState,
  id: string,
): MaybePromise<UserLike | null> {
  const ahead = state.ahead.get(id)
  return ahead === undefined ? manager.callUserLoader(id) : unwrap(ahead)
}

function unwrap(outcome: Outcome): UserLike | null {
  if (outcome.user === undefined) throw outcome.error
  return outcome.user
}

/**
 * Whether strong protection has ended the session, because another client sends it than the one
 * that it was made for; basic protection only makes it stale (`_session_protection_failed`).
 */
function isProtectionFailed(
  manager: LoginManager,
  context: RequestContext,
  state: LoginState,
): boolean {
  const mode = context.app.config.get('SESSION_PROTECTION', manager.sessionProtection)
  if (mode !== 'basic' && mode !== 'strong') return false
  const { session } = context
  if (session.size === 0) return false
  if (session.get('_id') === manager.sessionIdentifier(context.request)) return false
  if (mode === 'basic' || session.permanent) {
    if (session.get('_fresh') !== false) session.set('_fresh', false)
    state.tell(sessionProtected)
    return false
  }
  for (const key of SESSION_KEYS) session.pop(key, null)
  session.set('_remember', 'clear')
  state.renews = true
  state.tell(sessionProtected)
  return true
}
