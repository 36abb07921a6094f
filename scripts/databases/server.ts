import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Account } from './account.ts'
import { giveTo } from './account.ts'

/** A database server that this process started. */
export interface DatabaseServer {
  /** Address without a database's name: `postgresql://user@127.0.0.1:1234`. */
  readonly address: string
  /** The server's process. */
  readonly pid: number
  /** Ends the server and removes its files. */
  stop(): Promise<void>
}

const run = promisify(execFile)

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('No port was given')
  return address.port
}

/** A new folder that the account may write in. */
export function serverFolder(name: string, account: Account): string {
  const folder = mkdtempSync(join(tmpdir(), `bustapi-${name}-`))
  giveTo(account, folder)
  return folder
}

/** Runs a program of the server's package to its end. */
export async function prepare(
  program: string,
  args: readonly string[],
  account: Account,
): Promise<void> {
  await run(program, [...args], { ...account, cwd: tmpdir() })
}

/**
 * Starts a server and waits until it answers.
 *
 * @param isReady asked again and again until it resolves
 * @param signal what ends the server without waiting for its clients
 */
export async function startServer(options: {
  readonly program: string
  readonly args: readonly string[]
  readonly account: Account
  readonly folder: string
  readonly address: string
  readonly signal: NodeJS.Signals
  readonly isReady: () => Promise<unknown>
}): Promise<DatabaseServer> {
  const { program, args, account, folder, address, signal, isReady } = options
  const child = spawn(program, [...args], {
    ...account,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  child.stdout.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()))
  const stop = (): Promise<void> => end(child, folder, signal)
  const patience = Date.now() + 60_000
  for (;;) {
    try {
      await isReady()
      return { address, pid: child.pid ?? 0, stop }
    } catch (error) {
      if (child.exitCode !== null || Date.now() > patience) {
        await stop()
        throw new Error(`${program} did not start: ${log.join('').slice(-2000)}`, { cause: error })
      }
    }
    await sleep(50)
  }
}

async function end(child: ChildProcess, folder: string, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal)
    const forced = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await once(child, 'exit')
    clearTimeout(forced)
  }
  rmSync(folder, { recursive: true, force: true })
}
