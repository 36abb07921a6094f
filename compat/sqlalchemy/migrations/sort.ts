import type { ReflectedForeignKey, ReflectedTable } from '../reflection/reflected.ts'

/** A table, and those of its foreign keys that close a cycle. */
export interface SortedTable {
  readonly table: ReflectedTable
  readonly deferred: readonly ReflectedForeignKey[]
}

const keyOf = (schema: string | null, name: string): string => JSON.stringify([schema, name])

/** Puts tables after those they refer to. */
export function sortByReferences(tables: readonly ReflectedTable[]): SortedTable[] {
  const waiting = new Map(tables.map((table) => [keyOf(table.schema, table.name), table]))
  const sorted: SortedTable[] = []
  const needs = (table: ReflectedTable): ReflectedForeignKey[] =>
    table.foreignKeys.filter((key) => {
      const target = waiting.get(keyOf(key.referredSchema ?? table.schema, key.referredTable))
      return target !== undefined && target !== table
    })
  while (waiting.size > 0) {
    const free = [...waiting].filter(([, table]) => needs(table).length === 0)
    if (free.length > 0) {
      for (const [key, table] of free) {
        waiting.delete(key)
        sorted.push({ table, deferred: [] })
      }
      continue
    }
    const [[key, table]] = waiting as unknown as [[string, ReflectedTable]]
    const deferred = needs(table)
    waiting.delete(key)
    sorted.push({ table, deferred })
  }
  return sorted
}
