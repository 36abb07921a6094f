import { ValueError } from '../errors/builtins.ts'
import { skipSpace, strip } from './text.ts'

/**
 * The entity tags of an `If-Match` or `If-None-Match` header, without their quotes (Werkzeug's
 * `ETags`).
 */
export class ETags {
  readonly #strong: ReadonlySet<string>
  readonly #weak: ReadonlySet<string>
  /** Whether the header is `*`, which stands for any tag. */
  readonly starTag: boolean

  constructor(
    strongEtags?: Iterable<string> | null,
    weakEtags?: Iterable<string> | null,
    starTag = false,
  ) {
    this.#strong = new Set(starTag ? [] : (strongEtags ?? []))
    this.#weak = new Set(weakEtags ?? [])
    this.starTag = starTag
  }

  /** The strong tags, with `includeWeak` the weak ones too. */
  asSet(includeWeak = false): Set<string> {
    return new Set(includeWeak ? [...this.#strong, ...this.#weak] : this.#strong)
  }

  /** Whether the tag is listed as a weak one. */
  isWeak(etag: string): boolean {
    return this.#weak.has(etag)
  }

  /** Whether the tag is listed as a strong one. */
  isStrong(etag: string): boolean {
    return this.#strong.has(etag)
  }

  /** Whether the tag matches by the weak comparison of RFC 9110 §8.8.3.2. */
  containsWeak(etag: string): boolean {
    return this.isWeak(etag) || this.contains(etag)
  }

  /** Whether the tag matches a strong tag or `*`. */
  contains(etag: string): boolean {
    return this.starTag || this.isStrong(etag)
  }

  /**
   * As {@link contains}, or {@link containsWeak} for a weak tag, with the tag still in its quotes.
   */
  containsRaw(etag: string): boolean {
    const [tag, weak] = unquoteEtag(etag)
    if (tag === null) return false
    return weak ? this.containsWeak(tag) : this.contains(tag)
  }

  /** The same as {@link contains} (Python's `tag in etags`). */
  has(etag: string): boolean {
    return this.contains(etag)
  }

  /** The number of strong tags. */
  get size(): number {
    return this.#strong.size
  }

  /** Whether there is no tag at all; Python's `not etags`. */
  get isEmpty(): boolean {
    return !this.starTag && this.#strong.size === 0 && this.#weak.size === 0
  }

  /** The strong tags. */
  [Symbol.iterator](): IterableIterator<string> {
    return this.#strong.values()
  }

  /** The header's value. */
  toHeader(): string {
    if (this.starTag) return '*'
    const strong = Array.from(this.#strong, (tag) => `"${tag}"`)
    const weak = Array.from(this.#weak, (tag) => `W/"${tag}"`)
    return [...strong, ...weak].join(', ')
  }

  toString(): string {
    return this.toHeader()
  }
}

/**
 * Puts a tag into quotes (Werkzeug's `quote_etag`).
 *
 * @throws ValueError when it holds a quote itself.
 */
export function quoteEtag(etag: string, weak = false): string {
  if (etag.includes('"')) throw new ValueError('invalid etag')
  return weak ? `W/"${etag}"` : `"${etag}"`
}

/** A tag without its quotes, and whether it is weak (Werkzeug's `unquote_etag`); nulls for none. */
export function unquoteEtag(
  etag: string | null | undefined,
): [etag: string, weak: boolean] | [etag: null, weak: null] {
  if (!etag) return [null, null]
  let tag = strip(etag)
  const weak = /^W\//i.test(tag)
  if (weak) tag = tag.slice(2)
  if (tag.startsWith('"') && tag.endsWith('"')) tag = tag.slice(1, -1)
  return [tag, weak]
}

/** Reads a list of tags, quoted or not (Werkzeug's `parse_etags`). Linear in the text. */
export function parseEtags(value: string | null | undefined): ETags {
  if (!value) return new ETags()
  const strong: string[] = []
  const weak: string[] = []
  // The next quote that ends a tag. Kept across tags, so that no part of the text is read twice.
  let close = { at: -1, next: 0 }
  for (let at = 0; at < value.length; ) {
    const isWeak = /^W\//i.test(value.slice(at, at + 2))
    const start = isWeak ? at + 2 : at
    let tag: string
    if (value.charAt(start) === '"') {
      if (close.at < start + 1) close = nextClosingQuote(value, start + 1)
      if (close.at < value.length) {
        ;(isWeak ? weak : strong).push(value.slice(start + 1, close.at))
        at = close.next
        continue
      }
    }
    ;[tag, at] = rawTag(value, start)
    if (tag === '*') return new ETags(null, null, true)
    ;(isWeak ? weak : strong).push(tag)
  }
  return new ETags(strong, weak)
}

/**
 * The first quote from a position that a comma or the end follows, and where the next tag begins.
 */
function nextClosingQuote(text: string, from: number): { at: number; next: number } {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    const after = skipSpace(text, at + 1)
    if (at + 1 === text.length) return { at, next: text.length }
    if (text.charAt(after) === ',') return { at, next: skipSpace(text, after + 1) }
  }
  return { at: Number.POSITIVE_INFINITY, next: 0 }
}

/** An unquoted tag, up to the comma with the space around it. */
function rawTag(text: string, start: number): [tag: string, next: number] {
  const comma = text.indexOf(',', start)
  if (comma === -1) return [text.slice(start), text.length]
  return [rstrip(text.slice(start, comma)), skipSpace(text, comma + 1)]
}

function rstrip(text: string): string {
  let end = text.length
  while (end > 0 && skipSpace(text, end - 1) !== end - 1) end--
  return text.slice(0, end)
}
