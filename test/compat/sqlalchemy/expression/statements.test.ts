import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import { describe, expect, it } from 'vitest'
import {
  mysqlDialect,
  postgresqlDialect,
  sqliteDialect,
} from '../../../../compat/sqlalchemy/dialects/dialects.ts'
import {
  AmbiguousForeignKeysError,
  ArgumentError,
  CompileError,
  InvalidRequestError,
  NoForeignKeysError,
} from '../../../../compat/sqlalchemy/errors.ts'
import {
  and,
  bindparam,
  compileDml,
  compileSelect,
  type EntityInfo,
  func,
  insert,
  kEntity,
  kJoin,
  or,
  type SelectBase,
  select,
  text,
  update,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import { Column } from '../../../../compat/sqlalchemy/schema/column.ts'
import { ForeignKey } from '../../../../compat/sqlalchemy/schema/foreign-key.ts'
import { MetaData } from '../../../../compat/sqlalchemy/schema/metadata.ts'
import { Table } from '../../../../compat/sqlalchemy/schema/table.ts'
import { Integer } from '../../../../compat/sqlalchemy/types/numbers.ts'
import { String_ } from '../../../../compat/sqlalchemy/types/strings.ts'
import { D, dept, E, emp, project, W, work } from './company.ts'

const sqlite = sqliteDialect()
const postgresql = postgresqlDialect()
const mysql = mysqlDialect()

const sqlOf = (statement: SelectBase, dialect = sqlite) =>
  compileSelect(statement, dialect).query.sql

describe('a statement', () => {
  it('is left as it is by its methods', () => {
    const base = select(E.id)
    const before = sqlOf(base)
    base.where(E.id.eq(1)).orderBy(E.id).limit(1).distinct().join(dept).groupBy(E.id)
    expect(sqlOf(select(E.id))).toBe(before)
    expect(base.parts.where).toEqual([])
  })

  it('is compiled once for each dialect', () => {
    const statement = select(E.id).where(E.name.eq('x'))
    expect(compileSelect(statement, sqlite)).toBe(compileSelect(statement, sqlite))
    expect(compileSelect(statement, postgresql)).not.toBe(compileSelect(statement, sqlite))
  })

  it('with bindparam keeps its SQL and takes a value each time', () => {
    const statement = select(E.id).where(E.age.gt(bindparam('low', { type: Integer })))
    const one = compileSelect(statement, sqlite, { parameters: { low: 1 } })
    const two = compileSelect(statement, sqlite, { parameters: { low: 2 } })
    expect([one.query.parameters, two.query.parameters]).toEqual([[1], [2]])
    expect(one.query.sql).toBe(two.query.sql)
    expect(() => compileSelect(statement, sqlite)).toThrow(
      "A value is required for bind parameter 'low'",
    )
  })

  it('keeps text() together inside AND', () => {
    const statement = select(E.id).where(and(text('a or b'), E.id.eq(1)))
    expect(sqlOf(statement)).toMatch(/where \(a or b\) and /)
  })

  it('lets a LATERAL subquery use the FROMs beside it', () => {
    const latest = select(W.hours).where(W.emp_id.eq(E.id)).limit(1).lateral('w')
    expect(sqlOf(select(E.id, latest.c.hours as never).join(latest, true), postgresql)).toBe(
      'select "emp"."id", "w"."hours" from "emp" inner join lateral (select "work"."hours" from "work" ' +
        'where "work"."emp_id" = "emp"."id" limit $1) as "w" on true',
    )
  })

  it('calls a default that is a function for each row and each execution', () => {
    let calls = 0
    const table = new Table(
      'counted',
      new MetaData(),
      new Column('id', Integer, { primaryKey: true }),
      new Column('n', Integer, { default: () => ++calls }),
      new Column('kind', String_(8), { default: 'plain', onupdate: 'changed' }),
    )
    const statement = insert(table).values([{ id: 1 }, { id: 2 }])
    expect(compileDml(statement, sqlite).query.parameters).toEqual([1, 1, 'plain', 2, 2, 'plain'])
    expect(compileDml(statement, sqlite).query.parameters).toEqual([1, 3, 'plain', 2, 4, 'plain'])
    expect(compileDml(update(table).values({ n: 0 }), sqlite).query.parameters).toEqual([
      0,
      'changed',
    ])
  })

  it('inserts a row of defaults as each database wants it', () => {
    const statement = insert(project)
    expect(compileDml(statement, sqlite).query.sql).toBe('insert into "project" default values')
    expect(compileDml(statement, mysql).query.sql).toBe('insert into `project` () values ()')
  })
})

describe('errors', () => {
  const noLink = new Table(
    'island',
    new MetaData(),
    new Column('id', Integer, { primaryKey: true }),
  )
  const meta = new MetaData()
  const place = new Table('place', meta, new Column('id', Integer, { primaryKey: true }))
  const trip = new Table(
    'trip',
    meta,
    new Column('from_id', Integer, new ForeignKey('place.id')),
    new Column('to_id', Integer, new ForeignKey('place.id')),
  )

  it('no foreign key leads to the joined table', () => {
    expect(() => sqlOf(select(E.id).join(noLink))).toThrow(InvalidRequestError)
    expect(() => sqlOf(select(E.id).join(noLink))).toThrow("Don't know how to join to")
    expect(() => emp.join(noLink)).toThrow(NoForeignKeysError)
    expect(() => emp.join(noLink)).toThrow(
      "Can't find any foreign key relationships between 'emp' and 'island'",
    )
  })
  it('two foreign keys lead to it', () => {
    expect(() => place.join(trip)).toThrow(AmbiguousForeignKeysError)
    expect(() => sqlOf(select(place).join(trip))).toThrow(
      'tables have more than one foreign key constraint',
    )
  })
  it('several FROMs could be joined to', () => {
    expect(() => sqlOf(select(E.id, project.c.id as never).join(work))).toThrow(
      "Can't determine which FROM clause to join from",
    )
  })
  it('a subquery would be left without FROM', () => {
    const inner = select(E.id).where(E.dept_id.eq(D.id)).scalarSubquery()
    expect(() => sqlOf(select(E.id, D.id).where(E.id.eq(inner)))).toThrow(
      'returned no FROM clauses due to auto-correlation',
    )
  })
  it('members of a union have other numbers of columns', () => {
    expect(() => select(E.id).union(select(E.id, E.name))).toThrow(CompileError)
  })
  it('the database has no such thing', () => {
    expect(() => sqlOf(select(E.id).fullJoin(dept), mysql)).toThrow(CompileError)
    expect(() => compileDml(insert(dept).values({ id: 1 }).returning(D.id), mysql)).toThrow(
      'RETURNING is not supported',
    )
    expect(() =>
      compileDml(insert(dept).values({ id: 1 }).onDuplicateKeyUpdate({ name: 'x' }), sqlite),
    ).toThrow(CompileError)
  })
  it('nothing is no condition, and an empty UPDATE is none', () => {
    expect(() => select(E.id).where(undefined as never)).toThrow(ArgumentError)
    expect(() => compileDml(update(emp), sqlite)).toThrow('nothing to set')
  })
  it('rows of one INSERT have other columns', () => {
    expect(() =>
      compileDml(insert(dept).values([{ id: 1, name: 'x' }, { id: 2 }]), sqlite),
    ).toThrow('the same columns')
  })
})

describe('entities', () => {
  const info: EntityInfo = {
    name: 'Employee',
    from: emp,
    mapper: null,
    columns: [
      { key: 'id', column: E.id },
      { key: 'fullName', column: E.name },
    ],
    criteria: E.active.eq(true),
  }
  class Employee {
    static [kEntity]() {
      return info
    }
  }
  const department = {
    [kEntity]: () => ({
      name: 'Department',
      from: dept,
      mapper: null,
      columns: [{ key: 'id', column: D.id }],
    }),
  }
  const projects = {
    [kJoin]: () => ({
      parent: info,
      target: project,
      onclause: E.id.eq(W.emp_id),
      secondary: work,
      secondaryOn: W.project_id.eq(project.c.id as never),
    }),
  }

  it('alone gives rows named by attribute, so that a row is the instance’s values', () => {
    const { plainEntity, columns, query } = compileSelect(select(Employee), sqlite)
    expect(plainEntity).toBe(true)
    expect(columns.map((it) => [it.key, it.attributeKey])).toEqual([
      ['id', 'id'],
      ['fullName', 'fullName'],
    ])
    expect(query.sql).toBe(
      'select "emp"."id", "emp"."name" as "fullName" from "emp" where "emp"."active" = ?',
    )
  })

  it('with others have unique names in the driver’s row and their own in ours', () => {
    const { plainEntity, columns, items } = compileSelect(
      select(Employee, department as never, func.count()),
      sqlite,
    )
    expect(plainEntity).toBe(false)
    expect(columns.map((it) => it.key)).toEqual(['id', 'fullName', 'id_1', 'count_1'])
    expect(items.map((it) => it.name)).toEqual(['Employee', 'Department', 'count_1'])
  })

  it('take other columns where loading asks for them', () => {
    const { query } = compileSelect(select(Employee), sqlite, {
      columnsOf: (it) => it.columns.slice(0, 1),
    })
    expect(query.sql).toMatch(/^select "emp"."id" from/)
  })

  it('bring the condition of their class into an outer join’s ON', () => {
    expect(sqlOf(select(D.id).outerjoin(Employee as never))).toMatch(
      /left join "emp" on "dept"."id" = "emp"."dept_id" and "emp"."active" = \?$/,
    )
  })

  it('are joined along a relationship over a table in the middle', () => {
    expect(sqlOf(select(E.id).join(projects as never))).toBe(
      'select "emp"."id" from "emp" inner join "work" on "emp"."id" = "work"."emp_id" ' +
        'inner join "project" on "work"."project_id" = "project"."id"',
    )
  })

  it('say which name filterBy does not know', () => {
    expect(() => select(Employee).filterBy({ nmae: 'x' } as never)).toThrow(
      'Entity namespace for "Employee" has no property "nmae"',
    )
  })
})

describe('Kysely', () => {
  // biome-ignore lint/suspicious/noExplicitAny: the tables are named at run time
  const kysely = new Kysely<any>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })

  it('takes our expressions in its builder', () => {
    const query = kysely
      .selectFrom('emp')
      .select(func.upper(E.name).as('loud'))
      .where(E.age.gt(3).and(E.name.like('a%')))
      .compile()
    expect(query.sql).toBe(
      'select upper("emp"."name") as "loud" from "emp" where "emp"."age" > ? and "emp"."name" like ?',
    )
  })

  it('gives its expressions to ours', () => {
    const statement = select(sql<number>`1 + ${2}`)
      .where(or(sql<boolean>`age > ${3} or 1`, E.id.eq(1)))
      .selectFrom(emp)
    expect(sqlOf(statement)).toMatch(/where \(age > \? or 1\) or "emp"."id" = \?$/)
  })
})
