import type { RawBuilder } from 'kysely'
import type { SchemaSource } from './reflected.ts'

/** Runs a query and gives its rows. */
export async function rowsOf<T>(source: SchemaSource, query: RawBuilder<T>): Promise<T[]> {
  return [...(await query.execute(source.kysely)).rows]
}

/** Groups rows under a key, in their order. */
export function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const known = groups.get(key(row))
    if (known) known.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}
