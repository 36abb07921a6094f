import { urlEncode, urlQuote } from '../http/urls.ts'
import { PATH_SAFE, ValidationError } from './converters.ts'
import type { TraceStep } from './parse-rule.ts'
import { pyStr } from './python-text.ts'
import type { Converter, RuleMap, RuleValues } from './types.ts'

/** A value that holds several for each key, such as a `MultiDict`. */
export interface MultiValues {
  lists(): Iterable<readonly [string, readonly unknown[]]>
}

/** Values to build a URL from, or query arguments: a record or a `MultiDict`. */
export type UrlValues = Readonly<Record<string, unknown>> | MultiValues

/** What a builder is made of. */
export interface BuilderOptions {
  readonly map: RuleMap
  readonly domain: readonly TraceStep[]
  readonly path: readonly TraceStep[]
  readonly converters: ReadonlyMap<string, Converter>
  readonly defaults: Readonly<RuleValues> | null
}

/** A built URL: host or subdomain, and the path with its query. */
export type BuiltUrl = readonly [domain: string, path: string]

type Piece = string | { readonly name: string; readonly converter: Converter }

/** Assembles the URLs of one rule (Werkzeug's `Rule._compile_builder`). */
export class RuleBuilder {
  readonly #map: RuleMap
  readonly #domain: readonly Piece[]
  readonly #path: readonly Piece[]
  readonly #known: ReadonlySet<string>

  /** Variables that have a default become literal text right away, and may throw what `toUrl` does. */
  constructor(options: BuilderOptions) {
    this.#map = options.map
    this.#domain = compilePieces(options.domain, options)
    this.#path = compilePieces(options.path, options)
    this.#known = new Set([...options.converters.keys(), ...Object.keys(options.defaults ?? {})])
  }

  /** The URL, or null when a converter says that this rule cannot express a value. */
  build(values: Readonly<RuleValues>, appendUnknown: boolean): BuiltUrl | null {
    try {
      const query = appendUnknown ? this.#query(values) : ''
      return [join(this.#domain, values), join(this.#path, values) + query]
    } catch (error) {
      if (error instanceof ValidationError) return null
      throw error
    }
  }

  #query(values: Readonly<RuleValues>): string {
    let items: [string, unknown][] | undefined
    for (const key of Object.keys(values)) {
      if (this.#known.has(key)) continue
      items ??= []
      pushItems(items, key, values[key])
    }
    if (items === undefined) return ''
    if (this.#map.sortParameters) sortItems(items, this.#map)
    const text = encodeItems(items)
    return text === '' ? '' : `?${text}`
  }
}

function compilePieces(
  steps: readonly TraceStep[],
  { converters, defaults }: BuilderOptions,
): Piece[] {
  const pieces: Piece[] = []
  let text = ''
  for (const { dynamic, data } of steps) {
    const converter = dynamic ? converters.get(data) : undefined
    if (converter === undefined) text += urlQuote(data, PATH_SAFE)
    else if (defaults !== null && Object.hasOwn(defaults, data)) {
      text += converter.toUrl(defaults[data])
    } else {
      if (text !== '') pieces.push(text)
      text = ''
      pieces.push({ name: data, converter })
    }
  }
  if (text !== '') pieces.push(text)
  return pieces
}

function join(pieces: readonly Piece[], values: Readonly<RuleValues>): string {
  let out = ''
  for (const piece of pieces) {
    out += typeof piece === 'string' ? piece : piece.converter.toUrl(values[piece.name])
  }
  return out
}

function pushItems(items: [string, unknown][], key: string, value: unknown): void {
  if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) items.push([key, item])
  } else items.push([key, value])
}

function sortItems(items: [string, unknown][], { sortKey }: RuleMap): void {
  items.sort((a, b) =>
    sortKey === null
      ? order(a[0], b[0]) || order(comparable(a[1]), comparable(b[1]))
      : order(sortKey(a), sortKey(b)),
  )
}

function comparable(value: unknown): string | number {
  return typeof value === 'number' ? value : pyStr(value)
}

function order(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function encodeItems(items: readonly (readonly [string, unknown])[]): string {
  const pairs: [string, string][] = []
  for (const [key, value] of items) {
    if (value !== null && value !== undefined) pairs.push([key, pyStr(value)])
  }
  return urlEncode(pairs)
}

/** Whether values come as a `MultiDict`. */
export function isMultiValues(values: UrlValues): values is MultiValues {
  return typeof values.lists === 'function'
}

/** Query arguments as the text of a query string; lists give one pair an item (`_urlencode`). */
export function encodeQuery(query: UrlValues | string): string {
  if (typeof query === 'string') return query
  const items: [string, unknown][] = []
  if (isMultiValues(query)) {
    for (const [key, list] of query.lists()) for (const item of list) items.push([key, item])
  } else {
    for (const key of Object.keys(query)) pushItems(items, key, query[key])
  }
  return encodeItems(items)
}
