import { type CompilerEnvironment, quote, type SourceInfo } from './expressions.ts'
import { type CompileEvalContext, Frame } from './frame.ts'
import { type BlockNode, findAll, findUndeclared, type TemplateNode } from './nodes.ts'
import { StatementCompiler } from './statements.ts'
import { Symbols } from './symbols.ts'

/** How a template gives its output: as one text, or piece by piece. */
export type OutputMode = 'render' | 'stream'

/**
 * Writes the JavaScript of a template: the body of a function of `R` (the runtime), `M` (MISSING)
 * and `T` (the template) that returns `{ root, blocks }`.
 */
export function compileTemplate(
  node: TemplateNode,
  environment: CompilerEnvironment,
  info: SourceInfo,
  autoescape: boolean,
  mode: OutputMode,
): string {
  return new TemplateCompiler(environment, info, mode).template(node, autoescape)
}

class TemplateCompiler extends StatementCompiler {
  constructor(environment: CompilerEnvironment, info: SourceInfo, mode: OutputMode) {
    super(environment, info, mode === 'stream')
  }

  template(node: TemplateNode, autoescape: boolean): string {
    const evalContext: CompileEvalContext = { autoescape, volatile: false }
    const hasExtends = findAll(node, 'Extends').length > 0
    for (const block of findAll(node, 'Block')) {
      if (this.blocks.has(block.name))
        this.fail(`block '${block.name}' defined twice`, block.lineno)
      this.blocks.set(block.name, block)
    }
    this.#root(node, evalContext, hasExtends)
    for (const block of this.blocks.values()) this.#block(block, evalContext)
    const names = Array.from(
      this.blocks.keys(),
      (name) => `[${quote(name)}, ${blockFunction(name)}]`,
    )
    this.writer.line(`return { root, blocks: [${names.join(', ')}] };`)
    return this.writer.toString()
  }

  #root(node: TemplateNode, evalContext: CompileEvalContext, hasExtends: boolean): void {
    const frame = new Frame(evalContext, new Symbols(null))
    this.beginRender(frame)
    if (findUndeclared(node.body, ['self']).size > 0) {
      this.writer.assign(frame.symbols.declareParameter('self'), 'new R.TemplateReference(context)')
    }
    frame.symbols.analyze(node)
    frame.toplevel = true
    frame.rootlevel = true
    frame.requireOutputCheck = hasExtends
    if (hasExtends) this.writer.assign('parent', 'null')
    this.enterFrame(frame)
    this.body(node.body, frame)
    if (hasExtends) {
      const output = this.streaming
        ? 'yield* parent.streamIn(context);'
        : 'o += parent.renderIn(context);'
      this.writer.line(`if (parent !== null) ${output}`)
    }
    this.endRender('root', frame)
  }

  #block(block: BlockNode, evalContext: CompileEvalContext): void {
    const frame = new Frame(evalContext, new Symbols(null))
    frame.blockFrame = true
    this.beginRender(frame)
    const undeclared = findUndeclared(block.body, ['self', 'super'])
    if (undeclared.has('self')) {
      this.writer.assign(frame.symbols.declareParameter('self'), 'new R.TemplateReference(context)')
    }
    if (undeclared.has('super')) {
      this.writer.assign(
        frame.symbols.declareParameter('super'),
        `R.superBlock(context, ${quote(block.name)}, T.blocks.get(${quote(block.name)}))`,
      )
    }
    frame.symbols.analyze(block)
    this.writer.assign('_block_vars', 'null')
    this.enterFrame(frame)
    this.body(block.body, frame)
    this.endRender(blockFunction(block.name), frame)
  }
}

const blockFunction = (name: string): string => `block_${name}`
