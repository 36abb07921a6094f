import type { RelationshipProperty } from '../../mapping/relationship-property.ts'
import { instanceText } from '../../mapping/repr.ts'
import { type InstanceState, isRelatedList, stateOf } from '../../mapping/state.ts'
import { relatedInMemory, removedFromMemory } from '../cascades.ts'
import { groupBy } from '../group-by.ts'
import type { SessionObjects } from '../session-objects.ts'
import { warn } from '../warn.ts'
import { relationKeys, type SyncPair } from './key-pairs.ts'
import { clearKeys, populate } from './values.ts'

/** What planning asks of the session. */
export interface PlanHost {
  readonly objects: SessionObjects
  /** Loads a relationship of objects that have it not in memory. */
  loadRelated(states: readonly InstanceState[], property: RelationshipProperty): Promise<void>
  /** Loads what the database has in a relationship, leaving what memory has. */
  peekRelated(state: InstanceState, property: RelationshipProperty): Promise<object | null>
}

/** A key that is copied right before its receiver is written. */
export interface Sync {
  readonly source: InstanceState
  readonly dest: InstanceState
  readonly pairs: readonly SyncPair[]
}

/** A row of an association table to be made or deleted. */
export interface LinkChange {
  readonly property: RelationshipProperty
  readonly parent: InstanceState
  readonly target: InstanceState
}

/** Everything a flush will do, decided before the first statement that writes. */
export class FlushPlan {
  /** Rows to insert or update, in the order they were met. */
  readonly saves: Set<InstanceState> = new Set()
  readonly deletes: Set<InstanceState> = new Set()
  readonly syncs: Map<InstanceState, Sync[]> = new Map()
  /** Pairs of a row and one that must be written before it. */
  readonly edges: (readonly [InstanceState, InstanceState])[] = []
  /** Copies to children that are in no session: they learn the key, but are not written. */
  readonly strays: Sync[] = []
  /** Copies of relationships that break a cycle of rows: written after all rows. */
  readonly postSyncs: Sync[] = []
  readonly links: LinkChange[] = []
  readonly unlinks: LinkChange[] = []
  /** Foreign keys of rows to be deleted that are set to NULL first (`postUpdate`). */
  readonly preClears: (readonly [InstanceState, readonly SyncPair[]])[] = []
  readonly #host: PlanHost
  readonly #openSaves: InstanceState[] = []
  readonly #openDeletes: InstanceState[] = []
  readonly #clears: (readonly [InstanceState, RelationshipProperty, parent: InstanceState])[] = []
  readonly #adopted = new Map<RelationshipProperty, Set<object>>()
  readonly #linked = new Set<string>()
  readonly #numbers = new Map<object, number>()

  constructor(host: PlanHost) {
    this.#host = host
  }

  get empty(): boolean {
    return this.saves.size === 0 && this.deletes.size === 0
  }

  addSave(state: InstanceState): void {
    if (this.saves.has(state) || this.deletes.has(state)) return
    this.saves.add(state)
    this.#openSaves.push(state)
  }

  addDelete(state: InstanceState): void {
    if (state.status === 'pending') {
      // Its row was never there.
      this.saves.delete(state)
      this.#host.objects.release(state, 'transient')
      return
    }
    if (this.deletes.has(state) || state.status !== 'persistent') return
    this.saves.delete(state)
    this.deletes.add(state)
    this.#openDeletes.push(state)
  }

