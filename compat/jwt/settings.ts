import { type Lifetime, lifetimeSeconds } from '../../src/core.ts'
import { type BustAPI, RuntimeError } from '../../src/index.ts'
import { isAsymmetric, type KeyInput } from './keys.ts'

/** Where in a request a token may be. */
export type TokenLocation = 'headers' | 'cookies' | 'query_string' | 'json'

/** Flask-JWT-Extended's settings. Those with RFC's claims in them are used as they are. */
export interface JwtSettings {
  /** How long an access token is good; false: for ever. Default 15 minutes. */
  JWT_ACCESS_TOKEN_EXPIRES: Lifetime | false
  JWT_ACCESS_COOKIE_NAME: string
  JWT_ACCESS_COOKIE_PATH: string
  JWT_ACCESS_CSRF_COOKIE_NAME: string
  JWT_ACCESS_CSRF_COOKIE_PATH: string
  JWT_ACCESS_CSRF_FIELD_NAME: string
  JWT_ACCESS_CSRF_HEADER_NAME: string
  /** HS, RS, PS or ES with 256, 384 or 512. */
  JWT_ALGORITHM: string
  /** Whether a cookie is good only together with its double, sent by a script of our own page. */
  JWT_COOKIE_CSRF_PROTECT: boolean
  JWT_COOKIE_DOMAIN: string | null
  JWT_COOKIE_SAMESITE: string | null
  JWT_COOKIE_SECURE: boolean
  /** Whether the double may come as a form's field too. */
  JWT_CSRF_CHECK_FORM: boolean
  JWT_CSRF_IN_COOKIES: boolean
  /** The methods that need the double. */
  JWT_CSRF_METHODS: Iterable<string>
  /** Algorithms that are accepted besides `JWT_ALGORITHM`. */
  JWT_DECODE_ALGORITHMS: readonly string[] | null
  JWT_DECODE_AUDIENCE: string | readonly string[] | null
  JWT_DECODE_ISSUER: string | readonly string[] | null
  /** By how many seconds the clocks of maker and reader may differ. */
  JWT_DECODE_LEEWAY: Lifetime
  /** Our own: the header's `typ` has to be this, or one of these; null takes any. */
  JWT_DECODE_TYP: string | readonly string[] | null
  JWT_ENCODE_AUDIENCE: string | readonly string[] | null
  JWT_ENCODE_ISSUER: string | null
  JWT_ENCODE_NBF: boolean
  /** The member of error answers that holds the message. */
  JWT_ERROR_MESSAGE_KEY: string
  JWT_HEADER_NAME: string
  /** The word before the token; empty for none. */
  JWT_HEADER_TYPE: string
  /** The claim that holds the identity. */
  JWT_IDENTITY_CLAIM: string
  JWT_JSON_KEY: string
  JWT_PRIVATE_KEY: KeyInput | null
  JWT_PUBLIC_KEY: KeyInput | null
  JWT_QUERY_STRING_NAME: string
  JWT_QUERY_STRING_VALUE_PREFIX: string
  JWT_REFRESH_COOKIE_NAME: string
  JWT_REFRESH_COOKIE_PATH: string
  JWT_REFRESH_CSRF_COOKIE_NAME: string
  JWT_REFRESH_CSRF_COOKIE_PATH: string
  JWT_REFRESH_CSRF_FIELD_NAME: string
  JWT_REFRESH_CSRF_HEADER_NAME: string
  JWT_REFRESH_JSON_KEY: string
  /** How long a refresh token is good; false: for ever. Default 30 days. */
  JWT_REFRESH_TOKEN_EXPIRES: Lifetime | false
  /** Our own: claims without which a token is refused, such as `exp` and `jti`. Default none. */
  JWT_REQUIRED_CLAIMS: readonly string[]
  JWT_SECRET_KEY: KeyInput | null
  /** Whether the cookies end with the browser's session instead of after a year. */
  JWT_SESSION_COOKIE: boolean
  /** Where tokens are looked for, in this order. */
  JWT_TOKEN_LOCATION: TokenLocation | Iterable<TokenLocation>
  /** Whether `sub` has to be a text. */
  JWT_VERIFY_SUB: boolean
  SECRET_KEY: KeyInput | null
}

