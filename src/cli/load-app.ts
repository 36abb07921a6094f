import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BustAPI } from '../index.ts'
import { callFactory, parseAppName } from './app-name.ts'
import { UsageError } from './errors.ts'

type Module = Readonly<Record<string, unknown>>

const ENDINGS = ['', '.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']
const INDEXES = ['index.ts', 'index.js', 'index.mjs', 'index.cjs']

/** Files that hold the app when none is named. */
const DEFAULT_MODULES = ['wsgi', 'app']

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** The file that a module's name stands for in a folder: a path, or a name with dots. */
function findFile(name: string, folder: string): string | null {
  const paths = [resolve(folder, name), resolve(folder, name.replaceAll('.', '/'))]
  for (const path of paths) {
    for (const ending of ENDINGS) if (isFile(path + ending)) return path + ending
    for (const index of INDEXES) if (isFile(join(path, index))) return join(path, index)
  }
  return null
}

function findPackage(name: string, folder: string): string | null {
  try {
    return createRequire(join(folder, 'noop.js')).resolve(name)
  } catch {
    return null
  }
}

/** Whether a value is an app: of this copy of the package, or of another one. */
export function isApp(value: unknown): value is BustAPI {
  if (typeof value !== 'function') return false
  const { wsgiApp, urlMap, addUrlRule } = value as Partial<BustAPI>
  return (
    typeof wsgiApp === 'function' && typeof urlMap === 'object' && typeof addUrlRule === 'function'
  )
}

/** What a module exports: of CommonJS, the members of `module.exports`. */
function membersOf(loaded: Module): Module {
  const { default: main } = loaded
  if (typeof main !== 'object' || main === null) return loaded
  return { ...(main as Module), ...loaded }
}

async function importModule(name: string, folder: string): Promise<Module> {
  const file = findFile(name, folder) ?? findPackage(name, folder)
  if (file === null) throw new UsageError(`Could not import '${name}'.`)
  try {
    return membersOf((await import(pathToFileURL(file).href)) as Module)
  } catch (error) {
    throw new UsageError(`While importing '${name}', ${describe(error)}`)
  }
}

/** An error and the place it came from, in one line. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `something was thrown: ${String(error)}`
  const place = /\(?((?:file:\/\/)?[^\s()]+:\d+:\d+)\)?/.exec(error.stack ?? '')?.[1]
  const message = error.message.split('\n', 1)[0]
  return `${error.name} was raised: ${message}${place === undefined ? '' : ` (${place})`}`
}

/** The app of a module that does not say which (Flask's `find_best_app`). */
async function bestApp(module: Module, name: string): Promise<BustAPI> {
  for (const usual of ['app', 'application', 'default']) {
    const value = module[usual]
    if (isApp(value)) return value
  }
  const apps = new Set(Object.values(module).filter(isApp))
  if (apps.size > 1) {
    throw new UsageError(
      `Detected multiple BustAPI applications in module '${name}'.` +
        ` Use '${name}:name' to specify the correct one.`,
    )
  }
  for (const only of apps) return only
  for (const factory of ['createApp', 'makeApp', 'create_app', 'make_app']) {
    const make = module[factory]
    if (typeof make !== 'function') continue
    const made: unknown = await make()
    if (isApp(made)) return made
  }
  throw new UsageError(
    `Failed to find BustAPI application or factory in module '${name}'.` +
      ` Use '${name}:name' to specify one.`,
  )
}

async function namedApp(module: Module, moduleName: string, appName: string): Promise<BustAPI> {
  const { name, args } = parseAppName(appName)
  if (!(name in module)) {
    throw new UsageError(`Failed to find attribute '${name}' in '${moduleName}'.`)
  }
  const value = module[name]
  const app = isApp(value) ? value : await callFactory(value, args ?? [])
  if (isApp(app)) return app
  throw new UsageError(
    `A valid BustAPI application was not obtained from '${moduleName}:${appName}'.`,
  )
}

/** Takes `module:name` apart; the colon of a Windows drive is none. */
function splitSpec(spec: string): [module: string, name: string | null] {
  const colon = spec.indexOf(':', 2)
  return colon === -1 ? [spec, null] : [spec.slice(0, colon), spec.slice(colon + 1)]
}

/**
 * Loads an app as `flask --app` does.
 * @param spec `module`, `module:name` or `module:factory(arguments)`; the module is a path or a
 *   name with dots, its ending may be left out. Null looks for `wsgi` and `app`.
 * @throws {UsageError} when there is no such module, name or app
 */
export async function loadApp(
  spec: string | null,
  folder: string = process.cwd(),
): Promise<BustAPI> {
  if (spec === null) {
    const found = DEFAULT_MODULES.find((name) => findFile(name, folder) !== null)
    if (found !== undefined) return bestApp(await importModule(found, folder), found)
    throw new UsageError(
      "Could not locate an application. Use the '--app' option, the 'FLASK_APP' environment" +
        " variable, or an 'app' or 'wsgi' module in the current directory.",
    )
  }
  const [moduleName, appName] = splitSpec(spec)
  const module = await importModule(moduleName, folder)
  return appName === null ? bestApp(module, moduleName) : namedApp(module, moduleName, appName)
}
