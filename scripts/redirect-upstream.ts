/** Preloaded into the tests of a checkout of Express: loads the drop-in in the place of its own library. */
import { existsSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { join } from 'node:path'

/** The inside of `require`, which Node has kept for tools such as this one. */
interface Internals {
  _load(request: string, parent: unknown, isMain: boolean): unknown
  _resolveFilename(request: string, parent: unknown, isMain: boolean): string
}

const { UPSTREAM_SUITE = '', UPSTREAM_ENTRY = '', UPSTREAM_UTILS = '' } = process.env
const require = createRequire(import.meta.url)
const internals = Module as unknown as Internals
const load = internals._load

/** What a CommonJS caller gets of a module of either system. */
function commonJs(file: string): unknown {
  const loaded = require(file) as Readonly<Record<string, unknown>>
  return typeof loaded === 'function'
    ? loaded
    : (loaded['module.exports'] ?? loaded.default ?? loaded)
}

const stands = new Map<string, () => unknown>([
  [join(UPSTREAM_SUITE, 'index.js'), () => commonJs(UPSTREAM_ENTRY)],
  [join(UPSTREAM_SUITE, 'lib/express.js'), () => commonJs(UPSTREAM_ENTRY)],
])
if (existsSync(UPSTREAM_UTILS)) {
  stands.set(join(UPSTREAM_SUITE, 'lib/utils.js'), () => require(UPSTREAM_UTILS))
}

internals._load = (request, parent, isMain) => {
  if (request.startsWith('.')) {
    const stand = stands.get(internals._resolveFilename(request, parent, isMain))
    if (stand !== undefined) return stand()
  }
  return load(request, parent, isMain)
}
