import { CompiledQuery } from 'kysely'
import { describe, expect, it } from 'vitest'
import {
  createEngine,
  mysqlDialect,
  postgresqlDialect,
  sqliteDialect,
} from '../../../../compat/sqlalchemy/dialects/index.ts'
import { DataError, StatementError } from '../../../../compat/sqlalchemy/errors.ts'
import * as types from '../../../../compat/sqlalchemy/types/index.ts'

const sqlite = sqliteDialect()
const postgresql = postgresqlDialect()
const mysql = mysqlDialect()
const Color = { Red: 'r', Green: 'g' } as const

type Row = readonly [type: types.TypeEngine, value: unknown, message: string | RegExp]

const WRONG_TYPE: readonly Row[] = [
  [
    types.Integer(),
    'abc',
    "(TypeError) Integer type only accepts integers as input, not string 'abc'.",
  ],
  [
    types.Integer(),
    1.5,
    '(TypeError) Integer type only accepts integers as input, not number 1.5.',
  ],
  [types.Integer(), {}, /not Object \{\}/],
  [types.BigInteger(), '1.5', /BigInteger type only accepts integers/],
  [types.Float(), 'many', /Float type only accepts numbers/],
  [types.Numeric(), true, /Numeric type only accepts decimal strings and numbers/],
  [types.String(3), 5, '(TypeError) String type only accepts strings as input, not number 5.'],
  [types.Boolean(), 'yes', /Boolean type only accepts true, false, 0 and 1/],
  [types.Boolean(), 2, /not number 2/],
  [types.Date(), '2026-03-01', /Date type only accepts Date objects as input, not string/],
  [types.DateTime(), 1_700_000_000, /DateTime type only accepts Date objects/],
  [types.Time(), new Date(0), /Time type only accepts strings such as '09:05:00'/],
  [types.Interval(), '90', /Interval type only accepts numbers of seconds/],
  [types.LargeBinary(), 'text', /LargeBinary type only accepts Buffer and Uint8Array objects/],
  [types.JSON(), () => 1, /not JSON serializable/],
  [types.JSON(), { n: 5n }, /Object of type bigint is not JSON serializable/],
  [types.Uuid(), 5, /Uuid type only accepts strings/],
]

const BAD_DATA: readonly Row[] = [
  [types.Integer(), Number.NaN, /\(ValueError\) Integer: not a number: number NaN/],
  [types.Integer(), 2 ** 53, /not exact beyond 2\*\*53/],
  [types.Integer(), '9999999999999999999', /out of range/],
  [
    types.BigInteger(),
    2n ** 63n,
    '(ValueError) BigInteger: out of range: bigint 9223372036854775808n',
  ],
  [types.Float(), Number.NaN, /sqlite cannot store it: number NaN/],
  [types.Numeric(10, 2), 'twelve', /not a decimal number: string 'twelve'/],
  [types.Numeric(10, 2), Number.POSITIVE_INFINITY, /not a finite number/],
  [types.Numeric(20, 2), '12345678901234567.89', /at most 15 significant digits/],
  [types.String(9), 'a\ud800', /surrogates not allowed/],
  [types.Date(), new Date(Number.NaN), /not a date between the years 1 and 9999/],
  [types.DateTime(), new Date('+012026-01-01T00:00:00Z'), /not a date between/],
  [types.Time(), '25:00:00', /not a time of day/],
  [types.Time(), '10:00:00+02:00', /not a time of day/],
  [types.Interval(), Number.POSITIVE_INFINITY, /out of range/],
  [types.Interval(), 1e13, /out of range/],
  [types.JSON(), { a: [Number.NaN] }, /JSON has no such number/],
  [
    types.Uuid(),
    'no-uuid',
    "(ValueError) Uuid: badly formed hexadecimal UUID string: string 'no-uuid'",
  ],
  [
    types.Enum('a', 'b', { name: 'letters' }),
    'c',
    "(LookupError) string 'c' is not among the defined enum values. Enum name: letters. Possible values: a, b",
  ],
  [types.Enum(Color), 'Blue', /Possible values: Red, Green/],
]

describe('a value that is none of the type’s', () => {
  it.each(WRONG_TYPE)('%s refuses %o', (type, value, message) => {
    expect(() => type.toDriver(value, sqlite)).toThrow(StatementError)
    expect(() => type.toDriver(value, sqlite)).toThrow(message)
  })
})

describe('a value that cannot be stored', () => {
  it.each(BAD_DATA)('%s refuses %o', (type, value, message) => {
    expect(() => type.toDriver(value, sqlite)).toThrow(DataError)
    expect(() => type.toDriver(value, sqlite)).toThrow(message)
  })

  it('depends on the database', () => {
    expect(types.Float().toDriver(Number.NaN, postgresql)).toBeNaN()
    expect(() => types.Float().toDriver(Number.POSITIVE_INFINITY, mysql)).toThrow(DataError)
    expect(() => types.String().toDriver('a\0b', postgresql)).toThrow(
      'A string literal cannot contain NUL (0x00) characters.',
    )
    expect(types.String().toDriver('a\0b', sqlite)).toBe('a\0b')
    expect(types.Numeric(20, 2).toDriver('12345678901234567.89', postgresql)).toBe(
      '12345678901234567.89',
    )
  })

  it('names its column, and its statement where there is one', async () => {
    expect(() => types.Integer().toDriver('abc', sqlite, 'user.age')).toThrow(
      "(value of column 'user.age')\n(TypeError) Integer type only accepts integers as input, not string 'abc'.",
    )
    const engine = createEngine('sqlite://')
    const bound = new types.BoundValue('abc', types.Integer(), 'age')
    const query = CompiledQuery.raw('SELECT ?', [bound])
    await expect(engine.kysely.executeQuery(query)).rejects.toThrow(
      "(value of column 'age')\n(TypeError) Integer type only accepts integers as input, not string " +
        "'abc'.\n[SQL: SELECT ?]\n[parameters: [ 'abc' ]]",
    )
    await engine.dispose()
  })
})

describe('a stored value that is none of the type’s', () => {
  it.each([
    [types.DateTime(), 'yesterday', "Couldn't parse datetime string"],
    [types.DateTime(), '2026-02-31 10:00:00', "Couldn't parse datetime string"],
    [types.Date(), 'x', "Couldn't parse date string"],
    [types.Time(), 'x', "Couldn't parse time string"],
    [types.JSON(), '{', 'not JSON'],
    [types.Uuid(), 'x', 'badly formed hexadecimal UUID string'],
    [types.Enum('a'), 'z', 'is not among the defined enum values'],
  ])('%s: %j', (type: types.TypeEngine, value, message) => {
    expect(() => type.fromDriver(value, sqlite)).toThrow(DataError)
    expect(() => type.fromDriver(value, sqlite)).toThrow(message)
  })
})
