import { badData, wrongType } from './refuse.ts'
import {
  type Callable,
  callable,
  type Processor,
  type TypeDialect,
  TypeEngine,
} from './type-engine.ts'

const INTEGER_TEXT = /^\s*[+-]?\d{1,20}\s*$/

/** What Python's int() would take, too: a route's or a session's id often comes as text. */
function toInteger(type: string, value: unknown): number {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value
    if (Number.isInteger(value))
      throw badData(type, 'not exact beyond 2**53, use BigInteger', value)
    throw Number.isNaN(value) || !Number.isFinite(value)
      ? badData(type, 'not a number', value)
      : wrongType(type, 'integers', value)
  }
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint' || (typeof value === 'string' && INTEGER_TEXT.test(value))) {
    const number = Number(value)
    if (Number.isSafeInteger(number)) return number
    throw badData(type, 'out of range', value)
  }
  throw wrongType(type, 'integers', value)
}

/** INTEGER: a `number`. */
export class IntegerType extends TypeEngine<number> {
  readonly visitName: string = 'integer'
  override readonly affinity = 'integer'

  override bindProcessor(): Processor {
    return (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) ? value : toInteger('Integer', value)
  }

  override resultProcessor(dialect: TypeDialect): Processor | null {
    // PostgreSQL and MySQL give sums and counts as text, SQLite's integers are numbers already.
    return dialect.name === 'sqlite'
      ? null
      : (value) => (typeof value === 'number' ? value : Number(value))
  }

  override ddl(_dialect: TypeDialect): string {
    return 'INTEGER'
  }
}

/** SMALLINT: a `number`. */
export class SmallIntegerType extends IntegerType {
  override readonly visitName = 'small_integer'

  override ddl(): string {
    return 'SMALLINT'
  }
}

const BIGGEST = 2n ** 63n - 1n

/** BIGINT: a `bigint`; numbers are taken, too. */
export class BigIntegerType extends TypeEngine<bigint> {
  readonly visitName: string = 'big_integer'
  override readonly affinity = 'integer'

  override bindProcessor(): Processor {
    return (value) => {
      const big =
        typeof value === 'bigint'
          ? value
          : typeof value === 'string' && INTEGER_TEXT.test(value)
            ? BigInt(value)
            : BigInt(toInteger('BigInteger', value))
      if (big > BIGGEST || big < -BIGGEST - 1n) throw badData('BigInteger', 'out of range', value)
      return big
    }
  }

  override resultProcessor(): Processor {
    return (value) => (typeof value === 'bigint' ? value : BigInt(value as number | string))
  }

  override ddl(): string {
    return 'BIGINT'
  }
}

/** FLOAT: a `number`. */
export class FloatType extends TypeEngine<number> {
  readonly visitName: string = 'float'
  readonly precision: number | null

  constructor(precision?: number | null) {
    super()
    this.precision = precision ?? null
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    return (value) => {
      if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
      const number = typeof value === 'string' && NUMERIC_TEXT.test(value) ? Number(value) : value
      if (typeof number !== 'number') throw wrongType('Float', 'numbers', value)
      if (Number.isFinite(number)) return number
      // SQLite turns NaN into NULL without a word; MySQL has neither NaN nor infinity.
      if (dialect.name === 'sqlite' ? Number.isNaN(number) : dialect.name !== 'postgresql') {
        throw badData('Float', `${dialect.name} cannot store it`, value)
      }
      return number
    }
  }

  override resultProcessor(dialect: TypeDialect): Processor | null {
    return dialect.name === 'sqlite'
      ? null
      : (value) => (typeof value === 'number' ? value : Number(value))
  }

  override ddl(dialect: TypeDialect): string {
    const sized = this.precision !== null && dialect.name !== 'sqlite' && dialect.name !== 'default'
    return sized ? `FLOAT(${this.precision})` : 'FLOAT'
  }
}

/** DOUBLE: a `number`. */
export class DoubleType extends FloatType {
  override readonly visitName = 'double'

  override ddl(dialect: TypeDialect): string {
    return dialect.name === 'postgresql' ? 'DOUBLE PRECISION' : 'DOUBLE'
  }
}

export class RealType extends FloatType {
  override ddl(): string {
    return 'REAL'
  }
}

export class DoublePrecisionType extends FloatType {
  override ddl(): string {
    return 'DOUBLE PRECISION'
  }
}

/** Options of {@link Numeric}. */
export interface NumericOptions {
  /** false: values are read as `number` instead of exact text. */
  readonly asdecimal?: boolean
  /** Digits after the point of values read, when the type has no scale of its own. */
  readonly decimalReturnScale?: number
}

