import { httpDate } from '../http/dates.ts'
import {
  type Description,
  type HeaderPairs,
  HTTPException,
  type HTTPExceptionOptions,
  isOptions,
} from './http-exception-base.ts'

/** Options of the exceptions that tell when to come back. */
export interface RetryAfterOptions extends HTTPExceptionOptions {
  /** Seconds from now, or the time. */
  retryAfter?: number | Date | null
}

/** The base of exceptions with a `Retry-After` header. */
export class RetryAfterException extends HTTPException {
  /** Seconds from now, or the time; null for no header. */
  retryAfter: number | Date | null

  constructor(description?: Description | RetryAfterOptions | null, options?: RetryAfterOptions) {
    super(description, options)
    const given = isOptions<RetryAfterOptions>(description) ? description : options
    this.retryAfter = given?.retryAfter ?? null
  }

  override getHeaders(request?: object | null): HeaderPairs {
    const headers = super.getHeaders(request)
    // Zero gives no header, as in Werkzeug.
    if (this.retryAfter) {
      const value = this.retryAfter instanceof Date ? httpDate(this.retryAfter) : this.retryAfter
      headers.push(['Retry-After', String(value)])
    }
    return headers
  }
}
