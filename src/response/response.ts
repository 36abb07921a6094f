import { currentScope } from '../context/store.ts'
import { isThenable } from '../dispatch/and-then.ts'
import { RuntimeError } from '../errors/builtins.ts'
import { setResponseFactory } from '../errors/http-exception.ts'
import { type CookieOptions, dumpCookie } from '../http/cookies.ts'
import { Headers, type HeadersSource } from '../http/headers.ts'
import { getContentType } from '../http/mimetype.ts'
import { statusLine } from '../http/status.ts'
import { loads } from '../json/current.ts'
import type { MaybePromise, StatusValue } from '../types.ts'
import {
  byteLength,
  closeBody,
  isAsync,
  isSequence,
  joined,
  type ResponseBody,
  sequenceLength,
} from './body.ts'
import { type ConditionalRequest, makeConditional } from './conditional.ts'
import { generateEtag } from './etag.ts'
import { HeaderProperties } from './header-properties.ts'

/** Keyword arguments of `new Response(body, options)`. */
export interface ResponseOptions {
  /** A code, or a status line such as `'404 NOT FOUND'`. Default 200. */
  status?: StatusValue | null
  headers?: HeadersSource | null
  /** Media type without parameters; textual ones get `charset=utf-8`. */
  mimetype?: string | null
  /** The whole `Content-Type`; wins over `mimetype`. */
  contentType?: string | null
  /** Send the body as it is and never read it implicitly. */
  directPassthrough?: boolean
}

/** `set_cookie`'s keyword arguments. */
export type SetCookieOptions = Omit<CookieOptions, 'maxSize'>

/** `delete_cookie`'s keyword arguments. */
export type DeleteCookieOptions = Omit<SetCookieOptions, 'maxAge' | 'expires'>

const DEFAULT_TYPE = 'text/html; charset=utf-8'
const OK = '200 OK'

/**
 * An answer: status, headers and body (Werkzeug's `Response` with Flask's defaults). The body stays
 * what it was given as: a string, bytes, an iterable, an asynchronous iterable or a stream.
 *
 * `new Response(body, { status, headers, mimetype, contentType, directPassthrough })`, or Flask's
 * positional `(body, status, headers, mimetype, contentType, directPassthrough)`.
 * @throws {TypeError} when a header or a status is not acceptable.
 */
export class Response extends HeaderProperties {
  /** Media type of a body that names none. */
  static defaultMimetype: string | null = 'text/html'
  /** Status of an answer that names none. */
  static defaultStatus: StatusValue = 200

  /** Whether reading `data` may consume a streamed body; true unless set. */
  declare implicitSequenceConversion: boolean
  /** Whether a relative `Location` is sent as an absolute URL; false unless set. */
  declare autocorrectLocationHeader: boolean
  /** Whether `Content-Length` is set when the body's length is known; true unless set. */
  declare automaticallySetContentLength: boolean
  /** Whether the body is sent as it is, never read implicitly; false unless set. */
  declare directPassthrough: boolean

  /** The headers as they will be sent. */
  headers: Headers
  #body: ResponseBody = ''
  #knownLength: string | null = null
  #code = 200
  #status: string = OK
  #onClose: (() => unknown)[] | null = null
  #closed = false

  constructor(
    body: ResponseBody | ArrayBuffer | null = null,
    status: StatusValue | ResponseOptions | null = null,
    headers: HeadersSource | null = null,
    mimetype: string | null = null,
    contentType: string | null = null,
    directPassthrough = false,
  ) {
    super()
    let code: StatusValue | null
    if (typeof status === 'object' && status !== null) {
      code = status.status ?? null
      headers = status.headers ?? null
      mimetype = status.mimetype ?? null
      contentType = status.contentType ?? null
      directPassthrough = status.directPassthrough === true
    } else {
      code = status
    }
    this.headers =
      headers === null || headers === undefined
        ? new Headers()
        : headers instanceof Headers
          ? headers
          : new Headers(headers)
    if (contentType === null || contentType === undefined) {
      if (mimetype !== null && mimetype !== undefined) {
        contentType = getContentType(mimetype)
      } else if (!this.headers.has('Content-Type')) {
        contentType = new.target === Response ? DEFAULT_TYPE : defaultType(new.target)
      }
    }
    if (contentType !== null && contentType !== undefined) {
      this.headers.set('Content-Type', contentType)
    }
    if (code !== 200) {
      if (code !== null && code !== undefined) this.status = code
      else if (new.target.defaultStatus !== 200) this.status = new.target.defaultStatus
    }
    if (directPassthrough) this.directPassthrough = true
    if (typeof body === 'string' || body instanceof Uint8Array) this.setData(body)
    else if (body instanceof ArrayBuffer) this.setData(new Uint8Array(body))
    else if (body !== null && body !== undefined) this.#body = body
  }

  /** The body (Werkzeug's `response.response`). Assigning replaces it and sets no header. */
  get response(): ResponseBody {
    return this.#body
  }
  set response(value: ResponseBody) {
    this.#body = value
    this.#knownLength = null
  }

