import { setTimeout as sleep } from 'node:timers/promises'
import type { CompiledQuery, DatabaseConnection, Driver, QueryCompiler, QueryResult } from 'kysely'
import { sqliteCode } from '../translate.ts'
import type { SqliteDatabase, SqliteResult } from './database.ts'
import type { WriteLock } from './write-lock.ts'

/** One user's view of an SQLite database; several share one when it is in memory. */
export class SqliteHandle {
  readonly database: SqliteDatabase
  readonly lock: WriteLock

  constructor(database: SqliteDatabase, lock: WriteLock) {
    this.database = database
    this.lock = lock
  }
}

/** Kysely's driver for SQLite over handles that the engine's pool gives out. */
export class SqliteDriver implements Driver {
  readonly #next: () => SqliteHandle
  readonly #release: (handle: SqliteHandle) => void
  readonly #timeout: number
  readonly #connections: WeakMap<SqliteHandle, SqliteConnection> = new WeakMap()

  constructor(
    next: () => SqliteHandle,
    release: (handle: SqliteHandle) => void,
    timeoutMillis: number,
  ) {
    this.#next = next
    this.#release = release
    this.#timeout = timeoutMillis
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteConnection> {
    const handle = this.#next()
    let connection = this.#connections.get(handle)
    if (!connection) {
      connection = new SqliteConnection(handle, this.#timeout)
      this.#connections.set(handle, connection)
    }
    return connection
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const mine = connection as SqliteConnection
    mine.abandon()
    this.#release(mine.handle)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as SqliteConnection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as SqliteConnection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as SqliteConnection).rollback()
  }

  async savepoint(
    connection: DatabaseConnection,
    name: string,
    _compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    const mine = connection as SqliteConnection
    await mine.beginNow()
    mine.handle.database.exec(`SAVEPOINT ${quoted(name)}`)
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    ;(connection as SqliteConnection).handle.database.exec(`ROLLBACK TO SAVEPOINT ${quoted(name)}`)
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    ;(connection as SqliteConnection).handle.database.exec(`RELEASE SAVEPOINT ${quoted(name)}`)
  }

  async destroy(): Promise<void> {}
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * A connection. A transaction really begins at its first write, as with Python's driver, and then
 * with BEGIN IMMEDIATE, so that it can never fail half-way for want of the write lock.
 */
export class SqliteConnection implements DatabaseConnection {
  readonly handle: SqliteHandle
  readonly #timeout: number
  #pending = false
  #writing = false

  constructor(handle: SqliteHandle, timeoutMillis: number) {
    this.handle = handle
    this.#timeout = timeoutMillis
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { sql, parameters } = query
    const { database } = this.handle
    if (this.#writing) return toResult<R>(database.run(sql, parameters))
    if (!isWrite(sql)) {
      return toResult<R>(await this.#patiently(() => database.run(sql, parameters)))
    }
    if (this.#pending) {
      await this.beginNow()
      return toResult<R>(database.run(sql, parameters))
    }
    await this.handle.lock.acquire(this.#timeout)
    try {
      return toResult<R>(await this.#patiently(() => database.run(sql, parameters)))
    } finally {
      this.handle.lock.release()
    }
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    if (isWrite(query.sql)) {
      yield await this.executeQuery<R>(query)
      return
    }
    let rows: unknown[] = []
    for (const row of this.handle.database.iterate(query.sql, query.parameters)) {
      if (rows.push(row) < chunkSize) continue
      yield { rows: rows as R[] }
      rows = []
    }
    if (rows.length > 0) yield { rows: rows as R[] }
  }

  begin(): void {
    this.#pending = true
  }

  /** Takes the write lock and begins; errors leave nothing taken. */
  async beginNow(): Promise<void> {
    if (this.#writing) return
    const { database, lock } = this.handle
    await lock.acquire(this.#timeout)
    try {
      await this.#patiently(() => database.exec('BEGIN IMMEDIATE'))
      this.#writing = true
      this.#pending = false
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** A commit that stays locked out leaves the transaction as it was. */
  async commit(): Promise<void> {
    if (this.#writing) await this.#patiently(() => this.handle.database.exec('COMMIT'))
    this.#ended()
  }

  rollback(): void {
    try {
      // Some errors, such as a full disk, have rolled back already.
      if (this.#writing && this.handle.database.inTransaction) this.handle.database.exec('ROLLBACK')
    } finally {
      this.#ended()
    }
  }

  /** Nothing of this user's stays open. */
  abandon(): void {
    if (this.#writing || this.#pending) this.rollback()
  }

  #ended(): void {
    this.#pending = false
    if (!this.#writing) return
    this.#writing = false
    this.handle.lock.release()
  }

  /** Tries again while another process has the file, up to the timeout. */
  async #patiently<T>(work: () => T): Promise<T> {
    let deadline: number | undefined
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      try {
        return work()
      } catch (error) {
        const code = sqliteCode(error as Error)
        if (code !== 5 && code !== 6) throw error
        deadline ??= performance.now() + this.#timeout
        if (performance.now() + pause > deadline) throw error
      }
      await sleep(pause)
    }
  }
}

function toResult<R>(result: SqliteResult): QueryResult<R> {
  const { rows, changes, lastInsertRowid } = result
  if (changes === undefined) return { rows: rows as R[] }
  return {
    rows: rows as R[],
    numAffectedRows: BigInt(changes),
    insertId: lastInsertRowid === undefined ? undefined : BigInt(lastInsertRowid),
  } as QueryResult<R>
}

const READ = /^\s*(?:select|values|explain|pragma|with)\b/i
const WRITES_INSIDE = /\b(?:insert|update|delete|replace)\b/i

/** Whether a statement may change the database; a doubtful one counts as such. */
export function isWrite(sql: string): boolean {
  const [head] = READ.exec(sql) ?? []
  if (head === undefined) return true
  return /with/i.test(head) && WRITES_INSIDE.test(sql)
}
