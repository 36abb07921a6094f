import {
  createServer as createNodeServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { finished, pipeline, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { closeServer } from '../../src/engine/close.ts'
import { createServer } from '../../src/engine/node-handler.ts'
import { exchange } from './raw-client.ts'

type Handler = (req: IncomingMessage, res: ServerResponse) => void

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => closeServer(server, 0)))
})

/** Each test runs on a plain node:http server too: a request without a body must behave the same. */
const makers: readonly [name: string, make: (handler: Handler) => Server][] = [
  ['node:http', (handler) => createNodeServer(handler)],
  ['ours', (handler) => createServer(handler)],
]

async function start(make: (handler: Handler) => Server, handler: Handler): Promise<number> {
  const server = make(handler)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const GET = 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'

describe.each(makers)('a request without a body on %s', (_name, make) => {
  const readers: [how: string, read: (req: IncomingMessage) => Promise<string>][] = [
    [
      'data and end',
      (req) =>
        new Promise((resolve) => {
          let body = ''
          req.on('data', (chunk) => {
            body += chunk
          })
          req.on('end', () => resolve(`<${body}>`))
        }),
    ],
    [
      'once end, and resume',
      (req) =>
        new Promise((resolve) => {
          req.once('end', () => resolve('<>'))
          req.resume()
        }),
    ],
    [
      'addListener and prependListener',
      (req) =>
        new Promise((resolve) => {
          req.prependListener('end', () => resolve('<>'))
          req.addListener('data', () => {})
        }),
    ],
    [
      'for await',
      async (req) => {
        let body = ''
        for await (const chunk of req) body += chunk
        return `<${body}>`
      },
    ],
    [
      'pipe',
      (req) =>
        new Promise((resolve) => {
          let body = ''
          req.pipe(
            new Writable({
              write(chunk, _encoding, done) {
                body += chunk
                done()
              },
              final: () => resolve(`<${body}>`),
            }),
          )
        }),
    ],
    [
      'pipeline',
      (req) =>
        new Promise((resolve, reject) => {
          pipeline(req, new Writable({ write: (_chunk, _encoding, done) => done() }), (error) =>
            error ? reject(error) : resolve('<>'),
          )
        }),
    ],
    ['consumers.text', async (req) => `<${await text(req)}>`],
    [
      'toWeb',
      async (req) => `<${await new Response(Readable.toWeb(req) as ReadableStream).text()}>`,
    ],
    [
      'finished',
      (req) =>
        new Promise((resolve, reject) => {
          finished(req, { writable: false }, (error) => (error ? reject(error) : resolve('<>')))
          req.resume()
        }),
    ],
  ]
  it.each(readers)('is read as empty by %s, at once and later', async (_how, read) => {
    const port = await start(make, (req, res) => {
      const wait = req.url === '/later' ? 10 : 0
      const answer = (): void => {
        read(req).then(
          (body) => res.end(body),
          (error) => res.end(String(error)),
        )
      }
      if (wait === 0) answer()
      else setTimeout(answer, wait)
    })
    expect((await exchange(port, GET)).output).toMatch(/<>(?:\r\n0\r\n\r\n)?$/)
    expect((await exchange(port, GET.replace('/', '/later'))).output).toMatch(
      /<>(?:\r\n0\r\n\r\n)?$/,
    )
  })

  it('looks unread at first', async () => {
    const port = await start(make, (req, res) => {
      res.end(`<${req.readable} ${req.destroyed} ${req.aborted}>`)
    })
    expect((await exchange(port, GET)).output).toContain('<true false false>')
  })

  it("tells of 'close' once it was read and answered", async () => {
    const events: string[] = []
    const port = await start(make, (req, res) => {
      req.on('close', () => events.push('close'))
      req.on('end', () => events.push('end'))
      res.end()
    })
    await exchange(port, GET)
    expect(events).toEqual(['end', 'close'])
  })

  it("tells of 'close' when the client leaves in mid-response", async () => {
    let left: (() => void) | undefined
    const leaving = new Promise<void>((resolve) => {
      left = resolve
    })
    const port = await start(make, (req, res) => {
      res.write('event')
      req.on('close', () => left?.())
    })
    const socket = connect(port, '127.0.0.1', () => socket.write(GET))
    socket.once('data', () => socket.destroy())
    await leaving
  })

  it('is destroyed when the client leaves, even if nobody listened', async () => {
    let seen: IncomingMessage | undefined
    let closed: (() => void) | undefined
    const closing = new Promise<void>((resolve) => {
      closed = resolve
    })
    const port = await start(make, (req, res) => {
      seen = req
      res.on('close', () => setImmediate(() => closed?.()))
      res.write('event')
    })
    const socket = connect(port, '127.0.0.1', () => socket.write(GET))
    socket.once('data', () => socket.destroy())
    await closing
    expect(seen?.destroyed).toBe(true)
    expect(seen?.aborted).toBe(true)
  })

  it('can be answered many times on one connection, whoever listened before', async () => {
    let count = 0
    const port = await start(make, (req, res) => {
      if (count++ % 2 === 0) req.on('end', () => res.end(`<${count}>`)).resume()
      else res.end(`<${count}>`)
    })
    const one = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
    const { output } = await exchange(port, [one, one, one, GET])
    expect(output.match(/<\d>/g)).toEqual(['<1>', '<2>', '<3>', '<4>'])
  })
})
