import { quote } from './expressions.ts'
import type { Frame } from './frame.ts'
import { InheritanceCompiler } from './inheritance.ts'
import {
  type CallBlockNode,
  type ExprNode,
  type ForNode,
  findAll,
  findUndeclared,
  type MacroNode,
} from './nodes.ts'
import { guarded, splitDeclarations } from './scopes.ts'

/** Writes loops and macros, which become functions of their own. */
export abstract class FunctionCompiler extends InheritanceCompiler {
  /** `{% for %}` */
  protected forTag(node: ForNode, frame: Frame): void {
    const loopFrame = frame.inner()
    loopFrame.loopFrame = true
    const elseFrame = frame.inner()
    const extended =
      node.recursive ||
      findUndeclared(node.body, ['loop']).size > 0 ||
      findAll(node, 'Block').some((block) => block.scoped)
    const loopRef = extended ? loopFrame.symbols.declareParameter('loop') : null
    loopFrame.symbols.analyzeFor(node, 'body')
    elseFrame.symbols.analyzeFor(node, 'else')
    for (const name of findAll(node, 'Name')) {
      if (name.ctx === 'store' && name.name === 'loop') {
        this.fail("Can't assign to special loop variable in for-loop target", name.lineno)
      }
    }
    const filter = node.test === null ? null : this.#loopFilter(node, node.test, frame)
    const filtered = (items: string): string => (filter === null ? items : `${filter}(${items})`)
    if (!node.recursive) {
      const items = filtered(this.expression(node.iter, frame))
      this.#loop(node, loopFrame, elseFrame, items, loopRef, 'null', '0')
    } else {
      const recurse = this.writer.temporary()
      this.writer.beginFunction()
      this.capture(loopFrame)
      elseFrame.buffer = loopFrame.buffer
      this.#loop(node, loopFrame, elseFrame, filtered('items'), loopRef, recurse, 'depth')
      this.writer.line(`return ${this.markSafe(loopFrame.buffer as string, loopFrame)};`)
      const body = this.writer.endFunction()
      this.writer.line(`${recurse} = (items, depth) => {\n${body}\n};`)
      this.write(`R.str(${recurse}(${this.expression(node.iter, frame)}, 0))`, frame)
    }
    const tracked = this.assigned.at(-1)
    for (const name of loopFrame.symbols.stores) tracked?.delete(name)
  }

  #loop(
    node: ForNode,
    loopFrame: Frame,
    elseFrame: Frame,
    items: string,
    loopRef: string | null,
    recurse: string,
    depth: string,
  ): void {
    const empty = node.orElse.length > 0 ? this.writer.temporary() : null
    if (empty !== null) this.writer.line(`${empty} = true;`)
    const item = this.writer.unique('item')
    if (loopRef === null) this.writer.line(`for (const ${item} of R.iterate(${items})) {`)
    else {
      const loop = this.writer.temporary()
      this.writer.line(`${loop} = new R.Loop(${items}, context, ${recurse}, ${depth});`)
      this.writer.line(`for (let ${item}; (${item} = R.Loop.advance(${loop})) !== M; ) {`)
      this.writer.assign(loopRef, loop)
    }
    this.store(node.target, item, loopFrame)
    this.enterFrame(loopFrame)
    this.writer.assign('_loop_vars', 'null')
    this.body(node.body, loopFrame)
    if (empty !== null) this.writer.line(`${empty} = false;`)
    this.writer.line('}')
    if (empty !== null) {
      this.writer.line(`if (${empty}) {`)
      this.enterFrame(elseFrame)
      this.body(node.orElse, elseFrame)
      this.writer.line('}')
    }
  }

  /** The generator that lets only items pass that fulfil `for … if test`. */
  #loopFilter(node: ForNode, test: ExprNode, frame: Frame): string {
    const testFrame = frame.inner()
    testFrame.symbols.analyzeFor(node, 'test')
    const name = this.writer.temporary()
    this.writer.beginFunction()
    this.enterFrame(testFrame)
    this.writer.line('for (const item of R.iterate(items)) {')
    this.store(node.target, 'item', testFrame)
    const passed = node.target.type === 'Tuple' ? 'R.makeTuple(R.iterate(item))' : 'item'
    this.writer.line(`if (${this.condition(test, testFrame)}) yield ${passed};`)
    this.writer.line('}')
    const body = this.writer.endFunction()
    this.writer.line(`${name} = function* (items) {\n${body}\n};`)
    return name
  }

  /** `{% macro %}` */
  protected macroTag(node: MacroNode, frame: Frame): void {
    const ref = frame.symbols.ref(node.name)
    this.writer.assign(ref, this.#macroFunction(node, node.name, frame))
    if (!frame.toplevel) return
    if (!node.name.startsWith('_')) this.writer.line(`context.exported.add(${quote(node.name)});`)
    this.writer.line(`context.vars[${quote(node.name)}] = ${ref};`)
  }

  /** `{% call %}` */
  protected callBlockTag(node: CallBlockNode, frame: Frame): void {
    const caller = this.writer.temporary()
    this.writer.line(`${caller} = ${this.#macroFunction(node, null, frame)};`)
    this.write(`R.str(${this.call(node.call, frame, caller)})`, frame)
  }

  #macroFunction(node: MacroNode | CallBlockNode, name: string | null, outer: Frame): string {
    const frame = outer.inner()
    frame.requireOutputCheck = false
    frame.symbols.analyze(node)
    const names = node.args.map((arg) => arg.name)
    const parameters = names.map((arg) => frame.symbols.ref(arg))
    const undeclared = findUndeclared(node.body, ['caller', 'kwargs', 'varargs'])
    const caller = undeclared.has('caller')
    const callerAt = names.indexOf('caller')
    if (caller && callerAt === -1) parameters.push(frame.symbols.declareParameter('caller'))
    else if (caller && callerAt < names.length - node.defaults.length) {
      this.fail(
        'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.',
        node.lineno,
      )
    }
    const catchKwargs = undeclared.has('kwargs') && !names.includes('kwargs')
    if (catchKwargs) parameters.push(frame.symbols.declareParameter('kwargs'))
    const catchVarargs = undeclared.has('varargs') && !names.includes('varargs')
    if (catchVarargs) parameters.push(frame.symbols.declareParameter('varargs'))
    frame.symbols.analyze(node)

    this.writer.beginFunction()
    this.capture(frame)
    this.enterFrame(frame)
    this.openParameters.push(frame.symbols.paramTargets())
    node.args.forEach((arg, i) => {
      const ref = frame.symbols.ref(arg.name)
      const fallback = node.defaults[i - names.length + node.defaults.length]
      const value =
        fallback === undefined
          ? `context.undefined(${quote(arg.name)}, ${quote(`parameter '${arg.name}' was not provided`)})`
          : this.expression(fallback, frame)
      this.writer.line(`if (${ref} === M) ${ref} = ${value};`)
      this.openParameters.at(-1)?.delete(ref)
    })
    this.openParameters.pop()
    this.body(node.body, frame)
    const buffer = frame.buffer as string
    const body = `let L = ${node.lineno};\n${this.writer.endFunction(parameters)}`
    const info = JSON.stringify({ name, arguments: names, catchKwargs, catchVarargs, caller })
    const [declarations, code] = splitDeclarations(body)
    return `R.createMacro(${info}, context, (${parameters.join(', ')}) => {\n${declarations}\n${guarded(code)}\nreturn ${buffer};\n})`
  }
}
