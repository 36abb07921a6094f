import { InvalidRequestError } from '../../errors.ts'
import { sameValue } from './attributes.ts'
import type { Mapper } from './mapper.ts'
import { type InstanceState, isRelatedList, kState, type SessionLike, stateOf } from './state.ts'

/** What was, is, and no longer is the value of an attribute since the last flush. */
export interface History {
  readonly added: readonly unknown[]
  readonly unchanged: readonly unknown[]
  readonly deleted: readonly unknown[]
  /** Whether something was added or deleted. */
  hasChanges(): boolean
}

/** One attribute of an instance: `inspect(user).attrs.name`. */
export interface AttributeState {
  readonly key: string
  /** The value as the instance gives it. */
  readonly value: unknown
  /** The value, `undefined` when it is not loaded. */
  readonly loadedValue: unknown
  readonly history: History
}

/** `inspect(user)`: where an instance is in its life, as SQLAlchemy's `InstanceState`. */
export interface InstanceInspection {
  readonly object: object
  readonly mapper: Mapper
  readonly session: SessionLike | null
  readonly transient: boolean
  readonly pending: boolean
  readonly persistent: boolean
  readonly deleted: boolean
  readonly detached: boolean
  /** Whether the row exists, or existed. */
  readonly hasIdentity: boolean
  /** The primary key values, `null` without a row. */
  readonly identity: readonly unknown[] | null
  readonly identityKey: string | null
  readonly modified: boolean
  readonly expired: boolean
  /** Attributes that are not loaded. */
  readonly unloaded: ReadonlySet<string>
  readonly dict: Readonly<Record<string, unknown>>
  readonly attrs: Readonly<Record<string, AttributeState>>
}

class Changes implements History {
  readonly added: readonly unknown[]
  readonly unchanged: readonly unknown[]
  readonly deleted: readonly unknown[]

  constructor(
    added: readonly unknown[],
    unchanged: readonly unknown[],
    deleted: readonly unknown[],
  ) {
    this.added = added
    this.unchanged = unchanged
    this.deleted = deleted
  }

  hasChanges(): boolean {
    return this.added.length > 0 || this.deleted.length > 0
  }
}

const NOTHING: History = new Changes([], [], [])

/** The history of one attribute, column or relationship. */
export function historyOf(state: InstanceState, key: string): History {
  if (state.mapper.relationships.has(key)) return relatedHistory(state, key)
  if (!(key in state.dict)) return NOTHING
  const value = state.dict[key]
  if (state.key === null) return new Changes([value], [], [])
  const { originals } = state
  if (originals === null || !(key in originals)) return new Changes([], [value], [])
  const old = originals[key]
  return new Changes([value], [], old === undefined || sameValue(old, value) ? [] : [old])
}

function relatedHistory(state: InstanceState, key: string): History {
  const value = state.related?.[key]
  if (value === undefined) return NOTHING
  if (isRelatedList(value)) return new Changes(value.added, value.unchanged, value.removed)
  const originals = state.relatedOriginals
  if (originals === null || !(key in originals)) return new Changes([], [value], [])
  const old = originals[key]
  return new Changes([value], [], old === undefined || old === null ? [] : [old])
}

/** What is known of one instance. */
export function inspectInstance(instance: object): InstanceInspection {
  const state = stateOf(instance)
  const { mapper, status } = state
  return {
    object: state.obj,
    mapper,
    session: state.session,
    transient: status === 'transient',
    pending: status === 'pending',
    persistent: status === 'persistent',
    deleted: status === 'deleted',
    detached: status === 'detached',
    hasIdentity: state.key !== null,
    identity: state.key === null ? null : mapper.primaryKeyOf(state.dict),
    identityKey: state.key,
    modified: state.modified,
    expired: state.expired,
    get unloaded() {
      const keys = [...mapper.columnByKey.keys(), ...mapper.expressions.keys()]
      const missing = keys.filter((key) => state.dict[key] === undefined)
      for (const key of mapper.relationships.keys()) {
        const value = state.related?.[key]
        if (value === undefined || (isRelatedList(value) && !value.loaded)) missing.push(key)
      }
      return new Set(missing)
    },
    dict: state.dict,
    get attrs() {
      const keys = [
        ...mapper.columnByKey.keys(),
        ...mapper.expressions.keys(),
        ...mapper.relationships.keys(),
      ]
      return Object.fromEntries(keys.map((key) => [key, attributeState(state, key)]))
    },
  }
}

function attributeState(state: InstanceState, key: string): AttributeState {
  return {
    key,
    get value() {
      return (state.obj as Record<string, unknown>)[key]
    },
    get loadedValue() {
      return state.mapper.relationships.has(key) ? state.related?.[key] : state.dict[key]
    },
    get history() {
      return historyOf(state, key)
    },
  }
}

/**
 * Marks an attribute as changed whose value was changed in place (a JSON object, for instance).
 *
 * @throws InvalidRequestError when the value is not loaded.
 */
export function flagModified(instance: object, key: string): void {
  const state = stateOf(instance)
  if (state.dict[key] === undefined) {
    throw new InvalidRequestError(
      `Can't flag attribute '${key}' modified; it's not present in the object state`,
    )
  }
  state.originals ??= {}
  // What it was is not known any more: any value differs from it.
  if (!(key in state.originals)) state.originals[key] = undefined
  state.session?.noteDirty(state)
}

/** Marks an instance as changed without any change, so that flush events see it. */
export function flagDirty(instance: object): void {
  const state = stateOf(instance)
  state.session?.noteDirty(state)
}

/** Whether the value is an instance of a model. */
export function isInstance(value: unknown): value is object {
  return typeof value === 'object' && value !== null && kState in value
}
