import { ArgumentError } from '../errors.ts'
import { NULLTYPE, type TypeEngine } from '../types/type-engine.ts'
import { asExpression, coerce, conjunction } from './coerce.ts'
import type { ColumnElement, MatchOptions } from './column-element.ts'
import {
  JSON_PATH,
  type JsonDetail,
  type JsonLeg,
  type JsonReading,
  jsonPath,
} from './json-operators.ts'
import { BindParameter, Constant, Label, NULL, Operation } from './operation.ts'
import type { OperatorSpec, OrderDetail } from './operators.ts'
import * as ops from './operators.ts'
import {
  arithmeticType,
  BOOLEAN,
  FLOAT,
  INTEGER,
  JSON_TYPE,
  kindOf,
  STRING,
} from './value-types.ts'

export { coerce, conjunction, NULL }

export function operation<T = unknown, Name extends string = string>(
  type: TypeEngine<unknown>,
  spec: OperatorSpec,
  operands: readonly ColumnElement[],
  detail: unknown = null,
): Operation<T, Name> {
  return new Operation<T, Name>(type, spec, operands, detail)
}

export function label<T, Name extends string>(
  element: ColumnElement<T>,
  name: Name,
): Label<T, Name> {
  return new Label<T, Name>(element, name)
}

/** A parameter takes the type itself, so that it is sent as that type, too. */
export function coerced<T, Name extends string>(
  element: ColumnElement,
  type: TypeEngine<unknown>,
): ColumnElement<T, Name> {
  if (element instanceof BindParameter) {
    return new BindParameter<T>(element.value, type, element.bare) as never
  }
  return new Operation<T, Name>(type, ops.COERCE, [element])
}

/** A path further into a document. */
export function jsonAt<T>(element: ColumnElement, path: readonly JsonLeg[]): Operation<T> {
  const before = element instanceof Operation && element.spec === JSON_PATH ? element : null
  const document = before ? (before.children[0] as ColumnElement) : element
  const legs = before ? (before.detail as JsonDetail).path : []
  return jsonOperation(document, [...legs, ...jsonPath(path)], 'json')
}

export function negate(operand: ColumnElement): ColumnElement<boolean> {
  if (operand instanceof Constant && typeof operand.value === 'boolean') {
    return new Constant<boolean>(!operand.value, BOOLEAN)
  }
  if (operand instanceof Operation) {
    const negation = operand.spec.negation?.()
    if (negation) return new Operation<boolean>(BOOLEAN, negation, operand.children, operand.detail)
    if (operand.spec === ops.NOT) return operand.children[0] as ColumnElement<boolean>
  }
  return new Operation<boolean>(BOOLEAN, ops.NOT, [operand])
}

export function compare(
  spec: OperatorSpec,
  left: ColumnElement,
  right: unknown,
): ColumnElement<boolean> {
  return new Operation<boolean>(BOOLEAN, spec, [left, coerce(right, left.type)])
}

export function arithmetic<T>(
  spec: OperatorSpec,
  left: ColumnElement<T>,
  right: unknown,
): ColumnElement<T> {
  const operand = coerce(right, left.type)
  return new Operation<T>(arithmeticType(left.type, operand.type), spec, [left, operand])
}

export function constantOr(other: unknown, type: TypeEngine<unknown>): ColumnElement {
  return typeof other === 'boolean' ? new Constant(other, BOOLEAN) : coerce(other, type)
}

export function membership(
  spec: OperatorSpec,
  whenEmpty: OperatorSpec,
  left: ColumnElement,
  other: unknown,
): ColumnElement<boolean> {
  if (Array.isArray(other)) {
    if (other.length === 0) return new Operation<boolean>(BOOLEAN, whenEmpty, [])
    const items = other.map((item) => memberOf(item, left))
    return new Operation<boolean>(BOOLEAN, spec, [left, new Operation(NULLTYPE, ops.TUPLE, items)])
  }
  const rows = asExpression(other)
  if (rows) return new Operation<boolean>(BOOLEAN, spec, [left, rows])
  throw new ArgumentError(
    `IN expression list, SELECT construct, or bound parameter object expected, got ${String(other)}.`,
  )
}

