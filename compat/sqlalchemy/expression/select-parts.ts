import type { ColumnElement } from './element.ts'
import type { EntityInfo } from './entity.ts'
import type { FromClause } from './from-clause.ts'

/** One thing that is selected. */
export type SelectItem =
  | { readonly entity: EntityInfo; readonly source: unknown; readonly element: null }
  | { readonly entity: null; readonly source: unknown; readonly element: ColumnElement }

export type JoinKind = 'inner' | 'left' | 'full' | 'cross'

/** A join before its left side and its condition are known. */
export interface JoinStep {
  readonly kind: JoinKind
  readonly target: FromClause
  readonly on: ColumnElement | null
  /** Set when the left side is known: `joinFrom`, or the parent of a relationship. */
  readonly left: FromClause | null
  /** The entity behind the target, for `filterBy` and its single-table criteria. */
  readonly entity: EntityInfo | null
}

/** An ORDER BY or GROUP BY item; a string names a column or label of the selection. */
export type SortItem = ColumnElement | string

export interface LockOptions {
  readonly read?: boolean
  readonly nowait?: boolean
  readonly skipLocked?: boolean
  /** `FOR NO KEY UPDATE` (PostgreSQL). */
  readonly keyShare?: boolean
  readonly of?: readonly FromClause[]
}

export interface Correlation {
  readonly froms: readonly FromClause[]
  /** `correlateExcept`. */
  readonly except: boolean
}

/** All of a SELECT. Shared between statements, so never changed. */
export interface SelectParts {
  readonly items: readonly SelectItem[]
  readonly froms: readonly FromClause[]
  /** The entities among `froms`: their single-table criteria hold unless something is joined to them. */
  readonly fromEntities: readonly EntityInfo[]
  readonly joins: readonly JoinStep[]
  readonly where: readonly ColumnElement[]
  readonly groupBy: readonly SortItem[]
  readonly having: readonly ColumnElement[]
  readonly orderBy: readonly SortItem[]
  readonly limit: ColumnElement | null
  readonly offset: ColumnElement | null
  readonly distinct: boolean
  readonly distinctOn: readonly ColumnElement[]
  readonly lock: LockOptions | null
  readonly correlation: Correlation | null
  readonly prefixes: readonly string[]
  /** Loader options, for loading. */
  readonly options: readonly unknown[]
  readonly execution: Readonly<Record<string, unknown>>
}

export const EMPTY_PARTS: SelectParts = {
  items: [],
  froms: [],
  fromEntities: [],
  joins: [],
  where: [],
  groupBy: [],
  having: [],
  orderBy: [],
  limit: null,
  offset: null,
  distinct: false,
  distinctOn: [],
  lock: null,
  correlation: null,
  prefixes: [],
  options: [],
  execution: {},
}
