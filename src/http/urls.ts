import { RequestEntityTooLarge } from '../errors/client-errors.ts'
import { idnaDecode, idnaEncode } from './idna.ts'
import { eachItem, type MultiItems } from './multi-items.ts'
import { asciiTable, makeQuoter, type Quoter, unquoteUtf8 } from './percent.ts'
import { joinUrl, splitNetloc, splitUrl } from './split-url.ts'

// What may stand unquoted in each part: https://url.spec.whatwg.org/#url-path-segment-string.
// The percent sign is safe because the text may be quoted in part already.
const PATH_SAFE = "%!$&'()*+,/:;=@"
const quotePath = makeQuoter(PATH_SAFE)
const quoteQuery = makeQuoter(`${PATH_SAFE}?`)
const quoteFragment = makeQuoter(`${PATH_SAFE}?#`)
const quoteUser = makeQuoter("%!$&'()*+,;=")
const quoteField = makeQuoter("!$'()*,/:;?@ ")

// Characters that keep their escapes in an IRI: decoded they would mean something else there.
const CONTROLS = `${String.fromCharCode(...Array(0x21).keys())}%\x7f`
const KEEP_PATH = asciiTable(`${CONTROLS}/?#`)
const KEEP_QUERY = asciiTable(`${CONTROLS}&=+#`)
const KEEP_FRAGMENT = asciiTable(CONTROLS)
const KEEP_USER = asciiTable(`${CONTROLS}:@/?#`)

/**
 * Makes a URL fit for a header (Werkzeug's `iri_to_uri`): characters beyond ASCII and unsafe ones
 * are percent-encoded, the host is written in Punycode. What is encoded already stays.
 *
 * @throws ValueError when the host or port is malformed.
 */
export function iriToUri(iri: string): string {
  const parts = splitUrl(iri)
  let netloc = ''
  if (parts.netloc !== '') {
    const { hostname, port, username, password } = splitNetloc(parts.netloc)
    netloc = withPort(hostname === null ? '' : idnaEncode(hostname), port)
    if (username) {
      const secret = password ? `:${quoteUser(password)}` : ''
      netloc = `${quoteUser(username)}${secret}@${netloc}`
    }
  }
  return joinUrl({
    scheme: parts.scheme,
    netloc,
    path: quotePath(parts.path),
    query: quoteQuery(parts.query),
    fragment: quoteFragment(parts.fragment),
  })
}

// URLs that uriToIri returns as they are; nearly all that a server sees are of this kind.
const ALREADY_IRI =
  /^https?:\/\/(?!\S*xn--)[a-z0-9.-]+(?::[1-9]\d{0,3})?\/[\w!$&'()*+,\-./:;=@~]*(?:\?[\w!$&'()*+,\-./:;=@~?]+)?$/

/**
 * Makes a URL readable (Werkzeug's `uri_to_iri`): percent escapes become the characters they stand
 * for, except where that would change the meaning or the bytes are no UTF-8; the host is decoded.
 *
 * @throws ValueError when the host or port is malformed.
 */
export function uriToIri(uri: string): string {
  if (ALREADY_IRI.test(uri)) return uri
  const parts = splitUrl(uri)
  let netloc = ''
  if (parts.netloc !== '') {
    const { hostname, port, username, password } = splitNetloc(parts.netloc)
    netloc = withPort(hostname === null ? '' : idnaDecode(hostname), port)
    if (username) {
      const secret = password ? `:${unquoteUtf8(password, true, KEEP_USER)}` : ''
      netloc = `${unquoteUtf8(username, true, KEEP_USER)}${secret}@${netloc}`
    }
  }
  return joinUrl({
    scheme: parts.scheme,
    netloc,
    path: unquoteUtf8(parts.path, true, KEEP_PATH),
    query: unquoteUtf8(parts.query, true, KEEP_QUERY),
    fragment: unquoteUtf8(parts.fragment, true, KEEP_FRAGMENT),
  })
}

