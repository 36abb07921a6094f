import { describe, expect, it } from 'vitest'
import { Config, DEFAULT_CONFIG } from '../../src/config.ts'
import {
  type SessionApp,
  SessionInterface,
  SessionMixin,
  type SessionRequest,
} from '../../src/sessions/interface.ts'

const store = new Map<string, Record<string, unknown>>()

class StoredSession extends SessionMixin {
  sid = ''
}

/** Sessions kept on the server, under an id in the cookie. */
class StoreSessionInterface extends SessionInterface {
  override async openSession(app: SessionApp, request: SessionRequest): Promise<StoredSession> {
    const sid = request.cookies.get(this.getCookieName(app)) ?? 'fresh'
    const session = new StoredSession(store.get(sid) ?? null)
    session.sid = sid
    session.new = !store.has(sid)
    return session
  }

  override async saveSession(_app: SessionApp, session: SessionMixin): Promise<void> {
    store.set((session as StoredSession).sid, session.toJSON())
  }
}

describe('SessionInterface', () => {
  it('may keep sessions anywhere, asynchronously', async () => {
    const app = { config: new Config('/', DEFAULT_CONFIG), secretKey: null }
    const sessions = new StoreSessionInterface()
    const request = { cookies: { get: (name: string) => (name === 'session' ? 'id-1' : null) } }
    const first = await sessions.openSession(app, request)
    expect([first.new, first.modified]).toEqual([true, true])
    first.user = 'ana'
    await sessions.saveSession(app, first)
    const second = await sessions.openSession(app, request)
    expect(second.new).toBe(false)
    expect(second.toJSON()).toEqual({ user: 'ana' })
  })

  it('is opened and saved with every request unless it says otherwise', () => {
    const app = { config: new Config('/', DEFAULT_CONFIG), secretKey: null }
    const sessions = new StoreSessionInterface()
    expect(sessions.openOnTouch).toBe(false)
    expect(sessions.pickleBased).toBe(false)
    expect(sessions.mustSaveUntouched(app, undefined)).toBe(true)
    expect(sessions.isNullSession(sessions.makeNullSession(app))).toBe(true)
  })
})
