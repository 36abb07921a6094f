import type { CompiledQuery, OperationNode } from 'kysely'
import type { Dialect } from '../../dialects/dialect.ts'
import { ColumnElement } from '../../expression/element.ts'
import { BoundValue } from '../../types/bound-value.ts'
import type { TypeEngine } from '../../types/type-engine.ts'

/** A place in a statement whose value comes with each execution. */
export class Slot extends ColumnElement {
  override readonly type: TypeEngine
  override readonly name: string = ''
  override readonly key: string = ''
  readonly index: number
  /** The column the value belongs to, for messages. */
  readonly columnName: string

  constructor(index: number, column: ColumnElement) {
    super()
    this.index = index
    this.type = column.type as TypeEngine
    this.columnName = column.name
  }

  override toOperationNode(): OperationNode {
    return { kind: 'ValueNode', value: this } as unknown as OperationNode
  }
}

/** A compiled statement whose slots are still to be filled. */
export class SlottedQuery {
  readonly #query: CompiledQuery<Record<string, unknown>>
  readonly #plain: boolean

  constructor(query: CompiledQuery<Record<string, unknown>>, dialect: Dialect) {
    this.#query = query
    // Where no slot's type has a bind processor and each slot stands at its own index, the values
    // are the parameters.
    this.#plain = query.parameters.every(
      (parameter, index) =>
        parameter instanceof Slot &&
        parameter.index === index &&
        !parameter.type.seesNull &&
        parameter.type.processors(dialect).bind === null,
    )
  }

  /** The statement with these values, which are plain values of the columns' types. */
  fill(values: readonly unknown[]): CompiledQuery<Record<string, unknown>> {
    const { query, queryId, sql, parameters } = this.#query
    if (this.#plain) return { query, queryId, sql, parameters: values }
    return {
      query,
      queryId,
      sql,
      parameters: parameters.map((parameter) =>
        parameter instanceof Slot
          ? new BoundValue(values[parameter.index], parameter.type, parameter.columnName)
          : parameter,
      ),
    }
  }
}
