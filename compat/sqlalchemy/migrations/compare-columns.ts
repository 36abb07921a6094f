import type { ReflectedColumn, ReflectedTable, SourceDialect } from '../reflection/reflected.ts'
import { canonicalType } from '../reflection/type-spec.ts'
import type { ColumnPart, Operation } from './operations.ts'
import { sameSql } from './sql-text.ts'

/** The default that was asked for; the one behind a numbered key is the database's own. */
const ownDefault = (column: ReflectedColumn): string | null =>
  column.autoincrement || column.computed ? null : column.default

/** Whether both names mean the same column: only PostgreSQL tells case apart. */
export function sameName(a: string, b: string, dialect: SourceDialect): boolean {
  return a === b || (dialect.name !== 'postgresql' && a.toLowerCase() === b.toLowerCase())
}

function isNumbered(column: ReflectedColumn, dialect: SourceDialect): boolean {
  // SQLite numbers every INTEGER PRIMARY KEY; there is nothing to change.
  return dialect.name !== 'sqlite' && column.autoincrement
}

/** What differs between two columns. */
export function changedParts(
  wanted: ReflectedColumn,
  live: ReflectedColumn,
  dialect: SourceDialect,
): ColumnPart[] {
  const parts: ColumnPart[] = []
  if (canonicalType(wanted.ddlType, dialect) !== canonicalType(live.ddlType, dialect)) {
    parts.push('type')
  }
  if (wanted.nullable !== live.nullable) parts.push('nullable')
  if (isNumbered(wanted, dialect) !== isNumbered(live, dialect)) parts.push('autoincrement')
  if (!sameSql(ownDefault(wanted), ownDefault(live), dialect.name)) parts.push('default')
  if (dialect.name !== 'sqlite' && wanted.comment !== live.comment) parts.push('comment')
  return parts
}

function sameComputed(a: ReflectedColumn, b: ReflectedColumn, dialect: SourceDialect): boolean {
  return (
    sameSql(a.computed?.sqltext ?? null, b.computed?.sqltext ?? null, dialect.name) &&
    (a.computed?.persisted ?? false) === (b.computed?.persisted ?? false)
  )
}

/** Columns to add, to change and to drop. */
export function compareColumns(
  wanted: ReflectedTable,
  live: ReflectedTable,
  dialect: SourceDialect,
): Operation[] {
  const operations: Operation[] = []
  for (const column of wanted.columns) {
    const before = live.columns.find(({ name }) => sameName(name, column.name, dialect))
    if (!before) {
      operations.push({ kind: 'addColumn', table: wanted, column })
    } else if (!sameComputed(column, before, dialect)) {
      // No database can change how a column is computed; the values can always be computed anew.
      operations.push({ kind: 'dropColumn', table: wanted, column: before })
      operations.push({ kind: 'addColumn', table: wanted, column })
    } else {
      const parts = changedParts(column, before, dialect)
      if (parts.length > 0) {
        operations.push({ kind: 'alterColumn', table: wanted, before, after: column, parts })
      }
    }
  }
  for (const column of live.columns) {
    if (!wanted.columns.some(({ name }) => sameName(name, column.name, dialect))) {
      operations.push({ kind: 'dropColumn', table: wanted, column })
    }
  }
  return operations
}
