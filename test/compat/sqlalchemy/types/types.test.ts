import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  mysqlDialect,
  postgresqlDialect,
  sqliteDialect,
} from '../../../../compat/sqlalchemy/dialects/index.ts'
import { ArgumentError, CompileError } from '../../../../compat/sqlalchemy/errors.ts'
import * as types from '../../../../compat/sqlalchemy/types/index.ts'

const sqlite = sqliteDialect()
const postgresql = postgresqlDialect()

describe('a type', () => {
  it('is made with and without new, and a class stands for its plain instance', () => {
    for (const type of [types.String(80), new types.String(80)]) {
      expect(type).toBeInstanceOf(types.String)
      expect(type).toBeInstanceOf(types.TypeEngine)
      expect(type.length).toBe(80)
    }
    expect(types.toType(types.Integer)).toBeInstanceOf(types.Integer)
    expect(() => types.toType('integer' as never)).toThrow(ArgumentError)
  })

  it('can be the base of one’s own', () => {
    class Name extends types.String {
      override ddl(): string {
        return 'NAME'
      }
    }
    expect(new Name(3)).toBeInstanceOf(types.String)
    expect(new Name(3)).toMatchObject({ length: 3 })
    expect(new Name().ddl()).toBe('NAME')
  })

  it('has a TypeScript type of values', () => {
    expectTypeOf<types.ValueOf<typeof types.Integer>>().toEqualTypeOf<number>()
    expectTypeOf(types.BigInteger()).toExtend<types.TypeEngine<bigint>>()
    expectTypeOf(types.Numeric(10, 2).valueType).toEqualTypeOf<string>()
    expectTypeOf(types.Numeric(10, 2, { asdecimal: false }).valueType).toEqualTypeOf<number>()
    expectTypeOf<types.ValueOf<typeof types.Numeric>>().toEqualTypeOf<string>()
    expectTypeOf(types.Enum('a', 'b').valueType).toEqualTypeOf<'a' | 'b'>()
    expectTypeOf(types.Enum('a', 'b', { name: 'x' }).valueType).toEqualTypeOf<'a' | 'b'>()
    expectTypeOf(types.Enum({ Red: 'r', Green: 'g' } as const).valueType).toEqualTypeOf<'r' | 'g'>()
    expectTypeOf(types.ARRAY(types.Integer).valueType).toEqualTypeOf<number[]>()
    expectTypeOf(types.JSON<{ a: number }>().valueType).toEqualTypeOf<{ a: number }>()
    expect(types.Enum('a', 'b').enums).toEqual(['a', 'b'])
  })
})

describe('Integer and BigInteger', () => {
  it('take the text of a number, as a route or a session has it', () => {
    expect(types.Integer().toDriver('42', sqlite)).toBe(42)
    expect(types.BigInteger().toDriver('42', sqlite)).toBe(42n)
    expect(types.BigInteger().toDriver(42, sqlite)).toBe(42n)
  })
})

describe('Numeric', () => {
  it('always has the digits of its scale', () => {
    const read = (value: unknown, scale?: number): unknown =>
      types.Numeric(20, scale).fromDriver(value, sqlite)
    expect(read(12.5, 2)).toBe('12.50')
    expect(read(3, 2)).toBe('3.00')
    expect(read(7n, 2)).toBe('7.00')
    expect(read(0.1)).toBe('0.1')
    expect(read(1e-7)).toBe('0.0000001')
    expect(read(2 ** 70)).toBe('1180591620717411303424')
  })
})

describe('JSON', () => {
  it('stores null as JSON’s null, or as SQL’s with noneAsNull', () => {
    expect(types.JSON().toDriver(null, sqlite)).toBe('null')
    expect(types.JSON().toDriver(undefined, sqlite)).toBe(null)
    expect(types.JSON({ noneAsNull: true }).toDriver(null, sqlite)).toBe(null)
    expect(types.JSON({ noneAsNull: true }).toDriver(types.JSON.NULL, sqlite)).toBe('null')
    expect(types.JSON().fromDriver('null', sqlite)).toBe(null)
    expect(types.JSON().fromDriver(null, sqlite)).toBe(null)
  })

  it('is the text Python’s json.dumps writes', () => {
    const value = { a: [1, 2.5, 'x: y, "z"'], ü: null, b: {} }
    expect(types.JSON().toDriver(value, sqlite)).toBe(
      '{"a": [1, 2.5, "x: y, \\"z\\""], "\\u00fc": null, "b": {}}',
    )
  })
})

