import type { CompiledQuery } from 'kysely'
import type { Dialect } from '../../dialects/dialect.ts'
import { Subquery } from '../../expression/alias.ts'
import { BindParameter } from '../../expression/element.ts'
import type { FromClause } from '../../expression/from-clause.ts'
import { Select } from '../../expression/select.ts'
import type { SelectBase } from '../../expression/select-base.ts'
import type { JoinStep, SelectItem, SelectParts, SortItem } from '../../expression/select-parts.ts'
import { ShapeCache, StatementShape } from '../../expression/shape.ts'
import { Table } from '../../schema/table.ts'
import { mapperOfInfo } from './entity-info.ts'
import type { RawRow } from './entity-loader.ts'
import { Load } from './options.ts'
import { planSelect } from './plan-select.ts'
import type { SelectPlan } from './select-plan.ts'

/** A plan and the query to run it with. */
export interface PlannedQuery {
  readonly plan: SelectPlan
  readonly query: CompiledQuery<RawRow>
}

/** A plan for all statements of one shape. */
interface OpenPlan {
  readonly plan: SelectPlan
  /** For each parameter of the query: which value of the statement it is, or null for one that is always the same. */
  readonly sources: readonly (number | null)[]
}

const caches = new WeakMap<Dialect, ShapeCache<OpenPlan>>()

/** The plan of a statement: that of an earlier one which differs in values only, where there was one. */
export function plannedQuery(statement: SelectBase, dialect: Dialect): PlannedQuery {
  const shape = new StatementShape()
  if (!(statement instanceof Select) || !describeParts(statement.parts, shape)) {
    return planAlone(statement, dialect)
  }
  let cache = caches.get(dialect)
  if (cache === undefined) {
    cache = new ShapeCache()
    caches.set(dialect, cache)
  }
  let open = cache.get(shape.key)
  if (open === null) {
    // One value in two places says nothing of a statement that has two values there.
    if (new Set(shape.values).size < shape.values.length) return planAlone(statement, dialect)
    open = openPlan(statement, dialect, shape)
    cache.set(shape.key, open)
  }
  return { plan: open.plan, query: filled(open, shape.values, dialect) }
}

function planAlone(statement: SelectBase, dialect: Dialect): PlannedQuery {
  const plan = planSelect(statement, dialect)
  return { plan, query: plan.query }
}

function openPlan(statement: SelectBase, dialect: Dialect, { values }: StatementShape): OpenPlan {
  const plan = planSelect(statement, dialect, undefined, undefined, true)
  const sources = plan.query.parameters.map((parameter) => {
    const index = values.indexOf(parameter as BindParameter)
    return index < 0 ? null : index
  })
  return { plan, sources }
}

function filled(
  { plan, sources }: OpenPlan,
  values: readonly BindParameter[],
  dialect: Dialect,
): CompiledQuery<RawRow> {
  const { query, queryId, sql, parameters } = plan.query
  const given: unknown[] = new Array(sources.length)
  for (let index = 0; index < sources.length; index++) {
    const source = sources[index] as number | null
    const parameter = source === null ? parameters[index] : values[source]
    given[index] = parameter instanceof BindParameter ? parameter.toDriver(dialect) : parameter
  }
  return { query, queryId, sql, parameters: given }
}

/** Adds a SELECT to a shape; false when it has something that belongs to this statement alone. */
function describeParts(parts: SelectParts, shape: StatementShape): boolean {
  if (parts.lock !== null || parts.correlation !== null) return false
  const { items, froms, fromEntities, joins, options, prefixes, distinct } = parts
  shape.add(items.length, froms.length, joins.length, options.length, prefixes.length, distinct)
  shape.add(...prefixes, fromEntities.length, ...fromEntities)
  return (
    items.every((item) => describeItem(item, shape)) &&
    froms.every((from) => describeFrom(from, shape)) &&
    joins.every((step) => describeJoin(step, shape)) &&
    options.every((option) => option instanceof Load && option.describe(shape)) &&
    shape.addAll(parts.where) &&
    describeSort(parts.groupBy, shape) &&
    shape.addAll(parts.having) &&
    describeSort(parts.orderBy, shape) &&
    shape.addAll(parts.distinctOn) &&
    shape.addOptional(parts.limit) &&
    shape.addOptional(parts.offset)
  )
}

function describeItem({ entity, element }: SelectItem, shape: StatementShape): boolean {
  if (entity === null) return element.describe(shape)
  const mapper = mapperOfInfo(entity)
  const { registry } = mapper
  // An alias is another one in each statement.
  if (entity !== mapper.entity || !registry.configured) return false
  return shape.add(entity, registry.size)
}

function describeFrom(from: FromClause, shape: StatementShape): boolean {
  if (from instanceof Table) return shape.add(from)
  if (!(from instanceof Subquery) || from.lateral || !(from.query instanceof Select)) return false
  const number = shape.numberOf(from)
  if (number !== null) return shape.add('from', number)
  return shape.add('subquery', from.name) && describeParts(from.query.parts, shape)
}

function describeJoin(
  { kind, target, on, left, entity }: JoinStep,
  shape: StatementShape,
): boolean {
  if (!(target instanceof Table) || (left !== null && !(left instanceof Table))) return false
  if (entity !== null && entity !== mapperOfInfo(entity).entity) return false
  return shape.add(kind, target, left, entity) && shape.addOptional(on)
}

function describeSort(items: readonly SortItem[], shape: StatementShape): boolean {
  if (!shape.add(items.length)) return false
  return items.every((item) =>
    typeof item === 'string' ? shape.add('name', item) : item.describe(shape),
  )
}
