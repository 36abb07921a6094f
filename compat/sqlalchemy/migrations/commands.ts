import { resolve } from 'node:path'
import type { CommandGroup } from '../../../src/index.ts'
import type { MetaData } from '../schema/metadata.ts'
import { CommandUsageError } from './errors.ts'
import type { IncludeTable } from './live-schema.ts'
import { type ClosableConnection, Migrate, type MigrateContext } from './migrate.ts'
import { MigrateAll } from './migrate-all.ts'
import { pullCommand } from './pull-command.ts'
import { ScriptDirectory } from './script-directory.ts'
import { helpOf, type OptionSpec, parseWords, type Words } from './words.ts'

/** The part of the extension that migrations use; both are asked for inside an app context. */
export interface MigrationDatabase {
  readonly metadata: MetaData
  readonly engine: Connectable
  /** The tables of all databases, by bind key. */
  readonly metadatas?: ReadonlyMap<string | null, MetaData>
  /** All databases, by bind key. */
  readonly engines?: ReadonlyMap<string | null, Connectable>
}

interface Connectable {
  connect(): Promise<ClosableConnection>
}

/** Settings of {@link registerDbCommands}. */
export interface DbCommandOptions {
  /** Folder of the revisions. Default: `migrations` in the working directory. */
  readonly directory?: string
  /** Chooses the tables that migrations look at: alembic's `include_object`. */
  readonly include?: IncludeTable
}

/** The part of an app that takes commands. */
export interface CommandHost {
  readonly cli: Pick<CommandGroup, 'group'>
}

type Specs = Readonly<Record<string, OptionSpec>>

interface DbCommand {
  readonly usage: string
  readonly help: string
  readonly options: Specs
  /** Most words besides options. */
  readonly limit: number
  run(migrate: Migrate, words: Words): Promise<unknown>
}

const flag = (help: string, short?: string): OptionSpec => ({
  kind: 'flag',
  help,
  ...(short ? { short } : {}),
})
const text = (help: string, short?: string): OptionSpec => ({
  kind: 'text',
  help,
  ...(short ? { short } : {}),
})

const DIRECTORY: Specs = {
  directory: text('Migration script directory (default is "migrations").', 'd'),
}
const VERBOSE: Specs = { verbose: flag('Use more verbose output.', 'v') }
const REVISION: Specs = {
  message: text('Revision message.', 'm'),
  head: text('Specify head revision to base new revision on.'),
  splice: flag('Allow a non-head revision as the "head" to splice onto.'),
  'rev-id': text('Specify a hardcoded revision id instead of generating one.'),
}
const SQL: Specs = { sql: flag("Don't emit SQL to database - dump to standard output instead.") }

const string = ({ options }: Words, name: string): string | undefined =>
  options[name] as string | undefined

function revisionOptions(words: Words) {
  const [message, head, revId] = ['message', 'head', 'rev-id'].map((name) => string(words, name))
  return {
    ...(message === undefined ? {} : { message }),
    ...(head === undefined ? {} : { head }),
    ...(revId === undefined ? {} : { revId }),
    splice: words.options.splice === true,
  }
}

