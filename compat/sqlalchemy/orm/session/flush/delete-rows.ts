import type { Connection } from '../../../dialects/engine.ts'
import { StaleDataError } from '../../../errors.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import type { InstanceState } from '../../mapping/state.ts'
import { warn } from '../warn.ts'
import {
  allOf,
  cachedStatement,
  deleteNode,
  equals,
  keysNode,
  parameter,
  valueNode,
} from './statements.ts'
import { keyParameters } from './update-rows.ts'
import { storedValue } from './values.ts'

/** Deletes the rows of objects of one table. */
export async function deleteRows(
  connection: Connection,
  mapper: Mapper,
  states: readonly InstanceState[],
): Promise<void> {
  if (mapper.versionIdCol) {
    for (const state of states) await deleteVersion(connection, mapper, state)
    return
  }
  const { dialect } = connection
  const keys = mapper.primaryKey.map(({ column }) => column)
  const limit = Math.max(1, Math.min(500, Math.floor(dialect.maxParameters / keys.length)))
  for (let start = 0; start < states.length; start += limit) {
    const page = states.slice(start, start + limit)
    const parameters = page.flatMap((state) =>
      keyParameters(mapper, keyOf(mapper, state), connection),
    )
    const query = cachedStatement(mapper.table, `delete ${page.length}`, parameters, dialect, () =>
      deleteNode(mapper.table, keysNode(keys, page.length)),
    )
    const { numAffectedRows } = await connection.execute(query)
    if (numAffectedRows !== undefined && Number(numAffectedRows) !== page.length) {
      warn(problem(mapper, page.length, numAffectedRows))
    }
  }
}

async function deleteVersion(
  connection: Connection,
  mapper: Mapper,
  state: InstanceState,
): Promise<void> {
  const { dialect } = connection
  const { column, key } = mapper.versionIdCol as NonNullable<Mapper['versionIdCol']>
  const keys = mapper.primaryKey.map((property) => property.column)
  const version = parameter(column, storedValue(state, key), dialect)
  const query = cachedStatement(
    mapper.table,
    'delete v',
    [...keyParameters(mapper, keyOf(mapper, state), connection), version],
    dialect,
    () =>
      deleteNode(
        mapper.table,
        allOf([keysNode(keys, 1), equals(column, valueNode(column, 0, dialect))]),
      ),
  )
  const { numAffectedRows } = await connection.execute(query)
  if (numAffectedRows !== undefined && numAffectedRows !== 1n) {
    throw new StaleDataError(problem(mapper, 1, numAffectedRows))
  }
}

function keyOf(mapper: Mapper, state: InstanceState): unknown[] {
  return mapper.primaryKey.map(({ key }) => storedValue(state, key))
}

function problem(mapper: Mapper, expected: number, matched: bigint): string {
  return (
    `DELETE statement on table '${mapper.table.fullname}' expected to delete ${expected} row(s); ` +
    `${matched} were matched.  Please set confirmDeletedRows: false within the mapper configuration ` +
    'to prevent this warning.'
  )
}
