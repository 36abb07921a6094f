import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { CLI, distName, ENTRIES, specifier } from './entries.ts'
import { loadLate } from './late.ts'
import { DIST, ROOT } from './paths.ts'

/**
 * Packages whose code goes into `dist`. Each costs a first request file look-ups that one chunk does not have;
 * all others stay dependencies and are required when first used.
 */
export const BUNDLED: ReadonlySet<string> = new Set(['find-my-way'])

/**
 * Rooms that become chunks of their own, loaded when a function first needs them: most processes answer their first
 * request, and many their last, without a template or a test client.
 */
const LATE_ROOMS: readonly string[] = ['templating', 'testing']

/** What else waits until it is used; see `bench` for what each takes at the start. */
const LATE_MODULES: ReadonlySet<string> = new Set(['node:crypto', 'node:zlib', 'mime-types'])

const isLate = (specifier: string): boolean =>
  LATE_MODULES.has(specifier) ||
  LATE_ROOMS.some((room) => /^\.\.?\//.test(specifier) && specifier.endsWith(`/${room}.cjs`))

const lateRequires: Plugin = {
  name: 'late-requires',
  renderChunk: (code) => loadLate(code, isLate),
}

/** Folders under `node_modules` that have ended up in a chunk. */
const PACKAGE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/

/** What the bundler made. */
export interface Bundle {
  /** The names each entry exports, by the entry's name in `dist`. */
  readonly exports: ReadonlyMap<string, readonly string[]>
  /** The folders of the packages whose code is in `dist`. */
  readonly packages: readonly string[]
}

// In the source a late `require` is made from import.meta.url; in CommonJS the module's own one is at hand, and
// Jest can follow it.
const ownRequire: Plugin = {
  name: 'own-require',
  transform: {
    filter: { code: 'createRequire(import.meta.url)' },
    handler: (code) => code.replaceAll('createRequire(import.meta.url)', 'require'),
  },
}

// Source files of one room reach another published entry by its public name.
const entriesFromSource: Plugin = {
  name: 'entries-from-source',
  resolveId: (id) => {
    const entry = ENTRIES.find((one) => specifier(one) === id)
    return entry && join(ROOT, entry.source)
  },
}

/** True for what stays a `require` in the published files. */
function isExternal(id: string, importer: string | undefined): boolean {
  if (isBuiltin(id)) return true
  if (id.startsWith('.') || id.startsWith('/') || /^bustapi(\/|$)/.test(id)) return false
  if (importer !== undefined && PACKAGE.test(importer)) return false
  const name = id.split('/', id.startsWith('@') ? 2 : 1).join('/')
  return !BUNDLED.has(name)
}

/**
 * Writes `dist`: one CommonJS file per entry over shared chunks, so that state exists once, and what is imported
 * late in a chunk of its own.
 */
export async function bundle(): Promise<Bundle> {
  const build = await rolldown({
    cwd: ROOT,
    input: {
      ...Object.fromEntries(ENTRIES.map((entry) => [distName(entry), entry.source])),
      cli: CLI,
    },
    platform: 'node',
    external: isExternal,
    plugins: [ownRequire, entriesFromSource],
    tsconfig: join(ROOT, 'tsconfig.json'),
    transform: { target: 'es2023' },
    checks: { circularDependency: true },
    onLog: (level, log, handle) => {
      if (level === 'warn') throw new Error(`${log.code}: ${log.message}`)
      handle(level, log)
    },
  })
  const { output } = await build.write({
    dir: DIST,
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
    comments: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: LATE_ROOMS.map((name) => ({
        name,
        test: new RegExp(`[\\\\/]src[\\\\/]${name}[\\\\/]`),
      })),
    },
    plugins: [lateRequires],
  })
  await build.close()
  const chunks = output.filter((item): item is OutputChunk => item.type === 'chunk')
  const folders = chunks.flatMap((chunk) => chunk.moduleIds).map((id) => PACKAGE.exec(id)?.[1])
  return {
    exports: new Map(
      chunks.filter((chunk) => chunk.isEntry).map((chunk) => [chunk.name, chunk.exports]),
    ),
    packages: [...new Set(folders.filter((folder) => folder !== undefined))].sort(),
  }
}
