import type { Expression } from 'kysely'
import {
  asExpression,
  type ColumnElement,
  type Condition,
  ForeignExpression,
  Operation,
} from './element.ts'
import type { JoinTarget } from './froms-of.ts'
import { Select, select } from './select.ts'
import { EXISTS, ScalarSubquery, SelectBase } from './select-base.ts'
import type { EntityAliasLike, EntityClass, Selectable } from './selectable-types.ts'
import { literalColumn } from './text.ts'
import { BOOLEAN } from './value-types.ts'

/** `EXISTS (SELECT …)` that can be said more of: `exists().where(…)`, as SQLAlchemy's `Exists`. */
export class Exists extends Operation<boolean> {
  readonly #query: Select

  constructor(query: Select) {
    super(BOOLEAN, EXISTS, [new ScalarSubquery(query)])
    this.#query = query
  }

  /** Keeps rows for which all conditions hold. */
  where(...conditions: readonly Condition[]): Exists {
    return new Exists(this.#query.where(...conditions))
  }
  /** Puts these into FROM first. */
  selectFrom(...froms: readonly JoinTarget[]): Exists {
    return new Exists(this.#query.selectFrom(...froms))
  }
  /** Takes these FROMs from the statement around. */
  correlate(...froms: readonly (JoinTarget | null)[]): Exists {
    return new Exists(this.#query.correlate(...froms))
  }
  correlateExcept(...froms: readonly (JoinTarget | null)[]): Exists {
    return new Exists(this.#query.correlateExcept(...froms))
  }
  /** `SELECT EXISTS (…)`. */
  select(): Select<[boolean]> {
    return select(this) as unknown as Select<[boolean]>
  }
}

/**
 * `EXISTS (…)` of a SELECT, of columns or entities, or of whatever `where` mentions:
 * `exists().where(Post.c.userId.eq(User.c.id))`. A query of Kysely stands as it is.
 */
export function exists(...what: readonly Existing[]): Exists
export function exists(query: Expression<unknown>): ColumnElement<boolean>
export function exists(...what: readonly unknown[]): ColumnElement<boolean> {
  const [first] = what
  const query = first instanceof ScalarSubquery ? first.query : first
  if (query instanceof Select) return new Exists(query as Select)
  if (query instanceof SelectBase) return existsOf(ONE, query.subquery())
  if (first === undefined) return existsOf(ONE)
  const foreign = asExpression(first)
  if (foreign instanceof ForeignExpression)
    return new Operation<boolean>(BOOLEAN, EXISTS, [foreign])
  return new Exists(select(...(what as Selectable[])) as unknown as Select)
}

type Existing = SelectBase | ColumnElement | EntityClass | EntityAliasLike

const ONE = literalColumn('1')

function existsOf(item: ColumnElement, ...froms: readonly JoinTarget[]): Exists {
  return new Exists(select(item).selectFrom(...froms) as unknown as Select)
}
