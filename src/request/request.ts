import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { ValueError } from '../errors/builtins.ts'
import { BadRequest, type HTTPException, UnsupportedMediaType } from '../errors/http-exception.ts'
import { CombinedMultiDict, ImmutableMultiDict } from '../http/multi-dict.ts'
import { loads } from '../json/current.ts'
import type { Rule } from '../routing/rule.ts'
import type { MaybePromise } from '../types.ts'
import { BodyReader, hasBody } from './body-reader.ts'
import { DebugFiles } from './debug-files.ts'
import type { FileStorage } from './file-storage.ts'
import { ForeignBody, isConsumed } from './foreign-body.ts'
import { type FormLimits, type ParsedForm, parseForm, parseFormFile } from './form-parser.ts'
import { HttpRequest } from './http-request.ts'
import { type ByteSource, SpoolFile } from './spool.ts'

/** What the app tells each of its requests; one object serves all of them. */
export interface RequestSettings {
  /** `MAX_CONTENT_LENGTH` in bytes; null is unlimited. */
  readonly maxContentLength: number | null
  /** `MAX_FORM_MEMORY_SIZE` in bytes; null is unlimited. */
  readonly maxFormMemorySize: number | null
  /** `MAX_FORM_PARTS`; null is unlimited. */
  readonly maxFormParts: number | null
  /** Whether the client is told why its JSON was refused. */
  readonly debug: boolean
  /** `TRUSTED_HOSTS`. */
  readonly trustedHosts?: readonly string[] | null
  /** The app's JSON provider; without it, that of the active context. */
  readonly json?: { loads(source: string | Uint8Array): unknown }
}

/** Flask's limits outside of an app. */
export const DEFAULT_SETTINGS: RequestSettings = Object.freeze({
  maxContentLength: null,
  maxFormMemorySize: 500_000,
  maxFormParts: 1000,
  debug: false,
})

/** `get_json`'s keyword arguments. */
export interface GetJsonOptions {
  /** Parse whatever the media type says. */
  force?: boolean
  /** Give null instead of raising. */
  silent?: boolean
  /** Keep the value for the next call; default true. */
  cache?: boolean
}

/** `get_data`'s keyword arguments. */
export interface GetDataOptions {
  /** Accepted for Flask's sake: the body is kept in any case. */
  cache?: boolean
  /** Decode as UTF-8. */
  asText?: boolean
  /** Parse a form first, so that its body is not given as data. */
  parseFormData?: boolean
}

const NO_BYTES: Buffer = Buffer.alloc(0)
const UNSET: unique symbol = Symbol('unset')

/**
 * An incoming request: Werkzeug's `Request` with Flask's additions, over Node's request object. The
 * framework reads the body before the view runs (`readBody`); what went wrong with it, an exceeded
 * limit or a lost client, is raised when form, files, data or JSON are asked for.
 */
export class Request extends HttpRequest {
  /** The rule that matched; null before routing and when none did. */
  urlRule: Rule | null = null
  /** The values of the rule's variables; null like `urlRule`. */
  viewArgs: Record<string, unknown> | null = null
  /** What routing raised, when no rule matched. */
  routingException: HTTPException | null = null
  readonly #settings: RequestSettings
  #reader: BodyReader | null = null
  #foreign: ForeignBody | null = null
  #limits: Partial<Record<keyof FormLimits | 'maxContentLength', number | null>> | null = null
  #parsed: ParsedForm | undefined
  #prepared: Prepared | null = null
  #form: ImmutableMultiDict<string> | undefined
  #files: ImmutableMultiDict<FileStorage> | undefined
  #data: Buffer | undefined
  #json: unknown = UNSET
  #silentJson: unknown = UNSET
  #stream: Readable | undefined
  #values: CombinedMultiDict<string> | undefined

