import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Dialect } from '../../../../compat/sqlalchemy/dialects/dialect.ts'
import {
  becomeMariadb,
  mysqlDialect,
  postgresqlDialect,
  sqliteDialect,
} from '../../../../compat/sqlalchemy/dialects/dialects.ts'
import { driverParameters } from '../../../../compat/sqlalchemy/dialects/parameters.ts'
import {
  type CompiledStatement,
  compileDml,
  compileSelect,
  select,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import { eachDatabase, type TestDatabase } from '../databases.ts'
import { DML, RETURNING } from './cases-dml.ts'
import { EXPRESSIONS } from './cases-expressions.ts'
import { STATEMENTS } from './cases-statements.ts'
import { DATA, ddl } from './company.ts'
import { openCompany, readRow, runOn } from './run-statement.ts'

const sqlite = sqliteDialect()

function mariadbDialect(): Dialect {
  const dialect = mysqlDialect()
  becomeMariadb(dialect)
  return dialect
}

/** The three dialects with the types of their columns. */
const KINDS = {
  sqlite: { make: sqliteDialect, json: 'json', bool: 'boolean', datetime: 'datetime' },
  postgresql: { make: postgresqlDialect, json: 'jsonb', bool: 'boolean', datetime: 'timestamp' },
  mariadb: { make: mariadbDialect, json: 'json', bool: 'bool', datetime: 'datetime(6)' },
} as const

async function create(database: TestDatabase, uri: string): Promise<void> {
  const { json, bool, datetime } = KINDS[database.name]
  for (const sql of ddl(json, bool, datetime)) await database.raw(uri, sql)
}

/** Puts the company's rows where whatever rows there are. */
async function fill(database: TestDatabase, uri: string, dialect: Dialect): Promise<void> {
  for (const table of Object.keys(DATA).toReversed())
    await database.raw(uri, `delete from ${table}`)
  const postgres = dialect.name === 'postgresql'
  for (const [table, rows] of Object.entries(DATA)) {
    const parameters = rows.flatMap((row) => {
      // The last column of emp is a truth value, which PostgreSQL does not take as a number.
      const native = postgres && table === 'emp' && row.at(-1) !== null
      return native ? [...row.slice(0, -1), row.at(-1) === 1] : row
    })
    let index = 0
    const mark = () => (postgres ? `$${++index}` : '?')
    const marks = rows.map((row) => `(${row.map(mark).join(', ')})`)
    await database.raw(uri, `insert into ${table} values ${marks.join(', ')}`, parameters)
  }
}

/** Databases differ in how exactly they keep fractions and write numbers as text. */
function alike(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(alike)
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return alike(Number(value))
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value
}

eachDatabase((database) => {
  const dialect = KINDS[database.name].make()
  let uri: string

  beforeAll(async () => {
    uri = await database.create()
    await create(database, uri)
    await fill(database, uri, dialect)
  }, 60_000)
  afterAll(async () => {
    await database.drop(uri)
  })

  const run = async (compiled: CompiledStatement): Promise<unknown[][]> => {
    const { sql, parameters } = compiled.query
    const rows = await database.raw(uri, sql, driverParameters(parameters, dialect))
    return rows.map((row) => readRow(row, compiled, dialect))
  }

  describe('gives the rows that SQLite gives for', () => {
    const company = openCompany()
    for (const [python, make, not = {}] of [...EXPRESSIONS, ...STATEMENTS]) {
      const reason = not[database.name]
      it.skipIf(reason !== undefined)(
        reason === undefined ? python : `${python} (${reason})`,
        async () => {
          const expected = runOn(company, compileSelect(make(), sqlite), sqlite)
          expect(alike(await run(compileSelect(make(), dialect)))).toEqual(alike(expected))
        },
      )
    }
  })

  describe('writes what SQLite writes with', () => {
    afterEach(() => fill(database, uri, dialect))

    for (const [python, make, not = {}] of DML) {
      const reason = not[database.name]
      it.skipIf(reason !== undefined)(
        reason === undefined ? python : `${python} (${reason})`,
        async () => {
          const company = openCompany()
          runOn(company, compileDml(make(), sqlite), sqlite)
          await run(compileDml(make(), dialect))
          const { table } = make()
          const all = select(table).orderBy(...table.primaryKey.columns)
          const expected = runOn(company, compileSelect(all, sqlite), sqlite)
          expect(alike(await run(compileSelect(all, dialect)))).toEqual(alike(expected))
        },
      )
    }

    for (const [name, make, rows, not = {}] of RETURNING) {
      const reason = not[database.name]
      it.skipIf(reason !== undefined)(`RETURNING: ${name}`, async () => {
        expect(alike(await run(compileDml(make(), dialect)))).toEqual(alike(rows))
      })
    }
  })
})
