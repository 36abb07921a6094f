import type { Connection } from '../../dialects/engine.ts'
import { ArgumentError, InvalidRequestError } from '../../errors.ts'
import { compileDml } from '../../expression/compile.ts'
import type { Delete } from '../../expression/delete.ts'
import type { ColumnElement } from '../../expression/element.ts'
import { coerce } from '../../expression/element.ts'
import { Select } from '../../expression/select.ts'
import { EMPTY_PARTS } from '../../expression/select-parts.ts'
import { Update } from '../../expression/update.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { InstanceState } from '../mapping/state.ts'
import type { ExecutionOptions, LoadContext } from './context.ts'
import { mapperOfInfo } from './entity-info.ts'
import { conditionOf, type Evaluator, evaluatorOf, UnevaluatableError } from './evaluator.ts'
import { planSelect } from './plan-select.ts'

/** What a bulk UPDATE or DELETE tells the session's objects by. */
type Synchronize = NonNullable<ExecutionOptions['synchronizeSession']>

const STRATEGIES: ReadonlySet<unknown> = new Set(['auto', 'evaluate', 'fetch', false])

/**
 * Runs an UPDATE or DELETE of a mapped class after a flush, and brings the session's objects in step.
 * Gives the number of rows it met. To be called inside `context.exclusive`.
 *
 * @throws InvalidRequestError when `evaluate` was asked for and the conditions need the database.
 */
export async function executeBulk(
  context: LoadContext,
  statement: Update | Delete,
  given: ExecutionOptions = {},
): Promise<number> {
  const options: ExecutionOptions = { ...statement.parts.execution, ...given }
  if (options.autoflush !== false) await context.autoflush()
  const { entity } = statement.parts.target
  const mapper = entity ? mapperOfInfo(entity) : null
  const connection = await context.connection(mapper)
  const matched =
    mapper === null ? [] : await matchedStates(context, connection, statement, mapper, options)
  const { numAffectedRows } = await connection.execute(
    compileDml(statement, connection.dialect).query,
  )
  if (mapper !== null) {
    if (statement instanceof Update) {
      context.noteUpdated?.(matched)
      synchronizeValues(statement, mapper, matched)
    } else synchronizeDeleted(context, matched)
  }
  return Number(numAffectedRows ?? 0)
}

/** The session's objects the statement is about; found before it changes them. */
async function matchedStates(
  context: LoadContext,
  connection: Connection,
  statement: Update | Delete,
  mapper: Mapper,
  options: ExecutionOptions,
): Promise<InstanceState[]> {
  const synchronize: Synchronize = options.synchronizeSession ?? 'auto'
  if (!STRATEGIES.has(synchronize)) {
    throw new ArgumentError(
      "Valid strategies for session synchronization are 'evaluate', 'fetch', False",
    )
  }
  if (synchronize === false) return []
  const candidates = [...context.identityMap.values()].filter(
    (state) => state.mapper.isA(mapper) && state.status === 'persistent',
  )
  if (synchronize !== 'fetch') {
    try {
      const matches = conditionOf(statement.parts.where, mapper)
      if (statement instanceof Update && synchronize === 'evaluate')
        newValues(statement, mapper, true)
      // Values that may be stale do not tell what the row has.
      if (candidates.every((state) => !state.expired)) {
        return candidates.filter((state) => matches(state.dict) === true)
      }
      if (synchronize === 'evaluate') {
        // As SQLAlchemy: they are read again anyway.
        return candidates.filter((state) => !state.expired && matches(state.dict) === true)
      }
    } catch (error) {
      if (!(error instanceof UnevaluatableError)) throw error
      if (synchronize === 'evaluate') {
        throw new InvalidRequestError(
          `Could not evaluate current criteria in Python: "${error.message}". Specify 'fetch' or False for ` +
            'the synchronize_session execution option.',
        )
      }
    }
  }
  if (candidates.length === 0 && synchronize === 'auto') return []
  const keys = await fetchKeys(connection, statement, mapper)
  return candidates.filter((state) => state.key !== null && keys.has(state.key))
}

/** The identity keys of the rows the statement is about. */
async function fetchKeys(
  connection: Connection,
  statement: Update | Delete,
  mapper: Mapper,
): Promise<ReadonlySet<string>> {
  const { entity, table } = statement.parts.target
  const criteria = entity?.criteria
  const select = new Select({
    ...EMPTY_PARTS,
    items: mapper.primaryKey.map(({ column }) => ({
      entity: null,
      source: column,
      element: column,
    })),
    froms: [table],
    where: criteria ? [...statement.parts.where, criteria] : statement.parts.where,
  })
  const plan = planSelect(select, connection.dialect)
  const { rows } = await connection.execute(plan.query)
  return new Set(plan.readValues(rows).map((values) => mapper.identityKey(values)))
}

function synchronizeValues(
  statement: Update,
  mapper: Mapper,
  states: readonly InstanceState[],
): void {
  if (states.length === 0) return
  const values = newValues(statement, mapper, false)
  for (const state of states) {
    // Each value is computed of those before the statement.
    const before = { ...state.dict }
    for (const [key, evaluate] of values) {
      if (evaluate === null || !(key in before)) {
        state.expired = true
        continue
      }
      try {
        state.dict[key] = evaluate(before)
      } catch (error) {
        if (!(error instanceof UnevaluatableError)) throw error
        state.expired = true
      }
      state.settle(key)
    }
  }
}

/** What the statement sets, by attribute; null for what only the database can compute. */
function newValues(
  statement: Update,
  mapper: Mapper,
  strict: boolean,
): Map<string, Evaluator | null> {
  const values = new Map<string, Evaluator | null>()
  for (const [key, value] of Object.entries(statement.parts.set)) {
    if (value === undefined) continue
    const attribute = attributeOf(mapper, key)
    if (attribute === null) continue
    try {
      const element = coerce(value, mapper.table.columns[0]?.type as never) as ColumnElement
      values.set(attribute, evaluatorOf(element, mapper))
    } catch (error) {
      if (strict || !(error instanceof UnevaluatableError)) throw error
      values.set(attribute, null)
    }
  }
  // Columns that change by themselves.
  for (const { key, column } of mapper.columns) {
    if (values.has(key)) continue
    if (column.onupdateKind !== null || column.serverOnupdate || column.computed)
      values.set(key, null)
  }
  return values
}

function attributeOf(mapper: Mapper, key: string): string | null {
  const name = mapper.synonyms.get(key) ?? key
  if (mapper.columnByKey.has(name)) return name
  return mapper.columns.find(({ column }) => column.key === key || column.name === key)?.key ?? null
}

function synchronizeDeleted(context: LoadContext, states: readonly InstanceState[]): void {
  if (states.length > 0) context.noteDeleted?.(states)
}
