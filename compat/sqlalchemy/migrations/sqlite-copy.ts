import { sql } from 'kysely'
import type { SchemaSource } from '../reflection/reflected.ts'
import { rowsOf } from '../reflection/run.ts'
import { parseCreateTable } from '../reflection/sqlite-table.ts'
import { tokenize } from '../reflection/sqlite-tokens.ts'
import { CommandError } from './errors.ts'
import { quoteName, TableDraft } from './sqlite-rebuild.ts'

interface Dependent {
  readonly type: string
  readonly name: string
  readonly sql: string
}

/** Whether a statement names something; a word in a string does not count. */
function mentions(text: string, name: string): boolean {
  const wanted = name.toLowerCase()
  return tokenize(text).some(
    ({ kind, value }) => (kind === 'word' || kind === 'name') && value.toLowerCase() === wanted,
  )
}

/** The CREATE TABLE statement of a table. Errors: `CommandError` when there is none. */
export async function tableSql(source: SchemaSource, table: string): Promise<string> {
  const [row] = await rowsOf(
    source,
    sql<{ sql: string }>`SELECT sql FROM sqlite_master
      WHERE type = 'table' AND lower(name) = lower(${table})`,
  )
  if (!row) throw new CommandError(`No such table: ${table}`)
  return row.sql
}

/**
 * Changes a table in a way that SQLite's ALTER TABLE cannot, by the steps SQLite documents: a new
 * table, the rows copied, the old one dropped, the new one renamed, indexes and triggers made
 * again. Foreign keys must be off, else dropping the old table would delete what refers to it.
 * @param edit changes the table
 * @param droppedColumns indexes over these are not made again
 */
export async function copyTable(
  source: SchemaSource,
  table: string,
  edit: (draft: TableDraft) => void,
  droppedColumns: readonly string[] = [],
): Promise<void> {
  const run = (text: string): Promise<unknown> => rowsOf(source, sql.raw(text))
  const draft = new TableDraft(parseCreateTable(await tableSql(source, table)))
  edit(draft)
  const [enforced] = await rowsOf(source, sql<{ foreign_keys: number }>`PRAGMA foreign_keys`)
  if (Number(enforced?.foreign_keys) === 1) {
    throw new CommandError(
      `Table ${table} cannot be copied while foreign keys are enforced: run "PRAGMA foreign_keys` +
        ' = OFF" before the transaction, as the migration commands do.',
    )
  }
  const dependents = await rowsOf(
    source,
    sql<Dependent>`SELECT type, name, sql FROM sqlite_master
      WHERE lower(tbl_name) = lower(${table}) AND type IN ('index', 'trigger')
        AND sql IS NOT NULL ORDER BY rowid`,
  )
  const [numbered] = await rowsOf(
    source,
    sql<{ there: number }>`SELECT count(*) AS there FROM sqlite_master
      WHERE name = 'sqlite_sequence'`,
  )
  const [sequence] = numbered?.there
    ? await rowsOf(
        source,
        sql<{ seq: number }>`SELECT seq FROM sqlite_sequence WHERE name = ${table}`,
      )
    : []
  const temporary = `_bustapi_new_${table}`
  await run(draft.sql(temporary))
  if (draft.copied.length > 0) {
    const columns = draft.copied.map(quoteName).join(', ')
    await run(
      `INSERT INTO ${quoteName(temporary)} (${columns}) SELECT ${columns} FROM ${quoteName(table)}`,
    )
  }
  await run(`DROP TABLE ${quoteName(table)}`)
  // Views and triggers elsewhere may name the table, which is not there for this one moment;
  // without this setting the renaming would refuse.
  await run('PRAGMA legacy_alter_table = ON')
  try {
    await run(`ALTER TABLE ${quoteName(temporary)} RENAME TO ${quoteName(table)}`)
  } finally {
    await run('PRAGMA legacy_alter_table = OFF')
  }
  if (sequence && /\bautoincrement\b/i.test(draft.sql(table))) {
    await rowsOf(
      source,
      sql`UPDATE sqlite_sequence SET seq = max(seq, ${sequence.seq}) WHERE name = ${table}`,
    )
    // A table without rows has not got a line yet.
    await rowsOf(
      source,
      sql`INSERT INTO sqlite_sequence (name, seq) SELECT ${table}, ${sequence.seq}
        WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ${table})`,
    )
  }
  for (const dependent of dependents) {
    const gone = droppedColumns.some((column) => mentions(dependent.sql, column))
    if (!(gone && dependent.type === 'index')) await run(dependent.sql)
  }
}
