import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { declarationOf } from './declarations.ts'
import { distName, ENTRIES, type Entry } from './entries.ts'
import { ROOT } from './paths.ts'

/** The fields of package.json that follow from the table of entries. */
export interface PublishedFields {
  readonly exports: Readonly<Record<string, unknown>>
  readonly main: string
  readonly types: string
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly sideEffects: false | readonly string[]
}

const conditions = (entry: Entry): object => ({
  import: {
    types: `./dist/${declarationOf(entry.source, 'mts')}`,
    default: `./dist/${distName(entry)}.mjs`,
  },
  require: {
    types: `./dist/${declarationOf(entry.source, 'cts')}`,
    default: `./dist/${distName(entry)}.cjs`,
  },
})

/** What package.json must say so that each entry is found from `import` and from `require`, with its types. */
export function publishedFields(entries: readonly Entry[] = ENTRIES): PublishedFields {
  const types = (entry: Entry): string => `./dist/${declarationOf(entry.source, 'cts')}`
  const preloads = entries.filter((entry) => entry.sideEffects === true).map(distName)
  return {
    main: './dist/index.cjs',
    types: `./dist/${declarationOf('src/index.ts', 'cts')}`,
    // For TypeScript's `moduleResolution: node10`, which knows no `exports`.
    typesVersions: {
      '*': Object.fromEntries(
        entries
          .filter((entry) => entry.subpath !== '.')
          .map((entry) => [entry.subpath.slice(2), [types(entry)]]),
      ),
    },
    exports: {
      ...Object.fromEntries(entries.map((entry) => [entry.subpath, conditions(entry)])),
      './package.json': './package.json',
    },
    sideEffects: preloads.length === 0 ? false : preloads.map((name) => `./dist/${name}.*`),
  }
}

/** Brings package.json up to date with the table; returns whether it had to be changed. */
export function syncManifest(): boolean {
  const file = join(ROOT, 'package.json')
  const before = readFileSync(file, 'utf8')
  const after = `${JSON.stringify({ ...JSON.parse(before), ...publishedFields() }, null, 2)}\n`
  if (after !== before) writeFileSync(file, after)
  return after !== before
}
