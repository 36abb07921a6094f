import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect } from 'vitest'
import { closeServer } from '../../src/engine/close.ts'
import {
  appcontextPopped,
  appcontextPushed,
  BustAPI,
  type BustAPIOptions,
  type ListenOptions,
} from '../../src/index.ts'
import { formatLogRecord, type LogRecord } from '../../src/logging.ts'
import { exchange, statuses } from '../engine/raw-client.ts'
import { namedSpools, openSpools } from '../request/spools.ts'

/** One reply, as it stood on the wire. */
export interface RawReply {
  /** The status codes of all replies on the connection. */
  readonly statuses: number[]
  readonly status: number
  /** The head without its status line. */
  readonly head: string
  readonly body: string
  readonly output: string
  /** Whether the server closed the connection. */
  readonly closed: boolean
  /** The values of a header, in order. */
  header(name: string): string[]
}

/** What a request consists of besides method and target. */
export interface RequestParts {
  readonly headers?: readonly string[]
  readonly body?: string | Buffer
  readonly host?: string
}

/** A real app on a real port, and a client that sends bytes as they are. */
export interface LiveApp {
  readonly app: BustAPI
  readonly port: number
  readonly server: Server
  /** What was logged, as records and as text. */
  readonly records: LogRecord[]
  log(): string
  /** One request with `Connection: close`, and its length when there is a body. */
  send(method: string, target: string, parts?: RequestParts): Promise<RawReply>
  /** Bytes as they are. */
  raw(
    input: string | readonly string[],
    options?: { idle?: number; pause?: number },
  ): Promise<RawReply>
  /**
   * Serves the next request, and has neither a context nor a temporary file left.
   * @param unannounced contexts whose end was not told, since a teardown function had thrown (Flask
   *   is silent about it as well)
   */
  expectHealthy(unannounced?: number): Promise<void>
}

const running: Server[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => closeServer(server, 0)))
})

function toReply(output: string, closed: boolean): RawReply {
  const end = output.indexOf('\r\n\r\n')
  const lines = (end === -1 ? output : output.slice(0, end)).split('\r\n')
  const [first, ...head] = lines
  return {
    statuses: statuses(output),
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first ?? '')?.[1] ?? 0),
    head: head.join('\r\n'),
    body: end === -1 ? '' : output.slice(end + 4),
    output,
    closed,
    header: (name) =>
      head
        .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
        .map((line) => line.slice(name.length + 1).trim()),
  }
}

/** The bytes of one request; text is Latin-1 on the wire, as is what comes back. */
export function requestBytes(
  method: string,
  target: string,
  { headers = [], body, host = 'localhost' }: RequestParts = {},
): string {
  const text = Buffer.isBuffer(body) ? body.toString('latin1') : body
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...headers]
  if (text !== undefined) lines.push(`Content-Length: ${text.length}`)
  return `${lines.join('\r\n')}\r\n\r\n${text ?? ''}`
}

/** Until `condition` holds; fails after five seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) await new Promise((done) => setTimeout(done, 10))
  expect(condition()).toBe(true)
}

/** Serves an app on a free port for one test. Besides what `setup` adds it has the route `/alive`. */
export async function live(
  setup: (app: BustAPI) => void,
  options: BustAPIOptions & { listen?: ListenOptions } = {},
): Promise<LiveApp> {
  const { listen, ...appOptions } = options
  const app = new BustAPI('live', { staticFolder: null, ...appOptions })
  const records: LogRecord[] = []
  app.logger.handlers.splice(0, app.logger.handlers.length, {
    handle: (record) => void records.push(record),
  })
  let open = 0
  const pushed = (): void => void open++
  const popped = (): void => void open--
  appcontextPushed.connect(pushed, { sender: app })
  appcontextPopped.connect(popped, { sender: app })
  app.get('/alive', () => 'alive')
  setup(app)
  const server = await app.run({ port: 0, ...listen })
  running.push(server)
  const { port } = server.address() as AddressInfo
  const raw: LiveApp['raw'] = async (input, wait = {}) => {
    const { output, closed } = await exchange(port, input, { pause: 0, idle: 10_000, ...wait })
    return toReply(output, closed)
  }
  const send: LiveApp['send'] = (method, target, parts) => raw(requestBytes(method, target, parts))
  return {
    app,
    port,
    server,
    records,
    log: () => records.map(formatLogRecord).join('\n'),
    send,
    raw,
    async expectHealthy(unannounced = 0) {
      const reply = await send('GET', '/alive', { host: aliveHost(app) })
      expect([reply.statuses, reply.body]).toEqual([[200], 'alive'])
      await until(() => open === unannounced && openSpools() === 0)
      expect(namedSpools()).toBe(0)
    },
  }
}

function aliveHost(app: BustAPI): string {
  return app.config.TRUSTED_HOSTS?.[0] ?? 'localhost'
}

/** Nothing in a reply tells where or how the server runs. */
export function expectNoTrace(reply: RawReply): void {
  expect(reply.output).not.toMatch(
    /\bat .*:\d+:\d+|node_modules|node:internal|\.ts\b|Error:|\/work\//,
  )
}
