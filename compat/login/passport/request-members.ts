import type { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'
import { isThenable, type RequestContext } from '../../../src/core.ts'
import { flash, Unauthorized } from '../../../src/index.ts'
import { resolveUser } from '../load-user.ts'
import { type LoginOptions, signIn, signOut } from '../sign-in.ts'
import { stateOf } from '../state.ts'
import type { UserLike } from '../types.ts'
import { renewSession, sessionView, setView } from './session-view.ts'
import { originalUser, toUser } from './strategy-user.ts'
import type { AuthenticateOptions, Done, PassportRequest } from './types.ts'

/** How a raw request finds what belongs to it. */
interface Link {
  readonly context: RequestContext
  /** The user that a middleware before the app has put there, for a request loader to find. */
  readonly foreignUser: unknown
  /** The asynchronous flow of the request, which callbacks of a strategy may have left. */
  resource: AsyncResource | null
}

const links = new WeakMap<object, Link>()

/** Thrown to passport when a strategy accepts a user who is not active. */
export class InactiveUser extends Unauthorized {}

/**
 * Puts passport's members on the raw request of a context: `login`, `logout`, `isAuthenticated`,
 * `user` and `session`, all of which show the one login that `currentUser` and `loginUser` know.
 */
export function addMembers(context: RequestContext): void {
  const { raw } = context.request
  if (links.get(raw)?.context === context) return
  const { session, user } = raw as { readonly session?: unknown; readonly user?: unknown }
  links.set(raw, { context, foreignUser: user, resource: null })
  Object.defineProperties(raw, members)
  if (session === undefined) Object.defineProperty(raw, 'session', sessionMember)
}

/** Has the callbacks of a strategy run in the flow that it was started in. */
export function bindMembers(raw: IncomingMessage, resource: AsyncResource): void {
  const link = links.get(raw)
  if (link !== undefined) link.resource = resource
}

function linkOf(raw: object): Link {
  return links.get(raw) as Link
}

function within<T>({ resource }: Link, work: () => T): T {
  return resource === null ? work() : resource.runInAsyncScope(work)
}

/** Calls back with what `work` failed with, or raises it where there is nobody to call. */
function report(done: Done | undefined, work: () => void): void {
  try {
    work()
  } catch (error) {
    if (done === undefined) throw error
    done(error)
    return
  }
  done?.()
}

type Arguments = [options?: object | Done, done?: Done]

function split([first, second]: Arguments): { options: AuthenticateOptions; done?: Done } {
  if (typeof first === 'function') return { options: {}, done: first as Done }
  const options = (first ?? {}) as AuthenticateOptions
  return second === undefined ? { options } : { options, done: second }
}

function logIn(this: object, found: unknown, ...rest: Arguments): void {
  const link = linkOf(this)
  const { options, done } = split(rest)
  within(link, () => report(done, () => begin(link.context, toUser(found), options)))
}

function begin(context: RequestContext, user: UserLike, options: AuthenticateOptions): void {
  if (!options.force && !user.isActive) throw new InactiveUser()
  if (options.session === false) {
    stateOf(context).user = user
    return
  }
  renewSession(context, options.keepSessionInfo === true)
  signIn(context, user, loginOptions(context, options))
}

function loginOptions(context: RequestContext, options: AuthenticateOptions): LoginOptions {
  const { remember = false, duration = null, fresh = true, force = false } = options
  return {
    remember: typeof remember === 'function' ? remember(context.request) : remember,
    duration,
    fresh,
    force,
  }
}

function logOut(this: object, ...rest: Arguments): void {
  const link = linkOf(this)
  const { options, done } = split(rest)
  within(link, () => {
    const user = resolveUser(link.context, stateOf(link.context))
    const end = (found: UserLike): void =>
      report(done, () => {
        signOut(link.context, found)
        keepRememberOrder(link.context, options.keepSessionInfo === true)
      })
    if (isThenable(user)) user.then(end, done)
    else end(user)
  })
}

/** Renews the session, in which the order to delete the remember cookie must stay. */
function keepRememberOrder(context: RequestContext, keepAll: boolean): void {
  const order = context.session.get('_remember')
  renewSession(context, keepAll)
  if (order !== null) context.session.set('_remember', order)
}

/** The user as passport sees one: undefined for nobody. */
function signedIn(raw: object): unknown {
  const { context, foreignUser } = linkOf(raw)
  const state = stateOf(context)
  // A loader that looks here must not wait for itself.
  if (state.user === null && state.isFinding) return foreignUser
  const user = resolveUser(context, state)
  if (!isThenable(user)) return user.isAuthenticated ? originalUser(user) : undefined
  user.then(undefined, () => undefined)
  throw new TypeError('The user is loaded asynchronously: `await loadUser()` first.')
}

function isAuthenticated(this: object): boolean {
  return Boolean(signedIn(this))
}

function isUnauthenticated(this: object): boolean {
  return !signedIn(this)
}

const method = (value: unknown): PropertyDescriptor => ({
  value,
  writable: true,
  configurable: true,
})

const members: PropertyDescriptorMap & ThisType<PassportRequest> = {
  login: method(logIn),
  logIn: method(logIn),
  logout: method(logOut),
  logOut: method(logOut),
  isAuthenticated: method(isAuthenticated),
  isUnauthenticated: method(isUnauthenticated),
  user: {
    configurable: true,
    get() {
      return signedIn(this)
    },
    set(user: unknown) {
      const { context } = linkOf(this)
      stateOf(context).user = user === null || user === undefined ? null : toUser(user)
    },
  },
  flash: method((category: string, message: string) => flash(message, category)),
  get: method(function (this: IncomingMessage, name: string) {
    return this.headers[name.toLowerCase()]
  }),
  protocol: {
    configurable: true,
    get() {
      return linkOf(this).context.request.scheme
    },
  },
}

const sessionMember: PropertyDescriptor & ThisType<PassportRequest> = {
  configurable: true,
  get() {
    const view = sessionView(linkOf(this).context, this)
    setView(this, view)
    return view
  },
  set(value: unknown) {
    setView(this, value)
  },
}
