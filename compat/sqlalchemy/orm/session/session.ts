import type { AnyKysely, Connection, Engine } from '../../dialects/engine.ts'
import { InvalidRequestError, NoResultFound } from '../../errors.ts'
import type { SelectBase } from '../../expression/select-base.ts'
import type {
  FirstEntity,
  Selectable,
  SelectedNames,
  SelectedValues,
} from '../../expression/selectable-types.ts'
import { AwaitableResult, type AwaitableScalarResult } from '../loading/awaitable.ts'
import type { ExecutionOptions } from '../loading/context.ts'
import { getEntity, identityValues } from '../loading/get-entity.ts'
import { type IdentityLoadOptions, refreshState } from '../loading/identity-load.ts'
import { makeQuery, type Query } from '../loading/query.ts'
import type { QueryItem } from '../loading/query-types.ts'
import type { FirstOf, Result } from '../loading/result.ts'
import { streamBuffers } from '../loading/stream.ts'
import { StreamResult } from '../loading/stream-result.ts'
import { type EventHub, kEvents } from '../mapping/event-hub.ts'
import { type Mapper, type ModelClass, mapperOf } from '../mapping/mapper.ts'
import { instanceText } from '../mapping/repr.ts'
import { type InstanceState, isRelatedList, stateOf } from '../mapping/state.ts'
import { bindFor } from './binds.ts'
import { cascadeOf } from './cascades.ts'
import { Merge, type MergeOptions } from './merge.ts'
import { type Executable, type RowOf, runStatement } from './run-statement.ts'
import { SessionCore, type SessionOptions } from './session-core.ts'
import { sessionHub } from './session-events.ts'
import { sessionKysely } from './session-kysely.ts'
import { makeTransient as letGo } from './session-objects.ts'
import type { SessionTransaction } from './session-transaction.ts'

/** Options of `session.get`. */
export interface GetOptions extends IdentityLoadOptions {}

/** Options of `session.refresh`. */
export type RefreshOptions = Pick<IdentityLoadOptions, 'withForUpdate'>

/**
 * The unit of work, as SQLAlchemy's `Session`: knows each row once, writes what changed in the right order,
 * and keeps one transaction per engine. A session serves one call at a time: overlapping calls wait.
 */
export class Session {
  /** Listeners of all sessions: `event.listen(Session, 'beforeFlush', …)`. */
  static readonly [kEvents]: EventHub = sessionHub('Session')
  readonly #core: SessionCore
  #info: Record<string, unknown> | null = null
  #kysely: AnyKysely | null = null

  constructor(options: SessionOptions = {}) {
    this.#core = new SessionCore(this, options, inheritedHubs(this.constructor))
  }

  /** Whatever the application keeps with the session. */
  get info(): Record<string, unknown> {
    this.#info ??= { ...this.#core.options.info }
    return this.#info
  }

  /** Listeners of this session. */
  get [kEvents](): EventHub {
    return this.#core.events.own
  }

  /** The session an instance belongs to, as SQLAlchemy's `object_session`; null when it has none. */
  static objectSession(instance: object): Session | null {
    return sessionOf(stateOf(instance))
  }

  /** @internal What other rooms load through. */
  get core(): SessionCore {
    return this.#core
  }

  // ---- objects ----

  /** Puts an object and what it is related to in the session; rows that are new are inserted by the next flush. */
  add(instance: object): void {
    this.#core.add(stateOf(instance))
  }

  /** `add` for each. */
  addAll(instances: Iterable<object>): void {
    for (const instance of instances) this.add(instance)
  }

  /**
   * Marks an object's row, and what its 'delete' cascades reach, to be deleted by the next flush.
   *
   * @throws InvalidRequestError when the object has no row.
   */
  delete(instance: object): void {
    const state = stateOf(instance)
    if (state.key === null) {
      throw new InvalidRequestError(`Instance '${instanceText(state)}' is not persisted`)
    }
    this.#core.delete(state)
  }

  /**
   * Lets go of an object, which keeps its values.
   *
   * @throws InvalidRequestError when the object is not in this session.
   */
  expunge(instance: object): void {
    const state = stateOf(instance)
    if (state.session !== this.#core) {
      throw new InvalidRequestError(
        `Instance ${instanceText(state)} is not present in this Session`,
      )
    }
    this.#core.expunge(state)
  }

  /** Lets go of all objects. */
  expungeAll(): void {
    this.#core.expungeAll()
  }

