import type { OperationNode, SelectQueryNode } from 'kysely'
import { alias, parens } from './nodes.ts'
import type { QuerySource } from './query-source.ts'

export type SetOperator = 'union' | 'intersect' | 'except'

/** SELECTs put together by one set operator, as one SELECT node. */
export function compoundNode(
  queries: readonly QuerySource[],
  operator: SetOperator,
  all: boolean,
): SelectQueryNode {
  const [first, ...others] = queries.map((query) => plain(query.renderQuery('compound')))
  return {
    ...(first as SelectQueryNode),
    setOperations: others.map((expression) => ({
      kind: 'SetOperationNode',
      operator,
      all,
      expression,
    })),
  } as SelectQueryNode
}

/** SQLite allows no parentheses, so a member with an order, a limit or members is selected from. */
function plain(node: OperationNode): SelectQueryNode {
  const select = node as SelectQueryNode
  const { setOperations, orderBy, limit, offset } = select
  if (select.kind === 'SelectQueryNode' && !setOperations && !orderBy && !limit && !offset)
    return select
  return {
    kind: 'SelectQueryNode',
    selections: [{ kind: 'SelectionNode', selection: { kind: 'SelectAllNode' } }],
    from: { kind: 'FromNode', froms: [alias(parens(node), 'member')] },
  } as unknown as SelectQueryNode
}
