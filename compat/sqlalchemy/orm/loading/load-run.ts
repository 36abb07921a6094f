import type { Dialect } from '../../dialects/dialect.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import type { InstanceState } from '../mapping/state.ts'
import type { LoadContext } from './context.ts'
import type { EagerLoad, EntityLoader } from './entity-loader.ts'
import { isLoaded, setList } from './related.ts'

/** What one parent's collection has been given so far. */
class Gathered {
  readonly items: object[] = []
  #seen: Set<object> | null = null

  /** Adds an object once: other joins repeat rows. */
  add(item: object): void {
    const { items } = this
    if (items[items.length - 1] === item) return
    if (items.length < FEW) {
      if (items.includes(item)) return
    } else {
      this.#seen ??= new Set(items)
      if (this.#seen.has(item)) return
      this.#seen.add(item)
    }
    items.push(item)
  }
}

/** Up to here looking through a list is faster than a set. */
const FEW = 12

/** The parents of one joined collection. */
class Collections {
  readonly property: RelationshipProperty
  readonly parents: Map<InstanceState, Gathered | null> = new Map()
  /** Rows of one parent usually follow each other. */
  lastParent: InstanceState | null = null
  last: Gathered | null = null

  constructor(property: RelationshipProperty) {
    this.property = property
  }
}

let runs = 0

/** The entity of the last row. */
interface LastRow {
  readonly keyValue: unknown
  readonly state: InstanceState
}

/** One execution: what must be remembered from row to row. */
export class LoadRun {
  /** Its number, from 1; loaders keep it where keeping the run would keep its session. */
  readonly number: number
  readonly context: LoadContext
  readonly dialect: Dialect
  readonly populateExisting: boolean
  /** States whose values this run has set; the others keep what they have. */
  readonly #fresh = new Set<InstanceState>()
  readonly #collections = new Map<object, Collections>()
  readonly #last = new Map<EntityLoader, LastRow>()
  readonly #eager = new Map<EagerLoad, Set<InstanceState>>()

  constructor(context: LoadContext, dialect: Dialect, populateExisting: boolean) {
    runs += 1
    this.number = runs
    this.context = context
    this.dialect = dialect
    this.populateExisting = populateExisting
  }

  /** What a loader read from the row before. */
  lastOf(loader: EntityLoader): LastRow | undefined {
    return this.#last.get(loader)
  }

  noteLast(loader: EntityLoader, keyValue: unknown, state: InstanceState): void {
    this.#last.set(loader, { keyValue, state })
  }

  /** The state's values come from this run. */
  noteFresh(state: InstanceState): void {
    this.#fresh.add(state)
  }

  isFresh(state: InstanceState): boolean {
    return this.#fresh.has(state)
  }

  /** Puts one row's related entity into the parent's collection. */
  gather(
    owner: object,
    property: RelationshipProperty,
    parent: InstanceState,
    child: InstanceState | null,
  ): void {
    let collections = this.#collections.get(owner)
    if (collections === undefined) {
      collections = new Collections(property)
      this.#collections.set(owner, collections)
    }
    if (collections.lastParent !== parent) {
      collections.lastParent = parent
      collections.last = this.#gathered(collections, parent)
    }
    if (child !== null && collections.last !== null) collections.last.add(child.obj)
  }

  /** Where a parent's objects are put; null where it has its collection already. */
  #gathered(collections: Collections, parent: InstanceState): Gathered | null {
    let gathered = collections.parents.get(parent)
    if (gathered === undefined) {
      const wanted = this.#fresh.has(parent) || !isLoaded(parent, collections.property)
      gathered = wanted ? new Gathered() : null
      collections.parents.set(parent, gathered)
    }
    return gathered
  }

  /** The state's relationships are to be loaded by further statements. */
  noteEager(loader: EntityLoader, state: InstanceState): void {
    for (const eager of loader.eager) {
      if (!this.#fresh.has(state) && isLoaded(state, eager.property)) continue
      let states = this.#eager.get(eager)
      if (states === undefined) {
        states = new Set()
        this.#eager.set(eager, states)
      }
      states.add(state)
    }
  }

  /** After the last row: hands out collections, then runs the further statements. */
  finish(): Promise<void> | undefined {
    for (const { property, parents } of this.#collections.values()) {
      for (const [state, gathered] of parents) {
        if (gathered !== null) setList(state, property, gathered.items)
      }
    }
    this.#collections.clear()
    if (this.#eager.size === 0) return undefined
    return this.#loadEager()
  }

  async #loadEager(): Promise<void> {
    const work = [...this.#eager]
    this.#eager.clear()
    for (const [eager, states] of work) await eager.load(this, [...states])
  }
}
