import { quote } from './expressions.ts'
import type { Frame } from './frame.ts'
import { FunctionCompiler } from './functions.ts'
import {
  type AssignBlockNode,
  type AssignNode,
  type AutoescapeNode,
  type ExprNode,
  type FilterBlockNode,
  findAll,
  type IfNode,
  type OutputNode,
  type StmtNode,
  type WithNode,
} from './nodes.ts'

/** Writes the JavaScript of statements. */
export class StatementCompiler extends FunctionCompiler {
  /** The statements of one scope. Nothing behind a second `extends` can be reached. */
  protected override body(nodes: readonly StmtNode[], frame: Frame): void {
    for (const node of nodes) {
      this.writer.line(`L = ${node.lineno};`)
      if (this.#statement(node, frame) === 'unreachable') return
    }
  }

  #statement(node: StmtNode, frame: Frame): 'unreachable' | undefined {
    switch (node.type) {
      case 'Output':
        this.#output(node, frame)
        break
      case 'Extends':
        return this.extendsTag(node, frame)
      case 'For':
        this.forTag(node, frame)
        break
      case 'If':
        this.#if(node, frame)
        break
      case 'Macro':
        this.macroTag(node, frame)
        break
      case 'CallBlock':
        this.callBlockTag(node, frame)
        break
      case 'FilterBlock':
        this.#filterBlock(node, frame)
        break
      case 'With':
        this.#with(node, frame)
        break
      case 'Block':
        this.blockTag(node, frame)
        break
      case 'Include':
        this.includeTag(node, frame)
        break
      case 'Import':
        this.importTag(node, frame)
        break
      case 'FromImport':
        this.fromImportTag(node, frame)
        break
      case 'ExprStmt':
        this.writer.line(`${this.expression(node.node, frame)};`)
        break
      case 'Assign':
        this.#assign(node, frame)
        break
      case 'AssignBlock':
        this.#assignBlock(node, frame)
        break
      case 'Autoescape':
        this.#autoescape(node, frame)
        break
      case 'Break':
        this.writer.line('break;')
        break
      case 'Continue':
        this.writer.line('continue;')
        break
    }
    return undefined
  }

  #output(node: OutputNode, frame: Frame): void {
    if (frame.requireOutputCheck) {
      if (this.knownExtends) return
      this.writer.line('if (parent === null) {')
    }
    const { autoescape, volatile } = frame.evalContext
    const show = volatile ? 'R.shown(context, ' : autoescape ? 'R.escaped(' : 'R.str('
    for (const child of node.nodes) {
      if (child.type === 'TemplateData') {
        this.write(quote(child.data), frame)
        continue
      }
      const code = this.expression(child, frame)
      const value = this.environment.finalize === null ? code : `R.finalize(context, ${code})`
      if (child.lineno !== node.lineno) this.writer.line(`L = ${child.lineno};`)
      this.write(`${show}${value})`, frame)
    }
    if (frame.requireOutputCheck) this.writer.line('}')
  }

  #if(node: IfNode, frame: Frame): void {
    const soft = frame.soft()
    this.writer.line(`if (${this.condition(node.test, soft)}) {`)
    this.body(node.body, soft)
    for (const branch of node.elifs) {
      this.writer.line(`} else if (${this.condition(branch.test, soft)}) {`)
      this.body(branch.body, soft)
    }
    if (node.orElse.length > 0) {
      this.writer.line('} else {')
      this.body(node.orElse, soft)
    }
    this.writer.line('}')
  }

  #with(node: WithNode, frame: Frame): void {
    const inner = frame.inner()
    inner.symbols.analyze(node)
    this.enterFrame(inner)
    node.targets.forEach((target, i) => {
      this.store(target, this.expression(node.values[i] as ExprNode, frame), inner)
    })
    this.body(node.body, inner)
  }

  #autoescape(node: AutoescapeNode, frame: Frame): void {
    const inner = frame.inner()
    inner.symbols.analyze(node)
    this.enterFrame(inner)
    const { evalContext } = frame
    const saved = { ...evalContext }
    const before = this.writer.temporary()
    this.writer.line(`${before} = context.evalContext.autoescape;`)
    const value = this.condition(node.value, inner)
    this.writer.line(`context.evalContext.autoescape = ${value};`)
    if (node.value.type === 'Const') evalContext.autoescape = Boolean(node.value.value)
    else evalContext.volatile = true
    this.body(node.body, inner)
    Object.assign(evalContext, saved)
    this.writer.line(`context.evalContext.autoescape = ${before};`)
  }

  #filterBlock(node: FilterBlockNode, frame: Frame): void {
    const inner = frame.inner()
    inner.symbols.analyze(node)
    this.enterFrame(inner)
    this.capture(inner)
    this.body(node.body, inner)
    this.write(`R.str(${this.filter(node.filter, inner)})`, frame)
  }

  #assign(node: AssignNode, frame: Frame): void {
    this.assigned.push(new Set())
    const references = node.target.type === 'NSRef' ? [node.target] : findAll(node.target, 'NSRef')
    for (const name of new Set(references.map((reference) => reference.name))) {
      this.writer.line(`R.checkNamespace(${frame.symbols.ref(name)});`)
    }
    this.store(node.target, this.expression(node.node, frame), frame)
    this.publish(frame)
  }

  #assignBlock(node: AssignBlockNode, frame: Frame): void {
    this.assigned.push(new Set())
    const inner = frame.inner()
    inner.requireOutputCheck = false
    inner.symbols.analyze(node)
    this.enterFrame(inner)
    this.capture(inner)
    this.body(node.body, inner)
    const value = node.filter === null ? (inner.buffer as string) : this.filter(node.filter, inner)
    this.store(node.target, `R.captured(context, ${value})`, frame)
    this.publish(frame)
  }
}
