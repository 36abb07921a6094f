import {
  type Description,
  HTTPException,
  type HTTPExceptionOptions,
  isOptions,
} from './http-exception-base.ts'
import { RetryAfterException } from './retry-after.ts'

/** Options of {@link InternalServerError}. */
export interface InternalServerErrorOptions extends HTTPExceptionOptions {
  /** The error behind the 500. */
  originalException?: unknown
}

/** 500: an error that nothing handled. */
export class InternalServerError extends HTTPException {
  static override readonly code: number = 500
  static override readonly description: string =
    'The server encountered an internal error and was unable to complete your request. Either the' +
    ' server is overloaded or there is an error in the application.'

  /** The error behind the 500, or null when it was raised on purpose. */
  originalException: unknown

  constructor(
    description?: Description | InternalServerErrorOptions | null,
    options?: InternalServerErrorOptions,
  ) {
    super(description, options)
    const given = isOptions<InternalServerErrorOptions>(description) ? description : options
    this.originalException = given?.originalException ?? null
  }
}

/** 501: the server cannot do what the request asks for. */
export class NotImplemented extends HTTPException {
  static override readonly code: number = 501
  static override readonly description: string =
    'The server does not support the action requested by the browser.'
}

/** 502: the server behind this one gave no valid answer. */
export class BadGateway extends HTTPException {
  static override readonly code: number = 502
  static override readonly description: string =
    'The proxy server received an invalid response from an upstream server.'
}

/** 503: temporarily out of service; `retryAfter` tells when to come back. */
export class ServiceUnavailable extends RetryAfterException {
  static override readonly code: number = 503
  static override readonly description: string =
    'The server is temporarily unable to service your request due to maintenance downtime or' +
    ' capacity problems. Please try again later.'
}

/** 504: the server behind this one did not answer in time. */
export class GatewayTimeout extends HTTPException {
  static override readonly code: number = 504
  static override readonly description: string = 'The connection to an upstream server timed out.'
}

/** 505: the HTTP version is not supported. */
export class HTTPVersionNotSupported extends HTTPException {
  static override readonly code: number = 505
  static override readonly description: string =
    'The server does not support the HTTP protocol version used in the request.'
}
