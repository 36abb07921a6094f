import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  OperationNodeSource,
  QueryCompiler,
  QueryResult,
  RootOperationNode,
} from 'kysely'
import { InvalidRequestError, ResourceClosedError } from '../errors.ts'
import type { Dialect } from './dialect.ts'
import type { DriverConnection } from './driver-connection.ts'
import type { AnyKysely, Connection, Engine, Executable, RawRow } from './engine.ts'
import type { EngineDriver } from './engine-driver.ts'

/** What connections need of their engine. */
export interface ConnectionHost extends Engine {
  readonly autocommit: boolean
  /** Whether BEGIN and ROLLBACK are written out. */
  readonly echoes: boolean
  /** Kysely's dialect with another driver. */
  bound(driver: Driver): AnyKysely
}

/** One connection of an {@link Engine}, with at most one transaction open. */
export class EngineConnection implements Connection {
  readonly engine: Engine
  readonly dialect: Dialect
  readonly #host: ConnectionHost
  readonly #driver: EngineDriver
  #raw: DriverConnection | null
  #kysely: AnyKysely | undefined
  #inTransaction = false
  /** Whether the database has been told. */
  #begun = false
  #savepoints = 0

  constructor(host: ConnectionHost, driver: EngineDriver, raw: DriverConnection) {
    this.engine = host
    this.dialect = host.dialect
    this.#host = host
    this.#driver = driver
    this.#raw = raw
  }

  get inTransaction(): boolean {
    return this.#inTransaction
  }

  get kysely(): AnyKysely {
    this.#kysely ??= this.#host.bound(new BoundDriver(this))
    return this.#kysely
  }

