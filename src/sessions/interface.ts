import type { Config } from '../config.ts'
import type { MaybePromise } from '../types.ts'
import { lifetimeSeconds } from './lifetime.ts'
import { NullSession, SessionMixin } from './session.ts'

export { SessionMixin }

/** The part of an app that session interfaces use. */
export interface SessionApp {
  readonly config: Config
  /** Signs the session (Flask's `secret_key`); without it there are no sessions. */
  readonly secretKey: string | Uint8Array | null | undefined
}

/** The part of a request that session interfaces use. */
export interface SessionRequest {
  readonly cookies: { get(name: string): string | null | undefined }
}

/** The attributes of the session cookie. */
export interface SessionCookieOptions {
  expires?: Date | null
  domain?: string | null
  path?: string | null
  secure?: boolean
  httponly?: boolean
  samesite?: string | null
  partitioned?: boolean
}

/** The part of a response that session interfaces use. */
export interface SessionResponse {
  readonly vary: { add(header: string): unknown }
  setCookie(name: string, value: string, options: SessionCookieOptions): unknown
  deleteCookie(name: string, options: SessionCookieOptions): unknown
}

/**
 * How an app keeps sessions (Flask's `SessionInterface`). To replace it, extend this class with
 * `openSession` and `saveSession`, which may be asynchronous, and assign an instance to
 * `app.sessionInterface`.
 */
export abstract class SessionInterface {
  /** The class of the session for requests whose session could not be opened. */
  nullSessionClass: new () => SessionMixin = NullSession
  /** Whether stored values are pickled; for extensions that ask, always false here. */
  pickleBased = false
  /**
   * Whether `openSession` only reads the request, so that it may wait until the session is first
   * used, or never happen. False means Flask's order: opened before the URL is matched.
   */
  openOnTouch = false

  /** The session of a request, or null when it could not be opened. */
  abstract openSession(app: SessionApp, request: SessionRequest): MaybePromise<SessionMixin | null>

  /** Called after the hooks and before the response is sent, unless it is the null session. */
  abstract saveSession(
    app: SessionApp,
    session: SessionMixin,
    response: SessionResponse,
  ): MaybePromise<void>

  /**
   * Whether a session that nothing has used must be opened for `saveSession` all the same; asked
   * only with `openOnTouch`.
   * @param cookieHeader the request's `Cookie` header as it came, if any
   */
  mustSaveUntouched(_app: SessionApp, _cookieHeader: string | undefined): boolean {
    return true
  }

  /** The session for requests whose session could not be opened; it refuses changes. */
  makeNullSession(_app: SessionApp): SessionMixin {
    return new this.nullSessionClass()
  }

  /** Whether `session` stands in for one that could not be opened. Such are never saved. */
  isNullSession(session: unknown): boolean {
    return session instanceof this.nullSessionClass
  }

  /** The cookie's name: `SESSION_COOKIE_NAME`. */
  getCookieName(app: SessionApp): string {
    return app.config.SESSION_COOKIE_NAME
  }

  /** The cookie's Domain: `SESSION_COOKIE_DOMAIN`; null leaves it to the host that sets it. */
  getCookieDomain(app: SessionApp): string | null {
    return app.config.SESSION_COOKIE_DOMAIN
  }

  /** The cookie's Path: `SESSION_COOKIE_PATH`, else `APPLICATION_ROOT`. */
  getCookiePath(app: SessionApp): string {
    return app.config.SESSION_COOKIE_PATH || app.config.APPLICATION_ROOT
  }

  /** Whether the cookie is HttpOnly: `SESSION_COOKIE_HTTPONLY`. */
  getCookieHttponly(app: SessionApp): boolean {
    return app.config.SESSION_COOKIE_HTTPONLY
  }

  /** Whether the cookie is Secure: `SESSION_COOKIE_SECURE`. */
  getCookieSecure(app: SessionApp): boolean {
    return app.config.SESSION_COOKIE_SECURE
  }

  /** The cookie's SameSite: `SESSION_COOKIE_SAMESITE`. */
  getCookieSamesite(app: SessionApp): string | null {
    return app.config.SESSION_COOKIE_SAMESITE
  }

  /** Whether the cookie is Partitioned: `SESSION_COOKIE_PARTITIONED`. */
  getCookiePartitioned(app: SessionApp): boolean {
    return app.config.SESSION_COOKIE_PARTITIONED
  }

  /** When the cookie expires: `PERMANENT_SESSION_LIFETIME` from now if permanent, else null. */
  getExpirationTime(app: SessionApp, session: SessionMixin): Date | null {
    if (!session.permanent) return null
    return new Date(Date.now() + lifetimeSeconds(app.config.PERMANENT_SESSION_LIFETIME) * 1000)
  }

  /**
   * Whether the response must set the cookie: the session was modified, or it is permanent and
   * `SESSION_REFRESH_EACH_REQUEST` is set.
   */
  shouldSetCookie(app: SessionApp, session: SessionMixin): boolean {
    return session.modified || (session.permanent && app.config.SESSION_REFRESH_EACH_REQUEST)
  }
}
