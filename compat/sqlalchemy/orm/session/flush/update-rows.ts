import type { Connection } from '../../../dialects/engine.ts'
import { StaleDataError } from '../../../errors.ts'
import { type DefaultContext, isSqlExpression } from '../../../schema/default.ts'
import type { Table } from '../../../schema/table.ts'
import type { ColumnProperty, Mapper } from '../../mapping/mapper.ts'
import type { InstanceState } from '../../mapping/state.ts'
import { groupBy } from '../group-by.ts'
import { fetchColumns } from './fetch-columns.ts'
import { defaultContext, nextVersion } from './insert-rows.ts'
import {
  allOf,
  cachedStatement,
  compileNode,
  equals,
  keysNode,
  parameter,
  updateNode,
  valueNode,
} from './statements.ts'
import { sameValue, setColumn, storedValue } from './values.ts'

/** What one UPDATE changes. */
interface RowChange {
  readonly state: InstanceState
  readonly columns: readonly ColumnProperty[]
  readonly values: readonly unknown[]
  readonly shape: string
  readonly expressions: boolean
  /** Values the database computes at UPDATE. */
  readonly unknown: readonly ColumnProperty[]
  readonly key: readonly unknown[]
  readonly version: { readonly property: ColumnProperty; readonly value: unknown } | null
}

/** Updates the changed columns of rows of one table. */
export async function updateRows(
  connection: Connection,
  states: readonly InstanceState[],
  only?: ReadonlyMap<InstanceState, readonly string[]>,
): Promise<void> {
  const changes: RowChange[] = []
  for (const state of states) {
    const change = changeOf(state, only?.get(state))
    if (change) changes.push(change)
  }
  // Always the same order of rows, so that two sessions do not wait for each other.
  if (changes.length > 1) changes.sort(byKey)
  for (const [mapper, some] of groupBy(changes, ({ state }) => state.mapper)) {
    for (const group of groupBy(some, ({ shape }) => shape).values()) {
      await updateGroup(connection, mapper, group)
    }
  }
}

function byKey(a: RowChange, b: RowChange): number {
  for (let i = 0; i < a.key.length; i += 1) {
    const [left, right] = [a.key[i] as never, b.key[i] as never]
    if (left < right) return -1
    if (left > right) return 1
  }
  return 0
}

function changeOf(state: InstanceState, only: readonly string[] | undefined): RowChange | null {
  const { mapper, dict, originals } = state
  const columns: ColumnProperty[] = []
  const values: unknown[] = []
  const unknown: ColumnProperty[] = []
  let shape = ''
  let expressions = false
  const add = (property: ColumnProperty, value: unknown): void => {
    columns.push(property)
    values.push(value)
    shape += `${property.index},`
    if (!isSqlExpression(value)) return
    expressions = true
    unknown.push(property)
  }
  for (const key of only ?? Object.keys(originals ?? {})) {
    const property = mapper.columnByKey.get(key)
    if (!property || property.column.computed) continue
    if (only || !isUnchanged(originals?.[key], dict[key])) add(property, dict[key] ?? null)
  }
  if (columns.length === 0) return null
  const version = only ? null : mapper.versionIdCol
  if (!only) for (const property of mapper.columns) onUpdate(property, state, add, unknown)
  const change = {
    state,
    columns,
    values,
    expressions,
    unknown,
    key: mapper.primaryKey.map(({ key }) => storedValue(state, key)),
    version: version && { property: version, value: storedValue(state, version.key) },
  }
  if (version) {
    if (mapper.versionIdGenerator === false) unknown.push(version)
    else if (!columns.includes(version)) {
      add(version, nextVersion(mapper, storedValue(state, version.key)))
    }
  }
  return { ...change, shape, expressions }
}

function isUnchanged(original: unknown, value: unknown): boolean {
  return original !== undefined && sameValue(original, value)
}

/** What happens to a column that an UPDATE does not name. */
function onUpdate(
  property: ColumnProperty,
  state: InstanceState,
  add: (property: ColumnProperty, value: unknown) => void,
  unknown: ColumnProperty[],
): void {
  const { column, key } = property
  if (column.computed || column.serverOnupdate) {
    unknown.push(property)
    return
  }
  if (column.onupdateKind === null) return
  if (state.originals !== null && key in state.originals) return
  const value =
    column.onupdateKind === 'callable'
      ? (column.onupdate as (context: DefaultContext) => unknown)(
          defaultContext(column, key, state.dict),
        )
      : column.onupdate
  add(property, value)
}

