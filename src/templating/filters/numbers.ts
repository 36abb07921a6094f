import { ValueError } from '../../errors/builtins.ts'
import { Markup } from '../../http/markup.ts'
import { strip } from '../../http/text.ts'
import { FilterArgumentError, OverflowError } from '../errors.ts'
import { absolute, divide, multiply, power } from '../python/arithmetic.ts'
import { builtin } from '../python/call.ts'
import { fixed, roundFloat, roundInt } from '../python/decimal.ts'
import { truth } from '../python/iterate.ts'
import { repr } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { Float, isInt, makeFloat, makeInt } from '../python/values.ts'
import { type Filter, wholeNumber } from './support.ts'

const FLOAT = /^[+-]?(?:(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:e[+-]?\d+(?:_\d+)*)?)$/i

/** Python's `float()`. Throws TypeError or ValueError. */
export function toFloat(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value)
  if (value instanceof Float) return value.value
  if (value instanceof Undefined) value.fail()
  if (typeof value !== 'string' && !(value instanceof Markup)) {
    throw new TypeError(
      `float() argument must be a string or a real number, not '${typeName(value)}'`,
    )
  }
  const text = strip(value.toString()).toLowerCase()
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(text)
  if (special !== null) {
    const size = special[2] === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY
    return special[1] === '-' ? -size : size
  }
  const number = /\d/.test(text) && FLOAT.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
  if (Number.isNaN(number)) {
    throw new ValueError(`could not convert string to float: ${repr(value.toString())}`)
  }
  return number
}

const RADIX: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16 }

function parseInteger(text: string, base: number): bigint {
  const invalid = (): never => {
    throw new ValueError(`invalid literal for int() with base ${base}: ${repr(text)}`)
  }
  const match = /^([+-]?)(?:0([box])_?)?([0-9a-z]+(?:_[0-9a-z]+)*)$/i.exec(strip(text))
  if (match === null) return invalid()
  const [, sign = '', prefix = '', digits = ''] = match
  let radix = base
  let body = digits.replaceAll('_', '').toLowerCase()
  const prefixRadix = prefix === '' ? null : RADIX[prefix.toLowerCase()]
  if (prefix !== '') {
    if (base === 0) radix = prefixRadix as number
    else if (base !== prefixRadix) body = `0${prefix.toLowerCase()}${body}`
  } else if (base === 0) radix = 10
  let value = 0n
  for (const char of body) {
    const digit = Number.parseInt(char, 36)
    if (Number.isNaN(digit) || digit >= radix) return invalid()
    value = value * BigInt(radix) + BigInt(digit)
  }
  return sign === '-' ? -value : value
}

function truncate(value: number): bigint {
  if (Number.isNaN(value)) throw new ValueError('cannot convert float NaN to integer')
  if (!Number.isFinite(value)) throw new OverflowError('cannot convert float infinity to integer')
  return BigInt(Math.trunc(value))
}

/** Python's `int()`. Throws TypeError, ValueError or OverflowError. */
function toInt(value: unknown, base: number): bigint {
  if (typeof value === 'string' || value instanceof Markup) {
    return parseInteger(value.toString(), base)
  }
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return truncate(value)
  if (value instanceof Float) return truncate(value.value)
  if (value instanceof Undefined) value.fail()
  throw new TypeError(`int() argument must be a string or a number, not '${typeName(value)}'`)
}

const isConversionError = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ValueError

function int(value: unknown, fallback: unknown = 0, base: unknown = 10): unknown {
  try {
    return makeInt(toInt(value, wholeNumber(base, 'base')))
  } catch (error) {
    if (!isConversionError(error)) throw error
  }
  try {
    return makeInt(truncate(toFloat(value)))
  } catch (error) {
    if (isConversionError(error) || error instanceof OverflowError) return fallback
    throw error
  }
}

function float(value: unknown, fallback: unknown = new Float(0)): unknown {
  try {
    return makeFloat(toFloat(value))
  } catch (error) {
    if (isConversionError(error)) return fallback
    throw error
  }
}

function round(value: unknown, precision: unknown = 0, method: unknown = 'common'): unknown {
  if (method !== 'common' && method !== 'ceil' && method !== 'floor') {
    throw new FilterArgumentError('method must be common, ceil or floor')
  }
  if (method === 'common') {
    const plain = typeof value === 'boolean' ? Number(value) : value
    if (precision === null) {
      return isInt(plain) ? plain : makeInt(truncate(roundFloat(toFloat(plain), 0)))
    }
    const digits = wholeNumber(precision, 'precision')
    if (isInt(plain)) return makeInt(roundInt(BigInt(plain), digits))
    if (typeof plain !== 'number' && !(plain instanceof Float)) {
      throw new TypeError(`type ${typeName(plain)} doesn't define __round__ method`)
    }
    return makeFloat(roundFloat(toFloat(plain), digits))
  }
  const scale = power(10, precision)
  const size = toFloat(multiply(value, scale))
  const whole = method === 'ceil' ? Math.ceil(size) : Math.floor(size)
  return divide(makeInt(truncate(whole)), scale)
}

function filesizeformat(value: unknown, binary: unknown = false): string {
  const bytes = toFloat(value)
  const isBinary = truth(binary)
  const base = isBinary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  const prefixes = 'kMGTPEZY'
  for (let i = 0; ; i++) {
    const unit = base ** (i + 2)
    if (bytes < unit || i === prefixes.length - 1) {
      const letter = isBinary ? prefixes.charAt(i).toUpperCase() : prefixes.charAt(i)
      return `${fixed((base * bytes) / unit, 1)} ${letter}${isBinary ? 'iB' : 'B'}`
    }
  }
}

/** Jinja's filters for numbers. */
export const NUMBER_FILTERS: Readonly<Record<string, Filter>> = {
  abs: builtin('abs', 'x', absolute),
  int: builtin('do_int', 'value default? base?', int),
  float: builtin('do_float', 'value default?', float),
  round: builtin('do_round', 'value precision? method?', round),
  filesizeformat: builtin('do_filesizeformat', 'value binary?', filesizeformat),
}