const NUMERIC_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/

/**
 * NUMERIC(precision, scale): exact decimals as text, `'12.50'`, always with the scale's digits;
 * `{ asdecimal: false }` reads numbers. Takes text, numbers and bigints.
 */
export class NumericType<T extends string | number = string> extends TypeEngine<T> {
  readonly visitName: string = 'numeric'
  readonly precision: number | null
  readonly scale: number | null
  readonly asdecimal: boolean
  readonly #returnScale: number | null

  constructor(precision?: number | null, scale?: number | null, options: NumericOptions = {}) {
    super()
    this.precision = precision ?? null
    this.scale = scale ?? null
    this.asdecimal = options.asdecimal ?? true
    this.#returnScale = options.decimalReturnScale ?? this.scale
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    return (value) => {
      const text = decimalText(value)
      if (text === 'NaN') {
        if (dialect.name === 'postgresql') return text
        throw badData('Numeric', `${dialect.name} cannot store it`, value)
      }
      if (dialect.name !== 'sqlite') return text
      // SQLite keeps a double, which is exact for 15 significant digits.
      if (significantDigits(text) > 15) {
        throw badData(
          'Numeric',
          'SQLite keeps NUMERIC as a double, which is exact for at most 15 significant digits; ' +
            'use a String or Text column for such values',
          value,
        )
      }
      return Number(text)
    }
  }

  override resultProcessor(): Processor {
    const scale = this.#returnScale
    if (!this.asdecimal) return Number
    return (value) => withScale(value as string | number | bigint, scale)
  }

  override ddl(): string {
    return this.sized('NUMERIC')
  }

  protected sized(name: string): string {
    if (this.precision === null) return name
    return this.scale === null
      ? `${name}(${this.precision})`
      : `${name}(${this.precision}, ${this.scale})`
  }
}

export class DecimalType<T extends string | number = string> extends NumericType<T> {
  override ddl(): string {
    return this.sized('DECIMAL')
  }
}

function decimalText(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value)
    throw badData('Numeric', 'not a finite number', value)
  }
  if (typeof value !== 'string') throw wrongType('Numeric', 'decimal strings and numbers', value)
  if (value === 'NaN' || NUMERIC_TEXT.test(value)) return value
  throw badData('Numeric', 'not a decimal number', value)
}

function significantDigits(text: string): number {
  const [mantissa = ''] = text.split(/[eE]/)
  return mantissa.replace(/^[+-]/, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '').length
}

function withScale(value: string | number | bigint, scale: number | null): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return scale ? `${value}.${'0'.repeat(scale)}` : value.toString()
  if (scale !== null && Math.abs(value) < 1e21) return value.toFixed(Math.min(scale, 100))
  if (Number.isInteger(value)) return withScale(BigInt(value), scale)
  const text = String(value)
  return text.includes('e')
    ? value.toFixed(Math.min(100, 15 + Math.ceil(-Math.log10(Math.abs(value))))).replace(/0+$/, '')
    : text
}

/** `Numeric(10, 2)` reads text, `Numeric(10, 2, { asdecimal: false })` reads numbers. */
export interface NumericFactory {
  new (
    precision: number | null | undefined,
    scale: number | null | undefined,
    options: NumericOptions & { asdecimal: false },
  ): NumericType<number>
  new (
    precision?: number | null,
    scale?: number | null,
    options?: NumericOptions,
  ): NumericType<string>
  (
    precision: number | null | undefined,
    scale: number | null | undefined,
    options: NumericOptions & { asdecimal: false },
  ): NumericType<number>
  (precision?: number | null, scale?: number | null, options?: NumericOptions): NumericType<string>
  readonly prototype: NumericType<string | number>
}

export const Integer: Callable<typeof IntegerType> = callable('Integer', IntegerType)
export const SmallInteger: Callable<typeof SmallIntegerType> = callable(
  'SmallInteger',
  SmallIntegerType,
)
export const BigInteger: Callable<typeof BigIntegerType> = callable('BigInteger', BigIntegerType)
export const Float: Callable<typeof FloatType> = callable('Float', FloatType)
export const Double: Callable<typeof DoubleType> = callable('Double', DoubleType)
export const REAL: Callable<typeof RealType> = callable('REAL', RealType)
export const DOUBLE_PRECISION: Callable<typeof DoublePrecisionType> = callable(
  'DOUBLE_PRECISION',
  DoublePrecisionType,
)
export const Numeric: NumericFactory = callable('Numeric', NumericType) as unknown as NumericFactory
export const DECIMAL: NumericFactory = callable('DECIMAL', DecimalType) as unknown as NumericFactory
