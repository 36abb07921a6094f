import { andThen } from '../../src/core.ts'
import { type BustAPI, type MaybePromise, safeStrCmp } from '../../src/index.ts'
import { type ClaimRules, refuseExpired, validateClaims } from './claims.ts'
import { type Verified, verifySignature } from './codec.ts'
import {
  CSRFError,
  ExpiredSignatureError,
  InvalidAlgorithmError,
  InvalidKeyError,
  InvalidTokenError,
  JWTDecodeError,
} from './errors.ts'
import { fits, type KeyInput } from './keys.ts'
import type { JWTManager } from './manager.ts'
import { takeApart, type Unverified } from './segments.ts'
import { decodeAlgorithms, decodeKey, type JwtSettings, secondsOf, settingsOf } from './settings.ts'

/** Options of `decodeToken`. */
export interface DecodeTokenOptions {
  /** The double of the token's `csrf` claim, as the request sent it. */
  csrfValue?: string | null
  /** Whether a token whose time is over is good enough. Default false. */
  allowExpired?: boolean
}

/** Reads a token by the app's settings. @throws {InvalidTokenError | JWTDecodeError | CSRFError} */
export function readToken(
  app: BustAPI,
  manager: JWTManager,
  token: string,
  options: DecodeTokenOptions = {},
): MaybePromise<Verified> {
  const settings = settingsOf(app)
  const { decodeKey: own } = manager.callbacks
  if (!manager.hasDecodeKey) return verify(token, decodeKey(settings), settings, options)
  const known = takeApart(token)
  return andThen(own(known.header, known.claims), (key) =>
    verify(token, key, settings, options, known),
  )
}

function verify(
  token: string,
  key: KeyInput,
  settings: JwtSettings,
  options: DecodeTokenOptions,
  known?: Unverified,
): Verified {
  const { header, claims } = verifiedBy(token, key, decodeAlgorithms(settings), known)
  validateType(header.typ, settings)
  let isExpired = false
  validateClaims(claims, rulesOf(settings), () => {
    isExpired = options.allowExpired !== true
  })
  const identity = settings.JWT_IDENTITY_CLAIM
  if (!Object.hasOwn(claims, identity)) throw new JWTDecodeError(`Missing claim: ${identity}`)
  claims.type ??= 'access'
  claims.fresh ??= false
  if (!('jti' in claims)) claims.jti = null
  if (options.csrfValue) validateDouble(claims.csrf, options.csrfValue)
  // Everything else about it is right, so that the app may go by what it says.
  if (isExpired) refuseExpiredToken({ header, claims })
  return { header, claims }
}

function refuseExpiredToken({ header, claims }: Verified): never {
  try {
    return refuseExpired()
  } catch (error) {
    if (error instanceof ExpiredSignatureError) {
      error.jwtHeader = header
      error.jwtData = claims
    }
    throw error
  }
}

/**
 * As `verifySignature`; but where several algorithms are allowed, the token chooses one, and a choice
 * that does not fit the key is the token's fault.
 */
function verifiedBy(
  token: string,
  key: KeyInput,
  algorithms: readonly string[],
  known: Unverified | undefined,
): Verified {
  try {
    return verifySignature(token, key, algorithms, known)
  } catch (error) {
    if (error instanceof InvalidKeyError && algorithms.some((one) => fits(key, one))) {
      throw new InvalidAlgorithmError('The specified alg value is not allowed')
    }
    throw error
  }
}

function validateType(typ: unknown, { JWT_DECODE_TYP: wanted }: JwtSettings): void {
  if (wanted === null || wanted === undefined) return
  // RFC 7515 §4.1.9: a media type, in any case; `application/` may be left out.
  const bare = String(typ ?? '')
    .toLowerCase()
    .replace(/^application\//, '')
  const types = typeof wanted === 'string' ? [wanted] : wanted
  if (types.some((one) => one.toLowerCase().replace(/^application\//, '') === bare)) return
  throw new InvalidTokenError('The specified typ value is not allowed')
}

function rulesOf(settings: JwtSettings): ClaimRules {
  const { JWT_DECODE_LEEWAY: leeway, JWT_DECODE_AUDIENCE: audience } = settings
  return {
    audience,
    verifyAud: audience !== null,
    issuer: settings.JWT_DECODE_ISSUER,
    leeway: typeof leeway === 'number' ? leeway : secondsOf(leeway, 'JWT_DECODE_LEEWAY'),
    verifySub: settings.JWT_VERIFY_SUB,
    require: settings.JWT_REQUIRED_CLAIMS,
  }
}

function validateDouble(claim: unknown, sent: string): void {
  if (claim === undefined) throw new JWTDecodeError('Missing claim: csrf')
  if (typeof claim !== 'string' || !safeStrCmp(claim, sent)) {
    throw new CSRFError('CSRF double submit tokens do not match')
  }
}
