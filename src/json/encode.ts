import { ValueError } from '../errors/builtins.ts'
import { Float } from './float.ts'

/** How {@link encodeJson} writes: the keyword arguments of Python's `json.dumps`. */
export interface EncodeOptions {
  /** Escape all but printable ASCII (`ensure_ascii`); default true. */
  readonly ensureAscii?: boolean
  /** Order keys by code point (`sort_keys`); default false. */
  readonly sortKeys?: boolean
  /** Item and key separators; default `[', ', ': ']`, or `[',', ': ']` when indenting. */
  readonly separators?: readonly [item: string, key: string] | null
  /** Spaces (or the text) per level of nesting; null, the default, writes one line. */
  readonly indent?: number | string | null
  /** Gets every value that JSON has no form for, and returns one that it has. */
  readonly default?: (value: unknown) => unknown
}

interface Style {
  readonly ascii: boolean
  readonly sort: boolean
  readonly item: string
  readonly colon: string
  readonly indent: string | null
  readonly fallback: (value: unknown) => unknown
}

/** Python's default limit of recursion, where its encoder gives up as well. */
const MAX_DEPTH = 1000

// Up to here an insertion sort is the fastest; it must not be used for what a client can make long.
const MANY_KEYS = 32

// Characters that Python writes as they are, with `ensure_ascii`.
const NEEDS_ESCAPE = /[^ !#-[\]-~]/
const NOT_ASCII = /[\x7f-\uffff]/g
// From here on, the order of UTF-16 units and that of code points may differ.
const ABOVE_SURROGATES = /[\ud800-\uffff]/

const escapeUnit = (unit: string): string =>
  `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

function quote(text: string, ascii: boolean): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`
  const quoted = JSON.stringify(text)
  return ascii ? quoted.replace(NOT_ASCII, escapeUnit) : quoted
}

/**
 * The text of a number as Python writes it: integers in full, `1e-05`, `NaN`, `Infinity`. Negative
 * zero can only be a float, so it is `-0.0`.
 */
export function numberText(value: number): string {
  if (Number.isInteger(value)) return value === 0 && Object.is(value, -0) ? '-0.0' : `${value}`
  if (value < 1e-4 && value > -1e-4) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  return `${value}`
}

/** Python's name for the type of a value, as its error messages give it. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType'
  if (typeof value !== 'object') return typeof value
  if (value instanceof Set) return 'set'
  if (value instanceof Map) return 'dict'
  if (value instanceof Uint8Array) return 'bytes'
  return value.constructor?.name || 'object'
}

/** Whether a value is a plain object, of this realm or of another one (as under Jest). */
export function isPlainObject(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    prototype === Object.prototype ||
    prototype === null ||
    Object.getPrototypeOf(prototype) === null
  )
}

/** What Python's `json` does, without a `default`, with a value that JSON has no form for. */
function refuse(value: unknown): never {
  throw new TypeError(`Object of type ${typeName(value)} is not JSON serializable`)
}

/**
 * Writes a value as Python's `json.dumps` does, byte for byte: separators, escapes, key order and
 * the forms of numbers. Members whose value is `undefined` are left out, as JavaScript does.
 *
 * @param value Primitives, bigints, arrays, plain objects and Maps; the rest goes to `default`.
 * @throws {TypeError} for values without a JSON form.
 * @throws {ValueError} for circular ones.
 * @throws {RangeError} for more than 1000 levels of nesting, where Python gives up as well.
 */
export function encodeJson(value: unknown, options: EncodeOptions = {}): string {
  const { indent = null, separators = null } = options
  const style: Style = {
    ascii: options.ensureAscii ?? true,
    sort: options.sortKeys ?? false,
    item: separators?.[0] ?? (indent === null ? ', ' : ','),
    colon: separators?.[1] ?? ': ',
    indent: typeof indent === 'number' ? ' '.repeat(Math.max(indent, 0)) : indent,
    fallback: options.default ?? refuse,
  }
  try {
    return encode(value, style, 0)
  } catch (error) {
    if (error !== TOO_DEEP) throw error
    if (isCircular(value, new Set(), new Set())) throw new ValueError('Circular reference detected')
    throw new RangeError(TOO_DEEP.message)
  }
}

