import {
  type CompilerEnvironment,
  ExpressionCompiler,
  quote,
  type SourceInfo,
} from './expressions.ts'
import type { Frame } from './frame.ts'
import {
  type AssignBlockNode,
  type AssignNode,
  type AutoescapeNode,
  type BlockNode,
  type CallBlockNode,
  type ExprNode,
  type ExtendsNode,
  type FilterBlockNode,
  type ForNode,
  type FromImportNode,
  findAll,
  findUndeclared,
  type IfNode,
  type ImportNode,
  type IncludeNode,
  type MacroNode,
  type OutputNode,
  type StmtNode,
  type WithNode,
} from './nodes.ts'

/** Writes the JavaScript of statements. */
export class StatementCompiler extends ExpressionCompiler {
  protected readonly streaming: boolean
  protected readonly blocks: Map<string, BlockNode> = new Map()
  #extendsSoFar = 0
  #knownExtends = false

  constructor(environment: CompilerEnvironment, info: SourceInfo, streaming: boolean) {
    super(environment, info)
    this.streaming = streaming
  }

  /** Starts a function that gives output: the root or a block. */
  protected beginRender(frame: Frame): void {
    this.writer.beginFunction()
    frame.buffer = this.streaming ? null : 'o'
  }

  protected endRender(name: string, frame: Frame): void {
    const body = this.writer.endFunction(['o'])
    const star = this.streaming ? '*' : ''
    const output = frame.buffer === null ? '' : " let o = '';"
    const result = frame.buffer === null ? '' : '\nreturn o;'
    this.writer.line(
      `function${star} ${name}(context) { let L = 0;${output}\n${guarded(body)}${result}\n}`,
    )
  }

  /** The statements of one scope. Nothing behind a second `extends` can be reached. */
  protected body(nodes: readonly StmtNode[], frame: Frame): void {
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
        return this.#extends(node, frame)
      case 'For':
        this.#for(node, frame)
        break
      case 'If':
        this.#if(node, frame)
        break
      case 'Macro':
        this.#macro(node, frame)
        break
      case 'CallBlock':
        this.#callBlock(node, frame)
        break
      case 'FilterBlock':
        this.#filterBlock(node, frame)
        break
      case 'With':
        this.#with(node, frame)
        break
      case 'Block':
        this.#block(node, frame)
        break
      case 'Include':
        this.#include(node, frame)
        break
      case 'Import':
        this.#import(node, frame)
        break
      case 'FromImport':
        this.#fromImport(node, frame)
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

  /** Gives each variable of a scope its first value. */
  protected enterFrame(frame: Frame): void {
    for (const [target, load] of frame.symbols.loads) {
      if (load.kind === 'resolve') {
        this.writer.assign(target, `context.lookup(${quote(load.name)})`)
      } else if (load.kind === 'alias') this.writer.assign(target, load.target)
      else if (load.kind === 'undefined') this.writer.assign(target, 'M')
    }
  }

  #write(code: string, frame: Frame): void {
    this.writer.line(frame.buffer === null ? `yield ${code};` : `${frame.buffer} += ${code};`)
  }

