import { CompileError } from '../errors.ts'
import { NULLTYPE, type TypeArgument, toType } from '../types/type-engine.ts'
import { ColumnClause } from './column-clause.ts'
import { context } from './context.ts'
import {
  asExpression,
  type ColumnElement,
  type Condition,
  Constant,
  condition,
  conjunction,
  literalOf,
  NULL,
  Operation,
} from './element.ts'
import { raw } from './nodes.ts'
import * as ops from './operators.ts'
import { BOOLEAN, INTEGER } from './value-types.ts'

/** All conditions; true for none. */
export function and(...conditions: readonly Condition[]): ColumnElement<boolean> {
  return conjunction(ops.AND, conditions)
}
/** Any condition; false for none. */
export function or(...conditions: readonly Condition[]): ColumnElement<boolean> {
  return conjunction(ops.OR, conditions)
}
/** The opposite. */
export function not(operand: Condition): ColumnElement<boolean> {
  return condition(operand).not()
}

/** SQL's NULL as an expression. */
export function null_(): ColumnElement<null> {
  return NULL as ColumnElement<null>
}
export function true_(): ColumnElement<boolean> {
  return new Constant<boolean>(true, BOOLEAN)
}
export function false_(): ColumnElement<boolean> {
  return new Constant<boolean>(false, BOOLEAN)
}

/** A value as a parameter. */
export function literal<T extends string | number | bigint | boolean | Date | object>(
  value: T,
  type?: TypeArgument<T>,
): ColumnElement<Widen<T>> {
  return literalOf(value, type ? toType(type) : undefined) as ColumnElement<Widen<T>>
}

type Widen<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T

/** A column by its name alone, quoted as an identifier. */
export function column<T = unknown, const N extends string = string>(
  name: N,
  type?: TypeArgument<T>,
): ColumnClause<T, N> {
  return new ColumnClause<T, N>(name, type ? toType(type) : NULLTYPE)
}

/** `CAST(expression AS type)`. */
export function cast<R>(expression: unknown, type: TypeArgument<R>): ColumnElement<R> {
  return literalOf(expression, asExpression(expression) ? undefined : toType(type)).cast(type)
}
/** The same SQL, its value read as another type. */
export function typeCoerce<R>(expression: unknown, type: TypeArgument<R>): ColumnElement<R> {
  return literalOf(expression, asExpression(expression) ? undefined : toType(type)).typeCoerce(type)
}

/** `(a, b)`: to be compared with lists of rows: `tuple(a, b).in([[1, 2]])`. */
export function tuple(...members: readonly unknown[]): ColumnElement<readonly unknown[]> {
  return new Operation<readonly unknown[]>(
    NULLTYPE,
    ops.TUPLE,
    members.map((member) => literalOf(member)),
  )
}

export function distinct<T>(expression: ColumnElement<T>): ColumnElement<T> {
  return expression.distinct()
}
export function asc<T>(expression: ColumnElement<T>): ColumnElement<T> {
  return expression.asc()
}
export function desc<T>(expression: ColumnElement<T>): ColumnElement<T> {
  return expression.desc()
}
export function nullsFirst<T>(expression: ColumnElement<T>): ColumnElement<T> {
  return expression.nullsFirst()
}
export function nullsLast<T>(expression: ColumnElement<T>): ColumnElement<T> {
  return expression.nullsLast()
}

const SQLITE_FIELDS: Readonly<Record<string, string>> = {
  year: '%Y',
  month: '%m',
  day: '%d',
  hour: '%H',
  minute: '%M',
  second: '%S',
  doy: '%j',
  dow: '%w',
  week: '%W',
  epoch: '%s',
}

const EXTRACT: ops.OperatorSpec = {
  name: 'extract',
  precedence: ops.ATOM,
  opaque: true,
  render(operands, field) {
    if (context().name !== 'sqlite') return raw([`extract(${field} from `, ')'], operands)
    return raw([`cast(strftime('${SQLITE_FIELDS[field as string]}', `, ') as integer)'], operands)
  },
}

/** `EXTRACT(year FROM …)`. Errors: `CompileError` for a field that is none of the known ones. */
export function extract(field: string, from: ColumnElement): ColumnElement<number> {
  const part = field.toLowerCase()
  if (!Object.hasOwn(SQLITE_FIELDS, part)) {
    throw new CompileError(`Cannot compile EXTRACT of the field ${JSON.stringify(field)}.`)
  }
  return new Operation<number>(INTEGER, EXTRACT, [from], part)
}
