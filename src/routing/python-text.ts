import { pyRepr, ValueError } from '../errors/builtins.ts'

/**
 * Values as Python writes and reads them, since they end up in URLs that Flask built or will read:
 * `str(True)` is `True`, `str(1e16)` is `1e+16`, `int('٣')` is 3.
 */

/** Python's `repr(float)`: the shortest digits, with an exponent from 1e16 and below 1e-4. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toExponential().split('e')
  const exponent = Number(exponentText)
  const digits = mantissa.replace('.', '')
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    const size = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

/** Python's `str(value)` for what URLs are built from. A whole number is written as an `int`. */
export function pyStr(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') {
    return Number.isInteger(value) ? BigInt(value).toString() : floatText(value)
  }
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value === null || value === undefined) return 'None'
  return String(value)
}

/** Python's `repr(list)` for a list of names, as error messages show it. */
export function pyListRepr(names: Iterable<string>): string {
  return `[${[...names].map(pyRepr).join(', ')}]`
}

const DIGIT = /\p{Nd}/u

/**
 * Decimal digits of any script as ASCII ones. Unicode keeps each script's ten digits in one run that
 * starts with zero, and adjacent runs are whole tens.
 */
export function asciiDigits(text: string): string {
  let out = ''
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x80 || !DIGIT.test(char)) {
      out += char
      continue
    }
    let before = 0
    while (DIGIT.test(String.fromCodePoint(code - before - 1))) before++
    out += String(before % 10)
  }
  return out
}

const INT = /^\s*([+-]?)(\d+(?:_\d+)*)\s*$/
const FLOAT =
  /^\s*[+-]?(?:(?:\d+(?:_\d+)*)?\.?\d+(?:_\d+)*(?:[eE][+-]?\d+)?|\d+\.(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)\s*$/i

/** An integer as a `number` while that is exact, else as a `bigint`. */
export function exactInteger(digits: string): number | bigint {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value + 0 : BigInt(digits)
}

/**
 * Python's `int(value)`.
 * @throws {ValueError} when a text is not an integer, or a number is not finite
 * @throws {TypeError} for what is neither text, number nor boolean
 */
export function pyInt(value: unknown): number | bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return Math.trunc(value) + 0
    throw new ValueError(`cannot convert float ${pyStr(value)} to integer`)
  }
  if (typeof value === 'string') {
    const match = INT.exec(asciiDigits(value))
    if (match === null) {
      throw new ValueError(`invalid literal for int() with base 10: ${pyRepr(value)}`)
    }
    return exactInteger(`${match[1] === '-' ? '-' : ''}${match[2]?.replaceAll('_', '')}`)
  }
  throw new TypeError(`An integer is needed to build this URL, not ${describe(value)}.`)
}

/**
 * Python's `float(value)`.
 * @throws {ValueError} when a text is not a number
 * @throws {TypeError} for what is neither text, number nor boolean
 */
export function pyFloat(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (typeof value === 'string') {
    const text = asciiDigits(value)
    if (!FLOAT.test(text)) {
      throw new ValueError(`could not convert string to float: ${pyRepr(value)}`)
    }
    const plain = text.trim().replaceAll('_', '').toLowerCase()
    if (plain.endsWith('nan')) return Number.NaN
    if (plain.includes('inf')) return plain.startsWith('-') ? -Infinity : Infinity
    return Number(plain)
  }
  throw new TypeError(`A number is needed to build this URL, not ${describe(value)}.`)
}

function describe(value: unknown): string {
  return value === null || typeof value !== 'object' ? String(value) : value.constructor.name
}

/** Python's `==` for values of URL variables: numbers by value whatever their type, lists by item. */
export function pyEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b) && integerOf(a) === integerOf(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => pyEqual(item, b[i]))
  }
  if (a.constructor !== b.constructor) return false
  if (a.constructor === Object) {
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => pyEqual((a as Fields)[key], (b as Fields)[key]))
    )
  }
  const [plainA, plainB] = [a.valueOf(), b.valueOf()]
  if (typeof plainA !== 'object') return pyEqual(plainA, plainB)
  return a.toString !== Object.prototype.toString && String(a) === String(b)
}

type Fields = Readonly<Record<string, unknown>>
type Numeric = number | bigint | boolean

function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
}

// Two large integers may round to one double; comparing them as integers keeps them apart.
function integerOf(value: Numeric): bigint | null {
  return typeof value === 'number' && !Number.isInteger(value) ? null : BigInt(value)
}
