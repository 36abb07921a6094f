import type { RequestContext } from '../../../src/core.ts'
import type { SessionMixin } from '../../../src/index.ts'
import { stateOf } from '../state.ts'
import type { Done, PassportRequest } from './types.ts'

/**
 * What stays in a session that is renewed: messages for the user, how long it lives, and where the
 * user wanted to go (which is checked before it is used).
 */
const KEPT: ReadonlySet<string> = new Set(['_flashes', '_permanent', 'next'])

/** Empties the session as one that begins anew, and has it stored under a new id. */
export function renewSession(context: RequestContext, keepAll = false): void {
  const { session } = context
  if (!keepAll) for (const name of [...session.keys()]) if (!KEPT.has(name)) session.pop(name)
  session.modified = true
  stateOf(context).renews = true
}

type Stored = Record<string, unknown>

/** Where a view reads: the session, until it is renewed; then what was in it before. */
interface Source {
  stored: Stored | null
}

/**
 * The session as express-session shows it: values by name, `regenerate`, `save` and the others. It
 * is stored with the response, so `save` and `reload` have nothing to wait for.
 */
export function sessionView(context: RequestContext, raw: PassportRequest): object {
  const source: Source = { stored: null }
  const { session } = context
  const later = (done: unknown): void => {
    if (typeof done === 'function') (done as Done)()
  }
  const methods: Stored = {
    regenerate(done?: Done) {
      source.stored = session.toJSON()
      renewSession(context)
      setView(raw, sessionView(context, raw))
      later(done)
    },
    save(done?: Done) {
      session.modified = true
      later(done)
    },
    destroy(done?: Done) {
      session.clear()
      stateOf(context).renews = true
      later(done)
    },
    reload: later,
    touch: () => undefined,
  }
  return new Proxy({}, handler(session, source, methods))
}

function handler(session: SessionMixin, source: Source, methods: Stored): ProxyHandler<object> {
  const has = (name: string): boolean =>
    source.stored === null ? session.has(name) : Object.hasOwn(source.stored, name)
  const get = (name: string): unknown =>
    source.stored === null ? session.get(name) : source.stored[name]
  return {
    get(_target, name) {
      if (typeof name === 'symbol') return undefined
      if (Object.hasOwn(methods, name)) return methods[name]
      if (!has(name)) return undefined
      const value = get(name)
      // Strategies change what they find inside of it, which the session cannot see.
      if (typeof value === 'object' && value !== null) session.modified = true
      return value
    },
    set(_target, name, value) {
      if (typeof name === 'symbol') return false
      if (source.stored === null) session.set(name, value)
      else source.stored[name] = value
      return true
    },
    has: (_target, name) => typeof name === 'string' && (Object.hasOwn(methods, name) || has(name)),
    deleteProperty(_target, name) {
      if (typeof name === 'symbol') return true
      if (source.stored !== null) delete source.stored[name]
      else if (session.has(name)) session.pop(name)
      return true
    },
    ownKeys: () => (source.stored === null ? [...session.keys()] : Object.keys(source.stored)),
    getOwnPropertyDescriptor(_target, name) {
      if (typeof name === 'symbol' || !has(name)) return undefined
      return { value: get(name), writable: true, enumerable: true, configurable: true }
    },
  }
}

/** Shows a session on the raw request. */
export function setView(raw: PassportRequest, view: unknown): void {
  Object.defineProperty(raw, 'session', { value: view, configurable: true, writable: true })
}
