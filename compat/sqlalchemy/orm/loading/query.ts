import { InvalidRequestError } from '../../errors.ts'
import type { Cte, CteOptions, Subquery } from '../../expression/alias.ts'
import { delete_ } from '../../expression/delete.ts'
import {
  ColumnElement,
  type Condition,
  type FromSource,
  type Label,
} from '../../expression/element.ts'
import { type EntityInfo, kEntity } from '../../expression/entity.ts'
import type { FromClause } from '../../expression/from-clause.ts'
import { func } from '../../expression/func.ts'
import type { JoinOptions, JoinTarget } from '../../expression/join-step.ts'
import { entityCriteria } from '../../expression/render-froms.ts'
import { Select, select } from '../../expression/select.ts'
import type { ScalarSubquery } from '../../expression/select-base.ts'
import type { SelectParts } from '../../expression/select-parts.ts'
import type {
  FilterValues,
  FirstEntity,
  Selectable,
  SelectedNames,
  SelectedValues,
} from '../../expression/selectable-types.ts'
import type { RowCount, Sortable } from '../../expression/sort-items.ts'
import { literalColumn } from '../../expression/text.ts'
import { update } from '../../expression/update.ts'
import type { Pagination } from '../../pagination.ts'
import type { Mapper } from '../mapping/mapper.ts'
import { adapt } from './adapt.ts'
import { executeBulk } from './bulk.ts'
import type { ExecutionOptions, LoadContext } from './context.ts'
import { columnsFrom, entityOver, mapperOfInfo } from './entity-info.ts'
import { executeSelect, mapperOfStatement } from './execute.ts'
import { getEntity } from './get-entity.ts'
import type { Load } from './options.ts'
import { type PageOptions, queryHelpers } from './query-helpers.ts'
import type { ColumnsOf, QueryItem } from './query-types.ts'
import type { FirstOf, Rows } from './result.ts'
import { streamBuffers } from './stream.ts'
import { StreamResult, StreamScalarResult } from './stream-result.ts'

/** Options of a query's bulk `update` and `delete`. */
export interface BulkOptions {
  /** How objects in the session learn of it. Default: in memory where that can be, else by their keys. */
  readonly synchronizeSession?: ExecutionOptions['synchronizeSession']
}

/** The session a query belongs to, asked for when the query runs. */
export type ContextSource = () => LoadContext

// biome-ignore lint/suspicious/noExplicitAny: what `filterBy` of the other query speaks of does not matter
type AnyQuery = Query<unknown, any>

/** What is written in a query of one class: `users.first()`. `T` is what it gives, `E` what `filterBy` speaks of. */
export class Query<out T = unknown, E = T> implements AsyncIterable<T> {
  readonly #context: ContextSource
  readonly #select: Select<never[], unknown, E>
  readonly #execution: ExecutionOptions
  /** The subquery that stands for the entities' tables, after a union. */
  readonly #source: FromClause | null

  /** Made by `session.query(…)` and `Model.query`. */
  constructor(
    context: ContextSource,
    statement: Select,
    execution: ExecutionOptions = {},
    source: FromClause | null = null,
  ) {
    this.#context = context
    this.#select = statement as Select<never[], unknown, E>
    this.#execution = execution
    this.#source = source
  }

