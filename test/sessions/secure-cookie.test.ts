import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Config, DEFAULT_CONFIG } from '../../src/config.ts'
import { setProviderLookup } from '../../src/json/current.ts'
import { DefaultJSONProvider } from '../../src/json/provider.ts'
import type { SessionCookieOptions, SessionResponse } from '../../src/sessions/interface.ts'
import { SecureCookieSessionInterface } from '../../src/sessions/secure-cookie.ts'
import { NullSession, SecureCookieSession } from '../../src/sessions/session.ts'
import { base64Encode, URLSafeTimedSerializer } from '../../src/sessions/signing.ts'
import { build, COOKIES, describeValue } from './facts.ts'

const NOW = 1_700_000_000
const at = (seconds: number): unknown => vi.spyOn(Date, 'now').mockReturnValue(seconds * 1000)

beforeEach(() => at(NOW))
afterEach(() => {
  vi.restoreAllMocks()
  setProviderLookup(() => null)
})

function makeApp(secretKey: string | Uint8Array | null = 'dev', config: object = {}) {
  return { config: new Config('/', { ...DEFAULT_CONFIG, ...config }), secretKey }
}

const request = (cookies: Record<string, string> = {}) => ({
  cookies: { get: (name: string) => cookies[name] ?? null },
})

/** Keeps what a session interface does to a response. */
class FakeResponse implements SessionResponse {
  readonly varied = new Set<string>()
  readonly cookies: [name: string, value: string | null, options: SessionCookieOptions][] = []
  readonly vary = { add: (header: string): unknown => this.varied.add(header) }

  setCookie(name: string, value: string, options: SessionCookieOptions): void {
    this.cookies.push([name, value, options])
  }

  deleteCookie(name: string, options: SessionCookieOptions): void {
    this.cookies.push([name, null, options])
  }
}

const sortKeys = (): void => {
  const provider = new DefaultJSONProvider({ debug: false, responseClass: Object as never })
  setProviderLookup(() => provider)
}

describe('the cookie is Flask’s, byte for byte', () => {
  it.each(COOKIES.map((fact, i) => ({ i, ...fact })))('cookie $i', (fact) => {
    at(fact.time)
    const sessions = new SecureCookieSessionInterface()
    const app = makeApp(fact.key)
    const value = build(fact.value, true) as Map<string, unknown>
    for (const cookie of [fact.outsideApp, fact.inApp]) {
      const session = sessions.openSession(app, request({ session: cookie }))
      expect(describeValue(session?.toJSON())).toEqual(describeValue(build(fact.value, false)))
      expect([session?.modified, session?.accessed]).toEqual([false, false])
    }
    expect(sessions.getSigningSerializer(app)?.dumps(value)).toBe(fact.outsideApp)
    sortKeys()
    const response = new FakeResponse()
    const session = new SecureCookieSession(value)
    session.modified = true
    sessions.saveSession(app, session, response)
    expect(response.cookies[0]?.[1]).toBe(fact.inApp)
  })
})

