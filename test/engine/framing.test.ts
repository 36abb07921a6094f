import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { closeServer } from '../../src/engine/close.ts'
import { type ListenOptions, listen } from '../../src/engine/listen.ts'
import { exchange, statuses } from './raw-client.ts'

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => closeServer(server, 0)))
})

/** A server that notes what it handles and answers `ok` once the body has been read. */
async function serve(
  options: ListenOptions = {},
  handler?: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<{ port: number; handled: string[]; bodies: string[] }> {
  const handled: string[] = []
  const bodies: string[] = []
  const server = await listen(
    (req, res) => {
      handled.push(`${req.method} ${req.url}`)
      if (handler !== undefined) return handler(req, res)
      const chunks: Buffer[] = []
      req.on('data', (chunk) => chunks.push(chunk))
      req.on('end', () => {
        bodies.push(Buffer.concat(chunks).toString())
        res.end('ok')
      })
      return undefined
    },
    { port: 0, ...options },
  )
  servers.push(server)
  return { port: (server.address() as AddressInfo).port, handled, bodies }
}

const HOST = 'Host: localhost\r\n'
const CLOSE = 'Connection: close\r\n'

describe('smuggling', () => {
  const refused: [id: string, head: string][] = [
    ['S01 length and chunked', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['S01 chunked and length', 'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n'],
    ['S02 two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['S02 the same length twice', 'Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello'],
    ['S02 a list of lengths', 'Content-Length: 5,5\r\n\r\nhello'],
    ['S02 +5', 'Content-Length: +5\r\n\r\nhello'],
    ['S02 0x5', 'Content-Length: 0x5\r\n\r\nhello'],
    ['S02 -5', 'Content-Length: -5\r\n\r\nhello'],
    ['S03 xchunked', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['S03 a coding we lack', 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['S04 chunked, identity', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['S04 identity', 'Transfer-Encoding: identity\r\n\r\n'],
    [
      'S04 two codings',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'S04 two codings, one other',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n',
    ],
    ['S04 folded', 'Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
    ['S04 space before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['S04 vertical tab', 'Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n'],
    ['S04 empty', 'Transfer-Encoding: \r\n\r\n0\r\n\r\n'],
  ]
  it.each(refused)('%s is a 400 that no handler sees', async (_id, head) => {
    const { port, handled } = await serve()
    const { output, closed } = await exchange(port, `POST /x HTTP/1.1\r\n${HOST}${head}`)
    expect(statuses(output)).toEqual([400])
    expect(handled).toEqual([])
    expect(closed).toBe(true)
  })

  it('S04 chunked under HTTP/1.0 is a 400', async () => {
    const { port, handled } = await serve()
    const { output } = await exchange(
      port,
      `POST /x HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    )
    expect(statuses(output)).toEqual([400])
    expect(handled).toEqual([])
  })

  it('chunked in any letter case is read', async () => {
    const { port, bodies } = await serve()
    const { output } = await exchange(
      port,
      `POST /x HTTP/1.1\r\n${HOST}${CLOSE}Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    )
    expect(statuses(output)).toEqual([200])
    expect(bodies).toEqual(['hello'])
  })

  const brokenChunks: [id: string, body: string][] = [
    ['a bare LF', '5\nhello\r\n0\r\n\r\n'],
    ['0 with a bare LF', '0\n\r\n'],
    ['0x5', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['18 F', `${'F'.repeat(18)}\r\nhello`],
    ['CR CR in the extension', '5\r\r;a\r\nhello\r\n0\r\n\r\n'],
    ['a negative size', '-5\r\nhello\r\n0\r\n\r\n'],
    ['no CRLF after the data', '5\r\nhelloX0\r\n\r\n'],
  ]
  it.each(brokenChunks)(
    'S06 a chunk with %s is a 400 and the body is not delivered',
    async (_id, body) => {
      const { port, bodies } = await serve()
      const { output, closed } = await exchange(
        port,
        `POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${body}`,
      )
      expect(statuses(output)).toEqual([400])
      expect(bodies).toEqual([])
      expect(closed).toBe(true)
    },
  )

  it('S07 a chunk extension of 64 KB is a 413', async () => {
    const { port, bodies } = await serve()
    const { output, closed } = await exchange(
      port,
      `POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5;${'a'.repeat(65_536)}\r\nhello`,
    )
    expect(statuses(output)).toEqual([413])
    expect(bodies).toEqual([])
    expect(closed).toBe(true)
  })
})

describe('one response for each request', () => {
  const GET = `GET /a HTTP/1.1\r\n${HOST}\r\n`

  it('S08 garbage behind a request whose response streams ends the connection', async () => {
    const { port } = await serve({}, (_req, res) => {
      res.write('begin')
      setTimeout(() => res.end('end'), 5000).unref()
    })
    const { output, closed } = await exchange(port, [GET, 'garbage\r\n\r\n'])
    expect(statuses(output)).toEqual([200])
    expect(output).not.toContain('end')
    expect(closed).toBe(true)
  })

  it('S08 garbage behind a request that is still being worked on ends the connection', async () => {
    const { port } = await serve(
      {},
      (_req, res) => void setTimeout(() => res.end('late'), 5000).unref(),
    )
    const { output, closed } = await exchange(port, `${GET}garbage\r\n\r\n`)
    expect(output).toBe('')
    expect(closed).toBe(true)
  })

  it('S08 garbage behind an answered request is a 400 of its own', async () => {
    const { port } = await serve()
    const { output, closed } = await exchange(port, [GET, 'garbage\r\n\r\n'])
    expect(statuses(output)).toEqual([200, 400])
    expect(closed).toBe(true)
  })

  it('a broken body of the second request is no answer to the first', async () => {
    const { port } = await serve(
      {},
      (_req, res) => void setTimeout(() => res.end('late'), 5000).unref(),
    )
    const { output, closed } = await exchange(
      port,
      `${GET}POST /b HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0x5\r\n`,
    )
    expect(output).toBe('')
    expect(closed).toBe(true)
  })

  it('a broken body gets no second response when the first has begun', async () => {
    const { port } = await serve({}, (_req, res) => void res.write('early'))
    const { output, closed } = await exchange(port, [
      `POST /b HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`,
      '0x5\r\n',
    ])
    expect(statuses(output)).toEqual([200])
    expect(closed).toBe(true)
  })

  it('S09 a request behind Connection: close is ignored', async () => {
    const { port, handled } = await serve(
      {},
      (_req, res) => void setTimeout(() => res.end('one'), 50),
    )
    const { output, closed } = await exchange(
      port,
      `GET /a HTTP/1.1\r\n${HOST}${CLOSE}\r\nGET /b HTTP/1.1\r\n${HOST}\r\n`,
    )
    expect(statuses(output)).toEqual([200])
    expect(output).toContain('one')
    expect(handled).toEqual(['GET /a'])
    expect(closed).toBe(true)
  })

  it('pipelined requests are answered in order', async () => {
    const { port } = await serve({}, (req, res) => {
      setTimeout(() => res.end(`<${req.url}>`), req.url === '/1' ? 40 : 0)
    })
    const { output } = await exchange(
      port,
      `GET /1 HTTP/1.1\r\n${HOST}\r\nGET /2 HTTP/1.1\r\n${HOST}\r\nGET /3 HTTP/1.1\r\n${HOST}\r\n`,
    )
    expect(output.match(/<[^>]+>/g)).toEqual(['</1>', '</2>', '</3>'])
  })

  it('a handler that throws is one 500', async () => {
    const errors: unknown[] = []
    const { port } = await serve({ onError: (error) => errors.push(error) }, (_req, res) => {
      res.setHeader('X-Half', 'done')
      throw new Error('boom')
    })
    const { output, closed } = await exchange(port, GET)
    expect(statuses(output)).toEqual([500])
    expect(output).not.toMatch(/X-Half|boom/)
    expect(String(errors[0])).toBe('Error: boom')
    expect(closed).toBe(true)
  })

  it('a handler that fails after the head ends the connection', async () => {
    const { port } = await serve({ onError: () => {} }, async (_req, res) => {
      res.writeHead(200, { 'Content-Length': '10' })
      res.write('half')
      await Promise.resolve()
      throw new Error('boom')
    })
    const { output, closed } = await exchange(port, GET)
    expect(statuses(output).length).toBeLessThanOrEqual(1)
    expect(closed).toBe(true)
  })
})

describe('host', () => {
  const refused: [id: string, request: string][] = [
    ['S11 two Host lines', `GET / HTTP/1.1\r\n${HOST}Host: other\r\n\r\n`],
    ['S11 the same Host twice', `GET / HTTP/1.1\r\n${HOST}host: localhost\r\n\r\n`],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['S12 a b/@evil', 'GET / HTTP/1.1\r\nHost: a b/@evil\r\n\r\n'],
    ['S12 user@evil', 'GET / HTTP/1.1\r\nHost: user@evil\r\n\r\n'],
    ['S12 a path', 'GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n'],
    ['S12 a query', 'GET / HTTP/1.1\r\nHost: localhost?x\r\n\r\n'],
    ['S12 a backslash', 'GET / HTTP/1.1\r\nHost: localhost\\x\r\n\r\n'],
    ['S12 markup', 'GET / HTTP/1.1\r\nHost: <script>\r\n\r\n'],
    ['S12 a port that is no number', 'GET / HTTP/1.1\r\nHost: localhost:8x\r\n\r\n'],
    ['S12 bytes outside ASCII', 'GET / HTTP/1.1\r\nHost: l\xf6calhost\r\n\r\n'],
    ['S13 a target with user info', `GET http://a@evil/ HTTP/1.1\r\n${HOST}\r\n`],
    ['S13 a target without authority', `GET http:///x HTTP/1.1\r\n${HOST}\r\n`],
    ['an asterisk that is no OPTIONS', `GET * HTTP/1.1\r\n${HOST}\r\n`],
    ['a target that begins with an asterisk', `OPTIONS *x HTTP/1.1\r\n${HOST}\r\n`],
  ]
  it.each(refused)('%s is a 400', async (_id, request) => {
    const { port, handled } = await serve()
    const { output, closed } = await exchange(port, request)
    expect(statuses(output)).toEqual([400])
    expect(handled).toEqual([])
    expect(closed).toBe(true)
  })

  it.each(['localhost', 'example.com:8080', '[::1]:80', '127.0.0.1', 'a_b.test', ''])(
    'Host: %s is fine',
    async (host) => {
      const { port } = await serve()
      const { output } = await exchange(port, `GET / HTTP/1.1\r\nHost: ${host}\r\n${CLOSE}\r\n`)
      expect(statuses(output)).toEqual([200])
    },
  )

  it('S13 the authority of an absolute-form target takes the place of Host', async () => {
    const { port } = await serve({}, (req, res) => {
      res.end(JSON.stringify([req.headers.host, req.rawHeaders.slice(0, 2), req.url]))
    })
    const { output } = await exchange(
      port,
      `GET http://evil:81/x HTTP/1.1\r\nHost: good\r\n${CLOSE}\r\n`,
    )
    expect(output).toContain('["evil:81",["Host","evil:81"],"http://evil:81/x"]')
  })

  it('OPTIONS * is admitted', async () => {
    const { port, handled } = await serve()
    await exchange(port, `OPTIONS * HTTP/1.1\r\n${HOST}${CLOSE}\r\n`)
    expect(handled).toEqual(['OPTIONS *'])
  })
})

describe('limits', () => {
  it('S33 a header of 20 KB is a 431', async () => {
    const { port, handled } = await serve()
    const { output, closed } = await exchange(
      port,
      `GET / HTTP/1.1\r\n${HOST}X: ${'a'.repeat(20_000)}\r\n\r\n`,
    )
    expect(statuses(output)).toEqual([431])
    expect(handled).toEqual([])
    expect(closed).toBe(true)
  })

  it('S33 2,500 headers are a 431, though they are short', async () => {
    const { port, handled } = await serve()
    const { output, closed } = await exchange(
      port,
      `GET / HTTP/1.1\r\n${HOST}${'a:b\r\n'.repeat(2500)}\r\n`,
    )
    expect(statuses(output)).toEqual([431])
    expect(handled).toEqual([])
    expect(closed).toBe(true)
  })

  it('2,000 headers all arrive', async () => {
    const { port } = await serve({}, (req, res) => void res.end(`<${req.rawHeaders.length / 2}>`))
    const { output } = await exchange(
      port,
      `GET / HTTP/1.1\r\n${HOST}${'a:b\r\n'.repeat(1998)}${CLOSE}\r\n`,
    )
    expect(output).toContain('<2000>')
  })

  const fast = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 25 }

  it('S34 slow headers are a 408', async () => {
    const { port, handled } = await serve(fast)
    const { output, closed } = await exchange(port, 'GET / HTTP/1.1\r\nHost: l', { idle: 2000 })
    expect(statuses(output)).toEqual([408])
    expect(handled).toEqual([])
    expect(closed).toBe(true)
  })

  it('S34 a slow body is a 408', async () => {
    const { port, bodies } = await serve(fast)
    const { output, closed } = await exchange(
      port,
      `POST / HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nslow`,
      { idle: 2000 },
    )
    expect(statuses(output)).toEqual([408])
    expect(bodies).toEqual([])
    expect(closed).toBe(true)
  })

  it('S34 the defaults cut slow headers off within a minute', async () => {
    const server = await listen(() => {}, { port: 0 })
    servers.push(server)
    expect(server.headersTimeout + 10_000).toBeLessThan(60_000)
    expect(server.requestTimeout).toBe(300_000)
    expect(server.keepAliveTimeout).toBe(72_000)
  })

  it.each([
    { requestTimeout: Number.NaN },
    { requestTimeout: '1XB' as never },
    { maxHeaderSize: -1 },
    { keepAliveTimeout: Number.NaN },
    { headersTimeout: Number.POSITIVE_INFINITY },
  ])('S36 an invalid limit throws at the start: %o', async (options) => {
    await expect(listen(() => {}, { port: 0, ...options })).rejects.toThrow()
  })
})

describe('upgrade', () => {
  it.each(['h2c', 'websocket', 'nonsense'])(
    'S71 to %s is ignored when nobody takes it: the request is answered as it stands',
    async (protocol) => {
      const { port } = await serve()
      const { output } = await exchange(
        port,
        `GET / HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`,
      )
      expect(statuses(output)).toEqual([200])
    },
  )

  it('CONNECT is refused', async () => {
    const { port, handled } = await serve()
    const { output, closed } = await exchange(port, `CONNECT evil:80 HTTP/1.1\r\n${HOST}\r\n`)
    expect(output).toBe('')
    expect(handled).toEqual([])
    expect(closed).toBe(true)
  })
})