function encode(value: unknown, style: Style, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quote(value, style.ascii)
    case 'number':
      return numberText(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      return 'null'
    case 'bigint':
      return `${value}`
    case 'object':
      if (value === null) return 'null'
      if (depth > MAX_DEPTH) throw TOO_DEEP
      if (Array.isArray(value)) return encodeArray(value, style, depth)
      if (isPlainObject(value)) return encodeObject(value, style, depth)
      if (value instanceof Map) return encodeMap(value, style, depth)
      if (value instanceof Float) return value.toString()
  }
  if (depth > MAX_DEPTH) throw TOO_DEEP
  return encode(style.fallback(value), style, depth + 1)
}

/** Opens a container: what stands before the first item, between two, and after the last. */
function brackets(style: Style, depth: number): readonly [string, string, string] {
  if (style.indent === null) return ['', style.item, '']
  const inner = `\n${style.indent.repeat(depth + 1)}`
  return [inner, style.item + inner, `\n${style.indent.repeat(depth)}`]
}

function encodeArray(items: readonly unknown[], style: Style, depth: number): string {
  const { length } = items
  if (length === 0) return '[]'
  const [open, between, close] = brackets(style, depth)
  let out = `[${open}${encode(items[0], style, depth + 1)}`
  for (let i = 1; i < length; i++) out += between + encode(items[i], style, depth + 1)
  return `${out}${close}]`
}

function encodeObject(value: Record<string, unknown>, style: Style, depth: number): string {
  const keys = Object.keys(value)
  if (style.sort && keys.length > 1)
    keys.length > MANY_KEYS ? keys.sort(byCodePoint) : sortKeys(keys)
  const [open, between, close] = brackets(style, depth)
  let out = '{'
  let separator = open
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    const item = value[key]
    if (item === undefined) continue
    out += separator + quote(key, style.ascii) + style.colon + encode(item, style, depth + 1)
    separator = between
  }
  return out === '{' ? '{}' : `${out}${close}}`
}

function encodeMap(value: ReadonlyMap<unknown, unknown>, style: Style, depth: number): string {
  const entries = [...value].filter(([, item]) => item !== undefined)
  if (entries.length === 0) return '{}'
  if (style.sort) sortEntries(entries)
  const [open, between, close] = brackets(style, depth)
  const members = entries.map(
    ([key, item]) =>
      quote(keyText(key), style.ascii) + style.colon + encode(item, style, depth + 1),
  )
  return `{${open}${members.join(between)}${close}}`
}

// Python turns these keys into text and refuses all others.
function keyText(key: unknown): string {
  if (typeof key === 'string') return key
  if (typeof key === 'number') return numberText(key)
  if (typeof key === 'boolean' || typeof key === 'bigint') return String(key)
  if (key === null || key === undefined) return 'null'
  throw new TypeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
}

function sortKeys(keys: string[]): void {
  let hasHigh = false
  // Objects have few members, mostly in order already: inserting beats a general sort.
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    hasHigh ||= ABOVE_SURROGATES.test(key)
    let at = i
    for (; at > 0 && (keys[at - 1] as string) > key; at--) keys[at] = keys[at - 1] as string
    keys[at] = key
  }
  if (hasHigh) keys.sort(byCodePoint)
}

// Python sorts before it turns keys into text, and cannot order numbers among strings.
function sortEntries(entries: [unknown, unknown][]): void {
  if (entries.every(([key]) => typeof key === 'string')) {
    entries.sort(([a], [b]) => byCodePoint(a as string, b as string))
  } else if (entries.every(([key]) => typeof key !== 'string' && key != null)) {
    entries.sort(([a], [b]) => Number(a) - Number(b))
  } else if (entries.length > 1) {
    throw new TypeError('Keys of different types cannot be sorted; use strings only')
  }
}

/** Orders two texts by code points, as Python does. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return rank(a, i) - rank(b, i)
  }
  return a.length - b.length
}

// Half of a pair stands for a code point above all single units.
function rank(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  const isHighOfPair = (text.codePointAt(at) ?? 0) > 0xffff
  const isLowOfPair = at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff
  return isHighOfPair || isLowOfPair ? unit + 0x10000 : unit
}

/** Thrown at the depth where Python's encoder gives up; {@link encodeJson} says why. */
const TOO_DEEP = new RangeError('maximum recursion depth exceeded while encoding a JSON object')

function isCircular(value: unknown, path: Set<unknown>, done: Set<unknown>): boolean {
  if (typeof value !== 'object' || value === null || done.has(value)) return false
  if (path.has(value)) return true
  if (path.size > MAX_DEPTH) return false
  path.add(value)
  const items: Iterable<unknown> = value instanceof Map ? value.values() : Object.values(value)
  for (const item of items) if (isCircular(item, path, done)) return true
  path.delete(value)
  done.add(value)
  return false
}