  /** Makes the frame collect its output in a variable. */
  #capture(frame: Frame): void {
    frame.buffer = this.writer.temporary()
    this.writer.line(`${frame.buffer} = '';`)
  }

  #output(node: OutputNode, frame: Frame): void {
    if (frame.requireOutputCheck) {
      if (this.#knownExtends) return
      this.writer.line('if (parent === null) {')
    }
    const { autoescape, volatile } = frame.evalContext
    const show = volatile ? 'R.shown(context, ' : autoescape ? 'R.escaped(' : 'R.str('
    for (const child of node.nodes) {
      if (child.type === 'TemplateData') {
        this.#write(quote(child.data), frame)
        continue
      }
      const code = this.expression(child, frame)
      const value = this.environment.finalize === null ? code : `R.finalize(context, ${code})`
      if (child.lineno !== node.lineno) this.writer.line(`L = ${child.lineno};`)
      this.#write(`${show}${value})`, frame)
    }
    if (frame.requireOutputCheck) this.writer.line('}')
  }

  #extends(node: ExtendsNode, frame: Frame): 'unreachable' | undefined {
    if (!frame.toplevel) this.fail('cannot use extend from a non top-level scope', node.lineno)
    if (this.#extendsSoFar > 0) {
      const raise = 'R.extendedTwice();'
      this.writer.line(this.#knownExtends ? raise : `if (parent !== null) ${raise}`)
      if (this.#knownExtends) return 'unreachable'
    }
    this.writer.assign(
      'parent',
      `R.extend(context, ${this.expression(node.template, frame)}, T.name)`,
    )
    if (frame.rootlevel) this.#knownExtends = true
    this.#extendsSoFar += 1
    return undefined
  }

  #locals(frame: Frame): string {
    const pairs = Array.from(
      frame.symbols.dumpStores(),
      ([name, target]) => `${quote(name)}: ${target}`,
    )
    return `{ __proto__: null, ${pairs.join(', ')} }`
  }

  #block(node: BlockNode, frame: Frame): void {
    let guard = false
    if (frame.toplevel) {
      if (this.#knownExtends) return
      guard = this.#extendsSoFar > 0
    }
    const name = quote(node.name)
    if (guard) this.writer.line('if (parent === null) {')
    const context = node.scoped ? `context.derived(${this.#locals(frame)})` : 'context'
    if (node.required) this.writer.line(`R.requireBlock(context, ${name});`)
    const current = `context.blocks.get(${name})[0]`
    if (frame.buffer === null) this.writer.line(`yield* ${current}.stream(${context});`)
    else this.#write(`${current}.render(${context})`, frame)
    if (guard) this.writer.line('}')
  }

  #include(node: IncludeNode, frame: Frame): void {
    const template = this.writer.temporary()
    const value = this.expression(node.template, frame)
    this.writer.line(`${template} = R.included(context, ${value}, T.name, ${node.ignoreMissing});`)
    if (node.ignoreMissing) this.writer.line(`if (${template} !== null) {`)
    if (!node.withContext) this.#write(`R.moduleText(${template})`, frame)
    else {
      const context = `${template}.sharedContext(context, ${this.#locals(frame)})`
      if (frame.buffer === null) this.writer.line(`yield* ${template}.streamIn(${context});`)
      else this.#write(`${template}.renderIn(${context})`, frame)
    }
    if (node.ignoreMissing) this.writer.line('}')
  }

  #module(node: ImportNode | FromImportNode, frame: Frame): string {
    const locals = node.withContext ? this.#locals(frame) : 'null'
    return `R.imported(context, ${this.expression(node.template, frame)}, T.name, ${locals})`
  }

  #import(node: ImportNode, frame: Frame): void {
    const ref = frame.symbols.ref(node.target)
    this.writer.assign(ref, this.#module(node, frame))
    if (!frame.toplevel) return
    this.writer.line(`context.vars[${quote(node.target)}] = ${ref};`)
    if (!node.target.startsWith('_')) {
      this.writer.line(`context.exported.delete(${quote(node.target)});`)
    }
  }

  #fromImport(node: FromImportNode, frame: Frame): void {
    const module = this.writer.temporary()
    this.writer.line(`${module} = ${this.#module(node, frame)};`)
    const position = quote(this.position(node.lineno))
    for (const [name, alias] of node.names) {
      const ref = frame.symbols.ref(alias)
      this.writer.assign(ref, `R.exportedName(context, ${module}, ${quote(name)}, ${position})`)
      if (!frame.toplevel) continue
      this.writer.line(`context.vars[${quote(alias)}] = ${ref};`)
      if (!alias.startsWith('_')) this.writer.line(`context.exported.delete(${quote(alias)});`)
    }
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
      this.#store(target, this.expression(node.values[i] as ExprNode, frame), inner)
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
    this.#capture(inner)
    this.body(node.body, inner)
    this.#write(`R.str(${this.filter(node.filter, inner)})`, frame)
  }

  /** Assigns to a name, a namespace's attribute or a tuple of those. */
  #store(target: ExprNode, value: string, frame: Frame): void {
    if (target.type === 'Name') {
      const tracked = this.assigned.at(-1)
      if (
        target.ctx === 'store' &&
        tracked !== undefined &&
        (frame.toplevel || frame.loopFrame || frame.blockFrame)
      ) {
        tracked.add(target.name)
      }
      this.writer.assign(frame.symbols.ref(target.name), value)
    } else if (target.type === 'NSRef') {
      const ref = frame.symbols.ref(target.name)
      this.writer.line(`R.setNamespace(${ref}, ${quote(target.attr)}, ${value});`)
    } else if (target.type === 'Tuple') {
      const items = this.writer.temporary()
      this.writer.line(`${items} = R.unpack(${value}, ${target.items.length});`)
      target.items.forEach((item, i) => {
        this.#store(item, `${items}[${i}]`, frame)
      })
    }
  }

  #assign(node: AssignNode, frame: Frame): void {
    this.assigned.push(new Set())
    const references = node.target.type === 'NSRef' ? [node.target] : findAll(node.target, 'NSRef')
    for (const name of new Set(references.map((reference) => reference.name))) {
      this.writer.line(`R.checkNamespace(${frame.symbols.ref(name)});`)
    }
    this.#store(node.target, this.expression(node.node, frame), frame)
    this.#publish(frame)
  }

  #assignBlock(node: AssignBlockNode, frame: Frame): void {
    this.assigned.push(new Set())
    const inner = frame.inner()
    inner.requireOutputCheck = false
    inner.symbols.analyze(node)
    this.enterFrame(inner)
    this.#capture(inner)
    this.body(node.body, inner)
    const value = node.filter === null ? (inner.buffer as string) : this.filter(node.filter, inner)
    this.#store(node.target, `R.captured(context, ${value})`, frame)
    this.#publish(frame)
  }

  /** Makes what was just assigned visible to includes, imports and calls (`pop_assign_tracking`). */
  #publish(frame: Frame): void {
    const names = this.assigned.pop() as Set<string>
    for (const name of names) {
      const ref = frame.symbols.ref(name)
      if (frame.loopFrame || frame.blockFrame) {
        const variable = frame.loopFrame ? '_loop_vars' : '_block_vars'
        this.writer.declare(variable)
        this.writer.line(`(${variable} ??= { __proto__: null })[${quote(name)}] = ${ref};`)
      } else if (frame.toplevel) {
        this.writer.line(`context.vars[${quote(name)}] = ${ref};`)
        if (!name.startsWith('_')) this.writer.line(`context.exported.add(${quote(name)});`)
      }
    }
  }

  #for(node: ForNode, frame: Frame): void {
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
      this.#capture(loopFrame)
      elseFrame.buffer = loopFrame.buffer
      this.#loop(node, loopFrame, elseFrame, filtered('items'), loopRef, recurse, 'depth')
      this.writer.line(`return ${this.markSafe(loopFrame.buffer as string, loopFrame)};`)
      const body = this.writer.endFunction()
      this.writer.line(`${recurse} = (items, depth) => {\n${body}\n};`)
      this.#write(`R.str(${recurse}(${this.expression(node.iter, frame)}, 0))`, frame)
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
    this.#store(node.target, item, loopFrame)
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
    this.#store(node.target, 'item', testFrame)
    const passed = node.target.type === 'Tuple' ? 'R.makeTuple(R.iterate(item))' : 'item'
    this.writer.line(`if (${this.condition(test, testFrame)}) yield ${passed};`)
    this.writer.line('}')
    const body = this.writer.endFunction()
    this.writer.line(`${name} = function* (items) {\n${body}\n};`)
    return name
  }

  #macro(node: MacroNode, frame: Frame): void {
    const ref = frame.symbols.ref(node.name)
    this.writer.assign(ref, this.#macroFunction(node, node.name, frame))
    if (!frame.toplevel) return
    if (!node.name.startsWith('_')) this.writer.line(`context.exported.add(${quote(node.name)});`)
    this.writer.line(`context.vars[${quote(node.name)}] = ${ref};`)
  }

  #callBlock(node: CallBlockNode, frame: Frame): void {
    const caller = this.writer.temporary()
    this.writer.line(`${caller} = ${this.#macroFunction(node, null, frame)};`)
    this.#write(`R.str(${this.call(node.call, frame, caller)})`, frame)
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
    this.#capture(frame)
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

/** Keeps declarations outside the try, so that the function's end can use the variables. */
function splitDeclarations(body: string): [string, string] {
  const lines = body.split('\n')
  const first = lines.findIndex((line) => !line.startsWith('let '))
  const at = first === -1 ? lines.length : first
  return [lines.slice(0, at).join('\n'), lines.slice(at).join('\n')]
}

const guarded = (body: string): string => {
  const [declarations, code] = splitDeclarations(body)
  return `${declarations}\ntry {\n${code}\n} catch (error) { throw R.trace(error, T, L); }`
}
