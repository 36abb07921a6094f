import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'

/** The members of an error that the final handler looks at (those of the http-errors package). */
interface HttpErrorLike {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly headers?: unknown
  readonly stack?: unknown
}

type ParsedRequest = IncomingMessage & { originalUrl?: string }

function errorStatus(error: HttpErrorLike, res: ServerResponse): { status: number; own: boolean } {
  for (const status of [error.status, error.statusCode]) {
    if (typeof status === 'number' && status >= 400 && status < 600) return { status, own: true }
  }
  const { statusCode } = res
  return { status: statusCode >= 400 && statusCode < 600 ? statusCode : 500, own: false }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '"': '&quot;',
  '&': '&amp;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
}

function escapeHtml(text: string): string {
  return text.replace(/["&'<>]/g, (character) => ENTITIES[character] as string)
}

function page(message: string): string {
  const body = escapeHtml(message).replaceAll('\n', '<br>').replaceAll('  ', ' &nbsp;')
  return (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n' +
    `</head>\n<body>\n<pre>${body}</pre>\n</body>\n</html>\n`
  )
}

/** The path as it was asked for, with whatever does not belong into a URL percent-encoded. */
function resourceName({ originalUrl, url }: ParsedRequest): string {
  const path = (originalUrl ?? url ?? '').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  const pathname = /^[^?#]*/.exec(path)?.[0] ?? ''
  return encodeURI(pathname.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /%25(?=[0-9a-f]{2})/gi,
    '%',
  )
}

function message(error: HttpErrorLike, status: number, env: string): string {
  const known = STATUS_CODES[status] ?? String(status)
  if (env === 'production') return known
  if (typeof error.stack === 'string' && error.stack !== '') return error.stack
  return String(error) || known
}

/**
 * What a Connect app ends with when nothing answered: 404 without an error; with one, the status
 * that the error or the response carries, else 500. The page shows the stack unless `env` is
 * `production`, as Connect's does.
 *
 * @returns The `done` of a chain. When a response has begun already, it does nothing about a missing
 *   answer, and closes the connection on an error.
 */
export function finalHandler(
  req: IncomingMessage,
  res: ServerResponse,
  env: string = process.env.NODE_ENV || 'development',
): (error?: unknown) => void {
  return (error) => {
    if (!error) {
      if (!res.headersSent) send(req, res, 404, {}, `Cannot ${req.method} ${resourceName(req)}`)
      return
    }
    const failure: HttpErrorLike = typeof error === 'object' ? (error as HttpErrorLike) : {}
    if (env !== 'test')
      console.error(typeof failure.stack === 'string' ? failure.stack : `${error}`)
    if (res.headersSent) {
      req.socket.destroy()
      return
    }
    const { status, own } = errorStatus(failure, res)
    const headers = own && typeof failure.headers === 'object' ? failure.headers : null
    const text =
      typeof error === 'object' ? message(failure, status, env) : messageOf(error, status, env)
    send(req, res, status, headers ?? {}, text)
  }
}

function messageOf(error: unknown, status: number, env: string): string {
  return env === 'production' ? (STATUS_CODES[status] ?? String(status)) : String(error)
}

function send(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  headers: object,
  text: string,
): void {
  const write = (): void => {
    if (res.headersSent) return
    const body = page(text)
    res.statusCode = status
    res.statusMessage = STATUS_CODES[status] ?? ''
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value as string)
    res.setHeader('Content-Security-Policy', "default-src 'none'")
    res.setHeader('X-Content-Type-Options', 'nosniff')
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    res.setHeader('Content-Length', Buffer.byteLength(body))
    res.end(req.method === 'HEAD' ? undefined : body)
  }
  // A client that is still sending would not read the answer, and would see a reset instead.
  if (req.complete || req.readableEnded || req.destroyed) {
    req.resume()
    write()
    return
  }
  req.unpipe()
  req.once('end', write)
  req.resume()
}
