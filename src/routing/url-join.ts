interface SplitUrl {
  readonly scheme: string
  readonly authority: string | null
  readonly path: string
  readonly query: string
  readonly fragment: string
}

const PARTS = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

function split(url: string): SplitUrl {
  const [, scheme = '', authority = null, path = '', query = '', fragment = ''] =
    PARTS.exec(url) ?? []
  return { scheme: scheme.toLowerCase(), authority, path, query, fragment }
}

function unsplit({ scheme, authority, path, query, fragment }: SplitUrl): string {
  const rooted = path === '' || path.startsWith('/') ? path : `/${path}`
  let url = `${scheme}://${authority ?? ''}${rooted}`
  if (query !== '') url += `?${query}`
  if (fragment !== '') url += `#${fragment}`
  return url
}

/**
 * Resolves a reference against an absolute `http` or `https` URL as Python's `urljoin` does: by RFC
 * 3986 §5.2, leaving every character as it is (`new URL` would re-encode).
 */
export function urlJoin(base: string, reference: string): string {
  if (reference === '') return base
  const from = split(base)
  const to = split(reference)
  const scheme = to.scheme === '' ? from.scheme : to.scheme
  if (scheme !== from.scheme) return reference
  if (to.authority !== null && to.authority !== '') return unsplit({ ...to, scheme })
  const { authority } = from
  if (to.path === '') {
    const query = to.query === '' ? from.query : to.query
    return unsplit({ ...to, scheme, authority, path: from.path, query })
  }
  return unsplit({ ...to, scheme, authority, path: resolve(from.path, to.path) })
}

function resolve(base: string, path: string): string {
  const segments = path.split('/')
  if (!path.startsWith('/')) {
    const folders = base.split('/')
    if (folders.at(-1) !== '') folders.pop()
    segments.unshift(...folders)
    // Joining must not give doubled slashes.
    const inner = segments.slice(1, -1).filter((segment) => segment !== '')
    segments.splice(1, segments.length - 2, ...inner)
  }
  const resolved: string[] = []
  for (const segment of segments) {
    if (segment === '..') resolved.pop()
    else if (segment !== '.') resolved.push(segment)
  }
  const last = segments.at(-1)
  if (last === '.' || last === '..') resolved.push('')
  return resolved.join('/') || '/'
}
