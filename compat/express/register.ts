/**
 * `bustapi/express/register`: preloaded, it gives the drop-in to everybody who asks for `express`, by `require` or
 * by `import`, in the app and in its dependencies:
 *
 *     node --import bustapi/express/register server.js
 *
 * `BUSTAPI_EXPRESS=4` or `BUSTAPI_EXPRESS=5` in the environment picks the major version for all. Without it, a
 * dependency that brings an Express of its own keeps its major version, and all others get the one that the app's
 * package.json asks for, or 5.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

type Major = '4' | '5'

/** A package.json, as far as it says which Express is wanted. */
interface Manifest {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** What a hook of Node's ES module loader is told and answers. */
interface ResolveContext {
  readonly conditions: readonly string[]
  readonly parentURL?: string | undefined
}
interface ResolveAnswer {
  readonly url: string
  readonly format?: string
  readonly shortCircuit?: boolean
}

/** The inside of `require`, which Node has kept open for tools such as this one. */
interface Internals {
  _load(
    request: string,
    parent: { readonly filename?: string | null } | null,
    isMain: boolean,
  ): unknown
  _resolveFilename(
    request: string,
    parent: { readonly filename?: string | null } | null,
    ...rest: unknown[]
  ): string
  registerHooks?(hooks: {
    resolve(
      specifier: string,
      context: ResolveContext,
      next: (specifier: string, context: ResolveContext) => ResolveAnswer,
    ): ResolveAnswer
  }): unknown
  register?(specifier: string): void
}

// The one place where the thread of the loader hooks can be told that it is one.
const IN_LOADER = Symbol.for('bustapi.express.register.loader')

const nodeRequire = createRequire(import.meta.url)
const internals = Module as unknown as Internals

const ENTRIES: Readonly<Record<Major, string>> = { 4: 'bustapi/express4', 5: 'bustapi/express' }

const manifests = new Map<string, Manifest | undefined>()

function manifestIn(folder: string): Manifest | undefined {
  if (!manifests.has(folder)) {
    const file = join(folder, 'package.json')
    let manifest: Manifest | undefined
    try {
      if (existsSync(file)) manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
    } catch {
      // Node says what is wrong with it when the package is loaded.
    }
    manifests.set(folder, manifest)
  }
  return manifests.get(folder)
}

/** The major version that is installed for the files of a folder. */
function installed(folder: string): Major | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = manifestIn(join(at, 'node_modules', 'express'))
    if (manifest !== undefined) return manifest.version?.startsWith('4.') === true ? '4' : '5'
    if (dirname(at) === at) return undefined
  }
}

/** The one major version that a range of package.json allows; undefined when it allows several or says none. */
function majorOf(range: string): Major | undefined {
  if (/[<>*]| - /.test(range)) return undefined
  const wanted = new Set(
    range
      .split('||')
      .map((part) => /^(?:npm:.*@)?[\s^~=v]*(\d+)(?:\.|$|\s)/.exec(part.trim())?.[1]),
  )
  const [major] = wanted
  return wanted.size === 1 && (major === '4' || major === '5') ? major : undefined
}

/** What the nearest package.json at or above a folder that names Express asks for. */
function askedFrom(folder: string): Major | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = manifestIn(at)
    const range =
      manifest?.dependencies?.express ??
      manifest?.devDependencies?.express ??
      manifest?.optionalDependencies?.express ??
      manifest?.peerDependencies?.express
    if (range !== undefined) return majorOf(range) ?? installed(at) ?? '5'
    if (dirname(at) === at) return undefined
  }
}

/** What a package in `node_modules` asks for by bringing an Express of its own. */
function broughtBy(file: string): Major | undefined {
  if (!file.includes(`${sep}node_modules${sep}`)) return undefined
  for (let at = dirname(file); dirname(at) !== at; at = dirname(at)) {
    const manifest = manifestIn(at)
    if (manifest === undefined) continue
    const range = manifest.dependencies?.express
    return range === undefined ? undefined : (majorOf(range) ?? installed(at))
  }
  return undefined
}

function appFolder(): string {
  const main = process.argv[1]
  if (main === undefined) return process.cwd()
  try {
    return dirname(realpathSync(main))
  } catch {
    return process.cwd()
  }
}

let appMajor: Major | undefined

