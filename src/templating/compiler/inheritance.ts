import { quote } from './expressions.ts'
import type { Frame } from './frame.ts'
import type { BlockNode, ExtendsNode, FromImportNode, ImportNode, IncludeNode } from './nodes.ts'
import { ScopeCompiler } from './scopes.ts'

/** Writes the tags by which templates use each other. */
export abstract class InheritanceCompiler extends ScopeCompiler {
  protected readonly blocks: Map<string, BlockNode> = new Map()

  /** A top-level `extends` was seen: the template's own output is never shown. */
  protected knownExtends = false

  #extendsSoFar = 0

  /** `{% extends %}`; a second one is never passed. */
  protected extendsTag(node: ExtendsNode, frame: Frame): 'unreachable' | undefined {
    if (!frame.toplevel) this.fail('cannot use extend from a non top-level scope', node.lineno)
    if (this.#extendsSoFar > 0) {
      const raise = 'R.extendedTwice();'
      this.writer.line(this.knownExtends ? raise : `if (parent !== null) ${raise}`)
      if (this.knownExtends) return 'unreachable'
    }
    this.writer.assign(
      'parent',
      `R.extend(context, ${this.expression(node.template, frame)}, T.name)`,
    )
    if (frame.rootlevel) this.knownExtends = true
    this.#extendsSoFar += 1
    return undefined
  }

  /** `{% block %}` where it stands. */
  protected blockTag(node: BlockNode, frame: Frame): void {
    let guard = false
    if (frame.toplevel) {
      if (this.knownExtends) return
      guard = this.#extendsSoFar > 0
    }
    const name = quote(node.name)
    if (guard) this.writer.line('if (parent === null) {')
    const context = node.scoped ? `context.derived(${this.locals(frame)})` : 'context'
    if (node.required) this.writer.line(`R.requireBlock(context, ${name});`)
    const current = `context.blocks.get(${name})[0]`
    if (frame.buffer === null) this.writer.line(`yield* ${current}.stream(${context});`)
    else this.write(`${current}.render(${context})`, frame)
    if (guard) this.writer.line('}')
  }

  /** `{% include %}` */
  protected includeTag(node: IncludeNode, frame: Frame): void {
    const template = this.writer.temporary()
    const value = this.expression(node.template, frame)
    this.writer.line(`${template} = R.included(context, ${value}, T.name, ${node.ignoreMissing});`)
    if (node.ignoreMissing) this.writer.line(`if (${template} !== null) {`)
    if (!node.withContext) this.write(`R.moduleText(${template})`, frame)
    else {
      const context = `${template}.sharedContext(context, ${this.locals(frame)})`
      if (frame.buffer === null) this.writer.line(`yield* ${template}.streamIn(${context});`)
      else this.write(`${template}.renderIn(${context})`, frame)
    }
    if (node.ignoreMissing) this.writer.line('}')
  }

  #module(node: ImportNode | FromImportNode, frame: Frame): string {
    const locals = node.withContext ? this.locals(frame) : 'null'
    return `R.imported(context, ${this.expression(node.template, frame)}, T.name, ${locals})`
  }

  /** `{% import … as name %}` */
  protected importTag(node: ImportNode, frame: Frame): void {
    const ref = frame.symbols.ref(node.target)
    this.writer.assign(ref, this.#module(node, frame))
    if (!frame.toplevel) return
    this.writer.line(`context.vars[${quote(node.target)}] = ${ref};`)
    if (!node.target.startsWith('_')) {
      this.writer.line(`context.exported.delete(${quote(node.target)});`)
    }
  }

  /** `{% from … import name %}` */
  protected fromImportTag(node: FromImportNode, frame: Frame): void {
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
}
