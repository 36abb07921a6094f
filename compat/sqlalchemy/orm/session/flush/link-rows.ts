import type { Connection } from '../../../dialects/engine.ts'
import { StaleDataError } from '../../../errors.ts'
import type { Column } from '../../../schema/column.ts'
import type { Table } from '../../../schema/table.ts'
import { groupBy } from '../group-by.ts'
import type { LinkChange } from './flush-plan.ts'
import { relationKeys } from './key-pairs.ts'
import { cachedStatement, deleteNode, insertNode, keysNode, parameter } from './statements.ts'
import { storedValue } from './values.ts'

/** A row of an association table: values in the order of `columns`. */
interface LinkRow {
  readonly columns: readonly Column[]
  readonly values: readonly unknown[]
}

/** Inserts rows of association tables. */
export async function insertLinks(
  connectionFor: (change: LinkChange) => Connection | Promise<Connection>,
  changes: readonly LinkChange[],
): Promise<void> {
  for (const [table, some] of byTable(changes)) {
    const connection = await connectionFor(some[0] as LinkChange)
    const rows = some.map((change) => linkRow(table, change, false))
    await inPages(connection, rows, (columns, page, parameters) =>
      connection
        .execute(
          cachedStatement(
            table,
            `link ${names(columns)} ${page}`,
            parameters,
            connection.dialect,
            () => insertNode(table, columns, page, [], connection.dialect),
          ),
        )
        .then(() => undefined),
    )
  }
}

/** Deletes rows of association tables. */
export async function deleteLinks(
  connectionFor: (change: LinkChange) => Connection | Promise<Connection>,
  changes: readonly LinkChange[],
): Promise<void> {
  for (const [table, some] of byTable(changes)) {
    const connection = await connectionFor(some[0] as LinkChange)
    const rows = some.map((change) => linkRow(table, change, true))
    await inPages(connection, rows, async (columns, page, parameters) => {
      const query = cachedStatement(
        table,
        `unlink ${names(columns)} ${page}`,
        parameters,
        connection.dialect,
        () => deleteNode(table, keysNode(columns, page)),
      )
      const { numAffectedRows } = await connection.execute(query)
      if (numAffectedRows === undefined || Number(numAffectedRows) === page) return
      throw new StaleDataError(
        `DELETE statement on table '${table.fullname}' expected to delete ${page} row(s); ` +
          `Only ${numAffectedRows} were matched.`,
      )
    })
  }
}

function byTable(changes: readonly LinkChange[]): Map<Table, LinkChange[]> {
  return groupBy(changes, ({ property }) => property.secondary as Table)
}

/** The columns in the table's order, so that both sides of a relationship make the same statement. */
function linkRow(table: Table, change: LinkChange, stored: boolean): LinkRow {
  const { parentLinks, targetLinks } = relationKeys(change.property)
  const values = new Map<Column, unknown>()
  const value = stored
    ? storedValue
    : (state: LinkChange['parent'], key: string): unknown => state.dict[key]
  for (const { column, attribute } of parentLinks)
    values.set(column, value(change.parent, attribute))
  for (const { column, attribute } of targetLinks)
    values.set(column, value(change.target, attribute))
  const columns = table.columns.filter((column) => values.has(column))
  return { columns, values: columns.map((column) => values.get(column) ?? null) }
}

async function inPages(
  connection: Connection,
  rows: readonly LinkRow[],
  run: (columns: readonly Column[], count: number, parameters: unknown[]) => Promise<void>,
): Promise<void> {
  const { dialect } = connection
  for (const group of groupBy(rows, ({ columns }) => names(columns)).values()) {
    const { columns } = group[0] as LinkRow
    // Alternatives of several columns nest: a few hundred keep the parser of every database calm.
    const limit = Math.max(1, Math.min(200, Math.floor(dialect.maxParameters / columns.length)))
    for (let start = 0; start < group.length; start += limit) {
      const page = group.slice(start, start + limit)
      const parameters = page.flatMap(({ values }) =>
        values.map((value, i) => parameter(columns[i] as Column, value, dialect)),
      )
      await run(columns, page.length, parameters)
    }
  }
}

function names(columns: readonly Column[]): string {
  return columns.map((column) => column.name).join()
}
