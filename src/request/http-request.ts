import type { IncomingMessage } from 'node:http'
import {
  Accept,
  CharsetAccept,
  LanguageAccept,
  MIMEAccept,
  parseAcceptHeader,
} from '../http/accept.ts'
import { Authorization } from '../http/authorization.ts'
import { parseCacheControlHeader, RequestCacheControl } from '../http/cache-control.ts'
import { requestCookies } from '../http/cookies.ts'
import { parseDate } from '../http/dates.ts'
import { type ETags, parseEtags } from '../http/etag.ts'
import type { HeaderSet } from '../http/header-set.ts'
import { EnvironHeaders } from '../http/headers.ts'
import { getHost } from '../http/hosts.ts'
import { ImmutableMultiDict } from '../http/multi-dict.ts'
import { parseListHeader, parseOptionsHeader, parseSetHeader } from '../http/options-header.ts'
import { type IfRange, parseIfRangeHeader, parseRangeHeader, type Range } from '../http/range.ts'
import { getCurrentUrl, parseQuery } from '../http/urls.ts'
import { UserAgent } from '../http/user-agent.ts'
import { type Environ, getEnviron } from './environ.ts'
import { decodePath, decodeQuery, splitTarget, type Target } from './target.ts'

const NO_OVERRIDES: Environ = Object.freeze({})

/**
 * What can be known of a request without reading its body: Werkzeug's sans-I/O `Request`. Every
 * property is worked out when it is first read, and kept.
 */
export class HttpRequest {
  /** Node's own request object. */
  readonly raw: IncomingMessage
  /** The method in capitals. */
  readonly method: string
  /** Hosts that the app answers for (`TRUSTED_HOSTS`); null accepts any well-formed one. */
  trustedHosts: readonly string[] | null = null
  readonly #environ: Environ
  #target: Target | undefined
  #path: string | undefined
  #headers: EnvironHeaders | undefined
  #args: ImmutableMultiDict<string> | undefined
  #contentType: [string, Record<string, string>] | undefined
  #kept: Map<string, unknown> | undefined

  constructor(raw: IncomingMessage) {
    this.raw = raw
    this.method = raw.method ?? 'GET'
    this.#environ = getEnviron(raw) ?? NO_OVERRIDES
  }

