import type { IncomingMessage } from 'node:http'
import { splitTarget } from '../request/target.ts'

/** Header lines that a request may have; Node would silently drop those past its limit. */
export const MAX_HEADER_LINES = 2000

// RFC 3986 §3.2.2 reg-name, IPv4 or bracketed address, with an optional port. Empty is allowed by
// RFC 9112 §3.2 for a target that has no authority.
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[0-9a-f:.v]+\])(?::\d*)?$/i

// Most requests of a process name the same few hosts.
let lastGoodHost = ''

/**
 * Refuses what node:http lets through although RFC 9112 calls it malformed, or although another
 * party on the way may read it differently. Also gives an absolute-form target's authority the place
 * of the Host header (RFC 9112 §3.2.2), so that routing, guards and URLs see the same host.
 *
 * @returns The status to refuse with, or 0.
 */
export function admissionStatus(req: IncomingMessage): 0 | 400 | 431 {
  const { rawHeaders, headers } = req
  if (rawHeaders.length > MAX_HEADER_LINES * 2) return 431
  // HTTP/0.9 has no headers, so nothing that begins like it and goes on like HTTP/1 is either.
  if (req.httpVersionMajor < 1) return 400

  const coding = headers['transfer-encoding']
  // The only coding we undo. Node calls the handler before its parser rejects another one, and
  // HTTP/1.0 has none: a proxy that ignores it sees a second request in the body.
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked' || headers['content-length'] !== undefined) return 400
    if (req.httpVersionMajor === 1 && req.httpVersionMinor === 0) return 400
  }

  const { host } = headers
  if (host !== undefined && host !== lastGoodHost) {
    if (!HOST.test(host)) return 400
    lastGoodHost = host
  }
  if (countHosts(rawHeaders) > 1) return 400

  const url = req.url as string
  return url.charCodeAt(0) === 47 ? 0 : admitTarget(req, url)
}

/** RFC 9112 §3.2: more than one Host line is a 400; node:http keeps the first and says nothing. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 4 && (name === 'Host' || name.toLowerCase() === 'host')) count++
  }
  return count
}

function admitTarget(req: IncomingMessage, url: string): 0 | 400 {
  const { authority } = splitTarget(url)
  // Asterisk-form is for OPTIONS alone (RFC 9112 §3.2.4).
  if (authority === null) return url === '*' && req.method === 'OPTIONS' ? 0 : 400
  if (authority === '' || !HOST.test(authority)) return 400
  req.headers.host = authority
  const { rawHeaders } = req
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if ((rawHeaders[i] as string).toLowerCase() === 'host') rawHeaders[i + 1] = authority
  }
  return 0
}