describe('saveSession does what Flask does', () => {
  // accessed, modified, empty, permanent, SESSION_REFRESH_EACH_REQUEST → Vary: Cookie, Set-Cookie
  it.each([
    ['00000', '- -'],
    ['00001', '- -'],
    ['00010', '- -'],
    ['00011', 'vary set'],
    ['00100', '- -'],
    ['00101', '- -'],
    ['01000', 'vary set'],
    ['01001', 'vary set'],
    ['01010', 'vary set'],
    ['01011', 'vary set'],
    ['01100', 'vary delete'],
    ['01101', 'vary delete'],
    ['10000', 'vary -'],
    ['10001', 'vary -'],
    ['10010', 'vary -'],
    ['10011', 'vary set'],
    ['10100', 'vary -'],
    ['10101', 'vary -'],
    ['11000', 'vary set'],
    ['11001', 'vary set'],
    ['11010', 'vary set'],
    ['11011', 'vary set'],
    ['11100', 'vary delete'],
    ['11101', 'vary delete'],
  ])('%s: %s', (given, expected) => {
    const [accessed, modified, empty, permanent, refresh] = [...given].map((bit) => bit === '1')
    const app = makeApp('dev', { SESSION_REFRESH_EACH_REQUEST: refresh })
    const stored = permanent ? { _permanent: true, a: 1 } : { a: 1 }
    const session = new SecureCookieSession(empty ? {} : stored)
    session.accessed = accessed === true
    session.modified = modified === true
    const response = new FakeResponse()
    new SecureCookieSessionInterface().saveSession(app, session, response)
    const vary = response.varied.has('Cookie') ? 'vary' : '-'
    const [cookie] = response.cookies
    const done = cookie === undefined ? '-' : cookie[1] === null ? 'delete' : 'set'
    expect(`${vary} ${done}`).toBe(expected)
    if (done === 'set') {
      expect(cookie?.[1]).toBe(
        permanent
          ? 'eyJfcGVybWFuZW50Ijp0cnVlLCJhIjoxfQ.ZVPxAA.K_y0FJ_zgdHHYN6psCajj81CRm4'
          : 'eyJhIjoxfQ.ZVPxAA.D3QXMI0ZQYNZDxORB__kVZyT7hk',
      )
      expect(cookie?.[2].expires).toEqual(permanent ? new Date('2023-12-15T22:13:20Z') : null)
    }
  })

  it('uses the SESSION_COOKIE_* settings, for deleting as well', () => {
    const app = makeApp('dev', {
      SESSION_COOKIE_NAME: 'sid',
      SESSION_COOKIE_DOMAIN: 'ex.com',
      SESSION_COOKIE_PATH: '/app',
      SESSION_COOKIE_SECURE: true,
      SESSION_COOKIE_HTTPONLY: false,
      SESSION_COOKIE_SAMESITE: 'Lax',
      SESSION_COOKIE_PARTITIONED: true,
    })
    const attributes = {
      domain: 'ex.com',
      path: '/app',
      secure: true,
      httponly: false,
      samesite: 'Lax',
      partitioned: true,
    }
    const sessions = new SecureCookieSessionInterface()
    const response = new FakeResponse()
    const session = new SecureCookieSession()
    session.a = 1
    sessions.saveSession(app, session, response)
    session.clear()
    sessions.saveSession(app, session, response)
    expect(response.cookies).toEqual([
      ['sid', expect.any(String), { ...attributes, expires: null }],
      ['sid', null, attributes],
    ])
  })

  it('falls back to APPLICATION_ROOT for the path', () => {
    const sessions = new SecureCookieSessionInterface()
    expect(sessions.getCookiePath(makeApp())).toBe('/')
    expect(sessions.getCookiePath(makeApp('k', { APPLICATION_ROOT: '/root' }))).toBe('/root')
  })

  it('takes the lifetime in seconds or in units', () => {
    const sessions = new SecureCookieSessionInterface()
    const session = new SecureCookieSession({ _permanent: true })
    for (const PERMANENT_SESSION_LIFETIME of [3600, { hours: 1 }]) {
      expect(
        sessions.getExpirationTime(makeApp('k', { PERMANENT_SESSION_LIFETIME }), session),
      ).toEqual(new Date('2023-11-14T23:13:20Z'))
    }
  })

  it('cannot save without a secret key', () => {
    const session = new SecureCookieSession()
    session.a = 1
    const save = () =>
      new SecureCookieSessionInterface().saveSession(makeApp(null), session, new FakeResponse())
    expect(save).toThrow('no secret key was set')
  })
})