  /** The driver's connection. @throws {ResourceClosedError} after {@link close}. */
  get raw(): DriverConnection {
    if (!this.#raw) throw new ResourceClosedError('This Connection is closed')
    return this.#raw
  }

  async begin(): Promise<void> {
    if (this.#inTransaction) {
      throw new InvalidRequestError(
        'This connection has already initialized a SQLAlchemy Transaction() object via begin() or ' +
          "autobegin; can't call begin() here unless rollback() or commit() is called first.",
      )
    }
    this.#inTransaction = this.raw !== null
  }

  async commit(): Promise<void> {
    const { raw } = this
    const begun = this.#begun
    if (begun) {
      // A commit that fails has rolled back, or leaves it to rollback() to find out.
      await this.#driver.commitTransaction(raw)
    }
    this.#ended()
  }

  async rollback(): Promise<void> {
    const { raw } = this
    const begun = this.#begun
    this.#ended()
    if (begun) await this.#driver.rollbackTransaction(raw)
  }

  async savepoint(name: string): Promise<void> {
    await this.ensureBegun()
    await this.#driver.savepoint(this.raw, name, this.#compile)
  }

  async rollbackTo(name: string): Promise<void> {
    await this.#driver.rollbackToSavepoint(this.raw, name, this.#compile)
  }

  async release(name: string): Promise<void> {
    await this.#driver.releaseSavepoint(this.raw, name, this.#compile)
  }

  async execute(query: Executable): Promise<QueryResult<RawRow>> {
    return this.executeCompiled(isCompiled(query) ? query : this.#compileSource(query))
  }

  async read(query: CompiledQuery): Promise<QueryResult<RawRow>> {
    const { raw } = this
    if (this.#begun || !raw.readsOutside || this.#host.echoes) return this.executeCompiled(query)
    try {
      return await raw.executeQuery<RawRow>(query)
    } catch (error) {
      await this.#fail()
      throw error
    }
  }

  /** PostgreSQL refuses all that follows a failed statement in its transaction: so it does where none was begun. */
  async #fail(): Promise<void> {
    if (this.dialect.name !== 'postgresql') return
    try {
      await this.ensureBegun()
      await this.rollbackTo('bustapi_failed')
    } catch {
      // That there is no such savepoint is what makes the transaction a failed one.
    }
  }

  async *stream(query: Executable, chunk = 100): AsyncIterable<RawRow[]> {
    const compiled = isCompiled(query) ? query : this.#compileSource(query)
    let rows: RawRow[] = []
    for await (const result of this.streamCompiled<RawRow>(compiled, chunk)) {
      rows = rows.length === 0 ? result.rows : rows.concat(result.rows)
      if (rows.length >= chunk) {
        yield rows
        rows = []
      }
    }
    if (rows.length > 0) yield rows
  }

  invalidate(): void {
    this.#driver.discard(this.raw)
  }

  async close(): Promise<void> {
    const raw = this.#raw
    if (!raw) return
    try {
      if (this.#begun) await this.rollback()
    } catch {
      // The connection is thrown away then; there is nobody to tell about a rollback.
    } finally {
      this.#raw = null
      this.#ended()
      await this.#driver.releaseConnection(raw)
    }
  }

  /** @internal For {@link BoundDriver}. */
  async executeCompiled<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { raw } = this
    if (this.#inTransaction && !this.#begun) await this.ensureBegun()
    return raw.executeQuery<R>(query)
  }

  /** @internal For {@link BoundDriver}. */
  async *streamCompiled<R>(
    query: CompiledQuery,
    chunk: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    if (this.#inTransaction && !this.#begun) await this.ensureBegun()
    yield* this.raw.streamQuery<R>(query, chunk)
  }

  /** Begins the transaction now, if there is one that has not begun. */
  async ensureBegun(): Promise<void> {
    if (this.#begun || !this.#inTransaction || this.#host.autocommit) return
    await this.#driver.beginTransaction(this.raw, {})
    this.#begun = true
  }

  /** @internal A name for a savepoint nobody named. */
  nextSavepoint(): string {
    return `kysely_${++this.#savepoints}`
  }

  #ended(): void {
    this.#inTransaction = false
    this.#begun = false
    this.#savepoints = 0
  }

  readonly #compile: QueryCompiler['compileQuery'] = (node, id) =>
    this.#host.kysely.getExecutor().compileQuery(node, id)

  #compileSource(source: OperationNodeSource): CompiledQuery {
    if (
      'compile' in source &&
      typeof source.compile === 'function' &&
      source.compile.length === 0
    ) {
      const compiled = source.compile() as CompiledQuery
      if (isCompiled(compiled)) return compiled
    }
    const node = source.toOperationNode() as RootOperationNode
    return this.#host.kysely.getExecutor().compileQuery(node, { queryId: 'engine' })
  }
}

function isCompiled(query: Executable): query is CompiledQuery {
  return 'sql' in query && typeof query.sql === 'string' && 'parameters' in query
}

/** Kysely's driver over one connection in the middle of whatever transaction it is in. */
class BoundDriver implements Driver {
  readonly #connection: EngineConnection
  readonly #face: DatabaseConnection
  readonly #stack: (string | null)[] = []

  constructor(connection: EngineConnection) {
    this.#connection = connection
    this.#face = {
      executeQuery: (query) => connection.executeCompiled(query),
      streamQuery: (query, chunk) => connection.streamCompiled(query, chunk),
    }
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#face
  }

  async releaseConnection(): Promise<void> {}

  /** Inside the connection's own transaction, Kysely's is a savepoint. */
  async beginTransaction(): Promise<void> {
    if (this.#connection.inTransaction) {
      const name = this.#connection.nextSavepoint()
      await this.#connection.savepoint(name)
      this.#stack.push(name)
    } else {
      await this.#connection.begin()
      this.#stack.push(null)
    }
  }

  async commitTransaction(): Promise<void> {
    const name = this.#stack.pop() ?? null
    await (name === null ? this.#connection.commit() : this.#connection.release(name))
  }

  async rollbackTransaction(): Promise<void> {
    const name = this.#stack.pop() ?? null
    await (name === null ? this.#connection.rollback() : this.#connection.rollbackTo(name))
  }

  async savepoint(_connection: DatabaseConnection, name: string): Promise<void> {
    await this.#connection.savepoint(name)
  }

  async rollbackToSavepoint(_connection: DatabaseConnection, name: string): Promise<void> {
    await this.#connection.rollbackTo(name)
  }

  async releaseSavepoint(_connection: DatabaseConnection, name: string): Promise<void> {
    await this.#connection.release(name)
  }

  async destroy(): Promise<void> {}
}
