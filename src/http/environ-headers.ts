import { KeyError } from '../errors/builtins.ts'
import { type Converter, convert, FAILED } from './convert.ts'
import { type HeaderParams, Headers, type HeadersSource } from './header-list.ts'
import { titleCase } from './text.ts'

/** The part of node's `IncomingMessage` that is read. */
export interface RawHeaders {
  /** Names and values as received: name, value, name, value … */
  readonly rawHeaders: readonly string[]
  /** Values by lower-cased name. Middleware may change it, and the change is seen. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
}

/**
 * The headers of a request, read-only (Werkzeug's `EnvironHeaders`). Nothing is copied: a lookup
 * goes to node's own record.
 *
 * They look as a WSGI server shows them: names in title case (`X-Api-Key`), `_` and `-` the same on
 * lookup, repeated headers joined with `,` (cookies with `; `). A header whose name came with an
 * underscore is not shown: behind a proxy it could pose as the dashed one (CVE-2015-0219).
 */
export class EnvironHeaders extends Headers {
  readonly #source: RawHeaders

  /** @param source The request whose headers are shown. */
  constructor(source: RawHeaders) {
    super()
    this.#source = source
  }

  override get flat(): readonly string[] {
    const { rawHeaders, headers } = this.#source
    const flat: string[] = []
    const seen = new Set<string>()
    const append = (name: string): void => {
      if (seen.has(name) || name.includes('_')) return
      seen.add(name)
      const value = this.#value(name)
      // An empty one is not in a WSGI environ.
      if (value === undefined || (value === '' && isContentField(name))) return
      flat.push(titleCase(name), value)
    }
    for (let i = 0; i < rawHeaders.length; i += 2) append((rawHeaders[i] as string).toLowerCase())
    for (const name of Object.keys(headers)) append(name)
    return flat
  }

  /** Not known: nothing has looked at what came over the wire. */
  override get isAscii(): boolean {
    return false
  }

  /**
   * The value of a header.
   *
   * @throws KeyError when it is missing: here Flask has no 400 for it.
   */
  override getItem(name: string): string {
    const found = this.lookup(name)
    if (found === undefined) throw new KeyError(name)
    return found
  }

  protected override lookup(name: string): string | undefined {
    const lower = name.toLowerCase()
    return this.#value(lower.includes('_') ? lower.replaceAll('_', '-') : lower)
  }

  override getlist(name: string): string[]
  override getlist<T>(name: string, type: Converter<string, T>): T[]
  override getlist(name: string, type?: Converter<string, unknown>): unknown[] {
    const found = this.lookup(name)
    if (found === undefined) return []
    const value = type === undefined ? found : convert(found, type)
    return value === FAILED ? [] : [value]
  }

  #value(name: string): string | undefined {
    const value: unknown = this.#source.headers[name]
    if (typeof value === 'string') {
      // One body has one type and length: here every layer must go by the same line, node's.
      return isContentField(name) ? value : this.#joined(name, value)
    }
    // Anything else but an array was inherited from Object.prototype, such as `constructor`.
    return Array.isArray(value) ? value.join(',') : undefined
  }

  /** Node drops or joins repeated headers by rules of its own; this restores WSGI's. */
  #joined(name: string, value: string): string {
    const raw = this.#source.rawHeaders
    let first = -1
    let all: string[] | undefined
    for (let i = 0; i < raw.length; i += 2) {
      const other = raw[i] as string
      if (other.length !== name.length || (other !== name && other.toLowerCase() !== name)) continue
      if (first === -1) first = i + 1
      else {
        all ??= [raw[first] as string]
        all.push(raw[i + 1] as string)
      }
    }
    if (all === undefined) return value
    // A value that is none of node's own makings was put there by middleware.
    const own = value === all[0] || value === all.join(', ') || value === all.join('; ')
    return own ? all.join(name === 'cookie' ? '; ' : ',') : value
  }

  override set(_name: string, _value: unknown, _params?: HeaderParams): never {
    return refuse()
  }
  override add(_name: string, _value: unknown, _params?: HeaderParams): never {
    return refuse()
  }
  override addHeader(_name: string, _value: unknown, _params?: HeaderParams): never {
    return refuse()
  }
  override setlist(_name: string, _values: Iterable<unknown>): never {
    return refuse()
  }
  override setdefault(_name: string, _value: unknown): never {
    return refuse()
  }
  override setlistdefault(_name: string, _values: Iterable<unknown>): never {
    return refuse()
  }
  override extend(_source: HeadersSource): never {
    return refuse()
  }
  override update(_source: HeadersSource): never {
    return refuse()
  }
  override delete(_name: string): never {
    return refuse()
  }
  override remove(_name: string): never {
    return refuse()
  }
  override pop(_name?: string, _defaultValue?: unknown): never {
    return refuse()
  }
  override popitem(): never {
    return refuse()
  }
  override clear(): never {
    return refuse()
  }
  /** @throws TypeError always, as in Werkzeug; `new Headers(request.headers)` makes a copy. */
  override copy(): never {
    throw new TypeError("cannot create 'EnvironHeaders' copies")
  }
}

function isContentField(name: string): boolean {
  return name === 'content-type' || name === 'content-length'
}

function refuse(): never {
  throw new TypeError("'EnvironHeaders' objects are immutable")
}
