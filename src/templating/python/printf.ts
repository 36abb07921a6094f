import { KeyError, ValueError } from '../../errors/builtins.ts'
import { hasHTML } from '../../http/escape.ts'
import { Markup } from '../../http/markup.ts'
import { exponential, fixed, general, specialText } from './decimal.ts'
import { entriesOf, isMapping, textLength } from './iterate.ts'
import { reprValue, str } from './text.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'
import { Dict, Float, isTuple } from './values.ts'

const DIRECTIVE =
  /%(?:\(((?:[^()]|\([^()]*\))*)\))?([#0\- +]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([\s\S]?)/g

/** Python's `text % args`; with Markup the values are escaped and the result is Markup. */
export function formatPercent(template: string | Markup, args: unknown): string | Markup {
  const safe = template instanceof Markup
  const escaped = (value: unknown, text: string): string => {
    if (!safe) return text
    return hasHTML(value) ? String(value.__html__()) : Markup.escape(text).toString()
  }
  const values = isTuple(args) ? args : [args]
  const named = isMapping(args) ? new Dict(entriesOf(args) ?? []) : null
  const lenient =
    named !== null || args instanceof Undefined || (Array.isArray(args) && !isTuple(args))
  let next = 0
  const take = (): unknown => {
    if (next >= values.length) throw new TypeError('not enough arguments for format string')
    return values[next++]
  }
  const text = template.toString()
  const out = text.replace(
    DIRECTIVE,
    (_all, key: string | undefined, flags: string, width, precision, kind: string, at: number) => {
      if (kind === '%') return '%'
      if (kind === '') throw new ValueError('incomplete format')
      const size = width === '*' ? Number(take()) : width === undefined ? 0 : Number(width)
      const digits = precision === '*' ? Number(take()) : precision
      let value: unknown
      if (key === undefined) value = take()
      else {
        if (named === null) throw new TypeError('format requires a mapping')
        if (!named.has(key)) throw new KeyError(key)
        value = named.get(key)
        next = values.length
      }
      const left = flags.includes('-') || size < 0
      const places = digits === undefined ? null : Number(digits)
      const piece =
        kind === 's' || kind === 'r' || kind === 'a'
          ? cut(escaped(value, kind === 's' ? str(value) : reprValue(value)), places)
          : numberPiece(value, kind, flags, places, Math.abs(size), left, at)
      return padText(piece, Math.abs(size), left)
    },
  )
  if (next < values.length && !lenient) {
    throw new TypeError('not all arguments converted during string formatting')
  }
  return safe ? new Markup(out) : out
}

const cut = (text: string, length: number | null): string =>
  length === null ? text : Array.from(text).slice(0, length).join('')

function padText(text: string, width: number, left: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - textLength(text)))
  return left ? text + fill : fill + text
}

/** A value as Python's `int()` for formatting: floats lose their fraction. */
function toInteger(value: unknown, kind: string): bigint {
  if (typeof value === 'bigint') return value
  const plain = value instanceof Float ? value.value : value
  if (typeof plain === 'boolean') return plain ? 1n : 0n
  if (typeof plain === 'number') {
    const whole = kind === 'd' ? Math.trunc(plain) : plain
    if (Number.isInteger(whole)) return BigInt(whole)
  }
  if (value instanceof Undefined) value.fail()
  const wanted = kind === 'd' ? 'a real number' : 'an integer'
  throw new TypeError(`%${kind} format: ${wanted} is required, not ${typeName(value)}`)
}

function toFloat(value: unknown): number {
  const plain = value instanceof Float ? value.value : value
  if (typeof plain === 'number' || typeof plain === 'bigint' || typeof plain === 'boolean') {
    return Number(plain)
  }
  if (value instanceof Undefined) value.fail()
  throw new TypeError(`must be real number, not ${typeName(value)}`)
}

function numberPiece(
  value: unknown,
  kind: string,
  flags: string,
  precision: number | null,
  width: number,
  left: boolean,
  at: number,
): string {
  let text: string
  let finite = true
  switch (kind) {
    case 'd':
    case 'i':
    case 'u':
      text = digitsOf(toInteger(value, 'd'), 10, precision)
      break
    case 'o':
      text = withPrefix(digitsOf(toInteger(value, kind), 8, precision), '0o', flags)
      break
    case 'x':
      text = withPrefix(digitsOf(toInteger(value, kind), 16, precision), '0x', flags)
      break
    case 'X':
      text = withPrefix(digitsOf(toInteger(value, kind), 16, precision), '0x', flags).toUpperCase()
      break
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      const number = toFloat(value)
      const special = specialText(number)
      finite = special === null
      text = special ?? floatPiece(number, kind.toLowerCase(), precision ?? 6, flags.includes('#'))
      if (kind < 'a') text = text.toUpperCase()
      break
    }
    case 'c':
      return typeof value === 'number' ? String.fromCodePoint(value) : cut(str(value), 1)
    default:
      throw new ValueError(
        `unsupported format character '${kind}' (0x${kind.charCodeAt(0).toString(16)}) at index ${at + 1}`,
      )
  }
  const negative = text.startsWith('-')
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  const body = negative ? text.slice(1) : text
  if (flags.includes('0') && !left && finite) {
    const prefix = /^0[xXo]/.exec(body)?.[0] ?? ''
    const rest = body.slice(prefix.length)
    return sign + prefix + rest.padStart(width - sign.length - prefix.length, '0')
  }
  return sign + body
}

function digitsOf(value: bigint, radix: number, precision: number | null): string {
  const digits = (value < 0n ? -value : value).toString(radix).padStart(precision ?? 0, '0')
  return value < 0n ? `-${digits}` : digits
}

function withPrefix(text: string, prefix: string, flags: string): string {
  if (!flags.includes('#')) return text
  return text.startsWith('-') ? `-${prefix}${text.slice(1)}` : prefix + text
}

function floatPiece(value: number, kind: string, precision: number, alternate: boolean): string {
  if (kind === 'f') return fixed(value, precision)
  if (kind === 'e') return exponential(value, precision)
  return general(value, precision, alternate)
}
