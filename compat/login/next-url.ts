import { getRequestContext, type RequestContext } from '../../src/core.ts'

/** Browsers take a backslash for a slash, and drop control characters. */
const LEADING_SLASHES = /^[\s\p{Cc}]*[/\\][/\\\s\p{Cc}]*/u

/** A path with one slash in front where it had several: two of them would name a host. */
export function withoutLeadingSlashes(path: string): string {
  return path.replace(LEADING_SLASHES, '/')
}

const NO_BASE = 'http://none.invalid'
const CONTROL = /\p{Cc}/u

/**
 * Whether a URL from outside may be redirected to: it must stay on the scheme and the host of the
 * request. Refused are other hosts in every spelling that browsers know
 * (`//evil`, `/\evil`, `https:evil`), other schemes (`javascript:`), credentials, and control
 * characters.
 * @param url such as the value of `?next=`
 */
export function isSafeUrl(url: unknown): url is string {
  return typeof url === 'string' && isSafeFor(getRequestContext(), url)
}

function isSafeFor({ request }: RequestContext, url: string): boolean {
  if (url === '' || url.length > 8192 || CONTROL.test(url) || url !== url.trim()) return false
  // What URL makes of it is what a browser makes of it; a base that nobody has shows a change.
  const parsed = URL.parse(url, `${NO_BASE}/`)
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return false
  if (parsed.origin === NO_BASE) {
    // `http:next` is relative to a page of the same scheme and absolute to others.
    return !/^[a-z][a-z0-9+.-]*:/i.test(url) && !/^[/\\]{2}/.test(url)
  }
  if (!/^https?:\/\//i.test(url) || url.includes('\\')) return false
  return parsed.origin === URL.parse(request.hostUrl)?.origin
}

/** Options of {@link nextUrl}. */
export interface NextUrlOptions {
  /** Name of the field in query and form, and in the session. Default `next`. */
  field?: string
}

/**
 * Where to go after a login: the `next` of the query, of the form, or of the session
 * (`USE_SESSION_FOR_NEXT`, which it is then removed from), when {@link isSafeUrl} accepts it.
 *
 * @example return redirect(nextUrl(urlFor('index')))
 * @param fallback where to go otherwise
 */
export function nextUrl(fallback = '/', options: NextUrlOptions = {}): string {
  const { field = 'next' } = options
  const context = getRequestContext()
  const { request, session } = context
  const kept = session.get(field)
  if (kept !== null) session.pop(field)
  const asked = [request.args.get(field), hasForm(request) ? request.form.get(field) : null, kept]
  for (const url of asked) {
    if (typeof url === 'string' && isSafeFor(context, url)) return url
  }
  return fallback
}

const hasForm = ({ method }: { readonly method: string }): boolean =>
  method !== 'GET' && method !== 'HEAD'
