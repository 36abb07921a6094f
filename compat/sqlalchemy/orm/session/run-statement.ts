import type { CompiledQuery, OperationNode } from 'kysely'
import type { Connection, RawRow } from '../../dialects/engine.ts'
import { ObjectNotExecutableError } from '../../errors.ts'
import { compileNode } from '../../expression/compile.ts'
import { Delete } from '../../expression/delete.ts'
import { DmlStatement } from '../../expression/dml-statement.ts'
import { Insert } from '../../expression/insert.ts'
import { NamedParameter } from '../../expression/named-parameter.ts'
import { SelectBase } from '../../expression/select-base.ts'
import { Update } from '../../expression/update.ts'
import { executeBulk } from '../loading/bulk.ts'
import type { ExecutionOptions } from '../loading/context.ts'
import { mapperOfInfo } from '../loading/entity-info.ts'
import { executeSelect } from '../loading/execute.ts'
import { planDml } from '../loading/plan-plain.ts'
import type { RowOf as NamedRow } from '../loading/query-types.ts'
import { Result, RowBuffer } from '../loading/result.ts'
import { RowShape } from '../loading/row.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { SessionCore } from './session-core.ts'

/** What a session runs: statements of this package, `text()`, Kysely's builders, compiled queries. */
export type Executable =
  | SelectBase
  | DmlStatement
  | { toOperationNode(): OperationNode }
  | CompiledQuery

/** The row of a statement. */
export type RowOf<S> = S extends { readonly rowValues: infer V; readonly rowNames: infer N }
  ? V extends readonly unknown[]
    ? NamedRow<V, N>
    : unknown[]
  : // biome-ignore lint/suspicious/noExplicitAny: the columns of hand-written SQL are known to who wrote it
    NamedRow<any[], any>

/** Values of named parameters; several sets run an INSERT for all of them. */
export type StatementParameters = Readonly<Record<string, unknown>>

/**
 * Flushes where it must, runs a statement and gives its result. To be called inside the session's turn.
 *
 * @throws ObjectNotExecutableError for anything that is no statement.
 */
export async function runStatement(
  core: SessionCore,
  statement: unknown,
  parameters?: StatementParameters | readonly StatementParameters[],
  options: ExecutionOptions = {},
): Promise<Result<unknown>> {
  if (Array.isArray(parameters)) return runMany(core, statement, parameters, options)
  const values = parameters as StatementParameters | undefined
  if (statement instanceof SelectBase) return executeSelect(core, statement, values, options)
  if (statement instanceof DmlStatement) return runDml(core, statement, values, options)
  if (isSource(statement)) return runPlain(core, statement, values, options)
  throw new ObjectNotExecutableError(statement)
}

async function runMany(
  core: SessionCore,
  statement: unknown,
  sets: readonly StatementParameters[],
  options: ExecutionOptions,
): Promise<Result<unknown>> {
  if (statement instanceof Insert && statement.parts.rows.length === 0) {
    const rows = sets.length > 0 ? statement.values(sets) : statement
    return runStatement(core, rows, undefined, options)
  }
  let rowcount = 0
  for (const values of sets)
    rowcount += (await runStatement(core, statement, values, options)).rowcount
  return new Result(emptyBuffer(), rowcount)
}

async function runDml(
  core: SessionCore,
  given: DmlStatement,
  parameters: StatementParameters | undefined,
  options: ExecutionOptions,
): Promise<Result<unknown>> {
  let statement = given
  // `execute(insert(User), { name: 'ada' })` names the values of the row.
  if (statement instanceof Insert && parameters && statement.parts.rows.length === 0) {
    return runDml(core, statement.values(parameters), undefined, options)
  }
  const bulk = statement instanceof Update || statement instanceof Delete
  // A table without a class has no objects to keep in step, and perhaps a database of its own.
  const mapped = statement.parts.target.entity !== null
  if (bulk && mapped && statement.parts.returning.length === 0 && parameters === undefined) {
    return new Result(emptyBuffer(), await executeBulk(core, statement as Update | Delete, options))
  }
  statement = given
  if (options.autoflush !== false) await core.autoflush()
  const { entity } = statement.parts.target
  const mapper: Mapper | null = entity ? mapperOfInfo(entity) : null
  const connection = await core.connectionFor(mapper, statement.table)
  const plan = planDml(statement, connection.dialect, parameters)
  const { rows, numAffectedRows } = await connection.execute(plan.query)
  const run = plan.begin(core, options.populateExisting ?? bulk)
  const buffer = rows.length > 0 ? await plan.buffer(run, rows) : emptyBuffer(plan.shape)
  return new Result(buffer, rowsMet(rows, numAffectedRows))
}

async function runPlain(
  core: SessionCore,
  source: { toOperationNode(): OperationNode } | CompiledQuery,
  parameters: StatementParameters | undefined,
  options: ExecutionOptions,
): Promise<Result<unknown>> {
  if (options.autoflush !== false) await core.autoflush()
  const connection = await core.connectionFor(null, null)
  const { rows, numAffectedRows } = await connection.execute(
    compiled(source, connection, parameters),
  )
  const shape = new RowShape(rows[0] ? Object.keys(rows[0]) : [])
  const items = rows.map((row) => shape.row(Object.values(row)))
  return new Result(new RowBuffer(items, false, shape), rowsMet(rows, numAffectedRows))
}

function compiled(
  source: { toOperationNode(): OperationNode } | CompiledQuery,
  { dialect }: Connection,
  values: StatementParameters = {},
): CompiledQuery {
  if ('sql' in source && 'parameters' in source) return source
  const { query } = compileNode(() => source.toOperationNode(), dialect)
  const parameters = query.parameters.map((parameter) =>
    parameter instanceof NamedParameter ? parameter.valueFrom(values, dialect) : parameter,
  )
  return { ...query, parameters }
}

function isSource(
  statement: unknown,
): statement is { toOperationNode(): OperationNode } | CompiledQuery {
  if (typeof statement !== 'object' || statement === null) return false
  if ('sql' in statement && 'parameters' in statement) return true
  return 'toOperationNode' in statement && typeof statement.toOperationNode === 'function'
}

function emptyBuffer(shape: RowShape = new RowShape([])): RowBuffer {
  return new RowBuffer([], false, shape)
}

function rowsMet(rows: readonly RawRow[], affected: bigint | undefined): number {
  if (affected !== undefined) return Number(affected)
  return rows.length > 0 ? rows.length : -1
}
