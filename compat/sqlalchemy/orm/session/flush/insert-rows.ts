import type { Connection, RawRow } from '../../../dialects/engine.ts'
import { FlushError } from '../../../errors.ts'
import type { Column } from '../../../schema/column.ts'
import { type DefaultContext, isSqlExpression } from '../../../schema/default.ts'
import type { ColumnProperty, Mapper } from '../../mapping/mapper.ts'
import { instanceText } from '../../mapping/repr.ts'
import type { InstanceState } from '../../mapping/state.ts'
import { fetchColumns, takeRow } from './fetch-columns.ts'
import {
  cachedStatement,
  compileNode,
  insertNode,
  insertRowNode,
  parameter,
  valueNode,
} from './statements.ts'

/** SQLAlchemy's `insertmanyvalues_page_size`. */
const PAGE = 1000

/** A row to be inserted: the columns it names and the values they get. */
interface NewRow {
  readonly state: InstanceState
  readonly columns: readonly ColumnProperty[]
  readonly values: readonly unknown[]
  /** Which columns, as text; rows with the same can share a statement. */
  readonly shape: string
  /** Values that only the database knows after the INSERT. */
  readonly unknown: readonly ColumnProperty[]
  readonly expressions: boolean
  /** Attributes that got their value from a default. */
  readonly filled: readonly string[]
}

/** Inserts the rows of one table; generated keys and values are in the objects afterwards. */
export async function insertRows(
  connection: Connection,
  states: readonly InstanceState[],
): Promise<void> {
  let batch: NewRow[] = []
  for (const state of states) {
    const row = newRow(state)
    const [first] = batch
    if (first && !canJoin(first, row)) {
      await insertBatch(connection, batch)
      batch = []
    }
    batch.push(row)
  }
  if (batch.length > 0) await insertBatch(connection, batch)
  for (const state of states) assertIdentity(state)
}

function canJoin(first: NewRow, row: NewRow): boolean {
  if (first.expressions || row.expressions) return false
  return first.shape === row.shape && first.state.mapper === row.state.mapper
}

function newRow(state: InstanceState): NewRow {
  const { mapper, dict } = state
  const columns: ColumnProperty[] = []
  const values: unknown[] = []
  const unknown: ColumnProperty[] = []
  let shape = ''
  let expressions = false
  const filled: string[] = []
  const fill = (key: string, value: unknown): void => {
    if (!(key in dict)) filled.push(key)
    dict[key] = value
  }
  if (mapper.polymorphicOn && dict[mapper.polymorphicOn.key] === undefined) {
    dict[mapper.polymorphicOn.key] = mapper.polymorphicIdentity
  }
  if (mapper.versionIdCol && mapper.versionIdGenerator !== false) {
    dict[mapper.versionIdCol.key] = nextVersion(mapper, null)
  }
  for (const property of mapper.columns) {
    const { column, key } = property
    if (column.computed) {
      unknown.push(property)
      continue
    }
    let value = dict[key]
    if (value === undefined || (value === null && !column.type.evaluatesNone)) {
      value = defaultOf(column, dict, property)
      if (value === undefined) {
        if (isServerSide(column)) {
          unknown.push(property)
          continue
        }
        value = null
        // The object has the value the row has.
        if (!(key in dict)) fill(key, null)
        // Its own null would be written for what nobody said.
        if (column.type.evaluatesNone) continue
      } else if (!isSqlExpression(value)) fill(key, value)
    }
    if (isSqlExpression(value)) {
      expressions = true
      unknown.push(property)
    }
    columns.push(property)
    values.push(value)
    shape += `${property.index},`
  }
  if (mapper.polymorphicOn) {
    for (const property of defaultsOfOthers(mapper)) {
      const value = defaultOf(property.column, dict, property)
      expressions ||= isSqlExpression(value)
      columns.push(property)
      values.push(value)
      shape += `${property.column.name},`
    }
  }
  return { state, columns, values, shape, unknown, expressions, filled }
}

/** Columns of other classes in the same table that have a default: it is the table's, so it goes for all rows. */
function defaultsOfOthers(mapper: Mapper): Set<ColumnProperty> {
  const found = new Map<Column, ColumnProperty>()
  for (const { columns } of mapper.base.selfAndDescendants) {
    for (const property of columns) {
      if (property.column.defaultKind === null || mapper.propertyOf(property.column)) continue
      found.set(property.column, property)
    }
  }
  return new Set(found.values())
}

