import { repr } from '../python/text.ts'
import { describeToken } from './lexer.ts'
import type {
  Arguments,
  BinaryOp,
  CompareOp,
  ConstNode,
  DictNode,
  ExprNode,
  FilterNode,
  KeywordNode,
  ListNode,
  NameNode,
  OperandNode,
  PairNode,
  SliceNode,
} from './nodes.ts'
import { canAssign, noArguments, reserved, setContext } from './targets.ts'
import { type TokenStream, testToken } from './token-stream.ts'

const COMPARE = new Set(['eq', 'ne', 'lt', 'lteq', 'gt', 'gteq'])
const SUM: Readonly<Record<string, BinaryOp>> = { add: 'Add', sub: 'Sub' }
const PRODUCT: Readonly<Record<string, BinaryOp>> = {
  mul: 'Mul',
  div: 'Div',
  floordiv: 'FloorDiv',
  mod: 'Mod',
}
const TEST_ARGUMENT = new Set([
  'name',
  'string',
  'integer',
  'float',
  'lparen',
  'lbracket',
  'lbrace',
])
const RESERVED = new Set(['true', 'false', 'none', 'True', 'False', 'None'])

export interface TupleOptions {
  /** Only primaries, as in assignment targets. */
  simplified?: boolean
  withCondexpr?: boolean
  explicitParentheses?: boolean
  withNamespace?: boolean
}

/** Parses Jinja expressions by recursive descent; the levels are those of Jinja's grammar. */
export class ExpressionParser {
  readonly stream: TokenStream

  constructor(stream: TokenStream) {
    this.stream = stream
  }

  parseExpression(withCondexpr = true): ExprNode {
    return withCondexpr ? this.#condexpr() : this.#or()
  }

