/** What a command of an app gets: its words on the command line after the command's name. */
export type CommandFunction = (...args: string[]) => unknown

/** A command of the `bustapi` command line that an app or a blueprint adds. */
export interface Command {
  /** Name on the command line. */
  readonly name: string
  /** One line for the list of commands. */
  readonly help: string
  /** Runs the command; may return a promise. */
  readonly run: CommandFunction
}

/** Options of a command. */
export interface CommandOptions {
  /** One line for the list of commands. */
  help?: string
}

/** A named set of commands (Flask's `AppGroup`). */
export class CommandGroup {
  /** Name on the command line. */
  readonly name: string
  /** Commands and groups by name. */
  readonly commands: Map<string, Command | CommandGroup> = new Map()

  constructor(name: string) {
    this.name = name
  }

  /**
   * Adds a command. It runs inside an app context, with the words after its name as arguments.
   * @param name default: the function's name with `_` as `-`, without `command` at its end
   */
  command<F extends CommandFunction>(name: string, run: F, options?: CommandOptions): F
  command<F extends CommandFunction>(run: F, options?: CommandOptions): F
  command(first: string | CommandFunction, second?: unknown, third?: CommandOptions): unknown {
    const named = typeof first === 'string'
    const run = (named ? second : first) as CommandFunction
    const options = ((named ? third : second) ?? {}) as CommandOptions
    const name = named ? first : commandName(first.name)
    this.addCommand({ name, help: options.help ?? '', run })
    return run
  }

  /** Adds a command or a group under its own name. */
  addCommand(command: Command | CommandGroup): void {
    this.commands.set(command.name, command)
  }

  /** Makes a group inside this one, or gives the one that is there. */
  group(name: string): CommandGroup {
    const known = this.commands.get(name)
    if (known instanceof CommandGroup) return known
    const group = new CommandGroup(name)
    this.commands.set(name, group)
    return group
  }

  /** The same commands under another name. */
  renamed(name: string): CommandGroup {
    const group = new CommandGroup(name)
    for (const command of this.commands.values()) group.addCommand(command)
    return group
  }
}

/** click's rule: `init_db_command` and `initDbCommand` are both `init-db`. */
function commandName(functionName: string): string {
  return functionName
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/_(?:command|cmd|group|grp)$/, '')
    .replaceAll('_', '-')
}
