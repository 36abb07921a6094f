/**
 * `bustapi/jwt`: Flask-JWT-Extended for BustAPI apps, on the `jsonwebtoken` package. Tokens, settings
 * (`JWT_*`), messages and status codes are those of Flask-JWT-Extended 4, so that tokens of one are
 * good for the other. `encode` and `decode` are PyJWT's, for tokens without an app.
 *
 * @module
 */
export type { JwtCallbacks, MessageCallback, TokenCallback, TokenTest } from './callbacks.ts'
export type { ClaimRules } from './claims.ts'
export { type DecodeOptions, decode, type EncodeOptions, encode } from './codec.ts'
export {
  type JwtCookieOptions,
  setAccessCookies,
  setRefreshCookies,
  unsetAccessCookies,
  unsetJwtCookies,
  unsetRefreshCookies,
} from './cookies.ts'
// All of it, since only so an app can add to `CurrentUser`.
export * from './current-user.ts'
export * from './errors.ts'
export type { KeyInput } from './keys.ts'
export { JWTManager, type JWTManagerOptions, type Loader } from './manager.ts'
export type { DecodeTokenOptions } from './read.ts'
export type { JwtSettings, TokenLocation } from './settings.ts'
export {
  getJwt,
  getJwtHeader,
  getJwtIdentity,
  getJwtRequestLocation,
} from './state.ts'
export {
  type CreateAccessTokenOptions,
  type CreateTokenOptions,
  createAccessToken,
  createAccessTokenAsync,
  createRefreshToken,
  createRefreshTokenAsync,
  decodeToken,
  decodeTokenAsync,
  getCsrfToken,
  getJti,
  getUnverifiedJwtHeaders,
} from './tokens.ts'
export {
  type JwtRequiredDecorator,
  type JwtRequiredOptions,
  jwtRequired,
  verifyJwtInRequest,
} from './verify.ts'
