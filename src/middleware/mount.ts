import { splitTarget } from './request-target.ts'

/** What mounting reads and changes on a request; any `IncomingMessage` will do. */
export interface MountedRequest {
  url?: string | undefined
  /** The target before any mount was entered (Connect's and Express's name). */
  originalUrl?: string | undefined
  /** What the mounts around the current layer have taken off the path (Express's name). */
  baseUrl?: string | undefined
}

/**
 * Shows a layer its mount-relative URL, as Connect does, and says in `req.baseUrl` what was taken
 * off, as Express does.
 *
 * @param req The request.
 * @param relative The `req.url` that the layer is to see.
 * @returns Restores both; call it before the next layer runs. A URL that the layer rewrote stays
 *   rewritten, behind the prefix.
 */
export function enterMount(req: MountedRequest, relative: string): () => void {
  const outer = req.url ?? '/'
  if (relative === outer) return nothing
  const outerBase = req.baseUrl
  const removed = cutSuffix(outer, relative) ?? splitTarget(outer).path
  req.baseUrl = mountPrefix(req) + removed
  req.originalUrl ??= outer
  req.url = relative
  return () => {
    const inner = req.url
    req.url = inner === relative || inner === undefined ? outer : behind(outer, removed, inner)
    req.baseUrl = outerBase
  }
}

function nothing(): void {}

function behind(outer: string, removed: string, inner: string): string {
  const { path, suffix } = splitTarget(inner)
  return splitTarget(outer).origin + removed + path + suffix
}

/** The part of `outer`'s path in front of `inner`, or null when `outer` does not end like that. */
function cutSuffix(outer: string, inner: string): string | null {
  const outerRest = outer.slice(splitTarget(outer).origin.length)
  const innerRest = inner.slice(splitTarget(inner).origin.length)
  if (outerRest.endsWith(innerRest)) return outerRest.slice(0, outerRest.length - innerRest.length)
  // A slash was added in front of a query, of '.json', or of nothing.
  const bare = innerRest.slice(1)
  return outerRest.endsWith(bare) ? outerRest.slice(0, outerRest.length - bare.length) : null
}

/**
 * The prefix under which the current handler is mounted (WSGI's `SCRIPT_NAME`): Express's
 * `req.baseUrl`, or else what `req.url` lacks of `req.originalUrl`, since Connect says it in no
 * other way.
 *
 * @returns The prefix as it was sent, without a trailing slash; empty at the root.
 */
export function mountPrefix(req: MountedRequest): string {
  if (typeof req.baseUrl === 'string') return req.baseUrl
  const { originalUrl, url } = req
  if (originalUrl === undefined || url === undefined || originalUrl === url) return ''
  return cutSuffix(originalUrl, url) ?? ''
}
