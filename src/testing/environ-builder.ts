import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { Config } from '../config.ts'
import { AttributeError, ValueError } from '../errors/builtins.ts'
import { Headers, type HeadersSource } from '../http/headers.ts'
import { getContentType } from '../http/mimetype.ts'
import { MultiDict } from '../http/multi-dict.ts'
import type { MultiItems } from '../http/multi-items.ts'
import { parseOptionsHeader } from '../http/options-header.ts'
import { splitUrl } from '../http/split-url.ts'
import { iriToUri, urlEncode, urlUnquote } from '../http/urls.ts'
import type { Environ } from '../request/environ.ts'
import type { MaybePromise } from '../types.ts'
import type { FormData, FormParts } from './form-body.ts'
import { formParts, makeBoundary, multipartBody, readAll, urlencodedBody } from './form-body.ts'
import { createRawRequest } from './raw-request.ts'
import { splitEnviron, type TestEnviron } from './test-environ.ts'

/** The part of an app that made-up requests take their defaults from. */
export interface TestApp {
  readonly config: Config
  readonly json: { dumps(value: unknown): string }
}

/** A description of a request: the keyword arguments of Flask's `EnvironBuilder`. */
export interface TestRequestOptions {
  /** Default GET. */
  method?: string
  /** What follows the `?`: text as it is, or values to encode. Not together with a `?` in the path. */
  queryString?: string | MultiItems<unknown> | null
  /** Short for `queryString`. */
  query?: string | MultiItems<unknown> | null
  /** Headers to send. */
  headers?: HeadersSource | null
  /** The body, or the fields of a form: multipart when there is a file among them. */
  data?: FormData | null
  /** Sent as JSON by the app's provider. */
  json?: unknown
  /** Replaces the Content-Type that follows from the body. */
  contentType?: string | null
  /** Like `contentType`; textual types get `charset=utf-8`. */
  mimetype?: string | null
  /** User name and password for Basic, or an `Authorization` object. */
  auth?: readonly [username: string, password: string] | { toHeader(): string } | null
  /** Scheme, host and mount prefix. Default from the configuration. */
  baseUrl?: string | null
  /** Put before `SERVER_NAME`. Not together with `baseUrl`. */
  subdomain?: string | null
  /** Replaces `PREFERRED_URL_SCHEME`. Not together with `baseUrl`. */
  urlScheme?: string | null
  /** What is known of the request besides: the client's address, WSGI keys such as `HTTP_ACCEPT`. */
  environBase?: TestEnviron | null
  /** The same, winning over everything else. */
  environOverrides?: TestEnviron | null
}

/** A request, built: what is sent, and what the transport knows besides. */
export interface BuiltRequest {
  readonly method: string
  readonly target: string
  readonly headers: Headers
  readonly body: MaybePromise<Uint8Array> | null
  readonly environ: Environ
}

interface Place {
  readonly scheme: string
  readonly host: string
  readonly scriptRoot: string
  readonly path: string
}

const NO_BODY = new Set<unknown>([undefined, null, ''])

/**
 * Describes a request to an app in detail (Werkzeug's `EnvironBuilder` with Flask's defaults). The
 * test client and `app.testRequestContext` build their requests with it.
 */
export class EnvironBuilder {
  /** The method in capitals. */
  method: string
  /** Percent-encoded path below the mount prefix. */
  path: string
  /** The headers, without Content-Type and Content-Length of a body that is still a form. */
  headers: Headers
  /** `http` or `https`. */
  urlScheme: string
  /** Host, with the port unless it is the scheme's own. */
  host: string
  /** Mount prefix, without a slash at its end. */
  scriptRoot: string
  /** The app that the request is for. */
  readonly app: TestApp
  /** What is known of the request besides. */
  environBase: TestEnviron
  /** The same, winning over everything else. */
  environOverrides: TestEnviron
  #queryString: string | null = null
  #args: MultiDict<string> | null = null
  #form: FormParts | null = null
  #body: Uint8Array | Readable | null = null

