/** The parts of a request target (RFC 9112 §3.2) as the client spelled them; nothing is decoded. */
export interface RequestTarget {
  /** `scheme://authority` of an absolute-form target, else the empty string. */
  readonly origin: string
  /** The path, empty when an absolute-form target has none. */
  readonly path: string
  /** The query with its `?`, and a fragment with its `#` if one was sent; or the empty string. */
  readonly suffix: string
}

const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/

/**
 * Splits a request target of any form so that its parts, joined, give it back. A `//` at the start
 * belongs to the path: an origin-form target has no authority, whatever a URL parser reads there.
 */
export function splitTarget(target: string): RequestTarget {
  const origin = target.charCodeAt(0) === 0x2f ? '' : (ORIGIN.exec(target)?.[0] ?? '')
  const rest = target.slice(origin.length)
  const end = rest.search(/[?#]/)
  return end === -1
    ? { origin, path: rest, suffix: '' }
    : { origin, path: rest.slice(0, end), suffix: rest.slice(end) }
}
