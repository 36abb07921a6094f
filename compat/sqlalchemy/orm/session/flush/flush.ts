import type { Connection } from '../../../dialects/engine.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import type { MapperEventName } from '../../mapping/mapper-events.ts'
import type { RelationshipProperty } from '../../mapping/relationship-property.ts'
import { instanceText } from '../../mapping/repr.ts'
import { type InstanceState, isRelatedList, stateOf } from '../../mapping/state.ts'
import { relatedInMemory } from '../cascades.ts'
import { groupBy } from '../group-by.ts'
import type { SessionTransaction } from '../session-transaction.ts'
import { warn } from '../warn.ts'
import { deleteRows } from './delete-rows.ts'
import { fetchColumns } from './fetch-columns.ts'
import { FlushPlan, type LinkChange, type PlanHost } from './flush-plan.ts'
import { insertRows } from './insert-rows.ts'
import { deleteLinks, insertLinks } from './link-rows.ts'
import { deleteOrder, type RowGroup, saveOrder } from './row-order.ts'
import { updateRows } from './update-rows.ts'
import { clearKeys, populate, setColumn, storedValue } from './values.ts'

/** What a flush asks of the session. */
export interface FlushHost extends PlanHost {
  connection(mapper: Mapper | null): Connection | Promise<Connection>
  readonly transaction: SessionTransaction
  /** Runs listeners, which may use the session themselves. */
  listeners<T>(code: () => T): T
}

/** Plans what the objects of a session need; `only` limits it to some of them. */
export async function planFlush(
  host: PlanHost,
  only?: ReadonlySet<InstanceState>,
): Promise<FlushPlan> {
  const { objects } = host
  const plan = new FlushPlan(host)
  for (const state of objects.pending) {
    if (!(only?.has(state) ?? true)) continue
    if (state.orphaned) objects.release(state, 'transient')
    else plan.addSave(state)
  }
  for (const state of objects.touched) {
    if (objects.doomed.has(state) || !(only?.has(state) ?? true)) continue
    if (state.orphaned) plan.addDelete(state)
    else if (state.modified) plan.addSave(state)
    else objects.touched.delete(state)
  }
  for (const state of objects.doomed) if (only?.has(state) ?? true) plan.addDelete(state)
  for (const [state, property] of objects.orphans) {
    if (only?.has(state) ?? true) plan.addOrphan(state, property)
  }
  await plan.complete()
  return plan
}

/** Writes a plan to the database. The objects are settled by {@link finishFlush}. */
export async function executePlan(host: FlushHost, plan: FlushPlan): Promise<void> {
  const linkConnection = ({ property }: LinkChange): Connection | Promise<Connection> =>
    host.connection(property.parent)
  const switched = findRowSwitches(host, plan)
  for (const group of plan.saves.size > 0 ? saveOrder(plan) : []) {
    await saveGroup(host, plan, group, switched)
  }
  for (const { source, dest, pairs } of plan.strays) populate(source, dest, pairs)
  if (plan.postSyncs.length > 0) await writeLateKeys(host, plan)
  if (plan.unlinks.length > 0) await deleteLinks(linkConnection, plan.unlinks)
  if (plan.links.length > 0) await insertLinks(linkConnection, plan.links)
  if (plan.preClears.length > 0) await clearLateKeys(host, plan)
  for (const group of plan.deletes.size > 0 ? deleteOrder(plan.deletes) : []) {
    await deleteGroup(host, group)
  }
  for (const old of switched.values()) plan.deletes.add(old)
}

/** After the last statement: the objects are what the database has. */
export function finishFlush(host: FlushHost, plan: FlushPlan): void {
  const { objects, transaction } = host
  for (const state of [...plan.saves, ...plan.deletes]) objects.orphans.delete(state)
  for (const state of plan.saves) {
    const key = state.mapper.identityKeyOf(state.dict) as string
    if (state.key === null) {
      transaction.inserted.add(state)
      state.key = key
      state.commitChanges()
      objects.inserted(state)
      continue
    }
    transaction.remember(state)
    if (state.key !== key) {
      if (!transaction.keys.has(state)) transaction.keys.set(state, state.key)
      objects.rekey(state, key)
    }
    state.commitChanges()
    objects.touched.delete(state)
  }
  for (const change of plan.unlinks) settleUnlink(change, transaction)
  for (const state of plan.deletes) {
    transaction.remember(state)
    transaction.removed.add(state)
    leaveRelated(state, transaction)
    // Another object may have the identity by now.
    objects.removed(state)
  }
  for (const state of [...plan.saves, ...plan.deletes]) transaction.written.add(state.mapper.base)
  for (const { property } of [...plan.links, ...plan.unlinks]) {
    transaction.written.add(property.secondary as object)
  }
}

