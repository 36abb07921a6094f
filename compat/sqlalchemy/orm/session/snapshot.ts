import type { ListSnapshot } from '../mapping/related-list.ts'
import {
  type InstanceState,
  isRelatedList,
  type RelatedValue,
  tryStateOf,
} from '../mapping/state.ts'

/** What an instance held when its row was last as the database has it. */
export interface Snapshot {
  readonly dict: Record<string, unknown>
  readonly toOne: Record<string, RelatedValue>
  readonly lists: Record<string, readonly object[]>
}

/** What flushes have written to: root mappers and association tables. */
export type Written = ReadonlySet<object>

const NOTHING: Written = new Set()

/**
 * The instance as it was before the changes that no flush has written yet.
 *
 * @param written what earlier flushes of the transaction have written to: relationships to these rows may have been
 *   loaded since, so they are left out
 */
export function snapshotOf(state: InstanceState, written: Written = NOTHING): Snapshot {
  const dict = { ...state.dict }
  takeBack(dict, state.originals, state.stale)
  const toOne: Record<string, RelatedValue> = {}
  const lists: Record<string, readonly object[]> = {}
  for (const key in state.related) {
    const value = state.related[key] as RelatedValue
    if (dependsOn(state, key, written)) continue
    if (!isRelatedList(value)) {
      toOne[key] = value
      continue
    }
    const items = committedItems(value.save())
    if (items !== null) lists[key] = items
  }
  for (const key in state.relatedOriginals) {
    const before = state.relatedOriginals[key]
    if (before === undefined || dependsOn(state, key, written)) delete toOne[key]
    else toOne[key] = before
  }
  return { dict, toOne, lists }
}

/** Forgets relationships to rows that were written to and are now as they were. */
export function forgetWritten(state: InstanceState, written: Written): void {
  for (const key in state.related) {
    if (!dependsOn(state, key, written)) continue
    const value = state.related[key]
    if (isRelatedList(value)) value.reset()
    else delete state.related[key]
  }
}

/** Whether other rows than the object's own decide what a relationship holds, and these were written to. */
function dependsOn({ mapper }: InstanceState, key: string, written: Written): boolean {
  if (written.size === 0) return false
  const property = mapper.relationships.get(key)
  if (!property || property.direction === 'MANYTOONE') return false
  return (
    written.has(property.secondary ?? property.target.base) || written.has(property.target.base)
  )
}

/**
 * Makes an instance what it was. What was loaded since is forgotten: it may be the work of the
 * transaction that is undone.
 */
export function restore(state: InstanceState, snapshot: Snapshot): void {
  // The dict stays the same object: generated accessors may hold on to its shape.
  for (const key of Object.keys(state.dict)) if (!(key in snapshot.dict)) delete state.dict[key]
  Object.assign(state.dict, snapshot.dict)
  state.originals = null
  state.stale = null
  state.relatedOriginals = null
  for (const key of Object.keys(state.related ?? {})) {
    const value = state.related?.[key]
    if (isRelatedList(value)) value.restore(listSnapshot(snapshot.lists[key] ?? null))
    else if (!(key in snapshot.toOne)) delete state.related?.[key]
  }
  if (Object.keys(snapshot.toOne).length > 0) {
    state.related = Object.assign(state.related ?? {}, snapshot.toOne)
  }
}

function committedItems(list: ListSnapshot<object>): readonly object[] | null {
  if (list.replaces) return null
  if (list.committed !== null) return list.committed
  return list.added.length > 0 ? null : list.items
}

function listSnapshot(items: readonly object[] | null): ListSnapshot<object> {
  return { items, added: [], removed: [], committed: null, replaces: false }
}

function takeBack(
  values: Record<string, unknown>,
  originals: Record<string, unknown> | null,
  stale: Record<string, unknown> | null,
): void {
  for (const key in originals) {
    const before = originals[key] === undefined ? stale?.[key] : originals[key]
    // `undefined`: the value was not loaded when it was changed.
    if (before === undefined) delete values[key]
    else values[key] = before
  }
}

/** {@link restore}, but what the application has expired since is to be read again, not to be had from memory. */
export function restoreReadable(state: InstanceState, snapshot: Snapshot): void {
  restore(state, isForgotten(state) ? keyOnly(state, snapshot) : readable(snapshot))
}

/** A snapshot without relationships to objects that have been expired: `await` reads them with their objects. */
function readable({ dict, toOne, lists }: Snapshot): Snapshot {
  const known = (entity: unknown): boolean => {
    const state = tryStateOf(entity)
    return state === undefined || !isForgotten(state)
  }
  return {
    dict,
    toOne: Object.fromEntries(Object.entries(toOne).filter(([, value]) => known(value))),
    lists: Object.fromEntries(Object.entries(lists).filter(([, items]) => items.every(known))),
  }
}

/** The primary key of a snapshot. */
function keyOnly({ mapper }: InstanceState, { dict }: Snapshot): Snapshot {
  const keys = mapper.primaryKey.map(({ key }) => [key, dict[key]])
  return { dict: Object.fromEntries(keys), toOne: {}, lists: {} }
}

/** Whether the values of an object were given up by `expire`, so that it cannot be read as it is. */
export function isForgotten({ expired, mapper, dict }: InstanceState): boolean {
  return expired && mapper.columns.some(({ key, deferred }) => !deferred && !(key in dict))
}
