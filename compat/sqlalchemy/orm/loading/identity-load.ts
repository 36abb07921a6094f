import type { Connection } from '../../dialects/engine.ts'
import { InvalidRequestError, ObjectDeletedError } from '../../errors.ts'
import { type ColumnElement, conjunction } from '../../expression/element.ts'
import { AND } from '../../expression/operators.ts'
import { Select } from '../../expression/select.ts'
import { EMPTY_PARTS, type LockOptions } from '../../expression/select-parts.ts'
import { isBeyond } from '../../expression/value-types.ts'
import type { ColumnProperty, Mapper } from '../mapping/mapper.ts'
import { instanceText } from '../mapping/repr.ts'
import { type InstanceState, isRelatedList } from '../mapping/state.ts'
import type { LoadContext } from './context.ts'
import { LoadNode } from './load-node.ts'
import type { Load } from './options.ts'
import { type PlanStart, planSelect } from './plan-select.ts'
import { rootNodes } from './root-options.ts'
import type { SelectPlan } from './select-plan.ts'
import { Slot, SlottedQuery } from './slots.ts'

/** A compiled SELECT of one row by its primary key. */
interface IdentityPlan {
  readonly plan: SelectPlan
  readonly query: SlottedQuery
}

/** Options of a load by primary key. */
export interface IdentityLoadOptions {
  readonly options?: readonly Load[]
  readonly populateExisting?: boolean
  /** `FOR UPDATE`; `true` without any of its options. */
  readonly withForUpdate?: LockOptions | boolean
}

const plans = new WeakMap<Mapper, Map<string, IdentityPlan>>()

/**
 * Selects one entity by its primary key, whatever the identity map says; `null` when there is no row, or
 * the row is of another class of the inheritance tree.
 *
 * @param values the primary key in the order of `mapper.primaryKey`
 */
export async function loadByIdentity(
  context: LoadContext,
  mapper: Mapper,
  values: readonly unknown[],
  options: IdentityLoadOptions = {},
): Promise<object | null> {
  const given = context.connection(mapper)
  const connection = given instanceof Promise ? await given : given
  const { plan, query } = identityPlan(mapper, connection, options, values)
  const { rows } = await plan.execute(connection, query.fill(values))
  if (rows.length === 0) return null
  const run = plan.begin(context, options.populateExisting ?? false)
  const items = plan.read(run, rows)
  const more = run.finish()
  if (more !== undefined) await more
  return items[0] as object
}

function identityPlan(
  mapper: Mapper,
  connection: Connection,
  options: IdentityLoadOptions,
  values: readonly unknown[],
): IdentityPlan {
  const { dialect } = connection
  const wide = hasWide(mapper, values)
  const special = options.options?.length || options.withForUpdate || wide
  if (special) {
    const node = rootNodes(options.options ?? [], [mapper.entity])[0] ?? null
    const lock = options.withForUpdate === true ? {} : options.withForUpdate || null
    return makePlan(mapper, connection, { node, path: [] }, lock, wide ? values : null)
  }
  let byDialect = plans.get(mapper)
  if (byDialect === undefined) {
    byDialect = new Map()
    plans.set(mapper, byDialect)
  }
  let plan = byDialect.get(dialect.name)
  if (plan === undefined) {
    plan = makePlan(mapper, connection, { node: null, path: [] }, null)
    byDialect.set(dialect.name, plan)
  }
  return plan
}

/** Whether a number is none of its column's: it is compared with, not sent as a value of the column. */
function hasWide({ primaryKey }: Mapper, values: readonly unknown[]): boolean {
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (typeof value !== 'number' && typeof value !== 'bigint') continue
    if (isBeyond(value, (primaryKey[index] as ColumnProperty).column.type)) return true
  }
  return false
}

