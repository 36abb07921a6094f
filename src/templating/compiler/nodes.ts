/** The syntax tree of a template. Field names and their order follow Jinja's `nodes` module. */

interface Base {
  lineno: number
}

export type NameContext = 'load' | 'store' | 'param'

export interface NameNode extends Base {
  type: 'Name'
  name: string
  ctx: NameContext
}
export interface NSRefNode extends Base {
  type: 'NSRef'
  name: string
  attr: string
}
export interface ConstNode extends Base {
  type: 'Const'
  value: string | number | bigint | boolean | null
  /** A number that Python would keep as a float even when it is whole, such as `2.0`. */
  float?: boolean
}
export interface TemplateDataNode extends Base {
  type: 'TemplateData'
  data: string
}
export interface TupleNode extends Base {
  type: 'Tuple'
  items: ExprNode[]
  ctx: NameContext
}
export interface ListNode extends Base {
  type: 'List'
  items: ExprNode[]
}
export interface PairNode extends Base {
  type: 'Pair'
  key: ExprNode
  value: ExprNode
}
export interface DictNode extends Base {
  type: 'Dict'
  items: PairNode[]
}
export interface KeywordNode extends Base {
  type: 'Keyword'
  key: string
  value: ExprNode
}
export interface CondExprNode extends Base {
  type: 'CondExpr'
  test: ExprNode
  expr1: ExprNode
  expr2: ExprNode | null
}

/** What a call carries besides its target. */
export interface Arguments {
  args: ExprNode[]
  kwargs: KeywordNode[]
  dynArgs: ExprNode | null
  dynKwargs: ExprNode | null
}
export interface FilterNode extends Base, Arguments {
  type: 'Filter'
  /** Null inside `{% filter %}` and `{% set x | f %}`: the captured text. */
  node: ExprNode | null
  name: string
}
export interface TestNode extends Base, Arguments {
  type: 'Test'
  node: ExprNode
  name: string
}
export interface CallNode extends Base, Arguments {
  type: 'Call'
  node: ExprNode
}
export interface GetitemNode extends Base {
  type: 'Getitem'
  node: ExprNode
  arg: ExprNode
}
export interface GetattrNode extends Base {
  type: 'Getattr'
  node: ExprNode
  attr: string
}
export interface SliceNode extends Base {
  type: 'Slice'
  start: ExprNode | null
  stop: ExprNode | null
  step: ExprNode | null
}
export interface ConcatNode extends Base {
  type: 'Concat'
  nodes: ExprNode[]
}
export type CompareOp = 'eq' | 'ne' | 'lt' | 'lteq' | 'gt' | 'gteq' | 'in' | 'notin'
export interface OperandNode extends Base {
  type: 'Operand'
  op: CompareOp
  expr: ExprNode
}
export interface CompareNode extends Base {
  type: 'Compare'
  expr: ExprNode
  ops: OperandNode[]
}
export type BinaryOp = 'Add' | 'Sub' | 'Mul' | 'Div' | 'FloorDiv' | 'Mod' | 'Pow' | 'And' | 'Or'
export interface BinaryNode extends Base {
  type: BinaryOp
  left: ExprNode
  right: ExprNode
}
export interface UnaryNode extends Base {
  type: 'Not' | 'Neg' | 'Pos'
  node: ExprNode
}

export type ExprNode =
  | NameNode
  | NSRefNode
  | ConstNode
  | TemplateDataNode
  | TupleNode
  | ListNode
  | DictNode
  | CondExprNode
  | FilterNode
  | TestNode
  | CallNode
  | GetitemNode
  | GetattrNode
  | SliceNode
  | ConcatNode
  | CompareNode
  | BinaryNode
  | UnaryNode

export interface TemplateNode extends Base {
  type: 'Template'
  body: StmtNode[]
}
export interface OutputNode extends Base {
  type: 'Output'
  nodes: ExprNode[]
}
export interface ExtendsNode extends Base {
  type: 'Extends'
  template: ExprNode
}
export interface ForNode extends Base {
  type: 'For'
  target: ExprNode
  iter: ExprNode
  body: StmtNode[]
  orElse: StmtNode[]
  test: ExprNode | null
  recursive: boolean
}
export interface IfNode extends Base {
  type: 'If'
  test: ExprNode
  body: StmtNode[]
  elifs: IfNode[]
  orElse: StmtNode[]
}
export interface MacroNode extends Base {
  type: 'Macro'
  name: string
  args: NameNode[]
  defaults: ExprNode[]
  body: StmtNode[]
}
export interface CallBlockNode extends Base {
  type: 'CallBlock'
  call: CallNode
  args: NameNode[]
  defaults: ExprNode[]
  body: StmtNode[]
}
export interface FilterBlockNode extends Base {
  type: 'FilterBlock'
  body: StmtNode[]
  filter: FilterNode
}
export interface WithNode extends Base {
  type: 'With'
  targets: ExprNode[]
  values: ExprNode[]
  body: StmtNode[]
}
export interface BlockNode extends Base {
  type: 'Block'
  name: string
  body: StmtNode[]
  scoped: boolean
  required: boolean
}
export interface IncludeNode extends Base {
  type: 'Include'
  template: ExprNode
  withContext: boolean
  ignoreMissing: boolean
}
export interface ImportNode extends Base {
  type: 'Import'
  template: ExprNode
  target: string
  withContext: boolean
}
export interface FromImportNode extends Base {
  type: 'FromImport'
  template: ExprNode
  /** Pairs of exported name and local name. */
  names: [name: string, alias: string][]
  withContext: boolean
}
export interface ExprStmtNode extends Base {
  type: 'ExprStmt'
  node: ExprNode
}
export interface AssignNode extends Base {
  type: 'Assign'
  target: ExprNode
  node: ExprNode
}
export interface AssignBlockNode extends Base {
  type: 'AssignBlock'
  target: ExprNode
  filter: FilterNode | null
  body: StmtNode[]
}
/** `{% autoescape value %}`: Jinja's `Scope` around a `ScopedEvalContextModifier`. */
export interface AutoescapeNode extends Base {
  type: 'Autoescape'
  value: ExprNode
  body: StmtNode[]
}
export interface LoopControlNode extends Base {
  type: 'Break' | 'Continue'
}

