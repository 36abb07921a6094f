import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { ENTRIES } from './entries.ts'
import { DIST, ROOT } from './paths.ts'
import { must } from './run.ts'

/** A relative module specifier that ends in `.ts`, with the quote before it; `declare module` has one as well. */
const RELATIVE = /(?<=\b(?:from|import|module)\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\.ts\1/g

/** The declaration file of a source file, in one of the two module systems: `src/index.ts` → `types/src/index.d.mts`. */
export const declarationOf = (source: string, kind: 'mts' | 'cts'): string =>
  `types/${source.replace(/\.ts$/, `.d.${kind}`)}`

/** The names that a declaration file exports, in whichever way. */
function exportedNames(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const lists = [...text.matchAll(/\bexport (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    list.split(',').map((one) => one.trim().replace(/^type |^.* as /g, '')),
  )
  const single = [
    ...text.matchAll(/\bexport (?:declare )?(?:const|function|type|interface|class) (\w+)/g),
  ].map(([, name = '']) => name)
  const others = [...text.matchAll(/\bexport type \* from ['"](\..*)\.ts['"]/g)].flatMap(
    ([, path]) => exportedNames(join(dirname(file), `${path}.d.ts`)),
  )
  const names = new Set([...lists, ...single, ...others])
  return [...names].filter((name) => name !== '' && name !== 'default')
}

/** The CommonJS types of an entry whose `require` gives the default export, a function that takes nothing. */
function callableTypes(names: readonly string[], module: string): string {
  return [
    `import entry = require('${module}')`,
    'declare function callable(): ReturnType<typeof entry.default>',
    'declare namespace callable {',
    ...names.map((name) => `  export import ${name} = entry.${name}`),
    '  export { callable as default }',
    '}',
    'export = callable',
    '',
  ].join('\n')
}

/**
 * Writes the types of everything that the entries reach, once as ES modules and once as CommonJS: TypeScript reads
 * the module system off the extension, and a `require` must not be shown the types of an `import`.
 */
export async function writeDeclarations(): Promise<void> {
  const raw = join(DIST, '.declarations')
  await must('tsc', ['-p', 'tsconfig.build.json', '--outDir', raw])
  const waiting = ENTRIES.map((entry) => entry.source)
  const callable = new Set(
    ENTRIES.filter((entry) => entry.callable === true).map((entry) => entry.source),
  )
  const seen = new Set(waiting)
  for (let source = waiting.pop(); source !== undefined; source = waiting.pop()) {
    const from = join(raw, source.replace(/\.ts$/, '.d.ts'))
    const text = readFileSync(from, 'utf8')
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
      // An alias, which `callableTypes` makes, may not name what is exported as a type and nothing else.
      const plain = kind === 'cts' ? text.replace(/\bexport type (?=[*{])/g, 'export ') : text
      const own = plain.replace(RELATIVE, `$1$2.${extension}$1`)
      if (kind === 'cts' && callable.has(source)) {
        writeFileSync(target.replace(/\.d\.cts$/, '.module.d.cts'), own)
        const module = `./${basename(source, '.ts')}.module.cjs`
        writeFileSync(target, callableTypes(exportedNames(from), module))
      } else {
        writeFileSync(target, own)
      }
    }
  }
  rmSync(raw, { recursive: true })
}
