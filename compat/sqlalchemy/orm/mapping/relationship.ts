import { ArgumentError } from '../../errors.ts'
import type { ColumnElement } from '../../expression/element.ts'
import type { Column } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { DEFAULT_CASCADE, parseCascade, parseLazy } from './cascade.ts'
import type { RelationshipOptions } from './declare.ts'
import type { Mapper } from './mapper.ts'
import { RelatedList } from './related-list.ts'
import type {
  Cascade,
  ColumnPair,
  LazyKind,
  RelationshipDirection,
  RelationshipProperty,
} from './relationship-property.ts'
import { type InstanceState, isRelatedList } from './state.ts'

/** What `resolve-relationship.ts` finds out about a declaration. */
export interface RelationshipParts {
  readonly key: string
  readonly parent: Mapper
  readonly target: Mapper
  readonly direction: RelationshipDirection
  readonly pairs: readonly ColumnPair[]
  readonly secondary: Table | null
  readonly secondaryPairs: readonly ColumnPair[]
  readonly primaryjoin: ColumnElement
  readonly secondaryjoin: ColumnElement | null
  readonly customJoin: boolean
  readonly options: RelationshipOptions
}

const READING: ReadonlySet<Cascade> = new Set<Cascade>(['merge'])
const WRITING: ReadonlySet<Cascade> = new Set<Cascade>(['save-update', 'delete', 'delete-orphan'])

/** A configured relationship. */
export class Relationship implements RelationshipProperty {
  readonly key: string
  readonly parent: Mapper
  readonly target: Mapper
  readonly direction: RelationshipDirection
  readonly uselist: boolean
  readonly pairs: readonly ColumnPair[]
  readonly syncPairs: readonly ColumnPair[]
  readonly secondary: Table | null
  readonly secondaryPairs: readonly ColumnPair[]
  readonly cascade: ReadonlySet<Cascade>
  readonly lazy: LazyKind
  backPopulates: RelationshipProperty | null = null
  /** Filled once all relationships are there: an expression may name any of them. */
  orderBy: readonly ColumnElement[] = []
  readonly primaryjoin: ColumnElement
  readonly customJoin: boolean
  readonly secondaryjoin: ColumnElement | null
  readonly passiveDeletes: boolean | 'all'
  readonly passiveUpdates: boolean
  readonly viewonly: boolean
  readonly remoteSide: readonly Column[]
  readonly singleParent: boolean
  readonly postUpdate: boolean
  readonly innerjoin: boolean | 'nested' | 'unnested'
  readonly info: Record<string, unknown>
  readonly options: RelationshipOptions

  /** @throws ArgumentError for options that do not go together. */
  constructor(parts: RelationshipParts) {
    const { options } = parts
    this.key = parts.key
    this.parent = parts.parent
    this.target = parts.target
    this.direction = parts.direction
    this.pairs = parts.pairs
    this.syncPairs = parts.pairs
    this.secondary = parts.secondary
    this.secondaryPairs = parts.secondaryPairs
    this.primaryjoin = parts.primaryjoin
    this.secondaryjoin = parts.secondaryjoin
    this.customJoin = parts.customJoin
    this.options = options
    this.uselist = options.uselist ?? parts.direction !== 'MANYTOONE'
    this.viewonly = options.viewonly ?? false
    this.cascade =
      options.cascade !== undefined
        ? parseCascade(options.cascade)
        : this.viewonly
          ? READING
          : DEFAULT_CASCADE
    this.lazy = parseLazy(options.lazy, String(this))
    this.passiveDeletes = options.passiveDeletes ?? false
    this.passiveUpdates = options.passiveUpdates ?? true
    this.singleParent = options.singleParent ?? false
    this.postUpdate = options.postUpdate ?? false
    this.innerjoin = options.innerjoin ?? false
    this.info = options.info ?? {}
    this.remoteSide = [
      ...parts.pairs.map((pair) => pair.remote),
      ...parts.secondaryPairs.map((pair) => pair.remote),
    ]
    this.#check()
  }

  listOf(state: InstanceState): RelatedList {
    state.related ??= {}
    const value = state.related[this.key]
    if (isRelatedList(value)) return value
    // Without a row there is nothing to load.
    const empty = state.key === null || this.lazy === 'noload'
    const list = new RelatedList(state, this, empty ? [] : null)
    state.related[this.key] = list
    return list
  }

  toString(): string {
    return `${this.parent.modelClass.name}.${this.key}`
  }

  #check(): void {
    const { cascade } = this
    if (this.viewonly) {
      const writing = [...cascade].filter((each) => WRITING.has(each))
      if (writing.length) {
        throw new ArgumentError(
          `Cascade settings "${writing.sort().join(', ')}" apply to persistence operations and should ` +
            'not be combined with a viewonly=True relationship.',
        )
      }
    }
    if (this.passiveDeletes === 'all' && (cascade.has('delete') || cascade.has('delete-orphan'))) {
      throw new ArgumentError(
        `On ${this}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade`,
      )
    }
    if (!cascade.has('delete-orphan') || this.singleParent) return
    if (this.direction === 'ONETOMANY') return
    const kind = this.direction === 'MANYTOONE' ? 'many-to-one' : 'many-to-many'
    const child = this.target.modelClass.name
    const parent = this.parent.modelClass.name
    throw new ArgumentError(
      `For ${kind} relationship ${this}, delete-orphan cascade is normally configured only on the "one" ` +
        'side of a one-to-many relationship, and not on the "many" side of a many-to-one or many-to-many ' +
        `relationship.  To force this relationship to allow a particular "${child}" object to be referred ` +
        `towards by only a single "${parent}" object at a time via the ${this} relationship, which would allow ` +
        'delete-orphan cascade to take place in this direction, set the singleParent: true option.',
    )
  }
}
