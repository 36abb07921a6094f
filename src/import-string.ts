import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'

/** Nothing can be imported under a name (Werkzeug's `ImportStringError`). */
export class ImportStringError extends Error {
  /** The name as it was given. */
  readonly importName: string

  constructor(importName: string, tried: readonly string[], problem: string) {
    const list = tried.map((name) => `\n- ${name}`).join('')
    const why = problem === '' ? '' : `\n\n${problem}`
    super(`Could not import '${importName}'. Tried:${list}${why}`)
    this.importName = importName
  }

  static {
    Object.defineProperty(ImportStringError.prototype, 'name', {
      value: 'ImportStringError',
      writable: true,
      configurable: true,
    })
  }
}

const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.json']
const INDEXES = ['index.js', 'index.mjs', 'index.cjs', 'index.ts']

/** The file that a module path without its ending stands for, or null. */
function fileOf(path: string): string | null {
  for (const ending of ENDINGS) {
    const file = path + ending
    if (/\.\w+$/.test(file) && existsSync(file)) return file
  }
  for (const index of INDEXES) {
    const file = join(path, index)
    if (existsSync(file)) return file
  }
  return null
}

/** What a name of a module is loaded from, or null when there is no such module. */
function resolveModule(
  specifier: string,
  rootPath: string,
  require: NodeJS.Require,
): string | null {
  const isPath = /^\.{1,2}(\/|$)/.test(specifier) || isAbsolute(specifier)
  const file = fileOf(resolve(rootPath, specifier))
  if (file !== null || isPath) return file
  const dotted = fileOf(resolve(rootPath, specifier.replaceAll('.', '/')))
  if (dotted !== null) return dotted
  try {
    require.resolve(specifier)
    return specifier
  } catch {
    return null
  }
}

/** The ways to read a name as a module and the members of it that follow, the likeliest first. */
function readings(importName: string): [module: string, members: string[]][] {
  const colon = importName.lastIndexOf(':')
  // A drive letter is no module.
  if (colon > 1) return [[importName.slice(0, colon), importName.slice(colon + 1).split('.')]]
  const ways: [string, string[]][] = [[importName, []]]
  for (let dot = importName.lastIndexOf('.'); dot > 0; dot = importName.lastIndexOf('.', dot - 1)) {
    ways.push([importName.slice(0, dot), importName.slice(dot + 1).split('.')])
  }
  return ways.filter(([module]) => !/[./]$/.test(module))
}

function memberOf(module: unknown, members: readonly string[]): unknown {
  let value = module
  for (const name of members) {
    if (value === null || value === undefined) return undefined
    const holder = value as Record<string, unknown>
    const fallback = holder.default as Record<string, unknown> | undefined
    value = name in Object(value) ? holder[name] : Object(fallback)[name]
  }
  return value
}

/**
 * Imports a module, or a member of one, by name (Werkzeug's `import_string`), synchronously:
 * `'config.Production'`, `'./config.js:Production'`, `'my-package/settings'`.
 *
 * @param importName dots as in Python or slashes; a colon says where the members begin
 * @param rootPath the folder in which modules are looked for before installed packages
 * @throws {ImportStringError} when there is no such module or member. An error inside the module
 *   itself is thrown as it is.
 */
export function importString(importName: string, rootPath: string = process.cwd()): unknown {
  const require = createRequire(join(resolve(rootPath), 'noop.js'))
  const tried: string[] = []
  let problem = ''
  for (const [specifier, members] of readings(importName)) {
    tried.push([specifier, ...members].join(members.length > 0 ? ':' : ''))
    const target = resolveModule(specifier, rootPath, require)
    if (target === null) continue
    const value = memberOf(require(target), members)
    if (value !== undefined) return value
    problem = `'${specifier}' has no member '${members.join('.')}'`
  }
  throw new ImportStringError(importName, tried, problem)
}
