import type { OperationNode, TableNode } from 'kysely'
import { ColumnClause } from './column-clause.ts'
import { compoundNode } from './compound-node.ts'
import { context, type RenderContext, withEnclosing } from './context.ts'
import type { ColumnElement } from './element.ts'
import { baseOf, FromClause } from './from-base.ts'
import { alias as aliasNode, identifier, parens, raw, tableNode, unwrapped } from './nodes.ts'
import type { OutputColumn, QuerySource } from './query-source.ts'

/** Something with a name of its own in FROM; its columns are copies that carry that name. */
export abstract class NamedFrom extends FromClause {
  readonly name: string
  #columns: readonly ColumnElement[] | undefined
  #byKey: Record<string, ColumnElement> | undefined
  #byBase: Map<ColumnElement, ColumnElement> | undefined
  #node: TableNode | undefined

  /** `name` is '' for one the statement numbers: `user_1`. */
  constructor(name: string) {
    super()
    this.name = name
  }

  /** What an unnamed one is called before its number. */
  protected abstract get hint(): string
  protected abstract makeColumns(): readonly ColumnElement[]

  override get columns(): readonly ColumnElement[] {
    this.#columns ??= this.makeColumns()
    return this.#columns
  }

  override get c(): Readonly<Record<string, ColumnElement>> {
    if (!this.#byKey) {
      this.#byKey = Object.create(null) as Record<string, ColumnElement>
      for (const column of this.columns) this.#byKey[column.key] = column
    }
    return this.#byKey
  }

  override corresponding(column: ColumnElement): ColumnElement | null {
    if (!this.#byBase) {
      this.#byBase = new Map()
      for (const own of this.columns) {
        this.#byBase.set(own, own)
        this.#byBase.set(baseOf(own), own)
        const { base } = own as ColumnClause
        if (base) this.#byBase.set(base, own)
      }
    }
    return this.#byBase.get(column) ?? this.#byBase.get(baseOf(column)) ?? null
  }

  /** The name in the statement under way. */
  nameIn(ctx: RenderContext): string {
    return this.name || ctx.nameOf(this, this.hint)
  }

  override toOperationNode(): OperationNode {
    if (!this.name) return tableNode(this.nameIn(context()))
    this.#node ??= tableNode(this.name)
    return this.#node
  }

  override toString(): string {
    return this.name || this.hint
  }
}

/** `table AS name`. */
export class Alias extends NamedFrom {
  readonly element: FromClause

  constructor(element: FromClause, name = '') {
    super(name)
    this.element = element
  }

  protected override get hint(): string {
    return this.element.name || 'anon'
  }

  protected override makeColumns(): readonly ColumnElement[] {
    return this.element.columns.map(
      (column) => new ColumnClause(column.name, column.type, this, column, column.key),
    )
  }

  override toFromNode(): OperationNode {
    const inner = this.element
    const node = inner instanceof Cte ? inner.reference() : inner.toOperationNode()
    return aliasNode(node, this.nameIn(context()))
  }
}

/** `(SELECT …) AS name`. `C` are the types of its columns. */
export class Subquery<out C = Readonly<Record<string, ColumnElement>>> extends NamedFrom {
  readonly query: QuerySource
  readonly lateral: boolean

  constructor(query: QuerySource, name = '', lateral = false) {
    super(name)
    this.query = query
    this.lateral = lateral
  }

  declare readonly columnTypes: C

  override get c(): Readonly<Record<string, ColumnElement>> & C {
    return super.c as Readonly<Record<string, ColumnElement>> & C
  }

  protected override get hint(): string {
    return 'anon'
  }

  protected override makeColumns(): readonly ColumnElement[] {
    return outputsAsColumns(this.query, this)
  }

  override toFromNode(): OperationNode {
    const ctx = context()
    const inner = parens(this.query.renderQuery(this.lateral ? 'lateral' : 'from'))
    const node = aliasNode(inner, this.nameIn(ctx))
    return this.lateral ? raw(['lateral ', ''], [node]) : node
  }

  override alias(name = ''): Alias {
    return new Alias(this, name)
  }
}

function outputsAsColumns(query: QuerySource, table: FromClause): readonly ColumnElement[] {
  return query
    .outputColumns()
    .map(({ key, element }) => new ColumnClause(key, element.type, table, element, key))
}

