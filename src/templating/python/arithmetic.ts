import { Markup } from '../../http/markup.ts'
import { ZeroDivisionError } from '../errors.ts'
import { formatPercent } from './printf.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'
import { Float, isTuple, makeFloat, makeInt, makeTuple } from './values.ts'

type Numeric = { int: bigint; float: null } | { int: null; float: number }

function toNumeric(value: unknown): Numeric | null {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value)
        ? { int: BigInt(value), float: null }
        : { int: null, float: value }
    case 'boolean':
      return { int: value ? 1n : 0n, float: null }
    case 'bigint':
      return { int: value, float: null }
    default:
      return value instanceof Float ? { int: null, float: value.value } : null
  }
}

interface Operation {
  symbol: string
  int: (a: bigint, b: bigint) => unknown
  float: (a: number, b: number) => number
}

function calculate(a: unknown, b: unknown, op: Operation): unknown {
  const left = toNumeric(a)
  const right = toNumeric(b)
  if (left === null || right === null) return unsupported(a, b, op.symbol)
  if (left.int !== null && right.int !== null) return op.int(left.int, right.int)
  return makeFloat(op.float(left.float ?? Number(left.int), right.float ?? Number(right.int)))
}

function unsupported(a: unknown, b: unknown, symbol: string): never {
  if (a instanceof Undefined) a.fail()
  if (b instanceof Undefined) b.fail()
  throw new TypeError(
    `unsupported operand type(s) for ${symbol}: '${typeName(a)}' and '${typeName(b)}'`,
  )
}

const isText = (value: unknown): value is string | Markup =>
  typeof value === 'string' || value instanceof Markup

const hasHtml = (value: unknown): value is { __html__(): string } =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { __html__?: unknown }).__html__ === 'function'

const ADD: Operation = { symbol: '+', int: (a, b) => makeInt(a + b), float: (a, b) => a + b }

/** Python's `a + b`: numbers, texts (Markup escapes the other side), lists and tuples. */
export function add(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum) && Number.isSafeInteger(a) && Number.isSafeInteger(b)) return sum
  } else if (typeof a === 'string' && typeof b === 'string') return a + b
  else if (a instanceof Markup && (isText(b) || hasHtml(b))) return a.concat(b)
  else if (b instanceof Markup && (isText(a) || hasHtml(a))) return Markup.escape(a).concat(b)
  else if (Array.isArray(a) && Array.isArray(b) && isTuple(a) === isTuple(b)) {
    const joined = [...a, ...b]
    return isTuple(a) ? makeTuple(joined) : joined
  } else if (!(a instanceof Undefined) && !(b instanceof Undefined)) {
    if (isText(a)) {
      throw new TypeError(`can only concatenate str (not "${typeName(b)}") to str`)
    }
    if (Array.isArray(a)) {
      const type = typeName(a)
      throw new TypeError(`can only concatenate ${type} (not "${typeName(b)}") to ${type}`)
    }
  }
  return calculate(a, b, ADD)
}

const SUB: Operation = { symbol: '-', int: (a, b) => makeInt(a - b), float: (a, b) => a - b }

/** Python's `a - b`, also for sets. */
export function subtract(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference) && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
      return difference
    }
  }
  if (a instanceof Set && b instanceof Set) {
    return new Set(Array.from(a as Set<unknown>).filter((item) => !b.has(item)))
  }
  return calculate(a, b, SUB)
}

const MUL: Operation = { symbol: '*', int: (a, b) => makeInt(a * b), float: (a, b) => a * b }

function repeat(value: unknown, count: unknown): unknown {
  const times = typeof count === 'boolean' ? Number(count) : count
  if (typeof times !== 'number' || !Number.isSafeInteger(times)) return null
  const n = Math.max(0, times)
  if (typeof value === 'string') return value.repeat(n)
  if (value instanceof Markup) return value.repeat(n)
  if (!Array.isArray(value)) return null
  const items: unknown[] = []
  for (let i = 0; i < n; i++) items.push(...(value as unknown[]))
  return isTuple(value) ? makeTuple(items) : items
}

