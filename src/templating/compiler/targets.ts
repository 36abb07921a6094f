import type { Arguments, ConstNode, ExprNode, NameContext } from './nodes.ts'

/** The arguments of a filter or test without parentheses. */
export const noArguments = (): Arguments => ({
  args: [],
  kwargs: [],
  dynArgs: null,
  dynKwargs: null,
})

/** `true`, `false` and `none` in either spelling. */
export function reserved(name: string, lineno: number): ConstNode {
  const lower = name.toLowerCase()
  return { type: 'Const', value: lower === 'none' ? null : lower === 'true', lineno }
}

/** Turns a parsed expression into an assignment target or a parameter. */
export function setContext(node: ExprNode, ctx: NameContext): void {
  if (node.type === 'Name') node.ctx = ctx
  else if (node.type === 'Tuple') {
    node.ctx = ctx
    for (const item of node.items) setContext(item, ctx)
  }
}

/** Whether something can be assigned to the expression. */
export function canAssign(node: ExprNode): boolean {
  if (node.type === 'Tuple') return node.items.every(canAssign)
  return node.type === 'Name' || node.type === 'NSRef'
}
