import type { OperationNode } from 'kysely'
import { ArgumentError, CompileError } from '../errors.ts'
import { NULLTYPE, type TypeArgument, type TypeEngine, toType } from '../types/type-engine.ts'
import { context } from './context.ts'
import { ColumnElement, type Condition, condition, literalOf } from './element.ts'
import { call, joined, raw, sqlNode } from './nodes.ts'
import type { StatementShape } from './shape.ts'
import { type OverOptions, windowNode } from './window.ts'

const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/

/** Functions that only compute: their value depends on nothing but rows and arguments. */
const READING: ReadonlySet<string> = new Set([
  ...['count', 'sum', 'avg', 'min', 'max', 'coalesce', 'nullif', 'abs', 'round', 'floor', 'ceil'],
  ...['lower', 'upper', 'trim', 'ltrim', 'rtrim', 'length', 'char_length', 'substr', 'replace'],
  ...['concat', 'group_concat', 'string_agg', 'array_agg'],
])

/** What a function's arguments are rendered to; decided with the database. */
export type FunctionRenderer = (args: readonly OperationNode[]) => OperationNode

interface FunctionParts {
  readonly name: string
  readonly type: TypeEngine<unknown>
  readonly args: readonly ColumnElement[]
  readonly render?: FunctionRenderer | undefined
  readonly filter?: ColumnElement | null
  readonly withinGroup?: readonly ColumnElement[]
  readonly over?: OverOptions | null
}

/** A call of an SQL function. */
export class FunctionElement<out T = unknown> extends ColumnElement<T> {
  override readonly name = ''
  override readonly key = ''
  readonly #parts: FunctionParts

  /** @throws {CompileError} when the name is none: it goes into the SQL as it stands. */
  constructor(parts: FunctionParts) {
    super()
    if (!FUNCTION_NAME.test(parts.name)) {
      throw new CompileError(`${JSON.stringify(parts.name)} is not a function's name.`)
    }
    this.#parts = parts
  }

  override get type(): TypeEngine<unknown> {
    return this.#parts.type
  }
  override get anonymousName(): string {
    const { name } = this.#parts
    return this.#parts.over ? 'anon' : name.slice(name.lastIndexOf('.') + 1)
  }
  get functionName(): string {
    return this.#parts.name
  }
  override get children(): readonly ColumnElement[] {
    const { args, filter, withinGroup = [], over } = this.#parts
    return [
      ...args,
      ...(filter ? [filter] : []),
      ...withinGroup,
      ...(over ? over.partition : []),
      ...(over ? over.order : []),
    ]
  }
  override withChildren(children: readonly ColumnElement[]): FunctionElement<T> {
    const rest = [...children]
    const { args, filter, withinGroup = [], over } = this.#parts
    return new FunctionElement<T>({
      ...this.#parts,
      args: rest.splice(0, args.length),
      filter: filter ? (rest.shift() as ColumnElement) : null,
      withinGroup: rest.splice(0, withinGroup.length),
      over: over
        ? { ...over, partition: rest.splice(0, over.partition.length), order: rest }
        : null,
    })
  }

  override describe(shape: StatementShape): boolean {
    const { name, type, args, render, filter, withinGroup, over } = this.#parts
    if (render || filter || withinGroup?.length || over) return false
    return shape.add('function', name, type) && shape.addAll(args)
  }

  /** `FILTER (WHERE …)`, and a CASE where the database has none. */
  filter(...conditions: readonly Condition[]): FunctionElement<T> {
    const [first, ...others] = conditions.map(condition)
    if (!first) throw new ArgumentError('filter() needs a condition.')
    const all = others.length ? first.and(...others) : first
    const before = this.#parts.filter
    return new FunctionElement<T>({ ...this.#parts, filter: before ? before.and(all) : all })
  }
  /** `WITHIN GROUP (ORDER BY …)` (PostgreSQL). */
  withinGroup(...order: readonly ColumnElement[]): FunctionElement<T> {
    return new FunctionElement<T>({ ...this.#parts, withinGroup: order })
  }
  /** A window: `func.rank().over({ partitionBy, orderBy, rows: [null, 0] })`. */
  over(options: WindowOptions = {}): FunctionElement<T> {
    return new FunctionElement<T>({
      ...this.#parts,
      over: {
        partition: [options.partitionBy ?? []].flat(),
        order: [options.orderBy ?? []].flat(),
        rows: options.rows ?? null,
        range: options.range ?? null,
      },
    })
  }

  override toOperationNode(): OperationNode {
    const { name, args, render, filter, withinGroup, over } = this.#parts
    if (!READING.has(name)) context().mayAct = true
    const emulate = filter && context().name === 'mysql'
    const nodes = emulate ? emulated(name, args, filter) : args.map((arg) => arg.toOperationNode())
    let node = render ? render(nodes) : call(name, nodes)
    if (withinGroup?.length) {
      const order = joined(withinGroup.map((item) => item.toOperationNode()))
      node = raw(['', ' within group (order by ', ')'], [node, order])
    }
    if (filter && !emulate) {
      node = raw(['', ' filter (where ', ')'], [node, filter.toOperationNode()])
    }
    return over ? windowNode(node, over) : node
  }
}

/** Options of `over()`: frame bounds are rows before (negative) and after; null is unbounded. */
export interface WindowOptions {
  readonly partitionBy?: ColumnElement | readonly ColumnElement[]
  readonly orderBy?: ColumnElement | readonly ColumnElement[]
  readonly rows?: readonly [number | null, number | null]
  readonly range?: readonly [number | null, number | null]
}

/** Rows outside the filter become NULL, which aggregates pass over. */
function emulated(
  name: string,
  args: readonly ColumnElement[],
  filter: ColumnElement,
): OperationNode[] {
  const test = filter.toOperationNode()
  if (args.length === 0) return [raw(['case when ', ' then 1 end'], [test])]
  return args.map((arg, index) => {
    if (index > 0) return arg.toOperationNode()
    const value = name === 'count' && arg instanceof Star ? sqlNode('1') : arg.toOperationNode()
    return raw(['case when ', ' then ', ' end'], [test, value])
  })
}

/** The `*` of `count(*)`. */
export class Star extends ColumnElement<unknown> {
  override readonly name = ''
  override readonly key = ''
  override readonly type: TypeEngine<unknown> = NULLTYPE
  override describe(shape: StatementShape): boolean {
    return shape.add('*')
  }
  override toOperationNode(): OperationNode {
    return sqlNode('*')
  }
}

export const STAR: ColumnElement = new Star()

/** A call with arguments as they come: values become parameters. */
export function callFunction<T>(
  name: string,
  args: readonly unknown[],
  type: TypeEngine<unknown>,
  render?: FunctionRenderer,
): FunctionElement<T> {
  return new FunctionElement<T>({ name, type, args: args.map((arg) => literalOf(arg)), render })
}

/** A function of a name given at run time: `fn('ltrim', String)(column)`. */
export function namedFunction<T = unknown>(
  name: string,
  type?: TypeArgument<T>,
): (...args: readonly unknown[]) => FunctionElement<T> {
  return (...args) => callFunction<T>(name, args, type ? toType(type) : NULLTYPE)
}
