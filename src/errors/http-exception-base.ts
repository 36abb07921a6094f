import { escapeText, hasHTML } from '../http/escape.ts'
import { HTTP_STATUS_CODES } from '../http/status.ts'
// Only the type: the class comes in through setResponseFactory, so errors load without responses.
import type { Response } from '../response/response.ts'
import { BUST_ERR_NO_RESPONSE_CLASS } from './codes.ts'

/** Header name and value pairs, as {@link HTTPException.getHeaders} gives them. */
export type HeaderPairs = [name: string, value: string][]

/** A text description, or safe HTML that is shown as it is. */
export type Description = string | { __html__(): unknown; toString(): string }

/** What every HTTP exception's constructor takes by name (Werkzeug's keyword arguments). */
export interface HTTPExceptionOptions {
  /** Replaces the class's description. */
  description?: Description | null
  /** Is sent instead of the default error page. */
  response?: Response | null
}

/** Makes the response object of an error page; the response room supplies it. */
export type ResponseFactory = (
  body: string,
  status: number | null,
  headers: HeaderPairs,
) => Response

let responseFactory: ResponseFactory | undefined

/**
 * Tells {@link HTTPException.getResponse} how to make a response. Called once, by the response
 * room.
 */
export function setResponseFactory(factory: ResponseFactory): void {
  responseFactory = factory
}

/** Whether a constructor's argument is the options object rather than a description. */
export function isOptions<T extends object>(value: unknown): value is T {
  return (
    typeof value === 'object' &&
    value !== null &&
    !hasHTML(value) &&
    !(Symbol.iterator in value) &&
    !(value instanceof Error)
  )
}

/**
 * The base of all HTTP exceptions (Werkzeug's `HTTPException`). Thrown from a view or hook it
 * becomes its own error page, unless an error handler takes it.
 *
 * A subclass sets `static override code` and `static override description`; instance fields of the
 * same names work too, but only static ones are seen by `app.errorhandler(code)`.
 */
export class HTTPException extends Error {
  /** The status code of the class, or null for the bare base. */
  static readonly code: number | null = null
  /** The default text of the error page. */
  static readonly description: string | null = null

  /** The status code of the response. */
  code: number | null
  /** The text of the error page, escaped there unless it is Markup. */
  description: Description | null
  /** Sent instead of the default page when not null. */
  response: Response | null

  /**
   * @param description Replaces the class's text; an options object may stand in its place.
   * @param options `description`, `response`.
   */
  constructor(
    description?: Description | HTTPExceptionOptions | null,
    options?: HTTPExceptionOptions,
  ) {
    const given = isOptions<HTTPExceptionOptions>(description) ? description : options
    const own = description === given ? null : (description as Description | null | undefined)
    const text = own ?? given?.description ?? new.target.description
    super(summary(new.target.code, text))
    this.code = new.target.code
    this.description = text
    this.response = given?.response ?? null
  }

  /** The status phrase, such as `Not Found`; `Unknown Error` without a known code. */
  override get name(): string {
    return phrase(this.code ?? (this.constructor as typeof HTTPException).code)
  }

  /** The description as the HTML paragraph of the page. */
  getDescription(_request?: object | null): string {
    const text = this.description
    if (text == null) return '<p></p>'
    const html = typeof text === 'string' ? escapeText(text) : String(text.__html__())
    return `<p>${html.replaceAll('\n', '<br>')}</p>`
  }

  /** The whole HTML page. */
  getBody(request?: object | null): string {
    const name = escapeText(this.name)
    return (
      '<!doctype html>\n<html lang=en>\n' +
      `<title>${this.code ?? 'None'} ${name}</title>\n<h1>${name}</h1>\n` +
      `${this.getDescription(request)}\n`
    )
  }

  /** The headers of the page; subclasses add theirs, such as `Allow`. */
  getHeaders(_request?: object | null): HeaderPairs {
    return [['Content-Type', 'text/html; charset=utf-8']]
  }

  /**
   * The response to send: {@link response} when set, else a fresh one with the default page.
   *
   * @throws BUST_ERR_NO_RESPONSE_CLASS when the response room was never loaded.
   */
  getResponse(request?: object | null): Response {
    if (this.response !== null) return this.response
    if (responseFactory === undefined) throw new BUST_ERR_NO_RESPONSE_CLASS()
    return responseFactory(this.getBody(request), this.code, this.getHeaders(request))
  }

  /** `404 Not Found: …`, as Werkzeug's `str(error)`. */
  override toString(): string {
    return summary(this.code, this.description)
  }
}

function phrase(code: number | null): string {
  return (code === null ? undefined : HTTP_STATUS_CODES.get(code)) ?? 'Unknown Error'
}

function summary(code: number | null, description: Description | null): string {
  return `${code ?? '???'} ${phrase(code)}: ${description === null ? 'None' : String(description)}`
}
