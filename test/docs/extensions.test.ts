import { spawnSync } from 'node:child_process'
import { BustAPI, type Response, urlFor } from 'bustapi'
import { CORS } from 'bustapi/cors'
import * as jwt from 'bustapi/jwt'
import * as login from 'bustapi/login'
import { describe, expect, it } from 'vitest'
import { OWN_KEYS } from './extension-keys.ts'
import { codeSpans, page, section, tableRows } from './markdown.ts'
import { EXTENSIONS } from './samples.ts'

const MIGRATION = page('MIGRATION.md')
const MATRIX = section(MIGRATION, '## Compatibility matrix')
const HEAD = '| Flask | TypeScript | Status | Proof |'
const TITLES: Readonly<Record<string, readonly string[]>> = {
  login: ['### Flask-Login: `flask_login`', '### `LoginManager`, `UserMixin`'],
  cors: ['### Flask-CORS: `flask_cors`'],
  jwt: [
    '### Flask-JWT-Extended: `flask_jwt_extended`',
    '### `JWTManager`',
    '### Tokens without an app: PyJWT’s `jwt`',
  ],
  sqlalchemy: [
    '### Flask-SQLAlchemy: `flask_sqlalchemy`',
    '### SQLAlchemy: names on `db`',
    '### SQLAlchemy: `sqlalchemy.orm`',
    '### SQLAlchemy: errors',
  ],
}
const beyond = section(MATRIX, '### Beyond the extensions')

