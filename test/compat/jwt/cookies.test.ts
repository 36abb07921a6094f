import { describe, expect, it } from 'vitest'
import {
  createAccessToken,
  createRefreshToken,
  getCsrfToken,
  getJwtIdentity,
  jwtRequired,
  setAccessCookies,
  setRefreshCookies,
  unsetJwtCookies,
} from '../../../compat/jwt/index.ts'
import { type BustAPI, jsonify } from '../../../src/index.ts'
import { makeApp } from './support.ts'

function site(config: Record<string, unknown> = {}): BustAPI {
  const { app } = makeApp({ JWT_TOKEN_LOCATION: ['cookies'], ...config })
  app.get('/in', async () => {
    const response = jsonify({ in: true })
    await setAccessCookies(response, createAccessToken('ana'))
    await setRefreshCookies(response, createRefreshToken('ana'), { maxAge: 60 })
    return response
  })
  app.get('/out', () => {
    const response = jsonify({ in: false })
    unsetJwtCookies(response)
    return response
  })
  app.route(
    '/',
    { methods: ['GET', 'POST'], endpoint: 'view' },
    jwtRequired()(() => ({ id: getJwtIdentity() })),
  )
  return app
}

async function cookiesAt(app: BustAPI, path: string): Promise<string[]> {
  const reply = await app.testClient().get(path)
  return reply.headers
    .getlist('Set-Cookie')
    .map((line) => line.replace(/=[^;]+/, '=…').replace(/Expires=[^;]+GMT/, 'Expires=…'))
}

describe('cookies with tokens', () => {
  it('are hidden from scripts, their doubles are not', async () => {
    const strict = { JWT_COOKIE_SECURE: true, JWT_COOKIE_SAMESITE: 'Strict' }
    expect(await cookiesAt(site(strict), '/in')).toEqual([
      'access_token_cookie=…; Secure; HttpOnly; Path=/; SameSite=Strict',
      'csrf_access_token=…; Secure; Path=/; SameSite=Strict',
      'refresh_token_cookie=…; Expires=…; Max-Age=60; Secure; HttpOnly; Path=/; SameSite=Strict',
      'csrf_refresh_token=…; Expires=…; Max-Age=60; Secure; Path=/; SameSite=Strict',
    ])
  })

  it('go with signing out', async () => {
    expect(await cookiesAt(site(), '/out')).toEqual([
      'access_token_cookie=; Expires=…; HttpOnly; Path=/',
      'csrf_access_token=; Expires=…; Path=/',
      'refresh_token_cookie=; Expires=…; HttpOnly; Path=/',
      'csrf_refresh_token=; Expires=…; Path=/',
    ])
  })

  it('have no doubles where nobody asks for them', async () => {
    const lines = await cookiesAt(site({ JWT_COOKIE_CSRF_PROTECT: false }), '/in')
    expect(lines.map((line) => line.split('=')[0])).toEqual([
      'access_token_cookie',
      'refresh_token_cookie',
    ])
  })
})

describe('S66: a cookie is no proof that our own page sent the request', () => {
  async function answers(
    app: BustAPI,
    send: (csrf: string) => { headers?: [string, string][]; data?: string },
  ): Promise<unknown> {
    const token = app.appContext().run(() => createAccessToken('ana'))
    const csrf = app.appContext().run(() => getCsrfToken(token))
    const { headers = [], data } = send(csrf)
    const reply = await app.testClient({ useCookies: false }).post('/', {
      headers: [['Cookie', `access_token_cookie=${token}`], ...headers],
      ...(data !== undefined && { data }),
    })
    return [reply.statusCode, reply.json]
  }

  it('without the double: 401', async () => {
    expect(await answers(site(), () => ({}))).toEqual([401, { msg: 'Missing CSRF token' }])
  })

  it.each(['', 'x', 'é', '0'.repeat(36)])('with the double %j: 401', async (wrong) => {
    const [status] = (await answers(site(), () => ({
      headers: [['X-CSRF-TOKEN', Buffer.from(wrong).toString('latin1')]],
    }))) as [number]
    expect(status).toBe(401)
  })

  it("with another token's double: 401", async () => {
    const app = site()
    const other = app.appContext().run(() => getCsrfToken(createAccessToken('eve')))
    expect(await answers(app, () => ({ headers: [['X-CSRF-TOKEN', other]] }))).toEqual([
      401,
      { msg: 'CSRF double submit tokens do not match' },
    ])
  })

  it('with the double: 200', async () => {
    const ok = await answers(site(), (csrf) => ({ headers: [['X-CSRF-TOKEN', csrf]] }))
    expect(ok).toEqual([200, { id: 'ana' }])
  })

  it("a form's field counts only where it is allowed to", async () => {
    const form = (csrf: string): { headers: [string, string][]; data: string } => ({
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      data: `csrf_token=${csrf}`,
    })
    expect(await answers(site(), form)).toEqual([401, { msg: 'Missing CSRF token' }])
    expect(await answers(site({ JWT_CSRF_CHECK_FORM: true }), form)).toEqual([200, { id: 'ana' }])
  })

  it('a method that changes nothing needs no double, nor one that the settings leave out', async () => {
    const client = site().testClient()
    await client.get('/in')
    expect((await client.get('/')).json).toEqual({ id: 'ana' })
    expect(await answers(site({ JWT_CSRF_METHODS: new Set(['PUT']) }), () => ({}))).toEqual([
      200,
      { id: 'ana' },
    ])
  })
})
