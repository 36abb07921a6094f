import type { Expression, OperationNode } from 'kysely'
import { NULLTYPE, type TypeEngine } from '../types/type-engine.ts'
import { context } from './context.ts'
import { asExpression, type ColumnElement, coerce, literalOf } from './element.ts'
import { callFunction, FunctionElement, type FunctionRenderer, STAR } from './functions.ts'
import { call, raw, sqlNode } from './nodes.ts'
import { DATE, DATETIME, FLOAT, INTEGER, STRING, TIME } from './value-types.ts'

type Arg<T = unknown> = T | Expression<T>
type NonNull<T> = Exclude<T, null>

/** A function of any name. Its value's type is not known. */
// biome-ignore lint/suspicious/noExplicitAny: the type of an unknown function's value
export type AnyFunction = (...args: readonly unknown[]) => FunctionElement<any>

/** The functions whose types are known; any other name is an {@link AnyFunction}. */
export interface KnownFunctions {
  count(value?: unknown): FunctionElement<number>
  /** NULL over no rows. */
  sum<T>(value: Expression<T>): FunctionElement<NonNull<T> | null>
  avg(value: Expression<unknown>): FunctionElement<number | null>
  min<T>(value: Expression<T>): FunctionElement<NonNull<T> | null>
  max<T>(value: Expression<T>): FunctionElement<NonNull<T> | null>
  coalesce<T>(
    value: Expression<T>,
    ...others: readonly Arg<NonNull<T> | null>[]
  ): FunctionElement<NonNull<T>>
  nullif<T>(value: Expression<T>, other: Arg<NonNull<T> | null>): FunctionElement<NonNull<T> | null>
  lower<T extends string | null>(value: Arg<T>): FunctionElement<T>
  upper<T extends string | null>(value: Arg<T>): FunctionElement<T>
  trim<T extends string | null>(value: Arg<T>): FunctionElement<T>
  ltrim<T extends string | null>(value: Arg<T>): FunctionElement<T>
  rtrim<T extends string | null>(value: Arg<T>): FunctionElement<T>
  /** Characters, on each database. */
  length(value: Arg<string | null>): FunctionElement<number>
  char_length(value: Arg<string | null>): FunctionElement<number>
  substr(
    value: Arg<string | null>,
    start: Arg<number>,
    length?: Arg<number>,
  ): FunctionElement<string>
  replace(value: Arg<string | null>, from: Arg<string>, to: Arg<string>): FunctionElement<string>
  concat(...values: readonly unknown[]): FunctionElement<string>
  abs<T>(value: Expression<T>): FunctionElement<T>
  round(value: Expression<unknown>, digits?: Arg<number>): FunctionElement<number>
  floor(value: Expression<unknown>): FunctionElement<number>
  ceil(value: Expression<unknown>): FunctionElement<number>
  random(): FunctionElement<number>
  now(): FunctionElement<Date>
  current_timestamp(): FunctionElement<Date>
  current_date(): FunctionElement<Date>
  current_time(): FunctionElement<string>
  row_number(): FunctionElement<number>
  rank(): FunctionElement<number>
  dense_rank(): FunctionElement<number>
  percent_rank(): FunctionElement<number>
  cume_dist(): FunctionElement<number>
  ntile(count: number): FunctionElement<number>
  lag<T>(value: Expression<T>, offset?: number, otherwise?: Arg<T>): FunctionElement<T | null>
  lead<T>(value: Expression<T>, offset?: number, otherwise?: Arg<T>): FunctionElement<T | null>
  first_value<T>(value: Expression<T>): FunctionElement<T>
  last_value<T>(value: Expression<T>): FunctionElement<T>
  nth_value<T>(value: Expression<T>, n: number): FunctionElement<T | null>
  group_concat(value: Expression<unknown>, separator?: string): FunctionElement<string | null>
  string_agg(value: Expression<unknown>, separator?: string): FunctionElement<string | null>
  array_agg<T>(value: Expression<T>): FunctionElement<T[] | null>
}

export type Func = KnownFunctions & { readonly [name: string]: AnyFunction }

type Maker = (...args: unknown[]) => FunctionElement

const returning =
  (name: string, type: TypeEngine<unknown>): Maker =>
  (...args) =>
    callFunction(name, args, type)

/** The type of the first argument. */
const likeFirst =
  (name: string, render?: FunctionRenderer): Maker =>
  (...args) => {
    const first = asExpression(args[0])
    const type = first?.type ?? literalOf(args[0]).type
    const rest = args.slice(1).map((arg) => (first ? coerce(arg, type) : literalOf(arg)))
    return new FunctionElement({ name, type, args: [literalOf(args[0]), ...rest], render })
  }

