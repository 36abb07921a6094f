import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bustapiSide } from './bustapi-side.ts'
import { Jar } from './jar.ts'
import { type FlaskProcess, pythons, type Settings, startFlask, WANTED } from './pythons.ts'

// A real Flask process and this one have one secret, and hand each other what they made of it.

const FOUND = pythons()
const missing = WANTED.filter((name) => !FOUND.some((one) => one.extensions.includes(name)))
if (FOUND.length === 0) console.log('Live exchange: skipped, no python3 here imports flask.')
else if (missing.length > 0) {
  console.log(`Live exchange: without ${missing.join(', ')}, which no python3 here imports.`)
}

/** A new pair of keys as the settings have it. */
const pairOf = ({ privateKey, publicKey }: KeyPairKeyObjectResult): Settings['keys'][string] => ({
  private: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  public: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
})
const SETTINGS: Settings = {
  secret: 'one secret for both, with ünïcode',
  keys: {
    RS256: pairOf(generateKeyPairSync('rsa', { modulusLength: 2048 })),
    ES256: pairOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
    ES512: pairOf(generateKeyPairSync('ec', { namedCurve: 'P-521' })),
  },
}

const server = createServer(bustapiSide(SETTINGS))
let ours = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ours = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** What flask_side.py and bustapi-side.ts put into a session, as both describe it. */
const VALUES = {
  name: ['plain', 'Zoë 🐍'],
  count: ['plain', 1],
  price: ['plain', 1.5],
  none: ['plain', null],
  list: ['list', [1, 'two', true].map((value) => ['plain', value])],
  pair: [
    'tuple',
    [
      ['plain', 1],
      ['tuple', [['plain', 'x']]],
    ],
  ],
  bytes: ['bytes', '\0\xffabc'],
  html: ['Markup', '<b>bold</b>'],
  uuid: ['UUID', '12345678-1234-5678-1234-567812345678'],
  date: ['datetime', Date.UTC(2024, 1, 29, 12, 30, 15) / 1000],
  tagged: ['dict', { ' t': ['plain', 'not a tuple'] }],
  long: ['plain', 'abc'.repeat(300)],
}

const PASSWORDS = ['correct horse', '', 'pässwörd 🔑', 'x'.repeat(200)]
const METHODS = ['scrypt', 'scrypt:1024:4:2', 'pbkdf2', 'pbkdf2:sha512:1000', 'pbkdf2:sha1:20']

