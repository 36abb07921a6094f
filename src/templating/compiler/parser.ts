import { TemplateAssertionError } from '../errors.ts'
import { repr } from '../python/text.ts'
import { describeTokenExpr } from './lexer.ts'
import type {
  BlockNode,
  CallBlockNode,
  ExprNode,
  FilterNode,
  FromImportNode,
  IfNode,
  NameNode,
  OutputNode,
  StmtNode,
  TemplateNode,
} from './nodes.ts'
import { ExpressionParser } from './parse-expression.ts'
import { setContext } from './targets.ts'
import { type TokenStream, testToken } from './token-stream.ts'

/** Optional tags, as Jinja's `jinja2.ext.do` and `jinja2.ext.loopcontrols`. */
export interface TagExtensions {
  do?: boolean
  loopcontrols?: boolean
}

/** Parses the statements of a template into its syntax tree. */
export class Parser extends ExpressionParser {
  readonly #extensions: TagExtensions
  readonly #tags: string[] = []
  readonly #ends: (readonly string[])[] = []

  constructor(stream: TokenStream, extensions: TagExtensions) {
    super(stream)
    this.#extensions = extensions
  }

  /** The whole template. Raises TemplateSyntaxError. */
  parse(): TemplateNode {
    return { type: 'Template', body: this.#body(), lineno: 1 }
  }

  #failUnknown(name: string | null, ends: (readonly string[])[], lineno: number): never {
    const last = ends.at(-1)
    const looking = last?.map((expr) => repr(describeTokenExpr(expr))).join(' or ')
    const expected = new Set(ends.flat().map(describeTokenExpr))
    const message = [
      name === null ? 'Unexpected end of template.' : `Encountered unknown tag ${repr(name)}.`,
    ]
    if (looking) {
      message.push(
        name !== null && expected.has(name)
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${looking}.`
          : `Jinja was looking for the following tags: ${looking}.`,
      )
    }
    const tag = this.#tags.at(-1)
    if (tag !== undefined) {
      message.push(`The innermost block that needs to be closed is ${repr(tag)}.`)
    }
    throw this.stream.error(message.join(' '), lineno)
  }

  #body(ends?: readonly string[]): StmtNode[] {
    const { stream } = this
    const body: StmtNode[] = []
    let data: ExprNode[] = []
    const flush = (): void => {
      const first = data[0]
      if (first !== undefined) body.push({ type: 'Output', nodes: data, lineno: first.lineno })
      data = []
    }
    if (ends !== undefined) this.#ends.push(ends)
    while (stream.current.type !== 'eof') {
      const { type, value, lineno } = stream.current
      if (type === 'data') {
        data.push({ type: 'TemplateData', data: String(value), lineno })
        stream.next()
      } else if (type === 'variable_begin') {
        stream.next()
        data.push(this.parseTuple())
        stream.expect('variable_end')
      } else {
        flush()
        stream.next()
        if (ends !== undefined && stream.testAny(ends)) break
        body.push(this.#statement())
        stream.expect('block_end')
      }
    }
    flush()
    if (ends !== undefined) this.#ends.pop()
    return body
  }

  /** The statements up to one of `ends`, which becomes the current token (or is dropped). */
  #statements(ends: readonly string[], dropNeedle = false): StmtNode[] {
    this.stream.skipIf('colon')
    this.stream.expect('block_end')
    const body = this.#body(ends)
    if (this.stream.current.type === 'eof') {
      this.#failUnknown(null, [...this.#ends, ends], this.stream.current.lineno)
    }
    if (dropNeedle) this.stream.next()
    return body
  }

  #statement(): StmtNode {
    const token = this.stream.current
    if (token.type !== 'name') throw this.stream.error('tag name expected')
    const tag = String(token.value)
    this.#tags.push(tag)
    const node = this.#tag(tag, token.lineno)
    this.#tags.pop()
    return node
  }

  #tag(tag: string, lineno: number): StmtNode {
    const { stream } = this
    switch (tag) {
      case 'for':
        return this.#for()
      case 'if':
        return this.#if()
      case 'block':
        return this.#block()
      case 'extends':
        stream.next()
        return { type: 'Extends', template: this.parseExpression(), lineno }
      case 'print':
        return this.#print()
      case 'macro':
        return this.#macro()
      case 'include':
        return this.#include()
      case 'from':
        return this.#from()
      case 'import':
        return this.#import()
      case 'set':
        return this.#set()
      case 'with':
        return this.#with()
      case 'autoescape': {
        stream.next()
        const value = this.parseExpression()
        return {
          type: 'Autoescape',
          value,
          body: this.#statements(['name:endautoescape'], true),
          lineno,
        }
      }
      case 'call':
        return this.#callBlock()
      case 'filter': {
        stream.next()
        const filter = this.parseFilter(null, true) as FilterNode
        return {
          type: 'FilterBlock',
          body: this.#statements(['name:endfilter'], true),
          filter,
          lineno,
        }
      }
    }
    if (tag === 'do' && this.#extensions.do) {
      stream.next()
      return { type: 'ExprStmt', node: this.parseTuple(), lineno }
    }
    if ((tag === 'break' || tag === 'continue') && this.#extensions.loopcontrols) {
      stream.next()
      return { type: tag === 'break' ? 'Break' : 'Continue', lineno }
    }
    this.#tags.pop()
    return this.#failUnknown(tag, this.#ends, lineno)
  }

  #set(): StmtNode {
    const { lineno } = this.stream.next()
    const target = this.parseAssignTarget({ withNamespace: true })
    if (this.stream.skipIf('assign')) {
      return { type: 'Assign', target, node: this.parseTuple(), lineno }
    }
    const filter = this.parseFilter(null)
    const body = this.#statements(['name:endset'], true)
    return { type: 'AssignBlock', target, filter, body, lineno }
  }

  #for(): StmtNode {
    const { stream } = this
    const { lineno } = stream.expect('name:for')
    const target = this.parseAssignTarget()
    stream.expect('name:in')
    const iter = this.parseTuple({ withCondexpr: false })
    const test = stream.skipIf('name:if') ? this.parseExpression() : null
    const recursive = stream.skipIf('name:recursive')
    const body = this.#statements(['name:endfor', 'name:else'])
    const orElse = stream.next().value === 'endfor' ? [] : this.#statements(['name:endfor'], true)
    return { type: 'For', target, iter, body, orElse, test, recursive, lineno }
  }

  #if(): IfNode {
    const { stream } = this
    const result = this.#branch(stream.expect('name:if').lineno)
    for (;;) {
      const token = stream.next()
      if (testToken(token, 'name:elif')) result.elifs.push(this.#branch(stream.current.lineno))
      else {
        if (testToken(token, 'name:else')) {
          result.orElse = this.#statements(['name:endif'], true)
        }
        return result
      }
    }
  }

  #branch(lineno: number): IfNode {
    const test = this.parseTuple({ withCondexpr: false })
    const body = this.#statements(['name:elif', 'name:else', 'name:endif'])
    return { type: 'If', test, body, elifs: [], orElse: [], lineno }
  }

  #with(): StmtNode {
    const { lineno } = this.stream.next()
    const targets: ExprNode[] = []
    const values: ExprNode[] = []
    while (this.stream.current.type !== 'block_end') {
      if (targets.length > 0) this.stream.expect('comma')
      const target = this.parseAssignTarget()
      setContext(target, 'param')
      targets.push(target)
      this.stream.expect('assign')
      values.push(this.parseExpression())
    }
    return { type: 'With', targets, values, body: this.#statements(['name:endwith'], true), lineno }
  }

  #block(): BlockNode {
    const { stream } = this
    const { lineno } = stream.next()
    const name = String(stream.expect('name').value)
    const scoped = stream.skipIf('name:scoped')
    const required = stream.skipIf('name:required')
    if (stream.current.type === 'sub') {
      throw stream.error(
        'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.',
      )
    }
    const body = this.#statements(['name:endblock'], true)
    if (required && !body.every(isBlank)) {
      throw stream.error('Required blocks can only contain comments or whitespace')
    }
    stream.skipIf(`name:${name}`)
    return { type: 'Block', name, body, scoped, required, lineno }
  }

  #withContext(fallback: boolean): boolean {
    const { stream } = this
    if (!stream.testAny(['name:with', 'name:without'])) return fallback
    if (!testToken(stream.look(), 'name:context')) return fallback
    const withContext = stream.next().value === 'with'
    stream.next()
    return withContext
  }

  #include(): StmtNode {
    const { stream } = this
    const { lineno } = stream.next()
    const template = this.parseExpression()
    const ignoreMissing = stream.test('name:ignore') && testToken(stream.look(), 'name:missing')
    if (ignoreMissing) stream.skip(2)
    return {
      type: 'Include',
      template,
      ignoreMissing,
      withContext: this.#withContext(true),
      lineno,
    }
  }

  #import(): StmtNode {
    const { lineno } = this.stream.next()
    const template = this.parseExpression()
    this.stream.expect('name:as')
    const target = this.parseAssignName().name
    return { type: 'Import', template, target, withContext: this.#withContext(false), lineno }
  }

  #from(): FromImportNode {
    const { stream } = this
    const { lineno } = stream.next()
    const template = this.parseExpression()
    stream.expect('name:import')
    const names: [string, string][] = []
    const context = (): boolean | null => {
      const { value } = stream.current
      if (value !== 'with' && value !== 'without') return null
      if (!testToken(stream.look(), 'name:context')) return null
      stream.skip(2)
      return value === 'with'
    }
    let withContext: boolean | null = null
    for (;;) {
      if (names.length > 0) stream.expect('comma')
      if (stream.current.type !== 'name') stream.expect('name')
      withContext = context()
      if (withContext !== null) break
      const target = this.parseAssignName()
      if (target.name.startsWith('_')) {
        throw new TemplateAssertionError(
          'names starting with an underline can not be imported',
          target.lineno,
          stream.name,
          stream.filename,
          stream.source,
        )
      }
      const alias = stream.skipIf('name:as') ? this.parseAssignName().name : target.name
      names.push([target.name, alias])
      withContext = context()
      if (withContext !== null || stream.current.type !== 'comma') break
    }
    return { type: 'FromImport', template, names, withContext: withContext ?? false, lineno }
  }

  #signature(): { args: NameNode[]; defaults: ExprNode[] } {
    const { stream } = this
    const args: NameNode[] = []
    const defaults: ExprNode[] = []
    stream.expect('lparen')
    while (stream.current.type !== 'rparen') {
      if (args.length > 0) stream.expect('comma')
      const arg = this.parseAssignName()
      arg.ctx = 'param'
      if (stream.skipIf('assign')) defaults.push(this.parseExpression())
      else if (defaults.length > 0) {
        throw stream.error('non-default argument follows default argument')
      }
      args.push(arg)
    }
    stream.expect('rparen')
    return { args, defaults }
  }

  #callBlock(): CallBlockNode {
    const { stream } = this
    const { lineno } = stream.next()
    const { args, defaults } =
      stream.current.type === 'lparen' ? this.#signature() : { args: [], defaults: [] }
    const call = this.parseExpression()
    if (call.type !== 'Call') throw stream.error('expected call', lineno)
    const body = this.#statements(['name:endcall'], true)
    return { type: 'CallBlock', call, args, defaults, body, lineno }
  }

  #macro(): StmtNode {
    const { lineno } = this.stream.next()
    const { name } = this.parseAssignName()
    const signature = this.#signature()
    const body = this.#statements(['name:endmacro'], true)
    return { type: 'Macro', name, ...signature, body, lineno }
  }

  #print(): OutputNode {
    const { lineno } = this.stream.next()
    const nodes: ExprNode[] = []
    while (this.stream.current.type !== 'block_end') {
      if (nodes.length > 0) this.stream.expect('comma')
      nodes.push(this.parseExpression())
    }
    return { type: 'Output', nodes, lineno }
  }
}

function isBlank(node: StmtNode): boolean {
  return (
    node.type === 'Output' &&
    node.nodes.every((item) => item.type === 'TemplateData' && /^\s+$/.test(item.data))
  )
}
