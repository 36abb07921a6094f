import { escapeText } from '../http/escape.ts'
import type { Response } from './response.ts'

/**
 * A response that sends the client elsewhere, with the page that Werkzeug's `redirect` shows to
 * clients which do not follow.
 * @param location where to; relative ones are sent as they are.
 * @param code the status, 302 or another redirection.
 */
export function redirectResponse(
  location: string,
  code: number,
  responseClass: typeof Response,
): Response {
  const html = escapeText(location)
  const page =
    '<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n' +
    '<p>You should be redirected automatically to the target URL: ' +
    `<a href="${html}">${html}</a>. If not, click the link.\n`
  const response = new responseClass(page, code, null, 'text/html')
  response.headers.set('Location', location)
  return response
}
