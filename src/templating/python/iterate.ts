import { ValueError } from '../../errors/builtins.ts'
import { Markup } from '../../http/markup.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'
import { Dict, Float, isPlainObject, Range } from './values.ts'

/** Python's `bool()`: empty texts and collections, zero, None and undefined values are false. */
export function truth(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      return value !== ''
    case 'number':
      return value !== 0
    case 'bigint':
      return value !== 0n
    case 'undefined':
      return false
    case 'object':
      return value !== null && objectTruth(value)
    default:
      return true
  }
}

function objectTruth(value: object): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Markup) return value.length > 0
  if (value instanceof Undefined) {
    value.touch()
    return false
  }
  if (value instanceof Float) return value.value !== 0
  if (isPlainObject(value)) {
    for (const _key in value) return true
    return false
  }
  if (ArrayBuffer.isView(value)) return value.byteLength > 0
  const collection = value as { size?: unknown; [Symbol.iterator]?: unknown }
  return !(collection.size === 0 && typeof collection[Symbol.iterator] === 'function')
}

const SURROGATE = /[\ud800-\udfff]/

/** The characters of a text as Python counts them: code points. */
export function codePoints(text: string): readonly string[] {
  return SURROGATE.test(text) ? Array.from(text) : text.split('')
}

/** The length of a text in code points. */
export function textLength(text: string): number {
  return SURROGATE.test(text) ? Array.from(text).length : text.length
}

/** Python's `len()`, or -1 for what has none. */
export function lengthOrNone(value: unknown): number {
  if (typeof value === 'string') return textLength(value)
  if (typeof value !== 'object' || value === null) return -1
  if (Array.isArray(value)) return value.length
  if (value instanceof Markup) return textLength(value.toString())
  if (value instanceof Undefined) {
    value.touch()
    return 0
  }
  if (value instanceof Float) return -1
  if (isPlainObject(value)) return Object.keys(value).length
  const sized = value as { size?: unknown; length?: unknown }
  if (typeof sized.size === 'number') return sized.size
  return typeof sized.length === 'number' ? sized.length : -1
}

/** Python's `len()`. Throws TypeError for what has none. */
export function len(value: unknown): number {
  const length = lengthOrNone(value)
  if (length === -1) throw new TypeError(`object of type '${typeName(value)}' has no len()`)
  return length
}

/** Whether Python would iterate over the value. */
export function isIterable(value: unknown): boolean {
  if (typeof value === 'string') return true
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  if (value instanceof Markup || value instanceof Undefined) return true
  if (typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function') return true
  return typeof value === 'object' && !(value instanceof Float) && isPlainObject(value)
}

/** Python's `iter()`: a dict gives its keys, a text its characters. Throws TypeError. */
export function iterate(value: unknown): Iterable<unknown> {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return codePoints(value)
  if ((typeof value === 'object' || typeof value === 'function') && value !== null) {
    if (value instanceof Map) return value.keys()
    if (value instanceof Markup) return codePoints(value.toString())
    if (value instanceof Undefined) {
      value.touch()
      return []
    }
    if (typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function') {
      return value as Iterable<unknown>
    }
    if (typeof value === 'object' && !(value instanceof Float) && isPlainObject(value)) {
      return Object.keys(value)
    }
  }
  throw new TypeError(`'${typeName(value)}' object is not iterable`)
}

/** The items as an array of one's own (Python's `list()`). */
export function toList(value: unknown): unknown[] {
  return Array.from(iterate(value))
}

interface MappingLike {
  keys(): Iterable<unknown>
  get(key: unknown): unknown
  items?: () => Iterable<readonly [unknown, unknown]>
  entries?: () => Iterable<readonly [unknown, unknown]>
}

function isMappingLike(value: object): value is MappingLike {
  const { keys, get } = value as { keys?: unknown; get?: unknown }
  return typeof keys === 'function' && typeof get === 'function'
}

/** Whether the value is a dict to a template: a plain object, a Map, or an object with keys and get. */
export function isMapping(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  if (value instanceof Float || value instanceof Set) return false
  return value instanceof Dict || isPlainObject(value) || isMappingLike(value)
}

/** The pairs of a mapping, or null for what is none. */
export function entriesOf(value: unknown): Iterable<readonly [unknown, unknown]> | null {
  if (!isMapping(value)) return null
  if (value instanceof Dict || value instanceof Map) return value.entries()
  if (isPlainObject(value)) return Object.entries(value)
  const mapping = value as MappingLike
  if (typeof mapping.items === 'function') return mapping.items()
  if (typeof mapping.entries === 'function') return mapping.entries()
  return Array.from(mapping.keys(), (key) => [key, mapping.get(key)] as const)
}

/** Unpacks `count` items for `a, b = value`. Throws TypeError or ValueError. */
export function unpack(value: unknown, count: number): readonly unknown[] {
  if (Array.isArray(value) && value.length === count) return value
  let items: unknown[]
  try {
    items = toList(value)
  } catch {
    throw new TypeError(`cannot unpack non-iterable ${typeName(value)} object`)
  }
  if (items.length === count) return items
  throw new ValueError(
    items.length > count
      ? `too many values to unpack (expected ${count})`
      : `not enough values to unpack (expected ${count}, got ${items.length})`,
  )
}

/** Whether the value supports `value[i]` and has a length (Jinja's `sequence` test). */
export function isSequence(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Markup) return true
  if (value instanceof Range || value instanceof Undefined) return true
  return isMapping(value)
}