describe.each(Object.entries(TITLES))('the matrix of bustapi/%s', (name, titles) => {
  const entry = EXTENSIONS[name] ?? {}
  const rows = titles.flatMap((title) => tableRows(section(MATRIX, title), HEAD))
  const forms = rows
    .flatMap(([, form]) => codeSpans(form ?? ''))
    .map((one) => one.replace('()', ''))

  it('has every export', () => {
    const named = new Set([...forms, ...codeSpans(beyond)].map((one) => one.split('.')[0]))
    expect(rows.length).toBeGreaterThan(1)
    expect(Object.keys(entry).filter((one) => !named.has(one))).toEqual([])
  })

  it('names as exports only what this entry exports', () => {
    const wrong = forms.filter((one) => !one.includes('.') && !(one in entry))
    expect(wrong).toEqual([])
  })

  it('has its examples before and after', () => {
    const title = {
      login: 'Flask-Login',
      cors: 'Flask-CORS',
      jwt: 'Flask-JWT-Extended',
      sqlalchemy: 'Flask-SQLAlchemy',
    }[name]
    const text = section(MIGRATION, `## ${title}`)
    expect(text).toMatch(/```py\n[\s\S]+```\n```ts\n/)
    expect(text).toContain(`from 'bustapi/${name}'`)
    const imported = [...text.matchAll(/import \{ ([^}]+) \} from 'bustapi\/\w+'/g)].flatMap(
      ([, list]) => (list as string).split(', '),
    )
    expect(imported.filter((one) => !(one in entry))).toEqual([])
  })
})

it('has the keys that are our own', () => {
  expect(OWN_KEYS.filter((key) => !codeSpans(beyond).includes(key))).toEqual([])
})

const LIST = `
import importlib, inspect, json, sys
names = []
for module, base in (("flask_login", ""), ("flask_jwt_extended", ""), ("flask_cors", "")):
    found = importlib.import_module(module)
    for name in dir(found):
        value = getattr(found, name)
        if not name.startswith("_") and not inspect.ismodule(value):
            names.append(module + "." + name)
from flask_jwt_extended import JWTManager, exceptions
from flask_login import LoginManager
for thing, base in ((LoginManager(), "LoginManager"), (JWTManager(), "JWTManager")):
    names += [base + "." + name for name in dir(thing) if not name.startswith("_")]
names += ["flask_jwt_extended.exceptions." + n for n in dir(exceptions) if not n.startswith("_")]
print(json.dumps(names))
`
const listed = ['python3', '/usr/bin/python3']
  .map((python) => spawnSync(python, ['-c', LIST], { encoding: 'utf8' }))
  .find(({ status }) => status === 0)

it.skipIf(listed === undefined)('has every public name of the extensions that are here', () => {
  const named = new Set(tableRows(MATRIX, HEAD).flatMap(([name]) => codeSpans(name ?? '')))
  // What flask_cors imports for itself.
  const notTheirs = /^flask_cors\.(?:NullHandler|rootlogger)$/
  const names = JSON.parse(listed?.stdout ?? '') as string[]
  expect(names.filter((name) => !named.has(name) && !notTheirs.test(name))).toEqual([])
})

// What the rows say whose proof is this file.

describe('Flask-Login', () => {
  it('has the values of flask_login.config', () => {
    expect(login).toMatchObject({
      COOKIE_NAME: 'remember_token',
      COOKIE_DURATION: 365 * 86400,
      COOKIE_SECURE: false,
      COOKIE_HTTPONLY: true,
      COOKIE_SAMESITE: null,
      LOGIN_MESSAGE: 'Please log in to access this page.',
      LOGIN_MESSAGE_CATEGORY: 'message',
      REFRESH_MESSAGE: 'Please reauthenticate to access this page.',
      REFRESH_MESSAGE_CATEGORY: 'message',
      ID_ATTRIBUTE: 'getId',
      EXEMPT_METHODS: new Set(['OPTIONS']),
    })
    expect(new Set(login.SESSION_KEYS)).toEqual(
      new Set(['_user_id', '_remember', '_remember_seconds', '_id', '_fresh', 'next']),
    )
  })

  it('has its messages, callbacks and id on the manager', () => {
    const manager = new login.LoginManager()
    expect(manager).toMatchObject({
      loginMessage: login.LOGIN_MESSAGE,
      loginMessageCategory: 'message',
      idAttribute: 'getId',
      userCallback: null,
      requestCallback: null,
      unauthorizedCallback: null,
      needsRefreshCallback: null,
    })
    const find = (): null => null
    const answer = (): string => ''
    manager.userLoader(find)
    manager.requestLoader(find)
    manager.unauthorizedHandler(answer)
    manager.needsRefreshHandler(answer)
    expect([manager.userCallback, manager.requestCallback]).toEqual([find, find])
    expect([manager.unauthorizedCallback, manager.needsRefreshCallback]).toEqual([answer, answer])
  })

  it('takes an endpoint or a URL for a login view', () => {
    const app = new BustAPI('app')
    app.get('/in', { endpoint: 'in' }, () => '')
    app.testRequestContext('/').run(() => {
      expect(login.expandLoginView('in')).toBe(urlFor('in'))
      expect(login.expandLoginView('/x')).toBe('/x')
      expect(login.expandLoginView('https://a.example/in')).toBe('https://a.example/in')
    })
  })
})

describe('Flask-CORS', () => {
  it('reads its keys, and covers answers to exceptions unless told', async () => {
    for (const intercept of [true, false]) {
      const app = new BustAPI('app')
      Object.assign(app.config, {
        CORS_ORIGINS: ['https://a.example', 'https://b.example'],
        CORS_VARY_HEADER: false,
        CORS_INTERCEPT_EXCEPTIONS: intercept,
        PROPAGATE_EXCEPTIONS: false,
      })
      CORS(app)
      app.afterRequest(() => {
        throw new Error('a hook fails')
      })
      app.logger.setLevel('CRITICAL')
      app.get('/', () => '')
      const headers = { Origin: 'https://a.example' }
      const reply = await app.testClient().get('/', { headers })
      expect(reply.statusCode).toBe(500)
      expect(reply.headers.get('Vary')).toBeNull()
      expect(reply.headers.get('Access-Control-Allow-Origin')).toBe(
        intercept ? 'https://a.example' : null,
      )
    }
  })
})

function tokenApp(settings: Record<string, unknown> = {}): BustAPI {
  const app = new BustAPI('app')
  app.secretKey = 'docs'
  Object.assign(app.config, settings)
  new jwt.JWTManager().initApp(app)
  return app
}

describe('Flask-JWT-Extended', () => {
  it('names and places its cookies as configured, and unsets them', () => {
    const settings: Record<string, unknown> = { JWT_COOKIE_DOMAIN: 'a.example' }
    for (const kind of ['ACCESS', 'REFRESH']) {
      settings[`JWT_${kind}_COOKIE_NAME`] = `${kind}-name`
      settings[`JWT_${kind}_COOKIE_PATH`] = `/${kind}`
      settings[`JWT_${kind}_CSRF_COOKIE_NAME`] = `${kind}-double`
      settings[`JWT_${kind}_CSRF_COOKIE_PATH`] = `/${kind}-double`
    }
    const lines = (app: BustAPI, run: (response: Response) => unknown): string[] =>
      app.testRequestContext('/').run(() => {
        const response = app.makeResponse('')
        run(response)
        return response.headers.getlist('Set-Cookie').map((line) => line.replace(/=[^;]*/, ''))
      })
    const app = tokenApp(settings)
    const set = (response: Response): void => {
      jwt.setAccessCookies(response, jwt.createAccessToken('1'))
      jwt.setRefreshCookies(response, jwt.createRefreshToken('1'))
    }
    expect(lines(app, set)).toEqual([
      'ACCESS-name; Domain=a.example; HttpOnly; Path=/ACCESS',
      'ACCESS-double; Domain=a.example; Path=/ACCESS-double',
      'REFRESH-name; Domain=a.example; HttpOnly; Path=/REFRESH',
      'REFRESH-double; Domain=a.example; Path=/REFRESH-double',
    ])
    const past = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'
    const access = [
      `ACCESS-name; Domain=a.example; ${past}; HttpOnly; Path=/ACCESS`,
      `ACCESS-double; Domain=a.example; ${past}; Path=/ACCESS-double`,
    ]
    const refresh = access.map((line) => line.replaceAll('ACCESS', 'REFRESH'))
    expect(lines(app, jwt.unsetAccessCookies)).toEqual(access)
    expect(lines(app, jwt.unsetRefreshCookies)).toEqual(refresh)
    expect(lines(app, jwt.unsetJwtCookies)).toEqual([...access, ...refresh])

    const lasting = tokenApp({ JWT_SESSION_COOKIE: false, JWT_CSRF_IN_COOKIES: false })
    expect(lines(lasting, set)).toHaveLength(2)
    expect(lines(lasting, set)[0]).toContain('Max-Age=31540000')
  })

  it('looks for tokens and their doubles under the configured names', async () => {
    for (const kind of ['ACCESS', 'REFRESH']) {
      const refresh = kind === 'REFRESH'
      const app = tokenApp({
        JWT_TOKEN_LOCATION: ['cookies', 'json'],
        JWT_CSRF_CHECK_FORM: true,
        [`JWT_${kind}_CSRF_HEADER_NAME`]: 'X-Double',
        [`JWT_${kind}_CSRF_FIELD_NAME`]: 'double',
        [refresh ? 'JWT_REFRESH_JSON_KEY' : 'JWT_JSON_KEY']: 'ticket',
      })
      app.post(
        '/',
        jwt.jwtRequired({ refresh })(() => 'in'),
      )
      const [token, double] = app.appContext().run(() => {
        const made = refresh ? jwt.createRefreshToken('1') : jwt.createAccessToken('1')
        return [made, jwt.getCsrfToken(made)]
      })
      const client = app.testClient()
      expect((await client.post('/', { json: { ticket: token } })).text).toBe('in')
      client.setCookie(`${kind.toLowerCase()}_token_cookie`, token as string)
      expect((await client.post('/')).statusCode).toBe(401)
      expect((await client.post('/', { headers: { 'X-Double': double as string } })).text).toBe(
        'in',
      )
      expect((await client.post('/', { data: { double } })).text).toBe('in')
    }
  })

  it('leaves out nbf where it is told to', () => {
    for (const nbf of [true, false]) {
      const app = tokenApp({ JWT_ENCODE_NBF: nbf })
      const claims = app.appContext().run(() => jwt.decodeToken(jwt.createAccessToken('1')))
      expect('nbf' in claims).toBe(nbf)
    }
  })

  it('throws what the Python libraries raise', () => {
    const now = Math.floor(Date.now() / 1000)
    const encode = (claims: object): string =>
      jwt.encode({ type: 'access', jti: 'j', fresh: false, sub: '1', ...claims }, 'docs')
    const settings = {
      JWT_TOKEN_LOCATION: ['headers', 'query_string', 'cookies'],
      JWT_QUERY_STRING_VALUE_PREFIX: 'Q ',
    }
    const thrown = (
      token: string | null,
      options: object = {},
      { prepare, ...more }: { prepare?: (manager: jwt.JWTManager) => unknown } & object = {},
      cookies: Record<string, string> = {},
    ): unknown => {
      const app = tokenApp({ ...settings, ...more })
      prepare?.(app.extensions['flask-jwt-extended'] as jwt.JWTManager)
      const { path = '/', method = 'GET', ...required } = options as Record<string, string>
      const headers = { ...cookies, ...(token !== null && { Authorization: token }) }
      try {
        app
          .testRequestContext(path, { method, headers })
          .run(() => jwt.verifyJwtInRequest(required))
      } catch (error) {
        return error
      }
      return null
    }
    const bearer = (claims: object = {}): string => `Bearer ${encode(claims)}`
    expect(thrown(bearer())).toBeNull()
    expect(thrown(null)).toBeInstanceOf(jwt.NoAuthorizationError)
    expect(thrown('Bearer a b')).toBeInstanceOf(jwt.InvalidHeaderError)
    const cookie = { Cookie: `access_token_cookie=${encode({})}` }
    expect(thrown(null, { method: 'POST' }, {}, cookie)).toBeInstanceOf(jwt.CSRFError)
    expect(thrown(null, { path: '/?jwt=x' })).toBeInstanceOf(jwt.InvalidQueryParamError)
    expect(thrown(bearer(), { refresh: true })).toBeInstanceOf(jwt.WrongTokenError)
    expect(thrown(bearer(), { fresh: true })).toBeInstanceOf(jwt.FreshTokenRequired)
    const revoked = thrown(
      bearer(),
      {},
      { prepare: (one) => one.tokenInBlocklistLoader(() => true) },
    )
    expect(revoked).toBeInstanceOf(jwt.RevokedTokenError)
    const nobody = thrown(bearer(), {}, { prepare: (one) => one.userLookupLoader(() => null) })
    expect(nobody).toBeInstanceOf(jwt.UserLookupError)
    const unverified = thrown(
      bearer(),
      {},
      { prepare: (one) => one.tokenVerificationLoader(() => false) },
    )
    expect(unverified).toBeInstanceOf(jwt.UserClaimsVerificationError)
    for (const error of [revoked, nobody, unverified]) {
      expect(error).toBeInstanceOf(jwt.JWTExtendedException)
    }
    expect(thrown(bearer({ csrf: 1 }).replace(/.$/, ''))).toBeInstanceOf(jwt.DecodeError)

    const rejected = (claims: object, more: object = {}): unknown =>
      thrown(bearer(claims), {}, more)
    expect(rejected({ exp: now - 9 })).toBeInstanceOf(jwt.ExpiredSignatureError)
    expect(rejected({ nbf: now + 99 })).toBeInstanceOf(jwt.ImmatureSignatureError)
    expect(rejected({ iat: 'x' })).toBeInstanceOf(jwt.InvalidIssuedAtError)
    expect(rejected({ aud: 'x' }, { JWT_DECODE_AUDIENCE: 'y' })).toBeInstanceOf(
      jwt.InvalidAudienceError,
    )
    expect(rejected({ iss: 'x' }, { JWT_DECODE_ISSUER: 'y' })).toBeInstanceOf(
      jwt.InvalidIssuerError,
    )
    expect(rejected({}, { JWT_DECODE_ISSUER: 'y' })).toBeInstanceOf(jwt.MissingRequiredClaimError)
    expect(rejected({ jti: 7 })).toBeInstanceOf(jwt.InvalidJTIError)
    expect(rejected({ sub: 7 })).toBeInstanceOf(jwt.InvalidSubjectError)
    expect(rejected({ type: undefined, sub: undefined })).toBeInstanceOf(jwt.JWTDecodeError)
    const foreign = `Bearer ${jwt.encode({ sub: '1' }, 'another key')}`
    expect(thrown(foreign)).toBeInstanceOf(jwt.InvalidSignatureError)
    expect(thrown(foreign)).toBeInstanceOf(jwt.PyJWTError)
  })
})