  /**
   * @throws {TypeError} for `json` together with `data`, or `baseUrl` with its parts
   * @throws {ValueError} for a query in the path and as an option, or in `baseUrl`
   */
  constructor(app: TestApp, path = '/', options: TestRequestOptions = {}) {
    this.app = app
    const place = placeOf(app.config, path, options)
    this.urlScheme = place.scheme
    this.host = place.host
    this.scriptRoot = place.scriptRoot
    const { path: encoded, query } = splitUrl(place.path)
    this.path = iriToUri(encoded)
    this.#setQuery(place.path.includes('?') ? query : null, options)
    this.method = (options.method ?? 'GET').toUpperCase()
    this.headers = new Headers(options.headers ?? undefined)
    this.environBase = options.environBase ?? {}
    this.environOverrides = options.environOverrides ?? {}
    this.#setContentType(options)
    if (options.auth) this.headers.set('Authorization', authHeader(options.auth))
    this.#setBody(options)
  }

  #setQuery(inPath: string | null, options: TestRequestOptions): void {
    const given = options.queryString ?? options.query ?? null
    if (inPath !== null && given !== null) {
      throw new ValueError('Query string is defined in the path and as an argument')
    }
    if (given === null || typeof given === 'string') this.#queryString = given ?? inPath
    else this.#args = new MultiDict(given as MultiItems<string>)
  }

  #setContentType({ contentType, mimetype }: TestRequestOptions): void {
    if (contentType) this.headers.set('Content-Type', contentType)
    else if (mimetype) this.headers.set('Content-Type', getContentType(mimetype))
  }

  #setBody({ data, json }: TestRequestOptions): void {
    if (json !== undefined) {
      if (!NO_BODY.has(data)) throw new TypeError("can't provide both json and data")
      this.#body = Buffer.from(this.jsonDumps(json))
      this.headers.setdefault('Content-Type', 'application/json')
    } else if (typeof data === 'string') {
      if (data !== '') this.#body = Buffer.from(data)
    } else if (data instanceof Uint8Array || data instanceof Readable) {
      this.#body = data
    } else if (data !== null && data !== undefined) {
      const parts = formParts(data)
      if (parts.fields.length + parts.files.length > 0) this.#form = parts
    }
  }

  /** Drops the body and the headers that describe it, as a redirect that becomes a GET does. */
  clearBody(): void {
    this.#body = null
    this.#form = null
    this.headers.delete('Content-Type')
    this.headers.delete('Content-Length')
    this.headers.delete('Transfer-Encoding')
  }

  /** Scheme, host, mount prefix and a slash. */
  get baseUrl(): string {
    return `${this.urlScheme}://${this.host}${this.scriptRoot}/`
  }

  /** The Content-Type that will be sent, without the boundary of a form that has files. */
  get contentType(): string | null {
    const given = this.headers.get('Content-Type')
    if (given !== null || this.#form === null) return given
    return this.#form.files.length > 0 ? 'multipart/form-data' : 'application/x-www-form-urlencoded'
  }

  /** The Content-Type without its parameters. */
  get mimetype(): string | null {
    return this.contentType?.split(';', 1)[0]?.trim() ?? null
  }

  /** The parameters of the Content-Type. */
  get mimetypeParams(): Readonly<Record<string, string>> {
    return parseOptionsHeader(this.headers.get('Content-Type'))[1]
  }

  /** Percent-encoded query, without the `?`. Setting it ends what {@link args} can change. */
  get queryString(): string {
    return this.#queryString ?? (this.#args === null ? '' : urlEncode(this.#args))
  }

  set queryString(value: string | null) {
    this.#queryString = value
    this.#args = null
  }

  /**
   * The arguments of the query, to look at and to change.
   * @throws {AttributeError} when the query was given as text
   */
  get args(): MultiDict<string> {
    if (this.#queryString !== null) throw new AttributeError('a query string is defined')
    this.#args ??= new MultiDict()
    return this.#args
  }

  /** Host without its port. */
  get serverName(): string {
    return this.host.split(':', 1)[0] as string
  }

  /** Port of the host, or the scheme's own. */
  get serverPort(): number {
    const port = /:(\d+)$/.exec(this.host)?.[1]
    if (port !== undefined) return Number(port)
    return this.urlScheme === 'https' ? 443 : 80
  }

  /** JSON as the app's provider writes it. */
  jsonDumps(value: unknown): string {
    return this.app.json.dumps(value)
  }

  /** The request as it is to be sent. A stream is read for it, so build only once. */
  build(): BuiltRequest {
    const headers = this.headers.copy()
    headers.set('Host', this.host)
    const body = this.#buildBody(headers)
    if (body instanceof Uint8Array) headers.set('Content-Length', String(body.byteLength))
    const [base, baseHeaders] = splitEnviron(this.environBase)
    const [overrides, overrideHeaders] = splitEnviron(this.environOverrides)
    for (const [name, value] of baseHeaders) headers.setdefault(name, value)
    for (const [name, value] of overrideHeaders) headers.set(name, value)
    const scriptName = urlUnquote(this.scriptRoot)
    return {
      method: this.method,
      target: this.queryString === '' ? this.path : `${this.path}?${this.queryString}`,
      headers,
      body,
      environ: {
        ...base,
        scheme: this.urlScheme,
        ...(scriptName === '' ? {} : { scriptName }),
        ...overrides,
      },
    }
  }

  #buildBody(headers: Headers): MaybePromise<Uint8Array> | null {
    if (this.#body instanceof Readable) return readAll(this.#body)
    if (this.#body !== null) return this.#body
    const { contentType: type, mimetype } = this
    const parts = this.#form ?? { fields: [], files: [] }
    if (mimetype === 'multipart/form-data') {
      const boundary = makeBoundary()
      headers.set('Content-Type', `multipart/form-data; boundary="${boundary}"`)
      return multipartBody(parts, boundary)
    }
    if (mimetype === 'application/x-www-form-urlencoded') {
      headers.set('Content-Type', type as string)
      return urlencodedBody(parts)
    }
    return null
  }
}

function placeOf(config: Config, path: string, options: TestRequestOptions): Place {
  const { baseUrl, subdomain, urlScheme } = options
  if (baseUrl !== null && baseUrl !== undefined) {
    if (subdomain || urlScheme) {
      throw new TypeError('Cannot pass "subdomain" or "urlScheme" with "baseUrl".')
    }
    return { ...splitBase(baseUrl), path: path.replace(/#.*$/s, '') }
  }
  const url = splitUrl(path)
  const server = (config.SERVER_NAME as string | null | undefined) || 'localhost'
  const host = subdomain ? `${subdomain}.${server}` : server
  const scheme = url.scheme || urlScheme || String(config.PREFERRED_URL_SCHEME)
  const root = String(config.APPLICATION_ROOT).replace(/^\/+/, '')
  const rest = path.includes('?') ? `${url.path}?${url.query}` : url.path
  return { ...splitBase(`${scheme}://${url.netloc || host}/${root}`), path: rest }
}

function splitBase(baseUrl: string): Omit<Place, 'path'> {
  const { scheme, netloc, path, query, fragment } = splitUrl(iriToUri(baseUrl))
  if (query !== '' || fragment !== '') {
    throw new ValueError('base url must not contain a query string or fragment')
  }
  return { scheme, host: netloc, scriptRoot: path.replace(/\/+$/, '') }
}

function authHeader(auth: NonNullable<TestRequestOptions['auth']>): string {
  if ('toHeader' in auth) return auth.toHeader()
  return `Basic ${Buffer.from(`${auth[0]}:${auth[1]}`).toString('base64')}`
}

/**
 * A raw request for `app.testRequestContext(path, options)`: nothing sends or answers it.
 * @throws as `EnvironBuilder`
 */
export function buildTestRequest(
  app: TestApp,
  path?: string,
  options?: TestRequestOptions,
): IncomingMessage {
  return createRawRequest(new EnvironBuilder(app, path, options).build())
}
