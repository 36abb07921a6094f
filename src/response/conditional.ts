import { RequestedRangeNotSatisfiable } from '../errors/http-exception.ts'
import { isResourceModified } from '../http/conditional.ts'
import { httpDate } from '../http/dates.ts'
import { parseEtags } from '../http/etag.ts'
import type { Headers } from '../http/headers.ts'
import { parseRangeHeader } from '../http/range.ts'
import {
  isAsync,
  isSeekable,
  isSequence,
  joined,
  type ResponseBody,
  sliceAsync,
  sliceSync,
} from './body.ts'

/** The part of a request that conditions are read from. */
export interface ConditionalRequest {
  readonly method: string
  readonly headers: { get(name: string): string | null }
}

/** The part of a response that a condition may change. */
export interface ConditionalTarget {
  readonly headers: Headers
  response: ResponseBody
  statusCode: number
  acceptRanges: string | null
  contentLength: number | null
  readonly automaticallySetContentLength: boolean
  calculateContentLength(): number | null
}

/** Werkzeug's `Response.make_conditional` (RFC 9110 §13 and §14). */
export function makeConditional(
  response: ConditionalTarget,
  request: ConditionalRequest,
  options: { acceptRanges?: boolean | string; completeLength?: number | null },
): void {
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD') return
  const { headers } = response
  if (!headers.has('Date')) headers.set('Date', httpDate(Date.now() / 1000))
  if (!applyRange(response, request, options) && !isModified(response, request, true)) {
    response.statusCode = parseEtags(request.headers.get('If-Match')).isEmpty ? 304 : 412
  }
  if (response.automaticallySetContentLength && !headers.has('Content-Length')) {
    response.contentLength = response.calculateContentLength()
  }
}

function isModified(
  response: ConditionalTarget,
  request: ConditionalRequest,
  ignoreIfRange: boolean,
): boolean {
  return isResourceModified({
    range: request.headers.get('Range'),
    ifRange: request.headers.get('If-Range'),
    ifModifiedSince: request.headers.get('If-Modified-Since'),
    ifNoneMatch: request.headers.get('If-None-Match'),
    ifMatch: request.headers.get('If-Match'),
    etag: response.headers.get('ETag'),
    lastModified: response.headers.get('Last-Modified'),
    ignoreIfRange,
  })
}

/**
 * Cuts the body down to the range that the request asks for. Werkzeug gives one range only: several
 * of them, or one that does not parse, are a 416.
 * @returns whether the answer is now a 206.
 */
function applyRange(
  response: ConditionalTarget,
  request: ConditionalRequest,
  options: { acceptRanges?: boolean | string; completeLength?: number | null },
): boolean {
  const { acceptRanges = false, completeLength = null } = options
  if (!acceptRanges) return false
  response.acceptRanges = acceptRanges === true ? 'bytes' : acceptRanges
  const header = request.headers.get('Range')
  if (!completeLength || header === null) return false
  if (request.headers.get('If-Range') !== null && isModified(response, request, false)) return false
  const range = parseRangeHeader(header)
  const bounds = range?.rangeForLength(completeLength) ?? null
  const contentRange = range?.toContentRangeHeader(completeLength) ?? null
  if (bounds === null || contentRange === null) {
    throw new RequestedRangeNotSatisfiable(completeLength)
  }
  const [start, stop] = bounds
  response.contentLength = stop - start
  response.headers.set('Content-Range', contentRange)
  response.statusCode = 206
  response.response = cut(response.response, start, stop - start)
  return true
}

function cut(body: ResponseBody, start: number, length: number): ResponseBody {
  if (isSequence(body)) return joined(body).subarray(start, start + length)
  if (isSeekable(body)) {
    body.slice(start, length)
    return body
  }
  return isAsync(body) ? sliceAsync(body, start, length) : sliceSync(body, start, length)
}
