import type { AliasedExpression, AliasNode, Expression, OperationNode } from 'kysely'
import { NULLTYPE, type TypeArgument, type TypeEngine, toType } from '../types/type-engine.ts'
import type * as Operations from './build-operations.ts'
import type { EntityInfo } from './entity.ts'
import type { JsonLeg } from './json-operators.ts'
import { alias as aliasNode } from './nodes.ts'
import type { Label } from './operation.ts'
import * as ops from './operators.ts'
import type { StatementShape } from './shape.ts'
import { BOOLEAN, kindOf, STRING } from './value-types.ts'

/** Anything columns can come from: tables, aliases, subqueries, joins. */
export interface FromSource {
  readonly isFromClause: true
}

/** What may stand on the other side of an operator: a value, NULL or another expression. */
export type Operand<T> = NonNullable<T> | null | Expression<T | null>

/** Numbers of any kind: decimals are text here, and databases reckon with them and numbers alike. */
type AnyNumber = number | bigint | string

/** What stands beside a number of any kind. */
type NumberOperand = number | bigint | Expression<AnyNumber | null>

/** What may be a condition. */
export type Condition = Expression<unknown> | boolean

/** Replaces parts of an expression; `undefined` leaves a part to be walked into. */
export type Replace = (element: ColumnElement) => ColumnElement | undefined

/** A statement or entity that can stand as one operand gives the expression through this. */
export const kOperand: unique symbol = Symbol('bustapi.sqlalchemy.operand')

/** Options of `contains`, `startswith`, `endswith`. */
export interface MatchOptions {
  /** Takes `%` and `_` in the value for what they are, escaped by `escape` (default `/`). */
  readonly autoescape?: boolean
  /** One character. */
  readonly escape?: string
}

/**
 * An SQL expression with a value of `T`, as SQLAlchemy's `ColumnElement`; also a Kysely
 * `Expression`. `Name` is its name in a row, `string` where it has none of its own.
 */
