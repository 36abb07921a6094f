import type {
  AliasNode,
  IdentifierNode,
  OperationNode,
  ParensNode,
  RawNode,
  ReferenceNode,
  TableNode,
  ValueNode,
} from 'kysely'

// Kysely's own factories freeze each node; these make the same shapes without it, since a
// statement makes dozens and nobody else sees them before the compiler.

/** Fixed SQL around child nodes. The fragments are never made from what a user gave. */
export function raw(
  sqlFragments: readonly string[],
  parameters: readonly OperationNode[],
): RawNode {
  return { kind: 'RawNode', sqlFragments, parameters } as RawNode
}

/** Fixed SQL. */
export function sqlNode(text: string): RawNode {
  return raw([text], [])
}

export function identifier(name: string): IdentifierNode {
  return { kind: 'IdentifierNode', name } as IdentifierNode
}

export function value(bound: unknown): ValueNode {
  return { kind: 'ValueNode', value: bound } as ValueNode
}

/** A literal the compiler quotes for its database. */
export function literalNode(constant: string | number | boolean | null): ValueNode {
  return { kind: 'ValueNode', value: constant, immediate: true } as ValueNode
}

export function parens(node: OperationNode): ParensNode {
  return { kind: 'ParensNode', node } as ParensNode
}

export function alias(node: OperationNode, name: string): AliasNode {
  return { kind: 'AliasNode', node, alias: identifier(name) } as AliasNode
}

export function tableNode(name: string, schema?: string | null): TableNode {
  return {
    kind: 'TableNode',
    table: {
      kind: 'SchemableIdentifierNode',
      identifier: identifier(name),
      ...(schema ? { schema: identifier(schema) } : null),
    },
  } as TableNode
}

/** `table.column`; `table` is null for a column alone. */
export function referenceNode(table: TableNode | null, column: string): ReferenceNode {
  return {
    kind: 'ReferenceNode',
    column: { kind: 'ColumnNode', column: identifier(column) },
    ...(table ? { table } : null),
  } as ReferenceNode
}

export function operatorNode(operator: string): OperationNode {
  return { kind: 'OperatorNode', operator } as OperationNode
}

export function binary(left: OperationNode, operator: string, right: OperationNode): OperationNode {
  return {
    kind: 'BinaryOperationNode',
    leftOperand: left,
    operator: operatorNode(operator),
    rightOperand: right,
  } as OperationNode
}

/** Nodes with a separator of fixed SQL between them. */
export function joined(items: readonly OperationNode[], separator = ', '): OperationNode {
  if (items.length === 1) return items[0] as OperationNode
  if (separator === ', ') return { kind: 'ListNode', items } as OperationNode
  const fragments = ['']
  for (let index = 1; index < items.length; index++) fragments.push(separator)
  fragments.push('')
  return raw(fragments, items)
}

/** A function call; the caller has checked the name. */
export function call(name: string, items: readonly OperationNode[]): OperationNode {
  return { kind: 'FunctionNode', func: name, arguments: items } as OperationNode
}

/**
 * A SELECT without parentheses inside fixed SQL: Kysely's compiler puts them around one there,
 * and leaves them out under a set operation.
 */
export function unwrapped(node: OperationNode): OperationNode {
  if (node.kind !== 'SelectQueryNode') return node
  return { kind: 'SetOperationNode', operator: '', expression: node, all: false } as never
}
