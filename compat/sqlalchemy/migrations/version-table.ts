import { type Kysely, sql } from 'kysely'
import { STEP_TABLE } from './journal.ts'

/** Table of the revisions that are applied, in the form of Kysely's migrator. */
export const VERSION_TABLE = 'bustapi_migration'
/** Kysely's lock table. */
export const LOCK_TABLE = 'bustapi_migration_lock'

/** Tables that belong to migration tools, not to the application. */
export const TOOL_TABLES: ReadonlySet<string> = new Set([
  VERSION_TABLE,
  LOCK_TABLE,
  STEP_TABLE,
  'alembic_version',
  'kysely_migration',
  'kysely_migration_lock',
])

// biome-ignore lint/suspicious/noExplicitAny: any schema is changed
type AnyKysely = Kysely<any>

/** The applied revisions; none when there is no such table yet. */
export async function appliedRevisions(db: AnyKysely): Promise<Set<string>> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === VERSION_TABLE)) return new Set()
  const { rows } = await sql<{ name: string }>`SELECT name FROM ${sql.table(VERSION_TABLE)}
    ORDER BY timestamp, name`.execute(db)
  return new Set(rows.map(({ name }) => name))
}

/** Makes the table where it is missing, as Kysely's migrator makes it. */
export async function ensureVersionTable(db: AnyKysely): Promise<void> {
  await db.schema
    .createTable(VERSION_TABLE)
    .ifNotExists()
    .addColumn('name', 'varchar(255)', (column) => column.notNull().primaryKey())
    .addColumn('timestamp', 'varchar(255)', (column) => column.notNull())
    .execute()
}

/** Records revisions as applied, each a moment after the other. */
export async function recordRevisions(db: AnyKysely, ids: readonly string[]): Promise<void> {
  const start = Date.now()
  for (const [at, id] of ids.entries()) {
    const timestamp = new Date(start + at).toISOString()
    await sql`INSERT INTO ${sql.table(VERSION_TABLE)} (name, timestamp)
      VALUES (${id}, ${timestamp})`.execute(db)
  }
}

export async function forgetRevisions(db: AnyKysely, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await sql`DELETE FROM ${sql.table(VERSION_TABLE)} WHERE name = ${id}`.execute(db)
  }
}

/** Makes a revision the last applied one, which is the one that Kysely's migrator takes back. */
export async function moveToEnd(db: AnyKysely, id: string): Promise<void> {
  const { rows } = await sql<{ name: string; timestamp: string }>`SELECT name, timestamp
    FROM ${sql.table(VERSION_TABLE)} ORDER BY timestamp DESC, name DESC`.execute(db)
  const [last] = rows
  if (!last || last.name === id) return
  const after = new Date(new Date(last.timestamp).getTime() + 1).toISOString()
  await sql`UPDATE ${sql.table(VERSION_TABLE)} SET timestamp = ${after}
    WHERE name = ${id}`.execute(db)
}