  /** Keeps what is seldom asked for without giving every request a field for it. */
  #keep<T>(name: string, make: () => T): T {
    this.#kept ??= new Map()
    let value = this.#kept.get(name) as T | undefined
    if (value === undefined && !this.#kept.has(name)) {
      value = make()
      this.#kept.set(name, value)
    }
    return value as T
  }

  get #split(): Target {
    this.#target ??= splitTarget(this.raw.url ?? '/')
    return this.#target
  }

  /** `http` or `https`. */
  get scheme(): string {
    const { scheme } = this.#environ
    if (scheme !== undefined) return scheme
    return (this.raw.socket as { encrypted?: boolean } | undefined)?.encrypted ? 'https' : 'http'
  }

  /** Whether the request came over TLS. */
  get isSecure(): boolean {
    const { scheme } = this
    return scheme === 'https' || scheme === 'wss'
  }

  /** Name and port of the server, for requests without `Host`. */
  get server(): readonly [name: string, port: number | null] | null {
    const { server } = this.#environ
    if (server !== undefined) return server
    const { localAddress, localPort } = this.raw.socket ?? {}
    return localAddress === undefined ? null : [unmapped(localAddress), localPort ?? null]
  }

  /** Decoded prefix that the app is mounted at, without a trailing slash; often empty. */
  get rootPath(): string {
    return this.#keep('rootPath', () => {
      const name = this.#environ.scriptName ?? mountedAt(this.raw)
      let end = name.length
      while (end > 0 && name.charCodeAt(end - 1) === 0x2f) end--
      return name.slice(0, end)
    })
  }

  /** The same as `rootPath` (Werkzeug's `script_root`). */
  get scriptRoot(): string {
    return this.rootPath
  }

  /** Decoded path below the mount, with one slash in front. */
  get path(): string {
    if (this.#path === undefined) {
      const path = this.#environ.pathInfo ?? decodePath(this.#split.path)
      this.#path =
        path.charCodeAt(0) === 0x2f && path.charCodeAt(1) !== 0x2f
          ? path
          : `/${path.replace(/^\/+/, '')}`
    }
    return this.#path
  }

  /**
   * WSGI's `PATH_INFO`, which the router goes by: as `path`, but empty when the request is for the
   * mount point itself without a slash.
   */
  get pathInfo(): string {
    const given = this.#environ.pathInfo
    if (given !== undefined) return given === '' ? '' : this.path
    return this.path === '/' && hasAddedSlash(this.raw) ? '' : this.path
  }

  /** The path as it was sent, percent-encoded. */
  get rawPath(): string {
    return this.#split.path
  }

  /** The request target as it was sent (`RAW_URI`). */
  get rawUri(): string {
    return this.#environ.rawUri ?? this.raw.url ?? '/'
  }

  /** What follows the `?`, percent-encoded; empty without one. */
  get queryString(): string {
    return decodeQuery(this.#split.query)
  }

  /** Path and query string; the `?` is there even without a query. */
  get fullPath(): string {
    return `${this.path}?${this.queryString}`
  }

  /**
   * The host, with the port unless it is the scheme's own; empty when it is not well-formed.
   * @throws {SecurityError} when `trustedHosts` does not list it.
   */
  get host(): string {
    return this.#keep('host', () =>
      getHost(
        this.scheme,
        this.#environ.host ?? this.#split.authority ?? this.headers.get('Host'),
        this.server,
        this.trustedHosts,
      ),
    )
  }

  /** Scheme, host and a slash. @throws {SecurityError} see `host`. */
  get hostUrl(): string {
    return this.#keep('hostUrl', () => getCurrentUrl(this.scheme, this.host))
  }

  /** Scheme, host, mount prefix and a slash. @throws {SecurityError} see `host`. */
  get rootUrl(): string {
    return this.#keep('rootUrl', () => getCurrentUrl(this.scheme, this.host, this.rootPath))
  }

  /** The same as `rootUrl`. */
  get urlRoot(): string {
    return this.rootUrl
  }

  /** The URL without the query. @throws {SecurityError} see `host`. */
  get baseUrl(): string {
    return this.#keep('baseUrl', () =>
      getCurrentUrl(this.scheme, this.host, this.rootPath, this.path),
    )
  }

  /** The whole URL as an IRI. @throws {SecurityError} see `host`. */
  get url(): string {
    return this.#keep('url', () =>
      getCurrentUrl(this.scheme, this.host, this.rootPath, this.path, this.queryString),
    )
  }

  /** The client's address; IPv4 in its own form also on a dual-stack socket. */
  get remoteAddr(): string | null {
    const { remoteAddr } = this.#environ
    if (remoteAddr !== undefined) return remoteAddr
    const address = this.raw.socket?.remoteAddress
    return address === undefined ? null : unmapped(address)
  }

  /** The user that a front server authenticated; null without one. */
  get remoteUser(): string | null {
    return this.#environ.remoteUser ?? null
  }

  /** `X-Forwarded-For` as a list, nearest proxy last; else the client's address alone. */
  get accessRoute(): readonly string[] {
    return this.#keep('accessRoute', () => {
      const forwarded = this.headers.get('X-Forwarded-For')
      if (forwarded !== null) return Object.freeze(parseListHeader(forwarded))
      const { remoteAddr } = this
      return Object.freeze(remoteAddr === null ? [] : [remoteAddr])
    })
  }

  /** The request's headers, read-only; repeated ones are joined as in WSGI. */
  get headers(): EnvironHeaders {
    this.#headers ??= new EnvironHeaders(this.raw)
    return this.#headers
  }

  /** The query's parameters. */
  get args(): ImmutableMultiDict<string> {
    this.#args ??= new ImmutableMultiDict(parseQuery(this.queryString))
    return this.#args
  }

  /** The cookies; of a repeated name the first counts. */
  get cookies(): ImmutableMultiDict<string> {
    return this.#keep('cookies', () => requestCookies(this.headers.get('Cookie')))
  }

  /** `Content-Type` as sent. */
  get contentType(): string | null {
    return this.headers.get('Content-Type')
  }

  get #parsedType(): [string, Record<string, string>] {
    this.#contentType ??= parseOptionsHeader(this.headers.get('Content-Type') ?? '')
    return this.#contentType
  }

  /** The media type in lower case without parameters; empty without `Content-Type`. */
  get mimetype(): string {
    return this.#parsedType[0].toLowerCase()
  }

  /** The parameters of `Content-Type`. */
  get mimetypeParams(): Record<string, string> {
    return this.#parsedType[1]
  }

  /** Whether the media type is `application/json` or `application/*+json`. */
  get isJson(): boolean {
    const type = this.mimetype
    return (
      type === 'application/json' || (type.startsWith('application/') && type.endsWith('+json'))
    )
  }

  /** `Content-Length` in bytes; null for a chunked body and without the header. */
  get contentLength(): number | null {
    const encoding = this.headers.get('Transfer-Encoding')
    const length = this.headers.get('Content-Length')
    if (length === null || (encoding !== null && parseSetHeader(encoding).has('chunked'))) {
      return null
    }
    return /^-?\d+$/.test(length.trim()) ? Math.max(0, Number(length)) : 0
  }

  /** `Content-Encoding`; bodies are not decompressed. */
  get contentEncoding(): string | null {
    return this.headers.get('Content-Encoding')
  }

  /** `Content-MD5`. */
  get contentMd5(): string | null {
    return this.headers.get('Content-MD5')
  }

  /** `Referer`. */
  get referrer(): string | null {
    return this.headers.get('Referer')
  }

  /** `Origin`. */
  get origin(): string | null {
    return this.headers.get('Origin')
  }

  /** `Date`. */
  get date(): Date | null {
    return parseDate(this.headers.get('Date'))
  }

  /** `Max-Forwards`. */
  get maxForwards(): number | null {
    const value = this.headers.get('Max-Forwards')?.trim() ?? ''
    return /^[+-]?\d+$/.test(value) ? Number.parseInt(value, 10) : null
  }

  /** `Access-Control-Request-Headers` of a preflight; null when absent. */
  get accessControlRequestHeaders(): HeaderSet | null {
    const value = this.headers.get('Access-Control-Request-Headers')
    return value === null ? null : parseSetHeader(value)
  }

  /** `Access-Control-Request-Method` of a preflight. */
  get accessControlRequestMethod(): string | null {
    return this.headers.get('Access-Control-Request-Method')
  }

  /** `Pragma`. */
  get pragma(): HeaderSet {
    return this.#keep('pragma', () => parseSetHeader(this.headers.get('Pragma')))
  }

  /** Media types that the client accepts, best first. */
  get acceptMimetypes(): MIMEAccept {
    return this.#keep('accept', () => parseAcceptHeader(this.headers.get('Accept'), MIMEAccept))
  }

  /** Character sets that the client accepts, best first. */
  get acceptCharsets(): CharsetAccept {
    return this.#keep('acceptCharsets', () =>
      parseAcceptHeader(this.headers.get('Accept-Charset'), CharsetAccept),
    )
  }

  /** Content codings that the client accepts, best first. */
  get acceptEncodings(): Accept {
    return this.#keep('acceptEncodings', () =>
      parseAcceptHeader(this.headers.get('Accept-Encoding'), Accept),
    )
  }

  /** Languages that the client accepts, best first. */
  get acceptLanguages(): LanguageAccept {
    return this.#keep('acceptLanguages', () =>
      parseAcceptHeader(this.headers.get('Accept-Language'), LanguageAccept),
    )
  }

  /** `Cache-Control` of the request. */
  get cacheControl(): RequestCacheControl {
    return this.#keep('cacheControl', () =>
      parseCacheControlHeader(this.headers.get('Cache-Control'), null, RequestCacheControl),
    )
  }

  /** `If-Match`. */
  get ifMatch(): ETags {
    return this.#keep('ifMatch', () => parseEtags(this.headers.get('If-Match')))
  }

  /** `If-None-Match`. */
  get ifNoneMatch(): ETags {
    return this.#keep('ifNoneMatch', () => parseEtags(this.headers.get('If-None-Match')))
  }

  /** `If-Modified-Since`. */
  get ifModifiedSince(): Date | null {
    return parseDate(this.headers.get('If-Modified-Since'))
  }

  /** `If-Unmodified-Since`. */
  get ifUnmodifiedSince(): Date | null {
    return parseDate(this.headers.get('If-Unmodified-Since'))
  }

  /** `If-Range`. */
  get ifRange(): IfRange {
    return this.#keep('ifRange', () => parseIfRangeHeader(this.headers.get('If-Range')))
  }

  /** `Range`; null when absent or not well-formed. */
  get range(): Range | null {
    return this.#keep('range', () => parseRangeHeader(this.headers.get('Range')))
  }

  /** `User-Agent`. */
  get userAgent(): UserAgent {
    return this.#keep('userAgent', () => new UserAgent(this.headers.get('User-Agent') ?? ''))
  }

  /** `Authorization` taken apart; null when absent or not well-formed. */
  get authorization(): Authorization | null {
    return this.#keep('authorization', () =>
      Authorization.fromHeader(this.headers.get('Authorization')),
    )
  }
}

/** An IPv4 address of a dual-stack socket in IPv4's own form, so that a client has one address. */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

/** What Express and Connect leave on the requests of a mounted app. */
interface Mounted {
  baseUrl?: unknown
  originalUrl?: unknown
  url?: string
}

/** Whether a mount put the slash in front that `url` has: `/app` became `/`. */
function hasAddedSlash(raw: IncomingMessage): boolean {
  const { originalUrl, url = '' } = raw as Mounted
  if (typeof originalUrl !== 'string') return false
  return (url.length === 1 || url[1] === '?') && !originalUrl.endsWith(url)
}

/** The prefix that Express (`baseUrl`) or Connect (the rest of `originalUrl`) has cut off `url`. */
function mountedAt(raw: IncomingMessage): string {
  const { baseUrl, originalUrl, url = '' } = raw as Mounted
  if (typeof baseUrl === 'string') return decodePath(baseUrl)
  if (typeof originalUrl !== 'string' || originalUrl === url) return ''
  const rest = hasAddedSlash(raw) ? url.slice(1) : url
  if (rest.length >= originalUrl.length || !originalUrl.endsWith(rest)) return ''
  return decodePath(splitTarget(originalUrl.slice(0, originalUrl.length - rest.length)).path)
}
