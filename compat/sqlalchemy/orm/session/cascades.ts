import type { Cascade, RelationshipProperty } from '../mapping/relationship-property.ts'
import { type InstanceState, isRelatedList, stateOf } from '../mapping/state.ts'

/** The entities a relationship holds in memory; nothing where it is not loaded. */
export function relatedInMemory(
  state: InstanceState,
  property: RelationshipProperty,
): readonly object[] {
  const value = state.related?.[property.key]
  if (value === null || value === undefined) return []
  return isRelatedList(value) ? (value.known as readonly object[]) : [value]
}

/** The entities that were taken out of a relationship since the last flush. */
export function removedFromMemory(
  state: InstanceState,
  property: RelationshipProperty,
): readonly object[] {
  const value = state.related?.[property.key]
  if (isRelatedList(value)) return value.removed as readonly object[]
  const old = state.relatedOriginals?.[property.key]
  return old === null || old === undefined || old === value ? [] : [old]
}

/**
 * An instance and all that a cascade reaches from it through relationships in memory, each once.
 *
 * @param into leaves out an instance and what is behind it
 */
export function cascadeOf(
  kind: Cascade,
  start: InstanceState,
  into: (state: InstanceState) => boolean = () => true,
): InstanceState[] {
  const found = new Set([start])
  for (const state of found) {
    for (const property of state.mapper.relationships.values()) {
      if (property.viewonly || !property.cascade.has(kind)) continue
      const list = state.related?.[property.key]
      // What a list that is not loaded heard from the other side does not follow its owner.
      const reached =
        kind === 'save-update' && isRelatedList(list)
          ? (list.own as readonly object[])
          : relatedInMemory(state, property)
      for (const entity of reached) take(entity)
      // What was taken out must be known too, so that its row can be set free or deleted.
      if (kind === 'save-update') {
        for (const entity of removedFromMemory(state, property)) take(entity)
      }
    }
  }
  return [...found]

  function take(entity: object): void {
    const state = stateOf(entity)
    if (!found.has(state) && into(state)) found.add(state)
  }
}