async function updateGroup(
  connection: Connection,
  mapper: Mapper,
  group: readonly RowChange[],
): Promise<void> {
  const { table } = mapper
  if (canShare(group)) await updateTogether(connection, mapper, group)
  else {
    for (const change of group) {
      const matched = await updateOne(connection, mapper, change)
      assertMatched('UPDATE', table, 1, matched)
    }
  }
  for (const { state, columns, values } of group) {
    columns.forEach(({ key }, i) => {
      if (!isSqlExpression(values[i])) setColumn(state, key, values[i])
    })
  }
  const [first] = group as [RowChange]
  if (first.unknown.length > 0) {
    await fetchColumns(
      connection,
      mapper,
      group.map(({ state }) => state),
      first.unknown,
    )
  }
}

/** Whether rows get the same values: marking a thousand messages as read is one statement. */
function canShare(group: readonly RowChange[]): boolean {
  const [first] = group as [RowChange]
  if (group.length === 1 || first.expressions || first.version !== null) return false
  if (first.columns.some(({ column }) => column.primaryKey)) return false
  return group.every(({ values }) => values.every((value, i) => sameValue(value, first.values[i])))
}

async function updateTogether(
  connection: Connection,
  mapper: Mapper,
  group: readonly RowChange[],
): Promise<void> {
  const { dialect } = connection
  const [first] = group as [RowChange]
  const keys = mapper.primaryKey.map(({ column }) => column)
  const room = dialect.maxParameters - first.columns.length
  const limit = Math.max(1, Math.min(500, Math.floor(room / keys.length)))
  for (let start = 0; start < group.length; start += limit) {
    const page = group.slice(start, start + limit)
    const parameters = [
      ...first.columns.map(({ column }, i) => parameter(column, first.values[i], dialect)),
      ...page.flatMap(({ key }) => keyParameters(mapper, key, connection)),
    ]
    const query = cachedStatement(
      mapper,
      `update ${first.shape} ${page.length}`,
      parameters,
      dialect,
      () =>
        updateNode(
          mapper.table,
          first.columns.map(({ column }) => [column, null]),
          keysNode(keys, page.length),
        ),
    )
    const { numAffectedRows } = await connection.execute(query)
    assertMatched('UPDATE', mapper.table, page.length, numAffectedRows)
  }
}

async function updateOne(
  connection: Connection,
  mapper: Mapper,
  change: RowChange,
): Promise<bigint | undefined> {
  const { dialect } = connection
  const { columns, values, version } = change
  const keys = mapper.primaryKey.map(({ column }) => column)
  const where = [keysNode(keys, 1)]
  const parameters = keyParameters(mapper, change.key, connection)
  if (version) {
    const { column } = version.property
    where.push(equals(column, valueNode(column, version.value, dialect)))
    parameters.push(parameter(column, version.value, dialect))
  }
  if (change.expressions) {
    const node = updateNode(
      mapper.table,
      columns.map(({ column }, i) => [column, valueNode(column, values[i], dialect)]),
      allOf([
        ...keys.map((column, i) => equals(column, valueNode(column, change.key[i], dialect))),
        ...where.slice(1),
      ]),
    )
    return (await connection.execute(compileNode(node, dialect))).numAffectedRows
  }
  const set = columns.map(({ column }, i) => parameter(column, values[i], dialect))
  const query = cachedStatement(
    mapper,
    `update ${change.shape} ${version ? 'v' : '1'}`,
    [...set, ...parameters],
    dialect,
    () =>
      updateNode(
        mapper.table,
        columns.map(({ column }) => [column, null]),
        allOf(where),
      ),
  )
  return (await connection.execute(query)).numAffectedRows
}

/** Primary key values as parameters. */
export function keyParameters(
  mapper: Mapper,
  key: readonly unknown[],
  { dialect }: Connection,
): unknown[] {
  return mapper.primaryKey.map(({ column }, i) => parameter(column, key[i], dialect))
}

/** @throws StaleDataError when rows are gone or, with a version column, were changed by others. */
export function assertMatched(
  statement: 'UPDATE' | 'DELETE',
  table: Table,
  expected: number,
  matched: bigint | undefined,
): void {
  if (matched === undefined || Number(matched) === expected) return
  throw new StaleDataError(
    `${statement} statement on table '${table.fullname}' expected to ` +
      `${statement.toLowerCase()} ${expected} row(s); ${matched} were matched.`,
  )
}
