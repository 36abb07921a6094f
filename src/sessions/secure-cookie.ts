import { TaggedJSONSerializer } from '../json/tag.ts'
import {
  type SessionApp,
  SessionInterface,
  type SessionMixin,
  type SessionRequest,
  type SessionResponse,
} from './interface.ts'
import { lifetimeSeconds } from './lifetime.ts'
import { failWithoutSecretKey, SecureCookieSession } from './session.ts'
import {
  BadData,
  type KeyDerivation,
  type PayloadSerializer,
  type Secret,
  URLSafeTimedSerializer,
} from './signing.ts'

/** The serializer of session cookies; register tags here to store more types. */
export const sessionJsonSerializer: TaggedJSONSerializer = new TaggedJSONSerializer()

/**
 * Keeps the session in a signed cookie, byte for byte as Flask's default interface does, so that a
 * Flask app with the same `SECRET_KEY` reads it and the other way round. Signed is not encrypted:
 * users can read what is stored.
 */
export class SecureCookieSessionInterface extends SessionInterface {
  override openOnTouch = true
  /** Tells session signatures from others made with the same key. */
  salt = 'cookie-session'
  /** The hash function of the signature. */
  digestMethod = 'sha1'
  /** How the signing key is made. */
  keyDerivation: KeyDerivation = 'hmac'
  /** What makes text of the session. */
  serializer: PayloadSerializer = sessionJsonSerializer
  /** The class of sessions. */
  sessionClass: new (initial?: Record<string, unknown>) => SessionMixin = SecureCookieSession
  #signing: {
    readonly keys: readonly Secret[]
    readonly serializer: URLSafeTimedSerializer
  } | null = null

  /** What signs the cookie, or null without a secret key. */
  getSigningSerializer(app: SessionApp): URLSafeTimedSerializer | null {
    if (!app.secretKey?.length) return null
    // The last key signs, so the fallbacks come first.
    const fallbacks = app.config.SECRET_KEY_FALLBACKS
    const keys = fallbacks ? [...fallbacks, app.secretKey] : [app.secretKey]
    const known = this.#signing
    if (known !== null && this.#isCurrent(known.serializer) && sameItems(known.keys, keys)) {
      return known.serializer
    }
    const serializer = new URLSafeTimedSerializer(keys, {
      salt: this.salt,
      serializer: this.serializer,
      signerOptions: { keyDerivation: this.keyDerivation, digestMethod: this.digestMethod },
    })
    this.#signing = { keys, serializer }
    return serializer
  }

  #isCurrent({ salt, serializer, signerOptions }: URLSafeTimedSerializer): boolean {
    return (
      salt === this.salt &&
      serializer === this.serializer &&
      signerOptions.keyDerivation === this.keyDerivation &&
      signerOptions.digestMethod === this.digestMethod
    )
  }

  /**
   * The session in the request's cookie. One that is not signed, too old, or unreadable is an empty
   * session; without a secret key there is none.
   */
  override openSession(app: SessionApp, request: SessionRequest): SessionMixin | null {
    const signing = this.getSigningSerializer(app)
    if (signing === null) return null
    const cookie = request.cookies.get(this.getCookieName(app))
    if (!cookie) return new this.sessionClass()
    const maxAge = Math.trunc(lifetimeSeconds(app.config.PERMANENT_SESSION_LIFETIME))
    let data: unknown
    try {
      data = signing.loads(cookie, { maxAge })
    } catch (error) {
      if (!(error instanceof BadData)) throw error
      return new this.sessionClass()
    }
    const isDict = typeof data === 'object' && data !== null && !Array.isArray(data)
    return new this.sessionClass(isDict ? (data as Record<string, unknown>) : undefined)
  }

  override mustSaveUntouched(app: SessionApp, cookieHeader: string | undefined): boolean {
    // Only a permanent session is renewed by requests that do not use it.
    return (
      cookieHeader !== undefined &&
      app.config.SESSION_REFRESH_EACH_REQUEST &&
      Boolean(app.secretKey) &&
      cookieHeader.includes(this.getCookieName(app))
    )
  }

  /** Sets, renews or deletes the cookie as the session requires, and adds `Vary: Cookie`. */
  override saveSession(app: SessionApp, session: SessionMixin, response: SessionResponse): void {
    if (session.accessed) response.vary.add('Cookie')
    const isEmpty = session.size === 0
    if (isEmpty ? !session.modified : !this.shouldSetCookie(app, session)) return
    const name = this.getCookieName(app)
    const options = {
      domain: this.getCookieDomain(app),
      path: this.getCookiePath(app),
      secure: this.getCookieSecure(app),
      partitioned: this.getCookiePartitioned(app),
      samesite: this.getCookieSamesite(app),
      httponly: this.getCookieHttponly(app),
    }
    if (isEmpty) response.deleteCookie(name, options)
    else {
      const signing = this.getSigningSerializer(app) ?? failWithoutSecretKey()
      const value = signing.dumps(new Map(session.items()))
      response.setCookie(name, value, { ...options, expires: this.getExpirationTime(app, session) })
    }
    response.vary.add('Cookie')
  }
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}
