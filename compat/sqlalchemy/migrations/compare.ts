import type { ReflectedEnum, ReflectedTable, SourceDialect } from '../reflection/reflected.ts'
import { compareColumns } from './compare-columns.ts'
import { compareConstraints } from './compare-constraints.ts'
import type { Operation } from './operations.ts'
import { sortByReferences } from './sort.ts'

/** A whole schema: what the models say, or what the database has. */
export interface SchemaDescription {
  readonly tables: readonly ReflectedTable[]
  readonly enums: readonly ReflectedEnum[]
}

const keyOf = ({ name, schema }: { name: string; schema: string | null }): string =>
  JSON.stringify([schema, name])

/** MySQL's table names may differ in case from what was written; others' are exact. */
function index<T extends { name: string; schema: string | null }>(
  items: readonly T[],
): Map<string, T> {
  return new Map(items.map((item) => [keyOf(item), item]))
}

function compareEnums(wanted: SchemaDescription, live: SchemaDescription): Operation[] {
  const there = index(live.enums)
  return wanted.enums.flatMap((item): Operation[] => {
    const before = there.get(keyOf(item))
    if (!before) return [{ kind: 'createEnum', enum: item }]
    const same = JSON.stringify(before.labels) === JSON.stringify(item.labels)
    return same ? [] : [{ kind: 'alterEnum', before, after: item }]
  })
}

/** Types that a removed table or column leaves without use; those nobody used stay. */
function unusedEnums(wanted: SchemaDescription, live: SchemaDescription): Operation[] {
  const kept = index(wanted.enums)
  const used = new Set(
    live.tables.flatMap(({ columns }) =>
      columns.map(({ type }) => (type?.item ?? type)?.options?.name),
    ),
  )
  return live.enums
    .filter((item) => !kept.has(keyOf(item)) && used.has(item.name))
    .map((item) => ({ kind: 'dropEnum', enum: item }))
}

/**
 * What has to be done for the database to be as the models say, in an order that works: types,
 * new tables (those referred to first), changes, dropped tables (those that refer first).
 */
export function compareSchemas(
  wanted: SchemaDescription,
  live: SchemaDescription,
  dialect: SourceDialect,
): Operation[] {
  const there = index(live.tables)
  const stays = index(wanted.tables)
  const created = wanted.tables.filter((table) => !there.has(keyOf(table)))
  const dropped = live.tables.filter((table) => !stays.has(keyOf(table)))
  const operations: Operation[] = compareEnums(wanted, live)
  const late: Operation[] = []
  // Two new tables that refer to each other get their keys when both are there.
  for (const { table, deferred } of sortByReferences(created)) {
    const foreignKeys = table.foreignKeys.filter((key) => !deferred.includes(key))
    operations.push({ kind: 'createTable', table: { ...table, foreignKeys } })
    for (const constraint of deferred) {
      late.push({ kind: 'addConstraint', type: 'foreignkey', table, constraint })
    }
  }
  operations.push(...late)
  for (const table of wanted.tables) {
    const before = there.get(keyOf(table))
    if (before) operations.push(...compareTable(table, before, dialect))
  }
  const removals: Operation[] = []
  for (const { table, deferred } of sortByReferences(dropped).reverse()) {
    for (const constraint of deferred) {
      operations.push({ kind: 'dropConstraint', type: 'foreignkey', table, constraint })
    }
    const foreignKeys = table.foreignKeys.filter((key) => !deferred.includes(key))
    removals.push({ kind: 'dropTable', table: { ...table, foreignKeys } })
  }
  return [...operations, ...removals, ...unusedEnums(wanted, live)]
}

/** What has to be done to one table: constraints go first and come last, around the columns. */
function compareTable(
  wanted: ReflectedTable,
  live: ReflectedTable,
  dialect: SourceDialect,
): Operation[] {
  const { drops, adds } = compareConstraints(wanted, live, dialect)
  const operations = [...drops, ...compareColumns(wanted, live, dialect), ...adds]
  // SQLite cannot keep a comment.
  if (dialect.name !== 'sqlite' && wanted.comment !== live.comment) {
    operations.push({
      kind: 'tableComment',
      table: wanted,
      before: live.comment,
      after: wanted.comment,
    })
  }
  return operations
}
