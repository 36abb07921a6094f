import { HeaderSet } from './header-set.ts'
import { quoteHeaderValue, unquoteHeaderValue } from './header-value.ts'
import { asciiTable, unquoteSingleByte, unquoteUtf8 } from './percent.ts'
import { skipSpace, strip } from './text.ts'

export { quoteHeaderValue, unquoteHeaderValue }

/** Parameters by name, in an object without a prototype. */
export type HeaderOptions = Record<string, string>

const TOKEN = asciiTable(
  "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
)
// RFC 2231 §4: charset'language'percent-encoded; the language is of no use.
const CHARSET_VALUE = /^([\w!#$%&*+\-.^`|~]*)'[\w!#$%&*+\-.^`|~]*'([\w!#$%&'*+\-.^`|~]+)/
// RFC 2231 §3: name*0=…; name*1=…
const CONTINUATION = /\*\d+$/

/**
 * Reads a value with parameters, such as `Content-Type` or `Content-Disposition` (Werkzeug's
 * `parse_options_header`): `text/html; charset=utf-8` gives `['text/html', {charset: 'utf-8'}]`.
 * Parameter names become lower case; RFC 2231 charsets and continuations are joined; what cannot be
 * read is skipped.
 */
export function parseOptionsHeader(
  header: string | null | undefined,
): [value: string, options: HeaderOptions] {
  const options = Object.create(null) as HeaderOptions
  if (header == null) return ['', options]
  const semicolon = header.indexOf(';')
  if (semicolon === -1) return [strip(header), options]

  const value = strip(header.slice(0, semicolon))
  const rest = strip(header.slice(semicolon + 1))
  if (value === '' || rest === '') return [value, options]

  let charset = ''
  let lastCharset = ''
  for (let [key, text] of rawParameters(rest)) {
    if (key.endsWith('*')) {
      key = key.slice(0, -1)
      const match = CHARSET_VALUE.exec(text)
      if (match !== null) {
        charset = (match[1] ?? '').toLowerCase()
        text = match[2] ?? ''
      }
      // Later parts of a continued value may leave the charset out.
      charset ||= lastCharset
      const decoded = decodeCharset(text, charset)
      if (decoded !== null) {
        lastCharset = charset
        text = decoded
      }
    }
    if (text.startsWith('"') && text.endsWith('"')) {
      // HTTP escapes a quote with a backslash, forms as %22.
      text = text.slice(1, -1)
      text = text.replaceAll('\\\\', '\\').replaceAll('\\"', '"').replaceAll('%22', '"')
    }
    const continuation = CONTINUATION.exec(key)
    if (continuation === null) options[key] = text
    else {
      key = key.slice(0, continuation.index)
      options[key] = (options[key] ?? '') + text
    }
  }
  return [value, options]
}

/**
 * The `key=value` parts between semicolons, values as they stand (quoted ones with their quotes).
 */
function rawParameters(text: string): [key: string, value: string][] {
  const parts: [string, string][] = []
  let at = 0
  for (;;) {
    const keyEnd = tokenEnd(text, at)
    if (keyEnd > at && text.charCodeAt(keyEnd) === 0x3d) {
      const name = text.slice(at, keyEnd).toLowerCase()
      at = keyEnd + 1
      const end = tokenEnd(text, at)
      if (end > at) parts.push([name, text.slice(at, end)])
      else if (text.charCodeAt(at) === 0x22) {
        const close = closingQuote(text, at)
        if (close !== -1) {
          parts.push([name, text.slice(at, close + 1)])
          at = close + 1
        }
      }
    }
    const semicolon = text.indexOf(';', at)
    if (semicolon === -1) return parts
    at = skipSpace(text, semicolon + 1)
  }
}

/** Where the token that begins at a position ends. */
function tokenEnd(text: string, start: number): number {
  let at = start
  while (TOKEN[text.charCodeAt(at)] === 1) at++
  return at
}

function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '"') return at
    if (char === '\\' && (text.charAt(at + 1) === '\\' || text.charAt(at + 1) === '"')) at++
  }
  return -1
}

