import {
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  ColumnUpdateNode,
  type CompiledQuery,
  createQueryId,
  DeleteQueryNode,
  FromNode,
  InsertQueryNode,
  type OperationNode,
  OperatorNode,
  OrNode,
  ParensNode,
  PrimitiveValueListNode,
  ReturningNode,
  type RootOperationNode,
  SelectionNode,
  SelectQueryNode,
  UpdateQueryNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  WhereNode,
} from 'kysely'
import type { Dialect } from '../../../dialects/dialect.ts'
import { RenderContext, withContext } from '../../../expression/context.ts'
import { type Column, tableNode } from '../../../schema/column.ts'
import { isSqlExpression } from '../../../schema/default.ts'
import type { Table } from '../../../schema/table.ts'
import { BoundValue } from '../../../types/bound-value.ts'
import type { Mapper } from '../../mapping/mapper.ts'

const MAX_KEPT = 256
const compiled = new WeakMap<object, Map<string, CompiledQuery>>()

/**
 * Compiled SQL by what it does; `parameters` are those of this execution.
 *
 * @param owner the mapper where `name` says columns by their numbers: classes that share a table number them anew; else
 *   the table
 */
export function cachedStatement(
  owner: Mapper | Table,
  name: string,
  parameters: readonly unknown[],
  dialect: Dialect,
  build: () => RootOperationNode,
): CompiledQuery {
  let kept = compiled.get(owner)
  if (!kept) {
    kept = new Map()
    compiled.set(owner, kept)
  }
  const key = `${dialect.name}/${dialect.flavour ?? ''}/${name}`
  let template = kept.get(key)
  if (!template) {
    if (kept.size >= MAX_KEPT) kept.clear()
    template = compileNode(build(), dialect)
    kept.set(key, template)
  }
  return { ...template, parameters }
}

/** SQL of an operation node, with the expressions in it rendered for the dialect. */
export function compileNode(node: RootOperationNode, dialect: Dialect): CompiledQuery {
  return dialect.createQueryCompiler().compileQuery(node, createQueryId())
}

/** A value as the driver gets it: with its type, where the type has something to say. */
export function parameter(column: Column, value: unknown, dialect: Dialect): unknown {
  const { type } = column
  if (value === undefined || (value === null && !type.seesNull)) return null
  return type.processors(dialect).bind === null ? value : new BoundValue(value, type, column.name)
}

/** A value, or the SQL that stands for it, as a node. */
export function valueNode(column: Column, value: unknown, dialect: Dialect): OperationNode {
  if (!isSqlExpression(value)) return ValueNode.create(parameter(column, value, dialect))
  return withContext(new RenderContext(dialect), () => value.toOperationNode())
}

const PLACE = 0

/**
 * `INSERT INTO table (columns) VALUES (…), (…)` with `rows` groups of places. Without any column it is what the
 * database has for that.
 */
export function insertNode(
  table: Table,
  columns: readonly Column[],
  rows: number,
  returning: readonly Column[],
  { emptyInsert }: Pick<Dialect, 'emptyInsert'>,
): RootOperationNode {
  const none = columns.length === 0 && emptyInsert === 'default values'
  const places = PrimitiveValueListNode.create(columns.map(() => PLACE))
  const values = none ? null : ValuesNode.create(Array.from({ length: rows }, () => places))
  return finishInsert(table, columns, values, returning)
}

/** The same for one row whose values are nodes. */
export function insertRowNode(
  table: Table,
  columns: readonly Column[],
  values: readonly OperationNode[],
  returning: readonly Column[],
): RootOperationNode {
  return finishInsert(table, columns, ValuesNode.create([ValueListNode.create(values)]), returning)
}

function finishInsert(
  table: Table,
  columns: readonly Column[],
  values: OperationNode | null,
  returning: readonly Column[],
): RootOperationNode {
  const node: InsertQueryNode = {
    ...InsertQueryNode.create(tableNode(table)),
    ...(columns.length > 0
      ? { columns: columns.map((column) => ColumnNode.create(column.name)) }
      : null),
    ...(values ? { values } : { defaultValues: true }),
    ...(returning.length > 0
      ? { returning: ReturningNode.create(returning.map(selection)) }
      : null),
  }
  return node
}

/** A bare column of a SELECT or RETURNING list. */
export function selection(column: Column): SelectionNode {
  return SelectionNode.create(ColumnNode.create(column.name))
}

/** `column = …` */
export function equals(column: Column, value: OperationNode): OperationNode {
  return BinaryOperationNode.create(ColumnNode.create(column.name), OperatorNode.create('='), value)
}

const PLACE_NODE = ValueNode.create(PLACE)

/** The rows with `count` keys: `key IN (…)`, or alternatives of several columns. */
export function keysNode(columns: readonly Column[], count: number): OperationNode {
  const [only] = columns
  if (columns.length === 1 && only) {
    if (count === 1) return equals(only, PLACE_NODE)
    return BinaryOperationNode.create(
      ColumnNode.create(only.name),
      OperatorNode.create('in'),
      PrimitiveValueListNode.create(Array.from({ length: count }, () => PLACE)),
    )
  }
  const one = allOf(columns.map((column) => equals(column, PLACE_NODE)))
  if (count === 1) return one
  const group = ParensNode.create(one)
  return Array.from({ length: count }, () => group as OperationNode).reduce((left, right) =>
    OrNode.create(left, right),
  )
}

/** Conditions joined by AND. */
export function allOf(conditions: readonly OperationNode[]): OperationNode {
  return conditions.reduce((left, right) => AndNode.create(left, right))
}

export function updateNode(
  table: Table,
  updates: readonly (readonly [Column, OperationNode | null])[],
  where: OperationNode,
): RootOperationNode {
  return {
    ...UpdateQueryNode.create([tableNode(table)]),
    updates: updates.map(([column, value]) =>
      ColumnUpdateNode.create(ColumnNode.create(column.name), value ?? PLACE_NODE),
    ),
    where: WhereNode.create(where),
  }
}

export function deleteNode(table: Table, where: OperationNode): RootOperationNode {
  return { ...DeleteQueryNode.create([tableNode(table)]), where: WhereNode.create(where) }
}

export function selectNode(
  table: Table,
  columns: readonly Column[],
  where: OperationNode,
): RootOperationNode {
  return {
    ...SelectQueryNode.createFrom([tableNode(table)]),
    from: FromNode.create([tableNode(table)]),
    selections: columns.map(selection),
    where: WhereNode.create(where),
  }
}
