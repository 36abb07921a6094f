import type { OperationNode } from 'kysely'
import { CompileError } from '../errors.ts'
import { context, Enclosing, withEnclosing } from './context.ts'
import { otherFroms, returningNode } from './dml-base.ts'
import { type DmlParts, DmlStatement, dmlParts, moreReturning } from './dml-statement.ts'
import { type ColumnElement, type Condition, condition } from './element.ts'
import { equalities } from './filter-by.ts'
import { joined, raw } from './nodes.ts'
import type { OutputColumn } from './query-source.ts'
import type {
  EntityOf,
  FilterValues,
  Selectable,
  SelectedNames,
  SelectedValues,
} from './selectable-types.ts'
import { whereNode, withCriteria } from './update.ts'

interface DeleteParts extends DmlParts {
  readonly where: readonly ColumnElement[]
}

/** `DELETE FROM`; immutable as SELECT. */
export class Delete<
  V extends readonly unknown[] = readonly unknown[],
  N = unknown,
  E = unknown,
> extends DmlStatement<V, N> {
  override readonly parts: DeleteParts

  constructor(parts: DeleteParts) {
    super()
    this.parts = parts
  }

  #with(changes: Partial<DeleteParts>): Delete<V, N, E> {
    return new Delete({ ...this.parts, ...changes })
  }

  where(...conditions: readonly Condition[]): Delete<V, N, E> {
    return this.#with({ where: [...this.parts.where, ...conditions.map(condition)] })
  }
  filter(...conditions: readonly Condition[]): Delete<V, N, E> {
    return this.where(...conditions)
  }
  filterBy(values: FilterValues<E>): Delete<V, N, E> {
    const { entity, table } = this.parts.target
    return this.where(...equalities(entity, null, table, values))
  }
  returning<const S extends readonly Selectable[]>(
    ...columns: S
  ): Delete<SelectedValues<S>, SelectedNames<S>, E> {
    return this.#with({ returning: moreReturning(this.parts, columns) }) as never
  }
  executionOptions(options: Readonly<Record<string, unknown>>): Delete<V, N, E> {
    return this.#with({ execution: { ...this.parts.execution, ...options } })
  }

  override get cacheable(): boolean {
    return true
  }

  override render(outputs: readonly OutputColumn[]): OperationNode {
    const { target } = this.parts
    const { table } = target
    const where = withCriteria(this.parts.where, target.entity?.criteria)
    const others = otherFroms(table, where)
    return withEnclosing(context(), new Enclosing([table, ...others], null), () => {
      const node: Record<string, unknown> = { kind: 'DeleteQueryNode' }
      node.from = { kind: 'FromNode', froms: [table.toOperationNode()] }
      if (others.length) {
        const froms = others.map((from) => from.toFromNode())
        if (context().name === 'sqlite') {
          throw new CompileError('DELETE over several tables is not supported by sqlite.')
        }
        const all = [table.toOperationNode(), ...froms]
        if (context().name === 'mysql') {
          node.from = raw(['', ' from ', ''], [table.toOperationNode(), joined(all)])
        } else node.using = { kind: 'UsingNode', tables: froms }
      }
      if (where.length) node.where = whereNode(where)
      if (outputs.length) node.returning = returningNode(outputs, 'deleteReturning')
      return node as unknown as OperationNode
    })
  }
}

/** `delete_(User).where(…)`: `db.delete`. */
export function delete_<T>(target: T): Delete<readonly unknown[], unknown, EntityOf<T>> {
  return new Delete({ ...dmlParts(target), where: [] })
}
