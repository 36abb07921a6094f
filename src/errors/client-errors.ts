import { pyRepr } from './builtins.ts'
import {
  type Description,
  type HeaderPairs,
  HTTPException,
  type HTTPExceptionOptions,
  isOptions,
} from './http-exception-base.ts'
import { RetryAfterException, type RetryAfterOptions } from './retry-after.ts'

/** 400: the request cannot be understood. */
export class BadRequest extends HTTPException {
  static override readonly code: number = 400
  static override readonly description: string =
    'The browser (or proxy) sent a request that this server could not understand.'
}

/**
 * 400 for a missing key of `request.args`, `form`, `headers` and the like: Werkzeug's mixture of
 * `BadRequest` and `KeyError`.
 */
export class BadRequestKeyError extends BadRequest {
  /** The key that was missing; undefined when none was given. */
  readonly key: unknown
  /** Adds the key to the page. Flask sets it in debug mode and under `TRAP_BAD_REQUEST_ERRORS`. */
  showException: boolean

  constructor(
    key?: unknown,
    description?: Description | HTTPExceptionOptions | null,
    options?: HTTPExceptionOptions,
  ) {
    super(description, options)
    this.key = key
    this.showException = false
    let text = this.description
    Object.defineProperty(this, 'description', {
      configurable: true,
      enumerable: true,
      get: () => (this.showException ? `${String(text)}\nKeyError: ${keyRepr(key)}` : text),
      set: (value: Description | null) => {
        text = value
      },
    })
  }
}

function keyRepr(key: unknown): string {
  if (key == null) return ''
  return typeof key === 'string' ? pyRepr(key) : String(key)
}

/** 400: the client went away before its request was complete. Nobody is there to see the page. */
export class ClientDisconnected extends BadRequest {}

/** 400: a request that looks like an attack, such as one for an untrusted host. */
export class SecurityError extends BadRequest {}

/** 400: the host of the request is malformed. */
export class BadHost extends BadRequest {}

/** A `WWW-Authenticate` value: `WWWAuthenticate`, or its text. */
export type Challenge = string | { toHeader(): string }

/** Options of {@link Unauthorized}. */
export interface UnauthorizedOptions extends HTTPExceptionOptions {
  /** One or more challenges, each sent as a `WWW-Authenticate` header of its own. */
  wwwAuthenticate?: Challenge | Iterable<Challenge> | null
}

/** 401: the client has not proved who it is. */
export class Unauthorized extends HTTPException {
  static override readonly code: number = 401
  static override readonly description: string =
    'The server could not verify that you are authorized to access the URL requested. You either' +
    " supplied the wrong credentials (e.g. a bad password), or your browser doesn't understand" +
    ' how to supply the credentials required.'

  /** The challenges, or null. */
  wwwAuthenticate: readonly Challenge[] | null

  constructor(
    description?: Description | UnauthorizedOptions | null,
    options?: UnauthorizedOptions,
  ) {
    super(description, options)
    const given = isOptions<UnauthorizedOptions>(description) ? description : options
    const challenges = given?.wwwAuthenticate ?? null
    this.wwwAuthenticate = challenges === null ? null : toList(challenges)
  }

  override getHeaders(request?: object | null): HeaderPairs {
    const headers = super.getHeaders(request)
    for (const challenge of this.wwwAuthenticate ?? []) {
      headers.push(['WWW-Authenticate', String(challenge)])
    }
    return headers
  }
}

function toList(value: Challenge | Iterable<Challenge>): readonly Challenge[] {
  return typeof value === 'object' && Symbol.iterator in value ? [...value] : [value]
}

/** 403: the client may not do this, whoever it is. */
export class Forbidden extends HTTPException {
  static override readonly code: number = 403
  static override readonly description: string =
    "You don't have the permission to access the requested resource. It is either read-protected" +
    ' or not readable by the server.'
}

/** 404: nothing here, now or ever. */
export class NotFound extends HTTPException {
  static override readonly code: number = 404
  static override readonly description: string =
    'The requested URL was not found on the server. If you entered the URL manually please check' +
    ' your spelling and try again.'
}

/** Options of {@link MethodNotAllowed}. */
export interface MethodNotAllowedOptions extends HTTPExceptionOptions {
  /** The methods of the `Allow` header. */
  validMethods?: Iterable<string> | null
}

/** 405: the URL exists, but not for this method. */
export class MethodNotAllowed extends HTTPException {
  static override readonly code: number = 405
  static override readonly description: string = 'The method is not allowed for the requested URL.'

  /** The methods of the `Allow` header, or null. */
  validMethods: readonly string[] | null

  constructor(
    validMethods?: Iterable<string> | MethodNotAllowedOptions | null,
    description?: Description | HTTPExceptionOptions | null,
    options?: HTTPExceptionOptions,
  ) {
    const given = isOptions<MethodNotAllowedOptions>(validMethods) ? validMethods : null
    super(description ?? given, options)
    const methods = given === null ? (validMethods as Iterable<string> | null) : given.validMethods
    this.validMethods = methods == null ? null : [...methods]
  }

  override getHeaders(request?: object | null): HeaderPairs {
    const headers = super.getHeaders(request)
    if (this.validMethods?.length) headers.push(['Allow', this.validMethods.join(', ')])
    return headers
  }
}

/** 406: no representation that the client accepts. */
export class NotAcceptable extends HTTPException {
  static override readonly code: number = 406
  static override readonly description: string =
    'The resource identified by the request is only capable of generating response entities which' +
    ' have content characteristics not acceptable according to the accept headers sent in the' +
    ' request.'
}

