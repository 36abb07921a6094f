import type { OperationNode } from 'kysely'
import type { Dialect } from '../dialects/dialect.ts'
import { BoundValue } from '../types/bound-value.ts'
import { NULLTYPE, type TypeEngine } from '../types/type-engine.ts'
import { ColumnElement } from './column-element.ts'
import { context } from './context.ts'
import { literalNode, parens, raw, value as valueNode } from './nodes.ts'
import type { OperatorSpec } from './operators.ts'
import * as ops from './operators.ts'
import type { StatementShape } from './shape.ts'
import { castName, kindOf } from './value-types.ts'

// Those that are made for one expression (`op('~')`, paths into JSON) are not the same twice.
const SHARED: ReadonlySet<unknown> = new Set(Object.values(ops))

/** An operator over expressions. */
export class Operation<out T = unknown, out Name extends string = string> extends ColumnElement<
  T,
  Name
> {
  override readonly type: TypeEngine<unknown>
  override readonly name: string
  override readonly key: string
  readonly spec: OperatorSpec
  readonly detail: unknown
  readonly #operands: readonly ColumnElement[]

  constructor(
    type: TypeEngine<unknown>,
    spec: OperatorSpec,
    operands: readonly ColumnElement[],
    detail: unknown = null,
  ) {
    super()
    this.type = type
    this.spec = spec
    this.#operands = operands
    this.detail = detail
    this.name = spec.keepsName ? (operands[0] as ColumnElement).name : ''
    this.key = this.name
  }

  override get precedence(): number {
    return this.spec === ops.COERCE
      ? (this.#operands[0] as ColumnElement).precedence
      : this.spec.precedence
  }

  override get children(): readonly ColumnElement[] {
    return this.#operands
  }

  override withChildren(children: readonly ColumnElement[]): Operation<T, Name> {
    return new Operation(this.type, this.spec, children, this.detail)
  }

  override describe(shape: StatementShape): boolean {
    const { spec, detail, type } = this
    if (!SHARED.has(spec)) return false
    return shape.add(spec, type) && describeDetail(detail, shape) && shape.addAll(this.#operands)
  }

  override toOperationNode(): OperationNode {
    const { spec } = this
    const nodes = this.#operands.map((operand) => group(operand, spec))
    return spec.render(nodes, spec === ops.CAST ? this.type : this.detail)
  }
}

function describeDetail(detail: unknown, shape: StatementShape): boolean {
  if (typeof detail !== 'object' || detail === null) return shape.add(detail)
  const fields = Object.entries(detail)
  shape.add('{', fields.length)
  for (const [name, value] of fields) {
    if (typeof value === 'object' && value !== null) return false
    shape.add(name, value)
  }
  return true
}

/** An operand with the parentheses it needs under an operator. */
function group(operand: ColumnElement, outer: OperatorSpec): OperationNode {
  const node = operand.toOperationNode()
  if (outer.opaque) return node
  if (operand.precedence > outer.precedence) return node
  if (outer.associative && operand instanceof Operation && operand.spec === outer) return node
  return parens(node)
}

/** A JavaScript value as a parameter of the statement. */
export class BindParameter<out T = unknown> extends ColumnElement<T> {
  override readonly type: TypeEngine<unknown>
  override readonly name = ''
  override readonly key = ''
  readonly value: unknown
  /** The SQL beside it does not tell its type, so PostgreSQL has to be told. */
  readonly bare: boolean

  constructor(value: unknown, type: TypeEngine<unknown>, bare = false) {
    super()
    this.value = value
    this.type = type
    this.bare = bare
  }

  override get anonymousName(): string {
    return 'param'
  }

  override describe(shape: StatementShape): boolean {
    shape.values.push(this)
    return shape.add('?', this.type, this.bare)
  }

  /** The value as the driver gets it. */
  toDriver(dialect: Dialect): unknown {
    const { type, value } = this
    // SQLite takes a whole number for an integer, unless it is told the type with the value.
    if (dialect.name === 'sqlite' && kindOf(type) === 'float') return new BoundValue(value, type)
    return type.toDriver(value, dialect)
  }

  override toOperationNode(): OperationNode {
    const { dialect, open } = context()
    const { type, value } = this
    if (!dialect) return valueNode(type === NULLTYPE ? value : new BoundValue(value, type))
    const node = valueNode(open ? this : this.toDriver(dialect))
    if (!this.bare || dialect.name !== 'postgresql') return node
    const name = castName(type, dialect)
    return name === null ? node : raw(['cast(', ` as ${name})`], [node])
  }
}

/** An expression under a name. */
export class Label<out T = unknown, out Name extends string = string> extends ColumnElement<
  T,
  Name
> {
  override readonly name: Name
  override readonly key: Name
  readonly element: ColumnElement<T>

  constructor(element: ColumnElement<T>, name: Name) {
    super()
    this.element = element instanceof Label ? element.element : element
    this.name = name
    this.key = name
  }

  override get type(): TypeEngine<unknown> {
    return this.element.type
  }
  override get precedence(): number {
    return this.element.precedence
  }
  override get children(): readonly ColumnElement[] {
    return [this.element]
  }
  override withChildren(children: readonly ColumnElement[]): Label {
    return new Label(children[0] as ColumnElement, this.name)
  }

  override describe(shape: StatementShape): boolean {
    return shape.add('label', this.name) && this.element.describe(shape)
  }
  /** Everywhere but in a list of results a label is the expression itself. */
  override toOperationNode(): OperationNode {
    return this.element.toOperationNode()
  }
}

/** An expression of Kysely's, or of anybody else. */
export class ForeignExpression<out T = unknown> extends ColumnElement<T> {
  override readonly type: TypeEngine<unknown> = NULLTYPE
  override readonly name = ''
  override readonly key = ''
  readonly #source: { toOperationNode(): OperationNode }

  constructor(source: { toOperationNode(): OperationNode }) {
    super()
    this.#source = source
  }

  // Its text may be anything, so it is held together by parentheses.
  override get precedence(): number {
    return -2
  }
  override toOperationNode(): OperationNode {
    context().mayAct = true
    return this.#source.toOperationNode()
  }
}

/** A constant of SQL: NULL, TRUE, FALSE. */
export class Constant<out T = unknown> extends ColumnElement<T> {
  override readonly type: TypeEngine<unknown>
  override readonly name = ''
  override readonly key = ''
  readonly value: null | boolean

  constructor(value: null | boolean, type: TypeEngine<unknown>) {
    super()
    this.value = value
    this.type = type
  }

  override describe(shape: StatementShape): boolean {
    return shape.add('constant', this.value)
  }

  override toOperationNode(): OperationNode {
    const { dialect } = context()
    if (
      this.value === null ||
      !dialect ||
      dialect.features.nativeBoolean ||
      dialect.name === 'mysql'
    ) {
      return literalNode(this.value)
    }
    return literalNode(this.value ? 1 : 0)
  }
}

/** SQL's NULL. */
export const NULL: ColumnElement<null> = new Constant<null>(null, NULLTYPE)
