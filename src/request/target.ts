/** A request target (RFC 9112 §3.2) taken apart; nothing is decoded. */
export interface Target {
  /** Percent-encoded path, with at least one slash in front. */
  readonly path: string
  /** What follows the first `?`, without it; empty when there is none. */
  readonly query: string
  /** The authority of an absolute-form target, which replaces the `Host` header; else null. */
  readonly authority: string | null
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/
const NEEDS_DECODING = /[%\x80-\uffff]/
const NON_ASCII = /[\x80-\uffff]/
const PERCENT = 0x25
const HEX_PAIR = /^[0-9A-Fa-f]{2}$/

/** Takes apart a target in origin-, absolute- or asterisk-form. A fragment is dropped. */
export function splitTarget(url: string): Target {
  let authority: string | null = null
  let rest = url
  if (url.charCodeAt(0) !== 0x2f) {
    const match = ABSOLUTE.exec(url)
    if (match !== null) {
      authority = match[1] as string
      rest = url.slice(match[0].length)
    }
    if (rest.charCodeAt(0) !== 0x2f) rest = `/${rest}`
  }
  const hash = rest.indexOf('#')
  if (hash >= 0) rest = rest.slice(0, hash)
  const mark = rest.indexOf('?')
  return mark < 0
    ? { path: rest, query: '', authority }
    : { path: rest.slice(0, mark), query: rest.slice(mark + 1), authority }
}

/**
 * Decodes a percent-encoded path as WSGI and Werkzeug do: bytes that are no UTF-8 become U+FFFD,
 * and a `%` that begins no escape stays as it is.
 */
export function decodePath(path: string): string {
  if (!NEEDS_DECODING.test(path)) return path
  // Node gives the target's bytes as Latin-1, so raw UTF-8 in it has to be put together first.
  if (!NON_ASCII.test(path)) {
    try {
      return decodeURIComponent(path)
    } catch {
      // Not valid as a whole: decode what can be.
    }
  }
  return unescapeBytes(path).toString()
}

function unescapeBytes(path: string): Buffer {
  const bytes = Buffer.from(path, 'latin1')
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    const digits = bytes[i] === PERCENT ? path.slice(i + 1, i + 3) : ''
    if (HEX_PAIR.test(digits)) {
      bytes[length++] = Number.parseInt(digits, 16)
      i += 2
    } else {
      bytes[length++] = bytes[i] as number
    }
  }
  return bytes.subarray(0, length)
}

/** A query string as text: raw bytes outside ASCII are taken as UTF-8; escapes stay. */
export function decodeQuery(query: string): string {
  return NON_ASCII.test(query) ? Buffer.from(query, 'latin1').toString() : query
}