describe('openSession', () => {
  const sessions = new SecureCookieSessionInterface()
  const open = (app: ReturnType<typeof makeApp>, cookie: string) =>
    sessions.openSession(app, request({ session: cookie }))?.toJSON()
  const signed = (key: string, value: unknown, salt = 'cookie-session'): string =>
    new URLSafeTimedSerializer(key, { salt, signerOptions: { keyDerivation: 'hmac' } }).dumps(value)

  it('has no session without a secret key, where the null session stands in', () => {
    for (const secretKey of [null, '', new Uint8Array(0)]) {
      expect(sessions.openSession(makeApp(secretKey), request())).toBeNull()
    }
    const session = sessions.makeNullSession(makeApp(null))
    expect(session).toBeInstanceOf(NullSession)
    expect(sessions.isNullSession(session)).toBe(true)
    expect(sessions.isNullSession(new SecureCookieSession())).toBe(false)
  })

  it('is empty without a cookie', () => {
    expect(sessions.openSession(makeApp(), request())?.toJSON()).toEqual({})
    expect(open(makeApp(), '')).toEqual({})
  })

  it('takes keys as bytes too', () => {
    expect(open(makeApp(Buffer.from('dev')), signed('dev', { a: 1 }))).toEqual({ a: 1 })
  })

  it('accepts older keys, and signs with the current one', () => {
    const app = makeApp('second', { SECRET_KEY_FALLBACKS: ['first'] })
    expect(open(app, signed('first', { a: 1 }))).toEqual({ a: 1 })
    expect(open(app, signed('second', { a: 1 }))).toEqual({ a: 1 })
    expect(open(app, signed('third', { a: 1 }))).toEqual({})
    // Made by Flask 3.1.3 with these settings.
    sortKeys()
    expect(sessions.getSigningSerializer(app)?.dumps({ _permanent: true, a: 1 })).toBe(
      'eyJfcGVybWFuZW50Ijp0cnVlLCJhIjoxfQ.ZVPxAA.WenIMSY6x8uPDxvYq9NdiTWDfCg',
    )
  })

  it('notices changed keys and options', () => {
    const app = makeApp('one')
    const own = new SecureCookieSessionInterface()
    const first = own.getSigningSerializer(app)
    expect(own.getSigningSerializer(app)).toBe(first)
    app.secretKey = 'two'
    expect(own.getSigningSerializer(app)).not.toBe(first)
    app.config.SECRET_KEY_FALLBACKS = ['one']
    expect(own.getSigningSerializer(app)?.secretKeys).toHaveLength(2)
    own.salt = 'other'
    expect(own.getSigningSerializer(app)?.salt).toBe('other')
    own.digestMethod = 'sha256'
    expect(own.getSigningSerializer(app)?.signerOptions.digestMethod).toBe('sha256')
  })

  it('is empty for what is not signed, tampered with, too old or unreadable (S62)', () => {
    const app = makeApp('dev', { PERMANENT_SESSION_LIFETIME: 60 })
    const cookie = signed('dev', { user: 'ana' })
    expect(open(app, cookie)).toEqual({ user: 'ana' })
    const bad = [
      `${cookie}x`,
      `x${cookie}`,
      cookie.slice(0, -1),
      cookie.replace('.', '!'),
      cookie.replace(/[^.]+$/, ''),
      cookie.replace(/[^.]+$/, 'AAAAAAAAAAAAAAAAAAAAAAAAAAA'),
      signed('other', { user: 'ana' }),
      signed('dev', { user: 'ana' }, 'another-salt'),
      'garbage',
      '.',
      '..',
      'a.b.c',
      '.eJyrVkosLcmIz8nPS0xTslJKzEvJT00FAD-GBhI.ZVPxAA.bad',
      '\u{1f600}',
      'x'.repeat(100_000),
    ]
    for (const text of bad) expect(open(app, text)).toEqual({})
    at(NOW + 60)
    expect(open(app, cookie)).toEqual({ user: 'ana' })
    at(NOW + 61)
    expect(open(app, cookie)).toEqual({})
    at(NOW - 10)
    expect(open(app, cookie)).toEqual({})
  })

  it('is empty for what is signed but no session', () => {
    const app = makeApp()
    for (const value of [null, 1, 'text', [1, 2]]) {
      expect(open(app, signed('dev', value))).toEqual({})
    }
    const raw = {
      dumps: (text: unknown) => String(text),
      loads: (text: string) => text,
    }
    const writer = new URLSafeTimedSerializer('dev', {
      salt: 'cookie-session',
      serializer: raw,
      signerOptions: { keyDerivation: 'hmac' },
    })
    expect(open(app, writer.dumps('{'))).toEqual({})
    expect(open(app, writer.dumps('{" u":"no uuid"}'))).toEqual({})
    expect(open(app, `.${base64Encode('no zlib')}.ZVPxAA.x`)).toEqual({})
  })

  it('does not let a name change the session’s prototype', () => {
    const odd = JSON.parse('{"__proto__":{"modified":true},"constructor":1}') as object
    const session = sessions.openSession(makeApp(), request({ session: signed('dev', odd) }))
    expect(session?.modified).toBe(false)
    expect([...(session ?? [])]).toEqual(['__proto__', 'constructor'])
  })
})

describe('mustSaveUntouched', () => {
  const sessions = new SecureCookieSessionInterface()

  it('is asked by those who open on touch, and true only where a permanent session may be', () => {
    expect(sessions.openOnTouch).toBe(true)
    expect(sessions.mustSaveUntouched(makeApp(), 'a=b; session=x')).toBe(true)
    expect(sessions.mustSaveUntouched(makeApp(), undefined)).toBe(false)
    expect(sessions.mustSaveUntouched(makeApp(), 'a=b')).toBe(false)
    expect(sessions.mustSaveUntouched(makeApp(null), 'session=x')).toBe(false)
    const calm = makeApp('k', { SESSION_REFRESH_EACH_REQUEST: false })
    expect(sessions.mustSaveUntouched(calm, 'session=x')).toBe(false)
  })
})
