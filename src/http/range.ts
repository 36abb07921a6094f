import { AssertionError, ValueError } from '../errors/builtins.ts'
import { httpDate, parseDate } from './dates.ts'
import { quoteEtag, unquoteEtag } from './etag.ts'
import { parsePlainInt, strip } from './text.ts'

/** One range: its first byte (negative counts from the end) and the one after its last, or null. */
export type RangeItem = readonly [begin: number, end: number | null]

/** Whether a range fits a length; nulls mean unknown (Werkzeug's `is_byte_range_valid`). */
export function isByteRangeValid(
  start: number | null,
  stop: number | null,
  length: number | null,
): boolean {
  if (start === null || stop === null) {
    return start === null && stop === null && (length === null || length >= 0)
  }
  if (start < 0 || start >= stop) return false
  return length === null || start < length
}

/** A `Range` header (Werkzeug's `Range`). Its methods answer for a single range of bytes. */
export class Range {
  /** The unit in lower case, usually `bytes`. */
  readonly units: string
  /** The ranges, ends exclusive. */
  readonly ranges: readonly RangeItem[]

  /** @throws ValueError when a range ends before it begins. */
  constructor(units: string, ranges: readonly RangeItem[]) {
    this.units = units
    this.ranges = ranges
    for (const [begin, end] of ranges) {
      if (end !== null && (begin < 0 || begin >= end)) {
        throw new ValueError(`(${begin}, ${end}) is not a valid range.`)
      }
    }
  }

  /**
   * The bytes to send of a body of that length, end exclusive; null when there is more than one
   * range, the unit is not bytes or the range cannot be met.
   */
  rangeForLength(length: number | null): [start: number, stop: number] | null {
    const only = this.ranges[0]
    if (this.units !== 'bytes' || length === null || only === undefined) return null
    if (this.ranges.length !== 1) return null
    let [start, end] = only
    if (end === null) {
      end = length
      if (start < 0) start += length
    }
    return isByteRangeValid(start, end, length) ? [start, Math.min(end, length)] : null
  }

  /** The `Content-Range` that answers this range for a body of that length, or null. */
  makeContentRange(length: number | null): ContentRange | null {
    const range = this.rangeForLength(length)
    return range && new ContentRange(this.units, range[0], range[1], length)
  }

  /** The text of {@link makeContentRange}, or null. */
  toContentRangeHeader(length: number | null): string | null {
    return this.makeContentRange(length)?.toHeader() ?? null
  }

  /** The header's value. */
  toHeader(): string {
    const ranges = this.ranges.map(([begin, end]) =>
      end !== null ? `${begin}-${end - 1}` : begin >= 0 ? `${begin}-` : String(begin),
    )
    return `${this.units}=${ranges.join(',')}`
  }

  toString(): string {
    return this.toHeader()
  }
}

/** A `Content-Range` header (Werkzeug's `ContentRange`). */
export class ContentRange {
  #units: string | null = null
  #start: number | null = null
  #stop: number | null = null
  #length: number | null = null
  /** Called with the range after each change; a response uses it to rewrite its header. */
  onUpdate: ((range: ContentRange) => void) | null

  /** @throws AssertionError when the range does not fit the length. */
  constructor(
    units: string | null,
    start: number | null,
    stop: number | null,
    length: number | null = null,
    onUpdate: ((range: ContentRange) => void) | null = null,
  ) {
    this.onUpdate = onUpdate
    this.set(start, stop, length, units)
  }

  /** The unit, or null when the header is not sent. */
  get units(): string | null {
    return this.#units
  }
  set units(value: string | null) {
    this.#units = value
    this.onUpdate?.(this)
  }

  /** The first byte, or null. */
  get start(): number | null {
    return this.#start
  }
  set start(value: number | null) {
    this.#start = value
    this.onUpdate?.(this)
  }

  /** The byte after the last, or null. */
  get stop(): number | null {
    return this.#stop
  }
  set stop(value: number | null) {
    this.#stop = value
    this.onUpdate?.(this)
  }

  /** The length of the whole, or null when unknown. */
  get length(): number | null {
    return this.#length
  }
  set length(value: number | null) {
    this.#length = value
    this.onUpdate?.(this)
  }

