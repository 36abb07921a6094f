import type { OperationNode } from 'kysely'
import { ArgumentError, CompileError } from '../errors.ts'
import type { Column } from '../schema/column.ts'
import type { DefaultContext } from '../schema/default.ts'
import { Table } from '../schema/table.ts'
import { context } from './context.ts'
import { type ColumnElement, coerce, type FromSource, literalOf } from './element.ts'
import type { EntityInfo } from './entity.ts'
import type { FromClause } from './from-clause.ts'
import { baseOf } from './from-clause.ts'
import { describe, entityOf, fromsOf } from './froms-of.ts'
import { identifier } from './nodes.ts'
import type { OutputColumn } from './query-source.ts'
import { selection } from './render-select.ts'
import type { SelectItem } from './select-parts.ts'
import { BIG_INTEGER, isBeyond, kindOf } from './value-types.ts'

/** A row or a SET: values by attribute or column key. */
export type Values = Readonly<Record<string, unknown>>

/** The table written to, and how its attributes are named. */
export interface DmlTarget {
  readonly table: Table
  readonly entity: EntityInfo | null
}

/** Errors: `ArgumentError` when it is neither a table nor a model. */
export function dmlTarget(target: unknown): DmlTarget {
  const entity = entityOf(target)
  const table = entity ? entity.from : fromsOf(target)
  if (!(table instanceof Table)) {
    throw new ArgumentError(`Table or mapped class expected, got ${describe(target)}.`)
  }
  return { table, entity }
}

/** The column of a key. Errors: `CompileError` naming the unknown key. */
export function columnOf(target: DmlTarget, key: string): Column {
  const attribute = target.entity?.columns.find((it) => it.key === key)
  if (attribute) return baseOf(attribute.column) as Column
  const { c } = target.table
  const found = Object.hasOwn(c, key) ? c[key] : target.table.columnNamed(key)
  if (!found) throw new CompileError(`Unconsumed column names: ${key}`)
  return found
}

/** A row's values by column, with what the columns' own defaults add. */
export function rowValues(
  target: DmlTarget,
  row: Values,
  kind: 'default' | 'onupdate',
): Map<Column, ColumnElement> {
  const values = new Map<Column, ColumnElement>()
  for (const [key, value] of Object.entries(row)) {
    if (value === undefined) continue
    const column = columnOf(target, key)
    values.set(column, storedValue(value, column))
  }
  for (const column of target.table.columns) {
    const how = kind === 'default' ? column.defaultKind : column.onupdateKind
    if (how === null || values.has(column)) continue
    const given = kind === 'default' ? column.default : column.onupdate
    const made =
      how === 'callable'
        ? callDefault(given as (it: DefaultContext) => unknown, column, row)
        : given
    values.set(column, storedValue(made, column))
  }
  return values
}

function callDefault(make: (it: DefaultContext) => unknown, column: Column, row: Values): unknown {
  return make({ column, parameters: row, getCurrentParameters: () => row })
}

/** Whether a statement's values are made anew at each execution. */
export function hasCallableDefault(target: DmlTarget, kind: 'default' | 'onupdate'): boolean {
  return target.table.columns.some(
    (column) => (kind === 'default' ? column.defaultKind : column.onupdateKind) === 'callable',
  )
}

/** A value for a column; what JSON stores as null goes through the type. */
function storedValue(value: unknown, column: Column): ColumnElement {
  if (value === null && column.type.seesNull) return literalOf(value, column.type)
  const { type } = column
  // What no integer column can hold is to be refused, not kept as something else.
  if (typeof value === 'bigint' && kindOf(type) === 'integer' && isBeyond(value, BIG_INTEGER)) {
    return literalOf(value, BIG_INTEGER)
  }
  return coerce(value, type)
}

export function columnNode(column: { readonly name: string }): OperationNode {
  return { kind: 'ColumnNode', column: identifier(column.name) } as OperationNode
}

/** `column = value` for SET; the table's name is needed where several are updated. */
export function updateNodes(
  values: ReadonlyMap<Column, ColumnElement>,
  qualified = false,
): OperationNode[] {
  return [...values].map(
    ([column, value]) =>
      ({
        kind: 'ColumnUpdateNode',
        column: qualified ? column.toOperationNode() : columnNode(column),
        value: value.toOperationNode(),
      }) as OperationNode,
  )
}

/** RETURNING. Errors: `CompileError` where the database has none for such a statement. */
export function returningNode(
  outputs: readonly OutputColumn[],
  feature: 'insertReturning' | 'updateReturning' | 'deleteReturning',
): OperationNode {
  if (context().dialect?.features[feature] === false) {
    throw new CompileError(
      `RETURNING is not supported by this dialect's statement compiler (${context().name}).`,
    )
  }
  const selections = outputs.map(({ element, key }) => selection(element, key))
  return { kind: 'ReturningNode', selections } as OperationNode
}

/** The other tables that conditions and values speak of. */
export function otherFroms(table: Table, elements: Iterable<ColumnElement>): FromClause[] {
  const found = new Set<FromSource>()
  for (const element of elements) element.collectFroms(found)
  found.delete(table)
  return [...found] as FromClause[]
}

/** What RETURNING gives; nothing for none. */
export interface Returning {
  readonly items: readonly SelectItem[]
}
