import { encode } from '../../../compat/jwt/index.ts'
import { Random } from '../../support/random.ts'
import { ALGORITHMS, keysFor, OTHER_RSA, SECRET } from './keys.ts'

/** A request whose answer is compared. */
export interface GivenRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
}

/** An app's setup, and what is asked of it; names are Python's. */
export interface Case {
  readonly config: Record<string, unknown>
  readonly required: Record<string, unknown>
  readonly create: Record<string, unknown>
  readonly blocked: readonly string[]
  readonly users: Record<string, unknown> | null
  readonly requests: readonly GivenRequest[]
}

const JTI = '11111111-1111-4111-8111-111111111111'
const REVOKED = '22222222-2222-4222-8222-222222222222'
const CSRF = '33333333-3333-4333-8333-333333333333'
const LOCATIONS = ['headers', 'cookies', 'query_string', 'json']

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

class Maker {
  readonly #random: Random

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  chance(part: number): boolean {
    return this.#random.next() < part
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random.next() * from.length)] as T
  }

  config(): Record<string, unknown> {
    const config: Record<string, unknown> = {}
    const algorithm = this.pick(['HS256', 'HS256', 'HS256', ...ALGORITHMS])
    const [sign, verify] = keysFor(algorithm)
    config.JWT_ALGORITHM = algorithm
    if (algorithm.startsWith('HS')) config.JWT_SECRET_KEY = sign
    else Object.assign(config, { JWT_PRIVATE_KEY: sign, JWT_PUBLIC_KEY: verify })
    const maybe = (part: number, name: string, values: readonly unknown[]): void => {
      if (this.chance(part)) config[name] = this.pick(values)
    }
    maybe(0.3, 'JWT_DECODE_AUDIENCE', ['me', ['me', 'us'], 'them'])
    maybe(0.3, 'JWT_DECODE_ISSUER', ['iss1', ['iss1', 'iss2'], 'iss3'])
    maybe(0.3, 'JWT_DECODE_LEEWAY', [0, 5, 1000])
    maybe(0.2, 'JWT_VERIFY_SUB', [false])
    maybe(0.2, 'JWT_IDENTITY_CLAIM', ['user', 'identity'])
    maybe(0.2, 'JWT_ERROR_MESSAGE_KEY', ['error'])
    maybe(0.2, 'JWT_HEADER_TYPE', ['', 'JWT'])
    maybe(0.2, 'JWT_HEADER_NAME', ['X-Token'])
    maybe(0.2, 'JWT_COOKIE_CSRF_PROTECT', [false])
    maybe(0.2, 'JWT_CSRF_CHECK_FORM', [true])
    maybe(0.2, 'JWT_CSRF_METHODS', [['GET'], []])
    maybe(0.2, 'JWT_QUERY_STRING_VALUE_PREFIX', ['Bearer '])
    maybe(0.6, 'JWT_TOKEN_LOCATION', [
      'cookies',
      ['json'],
      ['headers', 'cookies'],
      ['query_string', 'headers'],
      LOCATIONS,
    ])
    return config
  }

  claims(config: Record<string, unknown>): Record<string, unknown> {
    const time = Math.floor(Date.now() / 1000)
    const claims: Record<string, unknown> = {}
    const put = (part: number, name: string, values: readonly unknown[]): void => {
      if (this.chance(part)) claims[name] = this.pick(values)
    }
    put(0.9, 'iat', [time - 100, time - 100, time + 500, 'x', String(time - 5), 1.5])
    put(0.7, 'nbf', [time - 100, time - 100, time + 500, 'x'])
    put(0.9, 'exp', [
      time + 900,
      time + 900,
      time + 900,
      time - 500,
      time - 2000,
      'x',
      time + 900.5,
    ])
    put(0.9, 'type', ['access', 'access', 'refresh', 'other'])
    put(0.7, 'fresh', [true, false, time + 500, time - 500])
    put(0.9, 'jti', [JTI, JTI, REVOKED, 7])
    put(0.7, 'csrf', [CSRF, CSRF, 'other'])
    put(0.5, 'aud', ['me', ['me', 'x'], 'x', [], '', 5, [1]])
    put(0.5, 'iss', ['iss1', 'iss1', 'iss9'])
    put(0.9, String(config.JWT_IDENTITY_CLAIM ?? 'sub'), ['ana', 'ana', 'ghost'])
    put(0.1, 'sub', ['ana', 5])
    return claims
  }

  token(config: Record<string, unknown>): string {
    const algorithm = String(config.JWT_ALGORITHM)
    const other = this.chance(0.1) ? this.pick(ALGORITHMS) : algorithm
    const headers = this.chance(0.2) ? { kid: this.pick(['k1', 'ключ']), typ: 'at+jwt' } : {}
    const claims = this.claims(config)
    if ('iss' in claims && typeof claims.iss !== 'string') claims.iss = 'iss1'
    const token = encode(claims, keysFor(other)[0], { algorithm: other, headers })
    const [header = '', payload = '', signature = ''] = token.split('.')
    if (this.chance(0.75)) return token
    return this.pick<() => string>([
      () => `${header}.${payload}`,
      () => `${header}.${payload}.`,
      () => `${header}.${payload.slice(0, -4)}.${signature}`,
      () => `${header}.${payload}.${signature.slice(4)}`,
      () => `${base64url('{"alg":"none","typ":"JWT"}')}.${payload}.`,
      () => `${base64url('{"alg":"nOnE"}')}.${payload}.${signature}`,
      () => `${base64url('{"typ":"JWT"}')}.${payload}.${signature}`,
      () => `${base64url('[1]')}.${payload}.${signature}`,
      () => `${base64url('{"alg":')}.${payload}.${signature}`,
      () => `${base64url('{"kid":5,"alg":"HS256"}')}.${payload}.${signature}`,
      () => `${header}.${base64url('[]')}.${signature}`,
      () => `${header}.${base64url('{"a":tru}')}.${signature}`,
      () => `a.${payload}.${signature}`,
      () => 'abc.def.ghi',
      () => '....',
      () => 'x',
      () => encode(claims, OTHER_RSA.privatePem, { algorithm: 'RS256' }),
      () => encode(claims, `${SECRET}x`, { algorithm: 'HS256' }),
    ])()
  }

  request(config: Record<string, unknown>): GivenRequest {
    const headers: [string, string][] = []
    const method = this.chance(0.02) ? 'OPTIONS' : this.pick(['GET', 'POST'])
    const name = String(config.JWT_HEADER_NAME ?? 'Authorization')
    const type = String(config.JWT_HEADER_TYPE ?? 'Bearer')
    const places = String(config.JWT_TOKEN_LOCATION ?? 'headers').split(',')
    let path = '/'
    let body: string | undefined
    if (places.includes('headers') && this.chance(0.8)) {
      const token = this.token(config)
      const value = this.pick([
        ...Array.from({ length: 6 }, () => `${type} ${token}`.trim()),
        `Basic abc, ${type} ${token}`,
        `${type} ${token} x`,
        `${type.toLowerCase()} ${token}`,
        `,${type} ${token},`,
        `${type}  ${token}`,
        token,
        type,
        '',
      ])
      headers.push([name, value])
    }
    if (places.includes('cookies') && this.chance(0.8)) {
      const kind = this.chance(0.7) ? 'access' : 'refresh'
      headers.push(['Cookie', `${kind}_token_cookie=${this.token(config)}`])
      if (this.chance(0.7)) headers.push(['X-CSRF-TOKEN', this.pick([CSRF, CSRF, 'bad'])])
    }
    if (places.includes('query_string') && this.chance(0.6)) {
      const wanted = String(config.JWT_QUERY_STRING_VALUE_PREFIX ?? '')
      const prefix = wanted === '' || this.chance(0.7) ? wanted : 'X '
      path += `?jwt=${encodeURIComponent(prefix + this.token(config))}`
    }
    if (places.includes('json') && method === 'POST' && this.chance(0.8)) {
      const key = this.pick(['access_token', 'access_token', 'refresh_token'])
      body = this.pick([JSON.stringify({ [key]: this.token(config) }), '{', '{}', 'null'])
      headers.push(['Content-Type', this.pick(['application/json', 'application/json', 'text/x'])])
    } else if (method === 'POST' && this.chance(0.3)) {
      body = `csrf_token=${CSRF}`
      headers.push(['Content-Type', 'application/x-www-form-urlencoded'])
    }
    return { method, path, headers, ...(body !== undefined && { body }) }
  }

  case(): Case {
    const config = this.config()
    const required: Record<string, unknown> = {}
    if (this.chance(0.2)) required.optional = true
    if (this.chance(0.2)) required.fresh = true
    if (this.chance(0.2)) required.refresh = true
    if (this.chance(0.2)) required.verify_type = false
    if (this.chance(0.2)) required.skip_revocation_check = true
    return {
      config,
      required,
      create: {},
      blocked: this.chance(0.5) ? [REVOKED] : [],
      users: this.chance(0.4) ? { ana: { name: 'Ana' } } : null,
      requests: Array.from({ length: 15 }, () => this.request(config)),
    }
  }
}

/** Setups and requests made at random, the same for the same seed but for keys and times. */
export function randomCases(seed: number, count: number): Case[] {
  const maker = new Maker(seed)
  return Array.from({ length: count }, () => maker.case())
}
