import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Dialect } from '../../../../compat/sqlalchemy/dialects/dialect.ts'
import { driverParameters } from '../../../../compat/sqlalchemy/dialects/parameters.ts'
import type { CompiledStatement } from '../../../../compat/sqlalchemy/expression/compile.ts'
import { DATA, ddl } from './company.ts'

/** The company's data in memory, as `oracle.py` has it. */
export function openCompany(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  for (const sql of ddl('json', 'boolean', 'datetime')) database.exec(sql)
  for (const [table, rows] of Object.entries(DATA)) {
    for (const row of rows) {
      const marks = row.map(() => '?').join(', ')
      database.prepare(`insert into ${table} values (${marks})`).run(...(row as SQLInputValue[]))
    }
  }
  return database
}

/** A row as values in the order of selection, read by their types, as JSON would have them. */
export function readRow(
  row: Readonly<Record<string, unknown>>,
  { columns }: CompiledStatement,
  dialect: Dialect,
): unknown[] {
  return columns.map(({ key, element }) => plain(element.type.fromDriver(row[key], dialect)))
}

export function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace('.000Z', '')
  if (typeof value === 'bigint') return Number(value)
  return value
}

export function runOn(
  database: DatabaseSync,
  compiled: CompiledStatement,
  dialect: Dialect,
): unknown[][] {
  const { sql, parameters } = compiled.query
  const bound = driverParameters(parameters, dialect) as SQLInputValue[]
  const rows = database.prepare(sql).all(...bound)
  return (rows as Record<string, unknown>[]).map((row) => readRow(row, compiled, dialect))
}
