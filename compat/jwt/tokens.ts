import { randomUUID } from 'node:crypto'
import { andThen, isThenable, type Lifetime } from '../../src/core.ts'
import {
  type BustAPI,
  currentApp,
  getCurrentObject,
  KeyError,
  type MaybePromise,
  RuntimeError,
} from '../../src/index.ts'
import { now } from './claims.ts'
import { encode } from './codec.ts'
import type { TokenPart } from './errors.ts'
import { managerOf } from './manager.ts'
import { type DecodeTokenOptions, readToken } from './read.ts'
import { takeApart } from './segments.ts'
import { secondsOf, settingsOf } from './settings.ts'

/** Options of `createRefreshToken`. */
export interface CreateTokenOptions {
  /** How long it is good: seconds or units; false for ever; default as configured. */
  expiresDelta?: Lifetime | false | null
  /** Claims to add; they win over those of `additionalClaimsLoader`. */
  additionalClaims?: TokenPart | null
  /** Members of the header to add; they win over those of `additionalHeadersLoader`. */
  additionalHeaders?: TokenPart | null
}

/** Options of `createAccessToken`. */
export interface CreateAccessTokenOptions extends CreateTokenOptions {
  /** Whether it is fresh: its user has just signed in. A length of time: for how long. */
  fresh?: boolean | Lifetime
}

/** The value, where every callback is synchronous. @throws {RuntimeError} where one is not */
function settled<T>(value: MaybePromise<T>, name: string): T {
  if (!isThenable(value)) return value
  value.then(undefined, () => undefined)
  throw new RuntimeError(
    `A callback of the JWTManager is asynchronous: await ${name}Async() instead of ${name}().`,
  )
}

type Kind = 'access' | 'refresh'

/** When the token's time is over, or undefined for never. A length of zero is none, as in Python. */
function expiry(app: BustAPI, kind: Kind, given: CreateTokenOptions['expiresDelta']) {
  const setting = `JWT_${kind.toUpperCase() as 'ACCESS' | 'REFRESH'}_TOKEN_EXPIRES` as const
  const delta = given ?? settingsOf(app)[setting]
  if (delta === false) return undefined
  const seconds = secondsOf(delta, setting)
  return seconds === 0 ? undefined : Math.floor(now() + seconds)
}

function freshness(fresh: boolean | Lifetime): boolean | number {
  return typeof fresh === 'boolean' ? fresh : now() + secondsOf(fresh, 'fresh')
}

/** Waits for each, if any is to be waited for. */
function all<T extends readonly unknown[]>(
  ...values: T
): MaybePromise<{ [K in keyof T]: Awaited<T[K]> }> {
  return values.some((value) => isThenable(value as MaybePromise<unknown>))
    ? (Promise.all(values) as never)
    : (values as never)
}

function createToken(
  kind: Kind,
  identity: unknown,
  fresh: boolean | Lifetime,
  options: CreateTokenOptions,
): MaybePromise<string> {
  const app = getCurrentObject(currentApp)
  const settings = settingsOf(app)
  const { callbacks } = managerOf(app)
  const user = identity as never
  const parts = all(
    callbacks.additionalHeaders(user),
    callbacks.additionalClaims(user),
    callbacks.userIdentity(user) as MaybePromise<unknown>,
    callbacks.encodeKey(user),
  )
  return andThen(parts, ([headers, more, subject, key]) => {
    const time = Math.floor(now())
    const exp = expiry(app, kind, options.expiresDelta)
    const { JWT_ENCODE_AUDIENCE: audience, JWT_ENCODE_ISSUER: issuer } = settings
    const claims: TokenPart = {
      fresh: freshness(fresh),
      iat: time,
      jti: randomUUID(),
      type: kind,
      [settings.JWT_IDENTITY_CLAIM]: subject,
      ...(settings.JWT_ENCODE_NBF && { nbf: time }),
      ...(settings.JWT_COOKIE_CSRF_PROTECT && { csrf: randomUUID() }),
      ...(audience && { aud: audience }),
      ...(issuer && { iss: issuer }),
      ...(exp !== undefined && { exp }),
      ...(more as TokenPart),
      ...options.additionalClaims,
    }
    return encode(claims, key, {
      algorithm: settings.JWT_ALGORITHM,
      headers: { ...(headers as TokenPart), ...options.additionalHeaders },
      default: (value) => jsonForm(app, value),
    })
  })
}

/** The JSON form that the app's provider gives a value. */
function jsonForm(app: BustAPI, value: unknown): unknown {
  const { json } = app as { json: { default?(value: unknown): unknown } }
  if (json.default === undefined) throw new TypeError('A claim is not JSON serializable')
  return json.default(value)
}

/**
 * Makes an access token for an identity (`create_access_token`).
 * @throws {RuntimeError} when a callback is asynchronous; then `createAccessTokenAsync` is the one
 */
export function createAccessToken(
  identity: unknown,
  options: CreateAccessTokenOptions = {},
): string {
  const { fresh = false } = options
  return settled(createToken('access', identity, fresh, options), 'createAccessToken')
}

/** `createAccessToken` where callbacks of the manager are asynchronous. */
export async function createAccessTokenAsync(
  identity: unknown,
  options: CreateAccessTokenOptions = {},
): Promise<string> {
  return createToken('access', identity, options.fresh ?? false, options)
}

/**
 * Makes a refresh token for an identity (`create_refresh_token`).
 * @throws {RuntimeError} when a callback is asynchronous; then `createRefreshTokenAsync` is the one
 */
export function createRefreshToken(identity: unknown, options: CreateTokenOptions = {}): string {
  return settled(createToken('refresh', identity, false, options), 'createRefreshToken')
}

/** `createRefreshToken` where callbacks of the manager are asynchronous. */
export async function createRefreshTokenAsync(
  identity: unknown,
  options: CreateTokenOptions = {},
): Promise<string> {
  return createToken('refresh', identity, false, options)
}

/** The claims of a token, verified by the app's settings. */
export function claimsOf(token: string, options: DecodeTokenOptions = {}): MaybePromise<TokenPart> {
  const app = getCurrentObject(currentApp)
  return andThen(readToken(app, managerOf(app), token, options), ({ claims }) => claims)
}

/**
 * Verifies a token by the app's settings and returns its claims (`decode_token`).
 * @throws {InvalidTokenError | JWTDecodeError | CSRFError} when it is not acceptable
 * @throws {RuntimeError} when the key's loader is asynchronous; `decodeTokenAsync` is for that
 */
export function decodeToken(token: string, options: DecodeTokenOptions = {}): TokenPart {
  return settled(claimsOf(token, options), 'decodeToken')
}

/** `decodeToken` where the loader of the key is asynchronous. */
export async function decodeTokenAsync(
  token: string,
  options: DecodeTokenOptions = {},
): Promise<TokenPart> {
  return claimsOf(token, options)
}

/** The header of a token, NOT verified (`get_unverified_jwt_headers`). */
export function getUnverifiedJwtHeaders(token: string): TokenPart {
  return takeApart(token).header
}

/** The id of a token, which is verified (`get_jti`). @throws as `decodeToken` */
export function getJti(token: string): string | null {
  return (decodeToken(token).jti ?? null) as string | null
}

/** The double that goes with a token (`get_csrf_token`). @throws as `decodeToken`; {KeyError} */
export function getCsrfToken(token: string): string {
  return csrfOf(decodeToken(token))
}

/** The `csrf` claim. @throws {KeyError} when there is none */
export function csrfOf(claims: TokenPart): string {
  if (claims.csrf === undefined) throw new KeyError('csrf')
  return claims.csrf as string
}
