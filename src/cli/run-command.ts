import type { AppContext, Command, CommandGroup } from '../index.ts'
import { CliExit, UsageError } from './errors.ts'

/** What became of a command. */
export interface CommandResult {
  readonly exitCode: number
  /** What it threw, or null. */
  readonly exception: unknown
}

/** The part of an app that a command runs in. */
export interface CommandApp {
  appContext(): Pick<AppContext, 'run'>
}

/**
 * Finds the command that the words name, through groups.
 * @throws {UsageError} when they name none
 */
export function findCommand(
  group: CommandGroup,
  words: readonly string[],
): { command: Command; args: string[] } {
  const [name, ...rest] = words
  if (name === undefined) {
    throw new UsageError(`Missing command. One of: ${[...group.commands.keys()].sort().join(', ')}`)
  }
  const found = group.commands.get(name)
  if (found === undefined) throw new UsageError(`No such command '${name}'.`)
  if ('commands' in found) return findCommand(found, rest)
  return { command: found, args: rest }
}

/** Runs the command that the words name inside an app context, and says how it ended. */
export async function runCommand(
  group: CommandGroup,
  words: readonly string[],
  app: CommandApp,
): Promise<CommandResult> {
  try {
    const { command, args } = findCommand(group, words)
    await app.appContext().run(async () => {
      await command.run(...args)
    })
    return { exitCode: 0, exception: null }
  } catch (error) {
    if (error instanceof CliExit) {
      if (error.message !== '') console.error(error.message)
      return { exitCode: error.exitCode, exception: null }
    }
    const exitCode = ownExitCode(error)
    if (exitCode !== null) {
      console.error((error as Error).message)
      return { exitCode, exception: null }
    }
    return { exitCode: 1, exception: error }
  }
}

/** The exit code of an error that brings one: how an app's command says that its words are wrong. */
function ownExitCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('exitCode' in error)) return null
  return Number.isInteger(error.exitCode) ? (error.exitCode as number) : null
}
