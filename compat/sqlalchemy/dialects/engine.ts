import type {
  CompiledQuery,
  Kysely,
  Dialect as KyselyDialect,
  OperationNodeSource,
  QueryResult,
} from 'kysely'
import type { Dialect } from './dialect.ts'
import type { EngineUrl } from './url.ts'

/** A row as the driver gives it. */
export type RawRow = Record<string, unknown>

/** Something to run: compiled SQL, or any node source (a Kysely builder, a statement). */
export type Executable = CompiledQuery | OperationNodeSource

// biome-ignore lint/suspicious/noExplicitAny: the tables of a database are not known to the engine
export type AnyKysely = Kysely<any>

/** The isolation levels of SQLAlchemy. */
export type IsolationLevel =
  | 'SERIALIZABLE'
  | 'REPEATABLE READ'
  | 'READ COMMITTED'
  | 'READ UNCOMMITTED'
  | 'AUTOCOMMIT'

/** Options of {@link createEngine}: SQLAlchemy's, in camelCase; times in seconds. */
export interface EngineOptions {
  /** Connections kept open. Default 5; 0 is no limit. */
  readonly poolSize?: number
  /** Connections above {@link poolSize} that may be open for a moment. Default 10; -1 is no limit. */
  readonly maxOverflow?: number
  /** Seconds to wait for a connection. Default 30. */
  readonly poolTimeout?: number
  /** Seconds after which a connection is replaced at its next use. Default -1: never. */
  readonly poolRecycle?: number
  /** Tests a connection before each use and replaces a dead one. */
  readonly poolPrePing?: boolean
  /** Uses the connection last given back, so that others can be closed by the server. */
  readonly poolUseLifo?: boolean
  /** Writes statements to standard output; `'debug'` writes values of rows, too. */
  readonly echo?: boolean | 'debug'
  /** Leaves values out of logs and errors. */
  readonly hideParameters?: boolean
  readonly isolationLevel?: IsolationLevel
  /** Passed to the database's driver as they are; SQLite: `timeout` in seconds, `pragmas`. */
  readonly connectArgs?: Readonly<Record<string, unknown>>
  /** Any Kysely dialect, for databases this package has no driver for. */
  readonly dialect?: KyselyDialect
  /** Where {@link echo} writes lines. Default: standard output. */
  readonly logger?: (line: string) => void
}

/** One statement that was run, as listeners get it. */
export interface StatementEvent {
  readonly sql: string
  readonly parameters: readonly unknown[]
  /** Times from `performance.now()`, in milliseconds. */
  readonly startTime: number
  readonly endTime: number
  readonly error: unknown
}

export type StatementListener = (event: StatementEvent) => void

/** One connection of the pool, in one hand at a time. */
export interface Connection {
  readonly dialect: Dialect
  readonly engine: Engine
  /** A Kysely instance whose statements run on this connection, in its transaction. */
  readonly kysely: AnyKysely
  readonly inTransaction: boolean
  /** Opens the transaction (on SQLite it is really begun by the first write). */
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  savepoint(name: string): Promise<void>
  rollbackTo(name: string): Promise<void>
  release(name: string): Promise<void>
  execute(query: Executable): Promise<QueryResult<RawRow>>
  /**
   * Runs a statement that does nothing but read rows. Where each statement of a transaction sees what is committed
   * by then, such a one begins none: it costs one round trip instead of three.
   */
  read(query: CompiledQuery): Promise<QueryResult<RawRow>>
  /** Rows in groups of at most `chunk`. */
  stream(query: Executable, chunk?: number): AsyncIterable<RawRow[]>
  /** Throws the underlying connection away instead of giving it back. */
  invalidate(): void
  /** Rolls back what is open and gives the connection back to the pool. */
  close(): Promise<void>
}

/** A database: its dialect, its pool of connections and a Kysely instance over them. */
export interface Engine {
  readonly url: EngineUrl
  readonly dialect: Dialect
  /** Each statement takes a connection of the pool for itself, and is committed at once. */
  readonly kysely: AnyKysely
  readonly pool: PoolStatus
  connect(): Promise<Connection>
  /** Closes all connections; the engine opens new ones when it is used again. */
  dispose(): Promise<void>
  on(event: 'statement', listener: StatementListener): () => void
}

/** Figures of the pool. */
export interface PoolStatus {
  readonly size: number
  readonly checkedIn: number
  readonly checkedOut: number
  readonly overflow: number
}