/**
 * Takes a deleted object out of the relationships it is in, as far as it knows them. SQLAlchemy leaves that to the
 * expiry of all attributes at the commit; here values stay readable after it.
 */
function leaveRelated(state: InstanceState, transaction: SessionTransaction): void {
  for (const property of state.mapper.relationships.values()) {
    // A to-one that nobody has read is known by its key alone.
    const unread =
      property.direction === 'MANYTOONE' && state.related?.[property.key] === undefined
        ? state.session?.identityLookup(state, property)
        : null
    for (const entity of unread ? [unread] : relatedInMemory(state, property)) {
      leave(stateOf(entity), property.backPopulates, state.obj, transaction)
    }
  }
}

/** The other side of a removal that only the flush found out: a list was replaced without having been loaded. */
function settleUnlink(
  { property, parent, target }: LinkChange,
  transaction: SessionTransaction,
): void {
  const list = parent.related?.[property.key]
  if (isRelatedList(list) && list.loaded && !list.holds(target.obj)) {
    leave(target, property.backPopulates, parent.obj, transaction)
  }
}

function leave(
  owner: InstanceState,
  property: RelationshipProperty | null,
  entity: object,
  transaction: SessionTransaction,
): void {
  if (!property || property.direction === 'MANYTOONE') return
  const list = owner.related?.[property.key]
  if (list === entity && owner.related) {
    transaction.remember(owner)
    owner.related[property.key] = null
    return
  }
  if (!isRelatedList(list) || !list.loaded || !list.holds(entity)) return
  transaction.remember(owner)
  const now = list.save()
  const without = (items: readonly object[]): object[] => items.filter((item) => item !== entity)
  list.restore({
    ...now,
    items: now.items && without(now.items),
    committed: now.committed && without(now.committed),
  })
}

/** A new object that takes the place of a row deleted in the same flush is an UPDATE of that row. */
function findRowSwitches(host: FlushHost, plan: FlushPlan): Map<InstanceState, InstanceState> {
  const switched = new Map<InstanceState, InstanceState>()
  for (const state of plan.saves) {
    if (state.key !== null) continue
    const key = state.mapper.identityKeyOf(state.dict)
    const known = key === null ? undefined : host.objects.identityMap.get(key)
    if (known === undefined) continue
    if (plan.deletes.delete(known)) switched.set(state, known)
    else if (!switched.has(state)) {
      warn(
        `New instance ${instanceText(state)} with identity key ${key} conflicts with persistent ` +
          `instance ${instanceText(known)}`,
      )
    }
  }
  return switched
}

async function saveGroup(
  host: FlushHost,
  plan: FlushPlan,
  { states }: RowGroup,
  switched: ReadonlyMap<InstanceState, InstanceState>,
): Promise<void> {
  for (const state of states) {
    for (const { source, dest, pairs } of plan.syncs.get(state) ?? []) populate(source, dest, pairs)
  }
  const isNew = (state: InstanceState): boolean => state.key === null && !switched.has(state)
  const inserts = await share(host, states.filter(isNew), 'beforeInsert')
  const updates = await share(
    host,
    states.filter((state) => !isNew(state)),
    'beforeUpdate',
  )
  // Rows that are there make way before new ones come, whatever classes share the table.
  for (const { mapper, connection, some } of updates) {
    for (const state of some) {
      const old = switched.get(state)
      if (old) takePlace(state, old)
    }
    await findVersions(connection, mapper, some)
    await updateRows(connection, some)
  }
  for (const { connection, some } of inserts) await insertRows(connection, some)
  for (const { mapper, connection, some } of updates) {
    await announce(host, mapper, 'afterUpdate', connection, some)
  }
  for (const { mapper, connection, some } of inserts) {
    await announce(host, mapper, 'afterInsert', connection, some)
  }
}

