import { Markup } from '../../http/markup.ts'
import { byCodePoint } from '../../json/encode.ts'
import { entriesOf, isMapping, iterate } from './iterate.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'
import { Dict, Float, hashKey, isPlainObject, isTuple, Range } from './values.ts'

/** A number to compare with, or null: booleans count as 0 and 1. */
function numeric(value: unknown): number | bigint | null {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return value
    case 'boolean':
      return value ? 1 : 0
    default:
      return value instanceof Float ? value.value : null
  }
}

/** The text of a str or Markup, or null. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  return value instanceof Markup ? value.toString() : null
}

/** Python's `==`: by value for texts, numbers, lists, tuples, dicts and sets. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) {
    if (a instanceof Undefined) a.touch()
    return !Number.isNaN(a)
  }
  if (typeof a === 'string' && typeof b === 'string') return false
  if (a === null || a === undefined) {
    if (b instanceof Undefined) b.touch()
    return b === null || b === undefined
  }
  const left = numeric(a)
  if (left !== null) {
    const right = numeric(b)
    // biome-ignore lint/suspicious/noDoubleEquals: numbers and bigints compare by value only so.
    if (right !== null) return left == right
  }
  const text = textOf(a)
  if (text !== null) return text === textOf(b)
  if (a instanceof Undefined || b instanceof Undefined) {
    if (a instanceof Undefined) a.touch()
    if (b instanceof Undefined) b.touch()
    return a instanceof Undefined && b instanceof Undefined && a.constructor === b.constructor
  }
  if (typeof a !== 'object' || typeof b !== 'object' || b === null) return false
  return equalObjects(a as object, b)
}

function equalObjects(a: object, b: object): boolean {
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length || isTuple(a) !== isTuple(b)) return false
    return a.every((item, i) => equal(item, b[i]))
  }
  if (a instanceof Set) {
    if (!(b instanceof Set) || a.size !== b.size) return false
    const other = new Set(Array.from(b, hashKey))
    return Array.from(a).every((item) => other.has(hashKey(item)))
  }
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime()
  if (a instanceof Range) {
    return b instanceof Range && a.size === b.size && equal([...a], [...b])
  }
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i])
  }
  if (isDict(a) && isDict(b)) {
    const left = new Dict(entriesOf(a) ?? [])
    const right = new Dict(entriesOf(b) ?? [])
    if (left.size !== right.size) return false
    for (const [key, value] of left.entries()) {
      if (!right.has(key) || !equal(value, right.get(key))) return false
    }
    return true
  }
  return false
}

function isDict(value: object): boolean {
  return value instanceof Dict || value instanceof Map || isPlainObject(value)
}

type Order = '<' | '<=' | '>' | '>='

function decide(order: number, op: Order): boolean {
  switch (op) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    default:
      return order >= 0
  }
}

/** Python's `<`, `<=`, `>`, `>=`. Throws TypeError for types without an order between them. */
export function ordered(a: unknown, b: unknown, op: Order): boolean {
  const left = numeric(a)
  if (left !== null) {
    const right = numeric(b)
    if (right !== null) {
      if (Number.isNaN(left) || Number.isNaN(right)) return false
      return decide(left < right ? -1 : left > right ? 1 : 0, op)
    }
  }
  const text = textOf(a)
  const other = textOf(b)
  if (text !== null && other !== null) return decide(byCodePoint(text, other), op)
  if (a instanceof Undefined) return a.fail()
  if (b instanceof Undefined) return b.fail()
  if (Array.isArray(a) && Array.isArray(b) && isTuple(a) === isTuple(b)) {
    const shared = Math.min(a.length, b.length)
    for (let i = 0; i < shared; i++) {
      if (!equal(a[i], b[i])) return ordered(a[i], b[i], op)
    }
    return decide(a.length - b.length, op)
  }
  if (a instanceof Date && b instanceof Date) return decide(a.getTime() - b.getTime(), op)
  if (a instanceof Set && b instanceof Set) return setOrder(a, b, op)
  throw new TypeError(
    `'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  )
}

function setOrder(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>, op: Order): boolean {
  if (op === '>' || op === '>=') return setOrder(b, a, op === '>' ? '<' : '<=')
  return (op === '<=' || a.size < b.size) && Array.from(a).every((item) => b.has(item))
}

/**
 * Python's `in`: a part of a text, a key of a mapping, an item of anything else. Throws TypeError for
 * what contains nothing, and for keys that cannot be hashed.
 */
export function contains(container: unknown, item: unknown): boolean {
  const text = textOf(container)
  if (text !== null) {
    const part = textOf(item)
    if (part !== null) return text.includes(part)
    if (item instanceof Undefined) item.touch()
    throw new TypeError(`'in <string>' requires string as left operand, not ${typeName(item)}`)
  }
  if (Array.isArray(container)) {
    for (const entry of container) if (entry === item || equal(entry, item)) return true
    return false
  }
  if (typeof container === 'object' && container !== null) {
    if (container instanceof Undefined) {
      container.touch()
      return false
    }
    if (container instanceof Map) {
      hashKey(item)
      if (container.has(item)) return true
      for (const key of container.keys()) if (equal(key, item)) return true
      return false
    }
    if (container instanceof Dict) return container.has(item)
    if (!(container instanceof Float) && isPlainObject(container)) {
      hashKey(item)
      const key = textOf(item) ?? (typeof item === 'number' ? String(item) : null)
      return key !== null && Object.hasOwn(container, key)
    }
    if (container instanceof Set) return container.has(textOf(item) ?? item)
    const { has } = container as { has?: unknown }
    if (typeof has === 'function' && isMapping(container)) {
      return Boolean(Reflect.apply(has, container, [textOf(item) ?? item]))
    }
  }
  if (
    typeof container !== 'object' ||
    container === null ||
    typeof (container as { [Symbol.iterator]?: unknown })[Symbol.iterator] !== 'function'
  ) {
    throw new TypeError(`argument of type '${typeName(container)}' is not iterable`)
  }
  for (const entry of iterate(container)) if (equal(entry, item)) return true
  return false
}

/** Sorts a copy in Python's order: stable, by `key`, descending with `reverse`. */
export function sorted(
  items: Iterable<unknown>,
  key: (item: unknown) => unknown,
  reverse = false,
): unknown[] {
  const pairs = Array.from(items, (item) => ({ item, key: key(item) }))
  const sign = reverse ? -1 : 1
  // Equal keys keep their order in both directions, as Python's sorted(reverse=True) does.
  pairs.sort((a, b) => (ordered(a.key, b.key, '<') ? -sign : ordered(b.key, a.key, '<') ? sign : 0))
  return pairs.map(({ item }) => item)
}