/** Options of `cte()`. */
export interface CteOptions {
  readonly name?: string
  readonly recursive?: boolean
  /** `AS MATERIALIZED` (PostgreSQL, SQLite). */
  readonly materialized?: boolean
}

/** `WITH name AS (SELECT …)`: met anywhere in a statement, it stands before the statement. */
export class Cte<out C = Readonly<Record<string, ColumnElement>>> extends NamedFrom {
  readonly query: QuerySource
  readonly recursive: boolean
  readonly materialized: boolean | undefined
  /** The CTE this one extends: inside a recursive one its first form is meant. */
  readonly restates: Cte<unknown> | null

  constructor(query: QuerySource, options: CteOptions = {}, restates: Cte<unknown> | null = null) {
    super(options.name ?? '')
    this.query = query
    this.recursive = options.recursive ?? false
    this.materialized = options.materialized
    this.restates = restates
  }

  declare readonly columnTypes: C

  override get c(): Readonly<Record<string, ColumnElement>> & C {
    return super.c as Readonly<Record<string, ColumnElement>> & C
  }

  protected override get hint(): string {
    return 'anon'
  }

  protected override makeColumns(): readonly ColumnElement[] {
    return outputsAsColumns(this.query, this)
  }

  override alias(name = ''): Alias {
    return new Alias(this, name)
  }

  /** The CTE with another SELECT appended: the step of a recursion. */
  union(other: QuerySource): Cte<C> {
    return this.#extend(other, false)
  }
  unionAll(other: QuerySource): Cte<C> {
    return this.#extend(other, true)
  }

  #extend(other: QuerySource, all: boolean): Cte<C> {
    const query = new ExtendedQuery(this.query, other, all)
    const options = { name: this.name, recursive: this.recursive }
    return new Cte<C>(
      query,
      this.materialized === undefined ? options : { ...options, materialized: this.materialized },
      this,
    )
  }

  /** The one all restatements of this CTE are registered under. */
  get root(): Cte<unknown> {
    return this.restates ? this.restates.root : (this as Cte<unknown>)
  }

  override nameIn(ctx: RenderContext): string {
    return this.name || ctx.nameOf(this.root, this.hint)
  }

  /** The CTE's name; sees to it that it stands before the statement. */
  reference(): OperationNode {
    this.#collect(context())
    return tableNode(this.nameIn(context()))
  }

  override toFromNode(): OperationNode {
    return this.reference()
  }

  #collect(ctx: RenderContext): void {
    const known = ctx.ctes.get(this.root)
    // Inside its own step the first form is named, which is the whole CTE by then.
    if (known && (known.open || known.owner === this || !this.#extends(known.owner))) return
    const entry = {
      owner: this as Cte<unknown>,
      node: null as OperationNode | null,
      open: true,
      recursive: this.recursive,
    }
    ctx.ctes.delete(this.root)
    ctx.ctes.set(this.root, entry)
    const body = withEnclosing(ctx, null, () => this.query.renderQuery('cte'))
    const columns = this.recursive
      ? raw(
          ['', '(', ')'],
          [
            identifier(this.nameIn(ctx)),
            {
              kind: 'ListNode',
              items: this.columns.map((it) => identifier(it.name)),
            } as OperationNode,
          ],
        )
      : identifier(this.nameIn(ctx))
    const as =
      this.materialized === undefined || ctx.name === 'mysql'
        ? ' as ('
        : ` as ${this.materialized ? '' : 'not '}materialized (`
    entry.node = raw(['', as, ')'], [columns, unwrapped(body)])
    entry.open = false
    // What it refers to was collected after it was entered, and must stand before it.
    ctx.ctes.delete(this.root)
    ctx.ctes.set(this.root, entry)
  }

  #extends(other: unknown): boolean {
    for (let it: Cte<unknown> | null = this.restates; it; it = it.restates)
      if (it === other) return true
    return false
  }
}

/** Two SELECTs of a CTE: `first UNION ALL second`. */
class ExtendedQuery implements QuerySource {
  readonly #first: QuerySource
  readonly #second: QuerySource
  readonly #all: boolean

  constructor(first: QuerySource, second: QuerySource, all: boolean) {
    this.#first = first
    this.#second = second
    this.#all = all
  }

  outputColumns(): readonly OutputColumn[] {
    return this.#first.outputColumns()
  }

  renderQuery(): OperationNode {
    return compoundNode([this.#first, this.#second], 'union', this.#all)
  }
}
