import type { Headers } from '../http/headers.ts'
import { iriToUri } from '../http/urls.ts'
import { isSequence, type ResponseBody, sequenceLength } from './body.ts'

/** The part of a response that decides which headers go out. */
export interface Sendable {
  readonly headers: Headers
  readonly statusCode: number
  readonly response: ResponseBody
  readonly automaticallySetContentLength: boolean
  readonly autocorrectLocationHeader: boolean
}

// RFC 2616 §7.1; a 304 carries none of them except Expires and Content-Location.
const ENTITY_HEADERS: ReadonlySet<string> = new Set([
  'allow',
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
  'last-modified',
])

/** Whether a status never carries content: 1xx, 204, 304. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304 || (status >= 100 && status < 200)
}

/**
 * The headers as `[name, value, name, value, …]` as they go out (Werkzeug's `get_wsgi_headers`):
 * locations as URIs, no entity headers on a 304, no length on a 204, a length where it is known.
 * Gives the response's own array when nothing has to change.
 * @param baseUrl the request's URL without query, for `autocorrectLocationHeader`.
 */
export function finalHeaders(response: Sendable, baseUrl: string | null): readonly string[] {
  const { flat } = response.headers
  const status = response.statusCode
  const bodiless = isBodiless(status)
  let plain = !bodiless
  let length = false
  for (let i = 0; i < flat.length; i += 2) {
    // Names are told apart by length first: most headers need no lower-casing then.
    const name = flat[i] as string
    if (name.length === 14) {
      if (name === 'Content-Length' || name.toLowerCase() === 'content-length') length = true
    } else if (name.length === 8 || name.length === 16) {
      const lower = name.toLowerCase()
      if (lower === 'location' || lower === 'content-location') plain = false
    }
  }
  const measured =
    !length && !bodiless && response.automaticallySetContentLength && isSequence(response.response)
  if (plain && !measured) return flat
  const out: string[] = []
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string
    const lower = name.toLowerCase()
    let value = flat[i + 1] as string
    if (bodiless && (lower === 'content-length' || (status === 304 && ENTITY_HEADERS.has(lower)))) {
      continue
    }
    if (lower === 'location') value = locationOf(value, response, baseUrl)
    else if (lower === 'content-location') value = iriToUri(value)
    out.push(name, value)
  }
  if (measured) out.push('Content-Length', String(sequenceLength(response.response as string)))
  return out
}

function locationOf(value: string, response: Sendable, baseUrl: string | null): string {
  const location = iriToUri(value)
  if (!response.autocorrectLocationHeader || baseUrl === null) return location
  const base = iriToUri(baseUrl)
  return URL.canParse(location, base) ? new URL(location, base).href : location
}