  /** The `Content-Length` that belongs to the present body, where setting the body has set it. */
  get knownLength(): string | null {
    return this.#knownLength
  }

  /** The status code, 200 and so on; 0 for a status line without a number. */
  get statusCode(): number {
    return this.#code
  }
  set statusCode(value: number) {
    this.status = value
  }

  /** The status line such as `'404 NOT FOUND'`. Assign a line or a code. */
  get status(): string {
    return this.#status
  }
  set status(value: StatusValue) {
    const { code, line } = statusLine(value)
    this.#code = code
    this.#status = line
  }

  /** The body as bytes; assigning a string or bytes replaces it. */
  get data(): Buffer {
    return this.getData()
  }
  set data(value: string | Uint8Array) {
    this.setData(value)
  }

  /**
   * The whole body; a streamed one is read into memory first and stays there.
   * @throws {RuntimeError} for a body that must be awaited: `await response.makeSequence()` first.
   */
  getData(options?: { asText?: false }): Buffer
  getData(options: { asText: true }): string
  getData(options?: { asText?: boolean }): Buffer | string
  getData({ asText = false }: { asText?: boolean } = {}): Buffer | string {
    if (asText && typeof this.response === 'string') return this.response
    this.#ensureSequence()
    const bytes = joined(this.response as string | Uint8Array | (string | Uint8Array)[])
    return asText ? bytes.toString() : bytes
  }

  /** Replaces the body and sets `Content-Length`. Text is sent as UTF-8. */
  setData(value: string | Uint8Array): void {
    this.#body = value
    if (this.automaticallySetContentLength) {
      this.#knownLength = String(byteLength(value))
      this.headers.set('Content-Length', this.#knownLength)
    } else {
      this.#knownLength = null
    }
  }

  /** The body's length in bytes, or null when only sending it would tell. */
  calculateContentLength(): number | null {
    if (!isSequence(this.response)) {
      if (this.directPassthrough || !this.implicitSequenceConversion || isAsync(this.response)) {
        return null
      }
      this.makeSequence()
    }
    return sequenceLength(this.response as string)
  }

  /** The body parsed as JSON; null when the media type is not JSON. */
  get json(): unknown {
    return this.getJson()
  }

  /**
   * Parses the body as JSON; not cached.
   * @param options `force` ignores the media type, `silent` gives null instead of an error.
   * @throws {SyntaxError} when the body is not JSON.
   */
  getJson({ force = false, silent = false }: { force?: boolean; silent?: boolean } = {}): unknown {
    if (!force && !this.isJson) return null
    const text = this.getData({ asText: true })
    try {
      return loads(text)
    } catch (error) {
      if (silent) return null
      throw error
    }
  }

  /** Whether the body is in memory, with a known length. */
  get isSequence(): boolean {
    return isSequence(this.response)
  }

  /** Whether the body's length is unknown until it has been sent. */
  get isStreamed(): boolean {
    return !isSequence(this.response)
  }

  /** Reads a streamed body into memory. A promise only if the body has to be awaited. */
  makeSequence(): MaybePromise<void> {
    const body = this.response
    if (isSequence(body)) return
    if (isAsync(body)) return this.#collect(body)
    const chunks = [...body]
    this.callOnClose(() => closeBody(body))
    this.response = chunks
  }

  async #collect(body: AsyncIterable<string | Uint8Array>): Promise<void> {
    const chunks: (string | Uint8Array)[] = []
    for await (const chunk of body) chunks.push(chunk)
    this.callOnClose(() => closeBody(body as ResponseBody))
    this.response = chunks
  }

