import { CircularDependencyError } from '../../../errors.ts'
import type { Column } from '../../../schema/column.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import type { InstanceState } from '../../mapping/state.ts'
import { groupBy } from '../group-by.ts'
import { components, levels } from '../topological.ts'
import { FlushPlan, isWrittenLate } from './flush-plan.ts'
import { storedValue } from './values.ts'

/** Rows of one table that can be written together. */
export interface RowGroup {
  readonly mapper: Mapper
  readonly states: readonly InstanceState[]
}

interface Dependencies {
  readonly relationships: number
  /** Keys of tables whose rows come first. */
  readonly before: ReadonlySet<string>
  /** Keys of tables whose rows come later. */
  readonly after: ReadonlySet<string>
}

/** The order of inserts and updates: rows that are referred to come first. */
export function saveOrder(plan: FlushPlan): RowGroup[] {
  return orderRows(plan.saves, (members) => {
    const inside = new Set(members)
    return plan.edges.filter(([row, before]) => inside.has(row) && inside.has(before))
  })
}

/** The order of deletes: rows that refer to others go first. */
export function deleteOrder(deletes: ReadonlySet<InstanceState>): RowGroup[] {
  return orderRows(deletes, (members) => referencesAmong(members)).reverse()
}

function orderRows(
  rows: ReadonlySet<InstanceState>,
  edgesAmong: (members: readonly InstanceState[]) => (readonly [InstanceState, InstanceState])[],
): RowGroup[] {
  const byBase = groupBy(rows, (state) => state.mapper.base)
  const groups: RowGroup[] = []
  for (const members of sortedMappers([...byBase.keys()])) {
    const states = members.flatMap((mapper) => byBase.get(mapper) as InstanceState[])
    const alone = members.length === 1 ? (members[0] as Mapper) : null
    if (alone && !dependenciesOf(alone).before.has(alone.table.fullname)) {
      groups.push({ mapper: alone, states })
      continue
    }
    const sorted = levels(states, edgesAmong(states))
    if ('cycle' in sorted) {
      throw new CircularDependencyError(
        `Circular dependency detected. (${FlushPlan.text(sorted.cycle)})`,
        sorted.cycle.map((state) => state.obj),
      )
    }
    for (const level of sorted.levels) {
      for (const [mapper, some] of groupBy(level, (state) => state.mapper.base)) {
        groups.push({ mapper, states: some })
      }
    }
  }
  return groups
}

function sortedMappers(mappers: readonly Mapper[]): Mapper[][] {
  if (mappers.length === 1) return [[...mappers]]
  const byTable = new Map(mappers.map((mapper) => [mapper.table.fullname, mapper]))
  const before = new Map<Mapper, Set<Mapper>>(mappers.map((mapper) => [mapper, new Set()]))
  for (const mapper of mappers) {
    const dependencies = dependenciesOf(mapper)
    for (const key of dependencies.before) {
      const other = byTable.get(key)
      if (other) before.get(mapper)?.add(other)
    }
    for (const key of dependencies.after) {
      const other = byTable.get(key)
      if (other) before.get(other)?.add(mapper)
    }
  }
  return components(mappers, (mapper) => before.get(mapper) as Set<Mapper>)
}

const described = new WeakMap<Mapper, Dependencies>()

function dependenciesOf(base: Mapper): Dependencies {
  const family = base.selfAndDescendants
  const count = family.reduce((sum, mapper) => sum + mapper.relationships.size, 0)
  const known = described.get(base)
  if (known?.relationships === count) return known
  const before = new Set<string>()
  const after = new Set<string>()
  const late = new Set<Column>()
  for (const mapper of family) {
    for (const property of mapper.relationships.values()) {
      if (property.viewonly || property.secondary) continue
      const toOne = property.direction === 'MANYTOONE'
      if (isWrittenLate(property)) {
        for (const { local, remote } of property.syncPairs) late.add(toOne ? local : remote)
      } else (toOne ? before : after).add(property.target.base.table.fullname)
    }
  }
  // Tables are ordered by their keys even where no relationship says so.
  for (const foreignKey of base.table.foreignKeys) {
    if (foreignKey.parent && !late.has(foreignKey.parent)) before.add(foreignKey.targetTable)
  }
  if (after.has(base.table.fullname)) before.add(base.table.fullname)
  const dependencies = { relationships: count, before, after }
  described.set(base, dependencies)
  return dependencies
}

/** Which of the rows refer to which, by the values their foreign keys have in the database. */
function referencesAmong(
  rows: readonly InstanceState[],
): (readonly [InstanceState, InstanceState])[] {
  const edges: (readonly [InstanceState, InstanceState])[] = []
  const tables = new Map(rows.map((state) => [state.mapper.table.fullname, state.mapper.base]))
  const byMapper = groupBy(rows, (state) => state.mapper)
  for (const [mapper, states] of byMapper) {
    for (const constraint of mapper.table.foreignKeyConstraints) {
      const target = tables.get(constraint.referredTableKey)
      if (!target) continue
      const own = constraint.columns.map((column) => mapper.propertyOf(column)?.key)
      const theirs = constraint.elements.map((element) => target.propertyOf(element.column)?.key)
      if (own.includes(undefined) || theirs.includes(undefined)) continue
      const referred = new Map<string, InstanceState>()
      for (const state of rows) {
        if (state.mapper.base === target) referred.set(valuesKey(state, theirs as string[]), state)
      }
      for (const state of states) {
        const other = referred.get(valuesKey(state, own as string[]))
        if (other && other !== state) edges.push([state, other])
      }
    }
  }
  return edges
}

function valuesKey(state: InstanceState, keys: readonly string[]): string {
  return keys.map((key) => String(state.dict[key] ?? storedValue(state, key))).join('\u0000')
}
