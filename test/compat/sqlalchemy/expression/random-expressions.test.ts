import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sqliteDialect } from '../../../../compat/sqlalchemy/dialects/dialects.ts'
import { driverParameters } from '../../../../compat/sqlalchemy/dialects/parameters.ts'
import {
  type ColumnElement,
  caseWhen,
  column,
  compileSelect,
  func,
  literal,
  select,
  values,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import { Integer } from '../../../../compat/sqlalchemy/types/numbers.ts'
import { String_ } from '../../../../compat/sqlalchemy/types/strings.ts'

/** The row the expressions are about: two numbers and two texts, any of which may be NULL. */
interface Row {
  readonly a: number | null
  readonly b: number | null
  readonly s: string | null
  readonly t: string | null
}

/** An expression and what plain JavaScript makes of it; `null` is unknown, as in SQL. */
interface Both<T> {
  readonly sql: ColumnElement<T | null>
  readonly js: (row: Row) => T | null
}

const lifted =
  <A, B, R>(f: (a: A, b: B) => R | null) =>
  (a: A | null, b: B | null): R | null =>
    a === null || b === null ? null : f(a, b)

const source = () => values({ a: Integer, b: Integer, s: String_(), t: String_() }, 'r')
const numberColumn = (key: 'a' | 'b'): Both<number> => ({
  sql: column(key, Integer),
  js: (row) => row[key],
})
const textColumn = (key: 's' | 't'): Both<string> => ({
  sql: column(key, String_()),
  js: (row) => row[key],
})

const smallInteger = fc.integer({ min: -9, max: 9 })
// The signs that mean something in SQL, in LIKE or in a literal.
const sign = fc.constantFrom('a', 'b', 'A', '%', '_', "'", '"', '\\', '/', '-', ';', '?', '$', ':')
const anyText = fc.string({ unit: sign, maxLength: 4 })

const arithmetic = {
  add: lifted<number, number, number>((x, y) => x + y),
  sub: lifted<number, number, number>((x, y) => x - y),
  mul: lifted<number, number, number>((x, y) => x * y),
  div: lifted<number, number, number>((x, y) => (y === 0 ? null : Math.trunc(x / y))),
  mod: lifted<number, number, number>((x, y) => (y === 0 ? null : x % y)),
} as const
const comparison = {
  eq: lifted<number | string, number | string, boolean>((x, y) => x === y),
  ne: lifted<number | string, number | string, boolean>((x, y) => x !== y),
  lt: lifted<number | string, number | string, boolean>((x, y) => x < y),
  le: lifted<number | string, number | string, boolean>((x, y) => x <= y),
  gt: lifted<number | string, number | string, boolean>((x, y) => x > y),
  ge: lifted<number | string, number | string, boolean>((x, y) => x >= y),
} as const

const and3 = (x: boolean | null, y: boolean | null): boolean | null =>
  x === false || y === false ? false : x === null || y === null ? null : true
const or3 = (x: boolean | null, y: boolean | null): boolean | null =>
  x === true || y === true ? true : x === null || y === null ? null : false
const not3 = (x: boolean | null): boolean | null => (x === null ? null : !x)

const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

const { number, text, truth } = fc.letrec<{
  number: Both<number>
  text: Both<string>
  truth: Both<boolean>
}>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(numberColumn('a'), numberColumn('b')),
    smallInteger.map((n): Both<number> => ({ sql: literal(n, Integer), js: () => n })),
    fc
      .tuple(
        fc.constantFrom(...(Object.keys(arithmetic) as (keyof typeof arithmetic)[])),
        tie('number'),
        tie('number'),
      )
      .map(
        ([name, x, y]): Both<number> => ({
          sql: x.sql[name](y.sql),
          js: (row) => arithmetic[name](x.js(row), y.js(row)),
        }),
      ),
    tie('number').map(
      (x): Both<number> => ({
        sql: x.sql.neg(),
        js: (row) => lifted((n: number) => 0 - n)(x.js(row), 0),
      }),
    ),
    fc.tuple(tie('number'), smallInteger).map(
      ([x, n]): Both<number> => ({
        sql: func.coalesce(x.sql, n),
        js: (row) => x.js(row) ?? n,
      }),
    ),
    fc.tuple(tie('truth'), tie('number'), tie('number')).map(
      ([test, x, y]): Both<number> => ({
        sql: caseWhen([[test.sql, x.sql]], { else: y.sql }),
        js: (row) => (test.js(row) === true ? x.js(row) : y.js(row)),
      }),
    ),
    tie('text').map(
      (x): Both<number> => ({
        sql: func.length(x.sql),
        js: (row) => x.js(row)?.length ?? null,
      }),
    ),
  ),
  text: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(textColumn('s'), textColumn('t')),
    anyText.map((value): Both<string> => ({ sql: literal(value), js: () => value })),
    fc.tuple(tie('text'), tie('text')).map(
      ([x, y]): Both<string> => ({
        sql: x.sql.concat(y.sql),
        js: (row) => lifted((p: string, q: string) => p + q)(x.js(row), y.js(row)),
      }),
    ),
    tie('text').map(
      (x): Both<string> => ({
        sql: func.lower(x.sql),
        js: (row) => lifted((p: string) => lower(p))(x.js(row), ''),
      }),
    ),
  ),
  truth: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    ...(['number', 'text'] as const).map((kind) =>
      fc
        .tuple(
          fc.constantFrom(...(Object.keys(comparison) as (keyof typeof comparison)[])),
          tie(kind),
          tie(kind),
        )
        .map(
          ([name, x, y]): Both<boolean> => ({
            sql: (x.sql as ColumnElement<never>)[name](y.sql as ColumnElement<never>),
            js: (row) => comparison[name](x.js(row), y.js(row)),
          }),
        ),
    ),
    fc.tuple(tie('truth'), tie('truth')).map(
      ([x, y]): Both<boolean> => ({
        sql: x.sql.and(y.sql),
        js: (row) => and3(x.js(row), y.js(row)),
      }),
    ),
    fc.tuple(tie('truth'), tie('truth')).map(
      ([x, y]): Both<boolean> => ({
        sql: x.sql.or(y.sql),
        js: (row) => or3(x.js(row), y.js(row)),
      }),
    ),
    tie('truth').map((x): Both<boolean> => ({ sql: x.sql.not(), js: (row) => not3(x.js(row)) })),
    tie('number').map(
      (x): Both<boolean> => ({ sql: x.sql.isNull(), js: (row) => x.js(row) === null }),
    ),
    tie('text').map(
      (x): Both<boolean> => ({ sql: x.sql.isNotNull(), js: (row) => x.js(row) !== null }),
    ),
    fc.tuple(tie('number'), tie('number')).map(
      ([x, y]): Both<boolean> => ({
        sql: x.sql.isDistinctFrom(y.sql),
        js: (row) => x.js(row) !== y.js(row),
      }),
    ),
    fc.tuple(tie('number'), fc.array(smallInteger, { maxLength: 3 })).map(
      ([x, list]): Both<boolean> => ({
        sql: x.sql.in(list),
        js: (row) =>
          list.length === 0 ? false : lifted((n: number) => list.includes(n))(x.js(row), 0),
      }),
    ),
    fc.tuple(tie('number'), fc.array(smallInteger, { maxLength: 3 })).map(
      ([x, list]): Both<boolean> => ({
        sql: x.sql.notIn(list),
        js: (row) =>
          list.length === 0 ? true : lifted((n: number) => !list.includes(n))(x.js(row), 0),
      }),
    ),
    fc.tuple(tie('number'), smallInteger, smallInteger).map(
      ([x, low, high]): Both<boolean> => ({
        sql: x.sql.between(low, high),
        js: (row) => lifted((n: number) => n >= low && n <= high)(x.js(row), 0),
      }),
    ),
    fc
      .tuple(
        fc.constantFrom('contains' as const, 'startswith' as const, 'endswith' as const),
        tie('text'),
        anyText,
      )
      .map(
        ([name, x, part]): Both<boolean> => ({
          sql: x.sql[name](part, { autoescape: true }),
          // LIKE of SQLite takes ASCII letters of both cases for the same.
          js: (row) =>
            lifted((whole: string) => MATCH[name](lower(whole), lower(part)))(x.js(row), ''),
        }),
      ),
  ),
}))

