import { BadRequestKeyError } from '../errors/client-errors.ts'
import { type Converter, convert, FAILED } from './convert.ts'
import {
  eachItem,
  hasLists,
  isMany,
  isMapping,
  type MultiItems,
  mappingEntries,
} from './multi-items.ts'
import { dumpOptionsHeader } from './options-header.ts'

/**
 * What headers can be made of: pairs, Web or our Headers, a multi dict, a Map or a plain object.
 */
export type HeadersSource = MultiItems<unknown>

/** Parameters of a header value by name; underscores in names become dashes, null is left out. */
export type HeaderParams = { readonly [key: string]: unknown }

/**
 * Response headers in order (Werkzeug's `Headers`): names ignore case and keep their spelling, a
 * name may occur several times. No value can hold a line end, so none can smuggle in a header.
 */
export class Headers {
  // Name, value, name, value …: the form the response writer needs, and no object per header.
  #flat: string[] = []
  #ascii = true

  constructor(source?: HeadersSource | null) {
    if (source != null) this.extend(source)
  }

  /** Name, value, name, value … in order. A live view: do not keep it across changes. */
  get flat(): readonly string[] {
    return this.#flat
  }

  /** Whether no value that was ever set here holds a character beyond ASCII. */
  get isAscii(): boolean {
    return this.#ascii
  }

  /**
   * The first value of a header.
   *
   * @param defaultValue Returned when it is missing or cannot be converted; null unless given.
   * @param type Converts the value; when it throws or gives `NaN`, the default is returned.
   */
  get(name: string): string | null
  get<D>(name: string, defaultValue: D): string | D
  get<T>(name: string, defaultValue: null | undefined, type: Converter<string, T>): T | null
  get<T, D>(name: string, defaultValue: D, type: Converter<string, T>): T | D
  get(name: string, defaultValue: unknown = null, type?: Converter<string, unknown>): unknown {
    const found = this.lookup(name)
    if (found === undefined) return defaultValue
    if (type === undefined) return found
    const value = convert(found, type)
    return value === FAILED ? defaultValue : value
  }

  /**
   * The first value of a header (Python's `headers[name]`).
   *
   * @throws BadRequestKeyError when it is missing, which is a 400 unless caught.
   */
  getItem(name: string): string {
    const found = this.lookup(name)
    if (found === undefined) throw new BadRequestKeyError(name)
    return found
  }

  /** All values of a header, converted by `type`; those it cannot convert are left out. */
  getlist(name: string): string[]
  getlist<T>(name: string, type: Converter<string, T>): T[]
  getlist(name: string, type?: Converter<string, unknown>): unknown[] {
    const flat = this.flat
    const found: unknown[] = []
    for (let i = indexOf(flat, name, 0); i !== -1; i = indexOf(flat, name, i + 2)) {
      const value = flat[i + 1] as string
      const converted = type === undefined ? value : convert(value, type)
      if (converted !== FAILED) found.push(converted)
    }
    return found
  }

  /** Whether the header is there. */
  has(name: string): boolean {
    return this.lookup(name) !== undefined
  }

  /** The first value of a header or undefined; what all reading of single headers goes through. */
  protected lookup(name: string): string | undefined {
    const i = indexOf(this.#flat, name, 0)
    return i === -1 ? undefined : this.#flat[i + 1]
  }

  /**
   * Sets a header to one value. It keeps the place of the first of that name, the others go.
   *
   * @param params Added as `; key=value` (Werkzeug's keyword arguments).
   * @throws TypeError when the name or value holds a line end or NUL.
   */
  set(name: string, value: unknown, params?: HeaderParams): void {
    const text = this.#text(name, value, params)
    const flat = this.#flat
    const i = indexOf(flat, name, 0)
    if (i === -1) {
      flat.push(name, text)
      return
    }
    flat[i] = name
    flat[i + 1] = text
    this.#remove(name, i + 2)
  }

  /**
   * Adds a header after those that are there.
   *
   * @param params Added as `; key=value`: `add('Content-Disposition', 'attachment', {filename})`.
   * @throws TypeError when the name or value holds a line end or NUL.
   */
  add(name: string, value: unknown, params?: HeaderParams): void {
    this.#flat.push(name, this.#text(name, value, params))
  }

  /** A value as text, when it and the name are fit for a header. */
  #text(name: string, value: unknown, params: HeaderParams | undefined): string {
    let text = typeof value === 'string' ? value : String(value)
    if (params !== undefined) text = withParams(text, params)
    const kind = kindOf(text)
    if (kind === LINE_END) {
      throw new TypeError('Header values must not contain newline characters.')
    }
    if (kindOf(name) === LINE_END) {
      throw new TypeError('Header names must not contain newline characters.')
    }
    if (kind === BEYOND_ASCII) this.#ascii = false
    return text
  }

  /** The same as {@link add}; the name that Python's `wsgiref` has. */
  addHeader(name: string, value: unknown, params?: HeaderParams): void {
    this.add(name, value, params)
  }

  /** Sets a header to several values, one line each; none removes it. */
  setlist(name: string, values: Iterable<unknown>): void {
    let first = true
    for (const value of values) {
      if (first) this.set(name, value)
      else this.add(name, value)
      first = false
    }
    if (first) this.remove(name)
  }

  /** The first value of a header, which is set to `value` when missing. */
  setdefault(name: string, value: unknown): string {
    if (!this.has(name)) this.set(name, value)
    return this.getItem(name)
  }

  /** The values of a header, which is set to `values` when missing. */
  setlistdefault(name: string, values: Iterable<unknown>): string[] {
    if (!this.has(name)) this.setlist(name, values)
    return this.getlist(name)
  }

