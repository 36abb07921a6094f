import type { Expression, OperationNode, SelectQueryNode } from 'kysely'
import { ArgumentError, CompileError } from '../errors.ts'
import { NULLTYPE, type TypeEngine } from '../types/type-engine.ts'
import { Cte, type CteOptions, Subquery } from './alias.ts'
import { compoundNode, type SetOperator } from './compound-node.ts'
import { ColumnElement, kOperand, Label, Operation } from './element.ts'
import type { KeepsCompiled, KeptLink } from './kept.ts'
import { ATOM, type OperatorSpec } from './operators.ts'
import type { OutputColumn, Position, QuerySource } from './query-source.ts'
import { outputColumnsOf } from './select-items.ts'
import type { SelectParts } from './select-parts.ts'
import type { SubqueryColumns } from './selectable-types.ts'
import { type RowCount, rowCount, type Sortable, sortItems } from './sort-items.ts'
import { finishNode } from './sort-nodes.ts'
import { BOOLEAN } from './value-types.ts'

/** What SELECT and its compounds share: standing inside other statements. */
export abstract class SelectBase<V extends readonly unknown[] = readonly unknown[], N = unknown>
  implements QuerySource, Expression<V[0]>, KeepsCompiled
{
  declare readonly rowValues: V
  declare readonly rowNames: N
  abstract readonly parts: SelectParts
  /** @internal */
  kept: KeptLink | null = null
  /** @internal How its rows become objects; loading's. */
  planned: KeptLink | null = null
  #outputs: readonly OutputColumn[] | undefined

  abstract renderQuery(position: Position): SelectQueryNode
  /** The statement itself, with these results under these names. */
  abstract renderTop(outputs: readonly OutputColumn[]): SelectQueryNode

  get expressionType(): V[0] | undefined {
    return undefined
  }

  outputColumns(): readonly OutputColumn[] {
    this.#outputs ??= outputColumnsOf(this.parts.items)
    return this.#outputs
  }

  /** The names of the results. */
  get selectedColumns(): readonly string[] {
    return this.outputColumns().map((output) => output.key)
  }

  toOperationNode(): OperationNode {
    return this.renderQuery('operand')
  }

  /** As an operand of an expression a SELECT is its one value. */
  [kOperand](): ColumnElement<V[0]> {
    return this.scalarSubquery()
  }

  /** `(SELECT …)` as FROM; its columns are `subquery.c.name`. */
  subquery(name = ''): Subquery<SubqueryColumns<N>> {
    return new Subquery(this, name)
  }
  /** The same as {@link subquery}. */
  alias(name = ''): Subquery<SubqueryColumns<N>> {
    return this.subquery(name)
  }
  /** A subquery that may use the FROMs before it (`LATERAL`; not SQLite, not MariaDB). */
  lateral(name = ''): Subquery<SubqueryColumns<N>> {
    return new Subquery(this, name, true)
  }
  /** `WITH name AS (SELECT …)`. */
  cte(options: CteOptions | string = {}): Cte<SubqueryColumns<N>> {
    return new Cte(this, typeof options === 'string' ? { name: options } : options)
  }
  /** The value of the one row and column. */
  scalarSubquery(): ScalarSubquery<V[0]> {
    return new ScalarSubquery(this)
  }
  /** `EXISTS (SELECT …)`. */
  exists(): ColumnElement<boolean> {
    return new Operation<boolean>(BOOLEAN, EXISTS, [new ScalarSubquery(this)])
  }
  /** Names the value of a scalar subquery. */
  label<const L extends string>(name: L): Label<V[0], L> {
    return new Label(this.scalarSubquery(), name)
  }

  union(...others: readonly SelectBase[]): CompoundSelect<V, N> {
    return CompoundSelect.of(this, others, 'union', false)
  }
  unionAll(...others: readonly SelectBase[]): CompoundSelect<V, N> {
    return CompoundSelect.of(this, others, 'union', true)
  }
  intersect(...others: readonly SelectBase[]): CompoundSelect<V, N> {
    return CompoundSelect.of(this, others, 'intersect', false)
  }
  intersectAll(...others: readonly SelectBase[]): CompoundSelect<V, N> {
    return CompoundSelect.of(this, others, 'intersect', true)
  }
  except(...others: readonly SelectBase[]): CompoundSelect<V, N> {
    return CompoundSelect.of(this, others, 'except', false)
  }
  exceptAll(...others: readonly SelectBase[]): CompoundSelect<V, N> {
    return CompoundSelect.of(this, others, 'except', true)
  }
}

