/** A `Set-Cookie` header taken apart. */
export interface SetCookie {
  readonly name: string
  /** As it stands in the header, quotes and escapes included. */
  readonly value: string
  /** Attributes by lower-case name; `true` for one without a value. */
  readonly attributes: ReadonlyMap<string, string | true>
}

/** Takes a `Set-Cookie` header apart. */
export function parseSetCookie(header: string): SetCookie {
  const [pair = '', ...rest] = header.split(';')
  const equals = pair.indexOf('=')
  const attributes = new Map<string, string | true>()
  for (const part of rest) {
    const at = part.indexOf('=')
    const name = (at === -1 ? part : part.slice(0, at)).trim().toLowerCase()
    if (name !== '') attributes.set(name, at === -1 ? true : part.slice(at + 1).trim())
  }
  return {
    name: pair.slice(0, equals).trim(),
    value: pair.slice(equals + 1).trim(),
    attributes,
  }
}

interface Stored {
  readonly name: string
  readonly path: string
  readonly value: string
}

/** Whether a request path lies under a cookie's path (RFC 6265 §5.1.4). */
function isUnder(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true
  if (!path.startsWith(cookiePath)) return false
  return cookiePath.endsWith('/') || path[cookiePath.length] === '/'
}

/**
 * The corpus's cookie jar: cookies are kept by name and path, sent in alphabetical order of their
 * names; domain and `Secure` are ignored.
 */
export class Jar {
  readonly #cookies = new Map<string, Stored>()

  /**
   * Stores what an answer set.
   * @param path path of the request, undecoded and without its query
   * @param now seconds since the epoch
   */
  store(header: string, path: string, now: number): void {
    const { name, value, attributes } = parseSetCookie(header)
    const given = attributes.get('path')
    const folder = path.slice(0, path.lastIndexOf('/'))
    const cookiePath = typeof given === 'string' && given !== '' ? given : folder || '/'
    const key = `${name}\n${cookiePath}`
    if (isOver(attributes, now)) this.#cookies.delete(key)
    else this.#cookies.set(key, { name, path: cookiePath, value })
  }

  /** Puts a cookie into the jar. */
  set(name: string, path: string, value: string): void {
    this.#cookies.set(`${name}\n${path}`, { name, path, value })
  }

  /** The value of a cookie, or undefined. */
  get(name: string, path: string): string | undefined {
    return this.#cookies.get(`${name}\n${path}`)?.value
  }

  /** The `Cookie` header for a request path, or null when there is nothing to send. */
  header(path: string): string | null {
    const sent = [...this.#cookies.values()]
      .filter((cookie) => isUnder(path, cookie.path))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : b.path.length - a.path.length))
    return sent.length === 0 ? null : sent.map(({ name, value }) => `${name}=${value}`).join('; ')
  }
}

function isOver(attributes: SetCookie['attributes'], now: number): boolean {
  const maxAge = attributes.get('max-age')
  if (typeof maxAge === 'string') return Number(maxAge) <= 0
  const expires = attributes.get('expires')
  return typeof expires === 'string' && Date.parse(expires) <= now * 1000
}
