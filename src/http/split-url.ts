import { ValueError } from '../errors/builtins.ts'

/**
 * Taking URLs apart and putting them together as Python's `urlsplit` and `urlunsplit` do. Unlike
 * the web's URL parser they keep relative URLs relative and resolve no dots.
 */

/** The parts of a URL; those that are missing are empty. */
export interface SplitUrl {
  scheme: string
  /** User, host and port as written. */
  netloc: string
  path: string
  query: string
  fragment: string
}

/** The parts of a URL's authority. */
export interface Netloc {
  username: string | null
  password: string | null
  /** In lower case; null when empty. IPv6 addresses without brackets. */
  hostname: string | null
  port: number | null
}

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+\-.]*):/
const LEADING_JUNK = /^[\0-\x20]+/

/** Schemes that keep an empty authority: `file:///x`. */
const WITH_NETLOC = new Set(
  (
    'ftp http gopher nntp telnet imap wais file mms https shttp snews prospero rtsp rtsps rtspu' +
    ' rsync svn svn+ssh sftp nfs git git+ssh ws wss itms-services'
  ).split(' '),
)

/**
 * Takes a URL apart. Leading control characters and all tabs and line ends are removed first, so
 * that a URL can never break out of a header.
 *
 * @throws ValueError when the authority is malformed.
 */
export function splitUrl(url: string): SplitUrl {
  let rest = url.replace(LEADING_JUNK, '').replace(/[\t\r\n]/g, '')
  let scheme = ''
  let netloc = ''
  let query = ''
  let fragment = ''
  const match = SCHEME.exec(rest)
  if (match !== null) {
    scheme = (match[1] ?? '').toLowerCase()
    rest = rest.slice(scheme.length + 1)
  }
  if (rest.startsWith('//')) {
    const end = rest.slice(2).search(/[/?#]/)
    netloc = end === -1 ? rest.slice(2) : rest.slice(2, end + 2)
    rest = end === -1 ? '' : rest.slice(end + 2)
    checkNetloc(netloc)
  }
  const hash = rest.indexOf('#')
  if (hash !== -1) {
    fragment = rest.slice(hash + 1)
    rest = rest.slice(0, hash)
  }
  const mark = rest.indexOf('?')
  if (mark !== -1) {
    query = rest.slice(mark + 1)
    rest = rest.slice(0, mark)
  }
  return { scheme, netloc, path: rest, query, fragment }
}

function checkNetloc(netloc: string): void {
  const open = netloc.indexOf('[')
  const close = netloc.indexOf(']')
  if ((open === -1) !== (close === -1)) throw new ValueError('Invalid IPv6 URL')
  if (open !== -1) {
    const host = netloc.slice(open + 1)
    const end = host.indexOf(']')
    checkBracketed(end === -1 ? host : host.slice(0, end))
  }
  // A character such as U+2100 becomes `a/c` in IDNA and would move the end of the host.
  const bare = netloc.replace(/[@:#?]/g, '')
  const normal = bare.normalize('NFKC')
  if (bare !== normal && /[/?#@:]/.test(normal)) {
    throw new ValueError(`netloc '${netloc}' contains invalid characters under NFKC normalization`)
  }
}

function checkBracketed(host: string): void {
  const valid = host.startsWith('v') ? /^v[a-fA-F0-9]+\..+$/.test(host) : isIPv6(host)
  if (!valid) throw new ValueError(`'${host}' does not appear to be an IPv6 address`)
}

/** Whether a text is an IPv6 address (RFC 4291 §2.2), with an optional `%zone`. */
export function isIPv6(text: string): boolean {
  const percent = text.indexOf('%')
  const zone = percent === -1 ? 'none' : text.slice(percent + 1)
  const address = percent === -1 ? text : text.slice(0, percent)
  if (zone === '' || zone.includes('%') || address.includes(':::')) return false

  const halves = address.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  let count = groups.length
  const last = groups.at(-1)
  if (last?.includes('.') && !address.endsWith('::')) {
    if (!isIPv4(last)) return false
    groups.pop()
    count++
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false
  return halves.length === 2 ? count < 8 : count === 8
}

function isIPv4(text: string): boolean {
  const parts = text.split('.')
  return (
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && +part < 256)
  )
}

/**
 * Takes an authority apart.
 *
 * @throws ValueError when the port is no number up to 65535.
 */
export function splitNetloc(netloc: string): Netloc {
  const at = netloc.lastIndexOf('@')
  let username: string | null = null
  let password: string | null = null
  if (at !== -1) {
    const colon = netloc.slice(0, at).indexOf(':')
    username = netloc.slice(0, colon === -1 ? at : colon)
    password = colon === -1 ? null : netloc.slice(colon + 1, at)
  }
  const [host, port] = hostAndPort(netloc.slice(at + 1))
  return { username, password, hostname: host === '' ? null : lowerHost(host), port: toPort(port) }
}

function hostAndPort(text: string): [host: string, port: string] {
  const open = text.indexOf('[')
  const rest = open === -1 ? text : text.slice(open + 1)
  const end = rest.indexOf(open === -1 ? ':' : ']')
  if (end === -1) return [rest, '']
  const after = rest.slice(end)
  const colon = after.indexOf(':')
  return [rest.slice(0, end), colon === -1 ? '' : after.slice(colon + 1)]
}

function lowerHost(host: string): string {
  const zone = host.indexOf('%')
  return zone === -1 ? host.toLowerCase() : host.slice(0, zone).toLowerCase() + host.slice(zone)
}

function toPort(text: string): number | null {
  if (text === '') return null
  if (!/^\d+$/.test(text)) {
    throw new ValueError(`Port could not be cast to integer value as '${text}'`)
  }
  const port = Number(text)
  if (port > 65535) throw new ValueError('Port out of range 0-65535')
  return port
}

/** Puts a URL together. */
export function joinUrl({ scheme, netloc, path, query, fragment }: SplitUrl): string {
  let url = path
  if (netloc !== '' || (WITH_NETLOC.has(scheme) && !path.startsWith('//'))) {
    if (url !== '' && !url.startsWith('/')) url = `/${url}`
    url = `//${netloc}${url}`
  }
  if (scheme !== '') url = `${scheme}:${url}`
  if (query !== '') url += `?${query}`
  if (fragment !== '') url += `#${fragment}`
  return url
}
