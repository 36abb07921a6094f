import type { CommandGroup } from '../commands.ts'
import type { AppContext } from '../context/app-context.ts'
import { captureOutput } from './capture-output.ts'

/** The part of an app that running its commands needs. */
export interface CliApp {
  readonly cli: CommandGroup
  appContext(): AppContext
}

/** Options of `runner.invoke(args, options)`. */
export interface InvokeOptions {
  /** Commands to choose from; default `app.cli`. */
  cli?: CommandGroup
  /** Environment variables to set meanwhile; null removes one. */
  env?: Readonly<Record<string, string | null>>
  /** Whether what a command throws is kept in the result. Default true. */
  catchExceptions?: boolean
}

/** What became of a command (click's `Result`). */
export interface InvokeResult {
  /** 0 when it succeeded, 2 for words that name no command, 1 for an exception, else its own. */
  readonly exitCode: number
  /** What it wrote to standard output and standard error, in order. */
  readonly output: string
  /** What it wrote to standard output. */
  readonly stdout: string
  /** What it wrote to standard error. */
  readonly stderr: string
  /** What it threw, or null. */
  readonly exception: unknown
}

/** Runs an app's commands and keeps what they write (Flask's `FlaskCliRunner`). */
export class FlaskCliRunner {
  /** The app whose commands are run. */
  readonly app: CliApp

  constructor(app: CliApp) {
    this.app = app
  }

  /**
   * Runs a command as the command line would.
   * @param args the words after `bustapi`, as a list or as one text without quotes
   */
  async invoke(
    args: readonly string[] | string,
    options: InvokeOptions = {},
  ): Promise<InvokeResult> {
    const words = typeof args === 'string' ? args.split(/\s+/).filter(Boolean) : [...args]
    // The command line is another door: it is loaded only by those who use it.
    const { runCommand } = await import('../cli/run-command.ts')
    const restore = setEnvironment(options.env ?? {})
    try {
      const { result, ...written } = await captureOutput(() =>
        runCommand(options.cli ?? this.app.cli, words, this.app),
      )
      if (result.exception !== null && options.catchExceptions === false) throw result.exception
      return { ...result, ...written }
    } finally {
      restore()
    }
  }
}

/** Sets environment variables; call what it returns to have them as they were. */
function setEnvironment(values: Readonly<Record<string, string | null>>): () => void {
  const before = Object.keys(values).map((name) => [name, process.env[name]] as const)
  const set = (name: string, value: string | null | undefined): void => {
    if (value === null || value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  for (const [name, value] of Object.entries(values)) set(name, value)
  return () => {
    for (const [name, value] of before) set(name, value)
  }
}
