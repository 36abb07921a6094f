import type { Dialect } from '../../dialects/dialect.ts'
import { type ColumnElement, conjunction } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import { baseOf, type FromClause } from '../../expression/from-clause.ts'
import { AND, OR } from '../../expression/operators.ts'
import { Select } from '../../expression/select.ts'
import { EMPTY_PARTS, type JoinStep, type SelectItem } from '../../expression/select-parts.ts'
import type { Column } from '../../schema/column.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { aliasEntity } from './entity-info.ts'
import type { EntityLoader, LoadedColumn, RawRow } from './entity-loader.ts'
import { keyOf, keyPart } from './key-values.ts'
import type { LoadRun } from './load-run.ts'
import { type PlanStart, planSelect } from './plan-select.ts'
import { localSideOf, relationshipJoin } from './relationship-join.ts'
import { columnValue } from './row-reader.ts'
import type { SelectPlan } from './select-plan.ts'
import { Slot, SlottedQuery } from './slots.ts'

/** A compiled statement for the related entities of several parents. */
export interface RelatedPlan {
  readonly plan: SelectPlan
  readonly query: SlottedQuery
  /** Gives each related entity with the key of its parent, as {@link keyOf} has it. */
  each(
    run: LoadRun,
    rows: readonly RawRow[],
    take: (item: object, parentKey: unknown) => void,
  ): void
}

/** The columns whose values tell one parent from another. */
export function parentColumns(property: RelationshipProperty): readonly Column[] {
  return property.customJoin
    ? property.parent.primaryKey.map(({ column }) => column)
    : property.pairs.map(({ local }) => local)
}

/** The statement for `count` parents. */
export function relatedPlan(
  property: RelationshipProperty,
  dialect: Dialect,
  start: PlanStart,
  count: number,
): RelatedPlan {
  const target = property.target.entity
  const { keys, joins } = property.customJoin
    ? throughParent(property, target)
    : direct(property, target)
  const items: SelectItem[] = [{ entity: target, source: target, element: null }]
  const where = keyCondition(keys, count)
  const statement = (extra: readonly ColumnElement[]): Select =>
    new Select({
      ...EMPTY_PARTS,
      items: [...items, ...extra.map((element) => ({ entity: null, source: element, element }))],
      joins,
      where: [where, ...(start.node?.criteria ?? [])],
      orderBy: property.orderBy,
    })
  // The key is usually a column of the target; then the statement is a plain one of the entity.
  let plan = planSelect(statement([]), dialect, undefined, start)
  let readers = plan.entity && keys.map((key) => readerIn(plan.entity as EntityLoader, key))
  if (!readers || readers.includes(undefined)) {
    plan = planSelect(statement(keys), dialect, undefined, start)
    readers = null
  }
  const query = new SlottedQuery(plan.query, dialect)
  const columns = readers as LoadedColumn[] | null
  return {
    plan,
    query,
    each(run, rows, take) {
      if (columns === null || plan.entity === null) {
        for (const row of plan.read(run, rows) as unknown[][]) {
          if (row[0] !== null) take(row[0] as object, keyOf(row.slice(1)))
        }
        return
      }
      const loader = plan.entity
      const [only] = columns
      const single = columns.length === 1 && only !== undefined
      for (const row of rows) {
        const state = loader.read(run, row)
        if (state === null) continue
        const key = single
          ? keyPart(columnValue(row, only))
          : keyOf(columns.map((column) => columnValue(row, column)))
        take(state.obj, key)
      }
    },
  }
}

function readerIn(loader: EntityLoader, key: ColumnElement): LoadedColumn | undefined {
  return loader.columns.find(({ column }) => column === key || baseOf(column) === key)
}

interface KeyedTarget {
  readonly keys: readonly ColumnElement[]
  readonly joins: readonly JoinStep[]
}

/** The key of the parent stands in the target's row, or in that of the association table. */
function direct(property: RelationshipProperty, target: EntityInfo): KeyedTarget {
  const keys = property.pairs.map(({ remote }) => remote)
  const { secondary } = property
  if (secondary === null) return { keys, joins: [] }
  const from: FromClause = secondary
  const { secondaryOn } = relationshipJoin(property, (column) => column, target.from, from)
  return { keys, joins: [inner(from, secondaryOn, target.from)] }
}

/** Only the application's own condition tells which parent a row belongs to. */
function throughParent(property: RelationshipProperty, target: EntityInfo): KeyedTarget {
  const parent = aliasEntity(property.parent)
  const local = localSideOf(parent)
  const keys = property.parent.primaryKey.map(({ column }) => local(column))
  const { secondary } = property
  const { onclause, secondaryOn } = relationshipJoin(property, local, target.from, secondary)
  if (secondary === null) return { keys, joins: [inner(parent.from, onclause, target.from)] }
  return {
    keys,
    joins: [inner(secondary, secondaryOn, target.from), inner(parent.from, onclause, secondary)],
  }
}

function inner(target: FromClause, on: ColumnElement | null, left: FromClause): JoinStep {
  return { kind: 'inner', target, on, left, entity: null }
}

function keyCondition(keys: readonly ColumnElement[], count: number): ColumnElement {
  const first = keys[0] as ColumnElement
  if (keys.length === 1) {
    return first.in(Array.from({ length: count }, (_, index) => new Slot(index, first)))
  }
  const rows = Array.from({ length: count }, (_, row) =>
    conjunction(
      AND,
      keys.map((key, index) => key.eq(new Slot(row * keys.length + index, key) as never)),
    ),
  )
  return rows.length === 1 ? (rows[0] as ColumnElement) : conjunction(OR, rows)
}
