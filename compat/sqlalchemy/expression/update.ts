import type { OperationNode } from 'kysely'
import { CompileError } from '../errors.ts'
import { context, Enclosing, withEnclosing } from './context.ts'
import {
  hasCallableDefault,
  otherFroms,
  returningNode,
  rowValues,
  updateNodes,
  type Values,
} from './dml-base.ts'
import { type DmlParts, DmlStatement, dmlParts, moreReturning } from './dml-statement.ts'
import { type ColumnElement, type Condition, condition, conjunction } from './element.ts'
import { equalities } from './filter-by.ts'
import { joined } from './nodes.ts'
import { AND } from './operators.ts'
import type { OutputColumn } from './query-source.ts'
import type {
  EntityOf,
  FilterValues,
  Selectable,
  SelectedNames,
  SelectedValues,
} from './selectable-types.ts'

interface UpdateParts extends DmlParts {
  readonly set: Values
  readonly where: readonly ColumnElement[]
}

/** `UPDATE`; immutable as SELECT. */
export class Update<
  V extends readonly unknown[] = readonly unknown[],
  N = unknown,
  E = unknown,
> extends DmlStatement<V, N> {
  override readonly parts: UpdateParts

  constructor(parts: UpdateParts) {
    super()
    this.parts = parts
  }

  #with(changes: Partial<UpdateParts>): Update<V, N, E> {
    return new Update({ ...this.parts, ...changes })
  }

  /** What is set, by attribute or column key; several calls add up. */
  values(set: FilterValues<E>): Update<V, N, E> {
    return this.#with({ set: { ...this.parts.set, ...set } })
  }
  where(...conditions: readonly Condition[]): Update<V, N, E> {
    return this.#with({ where: [...this.parts.where, ...conditions.map(condition)] })
  }
  filter(...conditions: readonly Condition[]): Update<V, N, E> {
    return this.where(...conditions)
  }
  filterBy(values: FilterValues<E>): Update<V, N, E> {
    const { entity, table } = this.parts.target
    return this.where(...equalities(entity, null, table, values))
  }
  returning<const S extends readonly Selectable[]>(
    ...columns: S
  ): Update<SelectedValues<S>, SelectedNames<S>, E> {
    return this.#with({ returning: moreReturning(this.parts, columns) }) as never
  }
  executionOptions(options: Readonly<Record<string, unknown>>): Update<V, N, E> {
    return this.#with({ execution: { ...this.parts.execution, ...options } })
  }

  override get cacheable(): boolean {
    return !hasCallableDefault(this.parts.target, 'onupdate')
  }

  override render(outputs: readonly OutputColumn[]): OperationNode {
    const { target, set } = this.parts
    const { table } = target
    const values = rowValues(target, set, 'onupdate')
    if (values.size === 0) throw new CompileError(`UPDATE of ${table} has nothing to set.`)
    const where = withCriteria(this.parts.where, target.entity?.criteria)
    const others = otherFroms(table, [...where, ...values.values()])
    const mysql = context().name === 'mysql'
    return withEnclosing(context(), new Enclosing([table, ...others], null), () => {
      const froms = others.map((from) => from.toFromNode())
      const node: Record<string, unknown> = { kind: 'UpdateQueryNode' }
      node.table = mysql ? joined([table.toOperationNode(), ...froms]) : table.toOperationNode()
      node.updates = updateNodes(values, mysql && froms.length > 0)
      if (froms.length && !mysql) node.from = { kind: 'FromNode', froms }
      if (where.length) node.where = whereNode(where)
      if (outputs.length) node.returning = returningNode(outputs, 'updateReturning')
      return node as unknown as OperationNode
    })
  }
}

export function whereNode(conditions: readonly ColumnElement[]): OperationNode {
  return {
    kind: 'WhereNode',
    where: conjunction(AND, conditions).toOperationNode(),
  } as OperationNode
}

/** With the condition of single-table inheritance: other classes' rows are left alone. */
export function withCriteria(
  where: readonly ColumnElement[],
  criteria: ColumnElement | null | undefined,
): readonly ColumnElement[] {
  return criteria ? [...where, criteria] : where
}

/** `update(User).where(…).values({ … })`. */
export function update<T>(target: T): Update<readonly unknown[], unknown, EntityOf<T>> {
  return new Update({ ...dmlParts(target), set: {}, where: [] })
}