/** Whether a column without a value is better left out of the INSERT. */
function isServerSide(column: Column): boolean {
  return (
    column.primaryKey ||
    column.serverDefault !== undefined ||
    column.identity !== null ||
    column === column.table?.autoincrementColumn
  )
}

/** The value a default gives, `undefined` where there is none. */
function defaultOf(
  column: Column,
  dict: Record<string, unknown>,
  { key }: ColumnProperty,
): unknown {
  switch (column.defaultKind) {
    case null:
      return undefined
    case 'callable':
      return (column.default as (context: DefaultContext) => unknown)(
        defaultContext(column, key, dict),
      )
    default:
      return column.default
  }
}

/** What a default's function gets. */
export function defaultContext(
  column: Column,
  key: string,
  parameters: Record<string, unknown>,
): DefaultContext {
  return {
    column: { name: column.name, key },
    parameters,
    getCurrentParameters: () => parameters,
  }
}

/** The version that follows another; `null` before the first. */
export function nextVersion(mapper: Mapper, version: unknown): unknown {
  const { versionIdGenerator } = mapper
  if (typeof versionIdGenerator === 'function') return versionIdGenerator(version)
  return version === null || version === undefined ? 1 : Number(version) + 1
}

async function insertBatch(connection: Connection, rows: readonly NewRow[]): Promise<void> {
  try {
    await insertPages(connection, rows)
  } catch (error) {
    // The objects have no row, so they have nothing of its defaults.
    for (const { state, filled } of rows) for (const key of filled) delete state.dict[key]
    throw error
  }
}

async function insertPages(connection: Connection, rows: readonly NewRow[]): Promise<void> {
  const [first] = rows as [NewRow]
  const { mapper } = first.state
  const generated = mapper.primaryKey.filter(({ key }) => isGenerated(first, key))
  const auto = mapper.table.autoincrementColumn
  const { dialect } = connection
  // One generated number per row can be told apart by its order; anything else needs its own statement.
  const numbered = generated.length === 1 && generated[0]?.column === auto
  // Without RETURNING, MySQL alone tells the numbers of several rows.
  const told = dialect.features.insertReturning || dialect.name === 'mysql'
  const nothing = first.columns.length === 0 && dialect.emptyInsert === 'default values'
  const single = first.expressions || nothing || (generated.length > 0 && !(numbered && told))
  const width = Math.max(first.columns.length, 1)
  const limit = single ? 1 : Math.max(1, Math.min(PAGE, Math.floor(dialect.maxParameters / width)))
  for (let start = 0; start < rows.length; start += limit) {
    const page = rows.slice(start, start + limit)
    await insertPage(connection, page, generated, numbered)
  }
}

function isGenerated(row: NewRow, key: string): boolean {
  return row.unknown.some((property) => property.key === key)
}

async function insertPage(
  connection: Connection,
  rows: readonly NewRow[],
  generated: readonly ColumnProperty[],
  numbered: boolean,
): Promise<void> {
  const [first] = rows as [NewRow]
  const { features } = connection.dialect
  const { mapper } = first.state
  const returning = features.insertReturning && first.unknown.length > 0
  const wanted = returning ? [...new Set([...mapper.primaryKey, ...first.unknown])] : []
  const result = await connection.execute(statementFor(connection, rows, wanted))
  if (returning) {
    receive(connection, rows, wanted, result.rows, generated, numbered)
    return
  }
  if (numbered) {
    await numberRows(connection, rows, generated[0] as ColumnProperty, result.insertId)
  }
  const missing = first.unknown.filter((property) => !generated.includes(property))
  if (missing.length > 0) {
    await fetchColumns(
      connection,
      mapper,
      rows.map(({ state }) => state),
      missing,
    )
  }
}

