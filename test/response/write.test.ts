import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { Response } from '../../src/response/response.ts'
import { exchange, fetchRaw, header, serve, type TestServer, type View } from '../request/serve.ts'

let server: TestServer
afterEach(() => server.close())

async function get(view: View, plain = true, method = 'GET') {
  server = await serve(view, {}, undefined, plain)
  return fetchRaw(server.port, '/', { method })
}

const sent = (headers: [string, string][]): [string, string][] =>
  headers.filter(([name]) => !['Date', 'Connection', 'Keep-Alive'].includes(name))

describe.each([
  ['in one go', true],
  ['through the methods of Node’s response', false],
])('an answer written %s', (_name, plain) => {
  it('has status line, headers and body', async () => {
    const reply = await get(() => new Response('héllo', '201 Made It', { 'X-A': 'b' }), plain)
    expect(reply.status).toBe(201)
    expect(reply.reason).toBe('Made It')
    expect(sent(reply.headers)).toEqual([
      ['X-A', 'b'],
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Length', '6'],
    ])
    expect(reply.body.toString()).toBe('héllo')
  })

  it('has Flask’s reason phrases', async () => {
    expect((await get(() => new Response('x', 404), plain)).reason).toBe('NOT FOUND')
  })

  it('repeats headers that occur several times', async () => {
    const response = new Response('x')
    response.setCookie('a', '1')
    response.setCookie('b', '2')
    response.headers.add('X-M', '1')
    response.headers.add('X-M', '2')
    const reply = await get(() => response, plain)
    expect(reply.headers.filter(([name]) => name === 'Set-Cookie' || name === 'X-M')).toEqual([
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2; Path=/'],
      ['X-M', '1'],
      ['X-M', '2'],
    ])
  })

  it('has bytes as body', async () => {
    const reply = await get(() => new Response(new Uint8Array([0, 1, 255])), plain)
    expect([...reply.body]).toEqual([0, 1, 255])
    expect(header(reply, 'content-length')).toBe('3')
  })

  it('counts a list of chunks', async () => {
    const reply = await get(() => new Response(['a', Buffer.from('bc')]), plain)
    expect(reply.body.toString()).toBe('abc')
    expect(header(reply, 'content-length')).toBe('3')
  })

  it.each([204, 304])('has no body and no length with %i', async (status) => {
    const reply = await get(() => new Response('ignored', status, { 'X-A': 'b' }), plain)
    expect(reply.body.byteLength).toBe(0)
    expect(sent(reply.headers)).toEqual(
      status === 204
        ? [
            ['X-A', 'b'],
            ['Content-Type', 'text/html; charset=utf-8'],
          ]
        : [['X-A', 'b']],
    )
  })

  it('keeps Expires and Content-Location on a 304, no other entity header', async () => {
    const headers = {
      Allow: 'GET',
      'Content-Encoding': 'gzip',
      'Content-Language': 'de',
      'Content-Location': '/é',
      'Content-MD5': 'x',
      'Content-Range': 'bytes 0-1/2',
      Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
      'Last-Modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
      ETag: '"x"',
      Vary: 'Cookie',
    }
    const reply = await get(() => new Response('x', 304, headers), plain)
    expect(sent(reply.headers).map(([name]) => name)).toEqual([
      'Content-Location',
      'Expires',
      'ETag',
      'Vary',
    ])
    expect(header(reply, 'content-location')).toBe('/%C3%A9')
  })

  it('has the headers only for HEAD', async () => {
    const reply = await get(() => new Response('héllo'), plain, 'HEAD')
    expect(header(reply, 'content-length')).toBe('6')
    expect(reply.body.byteLength).toBe(0)
    await server.close()
    const streamed = await get(() => new Response(['a'].values()), plain, 'HEAD')
    expect(sent(streamed.headers)).toEqual([['Content-Type', 'text/html; charset=utf-8']])
  })

  it('has a location as a URI', async () => {
    const reply = await get(() => new Response('', 302, { Location: '/é ü?q=€' }), plain)
    expect(header(reply, 'location')).toBe('/%C3%A9%20%C3%BC?q=%E2%82%AC')
  })

  it('has an absolute location when asked for', async () => {
    const reply = await get(() => {
      const response = new Response('', 302, { Location: 'b' })
      response.autocorrectLocationHeader = true
      return response
    }, plain)
    expect(header(reply, 'location')).toBe('http://localhost/b')
  })

  it('streams generators, asynchronous ones, Node and Web streams', async () => {
    function* sync() {
      yield 'one\n'
      yield Buffer.from('é')
    }
    async function* async() {
      yield 'one\n'
      await sleep(1)
      yield 'é'
    }
    const web = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(Buffer.from('one\n'))
          controller.enqueue(Buffer.from('é'))
          controller.close()
        },
      })
    const bodies = [sync, async, () => Readable.from(['one\n', 'é']), web]
    let index = 0
    server = await serve(() => new Response(bodies[index++]?.()), {}, undefined, plain)
    for (const _ of bodies) {
      const reply = await fetchRaw(server.port, '/')
      expect(reply.body.toString()).toBe('one\né')
      expect(header(reply, 'transfer-encoding')).toBe('chunked')
      expect(header(reply, 'content-length')).toBeNull()
    }
  })

  it('answers with an error when a stream fails before its first chunk', async () => {
    const reply = await get(
      () =>
        new Response(
          // biome-ignore lint/correctness/useYield: it fails before it could.
          (function* (): Generator<string> {
            throw new Error('early')
          })(),
        ),
      plain,
    )
    expect(reply.status).toBe(500)
    expect(reply.body.toString()).toBe('failed')
    expect(server.errors).toEqual([new Error('early')])
  })

  it('breaks the connection when a stream fails later, and says so', async () => {
    server = await serve(
      () =>
        new Response(
          (async function* () {
            yield 'some'
            throw new Error('late')
          })(),
        ),
      {},
      undefined,
      plain,
    )
    await expect(fetchRaw(server.port, '/')).rejects.toThrow()
    expect(server.errors).toEqual([new Error('late')])
  })

  it('refuses a chunk that is neither text nor bytes', async () => {
    const reply = await get(() => new Response([1, 2].values() as never), plain)
    expect(reply.status).toBe(500)
    expect(String(server.errors[0])).toContain('yields strings or bytes, not number')
  })

  it('never sends more or less than its Content-Length says', async () => {
    const make = (body: ConstructorParameters<typeof Response>[0], length: number): Response => {
      const response = new Response(body)
      response.contentLength = length
      return response
    }
    const answers = [
      () => make('12345', 3),
      () => make(['12', '345'].values(), 3),
      () => make('123', 5),
      () => make(['12', '3'].values(), 5),
    ]
    let index = 0
    server = await serve(() => answers[index++]?.(), {}, undefined, plain)
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    for (const long of [true, true, false, false]) {
      const { text, closed } = await exchange(server.port, [request])
      expect(text.split('\r\n\r\n')[1]).toBe('123')
      // Without the missing bytes the client would wait, so the connection ends.
      expect(closed).toBe(!long)
    }
  })

  it('refuses a header that HTTP cannot carry before anything is sent', async () => {
    const reply = await get(() => new Response('x', 200, { 'X-A': 'ž' }), plain)
    expect(reply.status).toBe(500)
    expect(String(server.errors[0])).toContain('X-A')
  })

  it('closes the response once, after it was sent', async () => {
    const calls: string[] = []
    const reply = await get(() => {
      const response = new Response('x')
      response.callOnClose(() => calls.push('closed'))
      return response
    }, plain)
    expect(reply.body.toString()).toBe('x')
    expect(calls).toEqual(['closed'])
  })

  it('leaves an answer alone that has been sent already', async () => {
    const reply = await get((_request, { res }) => {
      res.end('raw')
      return new Response('x')
    }, plain)
    expect(reply.body.toString()).toBe('raw')
  })
})

