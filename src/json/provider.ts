import type { DecodeOptions } from './decode.ts'
import { decodeJson } from './decode.ts'
import { jsonDefault } from './default.ts'
import type { EncodeOptions } from './encode.ts'
import { encodeJson } from './encode.ts'

/** The part of an app that a JSON provider uses; `R` is the app's response class. */
export interface JSONApp<R = unknown> {
  /** Whether `response` writes for human eyes, unless `compact` says otherwise. */
  readonly debug: boolean
  /** What `response` makes (Flask's `response_class`). */
  readonly responseClass: new (
    body: string,
    options: { mimetype: string },
  ) => R
}

/** Something to write text to: the part of a stream that `dump` uses. */
export interface TextWriter {
  write(text: string): unknown
}

/** Something to read text from: the part of a stream or a file that `load` uses. */
export interface TextReader {
  read(): string | Uint8Array
}

/**
 * The JSON operations of an app (Flask's `JSONProvider`). To use another JSON library, extend this
 * with `dumps` and `loads` and assign an instance to `app.json`.
 */
export abstract class JSONProvider<R = unknown> {
  /** The app whose provider this is. */
  protected readonly app: JSONApp<R>

  constructor(app: JSONApp<R>) {
    this.app = app
  }

  /** Writes a value as JSON text. */
  abstract dumps(value: unknown, options?: EncodeOptions): string

  /** Reads JSON text, or bytes of it. Must throw a `SyntaxError` when it is none. */
  abstract loads(source: string | Uint8Array, options?: DecodeOptions): unknown

  /** Writes a value as JSON to a stream. */
  dump(value: unknown, stream: TextWriter, options?: EncodeOptions): void {
    stream.write(this.dumps(value, options))
  }

  /**
   * Reads JSON from a stream.
   * @throws as {@link loads}
   */
  load(stream: TextReader, options?: DecodeOptions): unknown {
    return this.loads(stream.read(), options)
  }

  /**
   * A response with the arguments as JSON (what `jsonify` calls): one argument is the value itself,
   * several are a list, none is null.
   */
  response(...args: unknown[]): R {
    const text = this.dumps(this.responseValue(args))
    return new this.app.responseClass(text, { mimetype: 'application/json' })
  }

  /** The value that `response` writes for these arguments (Flask's `_prepare_response_obj`). */
  protected responseValue(args: readonly unknown[]): unknown {
    if (args.length === 0) return null
    return args.length === 1 ? args[0] : args
  }
}

/**
 * Flask's own provider. It writes what Python's `json` writes, sorts keys, and knows Date, UUID,
 * Markup, objects with `__html__` or `toJSON`, and instances of classes.
 */
export class DefaultJSONProvider<R = unknown> extends JSONProvider<R> {
  /** Escape all but ASCII (Flask's `ensure_ascii`). */
  ensureAscii = true
  /** Write keys in order of code points (Flask's `sort_keys`). */
  sortKeys = true
  /** Whether `response` leaves out spaces and line ends; null means: unless debugging. */
  compact: boolean | null = null
  /** The content type of `response`. */
  mimetype = 'application/json'
  /**
   * Whether integers beyond 2^53 are read as bigints. Python keeps all digits; a JavaScript number
   * cannot, but most code that gets a bigint is not prepared for it, so the default is false.
   */
  bigIntegers = false
  readonly #fallback = (value: unknown): unknown => this.default(value)

  /**
   * The JSON form of a value that JSON has none for; override it to support more classes.
   * @throws {TypeError} when there is none.
   */
  default(value: unknown): unknown {
    return jsonDefault(value)
  }

  /**
   * Writes a value as Python's `json.dumps` does; separators are `, ` and `: ` unless told.
   * @throws {TypeError} for values without a JSON form.
   * @throws {ValueError} for circular ones.
   */
  override dumps(value: unknown, options?: EncodeOptions): string {
    return encodeJson(value, {
      ensureAscii: options?.ensureAscii ?? this.ensureAscii,
      sortKeys: options?.sortKeys ?? this.sortKeys,
      separators: options?.separators ?? null,
      indent: options?.indent ?? null,
      default: options?.default ?? this.#fallback,
    })
  }

  /**
   * Reads JSON as Python's `json.loads` does, refusing member names that could change prototypes.
   * @throws {JSONDecodeError} (a `SyntaxError`) when it is no JSON.
   */
  override loads(source: string | Uint8Array, options?: DecodeOptions): unknown {
    return decodeJson(source, {
      proto: options?.proto ?? 'error',
      bigIntegers: options?.bigIntegers ?? this.bigIntegers,
    })
  }

  /** A response with the arguments as JSON and a line end; indented by 2 when debugging. */
  override response(...args: unknown[]): R {
    const value = this.responseValue(args)
    const isCompact = this.compact ?? !this.app.debug
    const text = this.dumps(value, isCompact ? COMPACT : INDENTED)
    return new this.app.responseClass(`${text}\n`, { mimetype: this.mimetype })
  }
}

const COMPACT: EncodeOptions = { separators: [',', ':'] }
const INDENTED: EncodeOptions = { indent: 2 }