  constructor(raw: IncomingMessage, settings: RequestSettings = DEFAULT_SETTINGS) {
    super(raw)
    this.#settings = settings
    this.trustedHosts = settings.trustedHosts ?? null
  }

  /** The endpoint of the rule that matched. */
  get endpoint(): string | null {
    return this.urlRule === null ? null : this.urlRule.endpoint
  }

  /** The registered name of the blueprint of the endpoint, with those around it: `outer.inner`. */
  get blueprint(): string | null {
    const { endpoint } = this
    const dot = endpoint === null ? -1 : endpoint.lastIndexOf('.')
    return dot < 0 ? null : (endpoint as string).slice(0, dot)
  }

  /** The names of the blueprint and of those around it, innermost first. */
  get blueprints(): string[] {
    const names: string[] = []
    for (
      let name = this.blueprint;
      name;
      name = name.slice(0, Math.max(0, name.lastIndexOf('.')))
    ) {
      names.push(name)
    }
    return names
  }

  /**
   * Largest body in bytes, the app's `MAX_CONTENT_LENGTH` unless set; null is unlimited. To raise it
   * for one request, set it and `await request.readBody()`.
   */
  get maxContentLength(): number | null {
    return this.#limit('maxContentLength')
  }
  set maxContentLength(value: number | null) {
    this.#setLimit('maxContentLength', value)
  }

  /** Largest form field in bytes, the app's `MAX_FORM_MEMORY_SIZE` unless set. */
  get maxFormMemorySize(): number | null {
    return this.#limit('maxFormMemorySize')
  }
  set maxFormMemorySize(value: number | null) {
    this.#setLimit('maxFormMemorySize', value)
  }

  /** Largest number of parts of a multipart form, the app's `MAX_FORM_PARTS` unless set. */
  get maxFormParts(): number | null {
    return this.#limit('maxFormParts')
  }
  set maxFormParts(value: number | null) {
    this.#setLimit('maxFormParts', value)
  }

