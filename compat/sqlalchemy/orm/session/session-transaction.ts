import type { Connection, Engine } from '../../dialects/engine.ts'
import {
  type InvalidRequestError,
  PendingRollbackError,
  ResourceClosedError,
} from '../../errors.ts'
import type { InstanceState } from '../mapping/state.ts'
import { type Snapshot, snapshotOf } from './snapshot.ts'

/** What a transaction asks of its session. */
export interface TransactionOwner {
  /** Writes pending changes. */
  flushAll(): Promise<void>
  /** The transaction ended, with this effect on the objects it holds. */
  ended(transaction: SessionTransaction, how: 'commit' | 'rollback'): void
  /** The objects are to be what they were: the transaction's connections were rolled back. */
  restoreObjects(transaction: SessionTransaction): void
  /** Listeners. */
  dispatch(event: 'beforeCommit' | 'afterCommit' | 'afterRollback'): Promise<void> | undefined
  dispatchSoftRollback(transaction: SessionTransaction): Promise<void> | undefined
  savepointName(): string
  /** A connection joined the transaction. */
  began(transaction: SessionTransaction, connection: Connection): Promise<void> | undefined
  /** Waits for the session's turn. */
  exclusive<T>(work: () => Promise<T>): Promise<T>
}

interface Enlisted {
  readonly engine: Engine
  readonly connection: Connection
  readonly savepoint: string | null
}

/** What a transaction did to objects; most only read. */
class Writes {
  readonly inserted: Set<InstanceState> = new Set()
  readonly removed: Set<InstanceState> = new Set()
  readonly before: Map<InstanceState, Snapshot> = new Map()
  readonly written: Set<object> = new Set()
  readonly keys: Map<InstanceState, string> = new Map()
}

/**
 * A transaction of a session: one connection for each engine that was used, or, nested, one savepoint on
 * each. `session.begin()` and `session.beginNested()` give it.
 *
 * `await using` rolls back what was not committed: JavaScript does not tell a disposer whether the block
 * failed, so a block must end in `await transaction.commit()`; the callback forms commit by themselves.
 */
export class SessionTransaction {
  readonly parent: SessionTransaction | null
  readonly #owner: TransactionOwner
  // One for nearly all: looking through a list is faster than a map.
  #enlisted: Enlisted[] = []
  #opening: Map<Engine, Promise<Connection>> | null = null
  #state: 'active' | 'failed' | 'closed' = 'active'
  #failure: unknown = null
  #writes: Writes | null = null

  constructor(owner: TransactionOwner, parent: SessionTransaction | null) {
    this.#owner = owner
    this.parent = parent
  }

  /** Whether a flush or a bulk DELETE did anything to objects in it. */
  get wrote(): boolean {
    return this.#writes !== null
  }