describe('a client that goes away', () => {
  it('ends the generator and closes the response, once', async () => {
    const calls: string[] = []
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          yield 'x'.repeat(1000)
          await sleep(1)
        }
      } finally {
        calls.push('generator')
      }
    }
    server = await serve(() => {
      const response = new Response(endless())
      response.callOnClose(() => calls.push('close'))
      return response
    })
    const socket = net.connect(server.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
    await expect.poll(() => [...calls].sort()).toEqual(['close', 'generator'])
    expect(server.errors).toEqual([])
  })

  it('cancels streams that never produce anything', async () => {
    const calls: string[] = []
    const node = () =>
      new Readable({
        read() {},
        destroy(_error, done) {
          calls.push('node')
          done(null)
        },
      })
    const web = () => new ReadableStream({ cancel: () => void calls.push('web') })
    const bodies = [node, web]
    let index = 0
    server = await serve(() => new Response(bodies[index++]?.()))
    for (const _ of bodies) {
      const socket = net.connect(server.port, '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      await sleep(50)
      socket.destroy()
    }
    await expect.poll(() => [...calls].sort()).toEqual(['node', 'web'])
  })

  it('is not run ahead of when it reads slowly', async () => {
    let produced = 0
    function* big(): Generator<Buffer> {
      for (let i = 0; i < 1000; i++) {
        produced += 65_536
        yield Buffer.alloc(65_536)
      }
    }
    server = await serve(() => new Response(big()))
    const socket = net.connect(server.port, '127.0.0.1')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await sleep(300)
    // What the buffers of both systems hold is a few megabytes.
    expect(produced).toBeLessThan(20_000_000)
    socket.destroy()
  })
})

