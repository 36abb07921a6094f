import { mkdirSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { CLI, distName, ENTRIES } from './entries.ts'
import { loadLate } from './late.ts'
import { DIST, ROOT } from './paths.ts'
import { hasStandIn, standIns } from './stand-ins.ts'

/**
 * Packages whose code goes into `dist`. Each costs a first request file look-ups that one chunk does not have;
 * all others stay dependencies and are required when first used.
 */
export const BUNDLED: ReadonlySet<string> = new Set(['find-my-way'])

/**
 * Rooms that become chunks of their own, loaded when a function first needs them: most processes answer their first
 * request, and many their last, without a template or a test client.
 */
const LATE_ROOMS: readonly string[] = ['security', 'templating', 'testing']

/** What else waits until it is used; see `bench` for what each takes at the start. */
const LATE_MODULES: ReadonlySet<string> = new Set([
  'accepts',
  'body-parser',
  'content-type',
  'express4-accepts',
  'express4-finalhandler',
  'express4-qs',
  'express4-type-is',
  'finalhandler',
  'mime-types',
  'node:child_process',
  'node:console',
  'node:crypto',
  'node:fs/promises',
  'node:module',
  'node:net',
  'node:os',
  'node:stream/promises',
  'node:zlib',
  'qs',
  'send',
  'serve-static',
  'type-is',
])

const inRoom = (name: string): RegExp => new RegExp(`[\\\\/]src[\\\\/]${name}[\\\\/]`)

/**
 * The part of the core that every Express app needs, in a chunk of its own: of the rest, which is for `app.inject` and
 * `app.fastify`, the drop-in loads nothing before it is asked for those.
 */
const MESSAGES = { name: 'messages', test: /[\\/]src[\\/]engine[\\/]messages\.ts$/, priority: 1 }

const EXPRESS = /[\\/]compat[\\/]express[\\/]/

const ENTRY_FILES: ReadonlySet<string> = new Set(ENTRIES.map((entry) => join(ROOT, entry.source)))

/** Chunks that are all Express's wait for those that are not. */
function waitsFor({ moduleIds }: OutputChunk, chunks: readonly OutputChunk[]): ReadonlySet<string> {
  if (moduleIds.length === 0 || !moduleIds.every((id) => EXPRESS.test(id))) return new Set()
  const others = chunks.filter(
    (one) => one.name !== MESSAGES.name && one.moduleIds.some((id) => inRoom('engine').test(id)),
  )
  return new Set(others.map((one) => `./${one.fileName.split('/').at(-1)}`))
}

const isLate = (specifier: string): boolean =>
  LATE_MODULES.has(specifier) ||
  LATE_ROOMS.some((room) => /^\.\.?\//.test(specifier) && specifier.endsWith(`/${room}.cjs`))

/**
 * The code with everything beyond ASCII escaped: one other letter and V8 keeps the whole file at two bytes a letter.
 * The bundler leaves no comments, and names are ASCII here, so such letters stand in literals only.
 */
const ascii = (code: string): string =>
  code.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

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

/** True for what stays a `require` in the published files; so does the package's own name in the kit. */
function isExternal(id: string, importer: string | undefined): boolean {
  if (hasStandIn(id, importer)) return false
  if (isBuiltin(id)) return true
  if (id.startsWith('.') || id.startsWith('/')) return false
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
    preserveEntrySignatures: 'allow-extension',
    external: isExternal,
    plugins: [standIns, ownRequire],
    tsconfig: join(ROOT, 'tsconfig.json'),
    transform: { target: 'es2023' },
    checks: { circularDependency: true },
    onLog: (level, log, handle) => {
      if (level === 'warn') throw new Error(`${log.code}: ${log.message}`)
      handle(level, log)
    },
  })
  const { output } = await build.generate({
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    // `shared~index~core` → `shared`, `shared2`, …: the list of entries would grow with each.
    chunkFileNames: ({ name }) => `chunks/${name.split('~')[0]}.cjs`,
    comments: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        MESSAGES,
        ...LATE_ROOMS.map((name) => ({ name, test: inRoom(name), priority: 1 })),
        // All the rest by who needs it, so that an entry's own file passes on its names and nothing else.
        { name: 'shared', test: (id) => !ENTRY_FILES.has(id), entriesAware: true },
      ],
    },
  })
  await build.close()
  const chunks = output.filter((item): item is OutputChunk => item.type === 'chunk')
  for (const chunk of chunks) {
    const file = join(DIST, chunk.fileName)
    mkdirSync(dirname(file), { recursive: true })
    const waited = waitsFor(chunk, chunks)
    const isLateHere = (specifier: string): boolean => waited.has(specifier) || isLate(specifier)
    writeFileSync(file, ascii(loadLate(chunk.code, isLateHere)))
  }
  const folders = chunks.flatMap((chunk) => chunk.moduleIds).map((id) => PACKAGE.exec(id)?.[1])
  return {
    exports: new Map(
      chunks.filter((chunk) => chunk.isEntry).map((chunk) => [chunk.name, chunk.exports]),
    ),
    packages: [...new Set(folders.filter((folder) => folder !== undefined))].sort(),
  }
}
