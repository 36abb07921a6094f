import type { Connection } from '../../dialects/engine.ts'
import { InvalidRequestError, StatementError } from '../../errors.ts'
import type { Table } from '../../schema/table.ts'
import type { LoadContext } from '../loading/context.ts'
import { loadByIdentity } from '../loading/identity-load.ts'
import { lazyLoad, lookupToOne } from '../loading/lazy-load.ts'
import type { QueryClass } from '../loading/query.ts'
import { setOne } from '../loading/related.ts'
import { type EventHub, listenerChanges } from '../mapping/event-hub.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { type InstanceState, isRelatedList, stateOf } from '../mapping/state.ts'
import { makeAppender } from './appender.ts'
import { type BindOptions, bindFor } from './binds.ts'
import { cascadeOf } from './cascades.ts'
import { executePlan, type FlushHost, finishFlush, planFlush } from './flush/flush.ts'
import type { FlushPlan } from './flush/flush-plan.ts'
import { loadRelated, peekRelated } from './loader.ts'
import { SerialQueue } from './serial-queue.ts'
import { type SessionEvent, SessionEvents } from './session-events.ts'
import { type ObjectsOwner, SessionObjects } from './session-objects.ts'
import { SessionTransaction, type TransactionOwner } from './session-transaction.ts'
import { forgetWritten, isForgotten, restore, restoreReadable, snapshotOf } from './snapshot.ts'

/** Options of a session: SQLAlchemy's, in camelCase. */
export interface SessionOptions extends BindOptions {
  /** Writes pending changes before each query. Default true. */
  readonly autoflush?: boolean
  /** Makes objects be read again after a commit. Default true. */
  readonly expireOnCommit?: boolean
  readonly info?: Record<string, unknown>
  /** The class of `session.query()` and of dynamic relationships. Default `Query`. */
  readonly queryCls?: QueryClass
}

let sessionsMade = 0

/** What is behind a `Session`: its objects, its transaction and its turn-taking. */
export class SessionCore implements LoadContext, ObjectsOwner, TransactionOwner, FlushHost {
  readonly hashKey: string
  readonly options: SessionOptions
  readonly objects: SessionObjects
  readonly identityMap: Map<string, InstanceState>
  readonly events: SessionEvents
  /** The public object, for listeners. */
  readonly session: object
  readonly #queue = new SerialQueue()
  #transaction: SessionTransaction | null = null
  #block: SessionTransaction | null = null
  #flushing = false
  #quiet = 0
  #savepoints = 0

  constructor(session: object, options: SessionOptions, hubs: readonly EventHub[]) {
    sessionsMade += 1
    this.hashKey = `${sessionsMade}`
    this.session = session
    this.options = options
    this.objects = new SessionObjects(this)
    this.identityMap = this.objects.identityMap
    this.events = new SessionEvents(hubs)
  }

