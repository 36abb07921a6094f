import type { Res } from '../types.ts'

type RenderCallback = (error: unknown, text?: string) => void

/** Renders a view and sends it, or hands it to a callback. */
export function render(
  this: Res,
  view: string,
  options?: unknown,
  callback?: RenderCallback,
): void {
  const { req } = this
  const isCallback = typeof options === 'function'
  const done = isCallback ? (options as RenderCallback) : callback
  const merged = (isCallback ? {} : options || {}) as { _locals?: unknown }
  merged._locals = this.locals
  req.app.render(
    view,
    merged,
    done ||
      ((error: unknown, text?: string) => {
        if (error) req.next?.(error)
        else this.send(text)
      }),
  )
}