const DEFAULTS: Omit<JwtSettings, 'SECRET_KEY'> = {
  JWT_ACCESS_TOKEN_EXPIRES: 15 * 60,
  JWT_ACCESS_COOKIE_NAME: 'access_token_cookie',
  JWT_ACCESS_COOKIE_PATH: '/',
  JWT_ACCESS_CSRF_COOKIE_NAME: 'csrf_access_token',
  JWT_ACCESS_CSRF_COOKIE_PATH: '/',
  JWT_ACCESS_CSRF_FIELD_NAME: 'csrf_token',
  JWT_ACCESS_CSRF_HEADER_NAME: 'X-CSRF-TOKEN',
  JWT_ALGORITHM: 'HS256',
  JWT_COOKIE_CSRF_PROTECT: true,
  JWT_COOKIE_DOMAIN: null,
  JWT_COOKIE_SAMESITE: null,
  JWT_COOKIE_SECURE: false,
  JWT_CSRF_CHECK_FORM: false,
  JWT_CSRF_IN_COOKIES: true,
  JWT_CSRF_METHODS: ['POST', 'PUT', 'PATCH', 'DELETE'],
  JWT_DECODE_ALGORITHMS: null,
  JWT_DECODE_AUDIENCE: null,
  JWT_DECODE_ISSUER: null,
  JWT_DECODE_LEEWAY: 0,
  JWT_DECODE_TYP: null,
  JWT_ENCODE_AUDIENCE: null,
  JWT_ENCODE_ISSUER: null,
  JWT_ENCODE_NBF: true,
  JWT_ERROR_MESSAGE_KEY: 'msg',
  JWT_HEADER_NAME: 'Authorization',
  JWT_HEADER_TYPE: 'Bearer',
  JWT_IDENTITY_CLAIM: 'sub',
  JWT_JSON_KEY: 'access_token',
  JWT_PRIVATE_KEY: null,
  JWT_PUBLIC_KEY: null,
  JWT_QUERY_STRING_NAME: 'jwt',
  JWT_QUERY_STRING_VALUE_PREFIX: '',
  JWT_REFRESH_COOKIE_NAME: 'refresh_token_cookie',
  JWT_REFRESH_COOKIE_PATH: '/',
  JWT_REFRESH_CSRF_COOKIE_NAME: 'csrf_refresh_token',
  JWT_REFRESH_CSRF_COOKIE_PATH: '/',
  JWT_REFRESH_CSRF_FIELD_NAME: 'csrf_token',
  JWT_REFRESH_CSRF_HEADER_NAME: 'X-CSRF-TOKEN',
  JWT_REFRESH_JSON_KEY: 'refresh_token',
  JWT_REFRESH_TOKEN_EXPIRES: 30 * 24 * 60 * 60,
  JWT_REQUIRED_CLAIMS: [],
  JWT_SECRET_KEY: null,
  JWT_SESSION_COOKIE: true,
  JWT_TOKEN_LOCATION: ['headers'],
  JWT_VERIFY_SUB: true,
}

/** Gives an app's configuration the settings that it does not have yet. */
export function setDefaults({ config }: BustAPI): void {
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if (!Object.hasOwn(config, name)) config[name] = value
  }
}

/** An app's settings, as they are now. */
export const settingsOf = (app: BustAPI): JwtSettings => app.config as unknown as JwtSettings

/**
 * The seconds of a length of time.
 * @throws {RuntimeError} when it is none, naming the setting
 */
export function secondsOf(duration: Lifetime, setting: string): number {
  if (typeof duration === 'number' && Number.isFinite(duration)) return duration
  try {
    return lifetimeSeconds(duration)
  } catch (error) {
    throw new RuntimeError(`${setting}: ${(error as Error).message}`)
  }
}

/** The key that tokens are made with. @throws {RuntimeError} when none is configured */
export function encodeKey(settings: JwtSettings): KeyInput {
  return isAsymmetric(settings.JWT_ALGORITHM) ? pairKey(settings, 'PRIVATE') : secret(settings)
}

/** The key that tokens are verified with. @throws {RuntimeError} when none is configured */
export function decodeKey(settings: JwtSettings): KeyInput {
  return isAsymmetric(settings.JWT_ALGORITHM) ? pairKey(settings, 'PUBLIC') : secret(settings)
}

function secret(settings: JwtSettings): KeyInput {
  const key = settings.JWT_SECRET_KEY || settings.SECRET_KEY
  if (key) return key
  throw new RuntimeError(
    'JWT_SECRET_KEY or flask SECRET_KEY must be set when using symmetric algorithm ' +
      `"${settings.JWT_ALGORITHM}"`,
  )
}

function pairKey(settings: JwtSettings, half: 'PRIVATE' | 'PUBLIC'): KeyInput {
  const name = `JWT_${half}_KEY` as const
  const key = settings[name]
  if (key) return key
  throw new RuntimeError(
    `${name} must be set to use asymmetric cryptography algorithm "${settings.JWT_ALGORITHM}"`,
  )
}

/** The algorithms that are accepted. */
export function decodeAlgorithms(settings: JwtSettings): readonly string[] {
  const { JWT_ALGORITHM: own, JWT_DECODE_ALGORITHMS: given } = settings
  if (given === null || given.length === 0) return [own]
  return given.includes(own) ? given : [...given, own]
}

const LOCATIONS: ReadonlySet<unknown> = new Set(['headers', 'cookies', 'query_string', 'json'])
const checked = new WeakMap<object, readonly TokenLocation[]>()

/**
 * Where tokens are looked for.
 * @throws {RuntimeError} when the setting names none, or one that there is not
 */
export function tokenLocations(settings: JwtSettings): readonly TokenLocation[] {
  const given: unknown = settings.JWT_TOKEN_LOCATION
  const known = typeof given === 'object' && given !== null ? checked.get(given) : undefined
  if (known !== undefined) return known
  const locations = typeof given === 'string' ? [given] : given
  if (typeof locations !== 'object' || locations === null || !(Symbol.iterator in locations)) {
    throw new RuntimeError('JWT_TOKEN_LOCATION must be a sequence or a set')
  }
  const list = [...(locations as Iterable<TokenLocation>)]
  if (list.length === 0) {
    throw new RuntimeError(
      'JWT_TOKEN_LOCATION must contain at least one of "headers", "cookies", "query_string", or ' +
        '"json"',
    )
  }
  if (!list.every((location) => LOCATIONS.has(location))) {
    throw new RuntimeError(
      'JWT_TOKEN_LOCATION can only contain "headers", "cookies", "query_string", or "json"',
    )
  }
  if (typeof given === 'object' && given !== null) checked.set(given, list)
  return list
}