  /** Changes all parts at once. @throws AssertionError when the range does not fit the length. */
  set(
    start: number | null,
    stop: number | null,
    length: number | null = null,
    units: string | null = 'bytes',
  ): void {
    if (!isByteRangeValid(start, stop, length)) throw new AssertionError('Bad range provided')
    this.#units = units
    this.#start = start
    this.#stop = stop
    this.#length = length
    this.onUpdate?.(this)
  }

  /** Takes the header back. */
  unset(): void {
    this.set(null, null, null, null)
  }

  /** Whether the header is to be sent; Python's `bool(content_range)`. */
  get isSet(): boolean {
    return this.#units !== null
  }

  /** The header's value; empty when it is unset. */
  toHeader(): string {
    if (this.#units === null) return ''
    const length = this.#length ?? '*'
    if (this.#start === null || this.#stop === null) return `${this.#units} */${length}`
    return `${this.#units} ${this.#start}-${this.#stop - 1}/${length}`
  }

  toString(): string {
    return this.toHeader()
  }
}

/** An `If-Range` header: a tag, a date, or neither (Werkzeug's `IfRange`). */
export class IfRange {
  /** The tag without quotes; ranges go by strong tags, so weakness is not kept. */
  readonly etag: string | null
  readonly date: Date | null

  constructor(etag: string | null = null, date: Date | null = null) {
    this.etag = etag
    this.date = date
  }

  /** The header's value; empty when there is neither. */
  toHeader(): string {
    if (this.date !== null) return httpDate(this.date)
    return this.etag === null ? '' : quoteEtag(this.etag)
  }

  toString(): string {
    return this.toHeader()
  }
}

/**
 * Reads a `Range` header (Werkzeug's `parse_range_header`). Ranges must ascend and not overlap,
 * which makes a list of thousands harmless.
 *
 * @returns The range, or null when the header is missing or malformed and so to be ignored.
 */
export function parseRangeHeader(value: string | null | undefined): Range | null {
  const equals = value?.indexOf('=') ?? -1
  if (value == null || equals === -1) return null
  const ranges: RangeItem[] = []
  let lastEnd = 0
  for (const part of value.slice(equals + 1).split(',')) {
    const item = strip(part)
    const dash = item.indexOf('-')
    // Nothing may follow an open range.
    if (dash === -1 || lastEnd < 0) return null
    const begin = parsePosition(dash === 0 ? item : item.slice(0, dash))
    if (begin === null) return null
    let end: number | null = null
    if (dash > 0) {
      const last = strip(item.slice(dash + 1))
      if (begin < lastEnd) return null
      if (last !== '') {
        const lastByte = parsePosition(last)
        if (lastByte === null || begin > lastByte) return null
        end = lastByte + 1
      }
    }
    lastEnd = end ?? -1
    ranges.push([begin, end])
  }
  return new Range(strip(value.slice(0, equals)).toLowerCase(), ranges)
}

const MAX_POSITION = Number.MAX_SAFE_INTEGER - 1

/** A position that one can still be added to: no body reaches further, and the sum stays exact. */
function parsePosition(text: string): number | null {
  const position = parsePlainInt(text)
  return position === null ? null : Math.max(-MAX_POSITION, Math.min(position, MAX_POSITION))
}

/**
 * Reads a `Content-Range` header (Werkzeug's `parse_content_range_header`); null when malformed.
 */
export function parseContentRangeHeader(
  value: string | null | undefined,
  onUpdate: ((range: ContentRange) => void) | null = null,
): ContentRange | null {
  const match = /^(\S+)\s+([^/]*)\/([\s\S]*)$/.exec(strip(value ?? ''))
  if (match === null) return null
  const [, units = '', range = '', total = ''] = match
  const length = total === '*' ? null : parsePlainInt(total)
  if (length === null && total !== '*') return null

  let start: number | null = null
  let stop: number | null = null
  if (range !== '*') {
    const dash = range.indexOf('-')
    start = dash === -1 ? null : parsePlainInt(range.slice(0, dash))
    const last = dash === -1 ? null : parsePlainInt(range.slice(dash + 1))
    if (start === null || last === null) return null
    stop = last + 1
  }
  if (!isByteRangeValid(start, stop, length)) return null
  return new ContentRange(units, start, stop, length, onUpdate)
}

/** Reads an `If-Range` header (Werkzeug's `parse_if_range_header`). */
export function parseIfRangeHeader(value: string | null | undefined): IfRange {
  if (!value) return new IfRange()
  const date = parseDate(value)
  return date === null ? new IfRange(unquoteEtag(value)[0]) : new IfRange(null, date)
}
