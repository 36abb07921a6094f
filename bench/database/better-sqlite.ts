import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/**
 * The part of better-sqlite3's API that the peers use, over Node's own SQLite: every peer then has the same
 * driver, and none needs a native build.
 */
class Statement {
  readonly #statement: StatementSync
  readonly reader: boolean
  #raw = false

  constructor(statement: StatementSync) {
    this.#statement = statement
    this.reader = statement.columns().length > 0
  }

  raw(on = true): this {
    this.#raw = on
    this.#statement.setReturnArrays(on)
    return this
  }

  all(...values: unknown[]): unknown[] {
    return this.#statement.all(...bound(values))
  }

  get(...values: unknown[]): unknown {
    return this.#statement.get(...bound(values))
  }

  run(...values: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...bound(values))
  }

  iterate(...values: unknown[]): Iterator<unknown> {
    return this.#statement.iterate(...bound(values))
  }

  get isRaw(): boolean {
    return this.#raw
  }
}

/** Its functions take values one by one or as one array. */
function bound(values: unknown[]): SQLInputValue[] {
  const [first] = values
  return (values.length === 1 && Array.isArray(first) ? first : values) as SQLInputValue[]
}

/** A database with better-sqlite3's methods. */
export class BetterSqlite {
  readonly #database: DatabaseSync
  open = true

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
  }

  prepare(sql: string): Statement {
    return new Statement(this.#database.prepare(sql))
  }

  exec(sql: string): this {
    this.#database.exec(sql)
    return this
  }

  pragma(text: string): unknown[] {
    return this.#database.prepare(`PRAGMA ${text}`).all()
  }

  function(): this {
    return this
  }

  transaction<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
    const run = (...args: A): R => {
      this.#database.exec('BEGIN')
      try {
        const result = work(...args)
        this.#database.exec('COMMIT')
        return result
      } catch (error) {
        this.#database.exec('ROLLBACK')
        throw error
      }
    }
    return Object.assign(run, { deferred: run, immediate: run, exclusive: run })
  }

  close(): void {
    this.open = false
    this.#database.close()
  }
}
