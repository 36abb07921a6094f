import { appendFileSync, chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { bundle } from './bundle.ts'
import { writeDeclarations } from './declarations.ts'
import { distName, ENTRIES } from './entries.ts'
import { isMain } from './is-main.ts'
import { syncManifest } from './manifest.ts'
import { thirdPartyNotices } from './notices.ts'
import { DIST } from './paths.ts'
import { writeStamp } from './stamp.ts'

// Node 22.8 and later keep compiled code on disk: the command starts in half the time from the second run on.
const COMMAND = `#!/usr/bin/env node
require('node:module').enableCompileCache?.()
require('./cli.cjs').main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
`

// `require` gives the function; what else the entry exports is found on it, unseen by who lists its keys.
const CALLABLE = `
for (const name of Object.keys(exports)) {
  if (!(name in exports.default)) {
    Object.defineProperty(exports.default, name, { value: exports[name] })
  }
}
module.exports = exports.default
`

/** Words that no variable may be named, but an export may. */
const RESERVED: ReadonlySet<string> = new Set(['static'])

/** The ES module face of an entry: the same objects under the same names, so that state exists once. */
function wrapper(name: string, names: readonly string[]): string {
  const file = `./${name.split('/').at(-1)}.cjs`
  const lines = names.map((one) => {
    if (one === 'default') return 'export default lib.default'
    if (!RESERVED.has(one)) return `export const ${one} = lib.${one}`
    return `const $${one} = lib.${one}\nexport { $${one} as ${one} }`
  })
  return `${[`import lib from '${file}'`, ...lines].join('\n')}\n`
}

/** Makes `require` of an entry give its default export; returns the names that an `import` is to find. */
function makeCallable(name: string, names: readonly string[]): readonly string[] {
  const file = join(DIST, `${name}.cjs`)
  appendFileSync(file, CALLABLE)
  const parts = Object.keys(createRequire(import.meta.url)(file) as object)
  return [...new Set([...names, ...parts])].sort()
}

/** Makes `dist` anew. */
export async function build(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true })
  mkdirSync(DIST)
  const [made] = await Promise.all([bundle(), writeDeclarations()])
  for (const [name, names] of made.exports) {
    if (name === 'cli') continue
    const callable = ENTRIES.some((entry) => entry.callable === true && distName(entry) === name)
    const file = join(DIST, `${name}.mjs`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, wrapper(name, callable ? makeCallable(name, names) : names))
  }
  const command = join(DIST, 'bin.cjs')
  writeFileSync(command, COMMAND)
  chmodSync(command, 0o755)
  writeFileSync(join(DIST, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(made.packages))
  if (syncManifest()) console.log('package.json: entries brought up to date')
  writeStamp()
}

if (isMain(import.meta.url)) {
  const start = performance.now()
  await build()
  console.log(`dist: built in ${((performance.now() - start) / 1000).toFixed(1)} s`)
}