function makePlan(
  mapper: Mapper,
  { dialect }: Connection,
  start: PlanStart,
  lock: LockOptions | null,
  values: readonly unknown[] | null = null,
): IdentityPlan {
  const { entity } = mapper
  const conditions = mapper.primaryKey.map(
    ({ column }, index): ColumnElement =>
      column.eq((values === null ? new Slot(index, column) : values[index]) as never),
  )
  const statement = new Select({
    ...EMPTY_PARTS,
    items: [{ entity, source: mapper.modelClass, element: null }],
    where: [
      conditions.length === 1 ? (conditions[0] as ColumnElement) : conjunction(AND, conditions),
    ],
    lock,
  })
  const plan = planSelect(statement, dialect, undefined, start)
  return { plan, query: new SlottedQuery(plan.query, dialect) }
}

/**
 * Selects an instance's row again and takes its values, as `session.refresh`. Relationships named in `keys` are
 * forgotten, so that the next `await` loads them; without `keys`, all are, and eager ones loaded.
 *
 * @throws InvalidRequestError when the row is gone.
 */
export async function refreshState(
  context: LoadContext,
  state: InstanceState,
  keys: readonly string[] | null = null,
  options: Pick<IdentityLoadOptions, 'withForUpdate'> = {},
): Promise<void> {
  const { mapper } = state
  const values = persistentKey(state)
  if (keys === null) {
    state.expired = true
    const lock = options.withForUpdate ? { withForUpdate: options.withForUpdate } : {}
    const found = await loadByIdentity(context, mapper, values, { populateExisting: true, ...lock })
    if (found === null) throw notRefreshed(state)
    return
  }
  const columns = keys.filter((key) => !mapper.relationships.has(key))
  for (const key of keys) forgetRelated(state, key)
  if (columns.length === 0) return
  const node = new LoadNode()
  node.only = new Set(columns)
  const connection = await context.connection(mapper)
  // Relationships are not asked for here.
  node.otherRelationships = 'select'
  const lock = options.withForUpdate === true ? {} : options.withForUpdate || null
  const { plan, query } = makePlan(mapper, connection, { node, path: [] }, lock)
  const { rows } = await plan.execute(connection, query.fill(values))
  if (rows.length === 0) throw notRefreshed(state)
  const { loadOptions, expired } = state
  state.forget(columns)
  // What was forgotten is filled in; the rest of the row stays as it is.
  state.expired = false
  plan.read(plan.begin(context, false), rows)
  state.expired = expired && !isWhole(state, columns)
  state.loadOptions = loadOptions
}

/**
 * Reads the row of an instance again whose values may be stale; changes that wait for a flush stay.
 *
 * @throws ObjectDeletedError when the row is gone.
 */
export async function refreshExpired(context: LoadContext, state: InstanceState): Promise<void> {
  const { loadOptions } = state
  const found = await loadByIdentity(context, state.mapper, persistentKey(state))
  if (found === null) {
    throw new ObjectDeletedError(
      `Instance '${instanceText(state)}' has been deleted, or its row is otherwise not present.`,
    )
  }
  state.loadOptions = loadOptions
}

/** Whether nothing that an instance holds is older than the columns that were just read. */
function isWhole(state: InstanceState, read: readonly string[]): boolean {
  const { mapper, originals, relatedOriginals, related } = state
  const stale = mapper.columns.some(
    (property) =>
      !property.deferred &&
      !mapper.primaryKey.includes(property) &&
      !read.includes(property.key) &&
      !(originals !== null && property.key in originals),
  )
  if (stale) return false
  return Object.entries(related ?? {}).every(([key, value]) =>
    isRelatedList(value) ? !value.loaded : relatedOriginals !== null && key in relatedOriginals,
  )
}

/** The primary key as the database has it. */
function persistentKey(state: InstanceState): unknown[] {
  const { originals, dict, mapper } = state
  return mapper.primaryKey.map(({ key }) =>
    originals !== null && key in originals ? originals[key] : dict[key],
  )
}

function forgetRelated(state: InstanceState, key: string): void {
  const value = state.related?.[key]
  if (value === undefined || !state.related) return
  if (isRelatedList(value)) value.reset()
  else delete state.related[key]
}

function notRefreshed(state: InstanceState): InvalidRequestError {
  return new InvalidRequestError(`Could not refresh instance '${instanceText(state)}'`)
}
