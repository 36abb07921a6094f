import { escapeText } from '../http/escape.ts'

/** The page that Werkzeug sends with a redirect, for clients that do not follow it. */
export function redirectPage(location: string): string {
  const html = escapeText(location)
  return (
    '<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n' +
    '<p>You should be redirected automatically to the target URL: ' +
    `<a href="${html}">${html}</a>. If not, click the link.\n`
  )
}
