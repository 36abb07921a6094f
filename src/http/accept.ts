import { ValueError } from '../errors/builtins.ts'
import { normalizeCharset } from './charsets.ts'
import { dumpOptionsHeader, parseListHeader, parseOptionsHeader } from './options-header.ts'
import { strip } from './text.ts'

/** One entry of an `Accept` header: its value, and its quality from 0 to 1. */
export type AcceptItem = readonly [value: string, quality: number]

/**
 * What a client accepts, most specific first, then by quality (RFC 9110 §12.5, Werkzeug's
 * `Accept`). This class serves `Accept-Encoding`; its subclasses know the matching rules of the
 * other headers.
 */
export class Accept {
  readonly #items: readonly AcceptItem[]
  /** Whether the header was there at all. */
  readonly provided: boolean

  /** @param values Entries in any order; null when the header is missing. */
  constructor(values: Iterable<AcceptItem> | null = []) {
    this.provided = values instanceof Accept ? values.provided : values !== null
    this.#items =
      values instanceof Accept
        ? [...values]
        : [...(values ?? [])].sort(
            (a, b) =>
              compareSpecificity(this.specificity(b[0]), this.specificity(a[0])) || b[1] - a[1],
          )
  }

  /** Which parts of an entry are no wildcard; compared from left to right. */
  protected specificity(value: string): readonly boolean[] {
    return [value !== '*']
  }

  /** Whether a value of the server is meant by an entry of the client. */
  protected matches(value: string, item: string): boolean {
    return item === '*' || item.toLowerCase() === value.toLowerCase()
  }

  #entry(value: string): AcceptItem | undefined {
    return this.#items.find(([item]) => this.matches(value, item))
  }

  /** The quality of a value, 0 when the client does not list it. */
  quality(value: string): number {
    return this.#entry(value)?.[1] ?? 0
  }

  /** Whether the client lists a value, be it with quality 0. */
  has(value: string): boolean {
    return this.#entry(value) !== undefined
  }

  /** The entry at a position, or undefined. */
  at(index: number): AcceptItem | undefined {
    return this.#items.at(index)
  }

  /** The position of the entry for a value, or -1. */
  find(value: string): number {
    return this.#items.findIndex(([item]) => this.matches(value, item))
  }

  /** The position of the entry for a value. @throws ValueError when there is none. */
  index(value: string): number {
    const index = this.find(value)
    if (index === -1) throw new ValueError(value)
    return index
  }

  /**
   * The value that suits the client best: highest quality, then most specific, then first in the
   * list.
   *
   * @param choices What the server can give.
   * @param defaultValue Returned when none is accepted; null unless given.
   */
  bestMatch(choices: Iterable<string>): string | null
  bestMatch<D>(choices: Iterable<string>, defaultValue: D): string | D
  bestMatch(choices: Iterable<string>, defaultValue: unknown = null): unknown {
    let best = defaultValue
    let bestQuality = -1
    let bestSpecificity: readonly boolean[] | null = null
    for (const choice of choices) {
      const entry = this.#entry(choice)
      if (entry === undefined) continue
      const [item, quality] = entry
      if (quality <= 0 || quality < bestQuality) continue
      const specificity = this.specificity(item)
      if (
        quality > bestQuality ||
        bestSpecificity === null ||
        compareSpecificity(specificity, bestSpecificity) > 0
      ) {
        best = choice
        bestQuality = quality
        bestSpecificity = specificity
      }
    }
    return best
  }

  /** The client's first choice, or null. */
  get best(): string | null {
    return this.#items[0]?.[0] ?? null
  }

  /** The values of all entries. */
  *values(): IterableIterator<string> {
    for (const [value] of this.#items) yield value
  }

  /** The number of entries. */
  get size(): number {
    return this.#items.length
  }

  /** The entries. */
  [Symbol.iterator](): IterableIterator<AcceptItem> {
    return this.#items.values()
  }

  /** The header's value, in order of preference. */
  toHeader(): string {
    return this.#items
      .map(([value, quality]) => (quality === 1 ? value : `${value};q=${decimal(quality)}`))
      .join(',')
  }

  toString(): string {
    return this.toHeader()
  }

  toJSON(): readonly AcceptItem[] {
    return this.#items
  }
}

/** Compares as Python compares tuples: by the first difference, else the longer one is greater. */
function compareSpecificity(a: readonly boolean[], b: readonly boolean[]): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i] ? 1 : -1
  return a.length - b.length
}

function decimal(quality: number): string {
  return Number.isInteger(quality) ? `${quality}.0` : String(quality)
}

