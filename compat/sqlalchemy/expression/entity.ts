import type { ColumnElement } from './element.ts'
import type { FromClause } from './from-clause.ts'

/** A class or object that has it is an entity: `select(it)` gives objects, not columns. */
export const kEntity: unique symbol = Symbol('bustapi.sqlalchemy.entity')
/** An attribute that has it is a relationship: `join(it)` knows its target and its condition. */
export const kJoin: unique symbol = Symbol('bustapi.sqlalchemy.join')
/** Type only: the instances an alias of an entity stands for. */
export declare const kInstance: unique symbol

/** What a statement has to know of an entity. */
export interface EntityInfo {
  /** What the rows come from: the table, an alias of it, or a join of an inheritance's tables. */
  readonly from: FromClause
  /** The columns to select and the attribute each belongs to. */
  readonly columns: readonly EntityColumn[]
  /** The mapper; statements pass it on to loading and never look inside. */
  readonly mapper: unknown
  /** What every statement adds to its WHERE: the class of a single-table inheritance. */
  readonly criteria?: ColumnElement<unknown> | null
  /** An attribute that is no plain column: a relationship, a mapped expression. */
  attribute?(key: string): unknown
  /** The name of the class or alias: `row.User`. */
  readonly name?: string
}

export interface EntityColumn {
  readonly key: string
  readonly column: ColumnElement
}

/** How a relationship is joined. */
export interface JoinInfo {
  /** What the relationship belongs to. */
  readonly parent: FromClause | EntityInfo
  readonly target: FromClause | EntityInfo
  /** Parent to target, or parent to `secondary`. */
  readonly onclause: ColumnElement<unknown>
  /** The table in the middle of many-to-many. */
  readonly secondary?: FromClause | null
  /** `secondary` to target. */
  readonly secondaryOn?: ColumnElement<unknown> | null
}

export interface EntitySource {
  [kEntity](): EntityInfo
}

export interface JoinSource {
  /** `target` replaces the relationship's own target by an alias of it: `User.c.posts.ofType(p)`. */
  [kJoin](target?: FromClause | EntityInfo): JoinInfo
}

export function isEntitySource(value: unknown): value is EntitySource {
  return (
    value !== null &&
    (typeof value === 'function' || typeof value === 'object') &&
    typeof (value as Partial<EntitySource>)[kEntity] === 'function'
  )
}

export function isJoinSource(value: unknown): value is JoinSource {
  return (
    value !== null &&
    (typeof value === 'function' || typeof value === 'object') &&
    typeof (value as Partial<JoinSource>)[kJoin] === 'function'
  )
}