function statementFor(
  connection: Connection,
  rows: readonly NewRow[],
  wanted: readonly ColumnProperty[],
): Parameters<Connection['execute']>[0] {
  const { dialect } = connection
  const [first] = rows as [NewRow]
  const { table } = first.state.mapper
  const columns = first.columns.map(({ column }) => column)
  const returning = wanted.map(({ column }) => column)
  if (first.expressions) {
    const values = first.values.map((value, i) => valueNode(columns[i] as Column, value, dialect))
    return compileNode(insertRowNode(table, columns, values, returning), dialect)
  }
  const parameters: unknown[] = []
  for (const row of rows) {
    for (let i = 0; i < columns.length; i += 1) {
      parameters.push(parameter(columns[i] as Column, row.values[i], dialect))
    }
  }
  const name = `insert ${first.shape} ${rows.length} ${wanted.map(({ index }) => index).join()}`
  return cachedStatement(first.state.mapper, name, parameters, dialect, () =>
    insertNode(table, columns, rows.length, returning, dialect),
  )
}

/** Gives each object its row of RETURNING. No database promises an order for these rows. */
function receive(
  connection: Connection,
  rows: readonly NewRow[],
  wanted: readonly ColumnProperty[],
  returned: readonly RawRow[],
  generated: readonly ColumnProperty[],
  numbered: boolean,
): void {
  const [first] = rows as [NewRow]
  const { dialect } = connection
  const { mapper } = first.state
  if (returned.length !== rows.length) {
    throw new FlushError(
      `INSERT into table '${mapper.table.name}' of ${rows.length} row(s) gave back ${returned.length}`,
    )
  }
  if (rows.length === 1) {
    takeRow(first.state, wanted, returned[0] as RawRow, dialect)
    return
  }
  if (numbered) {
    // Numbers are given in the order of the VALUES list, whatever order RETURNING has.
    const { column } = generated[0] as ColumnProperty
    const read = (row: RawRow): number | bigint =>
      column.type.fromDriver(row[column.name], dialect) as number | bigint
    const sorted = [...returned].sort((a, b) => (read(a) < read(b) ? -1 : 1))
    for (const [i, { state }] of rows.entries())
      takeRow(state, wanted, sorted[i] as RawRow, dialect)
    return
  }
  const byKey = new Map(rows.map(({ state }) => [mapper.identityKeyOf(state.dict), state]))
  for (const row of returned) {
    const values = mapper.primaryKey.map(({ column }) =>
      column.type.fromDriver(row[column.name], dialect),
    )
    const state = byKey.get(mapper.identityKey(values))
    if (state) takeRow(state, wanted, row, dialect)
  }
}

const INCREMENT = 'select @@auto_increment_increment as step'
const steps = new WeakMap<object, number>()

/**
 * MySQL tells the first number of a statement only. The rows of one INSERT … VALUES are numbered in one go:
 * in steps of `auto_increment_increment`, which clusters set to more than one.
 */
async function numberRows(
  connection: Connection,
  rows: readonly NewRow[],
  { key, column }: ColumnProperty,
  insertId: bigint | undefined,
): Promise<void> {
  if (insertId === undefined) {
    throw new FlushError(`The driver gave no number for the rows of '${column.table?.name}'`)
  }
  let step = 1
  if (rows.length > 1) step = await incrementOf(connection)
  rows.forEach(({ state }, i) => {
    const number = insertId + BigInt(i * step)
    const safe = number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number
    state.dict[key] = column.type.fromDriver(safe, connection.dialect)
  })
}

async function incrementOf(connection: Connection): Promise<number> {
  const known = steps.get(connection.engine)
  if (known !== undefined) return known
  if (connection.dialect.name !== 'mysql') return 1
  const { rows } = await connection.execute(rawQuery(INCREMENT))
  const step = Number(rows[0]?.step ?? 1)
  steps.set(connection.engine, step)
  return step
}

function rawQuery(sql: string): Parameters<Connection['execute']>[0] {
  const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] } as const
  return { sql, parameters: [], query, queryId: { queryId: 'bustapi' } } as never
}

function assertIdentity(state: InstanceState): void {
  if (state.mapper.identityKeyOf(state.dict) !== null) return
  throw new FlushError(
    `Instance ${instanceText(state)} has a NULL identity key.  If this is an auto-generated value, check ` +
      'that the database table allows generation of new primary key values, and that the mapped Column ' +
      'object is configured to expect these generated values.  Ensure also that this flush() is not ' +
      'occurring at an inappropriate time, such as within a load() event.',
  )
}
