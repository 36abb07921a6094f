import type { ForeignKeyConstraint } from './constraints.ts'
import type { Table } from './table.ts'

/** Tables in an order of creation, and the foreign keys that must wait until all tables are there. */
export interface SortedTables {
  readonly tables: readonly Table[]
  /** Those of a cycle, and those with `useAlter`. */
  readonly deferred: ReadonlySet<ForeignKeyConstraint>
}

/** Tables in dependency order; among equals, by name. A cycle is left in name order. */
export function sortTables(tables: readonly Table[]): readonly Table[] {
  return sortWithCycles(tables).tables
}

/** As {@link sortTables}, naming the foreign keys that close a cycle. */
export function sortWithCycles(tables: readonly Table[]): SortedTables {
  const waiting = new Map(
    [...tables].sort(byName).map((table): [string, Table] => [table.fullname, table]),
  )
  const deferred = new Set<ForeignKeyConstraint>()
  const needs = new Map<string, Set<string>>()
  for (const table of waiting.values())
    needs.set(table.fullname, dependencies(table, waiting, deferred))

  const sorted: Table[] = []
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter((table) => needs.get(table.fullname)?.size === 0)
    if (ready.length === 0) {
      breakCycle(waiting, needs, deferred)
      continue
    }
    for (const table of ready) {
      sorted.push(table)
      waiting.delete(table.fullname)
      for (const set of needs.values()) set.delete(table.fullname)
    }
  }
  return { tables: sorted, deferred }
}

function byName(a: Table, b: Table): number {
  return a.fullname < b.fullname ? -1 : 1
}

function dependencies(
  table: Table,
  known: ReadonlyMap<string, Table>,
  deferred: Set<ForeignKeyConstraint>,
): Set<string> {
  const needed = new Set<string>()
  for (const constraint of table.foreignKeyConstraints) {
    const target = constraint.referredTableKey
    if (constraint.options.useAlter) deferred.add(constraint)
    else if (target !== table.fullname && known.has(target)) needed.add(target)
  }
  return needed
}

/** Tables that wait for each other: the foreign keys inside the cycle are put off. */
function breakCycle(
  waiting: ReadonlyMap<string, Table>,
  needs: ReadonlyMap<string, Set<string>>,
  deferred: Set<ForeignKeyConstraint>,
): void {
  for (const table of waiting.values()) {
    if (!reaches(table.fullname, table.fullname, needs)) continue
    for (const constraint of table.foreignKeyConstraints) {
      const target = constraint.referredTableKey
      if (target === table.fullname || !needs.get(table.fullname)?.has(target)) continue
      if (!reaches(target, table.fullname, needs)) continue
      deferred.add(constraint)
      needs.get(table.fullname)?.delete(target)
    }
  }
}

function reaches(from: string, to: string, needs: ReadonlyMap<string, Set<string>>): boolean {
  const seen = new Set<string>()
  const stack = [...(needs.get(from) ?? [])]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === to) return true
    if (seen.has(next)) continue
    seen.add(next)
    stack.push(...(needs.get(next) ?? []))
  }
  return false
}
