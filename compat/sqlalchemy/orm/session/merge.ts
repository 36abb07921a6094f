import { InvalidRequestError, StaleDataError } from '../../errors.ts'
import { type IdentityLoadOptions, loadByIdentity } from '../loading/identity-load.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { instanceText } from '../mapping/repr.ts'
import { type InstanceState, isRelatedList, stateOf } from '../mapping/state.ts'
import type { SessionCore } from './session-core.ts'
import { warn } from './warn.ts'

/** Options of `session.merge`. */
export interface MergeOptions extends Pick<IdentityLoadOptions, 'options'> {
  /** `false`: takes the given state as what the database has, without a query. Default true. */
  readonly load?: boolean
}

type Values = Record<string, unknown>

/** One `session.merge`: what was given, and what it became. */
export class Merge {
  readonly #core: SessionCore
  readonly #options: MergeOptions
  readonly #load: boolean
  readonly #done = new Map<InstanceState, InstanceState>()
  readonly #byKey = new Map<string, InstanceState>()
  /** By which relationships an instance was reached. */
  readonly #reached = new Map<InstanceState, Set<RelationshipProperty>>()

  constructor(core: SessionCore, options: MergeOptions) {
    this.#core = core
    this.#options = options
    this.#load = options.load ?? true
  }

  /** Copies the state of an instance onto the session's instance of the same identity. */
  async merge(given: InstanceState): Promise<InstanceState> {
    const known = this.#done.get(given)
    if (known) return known
    const key = this.#keyOf(given)
    const found = key === null ? null : await this.#find(given, key)
    const merged = found ?? this.#make(given)
    this.#done.set(given, merged)
    if (key !== null) this.#byKey.set(key, merged)
    if (merged !== given) {
      if (found) this.#assertVersion(given, merged)
      this.#copyColumns(given, merged)
      for (const property of given.mapper.relationships.values()) {
        await this.#copyRelated(given, merged, property)
      }
    }
    if (!this.#load) {
      merged.commitChanges()
      this.#core.objects.touched.delete(merged)
    }
    return merged
  }

  #reach(given: InstanceState, property: RelationshipProperty): Promise<InstanceState> {
    const by = this.#reached.get(given) ?? new Set()
    this.#reached.set(given, by.add(property))
    return this.merge(given)
  }

  #keyOf(given: InstanceState): string | null {
    if (given.key !== null) return given.key
    if (!this.#load) {
      throw new InvalidRequestError(
        'merge() with load=False option does not support objects transient (i.e. unpersisted) objects.  ' +
          'flush() all changes on mapped instances before merging with load=False.',
      )
    }
    if (this.#core.objects.pending.has(given)) {
      warn(
        `Instance ${instanceText(given)} is already pending in this Session yet is being merged again; ` +
          'this is probably not what you want to do',
      )
    }
    return given.mapper.identityKeyOf(given.dict)
  }

  async #find(given: InstanceState, key: string): Promise<InstanceState | null> {
    const core = this.#core
    const here = this.#byKey.get(key) ?? core.identityMap.get(key)
    if (here) {
      if (here.expired && this.#load && here !== given) await this.#read(here)
      return here
    }
    if (!this.#load) return this.#takeIn(given, key)
    return this.#read(given)
  }

  async #read(state: InstanceState): Promise<InstanceState | null> {
    const { mapper, dict } = state
    const found = await loadByIdentity(this.#core, mapper, mapper.primaryKeyOf(dict), {
      ...(this.#options.options ? { options: this.#options.options } : {}),
    })
    return found === null ? null : stateOf(found)
  }

  #takeIn(given: InstanceState, key: string): InstanceState {
    if (given.modified) {
      throw new InvalidRequestError(
        "merge() with load=False option does not support objects marked as 'dirty'.  flush() all " +
          'changes on mapped instances before merging with load=False.',
      )
    }
    const merged = given.mapper.instantiate({})
    merged.key = key
    this.#core.objects.attach(merged)
    return merged
  }

  #make(given: InstanceState): InstanceState {
    const merged = given.mapper.instantiate({})
    this.#core.objects.save(merged)
    return merged
  }

  #assertVersion(given: InstanceState, merged: InstanceState): void {
    const version = given.mapper.versionIdCol
    if (!version) return
    const mine = given.dict[version.key]
    const theirs = merged.dict[version.key]
    if (mine === undefined || theirs === undefined || mine === theirs) return
    throw new StaleDataError(
      `Version id '${mine}' on merged state ${instanceText(given)} does not match existing version ` +
        `'${theirs}'. Leave the version attribute unset when merging to update the most recent version.`,
    )
  }

  #copyColumns(given: InstanceState, merged: InstanceState): void {
    const target = merged.obj as Values
    for (const { key } of given.mapper.columns) {
      if (!(key in given.dict)) continue
      if (this.#load) target[key] = given.dict[key]
      else merged.dict[key] = given.dict[key]
    }
  }

  async #copyRelated(
    given: InstanceState,
    merged: InstanceState,
    property: RelationshipProperty,
  ): Promise<void> {
    const { key } = property
    if (!property.cascade.has('merge') || property.viewonly) return
    const value = given.related?.[key]
    if (value === undefined) return
    // The way back is no content of its own: who merges a post does not mean all posts of its author.
    const { backPopulates } = property
    if (this.#load && backPopulates && this.#reached.get(given)?.has(backPopulates)) return
    if (isRelatedList(value)) {
      if (!value.loaded && !value.added.length) return
      const items: object[] = []
      for (const item of value.known as readonly object[]) {
        const other = await this.#reach(stateOf(item), property)
        if (!items.includes(other.obj)) items.push(other.obj)
      }
      const list = property.listOf(merged)
      if (this.#load) {
        if (merged.key !== null) await this.#core.loadRelated([merged], property)
        list.replace(items)
      } else list.setLoaded(items)
      return
    }
    const other = value === null ? null : (await this.#reach(stateOf(value), property)).obj
    if (this.#load) {
      if (merged.key !== null) await this.#core.loadRelated([merged], property)
      ;(merged.obj as Values)[key] = other
    } else {
      merged.related ??= {}
      merged.related[key] = other
    }
  }
}
