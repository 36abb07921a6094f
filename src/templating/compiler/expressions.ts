import { TemplateAssertionError } from '../errors.ts'
import { repr } from '../python/text.ts'
import type { Frame } from './frame.ts'
import {
  type Arguments,
  type BinaryNode,
  type BinaryOp,
  type CallNode,
  type CompareNode,
  type CompareOp,
  type ConcatNode,
  type CondExprNode,
  type ConstNode,
  type ExprNode,
  type FilterNode,
  type GetitemNode,
  isConstant,
  type NameNode,
  type TestNode,
} from './nodes.ts'
import { CodeWriter } from './writer.ts'

/** What the compiler asks about the environment. */
export interface CompilerEnvironment {
  readonly filters: Readonly<Record<string, unknown>>
  readonly tests: Readonly<Record<string, unknown>>
  readonly finalize: unknown
}

/** Where the source came from, for messages. */
export interface SourceInfo {
  readonly name: string | null
  readonly filename: string | null
  readonly source: string
}

const ARITHMETIC: Readonly<Record<Exclude<BinaryOp, 'And' | 'Or'>, string>> = {
  Add: 'add',
  Sub: 'subtract',
  Mul: 'multiply',
  Div: 'divide',
  FloorDiv: 'floorDivide',
  Mod: 'modulo',
  Pow: 'power',
}

const COMPARISON: Readonly<Record<CompareOp, (a: string, b: string) => string>> = {
  eq: (a, b) => `R.equal(${a}, ${b})`,
  ne: (a, b) => `!R.equal(${a}, ${b})`,
  lt: (a, b) => `R.ordered(${a}, ${b}, "<")`,
  lteq: (a, b) => `R.ordered(${a}, ${b}, "<=")`,
  gt: (a, b) => `R.ordered(${a}, ${b}, ">")`,
  gteq: (a, b) => `R.ordered(${a}, ${b}, ">=")`,
  in: (a, b) => `R.isIn(${a}, ${b})`,
  notin: (a, b) => `!R.isIn(${a}, ${b})`,
}

/** A JavaScript string literal. */
export const quote = (text: string): string => JSON.stringify(text)

const property = (name: string): string => (name === '__proto__' ? '["__proto__"]' : quote(name))

/** Writes the JavaScript of expressions. */
export class ExpressionCompiler {
  protected readonly environment: CompilerEnvironment
  protected readonly info: SourceInfo
  protected readonly writer: CodeWriter = new CodeWriter()
  /** The variable that holds the context. */
  protected context = 'context'
  /** Names assigned since each tracked statement began. */
  protected readonly assigned: Set<string>[] = []
  /** Parameters that may still be missing while a macro's defaults are worked out. */
  protected readonly openParameters: Set<string>[] = []

  constructor(environment: CompilerEnvironment, info: SourceInfo) {
    this.environment = environment
    this.info = info
  }

  protected fail(reason: string, lineno: number): never {
    const { name, filename, source } = this.info
    throw new TemplateAssertionError(reason, lineno, name, filename, source)
  }

  /** The JavaScript expression for a node. */
  protected expression(node: ExprNode, frame: Frame): string {
    switch (node.type) {
      case 'Name':
        return this.#name(node, frame)
      case 'Const':
        return constant(node)
      case 'TemplateData':
        return quote(node.data)
      case 'Tuple':
        return `R.makeTuple(${this.#array(node.items, frame)})`
      case 'List':
        return this.#array(node.items, frame)
      case 'Dict': {
        const pairs = node.items.map(
          ({ key, value }) => `[${this.expression(key, frame)}, ${this.expression(value, frame)}]`,
        )
        return `new R.Dict([${pairs.join(', ')}])`
      }
      case 'CondExpr':
        return this.#conditional(node, frame)
      case 'Filter':
        return this.filter(node, frame)
      case 'Test':
        return this.#test(node, frame)
      case 'Call':
        return this.call(node, frame)
      case 'Getattr':
        return `R.member(context, ${this.expression(node.node, frame)}, ${quote(node.attr)})`
      case 'Getitem':
        return this.#getitem(node, frame)
      case 'Concat':
        return `R.${this.#join(node, frame)}(${this.#array(node.nodes, frame)})`
      case 'Compare':
        return this.#compare(node, frame)
      case 'Not':
        return `!${this.condition(node.node, frame)}`
      case 'Neg':
        return `R.negate(${this.expression(node.node, frame)})`
      case 'Pos':
        return `R.positive(${this.expression(node.node, frame)})`
      case 'Slice':
      case 'NSRef':
        return this.fail('this expression cannot stand here', node.lineno)
      default:
        return this.#binary(node, frame)
    }
  }

  /** The expression as a JavaScript boolean. */
  protected condition(node: ExprNode, frame: Frame): string {
    const code = this.expression(node, frame)
    return node.type === 'Compare' || node.type === 'Not' ? `(${code})` : `R.truth(${code})`
  }

