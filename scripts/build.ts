import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundle } from './bundle.ts'
import { writeDeclarations } from './declarations.ts'
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

/** The ES module face of an entry: the same objects under the same names, so that state exists once. */
function wrapper(name: string, names: readonly string[]): string {
  const file = `./${name.split('/').at(-1)}.cjs`
  const lines = names.map((one) =>
    one === 'default' ? 'export default lib.default' : `export const ${one} = lib.${one}`,
  )
  return `${[`import lib from '${file}'`, ...lines].join('\n')}\n`
}

/** Makes `dist` anew. */
export async function build(): Promise<void> {
  rmSync(DIST, { recursive: true, force: true })
  mkdirSync(DIST)
  const [made] = await Promise.all([bundle(), writeDeclarations()])
  for (const [name, names] of made.exports) {
    if (name === 'cli') continue
    const file = join(DIST, `${name}.mjs`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, wrapper(name, names))
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
