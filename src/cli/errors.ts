/** Ends the command line with an exit code; its message, if any, is one line for standard error. */
export class CliExit extends Error {
  /** The process's exit code. */
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

/** The words on the command line are wrong (click's `UsageError`): exit code 2. */
export class UsageError extends CliExit {
  constructor(message: string) {
    super(`Error: ${message}`, 2)
  }
}
