import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BustAPI } from '../../index.ts'
import { CliExit } from '../errors.ts'
import type { OptionSpecs } from '../parse-words.ts'

/** Options of `bustapi run`. */
export const RUN_OPTIONS: OptionSpecs = {
  host: { kind: 'text', short: 'h', value: 'TEXT', help: 'The interface to bind to.' },
  port: { kind: 'integer', short: 'p', value: 'INTEGER', help: 'The port to bind to.' },
}

/** Where and how to serve. */
export interface RunOptions {
  readonly host?: string
  readonly port?: number
}

/** Serves an app until it is told to stop (`flask run`). Resolves when the server has closed. */
export async function runCommand(app: BustAPI, label: string, options: RunOptions): Promise<void> {
  const { host = '127.0.0.1', port = 5000 } = options
  if (port < 0 || port > 65_535) {
    throw new CliExit(
      `Error: Invalid value for '--port': ${port} is not in the range 0 to 65535.`,
      2,
    )
  }
  const stop = new AbortController()
  const server = await start(app, { host, port, signal: stop.signal })
  console.log(` * Serving BustAPI app '${label}'`)
  console.log(` * Debug mode: ${app.debug ? 'on' : 'off'}`)
  console.log(` * Running on ${urlOf(server, host)}`)
  if (!isLoopback(host) && (app.config.TRUSTED_HOSTS ?? null) === null) {
    console.error(
      ` * Warning: '${host}' can be reached from other machines, and TRUSTED_HOSTS is not set: links ` +
        'are built with whatever Host a client sends.',
    )
  }
  console.log('Press CTRL+C to quit')
  const onSignal = (): void => stop.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  await new Promise<void>((resolve) => server.once('close', resolve))
  process.off('SIGINT', onSignal)
  process.off('SIGTERM', onSignal)
}

async function start(
  app: BustAPI,
  options: { host: string; port: number; signal: AbortSignal },
): Promise<Server> {
  try {
    return await app.run(options)
  } catch (error) {
    throw new CliExit(`Error: ${(error as Error).message}`, 1)
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
