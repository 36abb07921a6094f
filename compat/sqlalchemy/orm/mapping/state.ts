import { UnmappedInstanceError } from '../../errors.ts'
import type { Mapper } from './mapper.ts'
import type { RelatedList } from './related-list.ts'
import type { RelationshipProperty } from './relationship-property.ts'

/** Where an instance keeps its {@link InstanceState}. */
export const kState: unique symbol = Symbol('bustapi.sqlalchemy.state')

/** The life of an instance, under SQLAlchemy's names. */
export type InstanceStatus = 'transient' | 'pending' | 'persistent' | 'deleted' | 'detached'

/** What the mapping room asks of a session. `orm/session` and `orm/loading` implement it. */
export interface SessionLike {
  /** A value of the instance differs from the database's, or does so no longer. */
  noteDirty(state: InstanceState): void
  /**
   * A relationship changed in memory. `fromBackref`: the change is the other side's echo, which does not
   * cascade `save-update` (as SQLAlchemy 2).
   */
  noteRelated(
    state: InstanceState,
    property: RelationshipProperty,
    added: object | null,
    removed: object | null,
    fromBackref: boolean,
  ): void
  /**
   * The target of a to-one whose row is known without a query: the entity of the identity map, `null` where
   * the foreign key is null, `undefined` where a query is needed. The state is not changed. `committed`: by the
   * foreign key that the database has.
   */
  identityLookup(
    state: InstanceState,
    property: RelationshipProperty,
    committed?: boolean,
  ): object | null | undefined
  /**
   * Loads a relationship, stores it in `state.related` (to-one) or through `RelatedList.setLoaded`, and
   * gives the entity, `null`, or the list of entities.
   */
  lazyLoad(state: InstanceState, property: RelationshipProperty): Promise<unknown>
  /** The `AppenderQuery` of a relationship that is 'dynamic' or 'write_only'. */
  appender(state: InstanceState, property: RelationshipProperty): object
}

/** What the mapping room asks of a query's loader options. `orm/loading` implements it. */
export interface LoadOptionsLike {
  /** How the relationship is to be loaded. */
  strategyOf(property: RelationshipProperty): string
}

/** A to-one value or the list that holds a to-many one. */
export type RelatedValue = object | RelatedList | null

/** What the mapper knows about one instance; `stateOf(instance)` gives it. */
export class InstanceState {
  /** The instance, as the application holds it. */
  obj: object
  readonly mapper: Mapper
  /** Column values by attribute key; an absent key is not loaded. */
  dict: Record<string, unknown>
  /** What the database has for the changed columns; `undefined` values were not loaded. Null: clean. */
  originals: Record<string, unknown> | null = null
  /** Relationship values by key; an absent key is not loaded. */
  related: Record<string, RelatedValue> | null = null
  /** What the database has for changed to-one relationships; `undefined` values were not loaded. */
  relatedOriginals: Record<string, object | null | undefined> | null = null
  /** The identity key, `null` until the row exists. */
  key: string | null = null
  session: SessionLike | null = null
  status: InstanceStatus = 'transient'
  /** What could be read before attributes were set whose values may have been stale. */
  stale: Record<string, unknown> | null = null
  /** The values may be stale: still readable, refreshed by the next load of the row. */
  expired: boolean = false
  /** Loader options of the query that gave the instance (C3), for its lazy loads. */
  loadOptions: LoadOptionsLike | null = null
  /** It lost a parent it cannot be without while that parent was in no session. */
  orphaned: boolean = false

  constructor(mapper: Mapper, obj: object, dict: Record<string, unknown>) {
    this.obj = obj
    this.mapper = mapper
    this.dict = dict
  }

  /** Whether a column or relationship differs from what the database has. */
  get modified(): boolean {
    if (this.originals !== null || this.relatedOriginals !== null) return true
    if (this.related === null) return false
    for (const key in this.related) {
      const value = this.related[key]
      if (isRelatedList(value) && value.changed) return true
    }
    return false
  }

  /** Notes the value the database has, once, before a column changes. */
  recordOriginal(key: string): void {
    this.originals ??= {}
    if (!(key in this.originals)) this.originals[key] = this.dict[key]
  }

  /** The same where the value in memory may be stale: what the database has is not known, so the flush writes. */
  recordUnknown(key: string): void {
    this.originals ??= {}
    this.originals[key] = undefined
    this.stale ??= {}
    this.stale[key] = this.dict[key]
  }

  /** After a flush: what is in memory is what the database has. */
  commitChanges(): void {
    this.originals = null
    this.stale = null
    this.relatedOriginals = null
    if (this.related === null) return
    for (const key in this.related) {
      const value = this.related[key]
      if (isRelatedList(value)) value.commit()
    }
  }

  /** Drops the loaded value of attributes, so that they are loaded again; all of them by default. */
  forget(keys?: Iterable<string>): void {
    for (const key of keys ?? [...Object.keys(this.dict), ...Object.keys(this.related ?? {})]) {
      delete this.dict[key]
      this.#settle('originals', key)
      this.#settle('relatedOriginals', key)
      const value = this.related?.[key]
      // The list object stays: the application may hold it.
      if (isRelatedList(value)) value.reset()
      else if (this.related) delete this.related[key]
    }
  }

  /** A changed attribute is as the database has it again. */
  settle(key: string): void {
    this.#settle('originals', key)
  }

  #settle(where: 'originals' | 'relatedOriginals', key: string): void {
    const record = this[where]
    if (record === null) return
    delete record[key]
    for (const _other in record) return
    this[where] = null
  }
}

/** Told apart by a symbol: `related-list.ts` imports this file. */
export const kRelatedList: unique symbol = Symbol('bustapi.sqlalchemy.relatedList')

/** Whether a relationship value is the list of a to-many one. */
export function isRelatedList(value: unknown): value is RelatedList {
  return typeof value === 'object' && value !== null && kRelatedList in value
}

interface Stateful {
  readonly [kState]?: InstanceState
}

/** The state of a mapped instance, or `undefined` for anything else. */
export function tryStateOf(instance: unknown): InstanceState | undefined {
  if (typeof instance !== 'object' || instance === null) return undefined
  return (instance as Stateful)[kState]
}

/**
 * The state of a mapped instance.
 *
 * @throws UnmappedInstanceError when it is none.
 */
export function stateOf(instance: unknown): InstanceState {
  const state = tryStateOf(instance)
  if (state === undefined) throw new UnmappedInstanceError(unmappedText(instance))
  return state
}

function unmappedText(instance: unknown): string {
  const name =
    typeof instance === 'object' && instance !== null
      ? (instance.constructor?.name ?? 'Object')
      : instance === null
        ? 'null'
        : typeof instance
  return `Class '${name}' is not mapped`
}
