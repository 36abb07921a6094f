import { createServer, type RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { CookieJar } from './cookie-jar.ts'
import { show } from './show.ts'
import type { Ask, ExpressCase, ExpressTarget, Reply, Transcript, Way } from './types.ts'
import { parts, WireClient } from './wire.ts'

const FILES = join(import.meta.dirname, 'files')
const PATIENCE = 2500
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Lets a program do what it does right after a reply. */
const settle = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

const ESCAPES = ['uncaughtException', 'unhandledRejection'] as const

/** Notes what escapes a program instead of letting it end the process; the result undoes that. */
function catchEscapes(log: (text: string) => void): () => void {
  const before = ESCAPES.map((name) => process.listeners(name as 'uncaughtException'))
  for (const name of ESCAPES) {
    process.removeAllListeners(name)
    process.on(name, (error: unknown) => log(`${name} ${show(error)}`))
  }
  return () => {
    ESCAPES.forEach((name, index) => {
      process.removeAllListeners(name)
      for (const listener of before[index] ?? []) process.on(name as 'uncaughtException', listener)
    })
  }
}

/** Does something under another `NODE_ENV`; what it prints as errors and what escapes it is noted. */
async function inEnvironment<T>(
  env: string,
  log: (text: string) => void,
  act: () => Promise<T>,
): Promise<T> {
  const before = process.env.NODE_ENV
  const print = console.error
  process.env.NODE_ENV = env
  console.error = (...values: unknown[]) => {
    // Node's own warnings come once a process.
    if (typeof values[0] === 'string' && values[0].startsWith('(node:')) return
    log(`console.error ${values.map((value) => show(value).split('\n')[0]).join(' ')}`)
  }
  const restore = catchEscapes(log)
  try {
    return await act()
  } finally {
    restore()
    console.error = print
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

const listening = (server: Server): Promise<void> =>
  server.listening
    ? Promise.resolve()
    : new Promise((resolve, reject) => {
        server.once('listening', resolve).once('error', reject)
        server.listen(0, '127.0.0.1')
      })

/** The server of what a program has made; only an application can listen of its own accord. */
function serve(made: RequestListener | Server, way: Way): Server {
  if (made instanceof Server) return made
  const { listen } = made as { listen?: (port: number, host: string) => unknown }
  const own = way === 'listen' ? listen?.call(made, 0, '127.0.0.1') : undefined
  return own instanceof Server ? own : createServer(made)
}

/**
 * Runs a program on a target, and says all that could be seen of it.
 *
 * @param due The events of another run: this one waits for as many before it goes on.
 */
export async function runCase(
  test: ExpressCase,
  target: ExpressTarget,
  way: Way = 'around',
  due: readonly number[] = [],
): Promise<Transcript> {
  const events: string[] = []
  const marks: number[] = []
  const replies: Reply[] = []
  // What it may wait for missing events in all.
  let patience = test.patience ?? PATIENCE
  const mark = async (): Promise<void> => {
    await settle()
    if (test.linger !== undefined) await pause(test.linger)
    for (const wanted = due[marks.length] ?? 0; events.length < wanted && patience > 0; ) {
      await pause(10)
      patience -= 10
    }
    marks.push(events.length)
  }
  const log = (...values: unknown[]): void => {
    events.push(values.map(show).join(' '))
  }
  const tools = { log, major: target.major, files: FILES }
  return inEnvironment(test.env ?? 'test', log, async () => {
    let server: Server | undefined
    try {
      const made = await test.app(target.express, tools)
      if (made === undefined) return { replies, events, marks, thrown: null }
      server = serve(made, way)
      await listening(server)
    } catch (error) {
      server?.close()
      return { replies, events, marks, thrown: show(error) }
    }
    const { port } = server.address() as AddressInfo
    const client = new WireClient(port, test.patience ?? PATIENCE)
    const jar = test.jar === true ? new CookieJar() : undefined
    const ask = async (one: Ask): Promise<Reply> => {
      const wanted = parts(one)
      const reply = await client.ask(jar === undefined ? wanted : jar.addTo(wanted))
      jar?.take(reply)
      return reply
    }
    try {
      for (const request of test.requests ?? []) {
        replies.push(await ask(typeof request === 'function' ? request(replies) : request))
        // What a program does after its reply is to come before the next request.
        await mark()
      }
      if (test.drive !== undefined) await test.drive({ ...tools, server, port, ask })
      await mark()
    } finally {
      client.close()
      const closed = new Promise<void>((resolve) => (server as Server).close(() => resolve()))
      server.closeAllConnections()
      await closed
      await settle()
    }
    return { replies, events, marks, thrown: null }
  })
}
