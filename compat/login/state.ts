import type { MaybePromise, RequestContext } from '../../src/core.ts'
import type { Request, Signal } from '../../src/index.ts'
import type { UserLike } from './types.ts'

/** What a loader gave or failed with before anybody asked for it. */
export type Outcome =
  | { readonly user: UserLike | null; readonly error?: undefined }
  | { readonly error: unknown; readonly user?: undefined }

/** What login knows of one request. Made when login first has something to remember. */
export class LoginState {
  readonly context: RequestContext
  /** The user, the anonymous one included; null until somebody asks. */
  user: UserLike | null = null
  /** A load that has not ended. */
  loading: PromiseLike<UserLike> | null = null
  /** Whether the loaders are running. */
  isFinding = false
  /** What was loaded ahead, by user id. */
  readonly ahead: Map<string, Outcome> = new Map()
  /** What the request loader gave ahead. */
  requestAhead: Outcome | null = null
  /** Whether the session needs a new id: a login or a logout changed what it may do. */
  renews = false
  /** Promises of signal receivers, which the response waits for. */
  pending: PromiseLike<unknown>[] | null = null

  constructor(context: RequestContext) {
    this.context = context
  }

  /** Sends a signal from the app; what receivers return is awaited before the response is sent. */
  tell(signal: Signal, kwargs: Record<string, unknown> = {}): void {
    if (!signal.hasReceivers) return
    const told: MaybePromise<void> = signal.emit(this.context.app, kwargs)
    if (told === undefined) return
    this.pending ??= []
    this.pending.push(told)
    // Awaited later: until then its failure must not count as unhandled.
    told.then(undefined, () => undefined)
  }
}

const states = new WeakMap<Request, LoginState>()

/** The state of a request; copies of its context share it. */
export function stateOf(context: RequestContext): LoginState {
  let state = states.get(context.request)
  if (state === undefined) {
    state = new LoginState(context)
    states.set(context.request, state)
  }
  return state
}

/** The state of a request if login has anything to remember of it. */
export const tryStateOf = (context: RequestContext): LoginState | undefined =>
  states.get(context.request)
