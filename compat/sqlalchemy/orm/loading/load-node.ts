import type { ColumnElement } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import type { LazyKind, RelationshipProperty } from '../mapping/relationship-property.ts'

/** How a relationship is loaded; 'contains': its rows are already part of the query. */
export type Strategy = LazyKind | 'contains'
/** What becomes of a column: selected, left out, or left out with an error at reading. */
export type ColumnChoice = 'load' | 'defer' | 'raise'

/** What options say of one relationship. */
export interface RelationshipLoad {
  /** `null`: as the mapper says (`defaultload`). */
  strategy: Strategy | null
  innerjoin: boolean | null
  /** The alias that holds the related rows (`containsEager`, `ofType`). */
  alias: EntityInfo | null
  readonly node: LoadNode
}

/** What the loader options of a query say of one entity, and of all that is reached from it. */
export class LoadNode {
  readonly relationships: Map<string, RelationshipLoad> = new Map()
  readonly columns: Map<string, ColumnChoice> = new Map()
  readonly groups: Set<string> = new Set()
  /** Conditions of the load that leads here: `joinedload(User.c.posts.and(…))`. */
  criteria: readonly ColumnElement[] = []
  /** `loadOnly`: no other columns than these and the keys. */
  only: Set<string> | null = null
  onlyRaises: boolean = false
  otherColumns: ColumnChoice | null = null
  /** `raiseload('*')` on this entity. */
  otherRelationships: Strategy | null = null
  /** A wildcard of the whole query, on every entity. */
  readonly everywhere: Strategy | null

  constructor(everywhere: Strategy | null = null) {
    this.everywhere = everywhere
  }

  /** How the relationship is to be loaded. */
  strategyOf(property: RelationshipProperty): Strategy {
    return (
      this.relationships.get(property.key)?.strategy ??
      this.otherRelationships ??
      this.everywhere ??
      property.lazy
    )
  }

  /** Whether an option, not the mapper, decides about the relationship. */
  decides(key: string): boolean {
    return (
      (this.relationships.get(key)?.strategy ?? null) !== null ||
      this.otherRelationships !== null ||
      this.everywhere !== null
    )
  }

  /** Whether it says nothing. */
  get isEmpty(): boolean {
    return (
      this.relationships.size === 0 &&
      this.columns.size === 0 &&
      this.groups.size === 0 &&
      this.criteria.length === 0 &&
      this.only === null &&
      this.otherColumns === null &&
      this.otherRelationships === null &&
      this.everywhere === null
    )
  }

  /** What the options say of the related entities, `null` when nothing. */
  nodeOf(key: string): LoadNode | null {
    const known = this.relationships.get(key)
    if (known) return known.node.isEmpty ? null : known.node
    return this.everywhere === null ? null : this.at(key).node
  }

  /** The place of a relationship's options, made when it is new. */
  at(key: string): RelationshipLoad {
    let load = this.relationships.get(key)
    if (!load) {
      load = {
        strategy: null,
        innerjoin: null,
        alias: null,
        node: new LoadNode(this.everywhere),
      }
      this.relationships.set(key, load)
    }
    return load
  }

  /** Whether the column is selected when the option of the mapper would (not) select it. */
  choiceOf(key: string, deferred: boolean, group: string | null): ColumnChoice {
    const choice = this.columns.get(key)
    if (choice !== undefined) return choice
    if (this.only !== null) {
      if (this.only.has(key)) return 'load'
      return this.onlyRaises ? 'raise' : 'defer'
    }
    if (group !== null && this.groups.has(group)) return 'load'
    return this.otherColumns ?? (deferred ? 'defer' : 'load')
  }
}