const COMMANDS: Readonly<Record<string, DbCommand>> = {
  init: {
    usage: '',
    help: 'Creates a new migration repository.',
    options: {
      language: text('Language of revision files: ts or js.', 'l'),
      multidb: flag('Support multiple databases.'),
    },
    limit: 0,
    async run(migrate, words) {
      const language = string(words, 'language') ?? 'ts'
      if (language !== 'ts' && language !== 'js') {
        throw new CommandUsageError(
          `Error: Invalid value for '--language': '${language}' is not one of 'ts', 'js'.`,
        )
      }
      await migrate.init({ language, ...(words.options.multidb ? { multidb: true } : {}) })
    },
  },
  revision: {
    usage: '',
    help: 'Create a new revision file.',
    options: {
      ...REVISION,
      autogenerate: flag('Compare models with the database and write what differs.'),
    },
    limit: 0,
    run: (migrate, words) =>
      migrate.revision({
        ...revisionOptions(words),
        autogenerate: words.options.autogenerate === true,
      }),
  },
  migrate: {
    usage: '',
    help: "Autogenerate a new revision file (Alias for 'revision --autogenerate').",
    options: REVISION,
    limit: 0,
    run: (migrate, words) => migrate.revision({ ...revisionOptions(words), autogenerate: true }),
  },
  merge: {
    usage: '[REVISIONS]...',
    help: 'Merge two revisions together, creating a new revision file.',
    options: {
      message: text('Merge revision message.', 'm'),
      'rev-id': REVISION['rev-id'] as OptionSpec,
    },
    limit: Number.POSITIVE_INFINITY,
    run: (migrate, words) =>
      migrate.merge(words.positionals, string(words, 'message'), string(words, 'rev-id')),
  },
  upgrade: {
    usage: '[REVISION]',
    help: 'Upgrade to a later version (default: head).',
    options: SQL,
    limit: 1,
    run: (migrate, { options, positionals: [target = 'head'] }) =>
      options.sql ? migrate.sql('upgrade', target) : migrate.upgrade(target),
  },
  downgrade: {
    usage: '[REVISION]',
    help: 'Revert to a previous version (default: -1).',
    options: SQL,
    limit: 1,
    run: (migrate, { options, positionals: [target = '-1'] }) =>
      options.sql ? migrate.sql('downgrade', target) : migrate.downgrade(target),
  },
  show: {
    usage: '[REVISION]',
    help: 'Show the revision denoted by the given symbol.',
    options: {},
    limit: 1,
    run: (migrate, { positionals: [target = 'head'] }) => migrate.show(target),
  },
  history: {
    usage: '',
    help: 'List changeset scripts in chronological order.',
    options: {
      'rev-range': text('Specify a revision range; format is [start]:[end].', 'r'),
      ...VERBOSE,
      'indicate-current': flag('Indicate current version.', 'i'),
    },
    limit: 0,
    run: (migrate, words) => {
      const range = string(words, 'rev-range')
      return migrate.history({
        ...(range === undefined ? {} : { range }),
        verbose: words.options.verbose === true,
        current: words.options['indicate-current'] === true,
      })
    },
  },
  heads: {
    usage: '',
    help: 'Show current available heads in the script directory.',
    options: VERBOSE,
    limit: 0,
    run: (migrate, { options }) => migrate.heads(options.verbose === true),
  },
  branches: {
    usage: '',
    help: 'Show current branch points.',
    options: {},
    limit: 0,
    run: (migrate) => migrate.branches(),
  },
  current: {
    usage: '',
    help: 'Display the current revision for each database.',
    options: VERBOSE,
    limit: 0,
    run: (migrate, { options }) => migrate.current(options.verbose === true),
  },
  stamp: {
    usage: '[REVISION]',
    help: "'stamp' the revision table with the given revision; don't run any migrations.",
    options: {},
    limit: 1,
    run: (migrate, { positionals: [target = 'head'] }) => migrate.stamp(target),
  },
  check: {
    usage: '',
    help: 'Check if there are any new operations to migrate.',
    options: {},
    limit: 0,
    run: (migrate) => migrate.check(),
  },
}

/** One context for each database, the default one first. */
function contextsOf(
  { engines = new Map(), metadatas = new Map() }: MigrationDatabase,
  shared: Pick<MigrateContext, 'directory' | 'include' | 'print' | 'warn'>,
): MigrateContext[] {
  const keys = [...engines.keys()].toSorted((a, b) => Number(a !== null) - Number(b !== null))
  return keys.map((bindKey) => ({
    ...shared,
    bindKey,
    get metadata() {
      return metadatas.get(bindKey) as MetaData
    },
    connect: () => (engines.get(bindKey) as Connectable).connect(),
  }))
}

/**
 * Adds the group `db` to an app's commands: `bustapi db init`, `migrate`, `upgrade` …, with the
 * names and meanings of Flask-Migrate, and `pull`, which writes models from a database.
 */
export function registerDbCommands(
  app: CommandHost,
  db: MigrationDatabase,
  settings: DbCommandOptions = {},
): void {
  const group = app.cli.group('db')
  for (const [name, command] of Object.entries(COMMANDS)) {
    const options = { ...DIRECTORY, ...command.options }
    const run = async (...words: string[]): Promise<void> => {
      if (words.includes('--help')) {
        for (const line of helpOf(name, command.usage, command.help, options)) console.log(line)
        return
      }
      const parsed = parseWords(words, options, command.limit)
      const folder = string(parsed, 'directory') ?? settings.directory ?? 'migrations'
      const directory = resolve(folder)
      const shared = {
        directory,
        ...(settings.include ? { include: settings.include } : {}),
        print: (line: string) => console.log(line),
        warn: (line: string) => console.error(line),
      }
      const { multidb = false } = await new ScriptDirectory(directory).settings()
      const migrate = multidb
        ? new MigrateAll(contextsOf(db, shared))
        : new Migrate({
            ...shared,
            // The models are asked for only by commands that compare them.
            get metadata() {
              return db.metadata
            },
            connect: () => db.engine.connect(),
          })
      await command.run(migrate, parsed)
    }
    group.command(name, run, { help: command.help })
  }
  group.command('pull', pullCommand(db, settings), {
    help: 'Write models in TypeScript from the database.',
  })
}
