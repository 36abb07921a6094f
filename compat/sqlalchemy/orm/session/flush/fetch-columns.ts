import type { Dialect } from '../../../dialects/dialect.ts'
import type { Connection, RawRow } from '../../../dialects/engine.ts'
import type { ColumnProperty, Mapper } from '../../mapping/mapper.ts'
import type { InstanceState } from '../../mapping/state.ts'
import { cachedStatement, keysNode, parameter, selectNode } from './statements.ts'

/** Puts values of a row into the object. */
export function takeRow(
  state: InstanceState,
  columns: readonly ColumnProperty[],
  row: RawRow,
  dialect: Dialect,
): void {
  for (const { key, column } of columns) {
    // What was there before the flush is needed if the transaction is rolled back.
    if (state.key !== null) state.recordOriginal(key)
    state.dict[key] = column.type.fromDriver(row[column.name], dialect)
  }
}

/** Reads columns that the database computed, for rows that were just written. */
export async function fetchColumns(
  connection: Connection,
  mapper: Mapper,
  states: readonly InstanceState[],
  columns: readonly ColumnProperty[],
): Promise<void> {
  const { dialect } = connection
  const keys = mapper.primaryKey
  const wanted = [...new Set([...keys, ...columns])]
  const limit = Math.max(1, Math.min(500, Math.floor(dialect.maxParameters / keys.length)))
  for (let start = 0; start < states.length; start += limit) {
    const page = states.slice(start, start + limit)
    const parameters = page.flatMap((state) =>
      keys.map(({ key, column }) => parameter(column, state.dict[key], dialect)),
    )
    const name = `select ${wanted.map(({ index }) => index).join()} ${page.length}`
    const query = cachedStatement(mapper, name, parameters, dialect, () =>
      selectNode(
        mapper.table,
        wanted.map(({ column }) => column),
        keysNode(
          keys.map(({ column }) => column),
          page.length,
        ),
      ),
    )
    const { rows } = await connection.execute(query)
    const byKey = new Map(page.map((state) => [mapper.identityKeyOf(state.dict), state]))
    for (const row of rows) {
      const values = keys.map(({ column }) => column.type.fromDriver(row[column.name], dialect))
      const state = byKey.get(mapper.identityKey(values))
      if (state) takeRow(state, columns, row, dialect)
    }
  }
}
