import { deflateSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type BustAPI,
  base64Encode,
  MAX_PAYLOAD_SIZE,
  NoneAlgorithm,
  Response,
  session,
  TimestampSigner,
  URLSafeTimedSerializer,
} from '../../src/index.ts'
import { type LiveApp, live, type RawReply } from './live-app.ts'

afterEach(() => vi.restoreAllMocks())

function site(app: BustAPI): void {
  app.secretKey = 'k'
  app.get('/show', () => session.toJSON())
  app.post('/sign-in', () => {
    session.user = 'ana'
    return 'in'
  })
  app.post('/sign-out', () => {
    session.clear()
    return 'out'
  })
  app.get('/untouched', () => 'x')
  app.get('/has', () => String(session.has('user')))
  app.get('/keys', () => [...session.keys()].join())
  app.get('/size', () => String(session.size))
  app.get('/get', () => String(session.get('user')))
  app.get('/index', () => String(session.user))
  app.get('/in', () => String('user' in session))
  app.get('/shown', () => String(Object.keys(session)))
  app.get('/loop', () => String([...session]))
}

const show = (app: LiveApp, cookie: string, path = '/show') =>
  app.send('GET', path, { headers: [`Cookie: session=${cookie}`] })

const cookieOf = (reply: RawReply): string | undefined =>
  /^session=([^;]*)/.exec(reply.header('Set-Cookie')[0] ?? '')?.[1]

const options = { keyDerivation: 'hmac', digestMethod: 'sha1' } as const
const signer = (key: string, salt = 'cookie-session') =>
  new TimestampSigner(key, { salt, ...options })
const sign = (payload: string, key = 'k', salt?: string): string =>
  String(signer(key, salt).sign(payload))
const payload = base64Encode('{"user":"ana"}')

describe('S62: what is not signed by us is an empty session', () => {
  it('while what is, is read', async () => {
    const app = await live(site)
    expect((await show(app, sign(payload))).body).toBe('{"user":"ana"}\n')
  })

  const [, stamp = '', mac = ''] = sign(payload).split('.')
  it.each([
    ['another signature', `${payload}.${stamp}.${'A'.repeat(mac.length)}`],
    ['a signature cut short', `${payload}.${stamp}.${mac.slice(0, 10)}`],
    ['none', `${payload}.${stamp}.`],
    ['no part for one', `${payload}.${stamp}`],
    ['the payload alone', payload],
    ['another payload', `${base64Encode('{"user":"root"}')}.${stamp}.${mac}`],
    ['another time', `${payload}.${stamp.slice(0, -1)}_.${mac}`],
    ['another key', sign(payload, 'other')],
    ['an empty key', sign(payload, '\0')],
    ['another salt', sign(payload, 'k', 'itsdangerous.Signer')],
    [
      'the algorithm none',
      new URLSafeTimedSerializer('k', {
        salt: 'cookie-session',
        signerOptions: { keyDerivation: 'hmac', algorithm: new NoneAlgorithm() },
      }).dumps({ user: 'ana' }),
    ],
    [
      'a weaker derivation',
      new URLSafeTimedSerializer('k', {
        salt: 'cookie-session',
        signerOptions: { keyDerivation: 'none' },
      }).dumps({ user: 'ana' }),
    ],
  ])('%s', async (_what, cookie) => {
    const app = await live(site)
    const reply = await show(app, cookie)
    expect([reply.status, reply.body]).toEqual([200, '{}\n'])
    await app.expectHealthy()
  })

  it('a key that was given up; one that is kept as a fallback is read', async () => {
    const app = await live(site)
    const old = sign(payload, 'old key')
    expect((await show(app, old)).body).toBe('{}\n')
    app.app.config.SECRET_KEY_FALLBACKS = ['old key']
    expect((await show(app, old)).body).toBe('{"user":"ana"}\n')
    app.app.config.SECRET_KEY_FALLBACKS = null
    expect((await show(app, old)).body).toBe('{}\n')
  })

  it('one that is too old, or from the future', async () => {
    const app = await live((a) => {
      site(a)
      a.config.PERMANENT_SESSION_LIFETIME = 100
    })
    const now = Date.now()
    const cookie = sign(payload)
    const clock = vi.spyOn(Date, 'now')
    for (const [seconds, body] of [
      [100, '{"user":"ana"}\n'],
      [102, '{}\n'],
      [-60, '{}\n'],
    ] as const) {
      clock.mockReturnValue(now + seconds * 1000)
      expect([seconds, (await show(app, cookie)).body]).toEqual([seconds, body])
    }
  })

  it('a zlib bomb, though it is signed: never unfolded beyond the cap', async () => {
    const app = await live(site)
    const bomb = (size: number): string => {
      const text = `{"user":"${'a'.repeat(size)}"}`
      return sign(`.${base64Encode(deflateSync(text, { level: 9 }))}`)
    }
    expect((await show(app, bomb(1000))).body).toContain('aaaa')
    const cookie = bomb(MAX_PAYLOAD_SIZE * 2)
    expect(cookie.length).toBeLessThan(16_000)
    expect((await show(app, cookie)).body).toBe('{}\n')
    await app.expectHealthy()
  })

  it('compressed rubbish, though it is signed', async () => {
    const app = await live(site)
    for (const text of ['.', `.${base64Encode('no zlib')}`, '!!!', base64Encode('{')]) {
      expect((await show(app, sign(text))).body).toBe('{}\n')
    }
    await app.expectHealthy()
  })
})

