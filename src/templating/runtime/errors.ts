import { TemplateError } from '../errors.ts'

/** What an error report needs to know about a template. */
export interface TemplateSource {
  readonly name: string | null
  readonly filename: string | null
}

const TRACED = new WeakMap<Error, { readonly stack: string; readonly frames: string[] }>()

/**
 * Notes that an error passed through a line of a template: its stack shows the template's frames
 * above JavaScript's, innermost first, as Jinja's rewritten tracebacks do. Template errors also get
 * `templateName`, `filename` and `lineno`.
 */
export function trace(error: unknown, template: TemplateSource, lineno: number): unknown {
  if (!(error instanceof Error)) return error
  const place = template.filename ?? template.name ?? '<template>'
  if (error instanceof TemplateError && error.lineno === null) {
    error.lineno = lineno
    error.templateName = template.name
    error.filename = template.filename
  }
  let traced = TRACED.get(error)
  if (traced === undefined) {
    traced = { stack: error.stack ?? String(error), frames: [] }
    TRACED.set(error, traced)
  }
  traced.frames.push(`    at template (${place}:${lineno})`)
  const at = traced.stack.indexOf('\n    at ')
  const head = at === -1 ? traced.stack : traced.stack.slice(0, at)
  const rest = at === -1 ? '' : traced.stack.slice(at)
  try {
    error.stack = `${head}\n${traced.frames.join('\n')}${rest}`
  } catch {
    // A frozen error keeps its own stack.
  }
  return error
}
