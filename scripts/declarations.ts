import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { ENTRIES } from './entries.ts'
import { DIST, ROOT } from './paths.ts'
import { must } from './run.ts'

/** A relative module specifier that ends in `.ts`, with the quote before it; `declare module` has one as well. */
const RELATIVE = /(?<=\b(?:from|import|module)\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\.ts\1/g

/** The declaration file of a source file, in one of the two module systems: `src/index.ts` → `types/src/index.d.mts`. */
export const declarationOf = (source: string, kind: 'mts' | 'cts'): string =>
  `types/${source.replace(/\.ts$/, `.d.${kind}`)}`

/**
 * Writes the types of everything that the entries reach, once as ES modules and once as CommonJS: TypeScript reads
 * the module system off the extension, and a `require` must not be shown the types of an `import`.
 */
export async function writeDeclarations(): Promise<void> {
  const raw = join(DIST, '.declarations')
  await must('tsc', ['-p', 'tsconfig.build.json', '--outDir', raw])
  const waiting = ENTRIES.map((entry) => entry.source)
  const seen = new Set(waiting)
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    const text = readFileSync(join(raw, source.replace(/\.ts$/, '.d.ts')), 'utf8')
    for (const [, , path] of text.matchAll(RELATIVE)) {
      const next = relative(ROOT, join(ROOT, dirname(source), `${path}.ts`))
      if (!seen.has(next)) waiting.push(next)
      seen.add(next)
    }
    for (const [kind, extension] of [
      ['mts', 'mjs'],
      ['cts', 'cjs'],
    ] as const) {
      const target = join(DIST, declarationOf(source, kind))
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, text.replace(RELATIVE, `$1$2.${extension}$1`))
    }
  }
  rmSync(raw, { recursive: true })
}