describe('a streamed body', () => {
  it('sends the head with its first chunk, an empty one if need be', async () => {
    let go = (): void => {}
    const waiting = new Promise<void>((resolve) => {
      go = resolve
    })
    server = await serve(
      () =>
        new Response(
          (async function* () {
            yield ''
            await waiting
            yield 'later'
          })(),
          { mimetype: 'text/event-stream' },
        ),
    )
    const call = http.get({ port: server.port, host: '127.0.0.1' })
    const [res] = (await once(call, 'response')) as [http.IncomingMessage]
    expect(res.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    go()
    expect(Buffer.concat(await res.toArray()).toString()).toBe('later')
  })

  it('may turn out to be empty', async () => {
    const reply = await get(() => new Response([].values()))
    expect([reply.status, reply.body.length]).toEqual([200, 0])
  })

  it('is closed and not begun when the client has gone before', async () => {
    const calls: string[] = []
    server = await serve(async (_request, { res }) => {
      if (!res.destroyed) await once(res, 'close')
      const response = new Response(
        (function* () {
          calls.push('begun')
          yield 'x'
        })(),
      )
      response.callOnClose(() => calls.push('closed'))
      return response
    })
    const socket = net.connect(server.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await sleep(50)
    socket.destroy()
    await expect.poll(() => calls).toEqual(['closed'])
  })

  it('reports what fails when it is closed', async () => {
    server = await serve(() => {
      const response = new Response('x')
      response.callOnClose(() => {
        throw new Error('on close')
      })
      return response
    })
    expect((await fetchRaw(server.port, '/')).body.toString()).toBe('x')
    expect(server.errors).toEqual([new Error('on close')])
  })
})

describe('what middleware has done to Node’s response', () => {
  it('survives: headers, cookies, Vary', async () => {
    server = await serve(
      () => {
        const response = new Response('x', 200, { 'X-Mine': 'ours', Vary: 'Cookie, Accept' })
        response.setCookie('b', '2')
        return response
      },
      {},
      (_req, res) => {
        res.setHeader('X-Theirs', 'kept')
        res.setHeader('X-Mine', 'replaced')
        res.setHeader('Set-Cookie', 'a=1')
        res.setHeader('Vary', 'Accept')
      },
      false,
    )
    const reply = await fetchRaw(server.port, '/')
    expect(header(reply, 'x-theirs')).toBe('kept')
    expect(header(reply, 'x-mine')).toBe('ours')
    expect(header(reply, 'vary')).toBe('Accept, Cookie')
    expect(reply.headers.filter(([name]) => name === 'Set-Cookie')).toEqual([
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2; Path=/'],
    ])
  })

  it('sees the head when it has patched writeHead', async () => {
    let seen: unknown
    server = await serve(
      () => new Response('x', 201, { 'X-A': 'b' }),
      {},
      (_req, res) => {
        const { writeHead } = res
        res.writeHead = ((...args: Parameters<typeof writeHead>) => {
          seen = [res.statusCode, res.getHeader('x-a')]
          return writeHead.apply(res, args)
        }) as typeof writeHead
      },
      false,
    )
    await fetchRaw(server.port, '/')
    expect(seen).toEqual([201, 'b'])
  })
})

describe('the connection', () => {
  it('serves several requests, streams among them', async () => {
    let index = 0
    server = await serve(() => new Response(index++ % 2 === 0 ? 'text' : ['st', 'ream'].values()))
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const bodies: string[] = []
    for (let i = 0; i < 4; i++) {
      const call = http.get({ port: server.port, host: '127.0.0.1', agent })
      const [res] = (await once(call, 'response')) as [http.IncomingMessage]
      bodies.push(Buffer.concat(await res.toArray()).toString())
    }
    expect(bodies).toEqual(['text', 'stream', 'text', 'stream'])
    agent.destroy()
  })
})
