import { createHmac, timingSafeEqual } from 'node:crypto'
import { currentApp, RuntimeError } from '../../src/index.ts'

/** A key as `SECRET_KEY` has it. */
export type CookieKey = string | Uint8Array

/**
 * Signs a text for a cookie, as Flask-Login's `encode_cookie` does: the text, `|`, and the hex form
 * of its HMAC-SHA512.
 * @param key default: the app's `SECRET_KEY`
 * @throws {RuntimeError} when there is no key.
 */
export function encodeCookie(payload: string, key?: CookieKey | null): string {
  return `${payload}|${digestOf(payload, key).toString('hex')}`
}

/**
 * The text that `encodeCookie` signed, or null when the signature is not right (Flask-Login's
 * `decode_cookie`). Signatures are compared in constant time.
 * @param key default: the app's `SECRET_KEY`
 * @throws {RuntimeError} when there is no key.
 */
export function decodeCookie(cookie: string, key?: CookieKey | null): string | null {
  const at = cookie.lastIndexOf('|')
  if (at === -1) return null
  const payload = cookie.slice(0, at)
  const hex = cookie.slice(at + 1)
  // Python compares the texts: only lower-case digits are right.
  if (!/^[0-9a-f]{128}$/.test(hex)) return null
  return timingSafeEqual(digestOf(payload, key), Buffer.from(hex, 'hex')) ? payload : null
}

function digestOf(payload: string, key: CookieKey | null | undefined): Buffer {
  return createHmac('sha512', keyBytes(key ?? currentApp.secretKey))
    .update(payload, 'utf8')
    .digest()
}

const BEYOND_LATIN1 = /[^\0-\xff]/

function keyBytes(key: CookieKey | null | undefined): Uint8Array {
  if (!key?.length) {
    throw new RuntimeError(
      'The remember cookie cannot be signed because no secret key was set. Set SECRET_KEY.',
    )
  }
  if (typeof key !== 'string') return key
  // Flask-Login takes a character for a byte and fails for others, which we encode.
  return Buffer.from(key, BEYOND_LATIN1.test(key) ? 'utf8' : 'latin1')
}