describe('S63: whoever looks at the session makes the answer vary with the cookie', () => {
  it.each(['/show', '/has', '/keys', '/size', '/get', '/index', '/in', '/shown', '/loop'])(
    '%s',
    async (path) => {
      const app = await live(site)
      expect((await app.send('GET', path)).header('Vary')).toEqual(['Cookie'])
      expect((await show(app, sign(payload), path)).header('Vary')).toEqual(['Cookie'])
    },
  )

  it('and nobody else does', async () => {
    const app = await live(site)
    expect((await app.send('GET', '/untouched')).header('Vary')).toEqual([])
    expect((await show(app, sign(payload), '/untouched')).header('Vary')).toEqual([])
  })

  it('a permanent session that is only renewed varies, too', async () => {
    const app = await live(site)
    const cookie = sign(base64Encode('{"_permanent":true,"user":"ana"}'))
    const reply = await show(app, cookie, '/untouched')
    expect(cookieOf(reply)).toBeDefined()
    expect(reply.header('Vary')).toEqual(['Cookie'])
  })

  it('an answer that a hook, an error handler or Vary of its own made varies as well', async () => {
    const app = await live((a) => {
      site(a)
      a.get('/vary', () => {
        void session.user
        return new Response('x', { headers: { Vary: 'Accept' } })
      })
      a.get('/error', () => {
        void session.user
        throw new Error('failed')
      })
      a.afterRequest((response) => {
        if (response.statusCode === 404) void session.user
        return response
      })
    })
    expect((await app.send('GET', '/vary')).header('Vary')).toEqual(['Accept, Cookie'])
    expect((await app.send('GET', '/error')).header('Vary')).toEqual(['Cookie'])
    expect((await app.send('GET', '/nowhere')).header('Vary')).toEqual(['Cookie'])
  })
})

describe('S61: signing in and out', () => {
  it('nothing that a client brings along is taken over', async () => {
    const app = await live(site)
    const fixed = await app.send('POST', '/sign-in', { headers: ['Cookie: session=fixed'] })
    const cookie = cookieOf(fixed) ?? ''
    expect(cookie).not.toContain('fixed')
    expect((await show(app, cookie)).body).toBe('{"user":"ana"}\n')
    expect((await show(app, 'fixed')).body).toBe('{}\n')
  })

  it('signing in changes the cookie, signing out deletes it', async () => {
    const app = await live(site)
    const before = sign(base64Encode('{"cart":1}'))
    const after = cookieOf(
      await app.send('POST', '/sign-in', { headers: [`Cookie: session=${before}`] }),
    )
    expect(after).toBeDefined()
    expect(after).not.toBe(before)
    const out = await app.send('POST', '/sign-out', { headers: [`Cookie: session=${after}`] })
    expect(out.header('Set-Cookie')[0]).toMatch(/^session=; Expires=Thu, 01 Jan 1970 .*Max-Age=0/)
  })

  it('the cookie is HttpOnly, and Secure and SameSite when told', async () => {
    const app = await live((a) => {
      site(a)
      a.config.SESSION_COOKIE_SECURE = true
      a.config.SESSION_COOKIE_SAMESITE = 'Strict'
    })
    const [cookie] = (await app.send('POST', '/sign-in')).header('Set-Cookie')
    expect(cookie).toMatch(/; Secure; HttpOnly; Path=\/; SameSite=Strict$/)
  })
})
