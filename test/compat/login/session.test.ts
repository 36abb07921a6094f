import { type BustAPI, session } from 'bustapi'
import {
  confirmLogin,
  decodeCookie,
  encodeCookie,
  loginUser,
  sessionProtected,
  userAccessed,
  userLoadedFromCookie,
  userLoadedFromRequest,
  userLoggedIn,
  userLoggedOut,
  userLoginConfirmed,
  userNeedsRefresh,
  userUnauthorized,
} from 'bustapi/login'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ana, makeSite } from './app.ts'
import { StoredSessions } from './stored-sessions.ts'

const KEY = 'a secret of tests'
const cookiesOf = (response: { headers: { getlist(name: string): string[] } }): string =>
  response.headers.getlist('Set-Cookie').join('\n')

describe('a session from another client', () => {
  const as = (agent: string): object => ({ headers: { 'User-Agent': agent } })

  it('is stale with basic protection', async () => {
    const { app } = makeSite()
    const client = app.testClient()
    await client.get('/in/1', as('one'))
    expect((await client.get('/me', as('two'))).json).toMatchObject({ id: '1', fresh: false })
  })

  it.each(['property', 'config'])('is ended with strong protection set by %s', async (by) => {
    const { app, manager } = makeSite()
    if (by === 'config') app.config.SESSION_PROTECTION = 'strong'
    else manager.sessionProtection = 'strong'
    const client = app.testClient()
    await client.get('/in/1?remember', as('one'))
    expect((await client.get('/me', as('two'))).json).toMatchObject({ id: null })
    expect((await client.get('/me', as('one'))).json).toMatchObject({ id: null })
  })

  it('is only made stale when permanent', async () => {
    const { app, manager } = makeSite()
    manager.sessionProtection = 'strong'
    const client = app.testClient()
    await client.get('/in/1', as('one'))
    await client.sessionTransaction((session) => {
      session.permanent = true
    })
    expect((await client.get('/me', as('two'))).json).toMatchObject({ id: '1', fresh: false })
  })

  it.each([null, 'none'] as const)('stays as it is with protection %s', async (mode) => {
    const { app, manager } = makeSite()
    manager.sessionProtection = mode
    const client = app.testClient()
    await client.get('/in/1', as('one'))
    expect((await client.get('/me', as('two'))).json).toMatchObject({ id: '1', fresh: true })
  })
})

describe('the remember cookie', () => {
  it('has the attributes of the configuration', async () => {
    const { app } = makeSite()
    app.config.update({
      REMEMBER_COOKIE_NAME: 'stay',
      REMEMBER_COOKIE_DURATION: { days: 1 },
      REMEMBER_COOKIE_DOMAIN: 'localhost',
      REMEMBER_COOKIE_PATH: '/in',
      REMEMBER_COOKIE_SECURE: true,
      REMEMBER_COOKIE_HTTPONLY: false,
      REMEMBER_COOKIE_SAMESITE: 'Strict',
    })
    const cookies = cookiesOf(await app.testClient().get('/in/1?remember'))
    expect(cookies).toMatch(/^stay=/m)
    for (const part of ['Domain=localhost', 'Path=/in', 'Secure', 'SameSite=Strict']) {
      expect(cookies.split('\n')[0]).toContain(part)
    }
    expect(cookies.split('\n')[0]).not.toContain('HttpOnly')
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookies)?.[1] ?? '')
    expect(Math.abs(expires - Date.now() - 86_400_000)).toBeLessThan(5000)
  })

  it('is renewed with each request when configured so', async () => {
    const { app } = makeSite()
    app.config.REMEMBER_COOKIE_REFRESH_EACH_REQUEST = true
    const client = app.testClient()
    await client.get('/in/1')
    expect(cookiesOf(await client.get('/nothing'))).toContain('remember_token=1|')
  })

  it('must have a duration that is a span of time', async () => {
    const { app } = makeSite()
    app.config.REMEMBER_COOKIE_DURATION = 'a year' as never
    await expect(app.testClient().get('/in/1?remember')).rejects.toThrow('REMEMBER_COOKIE_DURATION')
  })

  it('is good only with its own signature', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (id, other) => {
        const cookie = encodeCookie(id, KEY)
        expect(decodeCookie(cookie, KEY)).toBe(id)
        expect(decodeCookie(cookie, `${KEY}x`)).toBe(null)
        if (other !== cookie) expect(decodeCookie(other, KEY)).toBe(null)
        const at = cookie.length - 1
        const changed = `${cookie.slice(0, at)}${cookie[at] === '0' ? '1' : '0'}`
        expect(decodeCookie(changed, KEY)).toBe(null)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    '',
    '|',
    '1|',
    '1|00',
    `1|${'g'.repeat(128)}`,
    `1|${'é'.repeat(128)}`,
    `1|${'0'.repeat(1e6)}`,
  ])('is refused when malformed: %#', (cookie) => {
    expect(decodeCookie(cookie, KEY)).toBe(null)
  })

  it('with its digest in capitals, truncated or extended is refused', () => {
    const cookie = encodeCookie('1', KEY)
    for (const bad of [cookie.toUpperCase(), cookie.slice(0, -1), `${cookie}0`, `${cookie}|`]) {
      expect(decodeCookie(bad, KEY)).toBe(null)
    }
    expect(() => encodeCookie('1', '')).toThrow('no secret key')
  })
})

