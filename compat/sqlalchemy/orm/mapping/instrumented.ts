import type { OperationNode } from 'kysely'
import { ColumnElement, type FromSource } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import type { StatementShape } from '../../expression/shape.ts'
import type { Column } from '../../schema/column.ts'
import type { TypeEngine } from '../../types/type-engine.ts'
import { type EventHub, kEvents } from './event-hub.ts'
import type { Mapper } from './mapper.ts'

/** `User.c.name`: a column under the name of its attribute, with the class it was taken from. */
export class InstrumentedAttribute<
  out T = unknown,
  out Name extends string = string,
> extends ColumnElement<T, Name> {
  override readonly key: string
  override readonly name: string
  readonly mapper: Mapper
  /** The entity it was taken from when that is an alias; `null` for the class itself. */
  readonly parentEntity: EntityInfo | null
  /** What stands in SQL: the table's column, an alias's, or a mapped expression. */
  readonly element: ColumnElement

  constructor(
    mapper: Mapper,
    key: string,
    element: ColumnElement,
    parentEntity: EntityInfo | null = null,
  ) {
    super()
    this.mapper = mapper
    this.key = key
    this.element = element
    this.name = key
    this.parentEntity = parentEntity
  }

  override get type(): TypeEngine<unknown> {
    return this.element.type
  }

  /** The table's column behind it. */
  get base(): ColumnElement {
    return this.element
  }

  /** The table's column, `undefined` for a mapped expression. */
  get column(): Column | undefined {
    return this.mapper.columnByKey.get(this.key)?.column
  }

  /** What the column belongs to: the table or its alias. */
  get table(): FromSource | null {
    return (this.element as { table?: FromSource | null }).table ?? null
  }

  override get entity(): EntityInfo {
    return this.parentEntity ?? this.mapper.entity
  }

  /** The class it was taken from. */
  get class(): unknown {
    return this.mapper.modelClass
  }

  override get precedence(): number {
    return this.element.precedence
  }

  override get children(): readonly ColumnElement[] {
    return [this.element]
  }

  override withChildren(children: readonly ColumnElement[]): ColumnElement {
    return children[0] as ColumnElement
  }

  override collectFroms(into: Set<FromSource>): void {
    this.element.collectFroms(into)
  }

  override describe(shape: StatementShape): boolean {
    // An alias is another one in each statement, and so is a mapped expression.
    return this.parentEntity === null && this.column === this.element && shape.add(this)
  }

  override toOperationNode(): OperationNode {
    return this.element.toOperationNode()
  }

  /** For `event.listen(User.c.name, 'set', fn)`. */
  get [kEvents](): EventHub {
    return this.mapper.events.attribute(this.key)
  }

  override toString(): string {
    return `${this.mapper.modelClass.name}.${this.key}`
  }
}
