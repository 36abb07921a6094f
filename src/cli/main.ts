import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BustAPI } from '../index.ts'
import { findProblems } from './commands/check.ts'
import {
  CONFORMANCE_OPTIONS,
  type ConformanceCommandOptions,
  conformanceCommand,
} from './commands/conformance.ts'
import { ROUTES_OPTIONS, routesTable } from './commands/routes.ts'
import { RUN_OPTIONS, type RunOptions, runCommand as serve } from './commands/run.ts'
import { CliExit, UsageError } from './errors.ts'
import { APP_OPTIONS, type BuiltIn, commandHelp, GLOBAL_OPTIONS, overview } from './help.ts'
import { loadApp } from './load-app.ts'
import { type ParsedWords, parseWords } from './parse-words.ts'
import { runCommand } from './run-command.ts'

/** What was said before the command. */
interface Globals {
  readonly app: string | null
  readonly debug: boolean | undefined
}

interface Command extends BuiltIn {
  /** Runs the command. @returns the exit code */
  run(words: ParsedWords, globals: Globals): Promise<number>
}

/** The app that the command line names: the first word, `--app`, `FLASK_APP`. */
function specOf({ options, positionals }: ParsedWords, globals: Globals): string | null {
  const named = positionals[0] ?? (options.app as string | undefined) ?? globals.app
  return named ?? (process.env.FLASK_APP || null)
}

async function appOf(words: ParsedWords, globals: Globals): Promise<BustAPI> {
  const debug = (words.options.debug as boolean | undefined) ?? globals.debug
  // An app reads the variable when it is made, so it has to be set before the module is loaded.
  if (debug !== undefined) process.env.FLASK_DEBUG = debug ? '1' : '0'
  const app = await loadApp(specOf(words, globals))
  if (debug !== undefined) app.debug = debug
  return app
}

const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    usage: '[OPTIONS] [APP]',
    help: 'Run a server.',
    options: { ...RUN_OPTIONS, ...APP_OPTIONS },
    async run(words, globals) {
      const app = await appOf(words, globals)
      await serve(app, specOf(words, globals) ?? app.name, words.options as RunOptions)
      return 0
    },
  },
  routes: {
    usage: '[OPTIONS] [APP]',
    help: 'Show the routes for the app.',
    options: { ...ROUTES_OPTIONS, ...APP_OPTIONS },
    async run(words, globals) {
      const { sort, 'all-methods': allMethods } = words.options
      const app = await appOf(words, globals)
      const table = routesTable(app, {
        ...(sort === undefined ? {} : { sort: String(sort) }),
        allMethods: allMethods === true,
      })
      for (const line of table) console.log(line)
      return 0
    },
  },
  check: {
    usage: '[OPTIONS] [APP]',
    help: 'Load the app and look for mistakes that would only show when it runs.',
    options: APP_OPTIONS,
    async run(words, globals) {
      const app = await appOf(words, globals)
      const problems = findProblems(app)
      for (const problem of problems) console.error(`Error: ${problem}`)
      if (problems.length > 0) return 1
      console.log(`${app.name}: ${[...app.urlMap.iterRules()].length} routes, no problems found.`)
      return 0
    },
  },
  conformance: {
    usage: 'SUITE [OPTIONS]',
    help: 'Replay recorded facts of an original (suites: flask) and compare.',
    options: CONFORMANCE_OPTIONS,
    run: ({ options, positionals }) =>
      conformanceCommand(positionals[0], options as ConformanceCommandOptions),
  },
}

/** The words before the command, the command, and the words behind it. */
function splitWords(
  argv: readonly string[],
): [before: string[], name: string | null, rest: string[]] {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string
    if (word === '--app' || word === '-A') at++
    else if (!word.startsWith('-')) return [argv.slice(0, at), word, argv.slice(at + 1)]
  }
  return [[...argv], null, []]
}

function version(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) {
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
    }
    if (dirname(folder) === folder) return 'unknown'
  }
}

function print(lines: readonly string[]): number {
  for (const line of lines) console.log(line)
  return 0
}

/** The overview names the app's own commands too, if there is an app to be found. */
async function showOverview(globals: Globals): Promise<number> {
  const spec = globals.app ?? (process.env.FLASK_APP || null)
  const app = await loadApp(spec).catch(() => null)
  return print(overview(COMMANDS, app?.cli ?? null))
}

/** Runs a command that the app brought itself. */
async function runOwn(name: string, rest: readonly string[], globals: Globals): Promise<number> {
  const spec = globals.app ?? (process.env.FLASK_APP || null)
  const app = await appOf({ options: {}, positionals: [] }, { ...globals, app: spec }).catch(
    (error: unknown) => {
      // Without an app at all, the name is what is wrong.
      if (spec === null) throw new UsageError(`No such command '${name}'.`)
      throw error
    },
  )
  const { exitCode, exception } = await runCommand(app.cli, [name, ...rest], app)
  if (exception instanceof Error) {
    console.error(app.debug ? exception.stack : `${exception.name}: ${exception.message}`)
  } else if (exception !== null) {
    console.error(`Error: ${String(exception)}`)
  }
  return exitCode
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [before, name, rest] = splitWords(argv)
  const { options } = parseWords(before, GLOBAL_OPTIONS, 0)
  const globals: Globals = {
    app: (options.app as string | undefined) ?? null,
    debug: options.debug as boolean | undefined,
  }
  if (options.version === true) return print([`BustAPI ${version()}`])
  if (name === null || options.help === true) return showOverview(globals)
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) return runOwn(name, rest, globals)
  if (rest.includes('--help')) return print(commandHelp(name, command))
  return command.run(parseWords(rest, command.options, 1), globals)
}

/**
 * The `bustapi` command line.
 * @param argv the words after the command's own name
 * @returns the exit code: 0, 1 for a failure, 2 for words that are wrong
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv)
  } catch (error) {
    if (error instanceof CliExit) {
      if (error.message !== '') console.error(error.message)
      return error.exitCode
    }
    console.error(`Error: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}
