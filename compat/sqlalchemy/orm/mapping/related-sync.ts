import { FlushError } from '../../errors.ts'
import { runHooks } from './attribute-hooks.ts'
import type { RelatedList } from './related-list.ts'
import type { RelationshipProperty } from './relationship-property.ts'
import { instanceText } from './repr.ts'
import { type InstanceState, isRelatedList, stateOf } from './state.ts'

/**
 * Keeps both sides of a relationship in step. A change made by the application goes to the other side once;
 * what the other side does then is an echo, and echoes stop there.
 */

function checked(property: RelationshipProperty, value: unknown): InstanceState {
  const state = stateOf(value)
  if (!state.mapper.isA(property.target)) {
    throw new FlushError(
      `Attempting to flush child of type ${instanceText(state)} on collection '${property}'. ` +
        `Expected an object of type ${property.target.modelClass.name} or a polymorphic subclass of ` +
        'this type.',
    )
  }
  return state
}

/** The to-one value as far as it is known without a query; `committed`: what the database has, where nothing was set. */
export function knownToOne(
  state: InstanceState,
  property: RelationshipProperty,
  committed = false,
): object | null | undefined {
  const value = state.related?.[property.key] as object | null | undefined
  if (value !== undefined) return value
  if (state.key === null) return null
  return state.session?.identityLookup(state, property, committed)
}

function storeToOne(
  state: InstanceState,
  property: RelationshipProperty,
  value: object | null,
  old: object | null | undefined,
): void {
  const { key } = property
  state.related ??= {}
  state.related[key] = value
  state.relatedOriginals ??= {}
  if (!(key in state.relatedOriginals)) {
    // An object that was written once and lost its row again had a value, too.
    state.relatedOriginals[key] = old
  } else if (state.relatedOriginals[key] === value && state.key !== null) {
    delete state.relatedOriginals[key]
    if (Object.keys(state.relatedOriginals).length === 0) state.relatedOriginals = null
  }
  state.session?.noteDirty(state)
}

/** The application assigns a to-one relationship. */
export function assignToOne(
  state: InstanceState,
  property: RelationshipProperty,
  assigned: unknown,
): void {
  const old = knownToOne(state, property, true)
  let value = (assigned ?? null) as object | null
  value = runHooks(state, property.key, 'set', value, old ?? null, false) as object | null
  if (value === old) {
    if (state.related?.[property.key] === undefined) storeLoaded(state, property, value)
    return
  }
  if (value !== null) checked(property, value)
  storeToOne(state, property, value, old)
  state.session?.noteRelated(state, property, value, old ?? null, false)
  const reverse = property.backPopulates
  if (!reverse) return
  if (old && old !== value) echoRemove(stateOf(old), reverse, state.obj)
  if (value !== null) echoAppend(stateOf(value), reverse, state.obj)
}

/** The application puts an object into a list. */
export function appendedTo<T extends object>(
  list: RelatedList<T>,
  appended: T,
  index?: number,
): void {
  const { state, property } = list
  const item = runHooks(state, property.key, 'append', appended, null, false) as T
  const itemState = checked(property, item)
  itemState.orphaned = false
  list.put(item, index)
  state.session?.noteDirty(state)
  state.session?.noteRelated(state, property, item, null, false)
  const reverse = property.backPopulates
  if (reverse) echoAppend(itemState, reverse, state.obj)
}

/** The application takes an object out of a list. */
export function removedFrom<T extends object>(list: RelatedList<T>, item: T, index?: number): void {
  const { state, property } = list
  const itemState = checked(property, item)
  runHooks(state, property.key, 'remove', item, null, false)
  list.drop(item, index)
  state.session?.noteDirty(state)
  noteRemoved(state, property, item, false)
  const reverse = property.backPopulates
  if (reverse) echoRemove(itemState, reverse, state.obj)
}

// `property` is the side that hears of it, `state` its instance.
function echoAppend(state: InstanceState, property: RelationshipProperty, other: object): void {
  if (property.uselist) {
    const list = property.listOf(state)
    stateOf(other).orphaned = false
    if (list.holds(other)) return
    list.put(runHooks(state, property.key, 'append', other, null, true) as object, undefined, true)
    state.session?.noteDirty(state)
    state.session?.noteRelated(state, property, other, null, true)
    return
  }
  const old = knownToOne(state, property, true)
  if (old === other) {
    // Known through the identity map only: from now on by value.
    if (state.related?.[property.key] === undefined) storeLoaded(state, property, other)
    return
  }
  const value = runHooks(state, property.key, 'set', other, old ?? null, true) as object
  storeToOne(state, property, value, old)
  state.session?.noteRelated(state, property, value, old ?? null, true)
  // The object moves: its former owner loses it.
  const reverse = property.backPopulates
  if (old && reverse) dropQuietly(stateOf(old), reverse, state.obj)
}

function echoRemove(state: InstanceState, property: RelationshipProperty, other: object): void {
  if (property.uselist) {
    dropQuietly(state, property, other)
    return
  }
  const old = knownToOne(state, property, true)
  if (old !== undefined && old !== other) return
  runHooks(state, property.key, 'set', null, other, true)
  storeToOne(state, property, null, old)
  state.session?.noteRelated(state, property, null, other, true)
}

function dropQuietly(state: InstanceState, property: RelationshipProperty, other: object): void {
  if (!property.uselist) {
    echoRemove(state, property, other)
    return
  }
  const list = property.listOf(state)
  if (list.loaded && !list.holds(other)) return
  runHooks(state, property.key, 'remove', other, null, true)
  list.drop(other)
  state.session?.noteDirty(state)
  noteRemoved(state, property, other, true)
}

/** Tells the session of an object that left a list; a list outside any session marks the object itself. */
function noteRemoved(
  state: InstanceState,
  property: RelationshipProperty,
  removed: object,
  fromBackref: boolean,
): void {
  if (state.session !== null) state.session.noteRelated(state, property, null, removed, fromBackref)
  else if (property.cascade.has('delete-orphan')) {
    const child = stateOf(removed)
    const back = property.backPopulates
    const parent = back ? child.related?.[back.key] : null
    if (!parent || parent === state.obj) child.orphaned = true
  }
}

/** Stores what the database has for a to-one relationship: no change of the instance. */
export function storeLoaded(
  state: InstanceState,
  property: RelationshipProperty,
  value: object | null,
): void {
  state.related ??= {}
  state.related[property.key] = value
}

/** Every object an instance is known to be related to by one relationship. */
export function knownRelated(
  state: InstanceState,
  property: RelationshipProperty,
): readonly object[] {
  const value = state.related?.[property.key]
  if (value === undefined || value === null) return []
  return isRelatedList(value) ? value.known : [value]
}