function withPort(hostname: string, port: number | null): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  return port ? `${host}:${port}` : host
}

const quoters = new Map<string, Quoter>()

/**
 * Percent-encodes a text as UTF-8, or bytes (Python's `urllib.parse.quote`).
 *
 * @param safe ASCII characters to leave alone besides letters, digits and `_.-~`; `/` unless told.
 */
export function urlQuote(text: string | Uint8Array, safe = '/'): string {
  let quote = quoters.get(safe)
  if (quote === undefined) {
    quote = makeQuoter(safe)
    // The sets come from code, not from requests; should they not, memory stays bounded.
    if (quoters.size < 64) quoters.set(safe, quote)
  }
  return quote(text)
}

/**
 * Decodes percent escapes as UTF-8, with U+FFFD for what is none (Python's `urllib.parse.unquote`).
 */
export function urlUnquote(text: string): string {
  return unquoteUtf8(text, false)
}

/**
 * Writes a query string (Werkzeug's `_urlencode`): spaces become `+`, null and undefined values are
 * left out, several values of a key are written one by one.
 */
export function urlEncode(source: MultiItems<unknown>): string {
  const pairs: string[] = []
  eachItem(source, (key, value) => {
    if (value != null) pairs.push(`${encodeField(key)}=${encodeField(value)}`)
  })
  return pairs.join('&')
}

function encodeField(value: unknown): string {
  return quoteField(value instanceof Uint8Array ? value : String(value)).replaceAll(' ', '+')
}

/** Options of {@link parseQuery}. */
export interface ParseQueryOptions {
  /** The most fields allowed; no limit unless given, as in Werkzeug. */
  maxNumFields?: number | null
}

/**
 * Reads a query string or urlencoded form (Python's `parse_qsl` as Werkzeug calls it): `+` is a
 * space, blank values are kept, bytes that are no UTF-8 stay percent-encoded. Linear in the text.
 *
 * @throws RequestEntityTooLarge (413) when there are more than `maxNumFields`.
 */
export function parseQuery(
  text: string,
  options: ParseQueryOptions = {},
): [key: string, value: string][] {
  const limit = options.maxNumFields ?? Number.POSITIVE_INFINITY
  const pairs: [string, string][] = []
  for (let from = 0; from < text.length; ) {
    let end = text.indexOf('&', from)
    if (end === -1) end = text.length
    if (end > from) {
      if (pairs.length >= limit) throw new RequestEntityTooLarge()
      const field = text.slice(from, end)
      const equals = field.indexOf('=')
      if (equals === -1) pairs.push([decodeField(field), ''])
      else pairs.push([decodeField(field.slice(0, equals)), decodeField(field.slice(equals + 1))])
    }
    from = end + 1
  }
  return pairs
}

function decodeField(text: string): string {
  return unquoteUtf8(text.includes('+') ? text.replaceAll('+', ' ') : text, true)
}

const quoteUrlPath = makeQuoter("!$&'()*+,/:;=@%")
const quoteUrlQuery = makeQuoter("!$&'()*+,/:;=?@%")

/**
 * The URL of a request, readable (Werkzeug's `get_current_url`). A part that is left out ends the
 * URL there.
 *
 * @param scheme Such as `https`.
 * @param host As {@link getHost} gives it.
 * @param rootPath The prefix that the app is mounted under.
 * @param path The decoded path below it.
 * @param queryString The query as received, without its `?`; text is taken as one character a byte.
 */
export function getCurrentUrl(
  scheme: string,
  host: string,
  rootPath?: string | null,
  path?: string | null,
  queryString?: string | Uint8Array | null,
): string {
  let url = `${scheme}://${host}`
  if (rootPath == null) return uriToIri(`${url}/`)
  url += `${quoteUrlPath(rootPath.replace(/\/+$/, ''))}/`
  if (path == null) return uriToIri(url)
  url += quoteUrlPath(path.replace(/^\/+/, ''))
  if (queryString?.length) url += `?${quoteUrlQuery(queryString)}`
  return uriToIri(url)
}