  /** Copies an object and what its 'merge' cascades reach onto this session's objects, and gives the copy. */
  async merge<T extends object>(instance: T, options: MergeOptions = {}): Promise<T> {
    const state = stateOf(instance)
    const core = this.#core
    const merged = await core.exclusive(async () => {
      if (options.load ?? true) await core.autoflush()
      return core.withoutAutoflush(() => new Merge(core, options).merge(state))
    })
    return merged.obj as T
  }

  /** Whether the object is pending or persistent here; Python's `in`. */
  contains(instance: object): boolean {
    return this.#core.objects.contains(stateOf(instance))
  }

  /** Objects whose rows the next flush inserts. */
  get new(): Set<object> {
    return entities(this.#core.objects.pending)
  }

  /** Objects that were changed, as far as is known without comparing with the database. */
  get dirty(): Set<object> {
    const { touched, doomed } = this.#core.objects
    return entities([...touched].filter((state) => state.modified && !doomed.has(state)))
  }

  /** Objects whose rows the next flush deletes. */
  get deleted(): Set<object> {
    return entities(this.#core.objects.doomed)
  }

  /** The persistent objects by identity key. */
  get identityMap(): ReadonlyMap<string, InstanceState> {
    return this.#core.identityMap
  }

  *[Symbol.iterator](): Generator<object> {
    for (const state of this.#core.objects.pending) yield state.obj
    for (const state of this.#core.identityMap.values()) yield state.obj
  }

  /** Whether an object has values that its row has not. */
  isModified(instance: object): boolean {
    const state = stateOf(instance)
    return state.modified || (state.key === null && hasValues(state))
  }

  /** Makes loaded values be read again before they are used: all of them, or some attributes. */
  expire(instance: object, attributeNames?: Iterable<string>): void {
    const state = this.#persistent(instance)
    if (attributeNames !== undefined) {
      forget(state, attributeNames)
      return
    }
    for (const reached of cascadeOf('refresh-expire', state)) this.#expireReached(reached)
  }

  /** What a cascade of `expire` meets: it was known of lists that are now given up. */
  #expireReached(state: InstanceState): void {
    if (state.session !== this.#core) return
    if (state.key !== null) this.#expire(state)
    else this.#core.objects.release(state, 'transient')
  }

  /** `expire` for all persistent objects. */
  expireAll(): void {
    for (const state of this.#core.identityMap.values()) this.#expire(state)
  }

  #expire(state: InstanceState): void {
    forget(state, [...Object.keys(state.dict), ...Object.keys(state.related ?? {})])
    state.expired = true
    this.#core.objects.touched.delete(state)
    this.#core.objects.orphans.delete(state)
    if (state.mapper.events.has('expire')) state.mapper.events.emit('expire', state.obj, null)
  }

  /**
   * Reads an object's row again; changes that were not flushed are lost.
   *
   * @param attributeNames only these, relationships among them
   * @throws InvalidRequestError when the object is not persistent here or its row is gone.
   */
  async refresh(
    instance: object,
    attributeNames: Iterable<string> | null = null,
    options: RefreshOptions = {},
  ): Promise<void> {
    const state = this.#persistent(instance)
    const core = this.#core
    const names = attributeNames === null ? null : [...attributeNames]
    await core.exclusive(async () => {
      if (names === null) {
        const reached = cascadeOf('refresh-expire', state)
        this.#discard(state)
        for (const other of reached) if (other !== state) this.#expireReached(other)
      } else forget(state, names)
      await core.autoflush()
      await refreshState(core, state, names, options)
      for (const name of names ?? []) {
        const property = state.mapper.relationships.get(name)
        if (property) await core.loadRelated([state], property)
      }
    })
  }

  #discard(state: InstanceState): void {
    forget(state, Object.keys({ ...state.originals, ...state.relatedOriginals }))
    this.#core.objects.touched.delete(state)
  }

  #persistent(instance: object): InstanceState {
    const state = stateOf(instance)
    if (state.session === this.#core && state.status === 'persistent') return state
    throw new InvalidRequestError(
      `Instance '${instanceText(state)}' is not persistent within this Session`,
    )
  }

  // ---- reading ----

  /** The entity with a primary key, from the identity map where it is known and not expired; null when there is none. */
  get<T extends object>(
    model: ModelClass<T>,
    identity: unknown,
    options?: GetOptions,
  ): Promise<T | null> {
    const mapper = mapperOf(model) as Mapper
    const values = identityValues(mapper, identity)
    if (options === undefined) {
      const state = this.#core.identityMap.get(mapper.identityKey(values))
      if (state !== undefined && !state.expired) {
        return Promise.resolve(state.mapper.isA(mapper) ? (state.obj as T) : null)
      }
    }
    const core = this.#core
    // FOR UPDATE must see the row as it is under the lock.
    const fresh = options?.withForUpdate ? { populateExisting: true } : {}
    return core.quietly(() =>
      getEntity(core, mapper, values, { ...fresh, ...options }),
    ) as Promise<T | null>
  }

  /** `get`, or `NoResultFound`. */
  async getOne<T extends object>(
    model: ModelClass<T>,
    identity: unknown,
    options?: GetOptions,
  ): Promise<T> {
    const found = await this.get(model, identity, options)
    if (found === null) throw new NoResultFound('No row was found when one was required')
    return found
  }

  /** Runs a statement: `await session.execute(q)` is its result, whose methods can also be called before `await`. */
  execute<S extends Executable>(
    statement: S,
    parameters?: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[],
    options?: ExecutionOptions,
  ): AwaitableResult<RowOf<S>> {
    const core = this.#core
    return new AwaitableResult<RowOf<S>>(
      core.quietly(() => runStatement(core, statement, parameters, options)) as Promise<
        Result<RowOf<S>>
      >,
    )
  }

  /** The first value of each row. */
  scalars<S extends Executable>(
    statement: S,
    parameters?: Readonly<Record<string, unknown>>,
    options?: ExecutionOptions,
  ): AwaitableScalarResult<FirstOf<RowOf<S>>> {
    return this.execute(statement, parameters, options).scalars()
  }

  /** The first value of the first row, or null. */
  scalar<S extends Executable>(
    statement: S,
    parameters?: Readonly<Record<string, unknown>>,
    options?: ExecutionOptions,
  ): Promise<FirstOf<RowOf<S>> | null> {
    return this.execute(statement, parameters, options).scalar()
  }

  /** A query of entities and columns: `session.query(User).filterBy({ name: 'ada' }).first()`. */
  query<const S extends readonly Selectable[]>(
    ...columns: S
  ): Query<QueryItem<S, SelectedValues<S>, SelectedNames<S>>, FirstEntity<S>> {
    return makeQuery(() => this.#core, columns, this.#core.options.queryCls)
  }

  /** Rows as the database gives them, without holding all of them at once. */
  stream<S extends SelectBase>(
    statement: S,
    parameters?: Readonly<Record<string, unknown>>,
    options?: ExecutionOptions,
  ): StreamResult<RowOf<S>> {
    return new StreamResult(streamBuffers(this.#core, statement, parameters, options))
  }

  // ---- writing ----

  /** Writes pending changes inside the transaction; of some objects only where they are given. */
  async flush(objects?: Iterable<object>): Promise<void> {
    const only = objects ? new Set([...objects].map(stateOf)) : undefined
    const core = this.#core
    if (core.hasWork) await core.exclusive(() => core.flush(only))
  }

  /** Flushes and commits; savepoints that are open are released first. */
  commit(): Promise<void> {
    const core = this.#core
    return core.exclusive(() => core.rootTransaction.commitNow())
  }

  /** Rolls back everything since the transaction began; objects are again what they were then. */
  rollback(): Promise<void> {
    const core = this.#core
    return core.quietly(async () => {
      if (core.openTransaction || core.hasWork) await core.rootTransaction.rollbackNow()
    })
  }

  /**
   * Begins a transaction, which any use of the session does by itself. With a block: commits at its end, rolls
   * back when it throws.
   *
   * @throws InvalidRequestError when a transaction is open.
   */
  begin(): SessionTransaction
  begin<T>(block: (transaction: SessionTransaction) => T | Promise<T>): Promise<T>
  begin<T>(
    block?: (transaction: SessionTransaction) => T | Promise<T>,
  ): SessionTransaction | Promise<T> {
    const transaction = this.#core.begin()
    return block ? this.#core.runBlock(transaction, block) : transaction
  }

  /** Flushes, then begins a savepoint. With a block: releases it at the end, rolls back to it when it throws. */
  beginNested(): Promise<SessionTransaction>
  beginNested<T>(block: (transaction: SessionTransaction) => T | Promise<T>): Promise<T>
  async beginNested<T>(
    block?: (transaction: SessionTransaction) => T | Promise<T>,
  ): Promise<SessionTransaction | T> {
    const core = this.#core
    const transaction = await core.exclusive(() => core.beginNested())
    return block ? core.runBlock(transaction, block) : transaction
  }

  inTransaction(): boolean {
    return this.#core.openTransaction !== null
  }

  inNestedTransaction(): boolean {
    return this.#core.openTransaction?.nested ?? false
  }

  /** The outermost transaction, if one is open. */
  getTransaction(): SessionTransaction | null {
    return this.#core.openTransaction ? this.#core.rootTransaction : null
  }

  /** The innermost savepoint, if one is open. */
  getNestedTransaction(): SessionTransaction | null {
    const open = this.#core.openTransaction
    return open?.nested ? open : null
  }

  /** Whether the session can be used: false after a failed flush, until `rollback()`. */
  get isActive(): boolean {
    return this.#core.openTransaction?.isActive ?? true
  }

  /** Whether queries flush first. */
  get autoflush(): boolean {
    return this.#core.options.autoflush ?? true
  }

  /** Runs code whose queries do not flush; Python's `with session.no_autoflush`. */
  noAutoflush<T>(code: (session: this) => T | Promise<T>): Promise<T> {
    return this.#core.withoutAutoflush(() => code(this))
  }

  /** Lets go of all objects and gives the connections back; what was not committed is lost. The session can be used again. */
  close(): Promise<void> {
    const core = this.#core
    return core.quietly(() => core.close())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  // ---- connections ----

  /** The connection, in this session's transaction, for a model's engine, or for the default one. */
  async connection(model?: ModelClass | object): Promise<Connection> {
    const core = this.#core
    const mapper = model === undefined ? null : (mapperOf(model as ModelClass) as Mapper)
    return core.exclusive(async () => core.connection(mapper))
  }

  /** The engine for a model, or the default one. */
  getBind(model?: ModelClass | object): Engine {
    const mapper = model === undefined ? null : (mapperOf(model as ModelClass) as Mapper)
    return bindFor(this.#core.options, mapper)
  }

  /** Kysely on the default engine's connection, inside this session's transaction. It does not flush. */
  get kysely(): AnyKysely {
    const core = this.#core
    this.#kysely ??= sessionKysely(
      {
        exclusive: (work) => core.exclusive(work),
        open: () => core.connection(null),
        savepointName: () => core.savepointName(),
      },
      this.getBind(),
    )
    return this.#kysely
  }
}

function sessionOf(state: InstanceState): Session | null {
  return state.session instanceof SessionCore ? (state.session.session as Session) : null
}

/** Whether anything was set on an object that has no row. */
function hasValues({ dict, related }: InstanceState): boolean {
  if (Object.keys(dict).length > 0) return true
  return Object.values(related ?? {}).some(
    (value) => !isRelatedList(value) || value.known.length > 0,
  )
}

/** Gives up values; the primary key stays, for it is what they are read again by. */
function forget(state: InstanceState, names: Iterable<string>): void {
  const keys = new Set(names)
  for (const { key } of state.mapper.primaryKey) keys.delete(key)
  state.forget(keys)
}

function entities(states: Iterable<InstanceState>): Set<object> {
  const found = new Set<object>()
  for (const state of states) found.add(state.obj)
  return found
}

const hubsOf = new WeakMap<object, readonly EventHub[]>()

/** The hubs of a class of sessions and its bases, the base's first. */
function inheritedHubs(sessionClass: object): readonly EventHub[] {
  const known = hubsOf.get(sessionClass)
  if (known !== undefined) return known
  const hubs: EventHub[] = []
  for (
    let own: object | null = sessionClass;
    own !== null && own !== Function.prototype;
    own = Object.getPrototypeOf(own)
  ) {
    if (Object.hasOwn(own, kEvents)) hubs.unshift((own as typeof Session)[kEvents])
  }
  hubsOf.set(sessionClass, hubs)
  return hubs
}

/** The session of an instance, or null. */
export function objectSession(instance: object): Session | null {
  return Session.objectSession(instance)
}

/** Makes an instance one that was never in a session or database: it can be added as a new row. */
export function makeTransient(instance: object): void {
  letGo(stateOf(instance), (state) => sessionOf(state)?.expunge(state.obj))
}
