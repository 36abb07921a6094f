import { int } from '../../src/index.ts'
import {
  DecodeError,
  ExpiredSignatureError,
  ImmatureSignatureError,
  InvalidAudienceError,
  InvalidIssuedAtError,
  InvalidIssuerError,
  InvalidJTIError,
  InvalidSubjectError,
  MissingRequiredClaimError,
  type TokenPart,
} from './errors.ts'

/** What is asked of a token's claims; a check that is left out is made as PyJWT does by default. */
export interface ClaimRules {
  /** Whom the token is for. Without one, a token that names an audience is refused. */
  audience?: string | Iterable<string> | null
  /** Who made the token. */
  issuer?: string | Iterable<string> | null
  /** Whom the token is about. */
  subject?: string | null
  /** Seconds by which the clocks of maker and reader may differ. */
  leeway?: number
  /** Claims that have to be there. */
  require?: readonly string[]
  verifyExp?: boolean
  verifyNbf?: boolean
  verifyIat?: boolean
  verifyAud?: boolean
  verifyIss?: boolean
  verifySub?: boolean
  verifyJti?: boolean
}

/** Seconds since 1970, with their fraction. */
export const now = (): number => Date.now() / 1000

/** Python's `int(value)`; NaN where that fails. */
function wholeNumber(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : Number.NaN
  if (typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string') return Number.NaN
  try {
    return Number(int(value))
  } catch {
    return Number.NaN
  }
}

const listOf = (value: string | Iterable<string>): readonly unknown[] =>
  typeof value === 'string' ? [value] : [...value]

/**
 * Checks claims in PyJWT's order.
 * @param expired called when the time is over: throw, or return to have the rest checked as well
 * @throws {InvalidTokenError} for the first that is not right
 */
export function validateClaims(claims: TokenPart, rules: ClaimRules, expired: () => void): void {
  const { require: required } = rules
  if (required !== undefined && required.length > 0) validatePresence(claims, required)
  validateTimes(claims, rules, expired)
  if (rules.verifyIss !== false) validateIssuer(claims, rules.issuer ?? null)
  if (rules.verifyAud !== false) validateAudience(claims, rules.audience ?? null)
  if (rules.verifySub !== false) validateSubject(claims, rules.subject ?? null)
  if (rules.verifyJti !== false && 'jti' in claims && typeof claims.jti !== 'string') {
    throw new InvalidJTIError('JWT ID must be a string')
  }
}

function validatePresence(claims: TokenPart, required: readonly string[]): void {
  for (const claim of required) {
    if ((claims[claim] ?? null) === null) throw new MissingRequiredClaimError(claim)
  }
}

function validateTimes(claims: TokenPart, rules: ClaimRules, expired: () => void): void {
  const time = now()
  const leeway = rules.leeway ?? 0
  if ('iat' in claims && rules.verifyIat !== false) {
    const iat = wholeNumber(claims.iat)
    if (Number.isNaN(iat)) {
      throw new InvalidIssuedAtError('Issued At claim (iat) must be an integer.')
    }
    if (iat > time + leeway) throw new ImmatureSignatureError('The token is not yet valid (iat)')
  }
  if ('nbf' in claims && rules.verifyNbf !== false) {
    const nbf = wholeNumber(claims.nbf)
    if (Number.isNaN(nbf)) throw new DecodeError('Not Before claim (nbf) must be an integer.')
    if (nbf > time + leeway) throw new ImmatureSignatureError('The token is not yet valid (nbf)')
  }
  if ('exp' in claims && rules.verifyExp !== false) {
    const exp = wholeNumber(claims.exp)
    if (Number.isNaN(exp)) throw new DecodeError('Expiration Time claim (exp) must be an integer.')
    if (exp <= time - leeway) expired()
  }
}

function validateIssuer(claims: TokenPart, issuer: string | Iterable<string> | null): void {
  if (issuer === null) return
  if (!('iss' in claims)) throw new MissingRequiredClaimError('iss')
  if (!listOf(issuer).includes(claims.iss)) throw new InvalidIssuerError('Invalid issuer')
}

function validateAudience(claims: TokenPart, audience: string | Iterable<string> | null): void {
  const { aud } = claims
  const named = Array.isArray(aud) ? aud.length > 0 : Boolean(aud)
  if (audience === null) {
    if (named) throw new InvalidAudienceError('Invalid audience')
    return
  }
  if (!named) throw new MissingRequiredClaimError('aud')
  const given: unknown = typeof aud === 'string' ? [aud] : aud
  if (!Array.isArray(given) || given.some((one) => typeof one !== 'string')) {
    throw new InvalidAudienceError('Invalid claim format in token')
  }
  if (!listOf(audience).some((one) => given.includes(one))) {
    throw new InvalidAudienceError("Audience doesn't match")
  }
}

function validateSubject(claims: TokenPart, subject: string | null): void {
  if (!('sub' in claims)) return
  if (typeof claims.sub !== 'string') throw new InvalidSubjectError('Subject must be a string')
  if (subject !== null && claims.sub !== subject) throw new InvalidSubjectError('Invalid subject')
}

/** For `validateClaims`. @throws {ExpiredSignatureError} always */
export function refuseExpired(): never {
  throw new ExpiredSignatureError('Signature has expired')
}
