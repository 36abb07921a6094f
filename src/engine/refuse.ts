import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { defaultExceptions, HTTPException, InternalServerError } from '../errors/http-exception.ts'

/** The default page of an HTTP error, as Werkzeug words it. */
function errorPage(status: number): string {
  return new (defaultExceptions.get(status) ?? InternalServerError)().getBody()
}

/**
 * Answers with an error's default page and closes the connection. For errors that happen outside of
 * the framework, where no error handler of the app applies. Headers that were set are dropped.
 *
 * When the head has been sent already, the connection is closed instead: the client must see that
 * the response is broken rather than take it for a whole one.
 *
 * @param page The HTML to send instead of the status's default page.
 */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  page: string = errorPage(status),
): void {
  if (res.writableEnded) return
  if (res.headersSent) {
    res.destroy()
    return
  }
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  res.statusMessage = ''
  res.writeHead(status, STATUS_CODES[status], {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(page),
    Connection: 'close',
  })
  res.end(req.method === 'HEAD' ? undefined : page)
}

interface StatusError {
  readonly status?: unknown
  readonly statusCode?: unknown
}

/** The 4xx status that an error asks for in the way of the http-errors package, or null. */
function clientStatus(error: StatusError): number | null {
  for (const status of [error.status, error.statusCode]) {
    if (typeof status === 'number' && status >= 400 && status < 500) return status
  }
  return null
}

/**
 * Answers an error that came up outside of the framework, such as in middleware: an `HTTPException`
 * with its own page, an error that carries a 4xx status with the default page of that status.
 *
 * @throws The error itself, when it is neither: whoever runs the app logs it and answers 500.
 */
export function renderError(error: unknown, req: IncomingMessage, res: ServerResponse): void {
  if (typeof error === 'object' && error !== null) {
    if (error instanceof HTTPException && error.code !== null) {
      refuse(req, res, error.code, error.getBody())
      return
    }
    const status = clientStatus(error)
    if (status !== null) {
      refuse(req, res, status)
      return
    }
  }
  throw error
}