describe('signals', () => {
  const SIGNALS = {
    userLoggedIn,
    userLoggedOut,
    userLoadedFromCookie,
    userLoadedFromRequest,
    userLoginConfirmed,
    userUnauthorized,
    userNeedsRefresh,
    userAccessed,
    sessionProtected,
  }

  /** The names of the signals that the app sends, until disposed of. */
  function listen(app: BustAPI): { readonly seen: string[]; [Symbol.dispose](): void } {
    const seen: string[] = []
    const undo = Object.entries(SIGNALS).map(([name, signal]) =>
      signal.connectedTo((sender, { user }) => {
        expect(sender).toBe(app)
        seen.push(user === undefined ? name : `${name}:${(user as typeof ana).getId()}`)
      }),
    )
    return {
      seen,
      [Symbol.dispose]: () => {
        for (const one of undo) one[Symbol.dispose]()
      },
    }
  }

  it('are sent in Flask-Login’s order', async () => {
    const { app, manager } = makeSite()
    manager.requestLoader((request) => (request.headers.has('X-Key') ? ana : null))
    using receiver = listen(app)
    const { seen } = receiver
    const client = app.testClient()
    const during = async (path: string, headers = {}): Promise<string[]> => {
      seen.length = 0
      await client.get(path, { headers })
      return [...seen]
    }
    expect(await during('/nothing')).toEqual([])
    expect(await during('/secret')).toEqual(['userAccessed', 'userUnauthorized'])
    expect(await during('/me', { 'X-Key': 'k' })).toEqual([
      'userAccessed',
      'userLoadedFromRequest:1',
    ])
    expect(await during('/in/1?remember&stale')).toEqual(['userLoggedIn:1'])
    expect(await during('/fresh')).toEqual(['userAccessed', 'userNeedsRefresh'])
    expect(await during('/confirm')).toEqual(['userLoginConfirmed'])
    expect(await during('/me', { 'User-Agent': 'two' })).toEqual([
      'userAccessed',
      'sessionProtected',
    ])
    client.deleteCookie('session')
    expect(await during('/me')).toEqual(['userAccessed', 'userLoadedFromCookie:1'])
    expect(await during('/out')).toEqual(['userAccessed', 'sessionProtected', 'userLoggedOut:1'])
  })

  it('wait for asynchronous receivers before the response', async () => {
    const { app } = makeSite()
    let written = false
    const receiver = userLoggedIn.connect(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      written = true
    })
    await app.testClient().get('/in/1')
    userLoggedIn.disconnect(receiver)
    expect(written).toBe(true)
    const failing = userLoggedIn.connect(async () => {
      throw new Error('the log is full')
    })
    await expect(app.testClient().get('/in/1')).rejects.toThrow('the log is full')
    userLoggedIn.disconnect(failing)
  })
})

