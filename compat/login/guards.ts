import {
  getRequestContext,
  isThenable,
  type MaybePromise,
  type RequestContext,
} from '../../src/core.ts'
import { EXEMPT_METHODS } from './constants.ts'
import { resolveUser } from './load-user.ts'
import { managerOf } from './manager-of.ts'
import { stateOf } from './state.ts'
import type { Guarded, UserLike } from './types.ts'
import { wrapView } from './wrap-view.ts'

/**
 * Lets only users who have logged in reach a view; others get `LoginManager.unauthorized()`
 * (Flask-Login's `login_required`). OPTIONS requests pass, and all do with `LOGIN_DISABLED`.
 *
 * @example
 * app.get('/account', loginRequired(() => renderTemplate('account.html')))
 * // or, for a method of a class
 * @app.route('/account') @loginRequired account() { … }
 * @returns a view with the same name and settings, which waits for an asynchronous user loader
 */
export function loginRequired<V extends Guarded>(
  view: V,
  _context?: ClassMethodDecoratorContext,
): V {
  return wrapView(view, (proceed) => guard(false, proceed))
}

/**
 * As {@link loginRequired}, and the login must be fresh; who has been remembered gets
 * `LoginManager.needsRefresh()` (Flask-Login's `fresh_login_required`).
 */
export function freshLoginRequired<V extends Guarded>(
  view: V,
  _context?: ClassMethodDecoratorContext,
): V {
  return wrapView(view, (proceed) => guard(true, proceed))
}

function guard(fresh: boolean, proceed: () => unknown): unknown {
  const context = getRequestContext()
  const { app, request } = context
  if (EXEMPT_METHODS.has(request.method) || app.config.LOGIN_DISABLED) return proceed()
  const user: MaybePromise<UserLike> = resolveUser(context, stateOf(context))
  return isThenable(user)
    ? user.then((loaded) => decide(context, loaded, fresh, proceed))
    : decide(context, user, fresh, proceed)
}

function decide(
  { app, session }: RequestContext,
  user: UserLike,
  fresh: boolean,
  proceed: () => unknown,
): unknown {
  if (!user.isAuthenticated) return managerOf(app).unauthorized()
  if (fresh && !session.get('_fresh', false)) return managerOf(app).needsRefresh()
  return proceed()
}
