import {
  type CompilerEnvironment,
  ExpressionCompiler,
  quote,
  type SourceInfo,
} from './expressions.ts'
import type { Frame } from './frame.ts'
import type { ExprNode, StmtNode } from './nodes.ts'

/** What all statements share: scopes, output and assignment. */
export abstract class ScopeCompiler extends ExpressionCompiler {
  protected readonly streaming: boolean

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

  /** Gives each variable of a scope its first value. */
  protected enterFrame(frame: Frame): void {
    for (const [target, load] of frame.symbols.loads) {
      if (load.kind === 'resolve') {
        this.writer.assign(target, `context.lookup(${quote(load.name)})`)
      } else if (load.kind === 'alias') this.writer.assign(target, load.target)
      else if (load.kind === 'undefined') this.writer.assign(target, 'M')
    }
  }

  /** Adds text to the output. */
  protected write(code: string, frame: Frame): void {
    this.writer.line(frame.buffer === null ? `yield ${code};` : `${frame.buffer} += ${code};`)
  }

  /** Makes the frame collect its output in a variable. */
  protected capture(frame: Frame): void {
    frame.buffer = this.writer.temporary()
    this.writer.line(`${frame.buffer} = '';`)
  }

  /** The variables that included templates and scoped blocks see. */
  protected locals(frame: Frame): string {
    const pairs = Array.from(
      frame.symbols.dumpStores(),
      ([name, target]) => `${quote(name)}: ${target}`,
    )
    return `{ __proto__: null, ${pairs.join(', ')} }`
  }

  /** Assigns to a name, a namespace's attribute or a tuple of those. */
  protected store(target: ExprNode, value: string, frame: Frame): void {
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
        this.store(item, `${items}[${i}]`, frame)
      })
    }
  }

  /** Makes what was just assigned visible to includes, imports and calls (`pop_assign_tracking`). */
  protected publish(frame: Frame): void {
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

  /** Writes the statements of one scope. */
  protected abstract body(nodes: readonly StmtNode[], frame: Frame): void
}

/** Keeps declarations outside the try, so that the function's end can use the variables. */
export function splitDeclarations(body: string): [string, string] {
  const lines = body.split('\n')
  const first = lines.findIndex((line) => !line.startsWith('let '))
  const at = first === -1 ? lines.length : first
  return [lines.slice(0, at).join('\n'), lines.slice(at).join('\n')]
}

/** A function's body that notes the template's line on errors that pass through. */
export const guarded = (body: string): string => {
  const [declarations, code] = splitDeclarations(body)
  return `${declarations}\ntry {\n${code}\n} catch (error) { throw R.trace(error, T, L); }`
}
