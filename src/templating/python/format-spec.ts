import { ValueError } from '../../errors/builtins.ts'
import { exponential, fixed, general, specialText } from './decimal.ts'
import { textLength } from './iterate.ts'
import { floatText, str } from './text.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'
import { Float } from './values.ts'

const SPEC =
  /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/u

interface Spec {
  fill: string
  align: string | null
  sign: string
  alternate: boolean
  width: number
  grouping: string
  precision: number | null
  type: string
}

function parseSpec(text: string, value: unknown): Spec {
  const match = SPEC.exec(text)
  if (match === null)
    throw new ValueError(
      `Invalid format specifier '${text}' for object of type '${typeName(value)}'`,
    )
  const [, fill, align, sign, , alternate, zero, width, grouping, precision, type] = match
  return {
    fill: fill ?? (zero ? '0' : ' '),
    align: align ?? (zero ? '=' : null),
    sign: sign ?? '-',
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping ?? '',
    precision: precision === undefined ? null : Number(precision),
    type: type ?? '',
  }
}

/** Python's `format(value, spec)`: the part behind the colon in `'{:>8.2f}'`. Throws ValueError. */
export function formatValue(value: unknown, specText: string): string {
  if (specText === '') return str(value)
  if (value instanceof Undefined || (typeof value === 'object' && !(value instanceof Float))) {
    throw new TypeError(`unsupported format string passed to ${typeName(value)}.__format__`)
  }
  const spec = parseSpec(specText, value)
  const plain = value instanceof Float ? value.value : value
  if (typeof plain === 'number' || typeof plain === 'bigint') {
    const isFloat =
      value instanceof Float || !(typeof plain === 'bigint' || Number.isSafeInteger(plain))
    return formatNumber(plain, isFloat, spec)
  }
  if (typeof plain === 'boolean') {
    return spec.type === '' ? pad(str(plain), spec, '<') : formatNumber(Number(plain), false, spec)
  }
  return formatText(str(value), spec, value)
}

function formatText(text: string, spec: Spec, value: unknown): string {
  if (spec.type !== '' && spec.type !== 's') unknownCode(spec.type, value)
  if (spec.align === '=')
    throw new ValueError("'=' alignment not allowed in string format specifier")
  const cut = spec.precision === null ? text : Array.from(text).slice(0, spec.precision).join('')
  return pad(cut, spec, '<')
}

function unknownCode(code: string, value: unknown): never {
  throw new ValueError(`Unknown format code '${code}' for object of type '${typeName(value)}'`)
}

function formatNumber(value: number | bigint, isFloat: boolean, spec: Spec): string {
  const negative = value < 0 || Object.is(value, -0)
  const size = negative ? -value : value
  const body =
    isFloat || 'eEfFgG%'.includes(spec.type || '?')
      ? floatBody(Number(size), spec)
      : integerBody(BigInt(size), spec)
  const sign = negative ? '-' : spec.sign === '-' ? '' : spec.sign
  if (spec.align === '=' || (spec.align === null && spec.fill === '0')) {
    const width = spec.width - sign.length
    return (
      sign +
      (spec.fill === '0' && spec.grouping
        ? padGrouped(body, width, spec.grouping)
        : body.padStart(width, spec.fill))
    )
  }
  return pad(sign + body, spec, '>')
}

function integerBody(size: bigint, spec: Spec): string {
  const prefix = (text: string): string => (spec.alternate ? text : '')
  switch (spec.type) {
    case '':
    case 'd':
    case 'n':
      return group(size.toString(), spec.grouping, 3)
    case 'b':
      return prefix('0b') + group(size.toString(2), spec.grouping, 4)
    case 'o':
      return prefix('0o') + group(size.toString(8), spec.grouping, 4)
    case 'x':
      return prefix('0x') + group(size.toString(16), spec.grouping, 4)
    case 'X':
      return prefix('0X') + group(size.toString(16), spec.grouping, 4).toUpperCase()
    case 'c':
      return String.fromCodePoint(Number(size))
    default:
      return unknownCode(spec.type, 0)
  }
}

function floatBody(size: number, spec: Spec): string {
  const { type, precision } = spec
  const special = specialText(size)
  if (special !== null) return type === '%' ? `${special}%` : special
  const body = groupFraction(floatDigits(size, type, precision, spec.alternate), spec.grouping)
  return type === 'E' || type === 'G' ? body.toUpperCase() : body
}

function floatDigits(
  size: number,
  type: string,
  precision: number | null,
  alternate: boolean,
): string {
  switch (type) {
    case 'f':
    case 'F':
      return fixed(size, precision ?? 6)
    case 'e':
    case 'E':
      return exponential(size, precision ?? 6)
    case '%':
      return `${fixed(size * 100, precision ?? 6)}%`
    case '': {
      if (precision === null) return floatText(size)
      const text = general(size, precision, alternate)
      // Without a type a float keeps one digit behind the point.
      return /[.e]/.test(text) ? text : `${text}.0`
    }
    case 'g':
    case 'G':
    case 'n':
      return general(size, precision ?? 6, alternate)
    default:
      return unknownCode(type, 0.5)
  }
}

function group(digits: string, separator: string, every: number): string {
  if (separator === '') return digits
  const first = digits.length % every
  const parts = first === 0 ? [] : [digits.slice(0, first)]
  for (let i = first; i < digits.length; i += every) parts.push(digits.slice(i, i + every))
  return parts.join(separator)
}

function groupFraction(text: string, separator: string): string {
  if (separator === '') return text
  const whole = /^\d+/.exec(text)?.[0] ?? ''
  return group(whole, separator, 3) + text.slice(whole.length)
}

function padGrouped(body: string, width: number, separator: string): string {
  let digits = body.replaceAll(separator, '')
  const whole = (/^\d+/.exec(digits)?.[0] ?? '').length
  const rest = digits.slice(whole)
  digits = digits.slice(0, whole)
  let text = group(digits, separator, 3)
  while (text.length + rest.length < width) {
    digits = `0${digits}`
    text = group(digits, separator, 3)
  }
  return text + rest
}

function pad(text: string, spec: Spec, fallback: string): string {
  const missing = spec.width - textLength(text)
  if (missing <= 0) return text
  switch (spec.align ?? fallback) {
    case '<':
      return text + spec.fill.repeat(missing)
    case '^': {
      const before = Math.floor(missing / 2)
      return spec.fill.repeat(before) + text + spec.fill.repeat(missing - before)
    }
    default:
      return spec.fill.repeat(missing) + text
  }
}
