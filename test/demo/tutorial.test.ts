import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../demo/app.ts'
import { Visitor } from './support.ts'

const CLIENT = 'https://client.example'
const server = createServer(
  await createApp({ databaseUri: 'sqlite://', log: false, clientOrigins: [CLIENT] }),
)
let base = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const PASSWORD = 'correct horse'

async function signedUp(name: string): Promise<Visitor> {
  const visitor = new Visitor(base)
  const token = await visitor.token('/tutorial/sign-up')
  const fields = { csrf_token: token, name, password: PASSWORD }
  const reply = await visitor.post('/tutorial/sign-up', fields)
  expect([reply.status, reply.headers.get('location')]).toEqual([303, '/tutorial/'])
  return visitor
}

/** Signs in at the page that `path` leads to, and gives where that leads. */
async function signIn(
  visitor: Visitor,
  name: string,
  { remember = false, path = '/tutorial/sign-in' } = {},
): Promise<string | null> {
  const csrf_token = await visitor.token(path)
  const fields = { csrf_token, name, password: PASSWORD, ...(remember && { remember: 'on' }) }
  const reply = await visitor.post(path, fields)
  expect(reply.status).toBe(303)
  return reply.headers.get('location')
}

const SESSION = 'tutorial_session'
const REMEMBER = 'tutorial_remember'

describe('the tutorial’s pages', () => {
  it('are linked from the noticeboard, and leave its session alone', async () => {
    const visitor = await signedUp('guest')
    const board = await visitor.open('/')
    expect(board.text).toContain('href="/tutorial/"')
    expect(board.text).toContain('href="/sign-in"')
    expect((await visitor.open('/tutorial/')).text).toContain('Welcome, guest.')
  })

  it('sign up once under a name, with a long password', async () => {
    const visitor = await signedUp('ada')
    const csrf_token = await visitor.token('/tutorial/sign-up')
    const again = { csrf_token, name: 'ada', password: PASSWORD }
    const taken = await visitor.post('/tutorial/sign-up', again)
    expect([taken.status, taken.text.includes('That name is taken.')]).toEqual([422, true])
    const short = await visitor.post('/tutorial/sign-up', { ...again, name: 'b', password: '7' })
    expect([short.status, short.text.includes('8 characters')]).toEqual([422, true])
    const forged = await visitor.post('/tutorial/sign-up', { ...again, csrf_token: 'guessed' })
    expect(forged.status).toBe(400)
  })

  it('send who is not signed in to the form, and back after it', async () => {
    await signedUp('bob')
    const visitor = new Visitor(base)
    const refused = await visitor.open('/tutorial/secret')
    const form = refused.headers.get('location') ?? ''
    expect([refused.status, form]).toEqual([302, '/tutorial/sign-in?next=%2Ftutorial%2Fsecret'])
    expect((await visitor.open(form)).text).toContain('Please log in to access this page.')
    const wrong = { csrf_token: await visitor.token(form), name: 'bob', password: 'wrong' }
    expect((await visitor.post(form, wrong)).status).toBe(401)
    expect(await signIn(visitor, 'bob', { path: form })).toBe('/tutorial/secret')
    expect((await visitor.open('/tutorial/secret')).text).toContain('safe with you, bob.')
    expect(visitor.cookie(REMEMBER)).toBeUndefined()
  })

  it('lead to no other site', async () => {
    await signedUp('carol')
    for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      const path = `/tutorial/sign-in?next=${encodeURIComponent(next)}`
      expect(await signIn(new Visitor(base), 'carol', { path })).toBe('/tutorial/')
    }
  })

  it('remember who asked for it, and forget at sign-out', async () => {
    await signedUp('dan')
    const visitor = new Visitor(base)
    await signIn(visitor, 'dan', { remember: true })
    visitor.forget(SESSION)
    expect((await visitor.open('/tutorial/')).text).toContain('from a cookie that remembered you')
    expect((await visitor.open('/tutorial/secret')).text).toContain('safe with you, dan.')
    const csrf_token = await visitor.token('/tutorial/')
    const gone = await visitor.post('/tutorial/sign-out', { csrf_token })
    expect(gone.status).toBe(303)
    expect(visitor.cookie(REMEMBER)).toBeUndefined()
    expect((await visitor.open('/tutorial/secret')).status).toBe(302)
  })

  it('ask who was remembered to confirm before the password changes', async () => {
    await signedUp('eve')
    const visitor = new Visitor(base)
    await signIn(visitor, 'eve', { remember: true })
    expect((await visitor.open('/tutorial/password')).status).toBe(200)
    visitor.forget(SESSION)
    const refused = await visitor.open('/tutorial/password')
    const form = refused.headers.get('location') ?? ''
    expect(form).toBe('/tutorial/confirm?next=%2Ftutorial%2Fpassword')
    expect((await visitor.open(form)).text).toContain('Please confirm your password first.')
    const csrf_token = await visitor.token(form)
    expect((await visitor.post(form, { csrf_token, password: 'wrong' })).status).toBe(401)
    const confirmed = await visitor.post(form, { csrf_token, password: PASSWORD })
    expect(confirmed.headers.get('location')).toBe('/tutorial/password')
    const change = { csrf_token: await visitor.token('/tutorial/password'), password: 'new secret' }
    expect((await visitor.post('/tutorial/password', change)).status).toBe(303)
    const reply = await call('POST', '/token', { json: { name: 'eve', password: 'new secret' } })
    expect(reply.status).toBe(201)
  })

  it('take no session or remember cookie that was changed', async () => {
    const visitor = await signedUp('frank')
    const cookie = visitor.cookie(SESSION) as string
    visitor.keep(SESSION, `${cookie.slice(0, -3)}${cookie.endsWith('AAA') ? 'BBB' : 'AAA'}`)
    visitor.keep(REMEMBER, `frank|${'0'.repeat(128)}`)
    expect((await visitor.open('/tutorial/secret')).status).toBe(302)
  })
})

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

