import type { OperationNode, TableNode } from 'kysely'
import { NULLTYPE, type TypeEngine } from '../types/type-engine.ts'
import { ColumnElement, type FromSource } from './element.ts'
import type { FromClause } from './from-base.ts'
import { referenceNode } from './nodes.ts'

/** A column known by name: of an alias or subquery, or of no table at all (`column('x')`). */
export class ColumnClause<out T = unknown, out Name extends string = string> extends ColumnElement<
  T,
  Name
> {
  override readonly name: Name
  override readonly key: string
  override readonly type: TypeEngine<unknown>
  readonly table: FromClause | null
  /** The column this one passes on. */
  readonly base: ColumnElement | null

  constructor(
    name: Name,
    type: TypeEngine<unknown> = NULLTYPE,
    table: FromClause | null = null,
    base: ColumnElement | null = null,
    key: string = name,
  ) {
    super()
    this.name = name
    this.key = key
    this.type = type
    this.table = table
    this.base = base
  }

  override toOperationNode(): OperationNode {
    return referenceNode((this.table?.toOperationNode() as TableNode) ?? null, this.name)
  }

  override collectFroms(into: Set<FromSource>): void {
    if (this.table) into.add(this.table)
  }

  override toString(): string {
    return this.table?.name ? `${this.table.name}.${this.name}` : this.name
  }
}
