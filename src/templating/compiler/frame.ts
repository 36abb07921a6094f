import { Symbols } from './symbols.ts'

/** Whether output is escaped at this point of the source, as far as the compiler knows. */
export interface CompileEvalContext {
  autoescape: boolean
  /** `{% autoescape %}` got a value that only rendering can tell. */
  volatile: boolean
}

/** What the compiler knows while it writes one scope (Jinja's `Frame`). */
export class Frame {
  readonly evalContext: CompileEvalContext
  readonly symbols: Symbols
  /** The template may turn out to have a parent, which silences its own output. */
  requireOutputCheck = false
  /** The JavaScript variable that collects output, or null where it is yielded. */
  buffer: string | null = null
  toplevel = false
  rootlevel = false
  loopFrame = false
  blockFrame = false
  /** Inside an `if`: unknown filters fail when reached, not when compiled. */
  softFrame = false

  constructor(evalContext: CompileEvalContext, symbols: Symbols) {
    this.evalContext = evalContext
    this.symbols = symbols
  }

  /** A scope inside this one. */
  inner(): Frame {
    const frame = new Frame(this.evalContext, new Symbols(this.symbols))
    frame.requireOutputCheck = this.requireOutputCheck
    frame.buffer = this.buffer
    return frame
  }

  /** The branch of a condition, which shares this frame's variables. */
  soft(): Frame {
    const frame = new Frame(this.evalContext, this.symbols.copy())
    Object.assign(frame, {
      requireOutputCheck: this.requireOutputCheck,
      buffer: this.buffer,
      toplevel: this.toplevel,
      loopFrame: this.loopFrame,
      blockFrame: this.blockFrame,
      softFrame: true,
    })
    return frame
  }
}
