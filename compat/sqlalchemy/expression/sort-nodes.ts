import type { OperationNode, SelectQueryNode } from 'kysely'
import { CompileError } from '../errors.ts'
import { context } from './context.ts'
import { BindParameter, type ColumnElement, Label, Operation } from './element.ts'
import { baseOf, type FromClause } from './from-clause.ts'
import { identifier, literalNode, sqlNode } from './nodes.ts'
import { ORDER, type OrderDetail } from './operators.ts'
import type { OutputColumn } from './query-source.ts'
import type { SelectParts, SortItem } from './select-parts.ts'

/** What the names in ORDER BY and GROUP BY can mean. */
export interface SortScope {
  readonly outputs: readonly OutputColumn[]
  /** The FROMs whose columns may be named; none for a compound. */
  readonly froms: readonly FromClause[]
  readonly compound: boolean
}

/** ORDER BY, LIMIT and OFFSET added to a SELECT node. */
export function finishNode(
  node: SelectQueryNode,
  parts: SelectParts,
  scope: SortScope,
): SelectQueryNode {
  const { orderBy, limit, offset } = parts
  if (orderBy.length === 0 && !limit && !offset) return node
  const finished = { ...node } as { -readonly [K in keyof SelectQueryNode]: SelectQueryNode[K] }
  if (orderBy.length) {
    const items = orderBy.map((item) => orderNode(item, scope))
    finished.orderBy = { kind: 'OrderByNode', items: items as never }
  }
  if (limit) finished.limit = { kind: 'LimitNode', limit: limit.toOperationNode() }
  if (offset) {
    finished.offset = { kind: 'OffsetNode', offset: offset.toOperationNode() }
    finished.limit ??= unlimited()
  }
  return finished
}

/** SQLite and MySQL have no OFFSET without LIMIT. */
function unlimited(): SelectQueryNode['limit'] {
  const { name } = context()
  if (name === 'sqlite') return { kind: 'LimitNode', limit: literalNode(-1) }
  if (name === 'mysql') return { kind: 'LimitNode', limit: sqlNode('18446744073709551615') }
  return undefined as never
}

export function groupNodes(items: readonly SortItem[], scope: SortScope): OperationNode[] {
  return items.map((item) => {
    const element = typeof item === 'string' ? namedElement(item, scope).element : item
    if (!hasParameter(element)) return element.toOperationNode()
    const index = indexOf(element, scope)
    // A parameter is another one each time it is written, and PostgreSQL takes `x + $1` and `x + $2` for
    // two things; the place of the result means the same expression.
    return index >= 0 ? sqlNode(String(index + 1)) : element.toOperationNode()
  })
}

function orderNode(item: SortItem, scope: SortScope): OperationNode {
  if (typeof item === 'string') {
    const { element, index } = namedElement(item, scope)
    return index >= 0 ? resultNode(element, index, scope) : element.toOperationNode()
  }
  if (item instanceof Operation && item.spec === ORDER) {
    const operand = item.children[0] as ColumnElement
    const index = indexOf(operand, scope)
    const emulated =
      (item.detail as OrderDetail).nulls && context().dialect?.features.nullsFirst === false
    if (index < 0 || (emulated && !scope.compound)) return item.toOperationNode()
    return ORDER.render([resultNode(operand, index, scope)], item.detail)
  }
  // Most items are plain columns: no name of a result is needed for them.
  if (!scope.compound && item.children.length === 0) return item.toOperationNode()
  const index = indexOf(item, scope)
  return index < 0 ? item.toOperationNode() : resultNode(item, index, scope)
}

/** A result by its name, where it has one that is not simply its column's. */
function resultNode(element: ColumnElement, index: number, scope: SortScope): OperationNode {
  if (!scope.compound && !(element instanceof Label) && !hasParameter(element)) {
    return element.toOperationNode()
  }
  return identifier((scope.outputs[index] as OutputColumn).key)
}

function indexOf(element: ColumnElement, scope: SortScope): number {
  const plain = element instanceof Label ? element.element : element
  const exact = scope.outputs.findIndex(({ element: own }) => own === element)
  if (exact >= 0) return exact
  const same = scope.outputs.findIndex(
    ({ element: own }) =>
      own instanceof Label && (own.element === plain || sameLabel(own, element)),
  )
  if (same >= 0 || !scope.compound) return same
  return scope.outputs.findIndex(({ element: own }) => baseOf(own) === baseOf(plain))
}

function sameLabel(own: Label, element: ColumnElement): boolean {
  return element instanceof Label && element.name === own.name && element.element === own.element
}

/**
 * The selected column or label of that name, else a column of the FROMs. Never SQL text.
 * Errors: `CompileError` when there is none.
 */
function namedElement(name: string, scope: SortScope): { element: ColumnElement; index: number } {
  const index = scope.outputs.findIndex(
    ({ key, element }) => key === name || element.key === name || element.name === name,
  )
  if (index >= 0) return { element: (scope.outputs[index] as OutputColumn).element, index }
  for (const from of scope.froms.flatMap(members)) {
    const { c } = from
    if (Object.hasOwn(c, name)) return { element: c[name] as ColumnElement, index: -1 }
  }
  throw new CompileError(
    "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression " +
      `${JSON.stringify(name)} should be explicitly declared as text(${JSON.stringify(name)})`,
  )
}

/** The joined tables themselves, whose columns may be named. */
function members(from: FromClause): FromClause[] {
  return from.parts.length ? from.parts.flatMap(members) : [from]
}

function hasParameter(element: ColumnElement): boolean {
  return element instanceof BindParameter || element.children.some(hasParameter)
}