describe('S61: the session before a login', () => {
  it('gets a new id, and its old one is dead, where sessions are kept on the server', async () => {
    const { app } = makeSite()
    const sessions = new StoredSessions()
    app.sessionInterface = sessions
    app.get('/cart', () => {
      session.cart = ['a']
      return 'ok'
    })
    const client = app.testClient()
    await client.get('/cart')
    const fixed = client.getCookie('sid')?.value ?? ''
    await client.get('/in/1')
    const own = client.getCookie('sid')?.value ?? ''
    expect(own).not.toBe(fixed)
    expect(sessions.store.has(fixed)).toBe(false)
    expect((await client.get('/session')).json).toMatchObject({ cart: ['a'], _user_id: '1' })
    const attacker = app.testClient()
    attacker.setCookie('sid', fixed)
    expect((await attacker.get('/me')).json).toMatchObject({ id: null })
    await client.get('/out')
    expect(client.getCookie('sid')?.value).not.toBe(own)
    expect(sessions.store.has(own)).toBe(false)
  })

  it('as a cookie does not become a login', async () => {
    const { app } = makeSite()
    app.get('/cart', () => {
      session.cart = ['a']
      return 'ok'
    })
    const client = app.testClient()
    await client.get('/cart')
    const before = client.getCookie('session')?.value ?? ''
    await client.get('/in/1')
    expect(client.getCookie('session')?.value).not.toBe(before)
    const attacker = app.testClient()
    attacker.setCookie('session', before)
    expect((await attacker.get('/me')).json).toMatchObject({ id: null })
  })

  it('is renewed by confirmLogin and by logging in again', async () => {
    const { app } = makeSite()
    app.sessionInterface = new StoredSessions()
    app.get('/again', () => String(loginUser(ana)))
    app.get('/sure', () => String(confirmLogin()))
    const client = app.testClient()
    const seen = new Set<string>()
    for (const path of ['/in/1', '/again', '/sure']) {
      await client.get(path)
      seen.add(client.getCookie('sid')?.value ?? '')
    }
    expect(seen.size).toBe(3)
  })
})

describe('without a secret key', () => {
  it.each(['sync', 'async'] as const)(
    'cookies say nothing, and nobody can log in (%s)',
    async (kind) => {
      const { app } = makeSite(kind)
      const cookie = encodeCookie('1', KEY)
      app.secretKey = null
      const client = app.testClient()
      client.setCookie('remember_token', cookie)
      expect((await client.get('/me')).json).toMatchObject({ id: null, remembered: false })
      await expect(client.get('/in/1')).rejects.toThrow('no secret key')
    },
  )
})

describe('cookies that a Flask app has set', () => {
  // Recorded from Flask-Login 0.6.3 with this key.
  const SESSION = 'eyJfZnJlc2giOmZhbHNlLCJfdXNlcl9pZCI6IjEifQ.ZVPxAA.OlOlNnWMDRT5AF4i9IvNxKkHG6E'
  const REMEMBER =
    '1|35543be1828ebf0a4a6e4561bfc1c767da8df65fa123643b61bf9c3840454ca7d256a359eec0af8a5c2496bf7661d0b79acebc1d0663b786c31b64c42ab0cd58'

  it.each([
    ['session', SESSION],
    ['remember_token', REMEMBER],
  ])('log the user in: %s', async (name, value) => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
    try {
      const { app } = makeSite()
      app.secretKey = 'corpus-secret-key'
      const client = app.testClient()
      client.setCookie(name, value)
      expect((await client.get('/me')).json).toMatchObject({ id: '1', fresh: false })
    } finally {
      vi.useRealTimers()
    }
  })
})
