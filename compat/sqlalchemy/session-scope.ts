import { getAppContext, tryGetAppContext } from '../../src/core.ts'
import { type EventHub, kEvents } from './orm/mapping/event-hub.ts'
import type { Session } from './orm/session/session.ts'

/** `db.session`: the session of the active app context, and a function that gives it. */
export type ScopedSession<S extends Session = Session> = S & {
  /** The session itself, for work that goes on with it elsewhere. */
  (): S
  /** Closes the session, if there is one; the next use makes a new one. */
  remove(): Promise<void>
}

/** Which session is meant: the same value, the same session. */
export type ScopeFunction = () => unknown

/** What has room for sessions, by the scope they belong to. */
type Holder = { [scope: symbol]: Session | undefined }

/** One session for each app context, or for each value of a scope function, made when it is first used. */
export class SessionScope {
  // On the context itself: a WeakMap of short-lived contexts keeps each of them until the next full collection.
  readonly #key = Symbol('bustapi.sqlalchemy.session')
  /** Sessions of a scope function: held until they are removed, as its values may be plain ones. */
  readonly #ofValues = new Map<unknown, Session>()
  readonly #make: () => Session
  readonly #scope: ScopeFunction | null

  constructor(make: () => Session, scope: ScopeFunction | null = null) {
    this.#make = make
    this.#scope = scope
  }

  /** The current session. Throws RuntimeError outside an app context. */
  current(): Session {
    return this.#scope === null ? this.#inContext() : this.#inValue(this.#scope())
  }

  #inContext(): Session {
    const context = getAppContext() as object as Holder
    const known = context[this.#key]
    if (known !== undefined) return known
    const session = this.#make()
    context[this.#key] = session
    return session
  }

  #inValue(value: unknown): Session {
    const known = this.#ofValues.get(value)
    if (known !== undefined) return known
    const session = this.#make()
    this.#ofValues.set(value, session)
    return session
  }

  /** Ends the current session; nothing where there is none. */
  remove(): Promise<void> | undefined {
    if (this.#scope !== null) {
      const value = this.#scope()
      const session = this.#ofValues.get(value)
      this.#ofValues.delete(value)
      return session?.close()
    }
    const context = tryGetAppContext() as object | null as Holder | null
    const session = context?.[this.#key]
    if (context === null || session === undefined) return undefined
    context[this.#key] = undefined
    return session.close()
  }
}

/**
 * What stands for whichever session is current.
 * @param hub listeners of all these sessions: `event.listen(db.session, …)` needs no current one
 */
export function scopedSession(scope: SessionScope, hub: EventHub): ScopedSession {
  const remove = async (): Promise<void> => scope.remove()
  return new Proxy((() => scope.current()) as unknown as ScopedSession, {
    get(_target, key) {
      if (key === 'remove') return remove
      if (key === kEvents) return hub
      const session = scope.current()
      const value: unknown = Reflect.get(session, key)
      // A method works on the session: its private fields would not be found on the proxy.
      return typeof value === 'function' ? value.bind(session) : value
    },
    set: (_target, key, value) => Reflect.set(scope.current(), key, value),
    has: (_target, key) => Reflect.has(scope.current(), key),
  })
}

/** The class of one `db`'s sessions, which have listeners of their own. */
export function sessionClass(Base: typeof Session, hub: EventHub): typeof Session {
  class ScopedToContext extends Base {
    static override readonly [kEvents]: EventHub = hub
  }
  Object.defineProperty(ScopedToContext, 'name', { value: Base.name })
  return ScopedToContext
}
