import { Markup, Tuple, UUID } from 'bustapi'

/** JavaScript's names for what Python calls otherwise: the one place where they are mapped. */
const COUNTERPARTS: ReadonlyMap<string, string> = new Map([
  ['Error', 'Exception'],
  ['RangeError', 'ValueError'],
])

/**
 * The class of an error under the name Python has for it. The library's coded errors (BUST_ERR_…)
 * go by the class they derive from.
 */
export function className(error: unknown): string {
  if (error === null || error === undefined) return 'None'
  let prototype: unknown = Object.getPrototypeOf(error)
  while (prototype !== null && typeof prototype === 'object') {
    const name = ownName(prototype)
    if (name !== '' && !name.startsWith('BUST_ERR_')) return COUNTERPARTS.get(name) ?? name
    prototype = Object.getPrototypeOf(prototype)
  }
  return 'Exception'
}

/** A class says its name on its prototype where a bundler may have renamed the class itself. */
function ownName(prototype: object): string {
  const said: unknown = Object.getOwnPropertyDescriptor(prototype, 'name')?.value
  return typeof said === 'string' ? said : prototype.constructor.name
}

/** Python's name for a value's type (`type(value).__name__`). */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'string':
      return 'str'
    case 'bigint':
      return 'int'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
  }
  if (value instanceof Markup) return 'Markup'
  if (value instanceof UUID) return 'UUID'
  if (value instanceof Tuple) return 'tuple'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Date) return 'datetime'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Set) return 'set'
  return 'dict'
}

/** Python's `str()` of a datetime in UTC: no fraction when there is none. */
function datetimeText(date: Date): string {
  const [day = '', time = ''] = date.toISOString().replace('Z', '').split('T')
  const [clock = '', fraction = '000'] = time.split('.')
  return `${day} ${clock}${fraction === '000' ? '' : `.${fraction}000`}+00:00`
}

/** A value of the app as the corpus writes it down in JSON. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return datetimeText(value)
  if (value instanceof Uint8Array) return { $b64: Buffer.from(value).toString('base64') }
  if (value instanceof Markup || value instanceof UUID) return value.toString()
  if (value instanceof Set) return [...value].map(plain)
  if (Array.isArray(value)) return Array.from(value, plain)
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, inner]) => [String(key), plain(inner)]))
  }
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== null) {
    const { toJSON } = value as { toJSON?: () => unknown }
    if (typeof toJSON === 'function') return toJSON.call(value)
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  }
  return value ?? null
}

/** Python's `int()`: digits, a sign, spaces around, single underscores between digits. */
export function pythonInt(text: string): number | bigint {
  const digits = text.trim()
  if (!/^[+-]?\d+(?:_\d+)*$/.test(digits)) throw new TypeError(`${text} is no int`)
  const value = digits.replaceAll('_', '')
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value.replace('+', ''))
}

/** Python's `float()`. */
export function pythonFloat(text: string): number {
  const digits = text.trim().toLowerCase()
  const word = /^([+-]?)(inf|infinity|nan)$/.exec(digits)
  if (word) {
    if (word[2] === 'nan') return Number.NaN
    return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  if (!/^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/.test(digits)) {
    throw new TypeError(`${text} is no float`)
  }
  return Number(digits.replaceAll('_', ''))
}

/** A regular expression of Python's `re` in JavaScript's spelling. */
export function pythonRegex(source: string): RegExp {
  const spelled = source
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\A', '^')
    .replaceAll('\\Z', '$')
  const flags = /^\(\?([aimsux]+)\)/.exec(spelled)
  if (!flags) return new RegExp(spelled)
  const letters = [...(flags[1] ?? '')].filter((letter) => 'ims'.includes(letter))
  return new RegExp(spelled.slice(flags[0].length), letters.join(''))
}