  /** Adds all headers of a source after those that are there. */
  extend(source: HeadersSource): void {
    if (source instanceof Headers) {
      // Checked when they went in there.
      for (const text of source.flat) this.#flat.push(text)
      if (!source.isAscii) this.#ascii = false
    } else eachItem(source, (name, value) => this.add(name, value))
  }

  /** Sets all headers of a source, in place of those of the same name. */
  update(source: HeadersSource): void {
    if (source instanceof Headers) {
      // Line by line, so that a repeated name ends up in its last spelling and place, as in
      // Werkzeug.
      for (const name of [...source.keys()]) this.setlist(name, source.getlist(name))
    } else if (hasLists(source)) {
      for (const [name, values] of source.lists()) this.setlist(name, values)
    } else if (isMapping(source)) {
      for (const [name, value] of mappingEntries(source)) {
        if (isMany(value)) this.setlist(name, value)
        else this.set(name, value)
      }
    } else {
      for (const [name, value] of source as Iterable<readonly [string, unknown]>) {
        this.set(name, value)
      }
    }
  }

  /** Removes a header; a missing one is no error, as in Werkzeug. */
  delete(name: string): void {
    this.remove(name)
  }

  /** Removes a header, if it is there. */
  remove(name: string): void {
    this.#remove(name, 0)
  }

  #remove(name: string, from: number): void {
    const flat = this.#flat
    let to = indexOf(flat, name, from)
    if (to === -1) return
    const lower = name.toLowerCase()
    for (let i = to + 2; i < flat.length; i += 2) {
      const other = flat[i] as string
      if (sameName(other, name, lower)) continue
      flat[to] = other
      flat[to + 1] = flat[i + 1] as string
      to += 2
    }
    flat.length = to
  }

  /**
   * Removes a header and returns its first value; without a name, removes the last line.
   *
   * @param defaultValue Returned when it is missing.
   * @throws BadRequestKeyError when it is missing and no default is given.
   */
  pop(): [string, string]
  pop(name: string): string
  pop<D>(name: string, defaultValue: D): string | D
  pop(name?: string, ...rest: [defaultValue?: unknown]): unknown {
    if (name === undefined) return this.popitem()
    const found = this.lookup(name)
    if (found !== undefined) {
      this.remove(name)
      return found
    }
    if (rest.length > 0) return rest[0]
    throw new BadRequestKeyError(name)
  }

  /**
   * Removes the last line and returns its name and value.
   *
   * @throws BadRequestKeyError when empty.
   */
  popitem(): [string, string] {
    const value = this.#flat.pop()
    const name = this.#flat.pop()
    if (name === undefined || value === undefined) throw new BadRequestKeyError('pop')
    return [name, value]
  }

  /** Removes everything. */
  clear(): void {
    this.#flat.length = 0
  }

  /** A copy that can be changed on its own. */
  copy(): Headers {
    return new Headers(this)
  }

  /** The name of each line, with `lower` in lower case. */
  *keys(options: { lower?: boolean } = {}): IterableIterator<string> {
    for (const [name] of this.items(options)) yield name
  }

  /** The value of each line. */
  *values(): IterableIterator<string> {
    for (const [, value] of this) yield value
  }

  /** Name and value of each line, with `lower` names in lower case. */
  *items(options: { lower?: boolean } = {}): IterableIterator<[string, string]> {
    const flat = this.flat
    for (let i = 0; i < flat.length; i += 2) {
      const name = flat[i] as string
      yield [options.lower ? name.toLowerCase() : name, flat[i + 1] as string]
    }
  }

  /** The same as {@link items}, under the Web's name. */
  entries(): IterableIterator<[string, string]> {
    return this.items()
  }

  /** Name and value of each line: unlike a dict, as in Werkzeug. */
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.items()
  }

  /** The number of lines. */
  get size(): number {
    return this.flat.length / 2
  }

  /** Name and value pairs (Werkzeug's `to_wsgi_list`). */
  toWsgiList(): [string, string][] {
    return [...this]
  }

  toJSON(): [string, string][] {
    return this.toWsgiList()
  }

  /** The header block as it is sent, with the empty line at its end. */
  toString(): string {
    const lines = Array.from(this, ([name, value]) => `${name}: ${value}`)
    return [...lines, '\r\n'].join('\r\n')
  }
}

function sameName(other: string, name: string, lower: string): boolean {
  return other.length === name.length && (other === name || other.toLowerCase() === lower)
}

/**
 * The position of the next line of that name, or -1. Compares lengths first: few names share one.
 */
function indexOf(flat: readonly string[], name: string, from: number): number {
  const length = name.length
  let lower: string | undefined
  for (let i = from; i < flat.length; i += 2) {
    const other = flat[i] as string
    if (other.length !== length) continue
    if (other === name) return i
    lower ??= name.toLowerCase()
    if (other.toLowerCase() === lower) return i
  }
  return -1
}

function withParams(value: string, params: HeaderParams): string {
  const dashed: Record<string, unknown> = {}
  for (const [key, param] of Object.entries(params)) dashed[key.replaceAll('_', '-')] = param
  return dumpOptionsHeader(value, dashed)
}

const ASCII = 0
const BEYOND_ASCII = 1
/** CR, LF or NUL, with which a header could end early. */
const LINE_END = 2

/** The worst that a text holds. */
function kindOf(text: string): 0 | 1 | 2 {
  let kind: 0 | 1 = ASCII
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || code === 13 || code === 0) return LINE_END
    if (code > 127) kind = BEYOND_ASCII
  }
  return kind
}
