/**
 * What goes wrong with tokens, under the names that PyJWT and Flask-JWT-Extended have for it. The
 * manager's handlers turn each into an answer; catch them where tokens are decoded by hand.
 */

/** A token's header or claims, as they were in the token. */
export type TokenPart = Record<string, unknown>

// On the prototype, not on each instance, so that a bundler may rename the class.
function named(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', {
    value: name,
    writable: true,
    configurable: true,
  })
}

/** The base of PyJWT's errors. */
export class PyJWTError extends Error {}
named(PyJWTError, 'PyJWTError')

/** A token is not acceptable. */
export class InvalidTokenError extends PyJWTError {}
named(InvalidTokenError, 'InvalidTokenError')

/** A token cannot be read. */
export class DecodeError extends InvalidTokenError {}
named(DecodeError, 'DecodeError')

/** The signature is not that of the token and the key. */
export class InvalidSignatureError extends DecodeError {}
named(InvalidSignatureError, 'InvalidSignatureError')

/** The token's time is over. Where the manager found it, it carries what the token said. */
export class ExpiredSignatureError extends InvalidTokenError {
  /** The token's header; empty where only `decode` was called. */
  jwtHeader: TokenPart = {}
  /** The token's claims; empty where only `decode` was called. */
  jwtData: TokenPart = {}
}
named(ExpiredSignatureError, 'ExpiredSignatureError')

/** The token is for somebody else. */
export class InvalidAudienceError extends InvalidTokenError {}
named(InvalidAudienceError, 'InvalidAudienceError')

/** The token is from somebody else. */
export class InvalidIssuerError extends InvalidTokenError {}
named(InvalidIssuerError, 'InvalidIssuerError')

/** The time of issue is no time. */
export class InvalidIssuedAtError extends InvalidTokenError {}
named(InvalidIssuedAtError, 'InvalidIssuedAtError')

/** The token is not valid yet. */
export class ImmatureSignatureError extends InvalidTokenError {}
named(ImmatureSignatureError, 'ImmatureSignatureError')

/** The algorithm is not one of those allowed. */
export class InvalidAlgorithmError extends InvalidTokenError {}
named(InvalidAlgorithmError, 'InvalidAlgorithmError')

/** The subject is no text, or another one. */
export class InvalidSubjectError extends InvalidTokenError {}
named(InvalidSubjectError, 'InvalidSubjectError')

/** The token's id is no text. */
export class InvalidJTIError extends InvalidTokenError {}
named(InvalidJTIError, 'InvalidJTIError')

/** A claim that has to be there is not. */
export class MissingRequiredClaimError extends InvalidTokenError {
  /** The claim's name. */
  readonly claim: string

  constructor(claim: string) {
    super(`Token is missing the "${claim}" claim`)
    this.claim = claim
  }
}
named(MissingRequiredClaimError, 'MissingRequiredClaimError')

/** The configured key does not fit the algorithm: a fault of the setup, not of the token. */
export class InvalidKeyError extends PyJWTError {}
named(InvalidKeyError, 'InvalidKeyError')

/** The base of Flask-JWT-Extended's errors. */
export class JWTExtendedException extends Error {}
named(JWTExtendedException, 'JWTExtendedException')

/** A claim that this extension needs is not in the token. */
export class JWTDecodeError extends JWTExtendedException {}
named(JWTDecodeError, 'JWTDecodeError')

/** The header that holds the token is malformed. */
export class InvalidHeaderError extends JWTExtendedException {}
named(InvalidHeaderError, 'InvalidHeaderError')

/** The query parameter that holds the token is malformed. */
export class InvalidQueryParamError extends JWTExtendedException {}
named(InvalidQueryParamError, 'InvalidQueryParamError')

/** The request has no token. */
export class NoAuthorizationError extends JWTExtendedException {}
named(NoAuthorizationError, 'NoAuthorizationError')

/** The proof that the request comes from our own page is missing or wrong. */
export class CSRFError extends JWTExtendedException {}
named(CSRFError, 'CSRFError')

/** A refresh token where an access token is needed, or the reverse. */
export class WrongTokenError extends JWTExtendedException {}
named(WrongTokenError, 'WrongTokenError')

/** The base of errors about a token that was read: they carry what it said. */
export class TokenContentError extends JWTExtendedException {
  readonly jwtHeader: TokenPart
  readonly jwtData: TokenPart

  constructor(message: string, jwtHeader: TokenPart, jwtData: TokenPart) {
    super(message)
    this.jwtHeader = jwtHeader
    this.jwtData = jwtData
  }
}
named(TokenContentError, 'TokenContentError')

/** The token was revoked. */
export class RevokedTokenError extends TokenContentError {
  constructor(jwtHeader: TokenPart, jwtData: TokenPart) {
    super('Token has been revoked', jwtHeader, jwtData)
  }
}
named(RevokedTokenError, 'RevokedTokenError')

/** The token is not fresh, and has to be. */
export class FreshTokenRequired extends TokenContentError {}
named(FreshTokenRequired, 'FreshTokenRequired')

/** The token's user is not known. */
export class UserLookupError extends TokenContentError {}
named(UserLookupError, 'UserLookupError')

/** The app's own verification refused the token. */
export class UserClaimsVerificationError extends TokenContentError {}
named(UserClaimsVerificationError, 'UserClaimsVerificationError')
