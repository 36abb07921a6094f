import type { RequestContext } from '../context/request-context.ts'
import { HTTPException } from '../errors/http-exception.ts'
import { Headers } from '../http/headers.ts'
import { Markup } from '../http/markup.ts'
import { Tuple } from '../json/tuple.ts'
import type { ResponseBody } from '../response/body.ts'
import { Response } from '../response/response.ts'
import type { HeadersValue, ResponseReturnValue, StatusValue } from '../types.ts'

const STATUS_LINE = /^[1-5]\d\d(?: |$)/

function isStatus(value: unknown): value is StatusValue {
  return typeof value === 'number'
    ? Number.isInteger(value) && value >= 100 && value <= 599
    : typeof value === 'string' && STATUS_LINE.test(value)
}

function isHeaders(value: unknown): value is HeadersValue {
  return value instanceof Headers || value instanceof Map || value instanceof globalThis.Headers
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether a returned array is `[body, status?, headers?]` and not a JSON list. */
export function isResponseTuple(value: readonly unknown[]): boolean {
  if (value instanceof Tuple) return true
  if (value.length !== 2 && value.length !== 3) return false
  return isStatus(value[1]) || isHeaders(value[1])
}

/**
 * Makes the response of what a view, a hook or an error handler returned (Flask's `make_response`).
 * @throws {TypeError} when it cannot be one, naming the endpoint
 */
export function toResponse(
  context: RequestContext | null,
  app: ResponseMaker,
  returned: ResponseReturnValue,
): Response {
  if (returned instanceof Response) return returned
  if (typeof returned === 'string') return new app.responseClass(returned)
  if (isPlainObject(returned)) return app.json.response(returned)
  let value = returned
  let status: StatusValue | undefined
  let headers: HeadersValue | undefined
  if (Array.isArray(value) && isResponseTuple(value)) {
    const parts: readonly unknown[] = value
    if (parts.length === 3) {
      value = parts[0]
      status = parts[1] as StatusValue
      headers = parts[2] as HeadersValue
    } else if (parts.length === 2) {
      value = parts[0]
      if (typeof parts[1] === 'object' && parts[1] !== null) headers = parts[1] as HeadersValue
      else status = parts[1] as StatusValue
    } else {
      throw new TypeError(
        'The view function did not return a valid response tuple. The tuple must have the form ' +
          '(body, status, headers), (body, status), or (body, headers).',
      )
    }
  }
  if (value === null || value === undefined) {
    throw new TypeError(
      `The view function for '${context?.request.endpoint ?? ''}' did not return a valid ` +
        'response. The function either returned nothing or ended without a return statement.',
    )
  }
  // Python's Markup is a string.
  if (value instanceof Markup) value = value.toString()
  // Text and streams take status and headers as they are, so repeated headers stay repeated; what
  // has headers of its own already gets them updated.
  if (typeof value === 'string' || isStreamLike(value)) {
    return new app.responseClass(value as ResponseBody, status ?? null, headers ?? null)
  }
  const response = coerce(app, value, context)
  if (status !== undefined && status !== null) {
    if (typeof status === 'string') response.status = status
    else response.statusCode = status
  }
  if (headers !== undefined && headers !== null) response.headers.update(headers)
  return response
}

/** The slice of the app that turning values into responses needs. */
export interface ResponseMaker {
  readonly responseClass: typeof Response
  readonly json: { response(value: unknown): Response }
}

function coerce(app: ResponseMaker, value: unknown, context: RequestContext | null): Response {
  if (value instanceof Response) return value
  if (value instanceof HTTPException) return value.getResponse(context?.request) as Response
  if (value instanceof globalThis.Response) return app.responseClass.fromWeb(value)
  if (Array.isArray(value) || isPlainObject(value)) return app.json.response(value)
  const kind = typeof value === 'object' ? (value?.constructor?.name ?? 'object') : typeof value
  throw new TypeError(
    'The view function did not return a valid response. The return type must be a string, bytes, ' +
      'object, array, [body, status, headers], Response, iterator or stream, but it was a ' +
      `${kind}.`,
  )
}

function isStreamLike(value: unknown): boolean {
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return true
  if (value instanceof ReadableStream) return true
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  // An iterator, not whatever can be iterated: a Map or a Set is no response, as in Flask.
  const candidate = value as { next?: unknown; pipe?: unknown; [Symbol.asyncIterator]?: unknown }
  return (
    typeof candidate.next === 'function' ||
    typeof candidate.pipe === 'function' ||
    typeof candidate[Symbol.asyncIterator] === 'function'
  )
}
