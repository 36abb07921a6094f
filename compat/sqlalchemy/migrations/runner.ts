import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { StatementSink } from './alterer.ts'
import { CommandError } from './errors.ts'
import { StepJournal } from './journal.ts'
import { Operations } from './op.ts'
import { type MigrationConnection, pinnedKysely } from './pinned-kysely.ts'
import type { RevisionMap } from './revision-map.ts'
import type { Revision } from './script-directory.ts'
import {
  appliedRevisions,
  ensureVersionTable,
  forgetRevisions,
  LOCK_TABLE,
  moveToEnd,
  recordRevisions,
  VERSION_TABLE,
} from './version-table.ts'

/** Told before each revision is run: `Running upgrade a1 -> b2, message`. */
export type Progress = (line: string) => void

/** Applies and takes back revisions, each in a transaction where the database has them for DDL. */
export class MigrationRunner {
  readonly #connection: MigrationConnection
  // biome-ignore lint/suspicious/noExplicitAny: any schema is changed
  readonly #db: Kysely<any>
  readonly #map: RevisionMap
  readonly #bindKey: string | null

  constructor(connection: MigrationConnection, map: RevisionMap, bindKey: string | null = null) {
    this.#bindKey = bindKey
    this.#connection = connection
    this.#map = map
    // A write, so that SQLite takes its lock before the migrator reads what is applied.
    this.#db = pinnedKysely(connection, async () => {
      if (connection.dialect.name !== 'sqlite') return
      await sql`UPDATE ${sql.table(LOCK_TABLE)} SET is_locked = is_locked`.execute(this.#db)
    })
  }

  /** The applied revisions. */
  applied(): Promise<Set<string>> {
    return appliedRevisions(this.#db)
  }

  /** Those not applied yet that lead to the targets, in order. */
  #missing(targets: readonly string[], applied: ReadonlySet<string>): string[] {
    const wanted = new Set(targets.flatMap((id) => [...this.#map.ancestors(id)]))
    return this.#map.order.filter((id) => wanted.has(id) && !applied.has(id))
  }

  /** Errors: `CommandError` when the database has a revision that no file has. */
  #checkKnown(applied: ReadonlySet<string>): void {
    for (const id of applied) this.#map.get(id)
  }

  /** Applies what leads to a revision (`head`, an id, `+1`). @returns the ids, in order */
  async upgrade(target: string, progress: Progress): Promise<string[]> {
    const applied = await this.applied()
    this.#checkKnown(applied)
    const targets = this.#map.resolve(target, applied)
    const done: string[] = []
    for (const id of this.#missing(targets, applied)) {
      progress(describeStep('upgrade', this.#map.get(id)))
      if (await this.#run(id, 'up')) done.push(id)
    }
    return done
  }

  /** Takes back what came after a revision (`base`, an id, `-1`). @returns the ids, in order */
  async downgrade(target: string, progress: Progress): Promise<string[]> {
    const applied = await this.applied()
    this.#checkKnown(applied)
    const targets = this.#map.resolve(target, applied)
    const stray = targets.find((id) => !applied.has(id))
    if (stray !== undefined) {
      throw new CommandError(
        `Destination ${stray} is not a valid downgrade target from current head(s)`,
      )
    }
    const [keep] = targets
    const gone =
      keep === undefined
        ? applied
        : new Set([...this.#map.descendants(keep)].filter((id) => applied.has(id)))
    const done: string[] = []
    for (const id of this.#map.order.filter((other) => gone.has(other)).reverse()) {
      progress(describeStep('downgrade', this.#map.get(id)))
      if (await this.#run(id, 'down')) done.push(id)
    }
    return done
  }

  /** Records revisions without running them, as if the database had come there. */
  async stamp(target: string): Promise<string[]> {
    const applied = await this.applied()
    const targets = target === 'base' ? [] : this.#map.resolve(target, applied)
    const wanted = new Set(targets.flatMap((id) => [...this.#map.ancestors(id)]))
    await ensureVersionTable(this.#db)
    await this.#db.transaction().execute(async (transaction) => {
      await forgetRevisions(
        transaction,
        [...applied].filter((id) => !wanted.has(id)),
      )
      await recordRevisions(
        transaction,
        this.#map.order.filter((id) => wanted.has(id) && !applied.has(id)),
      )
    })
    return targets
  }

  /**
   * Runs one revision by Kysely's migrator: its lock, its transaction, its table. The migrator
   * orders by name, ours are ordered by what they come after; so it is shown what is applied and
   * the one that is next.
   * @returns whether it was run; false when another process was faster
   */
  async #run(id: string, direction: 'up' | 'down'): Promise<boolean> {
    const provider = {
      getMigrations: async (): Promise<Record<string, Migration>> => {
        const applied = await this.applied()
        this.#checkKnown(applied)
        if (direction === 'down' && applied.has(id)) await moveToEnd(this.#db, id)
        const shown = direction === 'up' ? new Set([...applied, id]) : applied
        return Object.fromEntries([...shown].map((name) => [name, this.#migration(name)]))
      },
    }
    const migrator = new Migrator({
      db: this.#db,
      provider,
      migrationTableName: VERSION_TABLE,
      migrationLockTableName: LOCK_TABLE,
      allowUnorderedMigrations: true,
    })
    const restore = await this.#relaxForeignKeys()
    try {
      const { error, results = [] } =
        direction === 'up' ? await migrator.migrateUp() : await migrator.migrateDown()
      if (error) throw error
      if (this.#connection.dialect.name === 'mysql') await StepJournal.clear(this.#db)
      return results.length > 0
    } finally {
      await restore()
    }
  }

  #migration(id: string): Migration {
    const revision = this.#map.get(id)
    return {
      up: () => this.#apply(revision, 'up'),
      down: () => this.#apply(revision, 'down'),
    }
  }

  async #apply(revision: Revision, direction: 'up' | 'down'): Promise<void> {
    const db = this.#db
    const { dialect } = this.#connection
    const sink: StatementSink = {
      dialect,
      kysely: db,
      offline: false,
      async run(statement) {
        await sql.raw(statement).execute(db)
      },
    }
    const journal =
      dialect.name === 'mysql' ? await StepJournal.open(db, revision.id, direction) : null
    const broken = await this.#brokenKeys()
    const op = new Operations(sink, journal)
    const step = direction === 'up' ? revision.upgrade : revision.downgrade
    await step(op, this.#bindKey)
    const left = await this.#brokenKeys()
    const fresh = [...left].filter((key) => !broken.has(key))
    if (fresh.length > 0) {
      throw new CommandError(
        `FOREIGN KEY constraint failed: after revision ${revision.id} rows refer to nothing: ${fresh.slice(0, 5).join('; ')}`,
      )
    }
  }

  /** SQLite: rows whose foreign key leads nowhere, since checking is off in a migration. */
  async #brokenKeys(): Promise<Set<string>> {
    if (this.#connection.dialect.name !== 'sqlite') return new Set()
    const { rows } = await sql<{ table: string; rowid: number | null; parent: string }>`
      SELECT "table", rowid, parent FROM pragma_foreign_key_check`.execute(this.#db)
    return new Set(rows.map(({ table, rowid, parent }) => `${table} (row ${rowid}) -> ${parent}`))
  }

  /** SQLite: dropping a table being copied would delete the rows that refer to it. */
  async #relaxForeignKeys(): Promise<() => Promise<void>> {
    if (this.#connection.dialect.name !== 'sqlite') return async () => {}
    const { rows } = await sql<{ foreign_keys: number }>`PRAGMA foreign_keys`.execute(this.#db)
    if (Number(rows[0]?.foreign_keys) !== 1) return async () => {}
    await sql`PRAGMA foreign_keys = OFF`.execute(this.#db)
    return async () => {
      await sql`PRAGMA foreign_keys = ON`.execute(this.#db)
    }
  }
}

/** alembic's line for a revision about to be run. */
function describeStep(direction: 'upgrade' | 'downgrade', revision: Revision): string {
  const before = revision.downRevisions.join(', ')
  const [from, to] = direction === 'upgrade' ? [before, revision.id] : [revision.id, before]
  return `Running ${direction} ${from} -> ${to}, ${revision.message}`
}