  /** Deletes an object that was taken out of a relationship it cannot be without, unless it found another parent. */
  addOrphan(state: InstanceState, property: RelationshipProperty): void {
    if (this.#isAdopted(state.obj, property, null)) this.#host.objects.orphans.delete(state)
    else this.addDelete(state)
  }

  /** Follows cascades and relationships until nothing new turns up. */
  async complete(): Promise<void> {
    while (this.#openSaves.length > 0 || this.#openDeletes.length > 0) {
      for (const state of this.#openSaves.splice(0)) await this.#prepareSave(state)
      const batch = this.#openDeletes.splice(0)
      if (batch.length > 0) await this.#prepareDeletes(batch)
    }
    for (const [child, property, parent] of this.#clears) this.#clear(child, property, parent)
    for (const state of this.saves) this.#relate(state)
  }

  // ---- what is written, what is deleted ----

  async #prepareSave(state: InstanceState): Promise<void> {
    for (const key in state.related) {
      const property = state.mapper.relationships.get(key)
      if (!property || property.viewonly) continue
      const value = state.related[key]
      if (isRelatedList(value)) {
        if (value.replacesUnloaded) await this.#host.loadRelated([state], property)
      } else await this.#findReplaced(state, property)
      if (property.direction === 'ONETOMANY') this.#cancelDeletes(state, property)
      const orphans = property.cascade.has('delete-orphan')
      for (const entity of removedFromMemory(state, property)) {
        const child = stateOf(entity)
        if (this.#isAdopted(entity, property, state)) continue
        if (orphans) this.addDelete(child)
        else if (property.direction === 'ONETOMANY' && property.passiveDeletes !== 'all') {
          this.#clears.push([child, property, state])
        }
      }
    }
    if (state.originals !== null) await this.#prepareKeySwitch(state)
  }

  /** A one-to-one that was assigned without having been loaded: its old row must be set free. */
  async #findReplaced(state: InstanceState, property: RelationshipProperty): Promise<void> {
    const { relatedOriginals } = state
    if (state.key === null || relatedOriginals === null) return
    if (!(property.key in relatedOriginals) || relatedOriginals[property.key] !== undefined) return
    if (property.direction === 'MANYTOONE' && !property.cascade.has('delete-orphan')) return
    relatedOriginals[property.key] = await this.#host.peekRelated(state, property)
  }

  #cancelDeletes(state: InstanceState, property: RelationshipProperty): void {
    const value = state.related?.[property.key]
    if (!isRelatedList(value) || !value.loaded) return
    for (const entity of value.added) {
      const child = stateOf(entity)
      if (!this.#host.objects.doomed.has(child)) continue
      // A child that is given to a parent is written by this flush; as in SQLAlchemy, the next one deletes it.
      this.deletes.delete(child)
      this.addSave(child)
    }
  }

  /** Where a primary key changes and the database does not pass it on, the children are needed. */
  async #prepareKeySwitch(state: InstanceState): Promise<void> {
    const { originals } = state
    for (const property of state.mapper.relationships.values()) {
      if (property.direction !== 'ONETOMANY' || property.viewonly || property.passiveUpdates)
        continue
      if (
        !relationKeys(property).sync.some(({ source }) => originals !== null && source in originals)
      ) {
        continue
      }
      if (state.key !== null) await this.#host.loadRelated([state], property)
    }
  }

  async #prepareDeletes(batch: readonly InstanceState[]): Promise<void> {
    const byMapper = groupBy(batch, (state) => state.mapper)
    for (const [mapper, states] of byMapper) {
      for (const property of mapper.relationships.values()) {
        if (property.viewonly) continue
        if (needsLoad(property)) {
          for (const state of states) await this.#findReplaced(state, property)
          await this.#host.loadRelated(states, property)
        }
        for (const state of states) this.#prepareDelete(state, property)
      }
    }
  }

  #prepareDelete(state: InstanceState, property: RelationshipProperty): void {
    const cascades = property.cascade.has('delete')
    const orphans = property.cascade.has('delete-orphan')
    const value = state.related?.[property.key]
    for (const entity of relatedInMemory(state, property)) {
      const child = stateOf(entity)
      if (cascades) this.addDelete(child)
      else if (property.direction === 'ONETOMANY' && property.passiveDeletes !== 'all') {
        this.#clears.push([child, property, state])
      }
      // What was put in since the last flush has no row yet.
      const written = !isRelatedList(value) || !(value.added as readonly object[]).includes(entity)
      if (property.secondary && written) this.#link(this.unlinks, property, state, child)
    }
    for (const entity of removedFromMemory(state, property)) {
      const child = stateOf(entity)
      if (property.secondary) this.#link(this.unlinks, property, state, child)
      if (this.#isAdopted(entity, property, state)) continue
      if (orphans) this.addDelete(child)
      else if (property.direction === 'ONETOMANY' && property.passiveDeletes !== 'all') {
        this.#clears.push([child, property, state])
      }
    }
    const late = isWrittenLate(property) && property.direction === 'MANYTOONE'
    if (late && property.passiveDeletes !== 'all') {
      this.preClears.push([state, relationKeys(property).sync])
    }
  }

