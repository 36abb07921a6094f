import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryCompiler,
  type TransactionSettings,
} from 'kysely'
import { DriverConnection, type DriverSettings } from './driver-connection.ts'
import type { PoolEntry, QueuePool } from './pool.ts'

/** The pool under a driver; null for a foreign driver, which has its own. */
export interface Pooled<C> {
  readonly pool: QueuePool<C>
  /**
   * Makes the driver's next `acquireConnection()` give the connection of this entry. Kysely's stock
   * drivers ask their pool before they first wait, so that no other can come in between.
   */
  adopt(entry: PoolEntry<C>): void
}

/**
 * A Kysely driver around another: the engine's pool, errors, recording. Every Kysely instance of
 * the engine and every {@link DriverConnection} goes through it.
 */
export class EngineDriver<C = unknown> implements Driver {
  readonly #inner: Driver
  readonly #settings: DriverSettings
  readonly #pooled: Pooled<C> | null
  readonly #wrapped: WeakMap<DatabaseConnection, DriverConnection> = new WeakMap()
  readonly #entries: WeakMap<DriverConnection, PoolEntry<C>> = new WeakMap()
  #initialized: Promise<void> | null = null

  constructor(inner: Driver, settings: DriverSettings, pooled: Pooled<C> | null) {
    this.#inner = inner
    this.#settings = settings
    this.#pooled = pooled
  }

  init(): Promise<void> {
    this.#initialized ??= this.#inner.init().catch((error: unknown) => {
      this.#initialized = null
      throw error
    })
    return this.#initialized
  }

  async acquireConnection(): Promise<DriverConnection> {
    if (this.#initialized === null) await this.init()
    try {
      return await (this.#pooled ? this.#acquirePooled(this.#pooled) : this.#acquireForeign())
    } catch (error) {
      throw this.#settings.dialect.translateError(error, null, null)
    }
  }

  /** Gives the connection back, without what its last user left open. */
  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const mine = connection as DriverConnection
    const entry = this.#entries.get(mine)
    if (mine.textTransaction && !entry?.broken) await this.#reset(mine)
    await this.#inner.releaseConnection(mine.inner)
  }

  async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    const mine = connection as DriverConnection
    await mine.control('BEGIN (implicit)', () => this.#inner.beginTransaction(mine.inner, settings))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const mine = connection as DriverConnection
    await mine.control('COMMIT', () => this.#inner.commitTransaction(mine.inner))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const mine = connection as DriverConnection
    try {
      await mine.control('ROLLBACK', () => this.#inner.rollbackTransaction(mine.inner))
    } catch (error) {
      // What cannot be rolled back must not be used again. With a lost connection its transaction went, too.
      const isLost = this.#entries.get(mine)?.broken === true
      this.discard(mine)
      if (!isLost) throw error
    }
  }

  async savepoint(
    connection: DatabaseConnection,
    name: string,
    compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    const mine = connection as DriverConnection
    await mine.control(`SAVEPOINT ${name}`, async () =>
      this.#inner.savepoint?.(mine.inner, name, compile),
    )
  }

  async rollbackToSavepoint(
    connection: DatabaseConnection,
    name: string,
    compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    const mine = connection as DriverConnection
    await mine.control(`ROLLBACK TO SAVEPOINT ${name}`, async () =>
      this.#inner.rollbackToSavepoint?.(mine.inner, name, compile),
    )
  }

  async releaseSavepoint(
    connection: DatabaseConnection,
    name: string,
    compile: QueryCompiler['compileQuery'],
  ): Promise<void> {
    const mine = connection as DriverConnection
    await mine.control(`RELEASE SAVEPOINT ${name}`, async () =>
      this.#inner.releaseSavepoint?.(mine.inner, name, compile),
    )
  }

  /** Sees to it that the connection is closed instead of being given back. */
  discard(connection: DriverConnection): void {
    const entry = this.#entries.get(connection)
    if (entry) entry.broken = true
  }

  async destroy(): Promise<void> {
    if (this.#pooled) {
      this.#pooled.pool.dispose()
      return
    }
    if (this.#initialized === null) return
    this.#initialized = null
    await this.#inner.destroy()
  }

  async #acquirePooled({ pool, adopt }: Pooled<C>): Promise<DriverConnection> {
    const entry = await pool.acquire()
    try {
      adopt(entry)
      const inner = await this.#inner.acquireConnection()
      return this.#wrap(inner, entry)
    } catch (error) {
      pool.release(entry, true)
      throw error
    }
  }

  async #acquireForeign(): Promise<DriverConnection> {
    return this.#wrap(await this.#inner.acquireConnection(), null)
  }

  #wrap(inner: DatabaseConnection, entry: PoolEntry<C> | null): DriverConnection {
    let wrapped = this.#wrapped.get(inner)
    if (!wrapped) {
      const lost = (): void => {
        this.discard(made)
        this.#pooled?.pool.invalidate()
      }
      const readsOutside = entry?.readsOutside ?? false
      const made = new DriverConnection(inner, this.#settings, lost, readsOutside)
      wrapped = made
      this.#wrapped.set(inner, made)
      if (entry) this.#entries.set(made, entry)
    }
    return wrapped
  }

  async #reset(connection: DriverConnection): Promise<void> {
    connection.textTransaction = false
    try {
      await connection.inner.executeQuery(CompiledQuery.raw('ROLLBACK'))
    } catch {
      this.discard(connection)
    }
  }
}