// A closed list: modern clients send ASCII or UTF-8. Anything else stays percent-encoded.
function decodeCharset(text: string, charset: string): string | null {
  switch (charset) {
    case 'utf-8':
      return unquoteUtf8(text, false)
    case 'ascii':
    case 'us-ascii':
      return unquoteSingleByte(text, true)
    case 'iso-8859-1':
      return unquoteSingleByte(text, false)
    default:
      return null
  }
}

/**
 * Writes a value with parameters (Werkzeug's `dump_options_header`). Null values are left out;
 * values that are no token are quoted, except under a key ending in `*`, whose value is written as
 * it is.
 */
export function dumpOptionsHeader(
  header: string | null | undefined,
  options: { readonly [key: string]: unknown },
): string {
  const parts = header == null ? [] : [header]
  for (const [key, value] of Object.entries(options)) {
    if (value != null) parts.push(parameter(key, value))
  }
  return parts.join('; ')
}

function parameter(key: string, value: unknown): string {
  return `${key}=${key.endsWith('*') ? String(value) : quoteHeaderValue(value)}`
}

/**
 * Writes a comma-separated list of items, or of `key=value` pairs (Werkzeug's `dump_header`). A
 * pair with a null value is its bare key; values are quoted by the rules of {@link
 * dumpOptionsHeader}.
 */
export function dumpHeader(
  items: Iterable<unknown> | ReadonlyMap<string, unknown> | { readonly [key: string]: unknown },
): string {
  if (!(items instanceof Map) && Symbol.iterator in items) {
    return Array.from(items as Iterable<unknown>, (item) => quoteHeaderValue(item)).join(', ')
  }
  const pairs: Iterable<[string, unknown]> = items instanceof Map ? items : Object.entries(items)
  return Array.from(pairs, ([key, value]) => (value == null ? key : parameter(key, value))).join(
    ', ',
  )
}

/**
 * Reads a comma-separated list (RFC 9110 §5.6.1, Werkzeug's `parse_list_header`). Quotes around a
 * whole item are removed, empty items dropped; an unclosed quote makes the whole header void.
 */
export function parseListHeader(value: string): string[] {
  if (!value.includes('"')) {
    return value
      .split(',')
      .map(strip)
      .filter((item) => item !== '')
  }
  const items: string[] = []
  let from = 0
  let quoted = false
  for (let at = 0; at < value.length; at++) {
    const char = value.charAt(at)
    if (quoted) {
      if (char === '\\') at++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === ',') {
      items.push(value.slice(from, at))
      from = at + 1
    }
  }
  if (quoted) return []
  items.push(value.slice(from))
  return items
    .map(strip)
    .filter((item) => item !== '')
    .map(unquoteHeaderValue)
}

/**
 * Reads a comma-separated list of `key=value` pairs (Werkzeug's `parse_dict_header`) into an object
 * without a prototype. A bare key has null; RFC 2231 charsets are decoded.
 */
export function parseDictHeader(value: string): Record<string, string | null> {
  const result = Object.create(null) as Record<string, string | null>
  for (const item of parseListHeader(value)) {
    const equals = item.indexOf('=')
    let key = strip(equals === -1 ? item : item.slice(0, equals))
    if (key === '') continue
    if (equals === -1) {
      result[key] = null
      continue
    }
    let text = strip(item.slice(equals + 1))
    if (key.endsWith('*')) {
      key = key.slice(0, -1)
      const match = CHARSET_VALUE.exec(text)
      if (match !== null) {
        text = match[2] ?? ''
        text = decodeCharset(text, (match[1] ?? '').toLowerCase()) ?? text
      }
    }
    result[key] = unquoteHeaderValue(text)
  }
  return result
}

/**
 * Reads a set-like header such as `Vary` (Werkzeug's `parse_set_header`).
 *
 * @param onUpdate Called with the set after each change.
 */
export function parseSetHeader(
  value: string | null | undefined,
  onUpdate: ((set: HeaderSet) => void) | null = null,
): HeaderSet {
  return new HeaderSet(value ? parseListHeader(value) : null, onUpdate)
}
