import { ValueError } from '../errors/builtins.ts'
import { BUST_WARN_COOKIE_SIZE } from '../errors/warnings.ts'
import { httpDate } from './dates.ts'
import { idnaEncode } from './idna.ts'
import { ImmutableMultiDict } from './multi-dict.ts'
import { makeQuoter } from './percent.ts'
import {
  bytesToLatin1,
  decodeUtf8,
  encodeUtf8,
  latin1ToBytes,
  skipSpace,
  strip,
  titleCase,
} from './text.ts'

/** Options of {@link dumpCookie}, which are those of `response.setCookie`. */
export interface CookieOptions {
  /**
   * Lifetime in SECONDS, fractions dropped; without it the cookie ends with the browser session.
   */
  maxAge?: number | null
  /** End of life: a Date, Unix time in SECONDS, or text that is written as it is. */
  expires?: Date | number | string | null
  /** The path it is sent for; `/` unless told, null for none. */
  path?: string | null
  /** The domain it is sent to, its subdomains included; a port and leading dots are dropped. */
  domain?: string | null
  /** Only over HTTPS. */
  secure?: boolean
  /** Hidden from scripts in the page. */
  httponly?: boolean
  /** Adds `Expires` for clients that know no `Max-Age`; true unless told. */
  syncExpires?: boolean
  /** Warns when the header is longer, in bytes; 4093 unless told, 0 for never. */
  maxSize?: number
  /** `Strict`, `Lax` or `None`, in any case. */
  samesite?: string | null
  /** Keeps a store per top-level site (CHIPS); implies `secure`. */
  partitioned?: boolean
}

// URL path characters except the semicolon, which ends a cookie attribute; `%` is quoted already.
const quotePath = makeQuoter("%!$&'()*+,/:=@")

const PLAIN_VALUE = /^[\w!#$%&'()*+\-./:<=>?@[\]^`{|}~]*$/
const MAX_COOKIE_SIZE = 4093

/**
 * Writes a `Set-Cookie` value (Werkzeug's `dump_cookie`). A value that RFC 6265 does not allow is
 * quoted with octal escapes.
 *
 * @throws TypeError when the name, path or domain holds `;` or a control character, with which a
 *   caller's data could add attributes or headers.
 * @throws ValueError for an unknown `samesite` or a domain that is no host name.
 */
export function dumpCookie(key: string, value = '', options: CookieOptions = {}): string {
  const { maxAge, path = '/', domain, samesite, partitioned, maxSize = MAX_COOKIE_SIZE } = options
  refuseDelimiters('name', key)

  const text = PLAIN_VALUE.test(value) ? value : quoteValue(value)
  // Node writes headers byte by byte: a name beyond ASCII goes out as its UTF-8 bytes.
  let header = `${isAscii(key) ? key : bytesToLatin1(encodeUtf8(key))}=${text}`

  if (domain) {
    refuseDelimiters('domain', domain)
    header += `; Domain=${idnaEncode(hostOf(domain))}`
  }
  const seconds = maxAge == null ? null : Math.trunc(maxAge)
  const expires = expiresText(options, seconds)
  if (expires !== null) {
    refuseDelimiters('expiry', expires)
    header += `; Expires=${expires}`
  }
  if (seconds !== null) header += `; Max-Age=${seconds}`
  if (options.secure || partitioned) header += '; Secure'
  if (options.httponly) header += '; HttpOnly'
  if (path != null) {
    refuseDelimiters('path', path)
    header += `; Path=${quotePath(path)}`
  }
  if (samesite != null) header += `; SameSite=${sameSite(samesite)}`
  if (partitioned) header += '; Partitioned'

  if (maxSize > 0 && header.length > maxSize) {
    const extra = header.length - text.length
    BUST_WARN_COOKIE_SIZE(key, text.length, extra, header.length, maxSize)
  }
  return header
}

function refuseDelimiters(what: string, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code === 0x3b || code === 0x7f) {
      throw new TypeError(`The cookie's ${what} must not contain ';' or control characters.`)
    }
  }
}

function hostOf(domain: string): string {
  const colon = domain.indexOf(':')
  return (colon === -1 ? domain : domain.slice(0, colon)).replace(/^\.+/, '')
}

