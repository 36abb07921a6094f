import type { ListSnapshot } from '../mapping/related-list.ts'
import { type InstanceState, isRelatedList, type RelatedValue } from '../mapping/state.ts'

/** What an instance held when its row was last as the database has it. */
export interface Snapshot {
  readonly dict: Record<string, unknown>
  readonly toOne: Record<string, RelatedValue>
  readonly lists: Record<string, readonly object[]>
}

/** The instance as it was before the changes that no flush has written yet. */
export function snapshotOf(state: InstanceState): Snapshot {
  const dict = { ...state.dict }
  takeBack(dict, state.originals)
  const toOne: Record<string, RelatedValue> = {}
  const lists: Record<string, readonly object[]> = {}
  for (const key in state.related) {
    const value = state.related[key] as RelatedValue
    if (!isRelatedList(value)) {
      toOne[key] = value
      continue
    }
    const items = committedItems(value.save())
    if (items !== null) lists[key] = items
  }
  takeBack(toOne, state.relatedOriginals)
  return { dict, toOne, lists }
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
): void {
  for (const key in originals) {
    // `undefined`: the value was not loaded when it was changed.
    if (originals[key] === undefined) delete values[key]
    else values[key] = originals[key]
  }
}
