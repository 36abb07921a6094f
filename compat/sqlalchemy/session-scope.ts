import { type AppContext, getAppContext, tryGetAppContext } from '../../src/core.ts'
import { type EventHub, kEvents } from './orm/mapping/event-hub.ts'
import type { Session } from './orm/session/session.ts'
import { sessionHub } from './orm/session/session-events.ts'

/** `db.session`: the session of the active app context, and a function that gives it. */
export type ScopedSession = Session & {
  /** The session itself, for work that goes on with it elsewhere. */
  (): Session
  /** Closes the session, if there is one; the next use makes a new one. */
  remove(): Promise<void>
}

/** One session for each app context, made when it is first used. */
export class SessionScope {
  /** Listeners of all sessions of this scope: `event.listen(db.session, 'beforeFlush', fn)`. */
  readonly events: EventHub = sessionHub('scoped_session')
  readonly #sessions = new WeakMap<AppContext, Session>()
  readonly #make: () => Session

  constructor(make: () => Session) {
    this.#make = make
  }

  /** The session of the active app context. Throws RuntimeError outside one. */
  current(): Session {
    const context = getAppContext()
    const known = this.#sessions.get(context)
    if (known !== undefined) return known
    const session = this.#make()
    this.#sessions.set(context, session)
    return session
  }

  /** Ends the session of the active app context; nothing where there is none. */
  remove(): Promise<void> | undefined {
    const context = tryGetAppContext()
    const session = context === null ? undefined : this.#sessions.get(context)
    if (context === null || session === undefined) return undefined
    this.#sessions.delete(context)
    return session.close()
  }
}

/** What stands for whichever session is current. */
export function scopedSession(scope: SessionScope): ScopedSession {
  const remove = async (): Promise<void> => scope.remove()
  return new Proxy((() => scope.current()) as unknown as ScopedSession, {
    get(_target, key) {
      if (key === 'remove') return remove
      if (key === kEvents) return scope.events
      const session = scope.current()
      const value: unknown = Reflect.get(session, key)
      // A method works on the session: its private fields would not be found on the proxy.
      return typeof value === 'function' ? value.bind(session) : value
    },
    set: (_target, key, value) => Reflect.set(scope.current(), key, value),
    has: (_target, key) => Reflect.has(scope.current(), key),
  })
}