/** Python's `a * b`, which repeats texts and lists. */
export function multiply(a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isSafeInteger(product) && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
      return product + 0
    }
    return calculate(a, b, MUL)
  }
  return repeat(a, b) ?? repeat(b, a) ?? calculate(a, b, MUL)
}

function divideFloats(a: number, b: number): number {
  if (b === 0) throw new ZeroDivisionError('float division by zero')
  return a / b
}

/** Python's `a / b`: always a float. Throws ZeroDivisionError. */
export function divide(a: unknown, b: unknown): unknown {
  return calculate(a, b, {
    symbol: '/',
    int: (x, y) => {
      if (y === 0n) throw new ZeroDivisionError('division by zero')
      return makeFloat(Number(x) / Number(y))
    },
    float: divideFloats,
  })
}

/** Python's `a // b`: rounded down. Throws ZeroDivisionError. */
export function floorDivide(a: unknown, b: unknown): unknown {
  return calculate(a, b, {
    symbol: '//',
    int: (x, y) => {
      if (y === 0n) throw new ZeroDivisionError('integer division or modulo by zero')
      const quotient = x / y
      return makeInt(x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient)
    },
    float: (x, y) => {
      if (y === 0) throw new ZeroDivisionError('float floor division by zero')
      return Math.floor(x / y)
    },
  })
}

/** Python's `a % b`: the remainder with the sign of `b`, or text formatting. */
export function modulo(a: unknown, b: unknown): unknown {
  if (isText(a)) return formatPercent(a, b)
  return calculate(a, b, {
    symbol: '%',
    int: (x, y) => {
      if (y === 0n) throw new ZeroDivisionError('integer modulo by zero')
      const rest = x % y
      return makeInt(rest !== 0n && rest < 0n !== y < 0n ? rest + y : rest)
    },
    float: (x, y) => {
      if (y === 0) throw new ZeroDivisionError('float modulo')
      const rest = x % y
      if (rest === 0) return y < 0 ? -0 : 0
      return rest < 0 !== y < 0 ? rest + y : rest
    },
  })
}

// A template must not be able to fill the memory with one expression.
const MAX_POWER_BITS = 1_000_000

/** Python's `a ** b`. Throws ZeroDivisionError for a negative power of zero. */
export function power(a: unknown, b: unknown): unknown {
  return calculate(a, b, {
    symbol: '** or pow()',
    int: (x, y) => {
      if (y < 0n) {
        if (x === 0n) throw new ZeroDivisionError('0.0 cannot be raised to a negative power')
        return makeFloat(Number(x) ** Number(y))
      }
      const bits = BigInt(x.toString(2).length) * y
      if (bits > MAX_POWER_BITS) throw new RangeError('the result of ** is too large')
      return makeInt(x ** y)
    },
    float: (x, y) => {
      if (x === 0 && y < 0) {
        throw new ZeroDivisionError('0.0 cannot be raised to a negative power')
      }
      return x === 1 ? 1 : x ** y
    },
  })
}

/** Python's `-a`. */
export function negate(a: unknown): unknown {
  if (typeof a === 'number') return Number.isSafeInteger(a) ? 0 - a : -a
  const value = toNumeric(a)
  if (value === null) return badUnary(a, '-')
  return value.int === null ? makeFloat(-value.float) : makeInt(-value.int)
}

/** Python's `+a`. */
export function positive(a: unknown): unknown {
  if (typeof a === 'number' || a instanceof Float) return a
  const value = toNumeric(a)
  return value?.int == null ? badUnary(a, '+') : makeInt(value.int)
}

function badUnary(a: unknown, symbol: string): never {
  if (a instanceof Undefined) a.fail()
  throw new TypeError(`bad operand type for unary ${symbol}: '${typeName(a)}'`)
}

/** Python's `abs()`. */
export function absolute(a: unknown): unknown {
  const value = toNumeric(a)
  if (value === null) {
    throw new TypeError(`bad operand type for abs(): '${typeName(a)}'`)
  }
  if (value.int === null) return makeFloat(Math.abs(value.float))
  return makeInt(value.int < 0n ? -value.int : value.int)
}
