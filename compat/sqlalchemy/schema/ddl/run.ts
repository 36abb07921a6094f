import { CompiledQuery } from 'kysely'
import type { Connection, Engine } from '../../dialects/engine.ts'
import type { ForeignKeyConstraint } from '../constraints.ts'
import { sortWithCycles } from '../sort.ts'
import type { Table } from '../table.ts'
import { existingEnums, existingTables, foreignKeyNames } from './existing.ts'
import {
  addConstraintText,
  commentTexts,
  createEnumText,
  createIndexText,
  createTableText,
  dropEnumText,
  dropForeignKeyText,
  dropTableText,
  enumsOf,
} from './statements.ts'

/** Where DDL runs: an engine (in a transaction of its own) or a connection (in the caller's). */
export type Bind = Engine | Connection

/** Options of creating and dropping. */
export interface DdlOptions {
  /** Leaves out what is there (or not there) already. Default: true. */
  readonly checkfirst?: boolean
}

/** Creates tables in the order their foreign keys allow, with types, indexes and comments. */
export async function createTables(
  bind: Bind,
  tables: readonly Table[],
  options: DdlOptions = {},
): Promise<void> {
  await onConnection(bind, async (connection) => {
    const { dialect } = connection
    const missing = await filterTables(connection, tables, options, false)
    const { tables: sorted, deferred } = sortWithCycles(missing)
    const later = dialect.features.alterConstraints ? deferred : new Set<ForeignKeyConstraint>()
    for (const item of await enumsToMake(connection, missing, options)) {
      await run(connection, createEnumText(item, dialect))
    }
    for (const table of sorted) {
      await run(connection, createTableText(table, dialect, later))
      for (const index of table.indexes) await run(connection, createIndexText(index, dialect))
      for (const text of commentTexts(table, dialect)) await run(connection, text)
    }
    for (const constraint of later) {
      const text = addConstraintText(constraint.table as Table, constraint, dialect)
      if (text !== null) await run(connection, text)
    }
  })
}

/** Drops tables, those that refer before those referred to, and the types only they used. */
export async function dropTables(
  bind: Bind,
  tables: readonly Table[],
  options: DdlOptions = {},
): Promise<void> {
  await onConnection(bind, async (connection) => {
    const { dialect } = connection
    const there = await filterTables(connection, tables, options, true)
    const { tables: sorted, deferred } = sortWithCycles(there)
    await loosen(connection, deferred)
    for (const table of [...sorted].reverse()) await run(connection, dropTableText(table, dialect))
    const enums = enumsOf(tables, dialect)
    if (enums.length === 0) return
    const known = await knownEnums(connection, enums, options)
    for (const item of enums) if (known(item)) await run(connection, dropEnumText(item, dialect))
  })
}

/** Foreign keys that go round in a circle: no order of tables would do while they are there. */
async function loosen(
  connection: Connection,
  deferred: ReadonlySet<ForeignKeyConstraint>,
): Promise<void> {
  const { dialect } = connection
  if (deferred.size === 0) return
  if (dialect.name === 'sqlite') await run(connection, 'PRAGMA defer_foreign_keys = ON')
  const done = new Set<string>()
  for (const constraint of deferred) {
    const table = constraint.table as Table
    const target = constraint.referredTableKey.replace(/^.*\./s, '')
    for (const name of await foreignKeyNames(connection, table, target)) {
      const key = `${table.fullname}\0${name}`
      if (!done.has(key)) await run(connection, dropForeignKeyText(table, name, dialect))
      done.add(key)
    }
  }
}

async function filterTables(
  connection: Connection,
  tables: readonly Table[],
  { checkfirst = true }: DdlOptions,
  wanted: boolean,
): Promise<readonly Table[]> {
  if (!checkfirst) return tables
  const names = new Map<string | null, Set<string>>()
  for (const { schema } of tables) {
    if (!names.has(schema)) names.set(schema, await existingTables(connection, schema))
  }
  return tables.filter(({ schema, name }) => names.get(schema)?.has(name) === wanted)
}

async function enumsToMake(
  connection: Connection,
  tables: readonly Table[],
  options: DdlOptions,
): Promise<ReturnType<typeof enumsOf>> {
  const enums = enumsOf(tables, connection.dialect)
  if (enums.length === 0) return enums
  // A type may be shared with a table that is there: it is looked for even when tables are not.
  const known = await knownEnums(connection, enums, { ...options, checkfirst: true })
  return enums.filter((item) => !known(item))
}

async function knownEnums(
  connection: Connection,
  enums: ReturnType<typeof enumsOf>,
  { checkfirst = true }: DdlOptions,
): Promise<(item: { name: string; schema: string | null }) => boolean> {
  if (!checkfirst) return () => true
  const known = new Map<string | null, Set<string>>()
  for (const { schema } of enums) {
    if (!known.has(schema)) known.set(schema, await existingEnums(connection, schema))
  }
  return ({ name, schema }) => known.get(schema)?.has(name) ?? false
}

async function run(connection: Connection, sql: string): Promise<void> {
  await connection.execute(CompiledQuery.raw(sql))
}

async function onConnection(
  bind: Bind,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  if ('execute' in bind) return work(bind)
  const connection = await bind.connect()
  try {
    await connection.begin()
    await work(connection)
    await connection.commit()
  } finally {
    await connection.close()
  }
}
