import {
  getRequestContext,
  isThenable,
  type MaybePromise,
  type RequestContext,
} from '../../src/core.ts'
import type { LoginManager } from './manager.ts'
import { rememberedId, rememberName } from './remember.ts'
import { type LoginState, type Outcome, stateOf } from './state.ts'
import type { UserLike } from './types.ts'

/**
 * Waits for the user before hooks and view run, so that `currentUser` needs no `await`. Only what
 * loaders find is kept: session and signals stay untouched until somebody asks for the user, as in
 * Flask-Login. Nothing is loaded for a request that names no user.
 */
export function preloadUser(manager: LoginManager): MaybePromise<void> {
  const context = getRequestContext()
  if (!manager.preload(context.request)) return
  const cookies = context.request.raw.headers.cookie
  if (cookies === undefined && manager.requestCallback === null) return
  const id = manager.userCallback === null ? null : sessionUser(context, cookies)
  if (id === null) return preloadElsewhere(manager, context, cookies)
  const state = stateOf(context)
  const user = keep(state, id, () => manager.callUserLoader(id))
  if (isThenable(user)) {
    return user.then((found) =>
      found === null ? preloadElsewhere(manager, context, cookies) : undefined,
    )
  }
  return user === null ? preloadElsewhere(manager, context, cookies) : undefined
}

/** The user that the session names, without marking it as used. */
function sessionUser(context: RequestContext, cookies: string | undefined): string | null {
  const { app } = context
  const opened = context.peekSession()
  if (opened !== null) return opened.get<string>('_user_id')
  const name = app.sessionInterface.getCookieName(app)
  if (cookies === undefined || !cookies.includes(name)) return null
  return context.openedSession().get<string>('_user_id')
}

function preloadElsewhere(
  manager: LoginManager,
  context: RequestContext,
  cookies: string | undefined,
): MaybePromise<void> {
  const { app, request } = context
  const name = rememberName(app)
  const cookie = cookies?.includes(name) ? request.cookies.get(name) : null
  if (cookie !== null) {
    const id = manager.userCallback === null ? null : rememberedId(app, cookie)
    if (id === null) return
    const state = stateOf(context)
    if (state.ahead.has(id)) return
    return ended(keep(state, id, () => manager.callUserLoader(id)))
  }
  if (manager.requestCallback === null) return
  const state = stateOf(context)
  return ended(
    watch(
      () => manager.callRequestLoader(request),
      (outcome) => {
        state.requestAhead = outcome
      },
    ),
  )
}

const keep = (
  state: LoginState,
  id: string,
  load: () => MaybePromise<UserLike | null>,
): MaybePromise<UserLike | null> => watch(load, (outcome) => state.ahead.set(id, outcome))

/** Hands on what a loader found or failed with; a failure is raised only when the user is asked for. */
function watch(
  load: () => MaybePromise<UserLike | null>,
  done: (outcome: Outcome) => void,
): MaybePromise<UserLike | null> {
  const gave = (user: UserLike | null): UserLike | null => {
    done({ user })
    return user
  }
  const failed = (error: unknown): null => {
    done({ error })
    return null
  }
  try {
    const user = load()
    return isThenable(user) ? user.then(gave, failed) : gave(user)
  } catch (error) {
    return failed(error)
  }
}

function ended(value: MaybePromise<unknown>): MaybePromise<void> {
  if (isThenable(value)) return value.then(() => undefined)
}
