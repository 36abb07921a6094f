import { type ColumnElement, conjunction } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import { baseOf, type FromClause } from '../../expression/from-clause.ts'
import { AND } from '../../expression/operators.ts'
import type { Column } from '../../schema/column.ts'
import type { ColumnPair, RelationshipProperty } from '../mapping/relationship-property.ts'
import { adapt } from './adapt.ts'
import { columnsFrom, mapperOfInfo } from './entity-info.ts'

/** The conditions that lead from a parent to the target of a relationship. */
export interface RelationshipJoin {
  /** Parent to target, or to the association table. */
  readonly onclause: ColumnElement
  /** Association table to target. */
  readonly secondaryOn: ColumnElement | null
}

/** What stands for a column of the parent: a column of an alias, or a value. */
export type LocalSide = (column: Column) => ColumnElement

/** The columns of a FROM as the local side of a relationship. */
export function localSide(from: FromClause): LocalSide {
  return (column) => (from.corresponding(column) as ColumnElement | null) ?? column
}

/** The columns of an entity as the local side of a relationship. */
export function localSideOf(info: EntityInfo): LocalSide {
  const mapper = mapperOfInfo(info)
  return (column) => {
    const property = mapper.propertyOf(column)
    const found = property && info.columns.find(({ key }) => key === property.key)
    return found?.column ?? info.from.corresponding(column) ?? column
  }
}

/** The join conditions of a relationship between given FROMs. */
export function relationshipJoin(
  property: RelationshipProperty,
  local: LocalSide,
  target: FromClause,
  secondary: FromClause | null,
): RelationshipJoin {
  const remote = secondary ?? target
  const onclause = property.customJoin
    ? customJoin(property, property.primaryjoin, local, remote)
    : equalities(property.pairs, local, remote)
  if (secondary === null) return { onclause, secondaryOn: null }
  const ofTarget = localSide(target)
  const secondaryOn =
    property.customJoin && property.secondaryjoin !== null
      ? adapt(adapt(property.secondaryjoin, columnsFrom(secondary)), columnsFrom(target))
      : equalities(property.secondaryPairs, ofTarget, secondary)
  return { onclause, secondaryOn }
}

function equalities(
  pairs: readonly ColumnPair[],
  local: LocalSide,
  remote: FromClause,
): ColumnElement {
  const of = localSide(remote)
  const conditions = pairs.map((pair) => of(pair.remote).eq(local(pair.local)))
  return conditions.length === 1 ? (conditions[0] as ColumnElement) : conjunction(AND, conditions)
}

/** A condition the application wrote: which of its columns are the target's? */
function customJoin(
  property: RelationshipProperty,
  condition: ColumnElement,
  local: LocalSide,
  remote: FromClause,
): ColumnElement {
  const remoteColumns: ReadonlySet<unknown> = new Set(property.remoteSide)
  const localColumns: ReadonlySet<unknown> = new Set(property.pairs.map((pair) => pair.local))
  const parentTable = property.parent.table
  const selfReferential = parentTable === property.target.table
  return adapt(condition, (element) => {
    const base = baseOf(element)
    if (remoteColumns.has(base)) return remote.corresponding(base) ?? undefined
    if (localColumns.has(base)) return local(base as Column)
    // A column of neither pair belongs to the table it is of; to the target's, where both are one.
    if ((base as Column).table === parentTable && !selfReferential) return local(base as Column)
    return remote.corresponding(base) ?? undefined
  })
}
