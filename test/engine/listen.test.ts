import { Agent, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { closeServer } from '../../src/engine/close.ts'
import { Engine } from '../../src/engine/engine.ts'
import { listen } from '../../src/engine/listen.ts'
import {
  BustIncomingMessage,
  BustServerResponse,
  isPlainResponse,
} from '../../src/engine/messages.ts'

const servers: Server[] = []
const agents: Agent[] = []

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy()
  await Promise.all(servers.splice(0).map((server) => closeServer(server, 0)))
})

function keep(server: Server): { server: Server; port: number } {
  servers.push(server)
  return { server, port: (server.address() as AddressInfo).port }
}

function fetchText(
  port: number,
  path = '/',
  agent: Agent | false = false,
): Promise<{ text: string; response: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('error', reject)
      response.on('end', () => resolve({ text, response }))
    }).on('error', reject)
  })
}

describe('listen', () => {
  it('resolves with a listening http.Server, on the loopback address unless told', async () => {
    const { server } = keep(await listen((_req, res) => void res.end(), { port: 0 }))
    expect(server.listening).toBe(true)
    expect((server.address() as AddressInfo).address).toBe('127.0.0.1')
  })

  it('gives handlers our request and response classes', async () => {
    const { port } = keep(
      await listen(
        (req, res) => {
          res.end(`${req instanceof BustIncomingMessage} ${res instanceof BustServerResponse}`)
        },
        { port: 0 },
      ),
    )
    expect((await fetchText(port)).text).toBe('true true')
  })

  it('says clearly that a port is taken, and what to do', async () => {
    const { port } = keep(await listen(() => {}, { port: 0 }))
    await expect(listen(() => {}, { port })).rejects.toMatchObject({
      code: 'BUST_ERR_ADDRESS_IN_USE',
      message: expect.stringContaining(`Port ${port} is in use by another program`),
    })
  })

  it('says why an address cannot be bound', async () => {
    await expect(listen(() => {}, { port: 0, host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'BUST_ERR_LISTEN',
      message: expect.stringContaining('192.0.2.1:0'),
    })
  })

  it('listens on a Unix socket', async () => {
    const path = join(tmpdir(), `bustapi-listen-${process.pid}.sock`)
    const server = await listen((_req, res) => void res.end('socket'), { path })
    servers.push(server)
    expect(server.address()).toBe(path)
    await expect(listen(() => {}, { path })).rejects.toMatchObject({
      code: 'BUST_ERR_ADDRESS_IN_USE',
    })
  })

  it('closes when the signal aborts, and does not start when it has already', async () => {
    const stop = new AbortController()
    const { server } = keep(await listen(() => {}, { port: 0, signal: stop.signal }))
    const closed = new Promise((resolve) => server.once('close', resolve))
    stop.abort()
    await closed
    await expect(listen(() => {}, { port: 0, signal: stop.signal })).rejects.toThrow()
  })
})

describe('S72: closing', () => {
  it('closes idle connections and lets requests in flight end, with Connection: close', async () => {
    const agent = new Agent({ keepAlive: true })
    agents.push(agent)
    let release: (() => void) | undefined
    const { server, port } = keep(
      await listen(
        (req, res) => {
          if (req.url === '/fast') res.end('fast')
          else release = () => res.end('slow')
        },
        { port: 0 },
      ),
    )
    await fetchText(port, '/fast', agent)
    const slow = fetchText(port, '/slow', agent)
    while (release === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
    const closing = closeServer(server)
    release()
    const { text, response } = await slow
    expect(text).toBe('slow')
    expect(response.headers.connection).toBe('close')
    await closing
  })

  it('lets a response that has begun end, then closes its idle connection', async () => {
    const agent = new Agent({ keepAlive: true })
    agents.push(agent)
    let finish: (() => void) | undefined
    const { server, port } = keep(
      await listen(
        (_req, res) => {
          res.write('begun ')
          finish = () => res.end('ended')
        },
        { port: 0 },
      ),
    )
    const reply = fetchText(port, '/', agent)
    while (finish === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
    const closing = closeServer(server)
    finish()
    expect((await reply).text).toBe('begun ended')
    await closing
  })

  it('destroys what is left at the deadline', async () => {
    const { server, port } = keep(await listen((_req, res) => void res.write('stuck'), { port: 0 }))
    const reply = fetchText(port)
    const failed = expect(reply).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await closeServer(server, 20)
    await failed
  })

  it('is no error on a server that does not listen', async () => {
    const engine = new Engine(() => undefined)
    expect(engine.server.listening).toBe(false)
    await engine.close()
  })

  it('a server that listens again keeps connections alive again', async () => {
    const engine = new Engine((_req, res) => void res.end())
    const first = keep(await engine.listen({ port: 0 }))
    await engine.close()
    const { port } = keep(await engine.listen({ port: 0 }))
    expect(first.server).toBe(servers[1])
    const agent = new Agent({ keepAlive: true })
    agents.push(agent)
    const { response } = await fetchText(port, '/', agent)
    expect(response.headers.connection).toBe('keep-alive')
  })

  it('an engine that listens already makes another server for another address', async () => {
    const engine = new Engine((_req, res) => void res.end('both'))
    const one = keep(await engine.listen({ port: 0 }))
    const two = keep(await engine.listen({ port: 0 }))
    expect(two.server).not.toBe(one.server)
    expect((await fetchText(two.port)).text).toBe('both')
  })
})

describe('a plain response', () => {
  const native = { writeHead: 1, end: 1, write: 1, setHeader: 1 }
  const changes: [what: string, change: (res: BustServerResponse) => void, plain: boolean][] = [
    ['untouched', () => {}, true],
    ['with a header set', (res) => res.setHeader('X-A', '1'), false],
    [
      'with writeHead replaced',
      (res) => {
        res.writeHead = () => res
      },
      false,
    ],
    [
      'with end replaced',
      (res) => {
        res.end = () => res
      },
      false,
    ],
    [
      'with write replaced',
      (res) => {
        res.write = () => true
      },
      false,
    ],
    [
      'with setHeader replaced',
      (res) => {
        res.setHeader = () => res
      },
      false,
    ],
    ["with a listener for 'finish'", (res) => void res.on('finish', () => {}), false],
    ["with a listener for 'close'", (res) => void res.on('close', () => {}), false],
  ]
  it.each(changes)('%s', async (_what, change, plain) => {
    let found: boolean | undefined
    const { port } = keep(
      await listen(
        (_req, res) => {
          change(res as BustServerResponse)
          found = isPlainResponse(res)
          for (const name of Object.keys(native)) Reflect.deleteProperty(res, name)
          res.end()
        },
        { port: 0 },
      ),
    )
    await fetchText(port)
    expect(found).toBe(plain)
  })
})