  get #written(): Writes {
    this.#writes ??= new Writes()
    return this.#writes
  }

  /** Rows that did not exist before. */
  get inserted(): Set<InstanceState> {
    return this.#written.inserted
  }

  /** Rows that were deleted. */
  get removed(): Set<InstanceState> {
    return this.#written.removed
  }

  /** What changed objects were before. */
  get before(): Map<InstanceState, Snapshot> {
    return this.#written.before
  }

  /** Root mappers and association tables whose rows were written. */
  get written(): Set<object> {
    return this.#written.written
  }

  /** Identity keys before a primary key was changed. */
  get keys(): Map<InstanceState, string> {
    return this.#written.keys
  }

  /** Whether it is a savepoint. */
  get nested(): boolean {
    return this.parent !== null
  }

  /** Whether it can be used: neither ended nor failed. */
  get isActive(): boolean {
    return this.#state === 'active'
  }

  /** Whether it has ended. */
  get closed(): boolean {
    return this.#state === 'closed'
  }

  /** The error of the flush that ended the transaction, which `rollback()` must acknowledge. */
  get failure(): unknown {
    return this.#failure
  }

  /** Writes pending changes and commits, or releases the savepoint. Inner savepoints are released first. */
  commit(): Promise<void> {
    return this.#owner.exclusive(() => this.commitNow())
  }

  /** Takes back what was done in it, in the database and in the objects. */
  rollback(): Promise<void> {
    return this.#owner.exclusive(() => this.rollbackNow())
  }

  /** Ends it without a commit, if it has not ended. */
  async close(): Promise<void> {
    if (!this.closed) await this.rollback()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * The connection to an engine, in this transaction.
   *
   * @throws PendingRollbackError after a failed flush, ResourceClosedError after the end.
   */
  connection(engine: Engine): Connection | Promise<Connection> {
    this.assertUsable()
    for (const enlisted of this.#enlisted) {
      if (enlisted.engine === engine) return enlisted.connection
    }
    return this.#enlist(engine)
  }

  /** The connections in use. */
  get connections(): Connection[] {
    return this.#enlisted.map(({ connection }) => connection)
  }

  /** @throws PendingRollbackError after a failed flush, ResourceClosedError after the end. */
  assertUsable(): void {
    if (this.#state === 'failed') throw pendingRollback(this.#failure)
    if (this.#state === 'closed') throw new ResourceClosedError('This transaction is closed')
  }

  /** Keeps what the objects were, unless this transaction knows an earlier state of them. */
  remember(state: InstanceState): void {
    if (this.inserted.has(state) || this.before.has(state)) return
    this.before.set(state, snapshotOf(state, this.written))
  }

  /** The session let go of its objects: a rollback leaves them as they are. */
  forgetObjects(): void {
    if (!this.wrote) return
    this.inserted.clear()
    this.removed.clear()
    this.before.clear()
    this.keys.clear()
  }

  /** `commit()` without waiting for a turn. */
  async commitNow(): Promise<void> {
    this.assertUsable()
    await this.#endInner('commit')
    if (!this.parent) await this.#owner.dispatch('beforeCommit')
    await this.#owner.flushAll()
    if (this.parent) {
      for (const { connection, savepoint } of this.#enlisted) {
        if (savepoint !== null) await connection.release(savepoint)
      }
      this.#handOver(this.parent)
    } else await this.#commitConnections()
    this.#state = 'closed'
    this.#owner.ended(this, 'commit')
    if (!this.parent) {
      await this.#closeConnections()
      await this.#owner.dispatch('afterCommit')
    }
  }

  /** `rollback()` without waiting for a turn. */
  async rollbackNow(): Promise<void> {
    if (this.#state === 'closed') throw new ResourceClosedError('This transaction is closed')
    let problem: unknown = null
    if (this.#state === 'active') {
      await this.#endInner('rollback')
      problem = await this.#undo()
    } else {
      await this.#endInner('rollback')
      // What was done to objects since the failure is discarded, too.
      this.#owner.restoreObjects(this)
    }
    this.#state = 'closed'
    this.#owner.ended(this, 'rollback')
    await this.#owner.dispatchSoftRollback(this)
    if (problem !== null) throw problem
  }

  /** A flush failed: the database is rolled back now, and the session waits for `rollback()`. */
  async fail(error: unknown): Promise<void> {
    if (this.#state !== 'active') return
    await this.#undo()
    this.#state = 'failed'
    this.#failure = error
    this.forgetObjects()
    await this.#owner.dispatchSoftRollback(this)
  }

  /** The innermost transaction under this one, set by the session. */
  child: SessionTransaction | null = null

  async #endInner(how: 'commit' | 'rollback'): Promise<void> {
    const inner = this.child
    if (!inner || inner.closed) return
    if (how === 'commit') await inner.commitNow()
    else await inner.rollbackNow()
  }

  /** Rolls the database back, then the objects. Gives the database's complaint, if there is one. */
  async #undo(): Promise<unknown> {
    let problem: unknown = null
    for (const { connection, savepoint } of this.#enlisted) {
      try {
        if (savepoint === null) await connection.rollback()
        else await connection.rollbackTo(savepoint)
      } catch (error) {
        problem ??= error
        // Nobody knows what the connection's transaction is like now.
        if (savepoint === null) connection.invalidate()
      }
    }
    this.#owner.restoreObjects(this)
    if (!this.parent) {
      await this.#closeConnections()
      await this.#owner.dispatch('afterRollback')
    }
    return problem
  }

  async #commitConnections(): Promise<void> {
    try {
      for (const { connection } of this.#enlisted) await connection.commit()
    } catch (error) {
      await this.rollbackNow().catch(() => undefined)
      throw error
    }
  }

  async #closeConnections(): Promise<void> {
    const enlisted = this.#enlisted
    this.#enlisted = []
    for (const { connection } of enlisted) {
      await connection.close().catch(() => connection.invalidate())
    }
  }

  /** The savepoint's work is now the outer transaction's. */
  #handOver(outer: SessionTransaction): void {
    if (!this.wrote) return
    for (const object of this.written) outer.written.add(object)
    for (const state of this.inserted) outer.inserted.add(state)
    for (const state of this.removed) outer.removed.add(state)
    for (const [state, snapshot] of this.before) {
      if (!outer.inserted.has(state) && !outer.before.has(state)) outer.before.set(state, snapshot)
    }
    for (const [state, key] of this.keys) if (!outer.keys.has(state)) outer.keys.set(state, key)
  }

  #enlist(engine: Engine): Promise<Connection> {
    this.#opening ??= new Map()
    let opening = this.#opening.get(engine)
    if (!opening) {
      opening = this.#open(engine)
      this.#opening.set(engine, opening)
    }
    return opening
  }

  async #open(engine: Engine): Promise<Connection> {
    try {
      return await this.#opened(engine)
    } finally {
      this.#opening?.delete(engine)
    }
  }

  async #opened(engine: Engine): Promise<Connection> {
    if (this.parent) {
      const connection = await this.parent.connection(engine)
      const savepoint = this.#owner.savepointName()
      await connection.savepoint(savepoint)
      this.#enlisted.push({ engine, connection, savepoint })
      return connection
    }
    const connection = await engine.connect()
    try {
      await connection.begin()
    } catch (error) {
      connection.invalidate()
      await connection.close().catch(() => undefined)
      throw error
    }
    if (this.#state !== 'active') {
      await connection.close()
      this.assertUsable()
    }
    this.#enlisted.push({ engine, connection, savepoint: null })
    await this.#owner.began(this, connection)
    return connection
  }
}

function pendingRollback(failure: unknown): InvalidRequestError {
  const original = failure instanceof Error ? failure.message : String(failure)
  return new PendingRollbackError(
    "This Session's transaction has been rolled back due to a previous exception during flush. To begin " +
      'a new transaction with this Session, first issue Session.rollback(). Original exception was: ' +
      original,
    { cause: failure },
  )
}