/** A compound has an order and a limit of its own. */
function memberless(parts: SelectParts): SelectParts {
  return { ...parts, orderBy: [], limit: null, offset: null, lock: null, options: [] }
}

export const EXISTS: OperatorSpec = {
  name: 'exists',
  precedence: ATOM,
  predicate: true,
  opaque: true,
  negation: () => NOT_EXISTS,
  // Kysely's compiler puts the parentheses of a SELECT that is part of something.
  render: ([operand]) =>
    ({ kind: 'RawNode', sqlFragments: ['exists ', ''], parameters: [operand] }) as never,
}

const NOT_EXISTS: OperatorSpec = {
  ...EXISTS,
  name: 'not exists',
  precedence: 5,
  negation: () => EXISTS,
  render: ([operand]) =>
    ({ kind: 'RawNode', sqlFragments: ['not (exists ', ')'], parameters: [operand] }) as never,
}

/** A SELECT of one value as an expression. */
export class ScalarSubquery<out T = unknown> extends ColumnElement<T> {
  override readonly name = ''
  override readonly key = ''
  readonly query: SelectBase

  constructor(query: SelectBase) {
    super()
    this.query = query
  }

  override get type(): TypeEngine<unknown> {
    return this.query.outputColumns()[0]?.element.type ?? NULLTYPE
  }

  override toOperationNode(): OperationNode {
    return this.query.renderQuery('operand')
  }

  /** Its FROMs are its own. */
  override collectFroms(): void {}
}

/** SELECTs put together: `a.union(b)`. */
export class CompoundSelect<
  V extends readonly unknown[] = readonly unknown[],
  N = unknown,
> extends SelectBase<V, N> {
  readonly parts: SelectParts
  readonly members: readonly SelectBase[]
  readonly operator: SetOperator
  readonly all: boolean

  constructor(
    parts: SelectParts,
    members: readonly SelectBase[],
    operator: SetOperator,
    all: boolean,
  ) {
    super()
    if (members.length < 2) throw new ArgumentError(`${operator} needs two statements or more.`)
    const size = members[0]?.outputColumns().length
    for (const [index, member] of members.entries()) {
      const own = member.outputColumns().length
      if (own !== size) {
        throw new CompileError(
          `All selectables passed to CompoundSelect must have identical numbers of columns; ` +
            `select #1 has ${size} columns, select #${index + 1} has ${own}`,
        )
      }
    }
    this.parts = parts
    this.members = members
    this.operator = operator
    this.all = all
  }

  /** Statements put together. Errors: `CompileError` unless all have as many columns. */
  static of<V extends readonly unknown[], N>(
    first: SelectBase<V, N>,
    others: readonly SelectBase[],
    operator: SetOperator,
    all: boolean,
  ): CompoundSelect<V, N> {
    return new CompoundSelect(memberless(first.parts), [first, ...others], operator, all)
  }

  renderQuery(_position: Position): SelectQueryNode {
    const node = compoundNode(this.members, this.operator, this.all)
    const outputs = this.outputColumns()
    return finishNode(node, this.parts, { outputs, froms: [], compound: true })
  }

  renderTop(): SelectQueryNode {
    return this.renderQuery('top')
  }

  /** Order of all rows together, by results of the first statement. */
  orderBy(...items: readonly Sortable[]): CompoundSelect<V, N> {
    return this.#with({ orderBy: sortItems(this.parts.orderBy, items) })
  }
  limit(count: RowCount): CompoundSelect<V, N> {
    return this.#with({ limit: rowCount(count) })
  }
  offset(count: RowCount): CompoundSelect<V, N> {
    return this.#with({ offset: rowCount(count) })
  }
  options(...options: readonly unknown[]): CompoundSelect<V, N> {
    return this.#with({ options: [...this.parts.options, ...options] })
  }
  executionOptions(options: Readonly<Record<string, unknown>>): CompoundSelect<V, N> {
    return this.#with({ execution: { ...this.parts.execution, ...options } })
  }

  #with(changes: Partial<SelectParts>): CompoundSelect<V, N> {
    return new CompoundSelect({ ...this.parts, ...changes }, this.members, this.operator, this.all)
  }
}
