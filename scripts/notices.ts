import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The part of a package's manifest that a notice names. */
interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
}

/** The text that keeps the licences of the packages whose code is in `dist`; a package without one is an error. */
export function thirdPartyNotices(folders: readonly string[]): string {
  const parts = folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
    const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|$)/i.test(name))
    if (file === undefined) throw new Error(`${manifest.name} has no licence file to pass on`)
    const text = readFileSync(join(folder, file), 'utf8').trim()
    return `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})\n\n${text}\n`
  })
  const head =
    'The published files of bustapi contain code of these packages, each under its own licence.\n'
  return [head, ...parts].join(`\n${'-'.repeat(80)}\n\n`)
}
