import { describe, expect, it } from 'vitest'
import {
  createAccessToken,
  createAccessTokenAsync,
  createRefreshToken,
  currentUser,
  decodeToken,
  decodeTokenAsync,
  encode,
  getCsrfToken,
  getCurrentUser,
  getJti,
  getJwt,
  getJwtHeader,
  getJwtIdentity,
  getJwtRequestLocation,
  getUnverifiedJwtHeaders,
  JWTManager,
  jwtRequired,
  verifyJwtInRequest,
} from '../../../compat/jwt/index.ts'
import { type BustAPI, RuntimeError, renderTemplateString, UUID } from '../../../src/index.ts'
import { keysFor, SECRET } from './keys.ts'
import { answerTo, makeApp } from './support.ts'

const make = (app: BustAPI, ...args: Parameters<typeof createAccessToken>): string =>
  app.appContext().run(() => createAccessToken(...args))

const now = (): number => Math.floor(Date.now() / 1000)

describe('new tokens', () => {
  it('carry identity, type, times, an id and the double', () => {
    const { app } = makeApp()
    const claims = app.appContext().run(() => decodeToken(createAccessToken('ana')))
    expect(claims).toEqual({
      sub: 'ana',
      type: 'access',
      fresh: false,
      iat: expect.closeTo(now(), -1),
      nbf: claims.iat,
      exp: (claims.iat as number) + 900,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      csrf: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('last as long as they are told', () => {
    const { app } = makeApp({ JWT_ACCESS_TOKEN_EXPIRES: { hours: 1 } })
    app.appContext().run(() => {
      const lasts = (token: string): number => {
        const { exp, iat } = decodeToken(token) as { exp: number; iat: number }
        return exp - iat
      }
      expect(lasts(createAccessToken('a'))).toBe(3600)
      expect(lasts(createAccessToken('a', { expiresDelta: 5 }))).toBe(5)
      expect(lasts(createRefreshToken('a'))).toBe(30 * 24 * 3600)
      expect(lasts(createRefreshToken('a', { expiresDelta: { days: 1 } }))).toBe(86_400)
      expect(decodeToken(createAccessToken('a', { expiresDelta: false })).exp).toBeUndefined()
    })
  })

  it('are fresh for good or for a time', () => {
    const { app } = makeApp()
    app.appContext().run(() => {
      expect(decodeToken(createAccessToken('a', { fresh: true })).fresh).toBe(true)
      const { fresh } = decodeToken(createAccessToken('a', { fresh: { minutes: 1 } }))
      expect(fresh).toBeCloseTo(now() + 60, -1)
    })
  })

  it('carry what the loaders and the call add, the call winning', () => {
    const { app, jwt } = makeApp({ JWT_ENCODE_ISSUER: 'me', JWT_ENCODE_AUDIENCE: ['a', 'b'] })
    jwt.userIdentityLoader((user: { id: number }) => String(user.id))
    jwt.additionalClaimsLoader((user: { id: number }) => ({ double: user.id * 2, x: 1 }))
    jwt.additionalHeadersLoader(() => ({ kid: 'k1', x: 1 }))
    app.appContext().run(() => {
      const options = {
        additionalClaims: { x: new UUID('12345678123456781234567812345678'), y: [1] },
        additionalHeaders: { x: 2 },
      }
      const token = createAccessToken({ id: 7 }, options)
      expect(decodeToken(token)).toMatchObject({
        sub: '7',
        double: 14,
        x: String(options.additionalClaims.x),
        y: [1],
        iss: 'me',
        aud: ['a', 'b'],
      })
      expect(getUnverifiedJwtHeaders(token)).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'k1', x: 2 })
    })
  })

  it('tell their id and their double', () => {
    const { app } = makeApp()
    app.appContext().run(() => {
      const token = createAccessToken('ana')
      const { jti, csrf } = decodeToken(token)
      expect([getJti(token), getCsrfToken(token)]).toEqual([jti, csrf])
    })
  })
})

describe('a view behind jwtRequired', () => {
  it('sees claims, header, identity and where the token was', async () => {
    const { app } = makeApp()
    app.get(
      '/',
      jwtRequired()(() => ({
        claims: getJwt(),
        header: getJwtHeader(),
        identity: getJwtIdentity(),
        location: getJwtRequestLocation(),
      })),
    )
    const token = make(app, 'ana')
    expect(await answerTo(app, token)).toEqual([
      200,
      {
        claims: app.appContext().run(() => decodeToken(token)),
        header: { alg: 'HS256', typ: 'JWT' },
        identity: 'ana',
        location: 'headers',
      },
    ])
  })

  it('may also be wrapped without options', async () => {
    const { app } = makeApp()
    app.get(
      '/',
      { endpoint: 'plain' },
      jwtRequired(() => ({ id: getJwtIdentity() })),
    )
    expect(await answerTo(app, null)).toEqual([401, { msg: 'Missing Authorization Header' }])
    expect(await answerTo(app, make(app, 'ana'))).toEqual([200, { id: 'ana' }])
  })

  it('is asked for no token by OPTIONS', async () => {
    const { app } = makeApp()
    app.route(
      '/',
      { methods: ['OPTIONS'], endpoint: 'o' },
      jwtRequired()(() => 'options'),
    )
    expect((await app.testClient().options('/')).text).toBe('options')
  })

  it('refuses places that there are not, when it is made', () => {
    expect(() => jwtRequired({ locations: ['header'] as never })).toThrow(
      "'header' is not a valid location",
    )
  })

  it('has the current user, in templates too', async () => {
    const { app } = makeApp()
    const jwt = new JWTManager(app, { addContextProcessor: true })
    class User {
      name = 'Ana'
      greet(): string {
        return `Hello ${this.name}`
      }
    }
    jwt.userLookupLoader((_header, claims) => (claims.sub === 'ana' ? new User() : null))
    app.get(
      '/',
      jwtRequired()(() => ({
        greeting: (currentUser as unknown as User).greet(),
        same: getCurrentUser<User>().name,
        page: renderTemplateString('{{ current_user.name }}'),
      })),
    )
    expect(await answerTo(app, make(app, 'ana'))).toEqual([
      200,
      { greeting: 'Hello Ana', same: 'Ana', page: 'Ana' },
    ])
    expect(await answerTo(app, make(app, 'bob'))).toEqual([
      401,
      { msg: 'Error loading the user bob' },
    ])
  })

  it('has an error of its own for each thing asked too early', async () => {
    const { app } = makeApp()
    for (const ask of [getJwt, getJwtHeader, getJwtIdentity, getCurrentUser]) {
      expect(() => app.testRequestContext('/').run(ask)).toThrow(RuntimeError)
    }
    expect(app.testRequestContext('/').run(getJwtRequestLocation)).toBeNull()
    const bare = makeApp().app
    delete bare.extensions['flask-jwt-extended']
    expect(() => bare.appContext().run(() => createAccessToken('a'))).toThrow(
      'You must initialize a JWTManager',
    )
  })

  it('refuses a subject of the wrong kind for its freshness, type and revocation', async () => {
    const { app, jwt } = makeApp()
    jwt.tokenInBlocklistLoader((_header, { sub }) => sub === 'revoked')
    const view = (): string => 'seen'
    app.get('/', { endpoint: 'a' }, jwtRequired({ fresh: true })(view))
    app.get('/refresh', { endpoint: 'b' }, jwtRequired({ refresh: true })(view))
    expect(await answerTo(app, make(app, 'a'))).toEqual([401, { msg: 'Fresh token required' }])
    expect(await answerTo(app, make(app, 'a', { fresh: { seconds: -1 } }))).toEqual([
      401,
      { msg: 'Fresh token required' },
    ])
    expect(await answerTo(app, make(app, 'a'), '/refresh')).toEqual([
      422,
      { msg: 'Only refresh tokens are allowed' },
    ])
    expect(await answerTo(app, make(app, 'revoked', { fresh: true }))).toEqual([
      401,
      { msg: 'Token has been revoked' },
    ])
  })
})

describe('the loaders of answers', () => {
  const cases: readonly [keyof JWTManager, (app: BustAPI) => string | null][] = [
    ['unauthorizedLoader', () => null],
    ['invalidTokenLoader', () => 'x'],
    ['expiredTokenLoader', (app) => make(app, 'a', { expiresDelta: -1, fresh: true })],
    ['needsFreshTokenLoader', (app) => make(app, 'a')],
    ['revokedTokenLoader', (app) => make(app, 'revoked', { fresh: true })],
    ['tokenVerificationFailedLoader', (app) => make(app, 'unverified', { fresh: true })],
    ['userLookupErrorLoader', (app) => make(app, 'unknown', { fresh: true })],
  ]
  it.each(cases)('%s is asked, and may be asynchronous', async (loader, token) => {
    const { app, jwt } = makeApp()
    jwt.tokenInBlocklistLoader(async (_header, { sub }) => sub === 'revoked')
    jwt.tokenVerificationLoader(async (_header, { sub }) => sub !== 'unverified')
    jwt.userLookupLoader(async (_header, { sub }) => (sub === 'unknown' ? null : { sub }))
    app.get(
      '/',
      jwtRequired({ fresh: true })(() => ({ user: getCurrentUser() })),
    )
    ;(jwt[loader] as (callback: unknown) => void)(async (...args: unknown[]) => [
      { args: args.length },
      418,
    ])
    const count = loader === 'unauthorizedLoader' || loader === 'invalidTokenLoader' ? 1 : 2
    expect(await answerTo(app, token(app))).toEqual([418, { args: count }])
    expect(await answerTo(app, make(app, 'ana', { fresh: true }))).toEqual([
      200,
      { user: { sub: 'ana' } },
    ])
  })

  it('an expired token that is also wrong otherwise is answered as wrong', async () => {
    const { app } = makeApp({ JWT_DECODE_ISSUER: 'me' })
    app.get(
      '/',
      jwtRequired()(() => 'seen'),
    )
    const token = encode({ sub: 'a', exp: 1, iss: 'other' }, SECRET)
    expect(await answerTo(app, token)).toEqual([422, { msg: 'Invalid issuer' }])
  })
})

describe('keys', () => {
  it('may depend on the token, and be asynchronous', async () => {
    const { app, jwt } = makeApp()
    const keys: Record<string, string> = { a: `${SECRET}a`, b: `${SECRET}b` }
    jwt.encodeKeyLoader(async (identity: string) => keys[identity] as string)
    jwt.additionalHeadersLoader((identity: string) => ({ kid: identity }))
    jwt.decodeKeyLoader(async ({ kid }) => keys[kid as string] ?? SECRET)
    app.get(
      '/',
      jwtRequired()(() => ({ id: getJwtIdentity() })),
    )
    await app.appContext().run(async () => {
      expect(() => createAccessToken('a')).toThrow('await createAccessTokenAsync()')
      const token = await createAccessTokenAsync('a')
      expect(() => decodeToken(token)).toThrow('await decodeTokenAsync()')
      expect(await decodeTokenAsync(token)).toMatchObject({ sub: 'a' })
      expect(await answerTo(app, token)).toEqual([200, { id: 'a' }])
    })
    const foreign = encode({ sub: 'b' }, keys.a as string, { headers: { kid: 'b' } })
    expect(await answerTo(app, foreign)).toEqual([422, { msg: 'Signature verification failed' }])
  })

  it('come from the settings of the algorithm', async () => {
    const [privatePem, publicPem] = keysFor('ES256')
    const { app } = makeApp({
      JWT_ALGORITHM: 'ES256',
      JWT_PRIVATE_KEY: privatePem,
      JWT_PUBLIC_KEY: publicPem,
    })
    app.get(
      '/',
      jwtRequired()(() => ({ id: getJwtIdentity() })),
    )
    expect(await answerTo(app, make(app, 'ana'))).toEqual([200, { id: 'ana' }])
  })

  it.each<[object, string]>([
    [{ JWT_SECRET_KEY: null }, 'JWT_SECRET_KEY or flask SECRET_KEY must be set'],
    [{ JWT_ALGORITHM: 'RS256' }, 'JWT_PRIVATE_KEY must be set'],
    [{ JWT_ACCESS_TOKEN_EXPIRES: 'x' }, 'JWT_ACCESS_TOKEN_EXPIRES'],
  ])('or are missed: %j', (config, message) => {
    const { app } = makeApp(config as Record<string, unknown>)
    expect(() => make(app, 'a')).toThrow(message)
  })

  it.each<[unknown, string]>([
    [5, 'must be a sequence or a set'],
    [[], 'must contain at least one'],
    [['header'], 'can only contain'],
  ])('JWT_TOKEN_LOCATION %j is refused', async (value, message) => {
    const { app } = makeApp({ JWT_TOKEN_LOCATION: value })
    await expect(async () =>
      app.testRequestContext('/').run(() => verifyJwtInRequest()),
    ).rejects.toThrow(message)
  })
})

it('verifyJwtInRequest gives header and claims, or null for an optional token', async () => {
  const { app } = makeApp()
  const token = make(app, 'ana')
  const headers: [string, string][] = [['Authorization', `Bearer ${token}`]]
  const given = await app.testRequestContext('/', { headers }).run(() => verifyJwtInRequest())
  expect(given).toEqual([{ alg: 'HS256', typ: 'JWT' }, expect.objectContaining({ sub: 'ana' })])
  const none = app.testRequestContext('/').run(() => verifyJwtInRequest({ optional: true }))
  expect(await none).toBeNull()
})
