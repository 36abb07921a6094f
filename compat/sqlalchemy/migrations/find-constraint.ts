import { Inspector } from '../reflection/inspector.ts'
import type { ReflectedTable } from '../reflection/reflected.ts'
import type { DropConstraint, StatementSink } from './alterer.ts'
import { CommandError } from './errors.ts'
import { fullName, type TableName } from './operations.ts'
import { sameSql } from './sql-text.ts'

interface Found {
  readonly type: NonNullable<DropConstraint['type']>
  readonly name: string | null
  readonly columns: readonly string[]
}

function candidates(table: ReflectedTable, search: DropConstraint, dialect: string): Found[] {
  const found: Found[] = [
    ...table.uniques.map((key) => ({ type: 'unique' as const, ...key })),
    ...table.foreignKeys.map(({ name, columns }) => ({
      type: 'foreignkey' as const,
      name,
      columns,
    })),
    ...table.checks
      .filter(({ sqltext }) => search.sqltext === null || sameSql(sqltext, search.sqltext, dialect))
      .map(({ name }) => ({ type: 'check' as const, name, columns: [] })),
    { type: 'primary', ...table.primaryKey },
  ]
  return found.filter(({ type }) => search.type === null || search.type === type)
}

const sameColumns = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, at) => name === b[at])

/** The name the database gave a constraint. Errors: `CommandError` when there is no such one. */
export async function findConstraint(
  sink: StatementSink,
  table: TableName,
  search: DropConstraint,
): Promise<Found> {
  if (search.name !== null && search.type !== null) {
    return { type: search.type, name: search.name, columns: search.columns ?? [] }
  }
  const what =
    search.name ?? `${search.type ?? 'constraint'} (${(search.columns ?? []).join(', ')})`
  if (sink.offline) {
    throw new CommandError(
      `The name of ${what} on ${fullName(table)} has to be looked up, which --sql cannot: name it in dropConstraint().`,
    )
  }
  const live = await new Inspector(sink).getTable(table.name, table.schema)
  const all = candidates(live, search, sink.dialect.name)
  const found = all.find(({ name, columns, type }) =>
    search.name !== null
      ? name === search.name
      : type === 'check' || type === 'primary' || sameColumns(columns, search.columns ?? []),
  )
  if (!found) throw new CommandError(`No such constraint on ${fullName(table)}: ${what}`)
  return found
}
