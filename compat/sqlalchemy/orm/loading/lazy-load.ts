import type { Dialect } from '../../dialects/dialect.ts'
import { InvalidRequestError } from '../../errors.ts'
import { Select } from '../../expression/select.ts'
import { EMPTY_PARTS } from '../../expression/select-parts.ts'
import type { Column } from '../../schema/column.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { type InstanceState, isRelatedList } from '../mapping/state.ts'
import type { LoadContext } from './context.ts'
import { refreshExpired, refreshState } from './identity-load.ts'
import { identityColumns, localValues, missingKeys } from './key-values.ts'
import { LoadNode, type Strategy } from './load-node.ts'
import { planSelect } from './plan-select.ts'
import { setRelated } from './related.ts'
import { type LocalSide, relationshipJoin } from './relationship-join.ts'
import type { SelectPlan } from './select-plan.ts'
import { Slot, SlottedQuery } from './slots.ts'

/** A compiled lazy load and the parent's columns whose values it takes. */
interface LazyPlan {
  readonly plan: SelectPlan
  readonly query: SlottedQuery
  readonly locals: readonly Column[]
}

/** Plans by relationship and database; those under loader options go with the options. */
const plans = new WeakMap<RelationshipProperty | LoadNode, Map<string, LazyPlan>>()

/** Options of {@link lazyLoad}. */
export interface LazyLoadOptions {
  /** The load is part of a query: no `raise` of an option applies. */
  readonly immediate?: boolean
}

/**
 * Loads a relationship of an instance and stores it; gives the entity, `null`, or the list of entities.
 *
 * @throws InvalidRequestError when an option or the mapper says 'raise'.
 */
export async function lazyLoad(
  context: LoadContext,
  state: InstanceState,
  property: RelationshipProperty,
  options: LazyLoadOptions = {},
): Promise<unknown> {
  const node = state.loadOptions instanceof LoadNode ? state.loadOptions : null
  const strategy = node ? node.strategyOf(property) : property.lazy
  if (!options.immediate && strategy === 'raise') throw unavailable(property, strategy)
  const below = node?.nodeOf(property.key) ?? null
  // Conditions of an option are for the database to check.
  const known = below?.criteria.length ? undefined : findToOne(context, state, property)
  if (known !== undefined) return store(state, property, known === null ? [] : [known])
  if (!options.immediate && strategy === 'raise_on_sql') throw unavailable(property, strategy)
  if (strategy === 'noload' || state.key === null) return store(state, property, [])
  if (!options.immediate) {
    await context.autoflush()
    if (state.expired && property.uselist) {
      await refreshExpired(context, state)
      const list = state.related?.[property.key]
      if (isRelatedList(list) && list.loaded && !list.replacesUnloaded) return list.toArray()
    }
  }
  const connection = await context.connection(property.target)
  const lazy = lazyPlan(property, connection.dialect, below)
  const missing = missingKeys(state, lazy.locals)
  if (missing.length > 0) await refreshState(context, state, missing)
  const values = localValues(state, lazy.locals, property.direction !== 'MANYTOONE')
  if (values === null) return store(state, property, [])
  const { plan } = lazy
  const { rows } = await plan.execute(connection, lazy.query.fill(values))
  const run = plan.begin(context, false)
  const items = plan.read(run, rows) as object[]
  const more = run.finish()
  if (more !== undefined) await more
  return store(state, property, plan.multiplied ? [...new Set(items)] : items)
}

function store(state: InstanceState, property: RelationshipProperty, items: object[]): unknown {
  setRelated(state, property, items)
  return property.uselist ? items : (items[0] ?? null)
}

function unavailable(property: RelationshipProperty, strategy: Strategy): InvalidRequestError {
  return new InvalidRequestError(`'${property}' is not available due to lazy='${strategy}'`)
}

/**
 * The target of a to-one without a statement: the entity of the identity map, `null` where the foreign key
 * is NULL, `undefined` where a statement is needed.
 *
 * @param current do not take an entity whose values may be stale
 * @param committed go by the foreign key that the database has, not by one that was set since
 */
export function findToOne(
  context: Pick<LoadContext, 'identityMap'>,
  state: InstanceState,
  property: RelationshipProperty,
  current = false,
  committed = false,
): object | null | undefined {
  const columns = identityColumns(property)
  if (columns === null) return undefined
  if (columns.length === 0 || missingKeys(state, columns, committed).length > 0) return undefined
  const values = localValues(state, columns, committed)
  if (values === null) return null
  const found = context.identityMap.get(property.target.identityKey(values))
  if (found === undefined || found.status === 'deleted' || (current && found.expired))
    return undefined
  // Another class of the same inheritance tree has that key.
  return found.mapper.isA(property.target) ? found.obj : undefined
}

/**
 * {@link findToOne} for a reader of the attribute; what `SessionLike.identityLookup` is.
 *
 * @throws InvalidRequestError when a loader option says `raiseload`.
 */
export function lookupToOne(
  context: Pick<LoadContext, 'identityMap'>,
  state: InstanceState,
  property: RelationshipProperty,
  committed = false,
): object | null | undefined {
  const { loadOptions } = state
  if (loadOptions instanceof LoadNode) {
    const strategy = loadOptions.strategyOf(property)
    if (strategy === 'raise') throw unavailable(property, strategy)
  }
  return findToOne(context, state, property, false, committed)
}

function lazyPlan(
  property: RelationshipProperty,
  dialect: Dialect,
  node: LoadNode | null,
): LazyPlan {
  const owner = node ?? property
  let byDialect = plans.get(owner)
  if (byDialect === undefined) {
    byDialect = new Map()
    plans.set(owner, byDialect)
  }
  let lazy = byDialect.get(dialect.name)
  if (lazy === undefined) {
    lazy = makePlan(property, dialect, node)
    byDialect.set(dialect.name, lazy)
  }
  return lazy
}

function makePlan(
  property: RelationshipProperty,
  dialect: Dialect,
  node: LoadNode | null,
): LazyPlan {
  const locals: Column[] = []
  const statement = relatedSelect(property, (column) => {
    let index = locals.indexOf(column)
    if (index < 0) index = locals.push(column) - 1
    return new Slot(index, column)
  })
  const narrowed = node?.criteria.length ? statement.where(...node.criteria) : statement
  const plan = planSelect(narrowed, dialect, undefined, { node, path: [property] })
  return { plan, query: new SlottedQuery(plan.query, dialect), locals }
}

/** The SELECT of the entities a parent is related to; `local` gives what stands for its columns. */
export function relatedSelect(property: RelationshipProperty, local: LocalSide): Select {
  const target = property.target.entity
  const { secondary } = property
  const { onclause, secondaryOn } = relationshipJoin(property, local, target.from, secondary)
  return new Select({
    ...EMPTY_PARTS,
    items: [{ entity: target, source: property.target.modelClass, element: null }],
    joins:
      secondary === null
        ? []
        : [{ kind: 'inner', target: secondary, on: secondaryOn, left: target.from, entity: null }],
    where: [onclause],
    orderBy: property.orderBy,
  })
}
