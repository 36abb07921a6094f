import { Boolean_ } from './boolean.ts'
import { Date_, DateTime, Time } from './datetimes.ts'
import { BigInteger, Float, Integer, Numeric, SmallInteger } from './numbers.ts'
import { LargeBinary, String_, Text } from './strings.ts'

export { ARRAY, type ArrayOptions, ArrayType } from './array.ts'
export { Boolean_ as Boolean, type BooleanOptions } from './boolean.ts'
export { BoundValue } from './bound-value.ts'
export {
  Date_ as Date,
  DateTime,
  Interval,
  TIMESTAMP,
  Time,
  type TimeOptions,
} from './datetimes.ts'
export { Enum, type EnumOptions, EnumType } from './enum.ts'
export { JSON_ as JSON, JSONB, type JsonOptions, type JsonValue } from './json.ts'
export {
  BigInteger,
  DECIMAL,
  DOUBLE_PRECISION,
  Double,
  Float,
  Integer,
  Numeric,
  type NumericOptions,
  REAL,
  SmallInteger,
} from './numbers.ts'
export {
  BINARY,
  CHAR,
  LargeBinary,
  String_ as String,
  type StringOptions,
  Text,
  Unicode,
  UnicodeText,
  VARBINARY,
} from './strings.ts'
export { storedType, TypeDecorator } from './type-decorator.ts'
export {
  isTypeArgument,
  NULLTYPE,
  NullType,
  type TypeArgument,
  type TypeDialect,
  TypeEngine,
  toType,
  type ValueOf,
} from './type-engine.ts'
export { Uuid, type UuidOptions } from './uuid.ts'

// SQL's own names; what they render is the same on the three databases.
export const INTEGER: typeof Integer = Integer
export const INT: typeof Integer = Integer
export const SMALLINT: typeof SmallInteger = SmallInteger
export const BIGINT: typeof BigInteger = BigInteger
export const FLOAT: typeof Float = Float
export const NUMERIC: typeof Numeric = Numeric
export const BOOLEAN: typeof Boolean_ = Boolean_
export const VARCHAR: typeof String_ = String_
export const NVARCHAR: typeof String_ = String_
export const TEXT: typeof Text = Text
export const CLOB: typeof Text = Text
export const BLOB: typeof LargeBinary = LargeBinary
export const DATE: typeof Date_ = Date_
export const DATETIME: typeof DateTime = DateTime
export const TIME: typeof Time = Time
