import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { Dialect } from '../../../../compat/sqlalchemy/dialects/dialect.ts'
import {
  mysqlDialect,
  postgresqlDialect,
  sqliteDialect,
} from '../../../../compat/sqlalchemy/dialects/dialects.ts'
import { driverParameters } from '../../../../compat/sqlalchemy/dialects/parameters.ts'
import { ArgumentError, CompileError } from '../../../../compat/sqlalchemy/errors.ts'
import {
  caseWhen,
  column,
  compileDml,
  compileSelect,
  extract,
  func,
  insert,
  literal,
  namedFunction,
  type SelectBase,
  select,
  text,
  update,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import { eachDatabase } from '../databases.ts'
import { D, dept, E, emp } from './company.ts'
import { openCompany, runOn } from './run-statement.ts'

const DIALECTS: readonly Dialect[] = [sqliteDialect(), postgresqlDialect(), mysqlDialect()]
const sqlite = DIALECTS[0] as Dialect

/** What a request may send to break out of each kind of place. */
const ATTACKS = [
  "'; drop table emp; --",
  '"; drop table emp; --',
  '`; drop table emp; --',
  "\\'; drop table emp; --",
  "' or '1'='1",
  '") or 1=1 --',
  "a' || (select 1) || '",
  "$.a' ) or 1=1 --",
  '*/ or 1=1 /*',
  'id; select pg_sleep(1)',
  'a"."b',
  'name desc, (select 1)',
  '"] or [0',
  '\\" or 1=1 --',
]

const sqlOf = (statement: SelectBase, dialect: Dialect): string =>
  compileSelect(statement, dialect).query.sql

describe.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))('%s', (_, dialect) => {
  it.each(ATTACKS)('a value is a parameter wherever it stands: %s', (attack) => {
    const statements: SelectBase[] = [
      select(E.id).where(E.name.eq(attack)),
      select(E.id).where(E.name.in([attack, 'b'])),
      select(E.id).where(E.name.like(attack)),
      select(E.id).where(E.name.contains(attack, { autoescape: true })),
      select(E.id).where(E.name.between(attack, attack)),
      select(literal(attack), func.lower(attack)),
      select(caseWhen([[E.name.eq(attack), attack]], { else: attack })),
      select(E.id).where(text('name = :n').bindparams({ n: attack })),
      select(E.id).filterBy({ name: attack }),
      select(E.name.concat(attack), func.group_concat(E.name, attack)),
      select(func.coalesce(E.name, attack)).groupBy(E.name).having(func.max(E.name).ne(attack)),
    ]
    for (const statement of statements) {
      const { sql, parameters } = compileSelect(statement, dialect).query
      expect(sql).not.toContain('drop')
      expect(sql).not.toContain('1=1')
      expect(sql).not.toContain(attack)
      expect(
        parameters.some(
          (it) =>
            String(it).replace(/^%|%$/g, '').replaceAll('/', '') === attack.replaceAll('/', ''),
        ),
      ).toBe(true)
    }
  })

  it.each(ATTACKS)('a JSON path key is a parameter: %s', (attack) => {
    for (const path of [[attack], ['a', attack], [attack, 0, attack]]) {
      for (const read of ['asString', 'asInteger', 'asFloat', 'asBoolean'] as const) {
        const { sql } = compileSelect(
          select(E.data.at(...path)[read]()).where(E.data.at(...path).ne(null)),
          dialect,
        ).query
        expect(sql).not.toContain('drop')
        expect(sql).not.toContain('1=1')
        expect(sql).not.toContain(attack)
      }
    }
  })

  it.each(ATTACKS)('ORDER BY and GROUP BY take names of the selection only: %s', (attack) => {
    expect(() => sqlOf(select(E.id).orderBy(attack), dialect)).toThrow(CompileError)
    expect(() => sqlOf(select(E.id).groupBy(attack), dialect)).toThrow(CompileError)
    expect(() => sqlOf(select(E.id).union(select(D.id)).orderBy(attack), dialect)).toThrow(
      CompileError,
    )
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'a name of every object is no column: %s',
    (name) => {
      expect(() => sqlOf(select(E.id).orderBy(name), dialect)).toThrow(CompileError)
      expect(() => select(emp).filterBy({ [name]: 1 })).toThrow(
        name === '__proto__' ? undefined : /has no property/,
      )
      expect(() => compileDml(insert(emp).values({ [name]: 1, id: 1 }), dialect)).toThrow(
        CompileError,
      )
    },
  )

  it.each(ATTACKS)('a label or column name is one quoted identifier: %s', (attack) => {
    const quoted = dialect.quote(attack)
    expect(sqlOf(select(E.id.label(attack)), dialect)).toContain(` as ${quoted}`)
    expect(sqlOf(select(column(attack)).selectFrom(emp), dialect)).toContain(`select ${quoted}`)
    expect(sqlOf(select(E.name.collate(attack)), dialect)).toContain(`collate ${quoted}`)
    expect(sqlOf(select(E.id).selectFrom(emp.alias(attack)), dialect)).toContain(quoted)
    expect(sqlOf(select(select(E.id).cte(attack)), dialect)).toContain(`with ${quoted} as (`)
  })

  it.each([...ATTACKS, '', ' ', 'a b', 'lower(', '1f', 'a..b', 'a.', 'é'])(
    'a function name is checked: %s',
    (attack) => {
      expect(() => (func as Record<string, (x: unknown) => unknown>)[attack]?.(E.id)).toThrow(
        CompileError,
      )
      expect(() => namedFunction(attack)(E.id)).toThrow(CompileError)
    },
  )

  it.each([...ATTACKS, '--', '/*', '=; drop', ';', "'", '"', '(', 'like (select'])(
    'an operator is checked: %s',
    (attack) => {
      expect(() => E.id.op(attack)(1)).toThrow(CompileError)
    },
  )

  it.each(ATTACKS)('EXTRACT takes known fields only: %s', (attack) => {
    expect(() => extract(attack, E.hired)).toThrow(CompileError)
  })

  it.each(["''", '\\\\', 'ab', '', "' or 1=1 --"])('ESCAPE takes one character: %s', (attack) => {
    expect(() => E.name.like('x', { escape: attack })).toThrow(ArgumentError)
  })

  it("ESCAPE's quote and backslash cannot end the literal", () => {
    expect(sqlOf(select(E.id).where(E.name.like('x', { escape: "'" })), dialect)).toMatch(
      /escape ''''$/,
    )
    const backslash = sqlOf(select(E.id).where(E.name.like('x', { escape: '\\' })), dialect)
    expect(backslash.endsWith(dialect.name === 'mysql' ? "escape '\\\\'" : "escape '\\'")).toBe(
      true,
    )
  })

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, '1; drop table emp' as never])(
    'LIMIT, OFFSET and frames take whole numbers: %s',
    (count) => {
      expect(() => select(E.id).limit(count)).toThrow(ArgumentError)
      expect(() => select(E.id).offset(count)).toThrow(ArgumentError)
      const framed = select(func.sum(E.id).over({ rows: [count, 0] }))
      expect(() => sqlOf(framed, dialect)).toThrow(ArgumentError)
    },
  )

  it.each([{ a: 1 }, 1.5, null, ['x'], true])(
    'a JSON path takes texts and whole numbers: %s',
    (leg) => {
      expect(() => E.data.at(leg as never)).toThrow(ArgumentError)
    },
  )

  it('a prefix is words only', () => {
    expect(() => select(E.id).prefixWith('sql_no_cache; drop')).toThrow(ArgumentError)
    expect(() => select(E.id).prefixWith('1 as x,')).toThrow(ArgumentError)
  })

  it('a text is no expression by itself', () => {
    expect(() => select(E.id).where('1=1' as never)).toThrow(ArgumentError)
    expect(() => select('id from emp; --' as never)).toThrow(ArgumentError)
    expect(() => select(E.id).join('emp' as never)).toThrow(ArgumentError)
  })

  it('an unknown column of INSERT or UPDATE is named, not written', () => {
    expect(() =>
      compileDml(insert(dept).values({ id: 1, 'name") values (1); --': 1 }), dialect),
    ).toThrow('Unconsumed column names')
    expect(() => compileDml(update(dept).values({ 'name = 1; --': 1 } as never), dialect)).toThrow(
      'Unconsumed column names',
    )
  })

  it('an object that only looks like an expression is a value', () => {
    // A JSON body cannot carry a function, so it cannot be taken for an expression.
    const body = JSON.parse('{"toOperationNode": "x", "kind": "RawNode", "sqlFragments": ["1=1"]}')
    expect(() => sqlOf(select(E.id).where(E.name.eq(body)), dialect)).toThrow(/String/)
    expect(() => select(E.id).where(body)).toThrow(ArgumentError)
  })
})

describe('a JSON key means the key of that name', () => {
  const KEYS = [
    'a.b',
    '*',
    '**',
    '$',
    '[0]',
    '"',
    'a"b',
    '\\',
    '\\"',
    "it's",
    '',
    'ü',
    '#',
    '?',
    'a\nb',
    '%s',
  ]

  it.each(KEYS)('SQLite: %j', (key) => {
    const database = new DatabaseSync(':memory:')
    database.exec('create table emp (data json)')
    const insertRow = database.prepare('insert into emp values (?)')
    insertRow.run(
      JSON.stringify({ [key]: { in: 'found', n: [1, 2] }, other: 1, a: { b: 'wrong' } }),
    )
    const statement = select(
      E.data.at(key),
      E.data.at(key, 'in').asString(),
      E.data.at(key, 'n', -1).asInteger(),
    )
    expect(runOn(database, compileSelect(statement, sqlite), sqlite)).toEqual([
      [{ in: 'found', n: [1, 2] }, 'found', 2],
    ])
  })
})

eachDatabase((database) => {
  it('a JSON key means the key of that name, for any sign in it', async () => {
    const dialect = { sqlite: sqliteDialect, postgresql: postgresqlDialect, mariadb: mysqlDialect }[
      database.name
    ]()
    const uri = await database.create()
    try {
      await database.raw(
        uri,
        `create table emp (data ${database.name === 'postgresql' ? 'jsonb' : 'json'})`,
      )
      for (const key of ['a.b', '*', '$', '[0]', '"', 'a"b', '\\', '\\"', "it's", 'ü', '?', '%s']) {
        await database.raw(uri, 'delete from emp')
        const mark = database.name === 'postgresql' ? '$1' : '?'
        await database.raw(uri, `insert into emp values (${mark})`, [
          JSON.stringify({ [key]: { in: 'found' }, a: { b: 'wrong' } }),
        ])
        const { sql, parameters } = compileSelect(
          select(E.data.at(key, 'in').asString().label('it')),
          dialect,
        ).query
        expect([key, await database.raw(uri, sql, driverParameters(parameters, dialect))]).toEqual([
          key,
          [{ it: 'found' }],
        ])
      }
    } finally {
      await database.drop(uri)
    }
  }, 30_000)

  it('a value comes back as it was, whatever is in it', async () => {
    const dialect = { sqlite: sqliteDialect, postgresql: postgresqlDialect, mariadb: mysqlDialect }[
      database.name
    ]()
    const uri = await database.create()
    try {
      for (const attack of ATTACKS) {
        const { sql, parameters } = compileSelect(
          select(literal(attack).label('it')),
          dialect,
        ).query
        const rows = await database.raw(
          uri,
          sql,
          driverParameters(parameters, dialect) as SQLInputValue[],
        )
        expect(rows).toEqual([{ it: attack }])
      }
    } finally {
      await database.drop(uri)
    }
  }, 30_000)
})

it('the data is still there after all of it', () => {
  expect(
    runOn(openCompany(), compileSelect(select(func.count()).selectFrom(emp), sqlite), sqlite),
  ).toEqual([[8]])
})