export type StmtNode =
  | OutputNode
  | ExtendsNode
  | ForNode
  | IfNode
  | MacroNode
  | CallBlockNode
  | FilterBlockNode
  | WithNode
  | BlockNode
  | IncludeNode
  | ImportNode
  | FromImportNode
  | ExprStmtNode
  | AssignNode
  | AssignBlockNode
  | AutoescapeNode
  | LoopControlNode

export type AnyNode = TemplateNode | StmtNode | ExprNode | OperandNode | PairNode | KeywordNode

const CALL_FIELDS = ['args', 'kwargs', 'dynArgs', 'dynKwargs'] as const
const BINARY_FIELDS = ['left', 'right'] as const

const CHILD_FIELDS: { readonly [type in AnyNode['type']]: readonly string[] } = {
  Template: ['body'],
  Output: ['nodes'],
  Extends: ['template'],
  For: ['target', 'iter', 'body', 'orElse', 'test'],
  If: ['test', 'body', 'elifs', 'orElse'],
  Macro: ['args', 'defaults', 'body'],
  CallBlock: ['call', 'args', 'defaults', 'body'],
  FilterBlock: ['body', 'filter'],
  With: ['targets', 'values', 'body'],
  Block: ['body'],
  Include: ['template'],
  Import: ['template'],
  FromImport: ['template'],
  ExprStmt: ['node'],
  Assign: ['target', 'node'],
  AssignBlock: ['target', 'filter', 'body'],
  Autoescape: ['value', 'body'],
  Break: [],
  Continue: [],
  Name: [],
  NSRef: [],
  Const: [],
  TemplateData: [],
  Tuple: ['items'],
  List: ['items'],
  Dict: ['items'],
  Pair: ['key', 'value'],
  Keyword: ['value'],
  CondExpr: ['test', 'expr1', 'expr2'],
  Filter: ['node', ...CALL_FIELDS],
  Test: ['node', ...CALL_FIELDS],
  Call: ['node', ...CALL_FIELDS],
  Getitem: ['node', 'arg'],
  Getattr: ['node'],
  Slice: ['start', 'stop', 'step'],
  Concat: ['nodes'],
  Compare: ['expr', 'ops'],
  Operand: ['expr'],
  Add: BINARY_FIELDS,
  Sub: BINARY_FIELDS,
  Mul: BINARY_FIELDS,
  Div: BINARY_FIELDS,
  FloorDiv: BINARY_FIELDS,
  Mod: BINARY_FIELDS,
  Pow: BINARY_FIELDS,
  And: BINARY_FIELDS,
  Or: BINARY_FIELDS,
  Not: ['node'],
  Neg: ['node'],
  Pos: ['node'],
}

/** The direct children of a node, in the order in which Jinja walks them. */
export function childNodes(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = []
  const fields = node as unknown as Record<string, AnyNode | readonly AnyNode[] | null>
  for (const field of CHILD_FIELDS[node.type]) {
    const value = fields[field]
    if (Array.isArray(value)) found.push(...(value as readonly AnyNode[]))
    else if (value) found.push(value as AnyNode)
  }
  return found
}

/** Every node below `node` of one type, outermost first. */
export function findAll<T extends AnyNode['type']>(
  node: AnyNode,
  type: T,
): Extract<AnyNode, { type: T }>[] {
  const found: Extract<AnyNode, { type: T }>[] = []
  for (const child of childNodes(node)) {
    if (child.type === type) found.push(child as Extract<AnyNode, { type: T }>)
    found.push(...findAll(child, type))
  }
  return found
}

/**
 * Which of `names` are read before anything assigns them, blocks not looked into. A name that is
 * stored first counts as declared, as in Jinja's `find_undeclared`.
 */
export function findUndeclared(nodes: readonly AnyNode[], names: readonly string[]): Set<string> {
  const open = new Set(names)
  const undeclared = new Set<string>()
  const visit = (node: AnyNode): void => {
    if (node.type === 'Block') return
    if (node.type === 'Name') {
      if (node.ctx !== 'load') open.delete(node.name)
      else if (open.has(node.name)) undeclared.add(node.name)
      return
    }
    for (const child of childNodes(node)) visit(child)
  }
  for (const node of nodes) visit(node)
  return undeclared
}

/**
 * Whether Jinja's optimizer would work an expression out while compiling, as far as it can be told
 * without the filters: it has only constants in it.
 */
export function isConstant(node: ExprNode): boolean {
  if (node.type === 'Name' || node.type === 'Call' || node.type === 'NSRef') return false
  if (node.type === 'Filter' && node.node === null) return false
  return childNodes(node).every((child) => isConstantChild(child))
}

function isConstantChild(node: AnyNode): boolean {
  if (node.type === 'Pair' || node.type === 'Keyword' || node.type === 'Operand') {
    return childNodes(node).every(isConstantChild)
  }
  return isConstant(node as ExprNode)
}
