import {
  Float,
  getRequestContext,
  isThenable,
  type MaybePromise,
  type RequestContext,
} from '../../src/core.ts'
import type { Response, SessionMixin } from '../../src/index.ts'
import { clearRememberCookie, setRememberCookie } from './remember.ts'
import { type LoginState, tryStateOf } from './state.ts'

/**
 * Sets or deletes the remember cookie as the session says, after each request (Flask-Login's
 * `_update_remember_cookie`), gives the session a new id after a login or a logout, and waits for
 * signal receivers.
 */
export function finishLogin(response: Response): MaybePromise<Response> {
  const context = getRequestContext()
  const { app } = context
  const refreshes = Boolean(app.config.REMEMBER_COOKIE_REFRESH_EACH_REQUEST)
  if (context.peekSession() === null && !refreshes) {
    // Flask-Login looks into the session of every request; nobody has, so it need not be opened.
    if (app.secretKey) response.vary.add('Cookie')
    return response
  }
  updateCookie(context, response, refreshes)
  const state = tryStateOf(context)
  if (state === undefined || (state.pending === null && !state.renews)) return response
  return settle(context, state, response)
}

function updateCookie(context: RequestContext, response: Response, refreshes: boolean): void {
  const { app, session } = context
  if (refreshes && !session.has('_remember')) session.set('_remember', 'set')
  if (session.has('_remember')) {
    const operation = session.pop('_remember')
    if (operation === 'set') {
      if (session.has('_user_id')) setRememberCookie(app, session, response)
    } else if (operation === 'clear') clearRememberCookie(app, response)
  }
  const seconds = session.get('_remember_seconds')
  // Python's float stays one in the cookie, which is written as Flask would write it.
  if (typeof seconds === 'number' && app.sessionInterface.shouldSetCookie(app, session)) {
    session.set('_remember_seconds', new Float(seconds))
  }
}

function settle(
  context: RequestContext,
  state: LoginState,
  response: Response,
): MaybePromise<Response> {
  const { pending } = state
  state.pending = null
  const renewed = state.renews ? renew(context) : undefined
  state.renews = false
  if (pending === null && !isThenable(renewed)) return response
  return Promise.all([renewed, ...(pending ?? [])]).then(() => response)
}

/** What interfaces that keep sessions on the server have, under Flask-Session's name. */
interface Regenerating {
  regenerate?(app: RequestContext['app'], session: SessionMixin): MaybePromise<void>
}

/** A session kept on the server gets a new id; one in a cookie is new with its contents. */
function renew(context: RequestContext): MaybePromise<void> {
  const { app, session } = context
  if (app.sessionInterface.isNullSession(session)) return
  return (app.sessionInterface as Regenerating).regenerate?.(app, session)
}
