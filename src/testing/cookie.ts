import { type CookieOptions, dumpCookie, parseCookie } from '../http/cookies.ts'
import { parseDate } from '../http/dates.ts'

/**
 * A cookie in a test client's jar (Werkzeug's `Cookie`), for looking at what an app has set.
 */
export class Cookie {
  /** Name as a client would send it. */
  readonly key: string
  /** Value as a client would send it. */
  readonly value: string
  /** Name as the app set it. */
  readonly decodedKey: string
  /** Value as the app set it and will see it. */
  readonly decodedValue: string
  /** When it ends, or null. */
  readonly expires: Date | null
  /** Lifetime in seconds, or null. */
  readonly maxAge: number | null
  /** The domain that it was set for, or that of the request. */
  readonly domain: string
  /** Whether only that very domain gets it: there was no `Domain`. */
  originOnly: boolean
  /** The path that it was set for. */
  readonly path: string
  /** `Secure`. */
  readonly secure: boolean
  /** `HttpOnly`. */
  readonly httpOnly: boolean
  /** `SameSite`, or null. */
  readonly sameSite: string | null

  /** @param header value of `Set-Cookie`, in answer to a request to `serverName` and `path` */
  constructor(serverName: string, path: string, header: string) {
    const [pair = '', ...rest] = header.split(';')
    const equals = pair.indexOf('=')
    this.key = (equals === -1 ? pair : pair.slice(0, equals)).trim()
    this.value = equals === -1 ? '' : pair.slice(equals + 1).trim()
    const [decoded] = parseCookie(pair).items()
    this.decodedKey = decoded?.[0] ?? this.key
    this.decodedValue = decoded?.[1] ?? this.value
    const parameters = readParameters(rest)
    this.expires = parseDate(parameters.get('expires') ?? null)
    const maxAge = parameters.get('max-age')
    this.maxAge = maxAge === undefined ? null : Number(maxAge || 0)
    this.domain = parameters.get('domain') || serverName
    this.originOnly = !parameters.has('domain')
    this.path = parameters.get('path') || path.slice(0, Math.max(0, path.lastIndexOf('/'))) || '/'
    this.secure = parameters.has('secure')
    this.httpOnly = parameters.has('httponly')
    this.sameSite = parameters.get('samesite') ?? null
  }

  /** Key under which a jar keeps it. */
  get storageKey(): string {
    return storageKey(this.domain, this.path, this.decodedKey)
  }

  /** Whether the header asked for the cookie to be deleted. */
  get isDeletion(): boolean {
    return this.maxAge === 0 || this.expires?.getTime() === 0
  }

  /** Whether a request to this host and path carries it. */
  matches(serverName: string, path: string): boolean {
    return this.#matchesDomain(serverName) && this.#matchesPath(path)
  }

  #matchesDomain(serverName: string): boolean {
    if (serverName === this.domain) return true
    return !this.originOnly && serverName.endsWith(`.${this.domain}`)
  }

  #matchesPath(path: string): boolean {
    if (path === this.path) return true
    return path.startsWith(this.path.endsWith('/') ? this.path : `${this.path}/`)
  }
}

function storageKey(domain: string, path: string, key: string): string {
  return `${domain}\n${path}\n${key}`
}

function readParameters(parts: readonly string[]): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of parts) {
    const equals = part.indexOf('=')
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase()
    parameters.set(name, equals === -1 ? '' : part.slice(equals + 1).trim())
  }
  return parameters
}

/** Options of `client.setCookie`: where it is sent, and what `response.setCookie` takes. */
export interface ClientCookieOptions extends CookieOptions {
  /** Default `localhost`. */
  domain?: string
  /** Whether subdomains do not get it. Default true. */
  originOnly?: boolean
}

/** Options that, with the name, identify a cookie in a test client's jar. */
export interface CookiePlace {
  /** Default `localhost`. */
  domain?: string
  /** Default `/`. */
  path?: string
}

/** The cookies of a test client, by domain, path and name. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>()

  /** The cookie, or null. */
  get(key: string, { domain = 'localhost', path = '/' }: CookiePlace = {}): Cookie | null {
    return this.#cookies.get(storageKey(domain, path, key)) ?? null
  }

  /** Forgets a cookie. */
  delete(key: string, { domain = 'localhost', path = '/' }: CookiePlace = {}): void {
    this.#cookies.delete(storageKey(domain, path, key))
  }

  /** Sets a cookie as if a response had. */
  set(key: string, value: string, options: ClientCookieOptions = {}): void {
    const { domain = 'localhost', originOnly = true, ...rest } = options
    const cookie = new Cookie(domain, '/', dumpCookie(key, value, { ...rest, domain }))
    cookie.originOnly = originOnly
    this.#keep(cookie)
  }

  /** Takes over what a response set. */
  update(serverName: string, path: string, headers: Iterable<string>): void {
    for (const header of headers) this.#keep(new Cookie(serverName, path, header))
  }

  #keep(cookie: Cookie): void {
    if (cookie.isDeletion) this.#cookies.delete(cookie.storageKey)
    else this.#cookies.set(cookie.storageKey, cookie)
  }

  /** The `Cookie` header for a request, or null when there is nothing to send. */
  header(serverName: string, path: string): string | null {
    const sent: string[] = []
    for (const cookie of this.#cookies.values()) {
      if (cookie.matches(serverName, path)) sent.push(`${cookie.key}=${cookie.value}`)
    }
    return sent.length === 0 ? null : sent.join('; ')
  }
}
