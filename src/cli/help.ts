import type { CommandGroup } from '../index.ts'
import type { OptionSpec, OptionSpecs } from './parse-words.ts'

/** A command of `bustapi` itself. */
export interface BuiltIn {
  /** What follows the command's name. */
  readonly usage: string
  readonly help: string
  readonly options: OptionSpecs
}

/** Options that every command about an app takes, before the command or behind it. */
export const APP_OPTIONS: OptionSpecs = {
  app: {
    kind: 'text',
    short: 'A',
    value: 'IMPORT',
    help: 'The application to load: module, module:name or module:factory(arguments).',
  },
  debug: { kind: 'flag', help: 'Set debug mode; --no-debug turns it off.' },
}

const HELP_OPTION: OptionSpecs = { help: { kind: 'flag', help: 'Show this message.' } }

/** Options before the command. */
export const GLOBAL_OPTIONS: OptionSpecs = {
  ...APP_OPTIONS,
  version: { kind: 'flag', help: 'Show the version.' },
  ...HELP_OPTION,
}

function optionLine([name, { kind, short, value, help }]: [string, OptionSpec]): [string, string] {
  const letter = short === undefined ? '' : `-${short}, `
  return [`${letter}--${name}${kind === 'flag' ? '' : ` ${value ?? 'TEXT'}`}`, help]
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
}

/** The help text of one command. */
export function commandHelp(name: string, command: BuiltIn): string[] {
  const options = Object.entries({ ...command.options, ...HELP_OPTION })
  return [
    `Usage: bustapi ${name} ${command.usage}`,
    '',
    `  ${command.help}`,
    '',
    'Options:',
    ...columns(options.map(optionLine)),
  ]
}

/** The help text of `bustapi`, with the commands of the app if it could be loaded. */
export function overview(
  builtIns: Readonly<Record<string, BuiltIn>>,
  own: CommandGroup | null,
): string[] {
  const commands = new Map(Object.entries(builtIns).map(([name, { help }]) => [name, help]))
  for (const [name, command] of own?.commands ?? []) {
    commands.set(name, 'help' in command ? command.help : '')
  }
  const rows = [...commands].sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    'Usage: bustapi [OPTIONS] COMMAND [ARGS]...',
    '',
    "  The app is named by '--app', by the command's first argument or by FLASK_APP; else it is",
    "  looked for in a 'wsgi' or 'app' module of the current directory.",
    '',
    'Options:',
    ...columns(Object.entries(GLOBAL_OPTIONS).map(optionLine)),
    '',
    'Commands:',
    ...columns(rows),
  ]
}
