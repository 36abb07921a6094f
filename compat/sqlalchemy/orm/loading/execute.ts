import type { Dialect } from '../../dialects/dialect.ts'
import type { Connection } from '../../dialects/engine.ts'
import { Select } from '../../expression/select.ts'
import type { SelectBase } from '../../expression/select-base.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { ExecutionOptions, LoadContext } from './context.ts'
import { eagerLoadOf } from './eager.ts'
import { mapperOfInfo } from './entity-info.ts'
import { type PlannedQuery, plannedQuery } from './plan-cache.ts'
import { planSelect, registerEagerLoads } from './plan-select.ts'
import { Result } from './result.ts'

// Here and not in `eager.ts`: a bundler leaves out a module that is imported for its effect alone.
registerEagerLoads(eagerLoadOf)

/** The plan of a statement; it is looked for once for each statement object. */
export function planOf(
  statement: SelectBase,
  dialect: Dialect,
  parameters?: Readonly<Record<string, unknown>>,
): PlannedQuery {
  if (parameters !== undefined) {
    const plan = planSelect(statement, dialect, parameters)
    return { plan, query: plan.query }
  }
  let link = statement.planned
  while (link !== null && link.dialect !== dialect) link = link.next
  if (link === null) {
    link = { dialect, compiled: plannedQuery(statement, dialect), next: statement.planned }
    statement.planned = link
  }
  return link.compiled as PlannedQuery
}

/** The mapper whose bind key decides where a statement runs: that of its first entity. */
export function mapperOfStatement(statement: SelectBase): Mapper | null {
  for (const { entity, element } of statement.parts.items) {
    if (entity) return mapperOfInfo(entity)
    const { mapper } = element as { mapper?: Mapper }
    if (mapper) return mapper
  }
  if (!(statement instanceof Select)) {
    const [first] = (statement as { members?: readonly SelectBase[] }).members ?? []
    return first ? mapperOfStatement(first) : null
  }
  for (const { entity } of statement.parts.joins) if (entity) return mapperOfInfo(entity)
  return null
}

/** The options of a statement under those of its execution. */
export function executionOptionsOf(
  statement: SelectBase,
  options: ExecutionOptions | undefined,
): ExecutionOptions {
  const { execution } = statement.parts
  return options === undefined ? execution : { ...execution, ...options }
}

/**
 * Flushes what is pending, runs a SELECT and gives its result: entities from the identity map or made of
 * rows, eager relationships loaded. To be called inside `context.exclusive`.
 *
 * @param parameters values of `bindparam()`
 * @param bind the mapper whose database it runs on, instead of the first entity's
 */
export async function executeSelect<R = unknown[]>(
  context: LoadContext,
  statement: SelectBase,
  parameters?: Readonly<Record<string, unknown>>,
  given?: ExecutionOptions,
  bind?: Mapper | null,
): Promise<Result<R>> {
  const options = executionOptionsOf(statement, given)
  if (options.autoflush !== false) {
    const flushing = context.autoflush()
    if (flushing !== undefined) await flushing
  }
  const pending = context.connection(bind === undefined ? mapperOfStatement(statement) : bind)
  const connection: Connection = pending instanceof Promise ? await pending : pending
  const { plan, query } = planOf(statement, connection.dialect, parameters)
  const { rows } = await plan.execute(connection, query)
  const run = plan.begin(context, options.populateExisting ?? false)
  const read = plan.buffer(run, rows)
  const buffer = read instanceof Promise ? await read : read
  if (options.yieldPer !== undefined) buffer.partitionSize = options.yieldPer
  return new Result<R>(buffer)
}