  #array(nodes: readonly ExprNode[], frame: Frame): string {
    return `[${nodes.map((node) => this.expression(node, frame)).join(', ')}]`
  }

  // Jinja joins constants while compiling, and then as plain text: such a result is not safe.
  #join(node: ConcatNode, frame: Frame): string {
    const { autoescape, volatile } = frame.evalContext
    return autoescape && !volatile && !isConstant(node) ? 'joinMarkup' : 'joinText'
  }

  #name(node: NameNode, frame: Frame): string {
    const ref = frame.symbols.ref(node.name)
    if (node.ctx !== 'load') return ref
    const load = frame.symbols.findLoad(ref)
    const open = this.openParameters.at(-1)?.has(ref) ?? false
    if (load?.kind === 'param' && !open) return ref
    return `(${ref} === M ? context.undefined(${quote(node.name)}) : ${ref})`
  }

  #conditional(node: CondExprNode, frame: Frame): string {
    const soft = frame.soft()
    const test = this.condition(node.test, soft)
    const first = this.expression(node.expr1, soft)
    const hint = `the inline if-expression on ${this.position(node.lineno)} evaluated to false and no else section was defined.`
    const second =
      node.expr2 === null ? `new R.Undefined(${quote(hint)})` : this.expression(node.expr2, soft)
    return `(${test} ? ${first} : ${second})`
  }

  protected position(lineno: number): string {
    return this.info.name === null ? `line ${lineno}` : `line ${lineno} in ${repr(this.info.name)}`
  }

  #binary(node: BinaryNode, frame: Frame): string {
    const left = this.expression(node.left, frame)
    const right = this.expression(node.right, frame)
    if (node.type === 'And' || node.type === 'Or') {
      const value = this.writer.temporary()
      const test = `R.truth(${value} = ${left})`
      return node.type === 'And'
        ? `(${test} ? ${right} : ${value})`
        : `(${test} ? ${value} : ${right})`
    }
    return `R.${ARITHMETIC[node.type]}(${left}, ${right})`
  }

  #compare(node: CompareNode, frame: Frame): string {
    let left = this.expression(node.expr, frame)
    const parts = node.ops.map((operand, i) => {
      const right = this.expression(operand.expr, frame)
      if (i === node.ops.length - 1) return COMPARISON[operand.op](left, right)
      const shared = this.writer.temporary()
      const part = COMPARISON[operand.op](left, `${shared} = ${right}`)
      left = shared
      return part
    })
    return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' && ')})`
  }

  #getitem(node: GetitemNode, frame: Frame): string {
    const value = this.expression(node.node, frame)
    if (node.arg.type !== 'Slice') {
      return `R.item(context, ${value}, ${this.expression(node.arg, frame)})`
    }
    const bounds = [node.arg.start, node.arg.stop, node.arg.step].map((part) =>
      part === null ? 'null' : this.expression(part, frame),
    )
    return `R.slice(${value}, ${bounds.join(', ')})`
  }

  /** Positional and keyword arguments as two JavaScript expressions. */
  #arguments(
    node: Arguments,
    frame: Frame,
    first: readonly string[],
    extra?: string,
  ): [string, string] {
    const args = [...first, ...node.args.map((arg) => this.expression(arg, frame))]
    if (node.dynArgs !== null) args.push(`...R.iterate(${this.expression(node.dynArgs, frame)})`)
    const kwargs = node.kwargs.map(
      ({ key, value }) => `${property(key)}: ${this.expression(value, frame)}`,
    )
    if (extra !== undefined) kwargs.push(extra)
    let object = kwargs.length === 0 ? 'null' : `{ __proto__: null, ${kwargs.join(', ')} }`
    if (node.dynKwargs !== null) {
      object = `R.keywords(${object}, ${this.expression(node.dynKwargs, frame)})`
    }
    return [`[${args.join(', ')}]`, object]
  }

  /** A call; `caller` is the expression that a call block passes on. */
  protected call(node: CallNode, frame: Frame, caller?: string): string {
    const extra = caller === undefined ? undefined : `"caller": ${caller}`
    const [args, kwargs] = this.#arguments(node, frame, [], extra)
    const locals = [frame.loopFrame ? '_loop_vars' : null, frame.blockFrame ? '_block_vars' : null]
    for (const variable of locals) if (variable !== null) this.writer.declare(variable)
    const suffix = locals.some((variable) => variable !== null)
      ? `, ${locals.map((variable) => variable ?? 'null').join(', ')}`
      : ''
    const target = node.node
    if (target.type === 'Getattr') {
      const object = this.expression(target.node, frame)
      return `R.callMember(context, ${object}, ${quote(target.attr)}, ${args}, ${kwargs}${suffix})`
    }
    return `R.call(context, ${this.expression(target, frame)}, ${args}, ${kwargs}${suffix})`
  }

  /** A filter; one without a value takes the frame's buffer. */
  protected filter(node: FilterNode, frame: Frame): string {
    const known = Object.hasOwn(this.environment.filters, node.name)
    if (!known && !frame.softFrame) this.fail(`No filter named ${repr(node.name)}.`, node.lineno)
    const value =
      node.node === null
        ? this.markSafe(frame.buffer as string, frame)
        : this.expression(node.node, frame)
    const [args, kwargs] = this.#arguments(node, frame, [value])
    return `R.filter(context, ${quote(node.name)}, ${args}, ${kwargs})`
  }

  #test(node: TestNode, frame: Frame): string {
    const known = Object.hasOwn(this.environment.tests, node.name)
    if (!known && !frame.softFrame) this.fail(`No test named ${repr(node.name)}.`, node.lineno)
    const [args, kwargs] = this.#arguments(node, frame, [this.expression(node.node, frame)])
    return `R.test(context, ${quote(node.name)}, ${args}, ${kwargs})`
  }

  /** Text that the template wrote itself: Markup where output is escaped. */
  protected markSafe(code: string, frame: Frame): string {
    if (frame.evalContext.volatile) {
      return `(context.evalContext.autoescape ? new R.Markup(${code}) : ${code})`
    }
    return frame.evalContext.autoescape ? `new R.Markup(${code})` : code
  }
}

function constant({ value, float }: ConstNode): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && float) {
    return Number.isSafeInteger(value) ? `new R.Float(${value})` : String(value)
  }
  return String(value)
}