describe('Enum', () => {
  const Color = { Red: 'r', Green: 'g' } as const

  it('stores an object’s keys and reads its values', () => {
    const type = types.Enum(Color)
    expect(type.toDriver('r', sqlite)).toBe('Red')
    expect(type.toDriver('Red', sqlite)).toBe('Red')
    expect(type.fromDriver('Green', sqlite)).toBe('g')
  })

  it('stores values with valuesCallable', () => {
    const type = types.Enum(Color, { valuesCallable: Object.values })
    expect(type.enums).toEqual(['r', 'g'])
    expect(type.toDriver('g', sqlite)).toBe('g')
  })

  it('knows TypeScript’s numeric enums, which name their values too', () => {
    const Level = { 0: 'Low', 1: 'High', Low: 0, High: 1 }
    const type = types.Enum(Level)
    expect(type.enums).toEqual(['Low', 'High'])
    expect(type.toDriver(1, sqlite)).toBe('High')
    expect(type.fromDriver('Low', sqlite)).toBe(0)
  })

  it('refuses what makes no enum', () => {
    expect(() => types.Enum({})).toThrow('Enum needs at least one value')
    expect(() => types.Enum('a', 'a')).toThrow('Enum values must differ: a, a')
    expect(() => types.Enum('abc', { length: 2 })).toThrow(
      'When provided, length must be larger or equal than the length of the longest enum value. 2 < 3',
    )
    expect(() => types.Enum('a').ddl(postgresql)).toThrow(
      new CompileError('PostgreSQL ENUM type requires a name.'),
    )
  })

  it('lets other strings by with validateStrings: false', () => {
    expect(types.Enum('a', { validateStrings: false }).toDriver('b', sqlite)).toBe('b')
  })
})

describe('ARRAY', () => {
  it('is PostgreSQL’s alone', () => {
    expect(types.ARRAY(types.Integer).ddl(postgresql)).toBe('INTEGER[]')
    expect(() => types.ARRAY(types.Integer).ddl(mysqlDialect())).toThrow(
      "mysql can't render element of type ARRAY",
    )
    expect(() => types.ARRAY(types.ARRAY(types.Integer))).toThrow('Do not nest ARRAY types')
  })

  it('reads the text of arrays the driver does not know', () => {
    const read = (text: string): unknown => types.ARRAY(types.String).fromDriver(text, postgresql)
    expect(read('{a,"b, \\"c\\" {d}",NULL,""}')).toEqual(['a', 'b, "c" {d}', null, ''])
    expect(read('{{a,b},{c,d}}')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    expect(read('{}')).toEqual([])
  })
})

describe('TypeDecorator', () => {
  class Lowercase extends types.TypeDecorator<string> {
    impl = types.String(80)

    override processBindParam(value: string | null): string | null {
      return value === null ? 'nothing' : value.toLowerCase()
    }

    override processResultValue(value: unknown): string | null {
      return value === 'nothing' ? null : `<${value}>`
    }
  }

  it('changes values on their way to and from the type below, null among them', () => {
    const type = new Lowercase()
    expect(type.toDriver('ADA', sqlite)).toBe('ada')
    expect(type.toDriver(null, sqlite)).toBe('nothing')
    expect(type.fromDriver('nothing', sqlite)).toBe(null)
    expect(type.fromDriver('ada', sqlite)).toBe('<ada>')
    expect(type.ddl(postgresql)).toBe('VARCHAR(80)')
    expect(types.storedType(type, sqlite)).toBe(type.impl)
  })

  it('may stand as a class', () => {
    expect(types.toType(Lowercase)).toBeInstanceOf(Lowercase)
  })

  it('lets the type below refuse what it gives', () => {
    class Wrong extends types.TypeDecorator<string> {
      impl = types.Integer
    }
    expect(() => new Wrong().toDriver('x', sqlite, 'a')).toThrow("(value of column 'a')")
  })
})

describe('Interval', () => {
  it.each([
    ['00:01:30', 90],
    ['-00:00:01.5', -1.5],
    ['1 day 02:00:00', 93_600],
    ['-1 days +00:00:01', -86_399],
    ['1 year 2 mons 3 days', (365 + 60 + 3) * 86_400],
  ])('of PostgreSQL: %s', (text, seconds) => {
    expect(types.Interval().fromDriver(text, postgresql)).toBe(seconds)
  })
})

describe('DateTime', () => {
  it('has no room below a millisecond', () => {
    const read = (text: string): unknown => types.DateTime().fromDriver(text, sqlite)
    expect(read('2026-03-01 10:00:00.123999')).toEqual(new Date('2026-03-01T10:00:00.123Z'))
    expect(read('2026-03-01')).toEqual(new Date('2026-03-01T00:00:00Z'))
    expect(read('2026-03-01T10:00:00+02:00')).toEqual(new Date('2026-03-01T08:00:00Z'))
    expect(read('0099-03-01 00:00:00')).toEqual(new Date('0099-03-01T00:00:00Z'))
  })
})