  // As in Flask, null set on a request falls back to the app's limit.
  #limit(name: keyof FormLimits | 'maxContentLength'): number | null {
    return this.#limits?.[name] ?? this.#settings[name]
  }

  #setLimit(name: keyof FormLimits | 'maxContentLength', value: number | null): void {
    this.#limits ??= {}
    this.#limits[name] = value
  }

  /**
   * Takes the body in, within `maxContentLength`: large ones into a temporary file. A body that a
   * middleware has read before is taken as the middleware left it. Never rejects and never hangs:
   * what went wrong is raised when the body is asked for. Call it again after raising the limit.
   * @returns undefined when there is nothing to wait for.
   */
  readBody(): MaybePromise<void> {
    if (this.#foreign !== null) return
    if (this.#reader === null) {
      const { raw } = this
      if (isConsumed(raw)) {
        const { body, file, files } = raw as { body?: unknown; file?: unknown; files?: unknown }
        if (body !== undefined || file !== undefined || files !== undefined) {
          this.#foreign = new ForeignBody(raw)
        }
        return
      }
      if (!hasBody(raw)) return
      this.#reader = new BodyReader(raw)
    }
    const reading = this.#reader.read(this.maxContentLength, this.contentLength)
    return reading === undefined ? undefined : this.#prepare(reading)
  }

  /** Whether the body exceeded the limit and was left unread; `readBody` goes on after raising it. */
  get isBodyRefused(): boolean {
    return this.#reader?.isRefused ?? false
  }

  // A form in a file is parsed now, since doing it on access would block everybody else.
  async #prepare(reading: Promise<void>): Promise<void> {
    await reading
    const reader = this.#reader as BodyReader
    if (reader.error !== null || !(reader.source instanceof SpoolFile)) return
    if (this.mimetype !== 'multipart/form-data') return
    const limits = this.#formLimits()
    try {
      const form = await parseFormFile(reader.source, this.mimetypeParams, limits)
      this.#prepared = { limits, form, error: null }
    } catch (error) {
      this.#prepared = { limits, form: null, error }
    }
  }

  #formLimits(): FormLimits {
    return { maxFormMemorySize: this.maxFormMemorySize, maxFormParts: this.maxFormParts }
  }

  /** The body's bytes where it was read by us. @throws what went wrong while reading. */
  #source(): ByteSource | null {
    const reader = this.#reader
    if (reader === null) return null
    const { source } = reader
    // The limit may have been lowered since the body was read.
    if (this.#limits !== null) reader.check(this.maxContentLength)
    return source
  }

  #load(): ParsedForm {
    if (this.#parsed === undefined) this.#parsed = this.#parse()
    return this.#parsed
  }

  #parse(): ParsedForm {
    const { mimetype } = this
    if (this.#foreign !== null) {
      const { source } = this.#foreign
      if (mimetype === 'multipart/form-data' || source === null) {
        return isFormType(mimetype) ? this.#foreign.form() : NO_FORM
      }
      return parseForm(source, mimetype, this.mimetypeParams, this.#formLimits())
    }
    const source = this.#source()
    if (source === null) return NO_FORM
    const limits = this.#formLimits()
    const prepared = this.#prepared
    if (
      prepared?.limits.maxFormMemorySize === limits.maxFormMemorySize &&
      prepared.limits.maxFormParts === limits.maxFormParts
    ) {
      if (prepared.form === null) throw prepared.error
      return prepared.form
    }
    return parseForm(source, mimetype, this.mimetypeParams, limits)
  }

  /**
   * The fields of a form, empty for any other body.
   * @throws {RequestEntityTooLarge} when a limit is passed.
   * @throws {ClientDisconnected} when the body did not arrive completely.
   */
  get form(): ImmutableMultiDict<string> {
    this.#form ??= new ImmutableMultiDict(this.#load().fields)
    return this.#form
  }

  /** The uploaded files by field name. @throws see `form`. */
  get files(): ImmutableMultiDict<FileStorage> {
    this.#files ??= this.#makeFiles()
    return this.#files
  }

  #makeFiles(): ImmutableMultiDict<FileStorage> {
    const { files } = this.#load()
    return this.#settings.debug && files.length === 0 && this.mimetype !== 'multipart/form-data'
      ? new DebugFiles(this)
      : new ImmutableMultiDict<FileStorage>(files)
  }

  /** The query's parameters and, unless the method is GET, the form's. @throws see `form`. */
  get values(): CombinedMultiDict<string> {
    this.#values ??= new CombinedMultiDict<string>(
      this.method === 'GET' ? [this.args] : [this.args, this.form],
    )
    return this.#values
  }

  /** The body's bytes, empty when the body is a form: `getData()` gives those. @throws see `form`. */
  get data(): Buffer {
    return this.getData({ parseFormData: true })
  }

  /** The body's bytes, or its text. @throws see `form`. */
  getData(options?: GetDataOptions & { asText?: false }): Buffer
  getData(options: GetDataOptions & { asText: true }): string
  getData(options?: GetDataOptions): Buffer | string
  getData(options: GetDataOptions = {}): Buffer | string {
    const { asText = false, parseFormData = false } = options
    let bytes = this.#data
    if (bytes === undefined) {
      // A form that was parsed has used the body up, unless a middleware had read it before.
      if (this.#foreign === null && this.#parsed?.consumed) bytes = NO_BYTES
      else if (parseFormData && this.contentType && this.#load().consumed) bytes = NO_BYTES
      else bytes = this.#readAll()
    }
    return asText ? bytes.toString() : bytes
  }

  #readAll(): Buffer {
    if (this.#foreign !== null) {
      this.#data = this.#foreign.bytes(isFormType(this.mimetype))
    } else {
      const source = this.#source()
      this.#data = source === null ? NO_BYTES : source.readAtSync(0, source.size)
    }
    return this.#data
  }

  /**
   * The body as a stream, the same one every time; empty once a form was parsed. It is read before
   * the view runs, so nothing has to be waited for. @throws see `form`.
   */
  get stream(): Readable {
    this.#stream ??= this.#openStream()
    return this.#stream
  }

  #openStream(): Readable {
    if (this.#parsed?.consumed) return Readable.from([])
    const source = this.#foreign === null ? this.#source() : null
    if (source === null) {
      const bytes = this.#readAll()
      return Readable.from(bytes.byteLength === 0 ? [] : [bytes])
    }
    let at = 0
    return new Readable({
      read(size) {
        source.readAt(at, size).then(
          (chunk) => {
            at += chunk.byteLength
            this.push(chunk.byteLength === 0 ? null : chunk)
          },
          (error: Error) => this.destroy(error),
        )
      },
    })
  }

  /**
   * The body as JSON.
   * @throws {UnsupportedMediaType} 415 unless the media type is JSON.
   * @throws {BadRequest} 400 when it does not parse; the reason is given in debug mode only.
   */
  get json(): unknown {
    return this.getJson()
  }

  /** The body as JSON, with options. @throws see `json`, unless `silent`. */
  getJson({ force = false, silent = false, cache = true }: GetJsonOptions = {}): unknown {
    const kept = silent ? this.#silentJson : this.#json
    if (cache && kept !== UNSET) return kept
    if (!force && !this.isJson) return silent ? null : this.onJsonLoadingFailed(null)
    let value: unknown
    try {
      value = this.#loadJson()
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof ValueError)) throw error
      value = silent ? null : this.onJsonLoadingFailed(error)
      if (cache && silent) this.#silentJson = value
      else if (cache) this.#json = value
      return value
    }
    if (cache) {
      this.#json = value
      this.#silentJson = value
    }
    return value
  }

  #loadJson(): unknown {
    const parsed = this.#foreign?.parsed
    if (parsed !== undefined && this.isJson) return parsed
    const bytes = this.getData()
    const { json } = this.#settings
    return json === undefined ? loads(bytes) : json.loads(bytes)
  }

  /**
   * Called when the body is no JSON; what it returns becomes the value. Override it to answer
   * otherwise than with an error.
   * @param error what the parser threw, or null when the media type is not JSON.
   */
  onJsonLoadingFailed(error: Error | null): unknown {
    if (error === null) {
      throw new UnsupportedMediaType(
        "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.",
      )
    }
    const refused = this.#settings.debug
      ? new BadRequest(`Failed to decode JSON object: ${error.message}`)
      : new BadRequest()
    refused.cause = error
    throw refused
  }

  /** Whether a `Content-Type` was sent, so that the body may be a form. */
  get wantFormDataParsed(): boolean {
    return Boolean(this.contentType)
  }

  /**
   * Removes temporary files and forbids further reading of uploads; the framework calls it when the
   * request has ended. Does nothing the second time.
   */
  close(): void {
    const form = this.#parsed ?? this.#prepared?.form
    if (form) for (const [, file] of form.files) file.close()
    if (this.#reader !== null) void this.#reader.close()
  }

  /** For `using`: the same as `close()`. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** For logs: `<Request 'http://localhost/' [GET]>`. */
  override toString(): string {
    let url: string
    try {
      url = `'${this.url}'`
    } catch (error) {
      url = `'(invalid URL: ${(error as Error).message})'`
    }
    return `<${this.constructor.name} ${url} [${this.method}]>`
  }
}

/** A form that was parsed while it was read, and under which limits. */
interface Prepared {
  readonly limits: FormLimits
  readonly form: ParsedForm | null
  readonly error: unknown
}

const NO_FORM: ParsedForm = Object.freeze({ fields: [], files: [], consumed: false })

function isFormType(mimetype: string): boolean {
  return mimetype === 'application/x-www-form-urlencoded' || mimetype === 'multipart/form-data'
}
