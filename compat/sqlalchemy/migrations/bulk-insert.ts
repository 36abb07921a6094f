import { type RawBuilder, sql } from 'kysely'
import { renderStatement } from '../schema/ddl/compiler.ts'
import type { Table } from '../schema/table.ts'
import type { StatementSink } from './alterer.ts'
import { DdlWriter } from './ddl.ts'

type Row = Readonly<Record<string, unknown>>

/** SQLite takes the fewest parameters by default: 999 before version 3.32, and some builds still. */
const MAX_PARAMETERS = 900

/** A table's own types make the values ready for the driver. */
function ready(sink: StatementSink, table: Table | string, key: string, value: unknown): unknown {
  const column = typeof table === 'string' ? undefined : (table.c[key] ?? table.columnNamed(key))
  return column ? column.type.toDriver(value, sink.dialect) : value
}

/** INSERT of rows that may have different columns, with few statements. */
export async function bulkInsert(
  sink: StatementSink,
  table: Table | string,
  rows: readonly Row[],
): Promise<void> {
  const ddl = new DdlWriter(sink.dialect)
  const target =
    typeof table === 'string'
      ? ddl.name(table)
      : ddl.table({ name: table.name, schema: table.schema })
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const key = JSON.stringify(Object.keys(row))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  for (const [key, group] of groups) {
    const columns = JSON.parse(key) as string[]
    const names = columns.map((name) =>
      ddl.name(typeof table === 'string' ? name : (table.c[name]?.name ?? name)),
    )
    const size = Math.max(1, Math.floor(MAX_PARAMETERS / columns.length))
    for (let at = 0; at < group.length; at += size) {
      const values = group
        .slice(at, at + size)
        .map(
          (row) =>
            sql`(${sql.join(columns.map((name) => sql`${ready(sink, table, name, row[name])}`))})`,
        )
      const insert: RawBuilder<unknown> = sql`INSERT INTO ${sql.raw(target)} (${sql.raw(names.join(', '))})
        VALUES ${sql.join(values)}`
      if (sink.offline) await sink.run(renderStatement(insert, sink.dialect))
      else await insert.execute(sink.kysely)
    }
  }
}