  #ensureSequence(): void {
    if (isSequence(this.response)) return
    if (this.directPassthrough) {
      throw new RuntimeError(
        'Attempted implicit sequence conversion but the response object is in direct passthrough mode.',
      )
    }
    if (!this.implicitSequenceConversion) {
      throw new RuntimeError(
        'The response object required the iterable to be a sequence, but the implicit conversion was disabled. Call makeSequence() yourself.',
      )
    }
    if (isAsync(this.response)) {
      throw new RuntimeError(
        'The body of this response must be awaited: call `await response.makeSequence()` first.',
      )
    }
    this.makeSequence()
  }

  /** The body's chunks as bytes, in order. */
  iterEncoded(): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
    return encoded(this.response)
  }

  /** Reads the body into memory, sets `Content-Length` and adds an ETag. */
  freeze(): MaybePromise<void> {
    const done = this.makeSequence()
    if (isThenable(done)) return done.then(() => this.#frozen())
    this.#frozen()
  }

  #frozen(): void {
    this.headers.set('Content-Length', String(sequenceLength(this.response as string)))
    this.addEtag()
  }

  /** Adds an ETag made from the body, unless there is one. */
  addEtag(options: { overwrite?: boolean; weak?: boolean } = {}): void {
    if (options.overwrite === true || !this.headers.has('ETag')) {
      this.setEtag(generateEtag(this.getData()), options.weak === true)
    }
  }

  /**
   * Answers 304 or 412 when the request's conditions say so, and a part of the body (206) when
   * it asks for one. Does nothing unless the method is GET or HEAD. Sets `Date`.
   * @param options `acceptRanges` true (bytes) or a unit; `completeLength` of the body in bytes.
   * @returns this response.
   * @throws {RequestedRangeNotSatisfiable} for a range that cannot be given.
   */
  makeConditional(
    request: ConditionalRequest,
    options: { acceptRanges?: boolean | string; completeLength?: number | null } = {},
  ): this {
    makeConditional(this, request, options)
    return this
  }

  /**
   * Largest cookie in bytes that browsers are known to keep; larger ones are warned about. The app's
   * `MAX_COOKIE_SIZE` unless set.
   */
  get maxCookieSize(): number {
    return currentScope()?.app.config.MAX_COOKIE_SIZE ?? 4093
  }

  set maxCookieSize(bytes: number) {
    Object.defineProperty(this, 'maxCookieSize', { value: bytes, writable: true })
  }

  /** Adds a `Set-Cookie` header; the options are Werkzeug's, `maxAge` in seconds. */
  setCookie(key: string, value = '', options: SetCookieOptions = {}): void {
    this.headers.add(
      'Set-Cookie',
      dumpCookie(key, value, { ...options, maxSize: this.maxCookieSize }),
    )
  }

  /** Makes the browser forget a cookie; path and domain must be those it was set with. */
  deleteCookie(key: string, options: DeleteCookieOptions = {}): void {
    this.setCookie(key, '', { ...options, expires: 0, maxAge: 0 })
  }

  /** Adds a function to call when the answer has been sent or the client is gone. */
  callOnClose<F extends () => unknown>(fn: F): F {
    this.#onClose ??= []
    this.#onClose.push(fn)
    return fn
  }

  /** Whether `close` has anything to do; the writer asks before it calls. */
  get needsClose(): boolean {
    return this.#onClose !== null || typeof this.#body !== 'string'
  }

  /**
   * Frees the body and calls the functions of `callOnClose`, once; the framework calls it when the
   * answer has ended. Every function is called; the first error is thrown afterwards.
   */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    const errors: unknown[] = []
    const attempt = (fn: () => unknown): void => {
      try {
        fn()
      } catch (error) {
        errors.push(error)
      }
    }
    attempt(() => closeBody(this.response))
    for (const fn of this.#onClose ?? []) attempt(fn)
    if (errors.length > 0) throw errors[0]
  }

  /** For `using`: the same as `close()`. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** For logs: `Response 12 bytes [200 OK]`. */
  override toString(): string {
    const body = isSequence(this.response) ? `${sequenceLength(this.response)} bytes` : 'streamed'
    return `<${this.constructor.name} ${body} [${this.#status}]>`
  }

  /**
   * Turns a response into one of this class, in place (Werkzeug's `force_type`).
   * @throws {TypeError} for anything but a `Response` or a Web `Response`.
   */
  static forceType<T extends Response>(
    this: new (
      ...args: never[]
    ) => T,
    response: Response | globalThis.Response,
  ): T {
    const own = response instanceof Response ? response : Response.fromWeb(response)
    return own instanceof this ? own : Object.setPrototypeOf(own, this.prototype)
  }

  /**
   * A Web `Response` as one of ours: status, headers (each `Set-Cookie` on its own) and body.
   * @throws {TypeError} for anything else, and for one whose body has been read.
   */
  static fromWeb(web: globalThis.Response): Response {
    if (!isWebResponse(web)) throw new TypeError('Expected a Response or a Web Response.')
    if (web.bodyUsed) throw new TypeError('The body of this Web Response has been read already.')
    const response = new Response(web.body as ResponseBody | null)
    const headers = new Headers()
    for (const [name, value] of web.headers) headers.add(name, value)
    response.headers = headers
    response.status = web.statusText ? `${web.status} ${web.statusText}` : web.status
    return response
  }
}

Response.prototype.implicitSequenceConversion = true
Response.prototype.autocorrectLocationHeader = false
Response.prototype.automaticallySetContentLength = true
Response.prototype.directPassthrough = false

function defaultType(cls: typeof Response): string | null {
  return cls.defaultMimetype === null ? null : getContentType(cls.defaultMimetype)
}

/** Whether a value is the platform's `Response`, of any realm. */
export function isWebResponse(value: unknown): value is globalThis.Response {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) === '[object Response]'
  )
}

function encoded(body: ResponseBody): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof body === 'string' || body instanceof Uint8Array) return [Buffer.from(body)]
  return isAsync(body) ? encodeAsync(body) : encodeSync(body)
}

function* encodeSync(body: Iterable<string | Uint8Array>): Generator<Uint8Array> {
  for (const chunk of body) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

async function* encodeAsync(body: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

setResponseFactory((body, status, headers) => new Response(body, status, headers))
