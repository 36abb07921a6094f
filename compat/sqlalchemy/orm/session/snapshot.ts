import type { ListSnapshot } from '../mapping/related-list.ts'
import { type InstanceState, isRelatedList, type RelatedValue } from '../mapping/state.ts'

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
