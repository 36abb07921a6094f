import { CompiledQuery } from 'kysely'
import type { Connection } from '../../../../../compat/sqlalchemy/dialects/engine.ts'
import { event } from '../../../../../compat/sqlalchemy/orm/mapping/event.ts'
import { historyOf } from '../../../../../compat/sqlalchemy/orm/mapping/inspect.ts'
import {
  type InstanceState,
  isRelatedList,
  stateOf,
} from '../../../../../compat/sqlalchemy/orm/mapping/state.ts'
import { makeTransient, Session } from '../../../../../compat/sqlalchemy/orm/session/session.ts'
import type { SessionTransaction } from '../../../../../compat/sqlalchemy/orm/session/session-transaction.ts'
import {
  alive,
  asExpired,
  beginFor,
  demand,
  demandCascade,
  demandDirty,
  isKey,
  pythonError,
  scrub,
  unreadLists,
} from './differences.ts'
import type { ModelClass, Models } from './models.ts'
import { endsTransaction, fitted, kindOf } from './operations.ts'
import type { Operation, Program, Ref, StepRecord, Values } from './program.ts'
import type { ColumnSpec } from './schemas.ts'
import { Skip, World } from './world.ts'

type List = PromiseLike<object[]> & {
  append(item: object): void
  insert(index: number, item: object): void
  remove(item: object): void
  pop(): object
  includes(item: object): boolean
  toArray(): object[]
}

/** Runs a program over this package's session, as `interpreter.py` does over SQLAlchemy's. */
export class Run {
  readonly #models: Models
  readonly #session: Session
  readonly #reader: Connection
  readonly #world: World
  readonly #tables: readonly string[]
  readonly #changed = new Set<InstanceState>()
  readonly #dead = new Set<object>()
  readonly #written = new Set<object>()
  #statements: string[] = []
  #nested: SessionTransaction[] = []
  #listening: () => void