/** 408: the request did not arrive in time. */
export class RequestTimeout extends HTTPException {
  static override readonly code: number = 408
  static override readonly description: string =
    "The server closed the network connection because the browser didn't finish the request" +
    ' within the specified time.'
}

/** 409: the request conflicts with the current state. */
export class Conflict extends HTTPException {
  static override readonly code: number = 409
  static override readonly description: string =
    'A conflict happened while processing the request. The resource might have been modified' +
    ' while the request was being processed.'
}

/** 410: the resource existed and is gone for good. */
export class Gone extends HTTPException {
  static override readonly code: number = 410
  static override readonly description: string =
    'The requested URL is no longer available on this server and there is no forwarding address.' +
    ' If you followed a link from a foreign page, please contact the author of this page.'
}

/** 411: a `Content-Length` is needed. */
export class LengthRequired extends HTTPException {
  static override readonly code: number = 411
  static override readonly description: string =
    'A request with this method requires a valid <code>Content-Length</code> header.'
}

/** 412: an `If-Match`, `If-None-Match` or `If-Unmodified-Since` did not hold. */
export class PreconditionFailed extends HTTPException {
  static override readonly code: number = 412
  static override readonly description: string =
    'The precondition on the request for the URL failed positive evaluation.'
}

/** 413: the body is over a limit. */
export class RequestEntityTooLarge extends HTTPException {
  static override readonly code: number = 413
  static override readonly description: string =
    'The data value transmitted exceeds the capacity limit.'
}

/** 414: the URL is over a limit. */
export class RequestURITooLarge extends HTTPException {
  static override readonly code: number = 414
  static override readonly description: string =
    'The length of the requested URL exceeds the capacity limit for this server. The request' +
    ' cannot be processed.'
}

/** 415: the body's media type is not understood. */
export class UnsupportedMediaType extends HTTPException {
  static override readonly code: number = 415
  static override readonly description: string =
    'The server does not support the media type transmitted in the request.'
}

/** Options of {@link RequestedRangeNotSatisfiable}. */
export interface RangeNotSatisfiableOptions extends HTTPExceptionOptions {
  /** The resource's length, for `Content-Range`. */
  length?: number | null
  /** The unit of the length; `bytes` unless told. */
  units?: string
}

/** 416: the wanted part of the resource does not exist. */
export class RequestedRangeNotSatisfiable extends HTTPException {
  static override readonly code: number = 416
  static override readonly description: string = 'The server cannot provide the requested range.'

  /** The resource's length for `Content-Range`, or null for no such header. */
  length: number | null
  /** The unit of {@link length}. */
  units: string

  constructor(
    length?: number | RangeNotSatisfiableOptions | null,
    units?: string,
    description?: Description | HTTPExceptionOptions | null,
    options?: HTTPExceptionOptions,
  ) {
    const given = typeof length === 'object' ? length : null
    super(description ?? given, options)
    this.length = typeof length === 'number' ? length : (given?.length ?? null)
    this.units = units ?? given?.units ?? 'bytes'
  }

  override getHeaders(request?: object | null): HeaderPairs {
    const headers = super.getHeaders(request)
    if (this.length !== null) headers.push(['Content-Range', `${this.units} */${this.length}`])
    return headers
  }
}

/** 417: the `Expect` header cannot be met. */
export class ExpectationFailed extends HTTPException {
  static override readonly code: number = 417
  static override readonly description: string =
    'The server could not meet the requirements of the Expect header'
}

/** 418: a teapot was asked for coffee. */
export class ImATeapot extends HTTPException {
  static override readonly code: number = 418
  static override readonly description: string = 'This server is a teapot, not a coffee machine'
}

/** 421: the request reached a server that cannot answer for this host. */
export class MisdirectedRequest extends HTTPException {
  static override readonly code: number = 421
  static override readonly description: string = 'The server is not able to produce a response.'
}

/** 422: well formed, but wrong in meaning. */
export class UnprocessableEntity extends HTTPException {
  static override readonly code: number = 422
  static override readonly description: string =
    'The request was well-formed but was unable to be followed due to semantic errors.'
}

/** 423: the resource is locked. */
export class Locked extends HTTPException {
  static override readonly code: number = 423
  static override readonly description: string = 'The resource that is being accessed is locked.'
}

/** 424: another action on which this one depends failed. */
export class FailedDependency extends HTTPException {
  static override readonly code: number = 424
  static override readonly description: string =
    'The method could not be performed on the resource because the requested action depended on' +
    ' another action and that action failed.'
}

/** 428: the request must carry a condition, to prevent lost updates. */
export class PreconditionRequired extends HTTPException {
  static override readonly code: number = 428
  static override readonly description: string =
    'This request is required to be conditional; try using "If-Match" or "If-Unmodified-Since".'
}

/** 429: too many requests; `retryAfter` tells when to come back. */
export class TooManyRequests extends RetryAfterException {
  static override readonly code: number = 429
  static override readonly description: string =
    'This user has exceeded an allotted request count. Try again later.'
}

/** 431: the header fields are over a limit. */
export class RequestHeaderFieldsTooLarge extends HTTPException {
  static override readonly code: number = 431
  static override readonly description: string =
    'One or more header fields exceeds the maximum size.'
}

/** 451: withheld for legal reasons. */
export class UnavailableForLegalReasons extends HTTPException {
  static override readonly code: number = 451
  static override readonly description: string = 'Unavailable for legal reasons.'
}

export type { RetryAfterOptions }
