import type { IncomingMessage } from 'node:http'
import { BadRequest } from '../errors/http-exception.ts'
import { getEnviron } from '../request/environ.ts'
import { decodePath, splitTarget } from '../request/target.ts'

const NEEDS_WORK = /[^!$&'()*+,\-./0-9:;=@A-Z_a-z~]|^(?!\/)|^\/\//
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/

/** One slash at the front, however many were sent (Werkzeug: `'/' + path.lstrip('/')`). */
function withOneLeadingSlash(path: string): string {
  let start = 0
  while (path.charCodeAt(start) === 0x2f) start++
  return start === 1 ? path : `/${path.slice(start)}`
}

/**
 * The path that a request is routed by, and that guards are matched against (WSGI's `PATH_INFO`):
 * the percent-decoded path of the target, in any form that a target may have, with one leading
 * slash. What a wrapper has put in its place (`setEnviron`, `pathInfo`) comes first. A `%` that
 * begins no escape stays as it is.
 *
 * It is not kept on the request: middleware may rewrite `req.url` at any time, and finding out that
 * there is nothing to decode costs no more than a look-up.
 */
export function lenientPath(req: IncomingMessage): string {
  const given = getEnviron(req)?.pathInfo
  if (given !== undefined) return withOneLeadingSlash(given)
  const url = req.url ?? '/'
  if (!NEEDS_WORK.test(url)) return url
  return withOneLeadingSlash(decodePath(splitTarget(url).path))
}

/** Whether the percent-encoding of the path is malformed (`/%zz`), so that no route can be meant. */
export function hasMalformedPath(req: IncomingMessage): boolean {
  const url = req.url ?? '/'
  if (!BAD_ESCAPE.test(url) || getEnviron(req)?.pathInfo !== undefined) return false
  return BAD_ESCAPE.test(splitTarget(url).path)
}

/**
 * The canonical path, for those who answer the client: {@link lenientPath}, unless it is malformed.
 *
 * @throws BadRequest (400) when the percent-encoding is malformed. Flask would route the text as it
 *   stands; two layers that decode it differently are how guards are bypassed.
 */
export function canonicalPath(req: IncomingMessage): string {
  if (hasMalformedPath(req)) throw new BadRequest('The path has an invalid percent-encoding.')
  return lenientPath(req)
}
