import type { LoadContext } from '../loading/context.ts'
import { lazyLoad } from '../loading/lazy-load.ts'
import { isLoaded } from '../loading/related.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { type InstanceState, isRelatedList, type RelatedValue } from '../mapping/state.ts'

/** Loads a relationship of several objects, where memory does not have it. A flush needs it: no `raise` counts. */
export async function loadRelated(
  context: LoadContext,
  states: readonly InstanceState[],
  property: RelationshipProperty,
): Promise<void> {
  for (const state of states) {
    if (state.key === null) continue
    if (state.expired) forgetStale(state, property)
    const value = state.related?.[property.key]
    if (isLoaded(state, property) && !(isRelatedList(value) && value.replacesUnloaded)) continue
    await lazyLoad(context, state, property, { immediate: true })
  }
}

/** After a commit, what memory has of a relationship may no longer be what the database has. */
function forgetStale(state: InstanceState, { key }: RelationshipProperty): void {
  const value = state.related?.[key]
  if (isRelatedList(value)) {
    if (!value.changed) value.reset()
  } else if (state.related && !(state.relatedOriginals && key in state.relatedOriginals)) {
    delete state.related[key]
  }
}

/** What the database has in a to-one relationship; what memory has stays. */
export async function peekRelated(
  context: LoadContext,
  state: InstanceState,
  property: RelationshipProperty,
): Promise<object | null> {
  const { relatedOriginals } = state
  const current = state.related?.[property.key] ?? null
  // The loader must meet a relationship that nobody has set.
  state.relatedOriginals = null
  if (state.related) delete state.related[property.key]
  try {
    return (await lazyLoad(context, state, property, { immediate: true })) as object | null
  } finally {
    const related: Record<string, RelatedValue> = state.related ?? {}
    state.related = related
    related[property.key] = current
    state.relatedOriginals = relatedOriginals
  }
}