  // ---- turns ----

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(work)
  }

  /** `exclusive` for work that calls nothing of the application's but what a flush calls, and listeners. */
  quietly<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(work, this.#isQuiet)
  }

  readonly #isQuiet = (): boolean => listenerChanges() === 0 && !this.hasWork

  listeners<T>(code: () => T): T {
    return code()
  }

  // ---- transactions ----

  /** The innermost transaction, if one is open. */
  get openTransaction(): SessionTransaction | null {
    return this.#transaction
  }

  /** The innermost transaction; begins one when none is open. */
  get transaction(): SessionTransaction {
    return this.#transaction ?? this.#autobegin()
  }

  /** The outermost transaction; begins one when none is open. */
  get rootTransaction(): SessionTransaction {
    let transaction = this.transaction
    while (transaction.parent) transaction = transaction.parent
    return transaction
  }

  #autobegin(): SessionTransaction {
    if (this.#block?.closed) {
      throw new InvalidRequestError(
        "Can't operate on closed transaction inside context manager.  Please complete the context " +
          'manager before emitting further commands.',
      )
    }
    return this.#open(null)
  }

  #open(parent: SessionTransaction | null): SessionTransaction {
    const transaction = new SessionTransaction(this, parent)
    if (parent) parent.child = transaction
    this.#transaction = transaction
    if (this.events.has('afterTransactionCreate')) {
      this.events.fire('afterTransactionCreate', this.session, transaction)
    }
    return transaction
  }

  /** @throws InvalidRequestError when a transaction is open. */
  begin(): SessionTransaction {
    if (this.#transaction) {
      throw new InvalidRequestError('A transaction is already begun on this Session.')
    }
    return this.#autobegin()
  }

  /** Opens a savepoint; it is made in the database when it is first needed. */
  async beginNested(): Promise<SessionTransaction> {
    this.transaction.assertUsable()
    await this.flushAll()
    return this.#open(this.transaction)
  }

  /** Runs a block: commits at its end, rolls back when it throws. */
  async runBlock<T>(
    transaction: SessionTransaction,
    block: (transaction: SessionTransaction) => T | Promise<T>,
  ): Promise<T> {
    const outer = this.#block
    this.#block = transaction
    try {
      const value = await block(transaction)
      if (!transaction.closed) await transaction.commit()
      return value
    } catch (error) {
      if (!transaction.closed) await transaction.rollback()
      throw error
    } finally {
      this.#block = outer
    }
  }

  savepointName(): string {
    this.#savepoints += 1
    return `sa_savepoint_${this.#savepoints}`
  }

  connection(mapper: Mapper | null): Connection | Promise<Connection> {
    return this.transaction.connection(bindFor(this.options, mapper, mapper?.table ?? null))
  }

  /** The connection for a statement that may be about a table without a class. */
  connectionFor(mapper: Mapper | null, table: Table | null): Connection | Promise<Connection> {
    return this.transaction.connection(bindFor(this.options, mapper, table))
  }

  began(transaction: SessionTransaction, connection: Connection): Promise<void> | undefined {
    if (!this.events.has('afterBegin')) return undefined
    return this.events.dispatch('afterBegin', this.session, transaction, connection)
  }

  dispatch(event: 'beforeCommit' | 'afterCommit' | 'afterRollback'): Promise<void> | undefined {
    return this.events.has(event) ? this.events.dispatch(event, this.session) : undefined
  }

  dispatchSoftRollback(transaction: SessionTransaction): Promise<void> | undefined {
    if (!this.events.has('afterSoftRollback')) return undefined
    return this.events.dispatch('afterSoftRollback', this.session, transaction)
  }

  ended(transaction: SessionTransaction, how: 'commit' | 'rollback'): void {
    if (this.#transaction === transaction) this.#transaction = transaction.parent
    if (how === 'commit' && !transaction.parent) {
      if (transaction.wrote) {
        for (const state of transaction.removed) {
          if (state.status === 'deleted') this.objects.bury(state)
        }
      }
      if (this.options.expireOnCommit ?? true) {
        for (const state of this.identityMap.values()) state.expired = true
      }
    }
    if (this.events.has('afterTransactionEnd')) {
      this.events.fire('afterTransactionEnd', this.session, transaction)
    }
  }

  restoreObjects(transaction: SessionTransaction): void {
    const { objects } = this
    // A session that was closed has let go of everything before.
    if (!transaction.wrote && objects.empty) return
    const { inserted, before } = transaction
    for (const state of inserted) this.#makeTransient(state)
    for (const state of [...objects.pending]) objects.release(state, 'transient')
    for (const [state, key] of transaction.keys) {
      if (!inserted.has(state) && state.session === this) objects.rekey(state, key)
    }
    for (const state of transaction.removed) {
      if (!inserted.has(state) && state.session === this) objects.revive(state)
    }
    objects.doomed.clear()
    for (const [state, snapshot] of before) {
      if (inserted.has(state)) continue
      restoreReadable(state, snapshot)
      state.expired = true
    }
    for (const state of objects.touched) {
      if (before.has(state) || !state.modified) continue
      restore(state, snapshotOf(state))
      state.expired = true
    }
    objects.touched.clear()
    objects.orphans.clear()
    for (const state of this.identityMap.values()) {
      if (!transaction.parent) state.expired = true
      if (!before.has(state)) forgetWritten(state, transaction.written)
    }
  }

  #makeTransient(state: InstanceState): void {
    // An object that another session has taken in meanwhile is no longer ours.
    if (state.session !== null && state.session !== this) return
    this.objects.release(state, 'transient')
    state.originals = null
    state.stale = null
    for (const key in state.related) {
      const list = state.related[key]
      if (isRelatedList(list)) list.leaveRow()
    }
  }

  // ---- flushing ----

  /** Whether a flush would have something to do. */
  get hasWork(): boolean {
    const { pending, doomed, touched, orphans } = this.objects
    if (pending.size > 0 || doomed.size > 0 || orphans.size > 0) return true
    for (const state of touched) {
      if (state.modified) return true
      touched.delete(state)
    }
    return false
  }

  autoflush(): Promise<void> | undefined {
    if (this.#quiet > 0 || this.#flushing || this.options.autoflush === false) return undefined
    return this.hasWork ? this.#autoflushNow() : undefined
  }

  async #autoflushNow(): Promise<void> {
    try {
      await this.flush()
    } catch (error) {
      if (error instanceof StatementError) {
        error.addDetail(
          'raised as a result of Query-invoked autoflush; consider using a session.noAutoflush block if ' +
            'this flush is occurring prematurely',
        )
      }
      throw error
    }
  }

  /** Runs code whose queries do not flush. */
  async withoutAutoflush<T>(code: () => T | Promise<T>): Promise<T> {
    this.#quiet += 1
    try {
      return await code()
    } finally {
      this.#quiet -= 1
    }
  }

  /** Before a commit: flushes until listeners make no new work. */
  async flushAll(): Promise<void> {
    for (let round = 0; this.hasWork; round += 1) {
      if (round === 100) {
        throw new InvalidRequestError(
          'Over 100 subsequent flushes have occurred within session.commit() - is an afterFlush() hook ' +
            'creating new objects?',
        )
      }
      await this.flush()
    }
  }

  /** Writes pending changes, of some objects only where `only` is given. */
  async flush(only?: ReadonlySet<InstanceState>): Promise<void> {
    if (this.#flushing) throw new InvalidRequestError('Session is already flushing')
    if (!this.hasWork) return
    const { transaction } = this
    transaction.assertUsable()
    this.#flushing = true
    try {
      await this.#flushNow(only)
    } catch (error) {
      await transaction.fail(error)
      throw error
    } finally {
      this.#flushing = false
    }
  }

  async #flushNow(only: ReadonlySet<InstanceState> | undefined): Promise<void> {
    const { events } = this
    const context = { session: this.session, plan: null as FlushPlan | null }
    if (events.has('beforeFlush')) {
      const instances = only ? [...only].map((state) => state.obj) : null
      await events.dispatch('beforeFlush', this.session, context, instances)
    }
    const plan = await planFlush(this, only)
    if (plan.empty) return
    context.plan = plan
    try {
      await executePlan(this, plan)
    } catch (error) {
      // Keys that the flush copied are changes to be undone like any other.
      for (const state of plan.saves) if (state.key !== null) this.objects.touched.add(state)
      throw error
    }
    if (events.has('afterFlush')) await events.dispatch('afterFlush', this.session, context)
    finishFlush(this, plan)
    if (events.has('afterFlushPostexec')) {
      await events.dispatch('afterFlushPostexec', this.session, context)
    }
  }

  loadRelated(states: readonly InstanceState[], property: RelationshipProperty): Promise<void> {
    return loadRelated(this, states, property)
  }

  peekRelated(state: InstanceState, property: RelationshipProperty): Promise<object | null> {
    return peekRelated(this, state, property)
  }

  // ---- what instances tell ----

  hears(event: SessionEvent): boolean {
    return this.events.has(event)
  }

  changed(event: SessionEvent, state: InstanceState): void {
    if (this.events.has(event)) this.events.fire(event, this.session, state.obj)
  }

  noteDirty(state: InstanceState): void {
    if (state.status === 'persistent') this.objects.touched.add(state)
  }

  noteRelated(
    state: InstanceState,
    property: RelationshipProperty,
    added: object | null,
    removed: object | null,
    fromBackref: boolean,
  ): void {
    if (property.viewonly || state.status === 'deleted') return
    if (added !== null && !fromBackref && property.cascade.has('save-update')) {
      const child = stateOf(added)
      if (!this.objects.contains(child)) this.add(child)
    }
    if (!property.cascade.has('delete-orphan')) return
    if (added !== null) this.objects.orphans.delete(stateOf(added))
    if (removed === null) return
    const orphan = stateOf(removed)
    if (hasOtherParent(orphan, property, state.obj)) return
    // A row that was never written needs no DELETE.
    if (this.objects.pending.has(orphan)) this.expunge(orphan)
    else if (this.objects.contains(orphan)) this.objects.orphans.set(orphan, property)
    else if (orphan.status === 'transient') orphan.orphaned = true
  }

  noteUpdated(states: readonly InstanceState[]): void {
    const { transaction } = this
    for (const state of states) transaction.remember(state)
  }

  noteDeleted(states: readonly InstanceState[]): void {
    const { transaction } = this
    for (const state of states) {
      transaction.remember(state)
      transaction.removed.add(state)
      this.objects.removed(state)
    }
  }

  identityLookup(
    state: InstanceState,
    property: RelationshipProperty,
    committed = false,
  ): object | null | undefined {
    const found = lookupToOne(this, state, property, committed)
    return found && isForgotten(stateOf(found)) ? undefined : found
  }

  lazyLoad(state: InstanceState, property: RelationshipProperty): Promise<unknown> {
    return this.exclusive(async () => {
      const found = await lazyLoad(this, state, property)
      if (property.uselist || found === null) return found
      const target = stateOf(found)
      if (!isForgotten(target)) return found
      await this.autoflush()
      const reread = await loadByIdentity(
        this,
        target.mapper,
        target.mapper.primaryKeyOf(target.dict),
      )
      // The object may be its own target, and have been read again as well.
      setOne(state, property, reread)
      return reread
    })
  }

  appender(state: InstanceState, property: RelationshipProperty): object {
    return makeAppender(this, state, property, this.options.queryCls)
  }

  // ---- objects ----

  /** `session.add` with its cascade. */
  add(state: InstanceState): void {
    const { objects } = this
    if (this.#transaction === null) this.#autobegin()
    state.orphaned = false
    for (const reached of cascadeOf('save-update', state, (other) => !objects.contains(other))) {
      objects.save(reached)
    }
  }

  /** `session.delete`: what is loaded is marked now, the rest is found by the flush. */
  delete(state: InstanceState): void {
    const { objects } = this
    if (this.#transaction === null) this.#autobegin()
    for (const reached of cascadeOf('delete', state, (other) => other.key !== null)) {
      if (reached.status === 'deleted') continue
      if (!objects.contains(reached)) objects.attach(reached)
      objects.doomed.add(reached)
    }
  }

  /** `session.expunge` with its cascade. */
  expunge(state: InstanceState): void {
    for (const reached of cascadeOf('expunge', state, (other) => other.session === this)) {
      this.objects.release(reached, reached.status === 'pending' ? 'transient' : 'detached')
    }
  }

  expungeAll(): void {
    this.objects.releaseAll()
    for (let open = this.#transaction; open; open = open.parent) {
      if (!open.wrote) continue
      for (const state of open.removed) this.objects.release(state, 'detached')
    }
  }

  /** `session.close`: lets go of all objects as they are and of the connections. */
  async close(): Promise<void> {
    this.expungeAll()
    const open = this.#transaction
    if (!open) return
    // The objects are nobody's now: the rollback leaves them alone.
    for (let each: SessionTransaction | null = open; each; each = each.parent) each.forgetObjects()
    await this.rootTransaction.rollbackNow()
  }
}

/** Whether an object that one parent lost is known to have another. */
function hasOtherParent(
  child: InstanceState,
  { backPopulates: back }: RelationshipProperty,
  former: object,
): boolean {
  if (back?.direction !== 'MANYTOONE') return false
  const parent = child.related?.[back.key]
  // The other side of the change comes after this one: it may still name the former parent.
  return !!parent && parent !== former
}
