import { joinUrl, parseQuery, splitUrl, urlQuote } from '../../src/core.ts'
import { currentApp, urlFor } from '../../src/index.ts'
import { withoutLeadingSlashes } from './next-url.ts'

/**
 * The part of the current URL that the login page needs to lead back to it (Flask-Login's
 * `make_next_param`): path and query where both are on one host, else the whole URL.
 * @throws {ValueError} when a URL is malformed.
 */
export function makeNextParam(loginUrl: string, currentUrl: string): string {
  const login = splitUrl(loginUrl)
  const current = splitUrl(currentUrl)
  const sameScheme = login.scheme === '' || login.scheme === current.scheme
  const sameHost = login.netloc === '' || login.netloc === current.netloc
  if (!sameScheme || !sameHost) return currentUrl
  // A path such as `//evil.example` would name a host once it stands alone.
  const path = withoutLeadingSlashes(current.path)
  return joinUrl({ scheme: '', netloc: '', path, query: current.query, fragment: '' })
}

/**
 * The URL of a login view: a URL as it is, an endpoint built (Flask-Login's `expand_login_view`).
 * @throws {BuildError} when no rule has the endpoint.
 */
export function expandLoginView(loginView: string): string {
  return /^(?:https:\/\/|http:\/\/|\/)/.test(loginView) ? loginView : urlFor(loginView)
}

/**
 * The URL of a login page, with the page to go back to in its query (Flask-Login's `login_url`).
 * `FORCE_HOST_FOR_REDIRECTS` sets its host.
 * @param loginView an endpoint or a URL
 * @param nextUrl the page to go back to; null: none
 * @param nextField the query's field for it
 */
export function loginUrl(
  loginView: string,
  nextUrl: string | null = null,
  nextField = 'next',
): string {
  const base = expandLoginView(loginView)
  if (nextUrl === null) return base
  const parts = splitUrl(base)
  const fields = new Map<string, string[]>()
  for (const [name, value] of parseQuery(parts.query)) {
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  fields.set(nextField, [makeNextParam(base, nextUrl)])
  const query = [...fields]
    .flatMap(([name, values]) => values.map((value) => `${quotePlus(name)}=${quotePlus(value)}`))
    .join('&')
  const host = currentApp.config.get<string>('FORCE_HOST_FOR_REDIRECTS')
  return joinUrl({ ...parts, netloc: host || parts.netloc, query })
}

/** Python's `quote_plus`, with which `urlencode` writes. */
const quotePlus = (text: string): string => urlQuote(text, '').replaceAll('%20', '+')
