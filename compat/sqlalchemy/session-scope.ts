import { getAppContext, tryGetAppContext } from '../../src/core.ts'
import type { Session } from './orm/session/session.ts'

/** `db.session`: the session of the active app context, and a function that gives it. */
export type ScopedSession = Session & {
  /** The session itself, for work that goes on with it elsewhere. */
  (): Session
  /** Closes the session, if there is one; the next use makes a new one. */
  remove(): Promise<void>
}

/** What has room for sessions, by the scope they belong to. */
type Holder = { [scope: symbol]: Session | undefined }

/** One session for each app context, made when it is first used. */
export class SessionScope {
  // On the context itself: a WeakMap of short-lived contexts keeps each of them until the next full collection.
  readonly #key = Symbol('bustapi.sqlalchemy.session')
  readonly #make: () => Session

  constructor(make: () => Session) {
    this.#make = make
  }

  /** The session of the active app context. Throws RuntimeError outside one. */
  current(): Session {
    const context = getAppContext() as object as Holder
    const known = context[this.#key]
    if (known !== undefined) return known
    const session = this.#make()
    context[this.#key] = session
    return session
  }

  /** Ends the session of the active app context; nothing where there is none. */
  remove(): Promise<void> | undefined {
    const context = tryGetAppContext() as object | null as Holder | null
    const session = context?.[this.#key]
    if (context === null || session === undefined) return undefined
    context[this.#key] = undefined
    return session.close()
  }
}

/** What stands for whichever session is current. */
export function scopedSession(scope: SessionScope): ScopedSession {
  const remove = async (): Promise<void> => scope.remove()
  return new Proxy((() => scope.current()) as unknown as ScopedSession, {
    get(_target, key) {
      if (key === 'remove') return remove
      const session = scope.current()
      const value: unknown = Reflect.get(session, key)
      // A method works on the session: its private fields would not be found on the proxy.
      return typeof value === 'function' ? value.bind(session) : value
    },
    set: (_target, key, value) => Reflect.set(scope.current(), key, value),
    has: (_target, key) => Reflect.has(scope.current(), key),
  })
}
