import type { Dialect } from '../dialect.ts'
import type { App, ViewEngine, ViewLike } from '../types.ts'

type RenderCallback = (error: unknown, text?: string) => void
type ViewConstructor = new (name: string, options: object) => ViewLike

/** The directories in the words of the message about a view that is in none of them. */
function inDirectories(root: unknown): string {
  return Array.isArray(root) && root.length > 1
    ? `directories "${root.slice(0, -1).join('", "')}" or "${root.at(-1)}"`
    : `directory "${root}"`
}

/** `app.engine` and `app.render`. */
export function renderingMembers(dialect: Dialect): Record<string, unknown> {
  return {
    /**
     * Registers a template engine for a file extension.
     *
     * @throws Error when the engine is not a function.
     */
    engine: function engine(this: App, extension: string, fn: ViewEngine): App {
      if (typeof fn !== 'function') throw new Error('callback function required')
      this.engines[extension[0] === '.' ? extension : `.${extension}`] = fn
      return this
    },

    /** Renders a view; the callback gets an error or the text. */
    render: function render(this: App, name: string, options: unknown, callback?: unknown): void {
      const isCallback = typeof options === 'function'
      const done = (isCallback ? options : callback) as RenderCallback
      const merged = dialect.mergeRenderOptions(this.locals, isCallback ? {} : options)
      if (merged.cache == null) merged.cache = this.enabled('view cache')

      let view = merged.cache ? this.cache[name] : undefined
      if (!view) {
        const View = this.get('view') as ViewConstructor
        view = new View(name, {
          defaultEngine: this.get('view engine'),
          root: this.get('views'),
          engines: this.engines,
        })
        if (!view.path) {
          const message = `Failed to lookup view "${name}" in views ${inDirectories(view.root)}`
          done(Object.assign(new Error(message), { view }))
          return
        }
        if (merged.cache) this.cache[name] = view
      }
      try {
        view.render(merged, done)
      } catch (error) {
        done(error)
      }
    },
  }
}
