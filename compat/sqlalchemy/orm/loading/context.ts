import type { Connection } from '../../dialects/engine.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { InstanceState, SessionLike } from '../mapping/state.ts'

/** The objects a session knows, by identity key. A plain `Map` has this shape. */
export interface IdentityMap {
  get(key: string): InstanceState | undefined
  set(key: string, state: InstanceState): unknown
  values(): Iterable<InstanceState>
}

/**
 * What loading asks of a session; `Session` implements it, so `orm/loading` imports nothing of
 * `orm/session`.
 *
 * A row of an unknown identity becomes a new state: the loader sets its `key`, `session`,
 * `status` ('persistent') and `dict`, then puts it into `identityMap`. A row of a known identity gives the
 * known object, whose values are replaced only when it is expired or the query says
 * `populateExisting`.
 */
export interface LoadContext extends SessionLike {
  readonly identityMap: IdentityMap
  /**
   * The connection for a mapper's bind key (`null`: the default bind), inside the session's
   * transaction; begins one when none is open. Not a promise when one is already there.
   */
  connection(mapper: Mapper | null): Connection | Promise<Connection>
  /** Flushes pending changes before a query. `undefined` when there is nothing to flush or autoflush is off. */
  autoflush(): Promise<void> | undefined
  /**
   * Runs one unit of work after those already queued: a session serves one at a time. Calls made
   * from inside a unit (events, loader strategies) run at once.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T>
  /** A bulk UPDATE is about to change these objects; a rollback brings their values back. */
  noteUpdated?(states: readonly InstanceState[]): void
  /** The rows of these objects were deleted by a bulk DELETE; a rollback brings them back. */
  noteDeleted?(states: readonly InstanceState[]): void
}

/** Options of one execution, as SQLAlchemy's `execution_options`; those of the statement come first. */
export interface ExecutionOptions {
  /** Replace the values of objects that are already in the session, changed ones too. */
  readonly populateExisting?: boolean
  /** `false`: do not flush before this statement. */
  readonly autoflush?: boolean
  /** Rows fetched at a time by `stream()`, and the size of `partitions()`. */
  readonly yieldPer?: number
  /** How a bulk UPDATE or DELETE tells the objects in the session. Default 'evaluate', then 'fetch'. */
  readonly synchronizeSession?: 'auto' | 'evaluate' | 'fetch' | false
  readonly [option: string]: unknown
}
