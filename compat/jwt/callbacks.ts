import { jsonify, type MaybePromise, type ResponseReturnValue } from '../../src/index.ts'
import type { TokenPart } from './errors.ts'
import type { KeyInput } from './keys.ts'
import { decodeKey, encodeKey, type JwtSettings } from './settings.ts'

/** Answers when a message is all there is to say. */
export type MessageCallback = (message: string) => MaybePromise<ResponseReturnValue>

/** Answers with the token at hand. */
export type TokenCallback = (
  jwtHeader: TokenPart,
  jwtData: TokenPart,
) => MaybePromise<ResponseReturnValue>

/** Says yes or no about a token. */
export type TokenTest = (jwtHeader: TokenPart, jwtData: TokenPart) => MaybePromise<boolean>

/** What a manager can be told to do otherwise; each has a loader of the same name. */
export interface JwtCallbacks {
  /** More claims for a new token; gets what `createAccessToken` was given as identity. */
  additionalClaims: (identity: never) => MaybePromise<TokenPart>
  /** More members for the header of a new token. */
  additionalHeaders: (identity: never) => MaybePromise<TokenPart>
  /** The key that verifies a token; gets header and claims, UNVERIFIED. */
  decodeKey: (jwtHeader: TokenPart, jwtData: TokenPart) => MaybePromise<KeyInput>
  /** The key that a new token is signed with. */
  encodeKey: (identity: never) => MaybePromise<KeyInput>
  expiredToken: TokenCallback
  invalidToken: MessageCallback
  needsFreshToken: TokenCallback
  revokedToken: TokenCallback
  tokenInBlocklist: TokenTest
  tokenVerification: TokenTest
  tokenVerificationFailed: TokenCallback
  unauthorized: MessageCallback
  /** What stands in the token for an identity, such as a user's id for a user. */
  userIdentity: (identity: never) => unknown
  /** The user that a token is about; null refuses the token. Without it there is no current user. */
  userLookup: ((jwtHeader: TokenPart, jwtData: TokenPart) => unknown) | null
  userLookupError: TokenCallback
}

/** What is used where the app says nothing: Flask-JWT-Extended's answers. */
export function defaultCallbacks(settings: () => JwtSettings): JwtCallbacks {
  const answer = (message: string, status: number): ResponseReturnValue => [
    jsonify({ [settings().JWT_ERROR_MESSAGE_KEY]: message }),
    status,
  ]
  return {
    additionalClaims: () => ({}),
    additionalHeaders: () => ({}),
    decodeKey: () => decodeKey(settings()),
    encodeKey: () => encodeKey(settings()),
    expiredToken: () => answer('Token has expired', 401),
    invalidToken: (message) => answer(message, 422),
    needsFreshToken: () => answer('Fresh token required', 401),
    revokedToken: () => answer('Token has been revoked', 401),
    tokenInBlocklist: () => false,
    tokenVerification: () => true,
    tokenVerificationFailed: () => answer('User claims verification failed', 400),
    unauthorized: (message) => answer(message, 401),
    userIdentity: (identity) => identity,
    userLookup: null,
    userLookupError: (_header, claims) =>
      answer(`Error loading the user ${claims[settings().JWT_IDENTITY_CLAIM]}`, 401),
  }
}