describe.each(FOUND)('with the Flask of $executable', (python) => {
  let flask: FlaskProcess
  let theirs = ''
  /** From each to the other. */
  const ways = (): readonly (readonly [from: string, to: string])[] => [
    [theirs, ours],
    [ours, theirs],
  ]

  beforeAll(async () => {
    flask = await startFlask(python, SETTINGS)
    theirs = flask.base
  })

  afterAll(() => flask?.stop())

  it.each(['0', '1'])('shares sessions, permanent: %s', async (permanent) => {
    for (const [from, to] of ways()) {
      const jar = new Jar()
      await jar.send(`${from}/session?permanent=${permanent}`)
      const expected = { values: VALUES, permanent: permanent === '1', flashed: [] }
      expect((await jar.get(`${to}/session`)).json).toEqual(expected)
      expect((await jar.send(`${to}/session/count`)).json).toBe(2)
      expect((await jar.send(`${from}/session/count`)).json).toBe(3)
      const last = await jar.get(`${to}/session?flashed`)
      expect(last.json).toEqual({
        ...expected,
        values: { ...VALUES, count: ['plain', 3] },
        flashed: [['info', 'Welcome back']],
      })
      // Shown once, wherever.
      expect((await jar.get(`${from}/session?flashed`)).json).toMatchObject({ flashed: [] })
    }
  })

  it('writes the same session cookie, but for the time', async () => {
    const payloads: unknown[] = []
    for (const base of [ours, theirs]) {
      const jar = new Jar()
      await jar.send(`${base}/session`)
      payloads.push(jar.cookies.get('session')?.split('.').slice(0, -2))
    }
    expect(payloads[0]).toEqual(payloads[1])
  })

  it('starts anew where a session was tampered with', async () => {
    for (const [from, to] of ways()) {
      const jar = new Jar()
      await jar.send(`${from}/session`)
      const cookie = jar.cookies.get('session') as string
      const changed = cookie.at(-5) === 'A' ? 'B' : 'A'
      jar.cookies.set('session', cookie.slice(0, -5) + changed + cookie.slice(-4))
      const expected = { values: {}, permanent: false, flashed: [] }
      expect((await jar.get(`${to}/session`)).json).toEqual(expected)
    }
  })

  it.each(METHODS)('checks the other one’s password hashes: %s', async (method) => {
    const jar = new Jar()
    let checked = 0
    for (const [from, to] of ways()) {
      for (const password of PASSWORDS) {
        const hash = (await jar.send(`${from}/hash`, { json: { password, method } })).json
        // An old Werkzeug that cannot make such a hash cannot check one either.
        if (hash === null) return
        const check = async (text: string): Promise<unknown> =>
          (await jar.send(`${to}/check`, { json: { hash, password: text } })).json
        expect(await check(password)).toBe(true)
        expect(await check(`${password}!`)).toBe(false)
        checked += 1
      }
    }
    expect(checked).toBe(2 * PASSWORDS.length)
  })

  if (python.extensions.includes('flask_login'))
    describe('and Flask-Login', () => {
      it.each(['7', 'zoë'])('shares the login of %s', async (id) => {
        for (const [from, to] of ways()) {
          const jar = new Jar()
          expect((await jar.send(`${from}/in/${id}`)).json).toBe(true)
          expect(jar.cookies.has('remember_token')).toBe(false)
          expect((await jar.get(`${to}/me`)).json).toEqual({ id, fresh: true })
          expect((await jar.send(`${to}/out`)).json).toBe(true)
          expect((await jar.get(`${from}/me`)).json).toEqual({ id: null, fresh: false })
        }
      })

      it.each(['7', 'zoë'])('remembers %s when the session has ended', async (id) => {
        for (const [from, to] of ways()) {
          const jar = new Jar()
          await jar.send(`${from}/in/${id}?remember`)
          const remembered = jar.cookies.get('remember_token') as string
          jar.cookies.delete('session')
          expect((await jar.get(`${to}/me`)).json).toEqual({ id, fresh: false })
          // Such a session says nothing of the client it was made for: strong protection ends it, as there.
          expect((await jar.get(`${from}/me`)).json).toEqual({ id: null, fresh: false })
          jar.cookies.delete('session')
          // Signing out here forgets the cookie that was made there.
          jar.cookies.set('remember_token', remembered)
          await jar.send(`${to}/out`)
          expect(jar.cookies.has('remember_token')).toBe(false)
        }
      })

      it('writes the same remember cookie', async () => {
        const cookies: unknown[] = []
        for (const base of [ours, theirs]) {
          const jar = new Jar()
          await jar.send(`${base}/in/zoë?remember`)
          cookies.push(jar.cookies.get('remember_token'))
        }
        expect(cookies[0]).toBe(cookies[1])
        expect(cookies[0]).toMatch(/\|[0-9a-f]{128}"?$/)
      })

      it('takes no cookie that was tampered with, and no session of another client', async () => {
        for (const [from, to] of ways()) {
          const jar = new Jar()
          await jar.send(`${from}/in/7?remember`)
          const session = jar.cookies.get('session') as string
          jar.cookies.delete('session')
          const cookie = jar.cookies.get('remember_token') as string
          jar.cookies.set('remember_token', cookie.replace('7|', '8|'))
          expect((await jar.get(`${to}/me`)).json).toEqual({ id: null, fresh: false })
          jar.cookies.clear()
          jar.cookies.set('session', session)
          const stolen = await jar.get(`${to}/me`, { headers: { 'user-agent': 'a thief' } })
          expect(stolen.json).toEqual({ id: null, fresh: false })
        }
      })
    })

  const algorithms = python.extensions.includes('cryptography') ? Object.keys(SETTINGS.keys) : []
  if (python.extensions.includes('flask_jwt_extended'))
    describe('and Flask-JWT-Extended', () => {
      const names = ['HS256', ...algorithms]
      interface Tokens {
        access: string
        refresh: string
        expired: string
      }
      const tokensOf = async (base: string, fresh = true): Promise<Tokens> => {
        const reply = await new Jar().send(`${base}/token`, { json: { id: '7', fresh } })
        expect(reply.status).toBe(200)
        return reply.json as Tokens
      }

      it.each(names)('takes the other one’s tokens: %s', async (name) => {
        const path = name === 'HS256' ? '' : `/${name}`
        const jar = new Jar()
        for (const [from, to] of ways()) {
          const { access, refresh } = await tokensOf(from + path)
          const reply = await jar.get(`${to}${path}/protected`, { token: access })
          expect(reply).toEqual({ status: 200, json: { id: '7', role: 'Zoë' } })
          expect((await jar.get(`${to}${path}/fresh`, { token: access })).status).toBe(200)
          const again = await jar.send(`${to}${path}/refresh`, { token: refresh })
          const { access: stale } = again.json as Tokens
          expect((await jar.get(`${from}${path}/protected`, { token: stale })).status).toBe(200)
          expect(await jar.get(`${from}${path}/fresh`, { token: stale })).toEqual({
            status: 401,
            json: { msg: 'Fresh token required' },
          })
        }
      })

      it('refuses with the same words', async () => {
        const jar = new Jar()
        for (const [from] of ways()) {
          const { access, refresh, expired } = await tokensOf(from)
          const [head, body, signature = ''] = access.split('.')
          const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
          const tokens = {
            expired,
            refresh,
            'another signature': `${head}.${body}.${signature.split('').reverse().join('')}`,
            'no signature': `${head}.${body}.`,
            'two segments': `${head}.${body}`,
            'one segment': 'abc',
            none: `${none}.${body}.`,
          }
          for (const [name, token] of Object.entries(tokens)) {
            const [a, b] = await Promise.all(
              [ours, theirs].map((base) => jar.get(`${base}/protected`, { token })),
            )
            expect({ name, ...a }).toEqual({ name, ...b })
            expect(a?.status).toBeGreaterThan(400)
          }
        }
        const [a, b] = await Promise.all([ours, theirs].map((one) => jar.get(`${one}/protected`)))
        expect(a).toEqual(b)
      })

      it('takes the other one’s cookies, with their double against forged requests', async () => {
        for (const [from, to] of ways()) {
          const jar = new Jar()
          await jar.send(`${from}/cookies`, { json: { id: '7' } })
          expect((await jar.get(`${to}/protected`)).status).toBe(200)
          expect((await jar.send(`${to}/protected`)).status).toBe(401)
          const double = jar.cookies.get('csrf_access_token') as string
          const reply = await jar.send(`${to}/protected`, { headers: { 'x-csrf-token': double } })
          expect(reply).toEqual({ status: 200, json: { id: '7', role: null } })
        }
      })
    })
})

it.skipIf(FOUND.length > 0)('needs a python3 with Flask', () => undefined)