  constructor(models: Models, reader: Connection, program: Program) {
    this.#models = models
    this.#reader = reader
    const { spec } = models
    this.#tables = [
      ...spec.secondaries.map(({ name }) => name),
      ...new Set(spec.models.map(({ table }) => table)),
    ]
    this.#session = new Session({ bind: models.engine, expireOnCommit: program.expire })
    this.#world = new World(models, this.#session)
    event.listen(this.#session, 'pendingToPersistent', (...[, entity]) =>
      unreadLists(entity as object, this.#world.lived),
    )
    event.listen(this.#session, 'beforeFlush', () => demandDirty(this.#session))
    this.#listening = models.engine.on('statement', ({ sql, error }) => {
      if (error === null) this.#statements.push(sql)
    })
  }

  async close(): Promise<void> {
    await this.#session.close()
    this.#listening()
    await this.#raw('PRAGMA foreign_keys = off')
    for (const table of this.#tables) await this.#raw(`DELETE FROM ${table}`)
    await this.#raw('PRAGMA foreign_keys = on')
  }

  // ---- operations ----

  async #do(op: Operation): Promise<unknown> {
    const session = this.#session
    switch (op[0]) {
      case 'quiet':
        return session.noAutoflush(() => this.#do(op[1]))
      case 'new': {
        const entity = this.#world.make(op[1], op[2], op[3])
        if (op[4]) session.add(entity)
        return entity
      }
      case 'add':
        return session.add(this.#world.ref(op[1]))
      case 'addAll':
        return session.addAll(op[1].map((ref) => this.#world.ref(ref)))
      case 'set':
        return this.#set(op[1], op[2], op[3])
      case 'relate':
        return this.#relate(op[1], op[2], op[3], op[4])
      case 'delete':
        return this.#delete(op[1])
      case 'flush':
        return session.flush()
      case 'commit':
        this.#nested = []
        return session.commit()
      case 'rollback':
        this.#nested = []
        return session.rollback()
      case 'close':
        this.#nested = []
        return session.close()
      case 'beginNested':
        this.#nested.push(await session.beginNested())
        return undefined
      case 'nestedCommit': {
        await this.#innermost().commit()
        this.#nested.pop()
        return undefined
      }
      case 'nestedRollback': {
        const transaction = this.#innermost()
        this.#nested.pop()
        await transaction.rollback()
        this.#expireChanged()
        return undefined
      }
      case 'expire': {
        const entity = this.#world.ref(op[1])
        const names = this.#world.names(entity, op[2])
        return session.expire(entity, names.length > 0 ? names : undefined)
      }
      case 'expireAll':
        return session.expireAll()
      case 'refresh': {
        const entity = this.#world.ref(op[1])
        if (session.contains(entity)) await session.flush()
        const { relationships } = this.#world.specOf(entity)
        const names = this.#world
          .names(entity, op[2])
          .filter((name) => !relationships.some(({ key }) => key === name))
        return session.refresh(entity, names.length > 0 ? names : null)
      }
      case 'expunge':
        return session.expunge(this.#world.ref(op[1]))
      case 'expungeAll':
        return session.expungeAll()
      case 'merge':
        return this.#world.keep(await session.merge(this.#world.ref(op[1]), { load: op[2] }))
      case 'mergeNew':
        return this.#world.keep(await session.merge(this.#world.make(op[1], op[2], op[3])))
      case 'get': {
        const keys = this.#world.spec(op[1]).columns.filter(({ pk }) => pk)
        return session.get(this.#models.classes.get(op[1]) as never, op[2].slice(0, keys.length))
      }
      case 'query':
        return this.#query(op[1], op[2], op[3])
      case 'count':
        return this.#filtered(op[1], op[2]).count()
      case 'update': {
        const changes = this.#world.values(op[1], op[3])
        for (const { key, pk } of this.#world.spec(op[1]).columns) if (pk) delete changes[key]
        if (Object.keys(changes).length === 0) throw new Skip()
        for (const { key, onupdate } of this.#world.spec(op[1]).columns) {
          if (onupdate !== undefined) changes[key] = onupdate
        }
        return this.#filtered(op[1], op[2]).update(changes as never, { synchronizeSession: op[4] })
      }
      case 'deleteRows':
        return this.#filtered(op[1], op[2]).delete({ synchronizeSession: op[3] })
      case 'read':
        return this.#read(op[1], op[2])
      case 'makeTransient':
        return makeTransient(this.#world.ref(op[1]))
      case 'isModified':
        return this.#isModified(this.#world.ref(op[1]))
      case 'contains':
        return session.contains(this.#world.ref(op[1]))
      case 'history':
        return this.#history(op[1], op[2])
    }
  }

  async #delete(ref: Ref): Promise<void> {
    const entity = this.#world.alive(ref)
    const detached = stateOf(entity).status === 'detached'
    if (detached || this.#dead.has(entity) || this.#world.moved(entity)) throw new Skip()
    await demandCascade(this.#session, entity)
    if (!alive(entity)) throw new Skip()
    this.#session.delete(entity)
    this.#dead.add(entity)
  }

  #isModified(entity: object): boolean {
    // SQLAlchemy keeps the flag of the flush that was taken back.
    const { status } = stateOf(entity)
    if (this.#written.has(entity) && (status === 'transient' || status === 'pending'))
      throw new Skip()
    return this.#session.isModified(entity)
  }

  /** SQLAlchemy expires what was assigned in a savepoint that is rolled back, the same value, too (see 3). */
  #expireChanged(): void {
    for (const state of this.#changed) if (state.status === 'persistent') state.expired = true
    this.#changed.clear()
  }

  #innermost(): SessionTransaction {
    const transaction = this.#nested.at(-1)
    if (!transaction) throw new Skip()
    return transaction
  }

  async #set(ref: Ref, number: number, value: number | null): Promise<void> {
    const entity = this.#world.alive(ref)
    const { columns, version } = this.#world.specOf(entity)
    const column = columns[number % columns.length] as ColumnSpec
    if (column.fixed) throw new Skip()
    beginFor(this.#session, entity)
    // SQLAlchemy knows the old value of these before they change.
    if (column.pk || column.key === version) {
      if (this.#session.contains(entity)) await this.#session.flush()
      await demand(this.#session, entity)
    }
    if (!alive(entity)) throw new Skip()
    if (this.#nested.length > 0) this.#changed.add(stateOf(entity))
    entity[column.key] = fitted(column, value)
    if (column.pair) entity[column.pair] = fitted(column, value)
  }

  async #relate(
    ref: Ref,
    number: number,
    how: string,
    targets: readonly number[],
  ): Promise<unknown> {
    const entity = this.#world.alive(ref)
    const { relationships } = this.#world.specOf(entity)
    if (relationships.length === 0) throw new Skip()
    const each = relationships[number % relationships.length] as (typeof relationships)[number]
    const { key } = each
    if (stateOf(entity).status === 'detached') throw new Skip()
    if (this.#nested.length > 0) this.#changed.add(stateOf(entity))
    beginFor(this.#session, entity)
    const some = this.#world.all(each.target)
    // Giving a child to a parent takes its deletion back; of trees SQLAlchemy deletes it all the same.
    const numbered = this.#world.specOf(entity).numbered ?? false
    const keeps = stateOf(entity).status === 'persistent' && !numbered
    const objects = some.length
      ? [...new Set(targets.map((n) => some[n % some.length] as object))].filter(
          (object) => object !== entity && alive(object) && (keeps || this.#world.stays(object)),
        )
      : []
    if (!each.many) {
      const { direction } = stateOf(entity).mapper.relationships.get(key) ?? {}
      // A one-to-one is known before it changes.
      if (direction !== 'MANYTOONE' && stateOf(entity).status === 'persistent') {
        await this.#session.noAutoflush(async () => {
          if (this.#needsRow(entity, key)) await demand(this.#session, entity)
          await entity[key]
        })
      }
      entity[key] = how === 'clear' ? null : (objects[0] ?? null)
      return undefined
    }
    if (how === 'replace' || how === 'clear') {
      this.#world.touch(entity, key)
      if (stateOf(entity).status === 'persistent') {
        if (this.#needsRow(entity, key)) await demand(this.#session, entity)
        await entity[key]
      }
      entity[key] = how === 'clear' ? [] : objects
      return undefined
    }
    const [object] = objects
    if (object === undefined) throw new Skip()
    if (this.#needsRow(entity, key)) await demand(this.#session, entity)
    const list = entity[key] as List
    await list
    if (how === 'append' && !list.includes(object)) list.append(object)
    if (how === 'insert' && !list.includes(object)) list.insert(0, object)
    if (how === 'remove' && !list.includes(object)) throw new Skip()
    this.#world.touch(entity, key)
    if (how === 'remove') list.remove(object)
    return how === 'pop' ? list.pop() : undefined
  }

  #filtered(name: string, filters: Values) {
    const query = this.#session.query(this.#models.classes.get(name) as never)
    return query.filterBy(this.#world.values(name, filters) as never)
  }

  async #query(name: string, filters: Values, descending: boolean): Promise<unknown> {
    const { c } = this.#models.classes.get(name) as ModelClass
    const keys = this.#world.spec(name).columns.filter(({ pk }) => pk)
    const order = keys.map(({ key }) => (descending ? c[key]?.desc() : c[key]?.asc()))
    const found = await this.#filtered(name, filters)
      .orderBy(...(order as never[]))
      .all()
    this.#world.keepLoaded()
    return found
  }

  async #read(ref: Ref, number: number): Promise<unknown> {
    const entity = this.#world.ref(ref)
    const keys = this.#world.keys(entity)
    const key = keys[number % keys.length] as string
    if (isKey(stateOf(entity), key) || this.#dead.has(entity)) throw new Skip()
    if (this.#needsRow(entity, key)) await demand(this.#session, entity)
    const value = await entity[key]
    this.#world.keepLoaded()
    return value
  }

  /** Whether SQLAlchemy reads an expired row again for an attribute. */
  #needsRow(entity: object, key: string): boolean {
    const { dict, related } = stateOf(entity)
    const value = related?.[key]
    return !(key in dict) && (isRelatedList(value) ? !value.loaded : value === undefined)
  }

  #history(ref: Ref, number: number): unknown {
    const entity = this.#world.ref(ref)
    const keys = this.#world.keys(entity)
    const key = keys[number % keys.length] as string
    const state = stateOf(entity)
    const takenBack = this.#written.has(entity) && state.key === null
    if (!(key in this.#loadedValues(state)) || isKey(state, key) || takenBack) throw new Skip()
    const { added, unchanged, deleted } = historyOf(stateOf(entity), key)
    return [[...added], [...unchanged], [...deleted]]
  }

  // ---- transcript ----

  /** What SQLAlchemy has in `__dict__`. */
  #loadedKeys(state: InstanceState): Record<string, unknown> {
    const found: Record<string, unknown> = { ...state.dict }
    for (const key in state.related) {
      const value = state.related[key]
      if (!isRelatedList(value)) found[key] = value
      else if (value.loaded && (state.key !== null || value.length > 0))
        found[key] = value.toArray()
    }
    return found
  }

  #loadedValues(state: InstanceState): Record<string, unknown> {
    const found: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(this.#loadedKeys(state))) {
      const nothing = Array.isArray(value) && value.length === 0
      if (value !== null && value !== undefined && !nothing) found[key] = this.#world.label(value)
    }
    return found
  }

  async step(op: Operation): Promise<StepRecord> {
    this.#statements = []
    if (this.#nested.length > 0) {
      for (const entity of this.#session.dirty) this.#changed.add(stateOf(entity))
    }
    const before = await this.#changes()
    const record: Partial<StepRecord> = {}
    let result: unknown
    try {
      result = await this.#do(op)
    } catch (error) {
      if (error instanceof Skip) record.skipped = true
      else Object.assign(record, pythonError(error as Error))
    }
    if (!this.#session.isActive) this.#expireChanged()
    if (endsTransaction(op) || record.error !== undefined) asExpired(this.#session)
    if (record.error !== undefined) {
      scrub(this.#world.labels.keys(), (entity) =>
        this.#world.specOf(entity).columns.flatMap(({ key, fixed }) => (fixed ? [key] : [])),
      )
    }
    this.#world.keepLoaded()
    if (record.error === undefined && !record.skipped) record.result = this.#world.label(result)
    const session = this.#session
    const names = (some: Iterable<object>): string[] =>
      [...some].map((entity) => this.#world.labels.get(entity) ?? '?').sort()
    record.new = names(session.new)
    record.dirty = names(session.dirty)
    record.modified = names([...session.dirty].filter((entity) => session.isModified(entity)))
    record.deleted = names(session.deleted)
    record.objects = {}
    record.unread = []
    record.takenBack = []
    for (const [entity, label] of this.#world.labels) {
      const state = stateOf(entity)
      if (state.status === 'persistent') this.#written.add(entity)
      if (state.key === null && this.#written.has(entity)) record.takenBack.push(label)
      if (state.status === 'deleted') this.#dead.add(entity)
      if (state.expired || (state.key !== null && !state.modified)) record.unread.push(label)
      record.objects[label] = [state.status, this.#loadedValues(state)]
    }
    const kinds = this.#statements.map(kindOf).filter((kind) => kind !== null)
    record.sql = [...new Set(kinds)].sort()
    record.changes = (await this.#changes()) - before
    const undone = op[0] === 'rollback' || op[0] === 'nestedRollback' || op[0] === 'close'
    record.rows = record.changes || undone || record.error ? await this.#rows() : null
    return record as StepRecord
  }

  async #raw(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.#reader.execute(CompiledQuery.raw(sql))).rows
  }

  async #changes(): Promise<number> {
    return (await this.#raw('SELECT total_changes() AS n'))[0]?.n as number
  }

  async #rows(): Promise<Record<string, unknown[][]>> {
    const found: Record<string, unknown[][]> = {}
    for (const table of this.#tables) {
      const rows = await this.#raw(`SELECT * FROM ${table}`)
      found[table] = rows
        .map((row) => Object.values(row))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    }
    return found
  }
}
