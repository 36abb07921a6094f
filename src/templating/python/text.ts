import { Markup } from '../../http/markup.ts'
import { repr as reprString } from './repr-string.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'
import { Dict, Float, isPlainObject, isTuple, Lazy, Range } from './values.ts'

/** Python's `repr()` of a text. */
export { repr } from './repr-string.ts'

/** Python's `repr()` of a float: the shortest text that reads back as the same number. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const text = exponent < -6 ? value.toFixed(20).replace(/0+$/, '') : String(value)
  return text.includes('.') ? text : `${text}.0`
}

const numberText = (value: number): string =>
  Number.isSafeInteger(value) ? String(value) : floatText(value)

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** A Date as Python prints an aware datetime in UTC. */
function dateText(date: Date): string {
  const millis = date.getUTCMilliseconds()
  return (
    `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())} ` +
    `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}` +
    `${millis === 0 ? '' : `.${pad(millis, 3)}000`}+00:00`
  )
}

function bytesText(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) {
    if (byte === 0x5c) out += '\\\\'
    else if (byte === 10) out += '\\n'
    else if (byte === 13) out += '\\r'
    else if (byte === 9) out += '\\t'
    else if (byte >= 0x20 && byte < 0x7f) out += String.fromCharCode(byte)
    else out += `\\x${byte.toString(16).padStart(2, '0')}`
  }
  const quote = out.includes("'") && !out.includes('"') ? '"' : "'"
  return `b${quote}${quote === "'" ? out.replaceAll("'", "\\'") : out}${quote}`
}

/** Python's `str()`: the text of any value in the output of a template. */
export function str(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return numberText(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'undefined':
      return 'None'
    case 'bigint':
      return String(value)
  }
  if (value === null) return 'None'
  if (value instanceof Markup || value instanceof Undefined) return value.toString()
  return objectText(value, [])
}

/** Python's `repr()` of any value, as lists and dicts show their items. */
export function reprValue(value: unknown): string {
  return nested(value, [])
}

function nested(value: unknown, seen: readonly unknown[]): string {
  if (typeof value === 'string') return reprString(value)
  if (value instanceof Markup) return `Markup(${reprString(value.toString())})`
  if (value instanceof Undefined) return 'Undefined'
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    return objectText(value, seen)
  }
  return str(value)
}

function objectText(value: unknown, seen: readonly unknown[]): string {
  if (value instanceof Float) return floatText(value.value)
  if (Array.isArray(value)) return listText(value, seen)
  if (value instanceof Dict) return dictText(value.entries(), value, seen)
  if (value instanceof Map) return dictText(value.entries(), value, seen)
  if (value instanceof Set) {
    if (value.size === 0) return 'set()'
    return `{${joinRepr(value, value, seen)}}`
  }
  if (value instanceof Date) return dateText(value)
  if (value instanceof Uint8Array) return bytesText(value)
  if (value instanceof Range) {
    const { start, stop, step } = value
    return step === 1 ? `range(${start}, ${stop})` : `range(${start}, ${stop}, ${step})`
  }
  if (value instanceof Lazy) return `<${value.kind} object>`
  if (typeof value === 'function') return functionText(value)
  if (typeof value === 'symbol') return value.toString()
  const object = value as object
  if (isPlainObject(object) && !hasOwnText(object))
    return dictText(Object.entries(object), object, seen)
  if (object instanceof Error) return object.message
  return instanceText(object)
}

/** Whether a plain object brings its own `toString`, as objects made for templates do. */
function hasOwnText(object: Record<string, unknown>): boolean {
  return typeof object.toString === 'function' && Object.hasOwn(object, 'toString')
}

function functionText(value: object): string {
  const text = Object.getOwnPropertyDescriptor(value, 'toString')?.value as unknown
  if (typeof text === 'function') return String(Reflect.apply(text, value, []))
  return `<function ${(value as { name?: unknown }).name || '<lambda>'}>`
}

function instanceText(object: object): string {
  if (typeof (object as { then?: unknown }).then === 'function') {
    throw new TypeError('A template got a promise: await it before rendering')
  }
  const show = (object as { toString?: () => string }).toString
  if (typeof show === 'function' && show !== Object.prototype.toString) {
    return String(Reflect.apply(show, object, []))
  }
  return `<${typeName(object)} object>`
}

function joinRepr(items: Iterable<unknown>, owner: unknown, seen: readonly unknown[]): string {
  const inner = [...seen, owner]
  return Array.from(items, (item) => nested(item, inner)).join(', ')
}

function listText(items: readonly unknown[], seen: readonly unknown[]): string {
  if (isTuple(items)) {
    if (seen.includes(items)) return '(...)'
    return `(${joinRepr(items, items, seen)}${items.length === 1 ? ',' : ''})`
  }
  return seen.includes(items) ? '[...]' : `[${joinRepr(items, items, seen)}]`
}

function dictText(
  entries: Iterable<readonly [unknown, unknown]>,
  owner: unknown,
  seen: readonly unknown[],
): string {
  if (seen.includes(owner)) return '{...}'
  const inner = [...seen, owner]
  const parts = Array.from(
    entries,
    ([key, item]) => `${nested(key, inner)}: ${nested(item, inner)}`,
  )
  return `{${parts.join(', ')}}`
}
