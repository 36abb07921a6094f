import { type ClaimRules, refuseExpired, validateClaims } from './claims.ts'
import {
  DecodeError,
  InvalidAlgorithmError,
  InvalidSignatureError,
  type TokenPart,
} from './errors.ts'
import { jsonwebtoken } from './jsonwebtoken.ts'
import { isSupported, type KeyInput, prepareKey } from './keys.ts'
import { assertReadable, claimsText, takeApart, type Unverified } from './segments.ts'

/** How `encode` makes a token. */
export interface EncodeOptions {
  /** HS, RS, PS or ES with 256, 384 or 512; default HS256. */
  algorithm?: string
  /** Further members of the header, such as `kid`. */
  headers?: TokenPart | null
  /** Gives the JSON form of values that JSON has none for. */
  default?: (value: unknown) => unknown
}

/** How `decode` reads a token. */
export interface DecodeOptions extends ClaimRules {
  /** The algorithms that are allowed; needed unless the signature is not verified. */
  algorithms?: readonly string[]
  /** PyJWT's `options`: `verifySignature` here, the rest as rules; its own spelling works too. */
  options?: { verifySignature?: boolean } & ClaimRules & Record<string, unknown>
}

/** A token that has proved right: the signature fits, nothing is said about its claims. */
export interface Verified {
  readonly header: TokenPart
  readonly claims: TokenPart
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())

const TIMES = ['exp', 'iat', 'nbf']

/** Dates in the claims of time become seconds. */
function withTimes(payload: TokenPart): TokenPart {
  const claims = { ...payload }
  for (const name of TIMES) {
    const value = claims[name]
    if (value instanceof Date) claims[name] = Math.floor(value.getTime() / 1000)
  }
  return claims
}

/** The header's text has to be UTF-8, where jsonwebtoken writes one byte a character. */
function headerBytes(header: TokenPart): TokenPart {
  const text = JSON.stringify(header)
  return JSON.parse(Buffer.from(text).toString('latin1')) as TokenPart
}

/**
 * Makes a token, as PyJWT's `encode` does: claims in the order of the payload, members of the header
 * in alphabetical order behind `alg` and `typ`.
 * @throws {InvalidKeyError} when the key is none for the algorithm
 * @throws {TypeError} when a claim has no JSON form or the issuer is no text
 */
export function encode(payload: TokenPart, key: KeyInput, options: EncodeOptions = {}): string {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new TypeError('Expecting an object, as JWT only supports JSON objects as payloads.')
  }
  const { headers } = options
  const algorithm = headers?.alg || (options.algorithm ?? 'HS256')
  if (!isSupported(algorithm)) throw new TypeError(`Algorithm not supported: ${String(algorithm)}`)
  if ('iss' in payload && typeof payload.iss !== 'string') {
    throw new TypeError('Issuer (iss) must be a string.')
  }
  const own = Object.entries(headers ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const header: TokenPart = { typ: 'JWT', ...Object.fromEntries(own), alg: algorithm }
  if (!header.typ) header.typ = undefined
  const text = claimsText(withTimes(payload), options.default)
  return jsonwebtoken().sign(text, prepareKey(key, algorithm, 'sign'), {
    algorithm,
    header: headers ? headerBytes(header) : header,
  })
}

// Tokens of an app have few headers, mostly one, so a header's text is as good as the parsed header.
// Only headers of tokens with a right signature come in, so that nobody else can change them.
const MOST_HEADERS = 16
let headers: readonly (readonly [start: string, header: TokenPart])[] = []

function rememberHeader(token: string, header: TokenPart): void {
  if (Object.values(header).some((value) => typeof value === 'object')) return
  const start = token.slice(0, token.indexOf('.') + 1)
  headers = [[start, header] as const, ...headers].slice(0, MOST_HEADERS)
}

function headerSeen(token: string): TokenPart | undefined {
  for (const [start, header] of headers) if (token.startsWith(start)) return header
  return undefined
}

const verifyOptions = new Map<string, Parameters<ReturnType<typeof jsonwebtoken>['verify']>[2]>()

function optionsFor(algorithm: string): Parameters<ReturnType<typeof jsonwebtoken>['verify']>[2] {
  let options = verifyOptions.get(algorithm)
  if (options === undefined) {
    // Claims are checked afterwards, in PyJWT's order and words.
    options = {
      algorithms: [algorithm],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    }
    verifyOptions.set(algorithm, options)
  }
  return options
}

/**
 * Verifies a token's signature.
 * @param known the token taken apart, where the caller had to look at it before
 * @throws {InvalidTokenError} when it is malformed, its algorithm not allowed, its signature wrong
 * @throws {InvalidKeyError} when the key does not fit the algorithm
 */
export function verifySignature(
  token: string,
  key: KeyInput,
  algorithms: readonly string[],
  known?: Unverified,
): Verified {
  assertReadable(token)
  const seen = known === undefined ? headerSeen(token) : undefined
  const header = known?.header ?? seen ?? takeApart(token).header
  const { alg } = header
  if (alg === undefined) throw new InvalidAlgorithmError('Algorithm not specified')
  if (!alg || !algorithms.includes(alg as string)) {
    takeApart(token)
    throw new InvalidAlgorithmError('The specified alg value is not allowed')
  }
  if (!isSupported(alg)) throw new InvalidAlgorithmError('Algorithm not supported')
  const prepared = prepareKey(key, alg, 'verify')
  let payload: unknown
  try {
    payload = jsonwebtoken().verify(token, prepared, optionsFor(alg))
  } catch {
    payload = undefined
  }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    // Says what is malformed; when nothing is, it was the signature.
    takeApart(token)
    throw new InvalidSignatureError('Signature verification failed')
  }
  if (seen === undefined) rememberHeader(token, header)
  return { header: { ...header }, claims: payload as TokenPart }
}

/**
 * Verifies a token and returns its claims, as PyJWT's `decode` does.
 * @throws {InvalidTokenError} when the token is not acceptable
 * @throws {InvalidKeyError} when the key does not fit the algorithm
 */
export function decode(token: string, key: KeyInput, options: DecodeOptions = {}): TokenPart {
  const { options: more = {}, algorithms, ...rules } = options
  const spelled = Object.entries(more).map(([name, value]) => [camelCase(name), value] as const)
  const { verifySignature: isVerified = true, ...flags } = Object.fromEntries(
    spelled,
  ) as DecodeOptions['options'] & object
  if (isVerified === false) return takeApart(token).claims
  if (algorithms === undefined || algorithms.length === 0) {
    throw new DecodeError(
      'It is required that you pass in a value for the "algorithms" argument when calling decode().',
    )
  }
  const { claims } = verifySignature(token, key, algorithms)
  validateClaims(claims, { ...rules, ...(flags as ClaimRules) }, refuseExpired)
  return claims
}
