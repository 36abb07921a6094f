import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { DbCommandOptions, MigrationDatabase } from './commands.ts'
import { CommandError } from './errors.ts'
import { readLiveSchema } from './live-schema.ts'
import { pinnedKysely } from './pinned-kysely.ts'
import { writeModels } from './pull/write-models.ts'
import { helpOf, type OptionSpec, parseWords } from './words.ts'

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  out: { kind: 'text', short: 'o', help: 'File to write; default: standard output.' },
  force: { kind: 'flag', short: 'f', help: 'Write over a file that is there.' },
  db: { kind: 'text', help: "Module that exports 'db'; default: the file makes its own." },
  schema: { kind: 'text', help: 'Schema to read; default: the default one.' },
  only: { kind: 'text', help: 'Names of tables, separated by commas; default: all.' },
}

/** `bustapi db pull`: models in TypeScript from the tables of the database. */
export function pullCommand(
  db: MigrationDatabase,
  settings: DbCommandOptions,
): (...words: string[]) => Promise<void> {
  return async (...words) => {
    if (words.includes('--help')) {
      for (const line of helpOf(
        'pull',
        '',
        'Write models in TypeScript from the database.',
        OPTIONS,
      )) {
        console.log(line)
      }
      return
    }
    const { options } = parseWords(words, OPTIONS, 0)
    const out = options.out as string | undefined
    if (out !== undefined && existsSync(out) && options.force !== true) {
      throw new CommandError(`${out} is there already; --force writes over it`)
    }
    const only = (options.only as string | undefined)?.split(',').map((name) => name.trim())
    const connection = await db.engine.connect()
    try {
      const source = { dialect: connection.dialect, kysely: pinnedKysely(connection) }
      const schema = (options.schema as string | undefined) ?? null
      const { tables } = await readLiveSchema(
        source,
        [schema],
        (name, of, reflected) =>
          (only?.includes(name) ?? true) && (settings.include?.(name, of, reflected) ?? true),
      )
      const missing = only?.filter((name) => !tables.some((table) => table.name === name)) ?? []
      if (missing.length > 0) throw new CommandError(`No such table: ${missing.join(', ')}`)
      const text = writeModels(tables, {
        dialect: source.dialect,
        dbModule: (options.db as string | undefined) ?? null,
      })
      if (out === undefined) console.log(text)
      else {
        await writeFile(out, text)
        console.log(`Generating ${out} ...  done`)
      }
    } finally {
      await connection.close()
    }
  }
}
