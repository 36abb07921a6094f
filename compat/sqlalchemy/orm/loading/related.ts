import { RelatedList } from '../mapping/related-list.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { type InstanceState, isRelatedList } from '../mapping/state.ts'

/** Whether the relationship's value is known. */
export function isLoaded(state: InstanceState, property: RelationshipProperty): boolean {
  const value = state.related?.[property.key]
  if (value === undefined) return false
  return isRelatedList(value) ? value.loaded : true
}

/** Gives a to-many relationship what the database has. */
export function setList(
  state: InstanceState,
  property: RelationshipProperty,
  items: object[],
): RelatedList {
  state.related ??= {}
  const value = state.related[property.key]
  if (isRelatedList(value)) {
    // The application may hold the list, and may have changed it before it was loaded.
    value.setLoaded(items)
    return value
  }
  const list = new RelatedList(state, property, items)
  state.related[property.key] = list
  return list
}

/** Gives a to-one relationship what the database has; a value that was set in memory stays. */
export function setOne(
  state: InstanceState,
  property: RelationshipProperty,
  value: object | null,
): void {
  if (state.relatedOriginals !== null && property.key in state.relatedOriginals) return
  state.related ??= {}
  state.related[property.key] = value
}

/** Gives a relationship what the database has: a list, or no more than one entity. */
export function setRelated(
  state: InstanceState,
  property: RelationshipProperty,
  items: object[],
): void {
  if (property.uselist) setList(state, property, items)
  else setOne(state, property, items[0] ?? null)
}
