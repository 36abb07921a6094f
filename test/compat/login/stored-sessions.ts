import { SecureCookieSession, SessionInterface, type SessionMixin } from 'bustapi'

/** Sessions kept on the server under an id, as Flask-Session keeps them. */
export class StoredSessions extends SessionInterface {
  readonly store: Map<string, Record<string, unknown>> = new Map()
  #last = 0

  override async openSession(
    _app: unknown,
    request: { cookies: { get(name: string): unknown } },
  ): Promise<SessionMixin> {
    const sid = String(request.cookies.get('sid') ?? '')
    const found = this.store.get(sid)
    return this.#made(found ?? {}, found === undefined ? this.#newId() : sid)
  }

  #made(data: object, sid: string): SessionMixin {
    const made = new SecureCookieSession(data)
    ids.set(made, sid)
    return made
  }

  #newId(): string {
    this.#last += 1
    return `id${this.#last}`
  }

  async regenerate(_app: unknown, session: SessionMixin): Promise<void> {
    this.store.delete(ids.get(session) ?? '')
    ids.set(session, this.#newId())
  }

  override async saveSession(
    _app: unknown,
    session: SessionMixin,
    response: { setCookie(name: string, value: string, options: object): unknown },
  ): Promise<void> {
    const sid = ids.get(session) ?? ''
    this.store.set(sid, session.toJSON())
    response.setCookie('sid', sid, { path: '/' })
  }
}

const ids = new WeakMap<SessionMixin, string>()
