import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import type { ViewEngine, ViewLike } from './types.ts'

/** Options of a {@link View}. */
export interface ViewOptions {
  /** Extension to assume for names without one. */
  readonly defaultEngine?: string
  readonly root?: string | readonly string[]
  /** Engines by extension; one that is not there is loaded and added. */
  readonly engines: Record<string, ViewEngine>
}

/**
 * Loads a template engine's package. It is the app's dependency and not ours, so it is looked for
 * from the program and from the working directory first.
 *
 * @throws Error (Node's MODULE_NOT_FOUND) when there is none.
 */
function requireFromApp(name: string): { __express?: unknown } {
  for (const place of [process.argv[1], join(process.cwd(), 'package.json')]) {
    if (place === undefined || !isAbsolute(place)) continue
    const require = createRequire(place)
    try {
      require.resolve(name)
    } catch {
      continue
    }
    return require(name)
  }
  return createRequire(import.meta.url)(name)
}

/** A template file and the engine that renders it. The setting `view` may be another class. */
export class View implements ViewLike {
  defaultEngine: string | undefined
  ext: string
  name: string
  root: string | readonly string[] | undefined
  engine: ViewEngine
  /** The file; undefined when there is none. */
  path: string | undefined

  /**
   * @throws Error when no engine is known for the extension.
   */
  constructor(name: string, options: ViewOptions) {
    this.defaultEngine = options.defaultEngine
    this.ext = extname(name)
    this.name = name
    this.root = options.root
    if (!this.ext && !this.defaultEngine) {
      throw new Error('No default engine was specified and no extension was provided.')
    }
    let fileName = name
    if (!this.ext) {
      const engine = this.defaultEngine as string
      this.ext = engine[0] === '.' ? engine : `.${engine}`
      fileName += this.ext
    }
    options.engines[this.ext] ||= loadEngine(this.ext.slice(1))
    this.engine = options.engines[this.ext] as ViewEngine
    this.path = this.lookup(fileName)
  }

  /** The file of a name, in the first root that has it. */
  lookup(name: string): string | undefined {
    for (const root of [this.root].flat() as string[]) {
      const file = resolve(root, name)
      const path = this.resolve(dirname(file), basename(file))
      if (path) return path
    }
    return undefined
  }

  /** Renders the file. The callback is never called before this returns. */
  render(options: object, callback: (error: unknown, text?: string) => void): void {
    let sync = true
    this.engine(this.path as string, options, (...result) => {
      if (sync) process.nextTick(callback, ...result)
      else callback(...result)
    })
    sync = false
  }

  /** `file` in a directory, or the index file in a directory of that name. */
  resolve(directory: string, file: string): string | undefined {
    const { ext } = this
    const path = join(directory, file)
    if (isFile(path)) return path
    const index = join(directory, basename(file, ext), `index${ext}`)
    return isFile(index) ? index : undefined
  }
}

function loadEngine(name: string): ViewEngine {
  const engine = requireFromApp(name).__express
  if (typeof engine !== 'function') {
    throw new Error(`Module "${name}" does not provide a view engine.`)
  }
  return engine as ViewEngine
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
