import { type Driver, SqliteAdapter, SqliteIntrospector } from 'kysely'
import { ArgumentError } from '../../errors.ts'
import type { Backend } from '../backend.ts'
import { sqliteDialect } from '../dialects.ts'
import type { EngineOptions } from '../engine.ts'
import { type PoolEntry, QueuePool } from '../pool.ts'
import type { EngineUrl } from '../url.ts'
import { SqliteDatabase, type SqliteOptions } from './database.ts'
import { SqliteDriver, SqliteHandle } from './driver.ts'
import { lockOf, WriteLock } from './write-lock.ts'

/** Kysely would run one statement at a time over all connections. */
class ManyConnectionsAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

/** SQLite in a file (a pool of connections) or in memory (one that all share). */
export function openSqlite(url: EngineUrl, options: EngineOptions): Backend {
  if (url.host !== null || url.username !== null) {
    throw new ArgumentError(
      `Invalid SQLite URL: ${url}\nValid SQLite URL forms are sqlite:///:memory: or sqlite:////absolute/path/to/file.db`,
    )
  }
  const { timeout = 5, ...args } = options.connectArgs ?? {}
  if (typeof timeout !== 'number')
    throw new ArgumentError('connectArgs.timeout is a number of seconds')
  const path = pathOf(url)
  const settings: SqliteOptions = {
    readOnly: url.query.mode === 'ro',
    ...args,
    pragmas: { ...isolationPragma(options), ...(args.pragmas as SqliteOptions['pragmas']) },
    path,
    betterSqlite3: url.driver === 'better-sqlite3',
  }
  const source = path === ':memory:' ? new SharedMemory(settings) : new Files(settings)
  const pool = new QueuePool<SqliteHandle>(source, options)
  let handed: PoolEntry<SqliteHandle> | undefined
  const entries = new Map<SqliteHandle, PoolEntry<SqliteHandle>>()
  const createDriver = (): Driver =>
    new SqliteDriver(
      () => {
        const entry = handed as PoolEntry<SqliteHandle>
        entries.set(entry.connection, entry)
        return entry.connection
      },
      (handle) => {
        const entry = entries.get(handle)
        entries.delete(handle)
        if (entry) pool.release(entry)
      },
      timeout * 1000,
    )
  return {
    dialect: sqliteDialect(),
    pool,
    createDriver,
    adopt: (entry) => {
      handed = entry as PoolEntry<SqliteHandle>
    },
    createAdapter: () => new ManyConnectionsAdapter(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    dispose: () => source.dispose(),
  }
}

class Files {
  readonly #options: SqliteOptions

  constructor(options: SqliteOptions) {
    this.#options = options
  }

  async open(): Promise<SqliteHandle> {
    return new SqliteHandle(new SqliteDatabase(this.#options), lockOf(this.#options.path))
  }

  close(handle: SqliteHandle): void {
    handle.database.close()
  }

  isAlive(handle: SqliteHandle): boolean {
    return handle.database.open
  }

  async ping(): Promise<void> {}

  /** A transaction begins with its first write anyway. */
  readsOutside(): boolean {
    return true
  }

  keepAlive(): void {}

  dispose(): void {}
}

/** A database in memory is its connection: everyone gets a handle on the same one. */
class SharedMemory {
  readonly #options: SqliteOptions
  #database: SqliteDatabase | null = null
  #lock = new WriteLock()

  constructor(options: SqliteOptions) {
    this.#options = options
  }

  async open(): Promise<SqliteHandle> {
    this.#database ??= new SqliteDatabase(this.#options)
    return new SqliteHandle(this.#database, this.#lock)
  }

  close(): void {}

  isAlive(handle: SqliteHandle): boolean {
    return handle.database.open
  }

  async ping(): Promise<void> {}

  /** A transaction begins with its first write anyway. */
  readsOutside(): boolean {
    return true
  }

  keepAlive(): void {}

  dispose(): void {
    this.#database?.close()
    this.#database = null
    this.#lock = new WriteLock()
  }
}

function pathOf(url: EngineUrl): string {
  const { database } = url
  if (database === null || database === ':memory:') return ':memory:'
  if (!database.startsWith('file:')) return database
  const query = new URLSearchParams(url.query)
  query.delete('uri')
  return query.size > 0 ? `${database}?${query}` : database
}

function isolationPragma(options: EngineOptions): Record<string, number> {
  switch (options.isolationLevel) {
    case undefined:
    case 'AUTOCOMMIT':
      return {}
    case 'SERIALIZABLE':
      return { read_uncommitted: 0 }
    case 'READ UNCOMMITTED':
      return { read_uncommitted: 1 }
    default:
      throw new ArgumentError(
        `Invalid value '${options.isolationLevel}' for isolation_level. Valid isolation levels for ` +
          "'sqlite' are READ UNCOMMITTED, SERIALIZABLE, AUTOCOMMIT",
      )
  }
}