/** Rows of one class next to each other, and the connection for them. */
interface Share {
  readonly mapper: Mapper
  readonly connection: Connection
  readonly some: InstanceState[]
}

/** Shares rows out by class, keeping their order: it is the one in which generated keys are given. */
async function share(
  host: FlushHost,
  states: readonly InstanceState[],
  event: MapperEventName,
): Promise<Share[]> {
  const shares: Share[] = []
  for (const state of states) {
    const last = shares.at(-1)
    if (last?.mapper === state.mapper) {
      last.some.push(state)
      continue
    }
    const connection = host.connection(state.mapper)
    shares.push({
      mapper: state.mapper,
      connection: connection instanceof Promise ? await connection : connection,
      some: [state],
    })
  }
  for (const { mapper, connection, some } of shares) {
    await announce(host, mapper, event, connection, some)
  }
  return shares
}

/** Reads the version of rows whose values were expired. */
async function findVersions(
  connection: Connection,
  mapper: Mapper,
  states: readonly InstanceState[],
): Promise<void> {
  const version = mapper.versionIdCol
  if (!version) return
  const unknown = states.filter((state) => storedValue(state, version.key) === undefined)
  if (unknown.length === 0) return
  await fetchColumns(connection, mapper, unknown, [version])
  for (const state of unknown) state.settle(version.key)
}

/** The new object writes all it has over the old row. */
function takePlace(state: InstanceState, old: InstanceState): void {
  const { mapper } = state
  for (const { key, column } of mapper.columns) {
    const stored = storedValue(old, key)
    if (column.primaryKey || (mapper.versionIdCol?.key === key && !(key in state.dict))) {
      state.dict[key] = stored
      continue
    }
    if (!(key in state.dict)) {
      state.dict[key] = stored
      continue
    }
    state.originals ??= {}
    state.originals[key] = stored
  }
}

async function announce(
  host: FlushHost,
  mapper: Mapper,
  event: MapperEventName,
  connection: Connection,
  states: readonly InstanceState[],
): Promise<void> {
  if (states.length === 0 || !mapper.events.has(event)) return
  for (const state of states) {
    await host.listeners(() => mapper.events.emitAsync(event, mapper, connection, state.obj))
  }
}

/** `postUpdate`: rows that refer to each other get their keys when both are there. */
async function writeLateKeys(host: FlushHost, plan: FlushPlan): Promise<void> {
  const changed = new Map<InstanceState, string[]>()
  for (const { source, dest, pairs } of plan.postSyncs) {
    if (plan.deletes.has(dest)) continue
    const keys = changed.get(dest) ?? []
    for (const pair of pairs) {
      const value = source.dict[pair.source] ?? null
      if (dest.dict[pair.dest] === value && !(pair.dest in (dest.originals ?? {}))) continue
      if (dest.key === null) dest.dict[pair.dest] = value
      else setColumn(dest, pair.dest, value)
      keys.push(pair.dest)
    }
    if (keys.length > 0) changed.set(dest, keys)
  }
  await updateKeys(host, changed)
}

async function clearLateKeys(host: FlushHost, plan: FlushPlan): Promise<void> {
  const changed = new Map<InstanceState, string[]>()
  for (const [state, pairs] of plan.preClears) {
    const set = pairs.filter(({ dest }) => (state.dict[dest] ?? null) !== null)
    clearKeys(state, set)
    if (set.length > 0) {
      changed.set(state, [...(changed.get(state) ?? []), ...set.map(({ dest }) => dest)])
    }
  }
  await updateKeys(host, changed)
}

async function updateKeys(
  host: FlushHost,
  changed: ReadonlyMap<InstanceState, readonly string[]>,
): Promise<void> {
  for (const [mapper, states] of groupBy(changed.keys(), (state) => state.mapper)) {
    await updateRows(await host.connection(mapper), states, changed)
  }
}

async function deleteGroup(host: FlushHost, { mapper, states }: RowGroup): Promise<void> {
  for (const [own, some] of groupBy(states, (state) => state.mapper)) {
    const connection = await host.connection(own)
    await announce(host, own, 'beforeDelete', connection, some)
    await findVersions(connection, own, some)
    await deleteRows(connection, mapper, some)
    await announce(host, own, 'afterDelete', connection, some)
  }
}