/** Words that are no calls in standard SQL. */
const keyword =
  (name: string, type: TypeEngine<unknown>): Maker =>
  () =>
    callFunction(name, [], type, () => sqlNode(name))

const onMysql =
  (name: string, other: string): FunctionRenderer =>
  (nodes) =>
    call(context().name === 'mysql' ? other : name, nodes)

function aggregatedText(value: unknown, separator: unknown = ','): FunctionElement {
  const args = [value as ColumnElement, literalOf(separator, STRING)]
  return callFunction('group_concat', args, STRING, (nodes) => {
    const [text, between] = nodes as [OperationNode, OperationNode]
    if (context().name === 'mysql')
      return raw(['group_concat(', ' separator ', ')'], [text, between])
    if (context().name !== 'postgresql') return call('group_concat', nodes)
    return raw(['string_agg(cast(', ' as text), ', ')'], [text, between])
  })
}

const KNOWN: Record<string, Maker> = {
  count: (value) => callFunction('count', [value === undefined ? STAR : value], INTEGER),
  sum: likeFirst('sum'),
  avg: returning('avg', FLOAT),
  min: likeFirst('min'),
  max: likeFirst('max'),
  coalesce: likeFirst('coalesce'),
  nullif: likeFirst('nullif'),
  lower: likeFirst('lower'),
  upper: likeFirst('upper'),
  trim: likeFirst('trim'),
  ltrim: likeFirst('ltrim'),
  rtrim: likeFirst('rtrim'),
  // MySQL's length() counts bytes.
  length: (value) => callFunction('length', [value], INTEGER, onMysql('length', 'char_length')),
  char_length: (value) =>
    callFunction('char_length', [value], INTEGER, (nodes) =>
      call(context().name === 'sqlite' ? 'length' : 'char_length', nodes),
    ),
  substr: likeText('substr'),
  replace: likeText('replace'),
  concat: (...args) =>
    callFunction('concat', args, STRING, (nodes) =>
      context().name === 'sqlite' ? raw(fragments(nodes.length), nodes) : call('concat', nodes),
    ),
  abs: likeFirst('abs'),
  round: returning('round', FLOAT),
  floor: returning('floor', FLOAT),
  ceil: returning('ceil', FLOAT),
  random: () => callFunction('random', [], FLOAT, onMysql('random', 'rand')),
  now: () =>
    callFunction('now', [], DATETIME, () =>
      context().name === 'postgresql' || context().name === 'mysql'
        ? sqlNode('now()')
        : sqlNode('current_timestamp'),
    ),
  current_timestamp: keyword('current_timestamp', DATETIME),
  current_date: keyword('current_date', DATE),
  current_time: keyword('current_time', TIME),
  row_number: returning('row_number', INTEGER),
  rank: returning('rank', INTEGER),
  dense_rank: returning('dense_rank', INTEGER),
  percent_rank: returning('percent_rank', FLOAT),
  cume_dist: returning('cume_dist', FLOAT),
  ntile: returning('ntile', INTEGER),
  lag: offsetFunction('lag'),
  lead: offsetFunction('lead'),
  first_value: likeFirst('first_value'),
  last_value: likeFirst('last_value'),
  nth_value: offsetFunction('nth_value'),
  group_concat: aggregatedText,
  string_agg: aggregatedText,
}

function likeText(name: string): Maker {
  return (...args) =>
    callFunction(
      name,
      args.filter((arg) => arg !== undefined),
      STRING,
    )
}

/** The second argument is a count, whatever the first one's type is. */
function offsetFunction(name: string): Maker {
  return (value, offset, otherwise) => {
    const first = literalOf(value)
    const args = [first]
    if (offset !== undefined) args.push(literalOf(offset, INTEGER))
    if (otherwise !== undefined) args.push(coerce(otherwise, first.type))
    return new FunctionElement({ name, type: first.type, args })
  }
}

function fragments(count: number): string[] {
  return ['', ...Array<string>(count - 1).fill(' || '), '']
}

/**
 * SQL functions by name: `func.count()`, `func.lower(User.c.name)`, and any other of the database.
 * Names are letters, digits, `_` and dots; anything else is a `CompileError`.
 */
export const func: Func = new Proxy(Object.create(null) as Func, {
  get(_, name) {
    if (typeof name !== 'string' || name === 'then') return undefined
    if (Object.hasOwn(KNOWN, name)) return KNOWN[name]
    return (...args: unknown[]) => callFunction(name, args, NULLTYPE)
  },
})