function expiresText(options: CookieOptions, maxAge: number | null): string | null {
  const { expires, syncExpires = true } = options
  if (typeof expires === 'string') return expires
  if (expires != null) return httpDate(expires)
  return maxAge !== null && syncExpires ? httpDate(Date.now() / 1000 + maxAge) : null
}

function sameSite(value: string): string {
  const title = titleCase(value)
  if (title === 'Strict' || title === 'Lax' || title === 'None') return title
  throw new ValueError("SameSite must be 'Strict', 'Lax', or 'None'.")
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

/** RFC 6265 has no escapes; three octal digits are what Python and many others read. */
function quoteValue(value: string): string {
  let out = '"'
  for (const byte of encodeUtf8(value)) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`
    else if (byte < 0x20 || byte >= 0x7f || byte === 0x2c || byte === 0x3b) {
      out += `\\${byte.toString(8).padStart(3, '0')}`
    } else out += String.fromCharCode(byte)
  }
  return `${out}"`
}

/**
 * Reads a `Cookie` header (Werkzeug's `parse_cookie`). A repeated name keeps all values, the first
 * being the one that `get` gives; quoted values have their octal escapes decoded.
 *
 * @param header The header as node gives it, one character a byte; bytes that are no UTF-8 become
 *   U+FFFD.
 */
export function parseCookie(header: string | null | undefined): ImmutableMultiDict<string> {
  return new ImmutableMultiDict(header ? cookiePairs(fromWire(header)) : null)
}

/**
 * The cookies of a request as Flask's `request.cookies` has them: the same, but a byte beyond ASCII
 * is the latin-1 character of its value.
 *
 * @param header The header as node gives it, one character a byte.
 */
export function requestCookies(header: string | null): ImmutableMultiDict<string> {
  return new ImmutableMultiDict(header ? cookiePairs(header) : null)
}

function fromWire(header: string): string {
  if (isAscii(header)) return header
  const bytes = latin1ToBytes(header)
  return bytes === null ? header : decodeUtf8(bytes)
}

function cookiePairs(text: string): [key: string, value: string][] {
  const pairs: [string, string][] = []
  // The next equals sign. Kept across parts without one, so that none is searched for twice.
  let equals = -1
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf(';', at)
    if (end === -1) end = text.length
    if (equals < at) equals = text.indexOf('=', at)
    if (equals === -1) equals = text.length
    const key = strip(text.slice(at, Math.min(equals, end)))
    let value = ''
    if (equals < end) {
      const start = skipSpace(text, equals + 1)
      const quoted = quotedEnd(text, start)
      // A quoted value may hold semicolons, but only if nothing else follows the closing quote.
      if (quoted !== -1) end = quoted
      value = strip(text.slice(start, end))
    }
    if (key !== '') pairs.push([key, unquoteValue(value)])
    at = end + 1
  }
  return pairs
}

/** Where the part of a quoted value ends, or -1 when it is not one. */
function quotedEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== 0x22) return -1
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) {
      const end = skipSpace(text, at + 1)
      return end >= text.length || text.charCodeAt(end) === 0x3b ? end : -1
    }
  }
  return -1
}

function unquoteValue(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value
  const inner = value.slice(1, -1)
  if (!inner.includes('\\')) return inner
  // Escapes stand for bytes, and a character may take several.
  const bytes = encodeUtf8(inner)
  const out = new Uint8Array(bytes.length)
  let size = 0
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0
    const octal = byte === 0x5c ? octalAt(bytes, at + 1) : -1
    if (octal !== -1) {
      out[size++] = octal
      at += 4
    } else if (byte === 0x5c && at + 1 < bytes.length && bytes[at + 1] !== 0x0a) {
      out[size++] = bytes[at + 1] ?? 0
      at += 2
    } else {
      out[size++] = byte
      at++
    }
  }
  return decodeUtf8(out.subarray(0, size))
}

function octalAt(bytes: Uint8Array, at: number): number {
  const a = (bytes[at] ?? 0) - 0x30
  const b = (bytes[at + 1] ?? 0) - 0x30
  const c = (bytes[at + 2] ?? 0) - 0x30
  return a >= 0 && a <= 3 && b >= 0 && b <= 7 && c >= 0 && c <= 7 ? a * 64 + b * 8 + c : -1
}
