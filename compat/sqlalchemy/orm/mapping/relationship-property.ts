import type { ColumnElement } from '../../expression/element.ts'
import type { Column } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import type { Mapper } from './mapper.ts'
import type { RelatedList } from './related-list.ts'
import type { InstanceState } from './state.ts'

export type RelationshipDirection = 'ONETOMANY' | 'MANYTOONE' | 'MANYTOMANY'

export type Cascade =
  | 'save-update'
  | 'merge'
  | 'delete'
  | 'delete-orphan'
  | 'refresh-expire'
  | 'expunge'

/** When a relationship is loaded; 'subquery' is told apart only by name. */
export type LazyKind =
  | 'select'
  | 'joined'
  | 'selectin'
  | 'subquery'
  | 'immediate'
  | 'raise'
  | 'raise_on_sql'
  | 'noload'
  | 'dynamic'
  | 'write_only'

/** A column of the parent's table and its counterpart; `local` belongs to the parent's side. */
export interface ColumnPair {
  readonly local: Column
  readonly remote: Column
}

/** A configured relationship. All of it is final once `configureMappers` has run. */
export interface RelationshipProperty {
  readonly key: string
  /** The mapper that declares it. */
  readonly parent: Mapper
  readonly target: Mapper
  readonly direction: RelationshipDirection
  readonly uselist: boolean
  /**
   * Without `secondary`: the columns that must be equal, `local` of the parent, `remote` of the target. With
   * it: parent column (`local`) and column of the association table (`remote`).
   */
  readonly pairs: readonly ColumnPair[]
  readonly secondary: Table | null
  /** Association table: target column (`local`) and column of the association table (`remote`). */
  readonly secondaryPairs: readonly ColumnPair[]
  /** The pairs of `pairs` whose foreign key column is synchronised by the flush; the others only compare. */
  readonly syncPairs: readonly ColumnPair[]
  readonly cascade: ReadonlySet<Cascade>
  readonly lazy: LazyKind
  readonly backPopulates: RelationshipProperty | null
  readonly orderBy: readonly ColumnElement[]
  /** The join condition between the parent's table and the target's (or the association table). */
  readonly primaryjoin: ColumnElement
  /** Whether `primaryjoin` is more than the equality of `pairs`. */
  readonly customJoin: boolean
  readonly secondaryjoin: ColumnElement | null
  readonly passiveDeletes: boolean | 'all'
  readonly passiveUpdates: boolean
  readonly viewonly: boolean
  /** The remote columns of `pairs`. */
  readonly remoteSide: readonly Column[]
  readonly singleParent: boolean
  readonly postUpdate: boolean
  readonly innerjoin: boolean | 'nested' | 'unnested'
  readonly info: Record<string, unknown>
  /** The list of an instance, made (unloaded, or empty where there is no row yet) when there is none. */
  listOf(state: InstanceState): RelatedList
  /** `Parent.key`, for messages. */
  toString(): string
}