const MATCH = {
  contains: (whole: string, part: string) => whole.includes(part),
  startswith: (whole: string, part: string) => whole.startsWith(part),
  endswith: (whole: string, part: string) => whole.endsWith(part),
} as const

const nullable = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(of, { nil: null, freq: 4 })
const anyRow: fc.Arbitrary<Row> = fc.record({
  a: nullable(smallInteger),
  b: nullable(smallInteger),
  s: nullable(anyText),
  t: nullable(anyText),
})

const database = new DatabaseSync(':memory:')
const dialect = sqliteDialect()

function evaluate(expression: ColumnElement, row: Row): unknown {
  const from = source().data([[row.a, row.b, row.s, row.t]])
  const { query, columns } = compileSelect(select(expression.label('it')).selectFrom(from), dialect)
  const parameters = driverParameters(query.parameters, dialect) as SQLInputValue[]
  const found = database.prepare(query.sql).get(...parameters) as Record<string, unknown>
  return columns[0]?.element.type.fromDriver(found.it, dialect)
}

const check = <T>(expression: fc.Arbitrary<Both<T>>): void => {
  fc.assert(
    fc.property(expression, anyRow, ({ sql, js }, row) => {
      const expected = js(row)
      // -0 is 0 in SQL.
      expect(evaluate(sql, row)).toBe(expected === 0 ? 0 : expected)
    }),
    { numRuns: 1500 },
  )
}

it('a random number has the value JavaScript gives it', () => check(number))
it('a random text has the value JavaScript gives it', () => check(text))
it('a random condition is true, false or unknown as in JavaScript', () => check(truth))

it('WHERE keeps the rows for which the condition is true', () => {
  fc.assert(
    fc.property(truth, fc.array(anyRow, { minLength: 1, maxLength: 5 }), ({ sql, js }, rows) => {
      const from = source().data(rows.map((row) => [row.a, row.b, row.s, row.t]))
      const statement = select(func.count()).selectFrom(from).where(sql)
      const { query } = compileSelect(statement, dialect)
      const bound = driverParameters(query.parameters, dialect) as SQLInputValue[]
      const [count] = Object.values(database.prepare(query.sql).get(...bound) as object)
      expect(count).toBe(rows.filter((row) => js(row) === true).length)
    }),
    { numRuns: 500 },
  )
})
