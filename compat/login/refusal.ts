import { getRequestContext, type MaybePromise } from '../../src/core.ts'
import { abort, flash, type ResponseReturnValue, redirect, type Signal } from '../../src/index.ts'
import { USE_SESSION_FOR_NEXT } from './constants.ts'
import type { LoginManager } from './manager.ts'
import { stateOf } from './state.ts'
import { expandLoginView, loginUrl, makeNextParam } from './urls.ts'

/** Where to send somebody, and what to tell. */
interface Destination {
  readonly view: string | null
  readonly message: string | null
  readonly category: string
}

/**
 * The answer to who must log in first.
 * @throws {Unauthorized} when there is no page to log in.
 */
export function askToLogIn(
  manager: LoginManager,
  signal: Signal,
  callback: (() => MaybePromise<ResponseReturnValue>) | null,
  destination: (blueprint: string | null) => Destination,
): MaybePromise<ResponseReturnValue> {
  const context = getRequestContext()
  stateOf(context).tell(signal)
  if (callback !== null) return callback()
  const { request, session, app } = context
  const { view, message, category } = destination(request.blueprint)
  if (!view) return abort(401)
  if (message) flash(manager.localizeCallback?.(message) ?? message, category)
  if (!app.config.get<boolean>('USE_SESSION_FOR_NEXT', USE_SESSION_FOR_NEXT)) {
    return redirect(loginUrl(view, request.url))
  }
  const url = expandLoginView(view)
  session.set('_id', manager.sessionIdentifier(request))
  session.set('next', makeNextParam(url, request.url))
  return redirect(url)
}
