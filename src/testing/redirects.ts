import { RuntimeError } from '../errors/builtins.ts'
import { splitUrl } from '../http/split-url.ts'
import type { EnvironBuilder } from './environ-builder.ts'
import type { TestResponse } from './test-response.ts'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 305, 307, 308])

/** Whether a response sends the client elsewhere. */
export function isRedirect(response: TestResponse): boolean {
  return REDIRECTS.has(response.statusCode)
}

/** What tells one redirect from another. */
export function redirectKey(response: TestResponse): string {
  return `${response.statusCode} ${response.location}`
}

/**
 * Changes a request into the one that a redirect asks for, with the browsers' rules for the method.
 * @throws {RuntimeError} when the redirect leads to another host
 */
export function pointAt(
  builder: EnvironBuilder,
  response: TestResponse,
  allowSubdomains: boolean,
): EnvironBuilder {
  const { scheme, netloc, path, query } = splitUrl(response.location ?? '')
  if (netloc !== '') {
    checkHost(netloc, builder.host, allowSubdomains)
    builder.urlScheme = scheme
    builder.host = netloc
  }
  const { scriptRoot } = builder
  if (path === scriptRoot || path.startsWith(`${scriptRoot}/`)) {
    builder.path = path.slice(scriptRoot.length)
  } else {
    builder.path = path
    builder.scriptRoot = ''
  }
  builder.queryString = query
  if (response.statusCode !== 307 && response.statusCode !== 308) {
    if (builder.method !== 'HEAD') builder.method = 'GET'
    builder.clearBody()
  }
  return builder
}

function checkHost(netloc: string, host: string, allowSubdomains: boolean): void {
  const to = nameOf(netloc)
  const from = nameOf(host)
  if (to === from) return
  if (!to.endsWith(`.${from}`)) {
    throw new RuntimeError('Following external redirects is not supported.')
  }
  if (!allowSubdomains) throw new RuntimeError('Following subdomain redirects is not enabled.')
}

function nameOf(netloc: string): string {
  return netloc.split(':', 1)[0] as string
}
