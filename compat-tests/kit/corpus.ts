import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fields } from './fields.ts'
import type { Json } from './json.ts'
import { parseJson } from './json.ts'
import { VECTORS_AREA } from './vectors/index.ts'

/** A file of a corpus. */
export interface CorpusFile {
  readonly name: string
  readonly area: string
  readonly scenarios: readonly Json[]
  readonly sets: readonly [name: string, set: Json][]
}

/** Where the corpus lies in the package, whether this runs from the source or from the build. */
const PLACE = join('compat-tests', 'corpus')

/**
 * The folder of the corpus that comes with the package.
 * @throws {Error} when the package was installed without it
 */
export function defaultCorpus(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const place = join(folder, PLACE)
    if (existsSync(place)) return place
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`The package has no ${PLACE}: name one with --corpus`)
    folder = parent
  }
}

function readFields(text: string, name: string): CorpusFile {
  const fields = new Fields(parseJson(text), name)
  const schema = fields.number('schema')
  if (schema !== 1) fields.fail(`unknown schema ${schema}`)
  const file: CorpusFile = {
    name,
    area: fields.text('area') ?? (fields.has('sets') ? VECTORS_AREA : name.replace(/\.json$/, '')),
    scenarios: fields.list('scenarios'),
    sets: fields.entries('sets'),
  }
  for (const key of ['versions', 'split', 'note', 'generated', 'title']) fields.take(key)
  fields.done()
  return file
}

/**
 * Reads every JSON file of a corpus, in alphabetical order.
 * @throws {Error} when the folder cannot be read or has no such file
 * @throws {UnknownVocabulary} when a file is of another schema
 */
export async function readCorpus(folder: string): Promise<CorpusFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  if (names.length === 0) throw new Error(`There are no JSON files in ${folder}`)
  const files: CorpusFile[] = []
  for (const name of names) files.push(readFields(await readFile(join(folder, name), 'utf8'), name))
  return files
}