async function call(
  method: string,
  path: string,
  { token, json, origin }: { token?: string; json?: unknown; origin?: string } = {},
): Promise<{ status: number; json: unknown; headers: Headers }> {
  const reply = await fetch(`${base}/tutorial/api${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(origin !== undefined && { origin }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  return { status: reply.status, json: await reply.json(), headers: reply.headers }
}

describe('the tutorial’s API', () => {
  const tokensOf = async (name: string): Promise<Tokens> => {
    const reply = await call('POST', '/token', { json: { name, password: PASSWORD } })
    expect(reply.status).toBe(201)
    return reply.json as Tokens
  }

  it('gives tokens for a password', async () => {
    await signedUp('grace')
    const { access_token: token } = await tokensOf('grace')
    expect(await call('GET', '/me', { token })).toMatchObject({
      status: 200,
      json: { name: 'grace', motto: '' },
    })
    const wrong = { json: { name: 'grace', password: 'wrong' } }
    expect(await call('POST', '/token', wrong)).toMatchObject({
      status: 401,
      json: { msg: 'Name or password is wrong.' },
    })
    expect((await call('POST', '/token', { json: ['grace'] })).status).toBe(422)
  })

  it('refreshes: what comes of that is not fresh', async () => {
    await signedUp('heidi')
    const { access_token, refresh_token } = await tokensOf('heidi')
    const motto = { motto: 'Onwards' }
    const changed = await call('PUT', '/me', { token: access_token, json: motto })
    expect(changed).toMatchObject({ status: 200, json: { name: 'heidi', ...motto } })
    const { json } = await call('POST', '/refresh', { token: refresh_token })
    const { access_token: stale } = json as Tokens
    expect((await call('GET', '/me', { token: stale })).json).toEqual({ name: 'heidi', ...motto })
    expect(await call('PUT', '/me', { token: stale, json: motto })).toMatchObject({
      status: 401,
      json: { msg: 'Fresh token required' },
    })
    expect(await call('GET', '/me', { token: refresh_token })).toMatchObject({
      status: 422,
      json: { msg: 'Only non-refresh tokens are allowed' },
    })
    expect((await call('POST', '/refresh', { token: access_token })).status).toBe(422)
  })

  it('revokes either token', async () => {
    await signedUp('ivan')
    const { access_token, refresh_token } = await tokensOf('ivan')
    for (const [type, token] of [
      ['access', access_token],
      ['refresh', refresh_token],
    ] as const) {
      expect(await call('DELETE', '/token', { token })).toMatchObject({
        status: 200,
        json: { revoked: type },
      })
    }
    const revoked = { status: 401, json: { msg: 'Token has been revoked' } }
    expect(await call('GET', '/me', { token: access_token })).toMatchObject(revoked)
    expect(await call('POST', '/refresh', { token: refresh_token })).toMatchObject(revoked)
  })

  it('refuses whoever has no token, another’s, or one with nobody behind it', async () => {
    await signedUp('judy')
    const { access_token } = await tokensOf('judy')
    expect(await call('GET', '/me')).toMatchObject({
      status: 401,
      json: { msg: 'Missing Authorization Header' },
    })
    const [head, , signature] = access_token.split('.')
    const body = Buffer.from('{"sub":"ada","type":"access","jti":"1"}').toString('base64url')
    expect((await call('GET', '/me', { token: `${head}.${body}.${signature}` })).status).toBe(422)
  })

  it('lets scripts of the client’s origin in, and no others', async () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${base}/tutorial/api/me`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'authorization, content-type',
        },
      })
    const { headers } = await preflight(CLIENT)
    expect(headers.get('access-control-allow-origin')).toBe(CLIENT)
    expect(headers.get('access-control-allow-methods')).toContain('PUT')
    expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    expect(headers.get('access-control-max-age')).toBe('600')
    const other = await preflight('https://evil.example')
    expect(other.headers.has('access-control-allow-methods')).toBe(false)

    // Errors too: the client could not tell what is wrong otherwise.
    const refused = await call('GET', '/me', { origin: CLIENT })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      401,
      CLIENT,
    ])
    const evil = await call('GET', '/me', { origin: 'https://evil.example' })
    expect(evil.headers.get('access-control-allow-origin')).toBeNull()
    const page = await fetch(`${base}/tutorial/`, { headers: { origin: CLIENT } })
    expect(page.headers.has('access-control-allow-origin')).toBe(false)
  })
})
