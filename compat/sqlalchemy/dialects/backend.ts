import type { DatabaseIntrospector, DialectAdapter, Driver } from 'kysely'
import type { Dialect } from './dialect.ts'
import type { AnyKysely } from './engine.ts'
import type { PoolEntry, QueuePool } from './pool.ts'

/** What one kind of database brings to an engine. */
export interface Backend {
  readonly dialect: Dialect
  /** Null where the driver has a pool of its own. */
  // biome-ignore lint/suspicious/noExplicitAny: each kind has connections of its own type
  readonly pool: QueuePool<any> | null
  createDriver(): Driver
  /** Makes the driver's next connection the one of this entry. */
  adopt(entry: PoolEntry<unknown>): void
  createAdapter(): DialectAdapter
  createIntrospector(kysely: AnyKysely): DatabaseIntrospector
  /** Closes what the pool does not. */
  dispose(): void
}
