import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIST, filesUnder, ROOT } from './paths.ts'

const STAMP = join(DIST, '.built')
const INPUTS = ['src', 'compat', 'compat-tests', 'scripts', 'tsconfig.json', 'tsconfig.build.json']

/** Notes that the build is complete. */
export function writeStamp(): void {
  writeFileSync(STAMP, `${new Date(Date.now()).toISOString()}\n`)
}

/** True when a complete build is there and nothing that goes into it is newer. */
export function isFresh(): boolean {
  const built = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs
  if (built === undefined) return false
  return INPUTS.flatMap((path) => filesUnder(join(ROOT, path))).every(
    (file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) <= built,
  )
}