const MIME_PARTS = /\/|\s*;\s*/

/** `Accept`: matches types, subtypes, wildcards and parameters (Werkzeug's `MIMEAccept`). */
export class MIMEAccept extends Accept {
  protected override specificity(value: string): readonly boolean[] {
    return value.split(MIME_PARTS).map((part) => part !== '*')
  }

  /** @throws ValueError when the server's own value is no media type. */
  protected override matches(value: string, item: string): boolean {
    // The client's mistake cannot match; the server's is a mistake in the program.
    if (!item.includes('/')) return false
    const [type, subtype, ...params] = value.toLowerCase().split(MIME_PARTS)
    if (!value.includes('/') || (type === '*' && subtype !== '*')) {
      throw new ValueError(`invalid mimetype '${value}'`)
    }
    const [itemType, itemSubtype, ...itemParams] = item.toLowerCase().split(MIME_PARTS)
    if (itemType === '*') return itemSubtype === '*'
    if (type === '*') return true
    if (itemType !== type) return false
    if (itemSubtype === '*' || subtype === '*') return true
    return itemSubtype === subtype && sorted(itemParams) === sorted(params)
  }

  /** Whether HTML is accepted. */
  get acceptHtml(): boolean {
    return this.has('text/html') || this.acceptXhtml
  }

  /** Whether XHTML is accepted. */
  get acceptXhtml(): boolean {
    return this.has('application/xhtml+xml') || this.has('application/xml')
  }

  /** Whether JSON is accepted. */
  get acceptJson(): boolean {
    return this.has('application/json')
  }
}

function sorted(params: readonly string[]): string {
  return [...params].sort().join(';')
}

const SUBTAG = /[_-]/

/** `Accept-Language`: `en_US` is `en-US`, and a language stands in for its regions. */
export class LanguageAccept extends Accept {
  protected override matches(value: string, item: string): boolean {
    return item === '*' || normalizeTag(value) === normalizeTag(item)
  }

  /**
   * As {@link Accept.bestMatch}. When nothing matches exactly, the client's `en-US` accepts `en`,
   * and failing that its `en` accepts `en-US`.
   */
  override bestMatch(choices: Iterable<string>): string | null
  override bestMatch<D>(choices: Iterable<string>, defaultValue: D): string | D
  override bestMatch(choices: Iterable<string>, defaultValue: unknown = null): unknown {
    const list = [...choices]
    const exact = super.bestMatch(list)
    if (exact !== null) return exact

    const primary = new Accept(
      Array.from(this, ([value, quality]): AcceptItem => [primaryTag(value), quality]),
    )
    const broader = primary.bestMatch(list)
    if (broader !== null) return broader

    const narrower = super.bestMatch(list.map(primaryTag))
    if (narrower === null) return defaultValue
    return list.find((choice) => choice.startsWith(narrower)) ?? defaultValue
  }
}

function normalizeTag(tag: string): string {
  return tag.toLowerCase().replaceAll('_', '-')
}

function primaryTag(tag: string): string {
  return tag.split(SUBTAG, 1)[0] ?? tag
}

/** `Accept-Charset`: `latin1` is `ISO-8859-1`. */
export class CharsetAccept extends Accept {
  protected override matches(value: string, item: string): boolean {
    return item === '*' || normalizeCharset(value) === normalizeCharset(item)
  }
}

const QUALITY = /^-?\d+(?:\.\d+)?$/

/**
 * Reads an `Accept` header or one of its siblings (Werkzeug's `parse_accept_header`). Entries with
 * an invalid quality are skipped.
 *
 * @param cls The class for the header; {@link Accept} unless told.
 */
export function parseAcceptHeader(value: string | null | undefined): Accept
export function parseAcceptHeader<T extends Accept>(
  value: string | null | undefined,
  cls: new (values: Iterable<AcceptItem> | null) => T,
): T
export function parseAcceptHeader(
  value: string | null | undefined,
  cls: new (values: Iterable<AcceptItem> | null) => Accept = Accept,
): Accept {
  if (!value) return new cls(null)
  const items: AcceptItem[] = []
  for (const entry of parseListHeader(value)) {
    let [item, options] = parseOptionsHeader(entry)
    let quality = 1
    if (options.q !== undefined) {
      const text = strip(options.q)
      quality = QUALITY.test(text) ? Number(text) : -1
      if (quality < 0 || quality > 1) continue
      delete options.q
    }
    for (const _ in options) {
      item = dumpOptionsHeader(item, options)
      break
    }
    items.push([item, quality])
  }
  return new cls(items)
}