/** The major version for a file that asks for Express. */
function majorFor(file: string | null | undefined): Major {
  const told = process.env.BUSTAPI_EXPRESS
  if (told === '4' || told === '5') return told
  appMajor ??= askedFrom(appFolder())
  return (file ? broughtBy(file) : undefined) ?? appMajor ?? '5'
}

const fileOf = (url: string | undefined): string | undefined =>
  url?.startsWith('file:') === true ? fileURLToPath(url) : undefined

/** Where `require('express')` leads for a file. */
const commonJsEntry = (file: string | null | undefined): string =>
  nodeRequire.resolve(ENTRIES[majorFor(file)])

/** Where `import 'express'` leads for a file: beside the CommonJS one, when there are two. */
function moduleEntry(file: string | null | undefined): string {
  const entry = commonJsEntry(file)
  const twin = entry.replace(/\.cjs$/, '.mjs')
  return pathToFileURL(existsSync(twin) ? twin : entry).href
}

/** Hook of the ES module loader, for the thread that it runs in. */
export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Promise<ResolveAnswer>,
): Promise<ResolveAnswer> {
  if (specifier !== 'express') return next(specifier, context)
  return { url: moduleEntry(fileOf(context.parentURL)), format: 'module', shortCircuit: true }
}

type Loaded = Readonly<Record<string, unknown>>

/** Express as a CommonJS caller has it. */
function expressFor(file: string | null | undefined): Loaded {
  const loaded = nodeRequire(commonJsEntry(file)) as Loaded
  return (
    typeof loaded === 'function' ? loaded : (loaded['module.exports'] ?? loaded.default)
  ) as Loaded
}

/** The class of the layers in a router's stack. */
function layerOf(express: Loaded): unknown {
  const router = (express.Router as () => { use(fn: () => void): void; stack: readonly object[] })()
  router.use(() => {})
  return router.stack[0]?.constructor
}

/** The files of Express's own package that tools patch, as our parts. */
const INSIDES: Readonly<Record<string, (express: Loaded) => unknown>> = {
  'express/index.js': (express) => express,
  'express/lib/express': (express) => express,
  'express/lib/application': (express) => express.application,
  'express/lib/request': (express) => express.request,
  'express/lib/response': (express) => express.response,
  'express/lib/router': (express) => express.Router,
  'express/lib/router/index': (express) => express.Router,
  'express/lib/router/route': (express) => express.Route,
  'express/lib/router/layer': layerOf,
}

function hookRequire(): void {
  const load = internals._load
  internals._load = (request, parent, isMain) => {
    if (request.startsWith('express/')) {
      const inside = INSIDES[request] ?? INSIDES[request.replace(/\.js$/, '')]
      if (inside !== undefined) return inside(expressFor(parent?.filename))
    }
    return load(request, parent, isMain)
  }
}

/** Registers hooks that run where the code runs; Node 22.15 and 23.5 brought them. */
function hookInThread(registerHooks: NonNullable<Internals['registerHooks']>): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== 'express') return next(specifier, context)
      const file = fileOf(context.parentURL)
      return context.conditions.includes('require')
        ? { url: pathToFileURL(commonJsEntry(file)).href, format: 'commonjs', shortCircuit: true }
        : { url: moduleEntry(file), format: 'module', shortCircuit: true }
    },
  })
}

/** The same for older Node: `require` is patched, and `import` asks a thread of its own. */
function hookBothLoaders(): void {
  const resolveFilename = internals._resolveFilename
  internals._resolveFilename = (request, parent, ...rest) =>
    request === 'express'
      ? commonJsEntry(parent?.filename)
      : resolveFilename(request, parent, ...rest)
  const self = pathToFileURL(nodeRequire.resolve('bustapi/express/register')).href
  const main = JSON.stringify(process.argv[1])
  const code = [
    `globalThis[Symbol.for(${JSON.stringify(IN_LOADER.description)})] = true`,
    `process.argv[1] ??= ${main}`,
    `const hooks = await import(${JSON.stringify(self)})`,
    'export const resolve = (hooks.default ?? hooks).resolve',
  ].join('\n')
  internals.register?.(`data:text/javascript,${encodeURIComponent(code)}`)
}

if ((globalThis as unknown as Record<symbol, unknown>)[IN_LOADER] !== true) {
  hookRequire()
  if (internals.registerHooks === undefined) hookBothLoaders()
  else hookInThread(internals.registerHooks)
}
