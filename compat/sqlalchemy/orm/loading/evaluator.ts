import { InvalidRequestError } from '../../errors.ts'
import { BindParameter, type ColumnElement, Constant, Operation } from '../../expression/element.ts'
import { baseOf } from '../../expression/from-clause.ts'
import type { OperatorSpec } from '../../expression/operators.ts'
import * as ops from '../../expression/operators.ts'
import { Column } from '../../schema/column.ts'
import type { Mapper } from '../mapping/mapper.ts'

/** An SQL expression computed in memory from an object's values; `null` is SQL's NULL (unknown). */
export type Evaluator = (dict: Readonly<Record<string, unknown>>) => unknown

/** The expression cannot be computed in memory. */
export class UnevaluatableError extends InvalidRequestError {}

type Binary = (left: unknown, right: unknown) => unknown

const COMPARISONS: ReadonlyMap<OperatorSpec, (order: number) => boolean> = new Map([
  [ops.EQ, (order: number) => order === 0],
  [ops.NE, (order: number) => order !== 0],
  [ops.LT, (order: number) => order < 0],
  [ops.LE, (order: number) => order <= 0],
  [ops.GT, (order: number) => order > 0],
  [ops.GE, (order: number) => order >= 0],
])

const ARITHMETIC: ReadonlyMap<OperatorSpec, Binary> = new Map<OperatorSpec, Binary>([
  [
    ops.ADD,
    reckoning(
      (a, b) => a + b,
      (a, b) => a + b,
    ),
  ],
  [
    ops.SUB,
    reckoning(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  ],
  [
    ops.MUL,
    reckoning(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ],
  [ops.CONCAT, (a, b) => text(a) + text(b)],
])

/** Arithmetic of numbers, of big ones beside whole ones, too. */
function reckoning(
  numbers: (a: number, b: number) => number,
  bigints: (a: bigint, b: bigint) => bigint,
): Binary {
  return (a, b) =>
    typeof a === 'bigint' || typeof b === 'bigint'
      ? bigints(whole(a), whole(b))
      : numbers(numeric(a), numeric(b))
}

/**
 * Compiles conditions and values for objects in memory.
 *
 * @throws UnevaluatableError for what only the database can compute.
 */
export function evaluatorOf(element: ColumnElement, mapper: Mapper): Evaluator {
  if (element instanceof BindParameter) {
    const { value } = element
    return () => value
  }
  if (element instanceof Constant) {
    const { value } = element
    return () => value
  }
  const base = baseOf(element)
  if (base instanceof Column) {
    const property = mapper.propertyOf(base)
    if (!property || (element as { parentEntity?: unknown }).parentEntity) throw refused(element)
    const { key } = property
    return (dict) => {
      if (!(key in dict)) throw new UnevaluatableError(`'${key}' is not loaded`)
      return dict[key]
    }
  }
  if (element instanceof Operation) return operation(element, mapper)
  throw refused(element)
}

/** All conditions together, as a test that holds only when it is certain. */
export function conditionOf(conditions: readonly ColumnElement[], mapper: Mapper): Evaluator {
  const parts = conditions.map((condition) => evaluatorOf(condition, mapper))
  return (dict) => parts.every((part) => part(dict) === true)
}

function operation(element: Operation, mapper: Mapper): Evaluator {
  const { spec, children } = element
  if (spec === ops.IN || spec === ops.NOT_IN) return membership(element, mapper)
  const parts = children.map((child) => evaluatorOf(child, mapper))
  const [left, right] = parts as [Evaluator, Evaluator]
  const compares = COMPARISONS.get(spec)
  if (compares) {
    return (dict) => {
      const a = left(dict)
      const b = right(dict)
      if (a === null || a === undefined || b === null || b === undefined) return null
      return compares(order(a, b))
    }
  }
  const computes = ARITHMETIC.get(spec)
  if (computes) {
    return (dict) =>
      parts
        .map((part) => part(dict))
        .reduce((a, b) => (a === null || b === null ? null : computes(a, b)))
  }
  switch (spec) {
    case ops.IS:
      return (dict) => left(dict) === right(dict)
    case ops.IS_NOT:
      return (dict) => left(dict) !== right(dict)
    case ops.AND:
      return (dict) => all(parts, dict, false)
    case ops.OR:
      return (dict) => all(parts, dict, true)
    case ops.NOT:
      return (dict) => {
        const value = left(dict)
        return value === null ? null : !value
      }
    case ops.NEVER:
      return () => false
    case ops.ALWAYS:
      return () => true
    default:
      throw refused(element)
  }
}

/** AND and OR with SQL's three values: `decisive` is the value that settles it. */
function all(
  parts: readonly Evaluator[],
  dict: Readonly<Record<string, unknown>>,
  decisive: boolean,
): boolean | null {
  let unknown = false
  for (const part of parts) {
    const value = part(dict)
    if (value === null || value === undefined) unknown = true
    else if (Boolean(value) === decisive) return decisive
  }
  return unknown ? null : !decisive
}

function membership(element: Operation, mapper: Mapper): Evaluator {
  const [subject, list] = element.children as [ColumnElement, ColumnElement]
  if (!(list instanceof Operation) || list.spec !== ops.TUPLE) throw refused(element)
  const value = evaluatorOf(subject, mapper)
  const members = list.children.map((child) => evaluatorOf(child, mapper))
  const negated = element.spec === ops.NOT_IN
  return (dict) => {
    const wanted = value(dict)
    if (wanted === null || wanted === undefined) return null
    let unknown = false
    for (const member of members) {
      const each = member(dict)
      if (each === null || each === undefined) unknown = true
      else if (order(wanted, each) === 0) return !negated
    }
    return unknown ? null : negated
  }
}

/** As SQL compares; values of different kinds are for the database. */
function order(a: unknown, b: unknown): number {
  const left = a instanceof Date ? a.getTime() : a
  const right = b instanceof Date ? b.getTime() : b
  if (left === right) return 0
  const kind = kindOf(left)
  if (kind === null || kind !== kindOf(right)) {
    throw new UnevaluatableError(`Cannot compare ${String(a)} with ${String(b)}`)
  }
  return (left as number) < (right as number) ? -1 : (left as number) > (right as number) ? 1 : 0
}

function kindOf(value: unknown): string | null {
  const type = typeof value
  if (type === 'bigint') return 'number'
  return type === 'number' || type === 'string' || type === 'boolean' ? type : null
}

function numeric(value: unknown): number {
  if (typeof value === 'number') return value
  throw new UnevaluatableError(`Cannot compute with ${String(value)}`)
}

function whole(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (Number.isSafeInteger(value)) return BigInt(value as number)
  throw new UnevaluatableError(`Cannot compute with ${String(value)}`)
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw new UnevaluatableError(`Cannot compute with ${String(value)}`)
}

function refused(element: ColumnElement): UnevaluatableError {
  const what = element instanceof Operation ? element.spec.name : element.constructor.name
  return new UnevaluatableError(`Cannot evaluate ${what}`)
}
