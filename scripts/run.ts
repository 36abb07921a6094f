import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { ROOT } from './paths.ts'

/** How a command ended, and what it printed. */
export interface Outcome {
  readonly code: number
  /** Standard output and error, in the order they came. */
  readonly output: string
}

/** What {@link run} may be told besides the command. */
export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Collect the output without showing it. */
  readonly quiet?: boolean
}

/** PATH with this Node and the installed tools in front, so that children run on Node 24 too. */
export const toolPath: string = [
  dirname(process.execPath),
  join(ROOT, 'node_modules', '.bin'),
  process.env.PATH ?? '',
].join(delimiter)

// What is piped here is a terminal's only when ours is one.
const PLAIN: Readonly<Record<string, string>> = process.stdout.isTTY ? {} : { NO_COLOR: '1' }

/** Runs a command to its end; never rejects, a command that cannot start ends with code 127. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...PLAIN, PATH: toolPath, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const parts: string[] = []
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.setEncoding('utf8').on('data', (text: string) => {
        parts.push(text)
        if (options.quiet !== true) to.write(text)
      })
    }
    child.on('error', (error) => resolve({ code: 127, output: `${error.message}\n` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: parts.join('') }))
  })
}

/** Runs a command that must succeed; its output is in the error when it does not. */
export async function must(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, output } = await run(command, args, { quiet: true, ...options })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`)
  return output
}