export abstract class ColumnElement<out T = unknown, out Name extends string = string>
  implements Expression<T>
{
  declare readonly nameType: Name
  /** The type of values. */
  abstract readonly type: TypeEngine<unknown>
  /** The name in rows; empty for an expression nobody named. */
  abstract readonly name: string
  abstract toOperationNode(): OperationNode

  /** The name it has in the collection of columns it belongs to. */
  abstract readonly key: string

  /** How strongly it holds together inside other expressions. */
  get precedence(): number {
    return ops.ATOM
  }

  /** The entity an attribute was taken from: `User` of `User.c.name`. */
  get entity(): EntityInfo | null {
    return null
  }
  /** The parts it is made of. */
  get children(): readonly ColumnElement[] {
    return NO_CHILDREN
  }

  /** The name an unnamed result gets, before its number: `count_1`. */
  get anonymousName(): string {
    return 'anon'
  }

  get expressionType(): T | undefined {
    return undefined
  }

  /** Adds the FROMs the expression is about. */
  collectFroms(into: Set<FromSource>): void {
    const { table } = this as { table?: FromSource | null }
    if (table) into.add(table)
    for (const child of this.children) child.collectFroms(into)
  }

  /**
   * Adds to a statement's shape what tells this expression from others; false where nothing short does, or where
   * it belongs to one statement alone: such a statement is compiled each time.
   */
  describe(_shape: StatementShape): boolean {
    return false
  }

  /** The same expression made of other parts. */
  withChildren(_children: readonly ColumnElement[]): ColumnElement {
    return this
  }

  /** `=`; `IS NULL` for null. */
  eq(other: Operand<T>): ColumnElement<boolean> {
    return other === null ? this.isNull() : make.compare(ops.EQ, this, other)
  }
  /** `!=`; `IS NOT NULL` for null. */
  ne(other: Operand<T>): ColumnElement<boolean> {
    return other === null ? this.isNotNull() : make.compare(ops.NE, this, other)
  }
  gt(this: ColumnElement<AnyNumber | null>, other: NumberOperand): ColumnElement<boolean>
  gt(other: Operand<T>): ColumnElement<boolean>
  gt(other: unknown): ColumnElement<boolean> {
    return make.compare(ops.GT, this, other)
  }
  ge(this: ColumnElement<AnyNumber | null>, other: NumberOperand): ColumnElement<boolean>
  ge(other: Operand<T>): ColumnElement<boolean>
  ge(other: unknown): ColumnElement<boolean> {
    return make.compare(ops.GE, this, other)
  }
  lt(this: ColumnElement<AnyNumber | null>, other: NumberOperand): ColumnElement<boolean>
  lt(other: Operand<T>): ColumnElement<boolean>
  lt(other: unknown): ColumnElement<boolean> {
    return make.compare(ops.LT, this, other)
  }
  le(this: ColumnElement<AnyNumber | null>, other: NumberOperand): ColumnElement<boolean>
  le(other: Operand<T>): ColumnElement<boolean>
  le(other: unknown): ColumnElement<boolean> {
    return make.compare(ops.LE, this, other)
  }
  isNull(): ColumnElement<boolean> {
    return make.operation<boolean>(BOOLEAN, ops.IS, [this, make.NULL])
  }
  isNotNull(): ColumnElement<boolean> {
    return make.operation<boolean>(BOOLEAN, ops.IS_NOT, [this, make.NULL])
  }
  /** `IS`: for null, true and false. Other operands: {@link isNotDistinctFrom}. */
  is(other: null | boolean | Expression<unknown>): ColumnElement<boolean> {
    return make.operation<boolean>(BOOLEAN, ops.IS, [this, make.constantOr(other, this.type)])
  }
  isNot(other: null | boolean | Expression<unknown>): ColumnElement<boolean> {
    return make.operation<boolean>(BOOLEAN, ops.IS_NOT, [this, make.constantOr(other, this.type)])
  }
  /** `!=` for which NULL is a value like others. */
  isDistinctFrom(other: Operand<T>): ColumnElement<boolean> {
    return make.compare(ops.DISTINCT_FROM, this, other)
  }
  isNotDistinctFrom(other: Operand<T>): ColumnElement<boolean> {
    return make.compare(ops.NOT_DISTINCT_FROM, this, other)
  }

  /** `IN` a list of values or the rows of a SELECT; an empty list holds for no row. */
  in(other: InOperand<T>): ColumnElement<boolean> {
    return make.membership(ops.IN, ops.NEVER, this, other)
  }
  /** `NOT IN`; an empty list excludes no row. */
  notIn(other: InOperand<T>): ColumnElement<boolean> {
    return make.membership(ops.NOT_IN, ops.ALWAYS, this, other)
  }
  between(
    this: ColumnElement<AnyNumber | null>,
    low: NumberOperand,
    high: NumberOperand,
  ): ColumnElement<boolean>
  between(low: Operand<T>, high: Operand<T>): ColumnElement<boolean>
  between(low: unknown, high: unknown): ColumnElement<boolean> {
    const operands = [this, make.coerce(low, this.type), make.coerce(high, this.type)]
    return make.operation<boolean>(BOOLEAN, ops.BETWEEN, operands)
  }
  notBetween(
    this: ColumnElement<AnyNumber | null>,
    low: NumberOperand,
    high: NumberOperand,
  ): ColumnElement<boolean>
  notBetween(low: Operand<T>, high: Operand<T>): ColumnElement<boolean>
  notBetween(low: unknown, high: unknown): ColumnElement<boolean> {
    return this.between(low as Operand<T>, high as Operand<T>).not()
  }

  /** `LIKE`; `escape` is the one character that makes `%` and `_` ordinary. */
  like(pattern: Operand<string>, options: MatchOptions = {}): ColumnElement<boolean> {
    return make.likeOperation(ops.LIKE, this, pattern, options.escape ?? null)
  }
  notLike(pattern: Operand<string>, options: MatchOptions = {}): ColumnElement<boolean> {
    return make.likeOperation(ops.NOT_LIKE, this, pattern, options.escape ?? null)
  }
  /** `ILIKE`, or LIKE over lower-case operands where the database has none. */
  ilike(pattern: Operand<string>, options: MatchOptions = {}): ColumnElement<boolean> {
    return make.likeOperation(ops.ILIKE, this, pattern, options.escape ?? null)
  }
  notIlike(pattern: Operand<string>, options: MatchOptions = {}): ColumnElement<boolean> {
    return make.likeOperation(ops.NOT_ILIKE, this, pattern, options.escape ?? null)
  }
  /** `LIKE '%' || value || '%'`. */
  contains(other: Operand<string>, options?: MatchOptions): ColumnElement<boolean> {
    return make.matchPart(this, other, '%', '%', options)
  }
  startswith(other: Operand<string>, options?: MatchOptions): ColumnElement<boolean> {
    return make.matchPart(this, other, '', '%', options)
  }
  endswith(other: Operand<string>, options?: MatchOptions): ColumnElement<boolean> {
    return make.matchPart(this, other, '%', '', options)
  }
  /** The database's regular expressions; `flags` is '' or 'i'. SQLite needs a `regexp` function. */
  regexpMatch(pattern: Operand<string>, flags: '' | 'i' = ''): ColumnElement<boolean> {
    const operands = [this, make.coerce(pattern, NULLTYPE)]
    return make.operation<boolean>(BOOLEAN, ops.REGEXP, operands, flags)
  }

  /** This and all others. */
  and(...others: readonly Condition[]): ColumnElement<boolean> {
    return make.conjunction(ops.AND, [this, ...others])
  }
  /** This or any other. */
  or(...others: readonly Condition[]): ColumnElement<boolean> {
    return make.conjunction(ops.OR, [this, ...others])
  }
  /** The opposite. */
  not(): ColumnElement<boolean> {
    return make.negate(this)
  }

  /** `+`; for text, the concatenation. */
  add<A extends AnyNumber | null, R extends AnyNumber>(
    this: ColumnElement<A>,
    other: Expression<R | null>,
  ): ColumnElement<A | R>
  add(this: ColumnElement<AnyNumber | null>, other: number | bigint): ColumnElement<T>
  add(other: Operand<T>): ColumnElement<T>
  add(other: unknown): ColumnElement<unknown> {
    if (kindOf(this.type) === 'text') return this.concat(other as Operand<string>)
    return make.arithmetic(ops.ADD, this, other)
  }
  sub<A extends AnyNumber | null, R extends AnyNumber>(
    this: ColumnElement<A>,
    other: Expression<R | null>,
  ): ColumnElement<A | R>
  sub(this: ColumnElement<AnyNumber | null>, other: number | bigint): ColumnElement<T>
  sub(other: Operand<T>): ColumnElement<T>
  sub(other: unknown): ColumnElement<unknown> {
    return make.arithmetic(ops.SUB, this, other)
  }
  mul<A extends AnyNumber | null, R extends AnyNumber>(
    this: ColumnElement<A>,
    other: Expression<R | null>,
  ): ColumnElement<A | R>
  mul(this: ColumnElement<AnyNumber | null>, other: number | bigint): ColumnElement<T>
  mul(other: Operand<T>): ColumnElement<T>
  mul(other: unknown): ColumnElement<unknown> {
    return make.arithmetic(ops.MUL, this, other)
  }
  /** `/` as the database has it: whole numbers give a whole number on SQLite and PostgreSQL. */
  div<A extends AnyNumber | null, R extends AnyNumber>(
    this: ColumnElement<A>,
    other: Expression<R | null>,
  ): ColumnElement<A | R>
  div(this: ColumnElement<AnyNumber | null>, other: number | bigint): ColumnElement<T>
  div(other: Operand<T>): ColumnElement<T>
  div(other: unknown): ColumnElement<unknown> {
    return make.arithmetic(ops.DIV, this, other)
  }
  mod<A extends AnyNumber | null, R extends AnyNumber>(
    this: ColumnElement<A>,
    other: Expression<R | null>,
  ): ColumnElement<A | R>
  mod(this: ColumnElement<AnyNumber | null>, other: number | bigint): ColumnElement<T>
  mod(other: Operand<T>): ColumnElement<T>
  mod(other: unknown): ColumnElement<unknown> {
    return make.arithmetic(ops.MOD, this, other)
  }
  neg(): ColumnElement<T> {
    return make.operation<T>(this.type, ops.NEG, [this])
  }
  concat(other: Operand<string>): ColumnElement<string> {
    const operand = make.coerce(other, STRING)
    return make.operation<string>(STRING, ops.CONCAT, [this, operand])
  }
  /** An operator of the database, by its spelling: `column.op('&')(4)`. Precedence 0 as SQLAlchemy's. */
  op<R = T>(
    name: string,
    options: { precedence?: number; isComparison?: boolean; returnType?: TypeArgument<R> } = {},
  ): (other: unknown) => ColumnElement<R> {
    const spec = ops.customOperator(name, options)
    const { returnType } = options
    return (other) => {
      const type = returnType ? toType(returnType) : spec.predicate ? BOOLEAN : this.type
      return make.operation<R>(type, spec, [this, make.coerce(other, this.type)])
    }
  }

  /** The value of a JSON document at a path: `at('tags', 0)`. Keys are data, never SQL. */
  // biome-ignore lint/suspicious/noExplicitAny: what a document holds is not known
  at(...path: readonly JsonLeg[]): ColumnElement<any> {
    return make.jsonAt(this, path)
  }
  /** Reads a JSON path's value as text; as the others: NULL where there is none. */
  asString(): ColumnElement<string | null> {
    return make.readJson<string | null>(this, 'string')
  }
  asInteger(): ColumnElement<number | null> {
    return make.readJson<number | null>(this, 'integer')
  }
  asFloat(): ColumnElement<number | null> {
    return make.readJson<number | null>(this, 'float')
  }
  asBoolean(): ColumnElement<boolean | null> {
    return make.readJson<boolean | null>(this, 'boolean')
  }
  /** `CAST(… AS type)`. */
  cast<R>(type: TypeArgument<R>): ColumnElement<R, Name> {
    return make.operation<R, Name>(toType(type), ops.CAST, [this])
  }
  /** The same SQL read as another type. */
  typeCoerce<R>(type: TypeArgument<R>): ColumnElement<R, Name> {
    return make.coerced<R, Name>(this, toType(type))
  }
  /** Names the value in rows. */
  label<const L extends string>(name: L): Label<T, L> {
    return make.label<T, L>(this, name)
  }
  /** Kysely's way to name it, for Kysely's own builder. Here {@link label} is the one. */
  as<const L extends string>(name: L): AliasedExpression<T, L> {
    return {
      expression: this,
      alias: name,
      toOperationNode: () => aliasNode(this.toOperationNode(), name) as AliasNode,
    }
  }
  asc(): ColumnElement<T, Name> {
    return make.ordered(this, { direction: 'asc' })
  }
  desc(): ColumnElement<T, Name> {
    return make.ordered(this, { direction: 'desc' })
  }
  nullsFirst(): ColumnElement<T, Name> {
    return make.ordered(this, { nulls: 'first' })
  }
  nullsLast(): ColumnElement<T, Name> {
    return make.ordered(this, { nulls: 'last' })
  }
  /** `COLLATE name`; the name is written as a quoted identifier. */
  collate(name: string): ColumnElement<T, Name> {
    return make.operation<T, Name>(this.type, ops.COLLATE, [this], name)
  }
  /** `DISTINCT column`, as an argument of an aggregate. */
  distinct(): ColumnElement<T> {
    return make.operation<T>(this.type, ops.DISTINCT, [this])
  }
}

const NO_CHILDREN: readonly ColumnElement[] = []

/** What IN takes: values, or something that gives rows. */
export type InOperand<T> =
  | readonly (NonNullable<T> | null | Expression<T | null>)[]
  | Expression<unknown>

// The classes an operator makes extend the class that has the operators, so they come in from above.
let make: typeof Operations

/** Gives the class its operators; called once by `element.ts`. */
export function withOperations(
  base: typeof ColumnElement,
  operations: typeof Operations,
): typeof ColumnElement {
  make = operations
  return base
}
