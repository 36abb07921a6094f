import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { CommandUsageError } from './errors.ts'

/** An option of a `db` command. */
export interface OptionSpec {
  readonly kind: 'flag' | 'text'
  readonly short?: string
  readonly help: string
}

/** What was said behind the command's name. */
export interface Words {
  readonly options: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
}

/** `-1` and `+2` are revisions, not options. */
const isRelative = (word: string): boolean => /^[-+]\d+$/.test(word)

/**
 * Reads the words of a command.
 * @param limit most positional words allowed
 * @throws {CommandUsageError} for an unknown option, a missing value, a word too many
 */
export function parseWords(
  words: readonly string[],
  specs: Readonly<Record<string, OptionSpec>>,
  limit: number,
): Words {
  const options: ParseArgsOptionsConfig = {}
  for (const [name, { kind, short }] of Object.entries(specs)) {
    options[name] = { type: kind === 'flag' ? 'boolean' : 'string', ...(short ? { short } : {}) }
  }
  const marked = words.map((word) => (isRelative(word) ? `\0${word}` : word))
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({ args: marked, options, strict: true, allowPositionals: true })
  } catch (error) {
    throw new CommandUsageError(`Error: ${(error as Error).message.split('. ')[0]}`)
  }
  const positionals = parsed.positionals.map((word) => word.replace('\0', ''))
  if (positionals.length > limit) {
    const extra = positionals.slice(limit).join(' ')
    throw new CommandUsageError(`Error: Got unexpected extra argument (${extra})`)
  }
  return { options: parsed.values as Words['options'], positionals }
}

/** The help text of a command. */
export function helpOf(
  name: string,
  usage: string,
  help: string,
  specs: Readonly<Record<string, OptionSpec>>,
): string[] {
  const rows = Object.entries(specs).map(([option, { kind, short, help: text }]) => {
    const letter = short ? `-${short}, ` : ''
    return [`${letter}--${option}${kind === 'text' ? ' TEXT' : ''}`, text] as const
  })
  rows.push(['--help', 'Show this message.'])
  const width = Math.max(...rows.map(([left]) => left.length))
  return [
    `Usage: bustapi db ${name} ${usage}`.trimEnd(),
    '',
    `  ${help}`,
    '',
    'Options:',
    ...rows.map(([left, text]) => `  ${left.padEnd(width)}  ${text}`.trimEnd()),
  ]
}