/** One member of a list; a list of values for a tuple of columns. */
function memberOf(item: unknown, left: ColumnElement): ColumnElement {
  const columns = left.children
  if (!Array.isArray(item) || !(left instanceof Operation) || left.spec !== ops.TUPLE) {
    return coerce(item, left.type)
  }
  if (item.length !== columns.length) {
    throw new ArgumentError(`A tuple of ${columns.length} values was expected, got ${item.length}.`)
  }
  const values = item.map((value, index) => coerce(value, (columns[index] as ColumnElement).type))
  return new Operation(NULLTYPE, ops.TUPLE, values)
}

export function likeOperation(
  spec: OperatorSpec,
  left: ColumnElement,
  pattern: unknown,
  sign: string | null,
): ColumnElement<boolean> {
  if (sign !== null && [...sign].length !== 1) {
    throw new ArgumentError("LIKE's escape must be one character.")
  }
  return new Operation<boolean>(BOOLEAN, spec, [left, coerce(pattern, patternType(left))], {
    escape: sign,
  })
}

/** Patterns are text whatever the column is: an Enum's or UUID's own rules would refuse `%`. */
function patternType(left: ColumnElement): TypeEngine<unknown> {
  return kindOf(left.type) === 'text' ? left.type : STRING
}

export function matchPart(
  left: ColumnElement,
  other: unknown,
  before: string,
  after: string,
  options: MatchOptions = {},
): ColumnElement<boolean> {
  const sign = options.escape ?? (options.autoescape ? '/' : null)
  if (typeof other === 'string') {
    const text = options.autoescape && sign ? escapeWildcards(other, sign) : other
    return likeOperation(ops.LIKE, left, before + text + after, sign)
  }
  if (options.autoescape) {
    throw new ArgumentError('String value expected when autoescape=True')
  }
  const parts = [coerce(other, STRING)]
  if (before) parts.unshift(new BindParameter(before, STRING, true))
  if (after) parts.push(new BindParameter(after, STRING, true))
  return likeOperation(ops.LIKE, left, new Operation(STRING, ops.CONCAT, parts), sign)
}

function escapeWildcards(text: string, sign: string): string {
  let escaped = ''
  for (const letter of text) {
    escaped += letter === '%' || letter === '_' || letter === sign ? sign + letter : letter
  }
  return escaped
}

const READ_TYPES: Readonly<Record<JsonReading, TypeEngine<unknown>>> = {
  json: JSON_TYPE,
  string: STRING,
  integer: INTEGER,
  float: FLOAT,
  boolean: BOOLEAN,
}

function jsonOperation<T>(
  document: ColumnElement,
  path: readonly JsonLeg[],
  reading: JsonReading,
): Operation<T> {
  return new Operation<T>(READ_TYPES[reading], JSON_PATH, [document], { path, reading })
}

/** A document without a path is read as a whole. */
export function readJson<T>(element: ColumnElement, reading: JsonReading): Operation<T> {
  if (element instanceof Operation && element.spec === JSON_PATH) {
    const { path } = element.detail as JsonDetail
    return jsonOperation(element.children[0] as ColumnElement, path, reading)
  }
  return jsonOperation(element, [], reading)
}

export function ordered<T, Name extends string>(
  element: ColumnElement<T, Name>,
  change: Partial<OrderDetail>,
): ColumnElement<T, Name> {
  if (element instanceof Operation && element.spec === ops.ORDER) {
    return new Operation<T, Name>(element.type, ops.ORDER, element.children, {
      ...(element.detail as OrderDetail),
      ...change,
    })
  }
  return new Operation<T, Name>(element.type, ops.ORDER, [element], {
    direction: null,
    nulls: null,
    ...change,
  })
}
