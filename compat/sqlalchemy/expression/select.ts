import type { SelectQueryNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import { type ColumnElement, type Condition, condition } from './element.ts'
import { filterByConditions } from './filter-by.ts'
import { entityOf, fromsOf, type JoinTarget } from './froms-of.ts'
import { type JoinOptions, joinStep } from './join-step.ts'
import type { OutputColumn, Position } from './query-source.ts'
import { renderSelect } from './render-select.ts'
import { SelectBase } from './select-base.ts'
import { selectItems } from './select-items.ts'
import { EMPTY_PARTS, type LockOptions, type SelectParts } from './select-parts.ts'
import type {
  AllNullable,
  EntityOf,
  FilterValues,
  FirstEntity,
  Selectable,
  SelectedNames,
  SelectedValues,
  WithNullable,
} from './selectable-types.ts'
import { type RowCount, rowCount, type Sortable, sortItems } from './sort-items.ts'

/**
 * A SELECT, as SQLAlchemy's `Select`: each method gives a new statement and leaves this one as it is.
 * `V` is the row's values, `N` its values by name, `E` the entity `filterBy` speaks of.
 *
 * An outer join makes the joined *entity* nullable in the row. Single columns of an outer-joined
 * table keep the column's type, since a column's type does not tell its table.
 */
export class Select<
  V extends readonly unknown[] = readonly unknown[],
  N = unknown,
  E = unknown,
> extends SelectBase<V, N> {
  readonly parts: SelectParts

  constructor(parts: SelectParts) {
    super()
    this.parts = parts
  }

  renderQuery(position: Position): SelectQueryNode {
    return renderSelect(this.parts, this.outputColumns(), position)
  }
  renderTop(outputs: readonly OutputColumn[]): SelectQueryNode {
    return renderSelect(this.parts, outputs, 'top')
  }

  #with(changes: Partial<SelectParts>): this {
    return new Select({ ...this.parts, ...changes }) as this
  }

  /** Keeps rows for which all conditions hold; several calls add up. */
  where(...conditions: readonly Condition[]): Select<V, N, E> {
    return this.#with({ where: [...this.parts.where, ...conditions.map(condition)] })
  }
  /** The same as {@link where}. */
  filter(...conditions: readonly Condition[]): Select<V, N, E> {
    return this.where(...conditions)
  }
  /**
   * Equality of attributes of the entity last joined, else of the first entity.
   * @throws {InvalidRequestError} for a name the entity does not have.
   */
  filterBy(values: FilterValues<E>): Select<V, N, E> {
    return this.where(...filterByConditions(this.parts, values))
  }

  /**
   * INNER JOIN. The target is an entity, a table, an alias, or a relationship attribute; without
   * `on` the foreign keys say how.
   * @throws {InvalidRequestError} when no foreign key or several ways lead to the target.
   */
  join<J>(
    target: J & JoinTarget,
    on?: Condition | JoinTarget | null,
    options: JoinOptions = {},
  ): Select<V, N, EntityOf<J, E>> {
    const step = joinStep(target, on, options)
    return this.#with({ joins: [...this.parts.joins, ...step] }) as never
  }
  /** LEFT OUTER JOIN; `{ full: true }` keeps the rows of both sides. */
  outerjoin<J>(
    target: J & JoinTarget,
    on?: Condition | JoinTarget | null,
    options: { full?: boolean } = {},
  ): Select<WithNullable<V, EntityOf<J, never>>, N, EntityOf<J, E>> {
    return this.join(target, on, { ...options, isouter: true }) as never
  }
  /** A join whose left side is given. */
  joinFrom<J>(
    left: JoinTarget,
    target: J & JoinTarget,
    on?: Condition | JoinTarget | null,
    options: JoinOptions = {},
  ): Select<V, N, EntityOf<J, E>> {
    const step = joinStep(target, on, { ...options, left: fromsOf(left) })
    return this.#with({ joins: [...this.parts.joins, ...step] }) as never
  }
  outerjoinFrom<J>(
    left: JoinTarget,
    target: J & JoinTarget,
    on?: Condition | JoinTarget | null,
    options: { full?: boolean } = {},
  ): Select<WithNullable<V, EntityOf<J, never>>, N, EntityOf<J, E>> {
    return this.joinFrom(left, target, on, { ...options, isouter: true }) as never
  }
  /** `FULL OUTER JOIN`: any entity of the row may be missing. */
  fullJoin<J>(
    target: J & JoinTarget,
    on?: Condition | JoinTarget | null,
  ): Select<AllNullable<V>, N, EntityOf<J, E>> {
    return this.join(target, on, { full: true }) as never
  }
  /** Puts these into FROM first. */
  selectFrom(...froms: readonly JoinTarget[]): Select<V, N, E> {
    const entities = froms.map(entityOf).filter((entity) => entity !== null)
    return this.#with({
      froms: [...this.parts.froms, ...froms.map(fromsOf)],
      fromEntities: [...this.parts.fromEntities, ...entities],
    })
  }

  /** `null` forgets the order. A string names a selected column or label: never SQL. */
  orderBy(...items: readonly Sortable[]): Select<V, N, E> {
    return this.#with({ orderBy: sortItems(this.parts.orderBy, items) })
  }
  groupBy(...items: readonly Sortable[]): Select<V, N, E> {
    return this.#with({ groupBy: sortItems(this.parts.groupBy, items) })
  }
  having(...conditions: readonly Condition[]): Select<V, N, E> {
    return this.#with({ having: [...this.parts.having, ...conditions.map(condition)] })
  }
  limit(count: RowCount): Select<V, N, E> {
    return this.#with({ limit: rowCount(count) })
  }
  offset(count: RowCount): Select<V, N, E> {
    return this.#with({ offset: rowCount(count) })
  }
  /** `LIMIT stop - start OFFSET start`, as Python's slice. */
  slice(start: number, stop: number): Select<V, N, E> {
    return this.#with({ offset: start > 0 ? rowCount(start) : null, limit: rowCount(stop - start) })
  }
  /** `SELECT DISTINCT`; with expressions `DISTINCT ON` (PostgreSQL). */
  distinct(...on: readonly ColumnElement[]): Select<V, N, E> {
    return this.#with({ distinct: true, distinctOn: [...this.parts.distinctOn, ...on] })
  }
  /** `FOR UPDATE`; nothing on a database without it. */
  withForUpdate(
    options: Omit<LockOptions, 'of'> & { of?: JoinTarget | readonly JoinTarget[] } = {},
  ): Select<V, N, E> {
    const of =
      options.of === undefined ? [] : [options.of].flat().map((it) => fromsOf(it as JoinTarget))
    return this.#with({ lock: { ...options, of } })
  }
  /** Fixed words after SELECT: `SQL_NO_CACHE`. Letters and underscores only. */
  prefixWith(...words: readonly string[]): Select<V, N, E> {
    for (const word of words) {
      if (!/^[A-Za-z_]+( [A-Za-z_]+)*$/.test(word)) {
        throw new ArgumentError(`'${word}' cannot be a prefix of SELECT.`)
      }
    }
    return this.#with({ prefixes: [...this.parts.prefixes, ...words] })
  }

  /** In a subquery: takes these FROMs from the statement around; none turns correlation off. */
  correlate(...froms: readonly (JoinTarget | null)[]): Select<V, N, E> {
    const given = froms.filter((it) => it !== null).map((it) => fromsOf(it as JoinTarget))
    return this.#with({ correlation: { froms: given, except: false } })
  }
  correlateExcept(...froms: readonly (JoinTarget | null)[]): Select<V, N, E> {
    const given = froms.filter((it) => it !== null).map((it) => fromsOf(it as JoinTarget))
    return this.#with({ correlation: { froms: given, except: true } })
  }

  /** Selects more. */
  addColumns<const S extends readonly Selectable[]>(
    ...columns: S
  ): Select<[...V, ...SelectedValues<S>], N & SelectedNames<S>, E> {
    return this.#with({ items: [...this.parts.items, ...selectItems(columns)] }) as never
  }
  /** Selects these instead. FROM stays with what was joined and selected from. */
  withOnlyColumns<const S extends readonly Selectable[]>(
    ...columns: S
  ): Select<SelectedValues<S>, SelectedNames<S>, E> {
    return this.#with({ items: selectItems(columns) }) as never
  }

  /** Loader options: `joinedload(…)`. */
  options(...options: readonly unknown[]): Select<V, N, E> {
    return this.#with({ options: [...this.parts.options, ...options] })
  }
  executionOptions(options: Readonly<Record<string, unknown>>): Select<V, N, E> {
    return this.#with({ execution: { ...this.parts.execution, ...options } })
  }
}

/**
 * `select(User)`, `select(User.c.id, func.count())`: a SELECT of entities, columns, expressions or
 * whole tables.
 */
export function select<const S extends readonly Selectable[]>(
  ...columns: S
): Select<SelectedValues<S>, SelectedNames<S>, FirstEntity<S>> {
  return new Select({ ...EMPTY_PARTS, items: selectItems(columns) }) as never
}
