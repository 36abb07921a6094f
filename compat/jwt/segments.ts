import { DefaultJSONProvider, Response } from '../../src/index.ts'
import { DecodeError, InvalidTokenError, type TokenPart } from './errors.ts'
import { utf8Error } from './utf8-error.ts'

/** A token taken apart; nothing of it has been verified. */
export interface Unverified {
  readonly header: TokenPart
  readonly claims: TokenPart
}

/** JSON as Python's `json` reads and writes it. */
const json: DefaultJSONProvider<Response> = new DefaultJSONProvider({
  debug: false,
  responseClass: Response,
})

/** Longer ones are refused unread: HMAC over megabytes is work that anybody could ask for. */
const MOST_LETTERS = 1 << 18

const OUTSIDE_BASE64 = /[^A-Za-z0-9+/]/g

/**
 * Decodes as Python does: characters that do not belong are passed over, missing padding is added.
 * The verification proper is stricter; this is for saying what is wrong with a token.
 * @throws {DecodeError} when a part of a byte is left over
 */
function base64Bytes(segment: string, name: string): Buffer {
  const text = segment.replaceAll('-', '+').replaceAll('_', '/')
  const missing = (4 - (text.length % 4)) % 4
  const padded = text + '='.repeat(missing)
  // What follows a complete padding is not looked at.
  let letters = ''
  let end = false
  for (const piece of padded.split(/(=+)/)) {
    if (!piece.startsWith('=')) {
      letters += piece.replace(OUTSIDE_BASE64, '')
      continue
    }
    const over = letters.length % 4
    end = over >= 2 && over + piece.length >= 4
    if (end) break
  }
  if (!end && letters.length % 4 !== 0) throw new DecodeError(`Invalid ${name} padding`)
  return Buffer.from(letters, 'base64')
}

function jsonObject(bytes: Buffer, name: string): TokenPart {
  let value: unknown
  try {
    const wrong = utf8Error(bytes)
    if (wrong !== null) throw new SyntaxError(wrong)
    value = json.loads(bytes)
  } catch (error) {
    throw new DecodeError(`Invalid ${name} string: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError(`Invalid ${name} string: must be a json object`)
  }
  return value as TokenPart
}

/** No extension that a header may declare critical is supported (RFC 7515 §4.1.11, RFC 7797). */
function validateHeader(header: TokenPart): void {
  if ('kid' in header && typeof header.kid !== 'string') {
    throw new InvalidTokenError('Key ID header parameter must be a string')
  }
  if ('crit' in header) {
    const { crit } = header
    if (!Array.isArray(crit) || crit.length === 0) {
      throw new InvalidTokenError("Invalid 'crit' header: must be a non-empty list")
    }
    throw new InvalidTokenError(`Unsupported critical extension: ${String(crit[0])}`)
  }
  if (header.b64 === false) throw new InvalidTokenError('Unsupported critical extension: b64')
}

/** @throws {DecodeError} for what is no text, or too long a one to spend work on */
export function assertReadable(token: unknown): asserts token is string {
  if (typeof token !== 'string') {
    throw new DecodeError("Invalid token type. Token must be a <class 'bytes'>")
  }
  if (token.length > MOST_LETTERS) throw new DecodeError('Token is too long')
}

/**
 * Takes a token apart without verifying anything.
 * @throws {InvalidTokenError} with PyJWT's words for what is malformed
 */
export function takeApart(token: unknown): Unverified {
  assertReadable(token)
  const first = token.indexOf('.')
  const last = token.lastIndexOf('.')
  if (first === last) throw new DecodeError('Not enough segments')
  const header = jsonObject(base64Bytes(token.slice(0, first), 'header'), 'header')
  const payload = base64Bytes(token.slice(first + 1, last), 'payload')
  base64Bytes(token.slice(last + 1), 'crypto')
  validateHeader(header)
  return { header, claims: jsonObject(payload, 'payload') }
}

/** Writes claims as Python's `json.dumps` with the shortest separators does. */
export function claimsText(claims: TokenPart, fallback?: (value: unknown) => unknown): string {
  return json.dumps(claims, {
    sortKeys: false,
    separators: [',', ':'],
    ...(fallback && { default: fallback }),
  })
}