  /** The SELECT of this query. */
  get statement(): Select {
    return this.#select as unknown as Select
  }
  /** What the query gives for each row. */
  get columnDescriptions(): readonly { readonly name: string; readonly entity: unknown }[] {
    return this.#parts.items.map(({ entity, element, source }) => ({
      name: entity ? (entity.name ?? entity.from.name) : (element?.name ?? ''),
      entity: entity ? source : null,
    }))
  }

  get #parts(): SelectParts {
    return this.#select.parts
  }

  /** The class of the queries made from this one: a query class of the application stays what it is. */
  protected get chained(): QueryClass {
    return this.constructor as QueryClass
  }

  #with(statement: unknown, source: FromClause | null = this.#source): this {
    const Made = this.chained
    return new Made(this.#context, statement as Select, this.#execution, source) as this
  }
  #running(options: ExecutionOptions): this {
    const Made = this.chained
    const execution = { ...this.#execution, ...options }
    return new Made(this.#context, this.statement, execution, this.#source) as this
  }

  /** Columns of the classes as columns of the union's subquery. */
  #adapted<C>(items: readonly C[]): readonly C[] {
    const source = this.#source
    if (source === null) return items
    const replace = columnsFrom(source)
    return items.map((item) =>
      item instanceof ColumnElement ? (adapt(item, replace) as unknown as C) : item,
    )
  }

  #assertUnlimited(method: string): void {
    if (this.#parts.limit === null && this.#parts.offset === null) return
    throw new InvalidRequestError(
      `Query.${method}() being called on a Query which already has LIMIT or OFFSET applied.  ` +
        `Call ${method}() before limit() or offset() are applied.`,
    )
  }

  // ---- building: each gives a new query ----

  /** Keeps rows for which all conditions hold. */
  filter(...conditions: readonly Condition[]): this {
    this.#assertUnlimited('filter')
    return this.#with(this.#select.where(...this.#adapted(conditions)))
  }
  /** The same as {@link filter}. */
  where(...conditions: readonly Condition[]): this {
    return this.filter(...conditions)
  }
  /** Equality of attributes. Errors: `InvalidRequestError` for a name the entity does not have. */
  filterBy(values: FilterValues<E>): this {
    this.#assertUnlimited('filterBy')
    return this.#with(this.#select.filterBy(values))
  }
  /** `null` forgets the order. A string names a selected column or label: never SQL. */
  orderBy(...items: readonly Sortable[]): this {
    this.#assertUnlimited('orderBy')
    return this.#with(this.#select.orderBy(...this.#adapted(items)))
  }
  groupBy(...items: readonly Sortable[]): this {
    this.#assertUnlimited('groupBy')
    return this.#with(this.#select.groupBy(...this.#adapted(items)))
  }
  having(...conditions: readonly Condition[]): this {
    this.#assertUnlimited('having')
    return this.#with(this.#select.having(...this.#adapted(conditions)))
  }
  limit(count: RowCount): this {
    return this.#with(this.#select.limit(count))
  }
  offset(count: RowCount): this {
    return this.#with(this.#select.offset(count))
  }
  /** Rows `start` to `stop` (not included), as Python's `query[start:stop]`. */
  slice(start: number, stop?: number | null): this {
    const { offset } = this.#parts
    const base = offset === null ? 0 : Number((offset as { value?: unknown }).value ?? 0)
    const moved = base + start > 0 ? this.#select.offset(base + start) : this.#select
    if (stop === undefined || stop === null) return this.#with(moved)
    return this.#with(moved.limit(Math.max(stop - start, 0)))
  }
  /** INNER JOIN of an entity, a table or a relationship attribute. */
  join(target: JoinTarget, on?: Condition | JoinTarget | null, options: JoinOptions = {}): this {
    this.#assertUnlimited('join')
    return this.#with(this.#select.join(target, on, options))
  }
  outerjoin(
    target: JoinTarget,
    on?: Condition | JoinTarget | null,
    options: { full?: boolean } = {},
  ): this {
    this.#assertUnlimited('outerjoin')
    return this.#with(this.#select.outerjoin(target, on, options))
  }
  selectFrom(...froms: readonly JoinTarget[]): this {
    return this.#with(this.#select.selectFrom(...froms))
  }
  distinct(...on: readonly ColumnElement[]): this {
    return this.#with(this.#select.distinct(...on))
  }
  /** Loader options: `joinedload(…)`. */
  options(...options: readonly Load[]): this {
    return this.#with(this.#select.options(...options))
  }
  withForUpdate(options: Parameters<Select['withForUpdate']>[0] = {}): this {
    return this.#with(this.#select.withForUpdate(options))
  }
  correlate(...froms: readonly (JoinTarget | null)[]): this {
    return this.#with(this.#select.correlate(...froms))
  }
  executionOptions(options: ExecutionOptions): this {
    return this.#running(options)
  }
  /** Replaces the values of objects the session already has. */
  populateExisting(): this {
    return this.#running({ populateExisting: true })
  }
  /** `false`: no flush before this query. */
  autoflush(setting: boolean): this {
    return this.#running({ autoflush: setting })
  }
  /** Rows that {@link stream} fetches at a time. */
  yieldPer(count: number): this {
    return this.#running({ yieldPer: count })
  }

  /** Selects these instead; FROM stays with what was joined. */
  withEntities<const S extends readonly Selectable[]>(
    ...columns: S
  ): Query<QueryItem<S, SelectedValues<S>, SelectedNames<S>>, FirstEntity<S>> {
    return this.#with(this.#select.withOnlyColumns(...this.#adapted(columns))) as never
  }
  /** Selects more. */
  addColumns(...columns: readonly Selectable[]): Query<unknown[], E> {
    return this.#with(this.#select.addColumns(...columns)) as never
  }
  /** Selects one more entity. */
  addEntity(entity: Selectable): Query<unknown[], E> {
    return this.addColumns(entity)
  }

  union(...others: readonly AnyQuery[]): this {
    return this.#compound('union', others)
  }
  unionAll(...others: readonly AnyQuery[]): this {
    return this.#compound('unionAll', others)
  }
  intersect(...others: readonly AnyQuery[]): this {
    return this.#compound('intersect', others)
  }
  except(...others: readonly AnyQuery[]): this {
    return this.#compound('except', others)
  }

  /** The rows of several queries, selected from as one table. */
  #compound(
    kind: 'union' | 'unionAll' | 'intersect' | 'except',
    others: readonly AnyQuery[],
  ): this {
    const statements = others.map((other) => other.statement)
    const from: FromClause = this.statement[kind](...statements).subquery()
    const items = this.#parts.items.map(({ entity, element }) => {
      if (!entity) return from.corresponding(element) ?? (from.c[element.name] as ColumnElement)
      const info = entityOver(mapperOfInfo(entity), from)
      return { [kEntity]: () => info }
    })
    const { options, execution } = this.#parts
    const statement = select(...(items as unknown as Selectable[]))
    return this.#with(statement.options(...options).executionOptions(execution), from)
  }

  // ---- as part of other statements ----

  subquery(name?: string): Subquery<ColumnsOf<T>> {
    return this.statement.subquery(name) as Subquery<ColumnsOf<T>>
  }
  cte(options?: CteOptions | string): Cte<ColumnsOf<T>> {
    return this.statement.cte(options) as Cte<ColumnsOf<T>>
  }
  scalarSubquery(): ScalarSubquery {
    return this.statement.scalarSubquery()
  }
  label<const L extends string>(name: L): Label<unknown, L> {
    return this.statement.label(name) as Label<unknown, L>
  }
  /** `EXISTS (SELECT 1 …)`: a condition for another query. */
  exists(): ColumnElement<boolean> {
    const { items, froms, where } = this.#parts
    const criteria = entityCriteria(this.#parts)
    return new Select({
      ...this.#parts,
      items: select(literalColumn('1')).parts.items,
      froms: froms.length > 0 ? froms : fromsOfItems(items),
      fromEntities: [],
      where: [...where, ...criteria],
      orderBy: this.#parts.limit || this.#parts.offset ? this.#parts.orderBy : [],
      options: [],
    }).exists()
  }

  // ---- running ----

  /** All entities or rows; an entity is given once. */
  all(): Promise<T[]> {
    return this.#run(this.statement).then((rows) => rows.all())
  }
  /** The first, or null. Fetches one row. */
  first(): Promise<T | null> {
    return this.#run(this.statement.limit(1)).then((rows) => rows.first())
  }
  /** The only one. Errors: `NoResultFound`, `MultipleResultsFound`. */
  one(): Promise<T> {
    return this.#run(this.statement).then((rows) => rows.one())
  }
  /** The only one, or null. Errors: `MultipleResultsFound`. */
  oneOrNone(): Promise<T | null> {
    return this.#run(this.statement).then((rows) => rows.oneOrNone())
  }
  /** The first value of the only row, or null. Errors: `MultipleResultsFound`. */
  scalar(): Promise<FirstOf<T> | null> {
    return this.#run(this.statement).then((rows) => {
      const row = rows.oneOrNone()
      return (Array.isArray(row) ? row[0] : row) as FirstOf<T> | null
    })
  }
  /** How many rows the query has: `SELECT count(*) FROM (…)`. */
  async count(): Promise<number> {
    const { options: _options, ...parts } = this.#parts
    const inner = new Select({ ...parts, options: [], lock: null }).subquery()
    const statement = select(func.count()).selectFrom(inner)
    const context = this.#context()
    // The count runs where the entity lives, though it selects none.
    const mapper = mapperOfStatement(this.statement)
    const result = await context.exclusive(() =>
      executeSelect<[number]>(context, statement, undefined, this.#execution, mapper),
    )
    // No row is made for its one value.
    return Number(result.scalars().one())
  }
  /**
   * The entity of a primary key, from the session where it is known; null when there is none.
   *
   * @throws InvalidRequestError when the query is not of one class, or has conditions.
   */
  get(identity: unknown): Promise<T | null> {
    const mapper = this.#onlyMapper('get() can only be used against a single mapped class.')
    const { where, joins, groupBy, limit, offset, distinct, options } = this.#parts
    if (where.length || joins.length || groupBy.length || limit || offset || distinct) {
      throw new InvalidRequestError('Query.get() being called on a Query with existing criterion. ')
    }
    const context = this.#context()
    const populateExisting = this.#execution.populateExisting ?? false
    const given = { options: options as readonly Load[], populateExisting }
    return context.exclusive(() => getEntity(context, mapper, identity, given)) as Promise<T | null>
  }

  /** {@link get}, or 404. */
  async getOr404(identity: unknown, description?: string | null): Promise<T> {
    return (await this.get(identity)) ?? queryHelpers().notFound(description)
  }
  /** {@link first}, or 404. */
  async firstOr404(description?: string | null): Promise<T> {
    return (await this.first()) ?? queryHelpers().notFound(description)
  }
  /** {@link one}, or 404 where there is none or more than one. */
  async oneOr404(description?: string | null): Promise<T> {
    const rows = await this.#run(this.statement.limit(2))
    const items = rows.all()
    return items.length === 1 ? (items[0] as T) : queryHelpers().notFound(description)
  }
  /** One page: see `db.paginate`. */
  paginate(options: PageOptions = {}): Promise<Pagination<T>> {
    const unordered = this.#with(this.#select.orderBy(null))
    return queryHelpers().paginate(
      {
        items: (limit, offset) => this.limit(limit).offset(offset).all(),
        count: () => unordered.count(),
      },
      options,
    )
  }

  /** Entities or rows as the database gives them, {@link yieldPer} at a time. */
  stream(): AsyncIterable<T> & Pick<StreamResult<T>, 'partitions' | 'all' | 'first' | 'close'> {
    const buffers = streamBuffers(this.#context(), this.statement, undefined, this.#execution)
    const { single } = this
    return single ? new StreamScalarResult<T>(buffers) : new StreamResult<T>(buffers)
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    if (this.#execution.yieldPer !== undefined) yield* this.stream()
    else yield* await this.all()
  }

  /** Whether each row is one entity. */
  get single(): boolean {
    const { items } = this.#parts
    return items.length === 1 && items[0]?.entity !== null
  }

  /**
   * `UPDATE … SET`; gives the number of rows.
   *
   * @throws InvalidRequestError when the query has a limit, an order, a join and the like.
   */
  update(values: FilterValues<E>, options: BulkOptions = {}): Promise<number> {
    const { source, where } = this.#bulkTarget()
    const statement = update(source as never)
      .values(values as never)
      .where(...where)
    return this.#bulk(statement as never, options)
  }
  /**
   * `DELETE`; gives the number of rows. No cascade of a relationship is applied.
   *
   * @throws InvalidRequestError as {@link update}.
   */
  delete(options: BulkOptions = {}): Promise<number> {
    const { source, where } = this.#bulkTarget()
    return this.#bulk(delete_(source as never).where(...where) as never, options)
  }

  #bulk(statement: Parameters<typeof executeBulk>[1], options: BulkOptions): Promise<number> {
    const context = this.#context()
    return context.exclusive(() =>
      executeBulk(context, statement, { ...this.#execution, ...options }),
    )
  }

  #bulkTarget(): { source: unknown; where: readonly ColumnElement[] } {
    const parts = this.#parts
    const refused: readonly (readonly [string, boolean])[] = [
      ['limit()', parts.limit !== null],
      ['offset()', parts.offset !== null],
      ['order_by()', parts.orderBy.length > 0],
      ['group_by()', parts.groupBy.length > 0],
      ['distinct()', parts.distinct],
      [
        'join(), outerjoin(), select_from(), or from_self()',
        parts.joins.length + parts.froms.length > 0,
      ],
    ]
    for (const [method, called] of refused) {
      if (!called) continue
      throw new InvalidRequestError(
        `Can't call Query.update() or Query.delete() when ${method} has been called`,
      )
    }
    this.#onlyMapper('update() and delete() need a query of one mapped class.')
    return { source: parts.items[0]?.source, where: parts.where }
  }

  #onlyMapper(problem: string): Mapper {
    const { items } = this.#parts
    const entity: EntityInfo | null | undefined = items[0]?.entity
    if (items.length !== 1 || !entity) throw new InvalidRequestError(problem)
    return mapperOfInfo(entity)
  }

  async #run(statement: Select): Promise<Rows<T>> {
    const context = this.#context()
    const result = await context.exclusive(() =>
      executeSelect<T>(context, statement, undefined, this.#execution),
    )
    const rows: Rows<T> = this.single ? (result.scalars() as Rows<T>) : result
    return this.#mayRepeat(result) ? rows.unique() : rows
  }

  /** A query gives an entity once. Rows of one table with nothing joined to it are different anyway. */
  #mayRepeat(result: { readonly multiplied: boolean }): boolean {
    if (result.multiplied) return true
    const { items, joins, froms } = this.#parts
    if (!items.some(({ entity }) => entity !== null)) return false
    return !this.single || joins.length > 0 || froms.length > 0 || !isTable(items[0]?.entity?.from)
  }
}

function isTable(from: unknown): boolean {
  return typeof from === 'object' && from !== null && 'metadata' in from
}

/** {@link Query} or a class that extends it, with the same constructor. */
// biome-ignore lint/suspicious/noExplicitAny: queries of anything
export type QueryClass = new (...args: ConstructorParameters<typeof Query>) => Query<any, any>

/** A query of entities and columns in a session: `session.query(User)`. */
export function makeQuery<const S extends readonly Selectable[]>(
  context: ContextSource,
  columns: S,
  Made: QueryClass = Query,
): Query<QueryItem<S, SelectedValues<S>, SelectedNames<S>>, FirstEntity<S>> {
  return new Made(context, select(...columns) as unknown as Select) as never
}

/** What the selected things come from. */
function fromsOfItems(items: SelectParts['items']): FromClause[] {
  const froms = new Set<FromSource>()
  for (const { entity, element } of items) {
    if (entity) froms.add(entity.from)
    else element.collectFroms(froms)
  }
  return [...froms] as FromClause[]
}
