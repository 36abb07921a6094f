import { type Kysely, sql } from 'kysely'
import { CommandError } from './errors.ts'

const TABLE = 'bustapi_migration_step'

/** Errors of MySQL and MariaDB that say: this has been done already. */
const ALREADY_DONE = new Set([
  1005, 1022, 1050, 1051, 1054, 1060, 1061, 1068, 1091, 1146, 1176, 1826, 3822, 3940,
])

/** Whether the error may come from a step that was carried out before. */
function saysDone(error: unknown): boolean {
  // A renamed column, a dropped constraint: what was looked up is not there any more.
  return error instanceof CommandError || ALREADY_DONE.has(errorNumber(error) ?? 0)
}

function errorNumber(error: unknown): number | undefined {
  for (let at = error; at instanceof Error; at = (at as { orig?: unknown }).orig ?? at.cause) {
    const { errno } = at as { errno?: unknown }
    if (typeof errno === 'number') return errno
  }
  return undefined
}

/**
 * Remembers how far a revision got on a database where each CREATE and ALTER is committed by
 * itself (MySQL, MariaDB): when the process is killed in the middle, the next run goes on after
 * the last step that is known to be done. The one step that may or may not have been done then is
 * tried again, and "exists already" is taken as done.
 */
export class StepJournal {
  // biome-ignore lint/suspicious/noExplicitAny: any schema is changed
  readonly #kysely: Kysely<any>
  readonly #revision: string
  readonly #direction: 'up' | 'down'
  #done = 0
  #at = 0
  #inDoubt = false

  // biome-ignore lint/suspicious/noExplicitAny: any schema is changed
  private constructor(kysely: Kysely<any>, revision: string, direction: 'up' | 'down') {
    this.#kysely = kysely
    this.#revision = revision
    this.#direction = direction
  }

  /** Opens the journal of a revision, with what an earlier try left. */
  static async open(
    // biome-ignore lint/suspicious/noExplicitAny: any schema is changed
    kysely: Kysely<any>,
    revision: string,
    direction: 'up' | 'down',
  ): Promise<StepJournal> {
    await sql`CREATE TABLE IF NOT EXISTS ${sql.table(TABLE)} (
      revision varchar(255) NOT NULL, direction varchar(4) NOT NULL, done int NOT NULL,
      PRIMARY KEY (revision, direction))`.execute(kysely)
    const journal = new StepJournal(kysely, revision, direction)
    // Going the other way makes what was noted for this way untrue.
    await sql`DELETE FROM ${sql.table(TABLE)}
      WHERE NOT (revision = ${revision} AND direction = ${direction})`.execute(kysely)
    const { rows } = await sql<{ done: number }>`SELECT done FROM ${sql.table(TABLE)}
      WHERE revision = ${revision} AND direction = ${direction}`.execute(kysely)
    const [row] = rows
    journal.#done = row ? Number(row.done) : 0
    journal.#inDoubt = row !== undefined
    if (!row) {
      await sql`INSERT INTO ${sql.table(TABLE)} VALUES (${revision}, ${direction}, 0)`.execute(
        kysely,
      )
    }
    return journal
  }

  /**
   * Carries out a step unless an earlier try did.
   * @param isData rows are changed and not the schema, so that step and note can be one transaction
   */
  async step(work: () => Promise<void>, isData: boolean = false): Promise<void> {
    if (++this.#at <= this.#done) return
    if (isData) await sql`START TRANSACTION`.execute(this.#kysely)
    try {
      await work()
    } catch (error) {
      if (isData) await sql`ROLLBACK`.execute(this.#kysely)
      if (!this.#inDoubt || !saysDone(error)) throw error
    }
    this.#inDoubt = false
    await sql`UPDATE ${sql.table(TABLE)} SET done = ${this.#at}
      WHERE revision = ${this.#revision} AND direction = ${this.#direction}`.execute(this.#kysely)
    if (isData) await sql`COMMIT`.execute(this.#kysely)
  }

  /** Forgets the revision: it is recorded as a whole now. */
  // biome-ignore lint/suspicious/noExplicitAny: any schema is changed
  static async clear(kysely: Kysely<any>): Promise<void> {
    await sql`DROP TABLE IF EXISTS ${sql.table(TABLE)}`.execute(kysely)
  }
}

export { TABLE as STEP_TABLE }
