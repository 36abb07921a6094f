import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { UsageError } from './errors.ts'

/** An option of a command. */
export interface OptionSpec {
  /** `flag` takes no value; `--no-name` turns one off again. */
  readonly kind: 'flag' | 'text' | 'integer'
  /** One letter. */
  readonly short?: string
  /** The only values allowed. */
  readonly choices?: readonly string[]
  /** Name of the value in the help text. */
  readonly value?: string
  /** For the help text. */
  readonly help: string
}

/** Options of a command by their name on the command line. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** What the words of a command say. */
export interface ParsedWords {
  /** Given options by name; integers are numbers. */
  readonly options: Readonly<Record<string, string | number | boolean | undefined>>
  readonly positionals: readonly string[]
}

function explain(error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException
  const option = /'(-[^' ]*)/.exec(message)?.[1] ?? ''
  switch (code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return new UsageError(`No such option: ${option}`)
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return /does not take an argument/.test(message)
        ? new UsageError(`Option '${option.replace(/,$/, '')}' does not take a value.`)
        : new UsageError(`Option '${longName(message) ?? option}' requires an argument.`)
    default:
      return new UsageError(message.split('\n', 1)[0] as string)
  }
}

/** The long one of "-p, --port <value>". */
function longName(message: string): string | undefined {
  return /--[\w-]+/.exec(message)?.[0]
}

function checkValue(name: string, spec: OptionSpec, value: string): string | number {
  const say = (problem: string): UsageError =>
    new UsageError(`Invalid value for '--${name}': ${problem}`)
  if (spec.choices && !spec.choices.includes(value)) {
    const choices = spec.choices.map((choice) => `'${choice}'`).join(', ')
    throw say(`'${value}' is not one of ${choices}.`)
  }
  if (spec.kind !== 'integer') return value
  if (!/^[+-]?\d+$/.test(value)) throw say(`'${value}' is not a valid integer.`)
  return Number(value)
}

/**
 * Reads a command's words. `--name value`, `--name=value`, `-n value`, `--flag` and `--no-flag`;
 * everything after `--` is positional.
 * @param limit most positional words allowed
 * @throws {UsageError} for an unknown option, a missing or a wrong value, a word too many
 */
export function parseWords(
  words: readonly string[],
  specs: OptionSpecs,
  limit = Number.POSITIVE_INFINITY,
): ParsedWords {
  const config: ParseArgsOptionsConfig = {}
  for (const [name, { kind, short }] of Object.entries(specs)) {
    config[name] = { type: kind === 'flag' ? 'boolean' : 'string', ...(short ? { short } : {}) }
  }
  const { values, positionals } = parseStrictly(words, config)
  const options: Record<string, string | number | boolean | undefined> = {}
  for (const [name, value] of Object.entries(values)) {
    const spec = specs[name]
    options[name] =
      typeof value === 'string' && spec ? checkValue(name, spec, value) : (value as boolean)
  }
  if (positionals.length > limit) {
    throw new UsageError(`Got unexpected extra argument (${positionals.slice(limit).join(' ')})`)
  }
  return { options, positionals }
}

function parseStrictly(words: readonly string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({
      args: [...words],
      options,
      strict: true,
      allowPositionals: true,
      allowNegative: true,
    })
  } catch (error) {
    throw explain(error)
  }
}
