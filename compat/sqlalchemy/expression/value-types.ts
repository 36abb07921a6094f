import { Boolean_ } from '../types/boolean.ts'
import { Date_, DateTime, Time } from '../types/datetimes.ts'
import { JSON_ } from '../types/json.ts'
import { BigInteger, Float, Integer } from '../types/numbers.ts'
import { LargeBinary, String_ } from '../types/strings.ts'
import { NULLTYPE, type Processor, type TypeDialect, TypeEngine } from '../types/type-engine.ts'

/** Kinds of types between which operators choose. */
export type TypeKind = 'integer' | 'float' | 'numeric' | 'text' | 'boolean' | 'other' | 'null'

const KINDS: Readonly<Record<string, TypeKind>> = {
  null: 'null',
  integer: 'integer',
  small_integer: 'integer',
  big_integer: 'integer',
  float: 'float',
  double: 'float',
  real: 'float',
  numeric: 'numeric',
  string: 'text',
  text: 'text',
  unicode: 'text',
  unicode_text: 'text',
  CHAR: 'text',
  boolean: 'boolean',
}

export function kindOf(type: TypeEngine<unknown>): TypeKind {
  return KINDS[type.visitName] ?? 'other'
}

export const BOOLEAN: TypeEngine<unknown> = new Boolean_()
export const INTEGER: TypeEngine<unknown> = new Integer()
export const BIG_INTEGER: TypeEngine<unknown> = new BigInteger()

/** Whole numbers beyond every integer type, which comparisons may meet all the same. */
class WideInteger extends TypeEngine<unknown> {
  readonly visitName = 'numeric'

  override bindProcessor(): Processor {
    return (value) => String(value)
  }

  override ddl({ name }: TypeDialect): string {
    return name === 'mysql' ? 'DECIMAL(65, 0)' : 'NUMERIC'
  }
}

const WIDE_INTEGER: TypeEngine<unknown> = new WideInteger()
export const FLOAT: TypeEngine<unknown> = new Float()
export const STRING: TypeEngine<unknown> = new String_()
export const BINARY: TypeEngine<unknown> = new LargeBinary()

export const DATE: TypeEngine<unknown> = new Date_()
export const DATETIME: TypeEngine<unknown> = new DateTime()
export const TIME: TypeEngine<unknown> = new Time()
export const JSON_TYPE: TypeEngine<unknown> = new JSON_()

/** The type a JavaScript value has by itself; `NULLTYPE` leaves it to the driver. */
export function typeOfValue(value: unknown): TypeEngine<unknown> {
  switch (typeof value) {
    case 'string':
      return STRING
    case 'number':
      return Number.isInteger(value) ? INTEGER : FLOAT
    case 'bigint':
      return BIG_INTEGER
    case 'boolean':
      return BOOLEAN
    default:
      if (value instanceof Date) return DATETIME
      return value instanceof Uint8Array ? BINARY : NULLTYPE
  }
}

/** The type of a value compared with or stored in something of `type`. */
export function typeBeside(value: unknown, type: TypeEngine<unknown>): TypeEngine<unknown> {
  const kind = kindOf(type)
  if (kind === 'null') return typeOfValue(value)
  if (kind === 'integer') {
    if (typeof value === 'number' && !Number.isInteger(value)) return FLOAT
    if (typeof value === 'bigint') return isBeyond(value, BIG_INTEGER) ? WIDE_INTEGER : BIG_INTEGER
    if (typeof value === 'number' && isBeyond(value, type)) return BIG_INTEGER
  }
  return type
}

/** The greatest value of the integer types: what is beyond can be compared with, but not be sent as one. */
const GREATEST: Readonly<Record<string, number | bigint>> = {
  small_integer: 32767,
  integer: 2147483647,
  big_integer: 2n ** 63n - 1n,
}

/** Whether a whole number is none that a column of an integer type can hold everywhere. */
export function isBeyond(value: number | bigint, { visitName }: TypeEngine<unknown>): boolean {
  const greatest = GREATEST[visitName]
  return greatest !== undefined && (value > greatest || value < -greatest)
}

const WIDTH: Readonly<Partial<Record<TypeKind, number>>> = { integer: 1, numeric: 2, float: 3 }

/** The type of an arithmetic result. */
export function arithmeticType(
  left: TypeEngine<unknown>,
  right: TypeEngine<unknown>,
): TypeEngine<unknown> {
  const kind = kindOf(left)
  if (kind === 'null') return right
  if (kind === 'other') return kindOf(right) === 'other' ? NULLTYPE : left
  return (WIDTH[kindOf(right)] ?? 0) > (WIDTH[kind] ?? 9) ? right : left
}

/** The type's name in CAST, which is not always that of CREATE TABLE. */
export function castName(type: TypeEngine<unknown>, dialect: TypeDialect): string | null {
  const kind = kindOf(type)
  if (kind === 'null') return null
  if (dialect.name !== 'mysql') return type.ddl(dialect)
  switch (kind) {
    case 'integer':
    case 'boolean':
      return 'signed integer'
    case 'float':
      return 'double'
    case 'text': {
      const { length } = type as { length?: number | null }
      return length ? `char(${length})` : 'char'
    }
    default:
      if (type.visitName === 'large_binary') return 'binary'
      if (type.visitName === 'json') return dialect.flavour === 'mariadb' ? null : 'json'
      return type.ddl(dialect)
  }
}