  #condexpr(): ExprNode {
    let lineno = this.stream.current.lineno
    let expr1 = this.#or()
    while (this.stream.skipIf('name:if')) {
      const test = this.#or()
      const expr2 = this.stream.skipIf('name:else') ? this.#condexpr() : null
      expr1 = { type: 'CondExpr', test, expr1, expr2, lineno }
      lineno = this.stream.current.lineno
    }
    return expr1
  }

  #or(): ExprNode {
    let lineno = this.stream.current.lineno
    let left = this.#and()
    while (this.stream.skipIf('name:or')) {
      left = { type: 'Or', left, right: this.#and(), lineno }
      lineno = this.stream.current.lineno
    }
    return left
  }

  #and(): ExprNode {
    let lineno = this.stream.current.lineno
    let left = this.#not()
    while (this.stream.skipIf('name:and')) {
      left = { type: 'And', left, right: this.#not(), lineno }
      lineno = this.stream.current.lineno
    }
    return left
  }

  #not(): ExprNode {
    if (!this.stream.test('name:not')) return this.#compare()
    const { lineno } = this.stream.next()
    return { type: 'Not', node: this.#not(), lineno }
  }

  #compare(): ExprNode {
    const { stream } = this
    const { lineno } = stream.current
    const expr = this.#sum()
    const ops: OperandNode[] = []
    const operand = (op: CompareOp): void => {
      ops.push({ type: 'Operand', op, expr: this.#sum(), lineno })
    }
    for (;;) {
      const { type } = stream.current
      if (COMPARE.has(type)) {
        stream.next()
        operand(type as CompareOp)
      } else if (stream.skipIf('name:in')) operand('in')
      else if (stream.test('name:not') && testToken(stream.look(), 'name:in')) {
        stream.skip(2)
        operand('notin')
      } else break
    }
    return ops.length === 0 ? expr : { type: 'Compare', expr, ops, lineno }
  }

  #binary(operators: Readonly<Record<string, BinaryOp>>, operand: () => ExprNode): ExprNode {
    let lineno = this.stream.current.lineno
    let left = operand()
    for (;;) {
      const type = operators[this.stream.current.type]
      if (type === undefined) return left
      this.stream.next()
      left = { type, left, right: operand(), lineno }
      lineno = this.stream.current.lineno
    }
  }

  #sum(): ExprNode {
    return this.#binary(SUM, () => this.#concat())
  }

  #concat(): ExprNode {
    const { lineno } = this.stream.current
    const first = this.#product()
    if (this.stream.current.type !== 'tilde') return first
    const nodes = [first]
    while (this.stream.skipIf('tilde')) nodes.push(this.#product())
    return { type: 'Concat', nodes, lineno }
  }

  #product(): ExprNode {
    return this.#binary(PRODUCT, () => this.#power())
  }

  // Unlike Python's, Jinja's ** groups to the left.
  #power(): ExprNode {
    return this.#binary({ pow: 'Pow' }, () => this.#unary(true))
  }

  #unary(withFilter: boolean): ExprNode {
    const { type, lineno } = this.stream.current
    let node: ExprNode
    if (type === 'sub' || type === 'add') {
      this.stream.next()
      node = { type: type === 'sub' ? 'Neg' : 'Pos', node: this.#unary(false), lineno }
    } else node = this.parsePrimary()
    node = this.parsePostfix(node)
    return withFilter ? this.#filterExpression(node) : node
  }

  parsePrimary(withNamespace = false): ExprNode {
    const { stream } = this
    const token = stream.current
    const { lineno } = token
    switch (token.type) {
      case 'name': {
        stream.next()
        const name = String(token.value)
        if (RESERVED.has(name)) return reserved(name, lineno)
        if (withNamespace && stream.skipIf('dot')) {
          return { type: 'NSRef', name, attr: String(stream.expect('name').value), lineno }
        }
        return { type: 'Name', name, ctx: 'load', lineno }
      }
      case 'string': {
        let value = ''
        while (stream.current.type === 'string') value += stream.next().value
        return { type: 'Const', value, lineno }
      }
      case 'integer':
      case 'float':
        stream.next()
        return { type: 'Const', value: token.value, float: token.type === 'float', lineno }
      case 'lparen': {
        stream.next()
        const node = this.parseTuple({ explicitParentheses: true })
        stream.expect('rparen')
        return node
      }
      case 'lbracket':
        return this.#list()
      case 'lbrace':
        return this.#dict()
      default:
        throw stream.error(`unexpected ${repr(describeToken(token))}`)
    }
  }

  /** A comma-separated tuple, or the single expression when there is no comma. */
  parseTuple(options: TupleOptions = {}): ExprNode {
    const { stream } = this
    const { simplified = false, withCondexpr = true, withNamespace } = options
    let { lineno } = stream.current
    const items: ExprNode[] = []
    let isTuple = false
    for (;;) {
      if (items.length > 0) stream.expect('comma')
      if (this.#isTupleEnd()) break
      items.push(simplified ? this.parsePrimary(withNamespace) : this.parseExpression(withCondexpr))
      if (stream.current.type !== 'comma') break
      isTuple = true
      lineno = stream.current.lineno
    }
    if (!isTuple) {
      const only = items[0]
      if (only !== undefined) return only
      if (!options.explicitParentheses) {
        throw stream.error(`Expected an expression, got ${repr(describeToken(stream.current))}`)
      }
    }
    return { type: 'Tuple', items, ctx: 'load', lineno }
  }

  #isTupleEnd(): boolean {
    const { type } = this.stream.current
    return type === 'variable_end' || type === 'block_end' || type === 'rparen'
  }

  /** What may stand left of `=` or behind `for`. */
  parseAssignTarget(options: TupleOptions = {}): ExprNode {
    const target = this.parseTuple({ ...options, simplified: true })
    setContext(target, 'store')
    this.#assertAssignable(target)
    return target
  }

  /** A single name to be assigned. */
  parseAssignName(): NameNode {
    const token = this.stream.expect('name')
    const name = String(token.value)
    if (RESERVED.has(name)) throw this.stream.error("can't assign to 'name'", token.lineno)
    return { type: 'Name', name, ctx: 'store', lineno: token.lineno }
  }

  #assertAssignable(target: ExprNode): void {
    if (canAssign(target)) return
    throw this.stream.error(`can't assign to '${target.type.toLowerCase()}'`, target.lineno)
  }

  #list(): ListNode {
    const { lineno } = this.stream.expect('lbracket')
    const items: ExprNode[] = []
    while (this.stream.current.type !== 'rbracket') {
      if (items.length > 0) this.stream.expect('comma')
      if (this.stream.current.type === 'rbracket') break
      items.push(this.parseExpression())
    }
    this.stream.expect('rbracket')
    return { type: 'List', items, lineno }
  }

  #dict(): DictNode {
    const { lineno } = this.stream.expect('lbrace')
    const items: PairNode[] = []
    while (this.stream.current.type !== 'rbrace') {
      if (items.length > 0) this.stream.expect('comma')
      if (this.stream.current.type === 'rbrace') break
      const key = this.parseExpression()
      this.stream.expect('colon')
      items.push({ type: 'Pair', key, value: this.parseExpression(), lineno: key.lineno })
    }
    this.stream.expect('rbrace')
    return { type: 'Dict', items, lineno }
  }

  parsePostfix(start: ExprNode): ExprNode {
    let node = start
    for (;;) {
      const { type, lineno } = this.stream.current
      if (type === 'dot' || type === 'lbracket') node = this.#subscript(node)
      else if (type === 'lparen') node = { type: 'Call', node, ...this.#callArguments(), lineno }
      else return node
    }
  }

  #filterExpression(start: ExprNode): ExprNode {
    let node = start
    for (;;) {
      const { type, value, lineno } = this.stream.current
      if (type === 'pipe') node = this.parseFilter(node) as FilterNode
      else if (type === 'name' && value === 'is') node = this.#test(node)
      else if (type === 'lparen') node = { type: 'Call', node, ...this.#callArguments(), lineno }
      else return node
    }
  }

  #subscript(node: ExprNode): ExprNode {
    const { stream } = this
    const token = stream.next()
    const { lineno } = token
    if (token.type === 'dot') {
      const attr = stream.next()
      if (attr.type === 'name') return { type: 'Getattr', node, attr: String(attr.value), lineno }
      if (attr.type !== 'integer') throw stream.error('expected name or number', attr.lineno)
      const arg: ConstNode = { type: 'Const', value: attr.value, lineno: attr.lineno }
      return { type: 'Getitem', node, arg, lineno }
    }
    const items: ExprNode[] = []
    while (stream.current.type !== 'rbracket') {
      if (items.length > 0) stream.expect('comma')
      items.push(this.#subscribed())
    }
    stream.expect('rbracket')
    const only = items[0]
    const arg: ExprNode =
      items.length === 1 && only !== undefined
        ? only
        : { type: 'Tuple', items, ctx: 'load', lineno }
    return { type: 'Getitem', node, arg, lineno }
  }

  #subscribed(): ExprNode {
    const { stream } = this
    const { lineno } = stream.current
    const slice: SliceNode = { type: 'Slice', start: null, stop: null, step: null, lineno }
    const atEnd = (): boolean => stream.testAny(['rbracket', 'comma'])
    if (!stream.skipIf('colon')) {
      const node = this.parseExpression()
      if (!stream.skipIf('colon')) return node
      slice.start = node
    }
    if (stream.current.type !== 'colon' && !atEnd()) slice.stop = this.parseExpression()
    if (stream.skipIf('colon') && !atEnd()) slice.step = this.parseExpression()
    return slice
  }

  #callArguments(): Arguments {
    const { stream } = this
    const { lineno } = stream.expect('lparen')
    const args: ExprNode[] = []
    const kwargs: KeywordNode[] = []
    let dynArgs: ExprNode | null = null
    let dynKwargs: ExprNode | null = null
    let requireComma = false
    const ensure = (valid: boolean): void => {
      if (!valid) throw stream.error('invalid syntax for function call expression', lineno)
    }
    while (stream.current.type !== 'rparen') {
      if (requireComma) {
        stream.expect('comma')
        if (stream.current.type === 'rparen') break
      }
      if (stream.current.type === 'mul') {
        ensure(dynArgs === null && dynKwargs === null)
        stream.next()
        dynArgs = this.parseExpression()
      } else if (stream.current.type === 'pow') {
        ensure(dynKwargs === null)
        stream.next()
        dynKwargs = this.parseExpression()
      } else if (stream.current.type === 'name' && stream.look().type === 'assign') {
        ensure(dynKwargs === null)
        const key = String(stream.current.value)
        stream.skip(2)
        const value = this.parseExpression()
        kwargs.push({ type: 'Keyword', key, value, lineno: value.lineno })
      } else {
        ensure(dynArgs === null && dynKwargs === null && kwargs.length === 0)
        args.push(this.parseExpression())
      }
      requireComma = true
    }
    stream.expect('rparen')
    return { args, kwargs, dynArgs, dynKwargs }
  }

  #dottedName(): string {
    let name = String(this.stream.expect('name').value)
    while (this.stream.skipIf('dot')) name += `.${this.stream.expect('name').value}`
    return name
  }

  /** A chain of filters; `startInline` when the first one has no `|` before it. */
  parseFilter(start: ExprNode | null, startInline = false): FilterNode | null {
    let node = start
    let inline = startInline
    while (inline || this.stream.current.type === 'pipe') {
      if (!inline) this.stream.next()
      const { lineno } = this.stream.current
      const name = this.#dottedName()
      const call = this.stream.current.type === 'lparen' ? this.#callArguments() : noArguments()
      node = { type: 'Filter', node, name, ...call, lineno }
      inline = false
    }
    return node as FilterNode | null
  }

  #test(node: ExprNode): ExprNode {
    const { stream } = this
    const { lineno } = stream.next()
    const negated = stream.skipIf('name:not')
    const name = this.#dottedName()
    let call = noArguments()
    if (stream.current.type === 'lparen') call = this.#callArguments()
    else if (
      TEST_ARGUMENT.has(stream.current.type) &&
      !stream.testAny(['name:else', 'name:or', 'name:and'])
    ) {
      if (stream.test('name:is')) throw stream.error('You cannot chain multiple tests with is')
      call.args.push(this.parsePostfix(this.parsePrimary()))
    }
    const test: ExprNode = { type: 'Test', node, name, ...call, lineno }
    return negated ? { type: 'Not', node: test, lineno } : test
  }
}