  /** Whether an object that was taken out of a relationship was put into it elsewhere. */
  #isAdopted(
    entity: object,
    property: RelationshipProperty,
    former: InstanceState | null,
  ): boolean {
    const back = property.backPopulates
    if (back && !property.secondary && back.direction === 'MANYTOONE') {
      const value = stateOf(entity).related?.[back.key]
      // A list that was replaced unloaded could not tell the objects that left it.
      if (value && value !== former?.obj) return true
    }
    let adopted = this.#adopted.get(property)
    if (!adopted) {
      adopted = new Set()
      for (const state of [...this.#host.objects.pending, ...this.#host.objects.touched]) {
        const value = state.related?.[property.key]
        if (!state.mapper.isA(property.parent) || !value) continue
        if (isRelatedList(value)) for (const item of value.added) adopted.add(item)
        else adopted.add(value)
      }
      this.#adopted.set(property, adopted)
    }
    return adopted.has(entity)
  }

  #clear(child: InstanceState, property: RelationshipProperty, parent: InstanceState): void {
    if (this.deletes.has(child)) return
    const inSession = this.#host.objects.contains(child)
    if (!inSession && child.key !== null) return
    // The object may have been moved by its other side, or by hand.
    const { sync } = relationKeys(property)
    clearKeys(child, sync)
    if (!inSession) return
    const back = property.backPopulates
    if (back && child.related?.[back.key] === parent.obj) {
      child.relatedOriginals ??= {}
      if (!(back.key in child.relatedOriginals)) child.relatedOriginals[back.key] = parent.obj
      child.related[back.key] = null
    }
    this.saves.add(child)
  }

  // ---- keys and association rows ----

  #relate(state: InstanceState): void {
    for (const key in state.related) {
      const property = state.mapper.relationships.get(key)
      if (!property || property.viewonly) continue
      if (property.secondary) this.#relateLinks(state, property)
      else if (property.direction === 'MANYTOONE') this.#relateParent(state, property)
      else this.#relateChildren(state, property)
    }
  }

  #relateParent(state: InstanceState, property: RelationshipProperty): void {
    const changed =
      state.key === null ||
      (state.relatedOriginals !== null && property.key in state.relatedOriginals)
    const value = state.related?.[property.key]
    const keys = relationKeys(property).sync
    if (value !== null && value !== undefined) {
      const target = stateOf(value)
      if (changed && this.deletes.has(target)) {
        // The object it was given to is deleted by this very flush: it has nobody.
        if (!keys.some(({ destColumn }) => destColumn.primaryKey)) clearKeys(state, keys)
        return
      }
      if (!changed && !this.#switchesKey(target, keys)) return
      if (this.#isKnown(target, property, "won't proceed"))
        this.#sync(target, state, property, keys)
    } else if (changed && value === null) clearKeys(state, keys)
  }

  #relateChildren(state: InstanceState, property: RelationshipProperty): void {
    const keys = relationKeys(property).sync
    const value = state.related?.[property.key]
    const switched = this.#switchesKey(state, keys)
    const children = !isRelatedList(value)
      ? switched || this.#isChanged(state, property)
        ? relatedInMemory(state, property)
        : []
      : switched || state.key === null
        ? (value.known as readonly object[])
        : (value.added as readonly object[])
    for (const entity of children) {
      const child = stateOf(entity)
      if (!this.#isKnown(child, property, 'will not proceed')) {
        const stray = (!isRelatedList(value) || value.loaded) && !this.deletes.has(child)
        if (stray) this.strays.push({ source: state, dest: child, pairs: keys })
        continue
      }
      this.saves.add(child)
      this.#sync(state, child, property, keys)
    }
  }

  #isChanged(state: InstanceState, property: RelationshipProperty): boolean {
    return (
      state.key === null ||
      (state.relatedOriginals !== null && property.key in state.relatedOriginals)
    )
  }

  #switchesKey(state: InstanceState, keys: readonly SyncPair[]): boolean {
    const { originals } = state
    return (
      originals !== null && state.key !== null && keys.some(({ source }) => source in originals)
    )
  }

  #relateLinks(state: InstanceState, property: RelationshipProperty): void {
    const value = state.related?.[property.key]
    const list = isRelatedList(value)
    const added = list
      ? state.key === null
        ? value.known
        : value.added
      : this.#isChanged(state, property)
        ? relatedInMemory(state, property)
        : []
    for (const entity of added as readonly object[]) {
      const target = stateOf(entity)
      if (otherSideDenies(state, property, target, 'added')) continue
      if (this.#isKnown(target, property, 'will not proceed')) {
        this.#link(this.links, property, state, target)
      }
    }
    for (const entity of removedFromMemory(state, property)) {
      const target = stateOf(entity)
      if (otherSideDenies(state, property, target, 'removed')) continue
      this.#link(this.unlinks, property, state, target)
    }
  }

  /** Notes an association row once, though both sides of the relationship know of it. */
  #link(
    into: LinkChange[],
    property: RelationshipProperty,
    parent: InstanceState,
    target: InstanceState,
  ): void {
    const table = this.#number(property.secondary as object)
    const mine = relationKeys(property).parentLinks.map(({ column }) => column.name)
    const theirs = relationKeys(property).targetLinks.map(({ column }) => column.name)
    const ends = [
      [mine.join(), this.#number(parent)],
      [theirs.join(), this.#number(target)],
    ].sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1))
    const name = `${into === this.links} ${table} ${ends.join(' ')}`
    if (this.#linked.has(name)) return
    this.#linked.add(name)
    into.push({ property, parent, target })
  }

  #number(object: object): number {
    let number = this.#numbers.get(object)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(object, number)
    }
    return number
  }

  #sync(
    source: InstanceState,
    dest: InstanceState,
    property: RelationshipProperty,
    pairs: readonly SyncPair[],
  ): void {
    const sync = { source, dest, pairs }
    if (isWrittenLate(property)) {
      this.postSyncs.push(sync)
      return
    }
    const list = this.syncs.get(dest)
    if (list) list.push(sync)
    else this.syncs.set(dest, [sync])
    if (source !== dest && this.saves.has(source)) this.edges.push([dest, source])
    // A key that is known can be copied now: events then see it.
    if (source.key !== null && source.originals === null) populate(source, dest, pairs)
  }

  #isKnown(state: InstanceState, property: RelationshipProperty, ending: string): boolean {
    if (this.deletes.has(state)) return false
    if (this.#host.objects.contains(state)) return true
    warn(
      `Object of type <${state.mapper.modelClass.name}> not in session, add operation along ` +
        `'${property}' ${ending}`,
    )
    return false
  }

  /** For messages about cycles. */
  static text(states: readonly InstanceState[]): string {
    return states.map((state) => `SaveUpdateState(${instanceText(state)})`).join(', ')
  }
}

/**
 * Whether a change noted by a list that is not loaded is none: the other side's list is loaded, so it knows what the
 * database has.
 */
function otherSideDenies(
  state: InstanceState,
  property: RelationshipProperty,
  target: InstanceState,
  change: 'added' | 'removed',
): boolean {
  const own = state.related?.[property.key]
  const back = property.backPopulates
  const other = back ? target.related?.[back.key] : null
  if (state.key === null || !isRelatedList(own) || own.loaded) return false
  if (target.key === null || !isRelatedList(other) || !other.loaded) return false
  return !(other[change] as readonly object[]).includes(state.obj)
}

/** Whether the foreign key is written after both rows (`postUpdate` on either side). */
export function isWrittenLate(property: RelationshipProperty): boolean {
  return property.postUpdate || (property.backPopulates?.postUpdate ?? false)
}

function needsLoad(property: RelationshipProperty): boolean {
  if (property.passiveDeletes !== false) return false
  if (property.lazy === 'noload') return false
  if (property.direction === 'MANYTOONE') return property.cascade.has('delete')
  return true
}
