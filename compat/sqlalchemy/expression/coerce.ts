import type { OperationNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import type { TypeEngine } from '../types/type-engine.ts'
import { ColumnElement, kOperand } from './column-element.ts'
import { BindParameter, Constant, ForeignExpression, NULL, Operation } from './operation.ts'
import type { OperatorSpec } from './operators.ts'
import * as ops from './operators.ts'
import { BOOLEAN, typeBeside, typeOfValue } from './value-types.ts'

/** The expression for an operand: itself, or a parameter of the other side's type. */
export function coerce(operand: unknown, type: TypeEngine<unknown>): ColumnElement {
  if (operand instanceof ColumnElement) return operand
  if (operand === null || operand === undefined) return NULL
  const expression = asExpression(operand)
  if (expression) return expression
  const own = typeBeside(operand, type)
  return new BindParameter(operand, own, own !== type)
}

/** The expression an object stands for; null for plain values. */
export function asExpression(operand: unknown): ColumnElement | null {
  if (operand instanceof ColumnElement) return operand
  if ((typeof operand !== 'object' && typeof operand !== 'function') || operand === null)
    return null
  const source = operand as { [kOperand]?(): ColumnElement; toOperationNode?(): OperationNode }
  if (typeof source[kOperand] === 'function') return source[kOperand]()
  if (typeof source.toOperationNode === 'function') return new ForeignExpression(source as never)
  return null
}

/** A value standing alone: its type is its own. */
export function literalOf(operand: unknown, type?: TypeEngine<unknown>): ColumnElement {
  return asExpression(operand) ?? new BindParameter(operand, type ?? typeOfValue(operand), true)
}

/** A condition: an expression, or true or false. Errors: `ArgumentError` for anything else. */
export function condition(operand: unknown): ColumnElement {
  if (operand instanceof ColumnElement) return operand
  if (typeof operand === 'boolean') return new Constant(operand, BOOLEAN)
  const expression = asExpression(operand)
  if (expression) return expression
  throw new ArgumentError(
    `SQL expression for WHERE/HAVING role expected, got ${JSON.stringify(operand) ?? String(operand)}.`,
  )
}

/** AND or OR of conditions, flat. */
export function conjunction(
  spec: OperatorSpec,
  operands: readonly unknown[],
): ColumnElement<boolean> {
  const flat: ColumnElement[] = []
  for (const operand of operands) {
    const element = condition(operand)
    if (element instanceof Operation && element.spec === spec) flat.push(...element.children)
    else flat.push(element)
  }
  if (flat.length === 0) return new Constant<boolean>(spec === ops.AND, BOOLEAN)
  return flat.length === 1
    ? (flat[0] as ColumnElement<boolean>)
    : new Operation<boolean>(BOOLEAN, spec, flat)
}
