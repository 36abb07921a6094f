import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { exchange, fetchRaw, header, serve, type TestServer } from './serve.ts'
import { namedSpools, openSpools } from './spools.ts'

let server: TestServer
afterEach(() => server.close())

const FORM = 'application/x-www-form-urlencoded'

describe('the body', () => {
  it('is there before the view runs, as bytes and as text', async () => {
    server = await serve((request) => [
      [...request.data],
      request.getData({ asText: true }),
      request.contentLength,
    ])
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body: 'hé' })
    expect(reply.json()).toEqual([[104, 195, 169], 'hé', 3])
  })

  it('is empty without one', async () => {
    server = await serve((request) => [request.data.length, request.contentLength])
    expect((await fetchRaw(server.port, '/')).json()).toEqual([0, null])
    const empty = await fetchRaw(server.port, '/', { method: 'POST', body: '' })
    expect(empty.json()).toEqual([0, 0])
  })

  it('may be chunked; then it has no contentLength', async () => {
    server = await serve((request) => [String(request.data), request.contentLength])
    const reply = await fetchRaw(server.port, '/', {
      method: 'POST',
      body: 'chunks',
      headers: { 'Transfer-Encoding': 'chunked' },
    })
    expect(reply.json()).toEqual(['chunks', null])
  })

  it('of a GET is read as well', async () => {
    server = await serve((request) => String(request.data))
    const reply = await fetchRaw(server.port, '/', {
      body: 'on get',
      headers: { 'Content-Type': 'text/plain' },
    })
    expect(reply.json()).toBe('on get')
  })

  it('can be read as a stream, once', async () => {
    server = await serve(async (request) => {
      const first = Buffer.concat(await request.stream.toArray()).toString()
      return [first, request.stream.readableEnded]
    })
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body: 'abc' })
    expect(reply.json()).toEqual(['abc', true])
  })

  it('beyond 500 kB lies in a file that nobody can find and that goes with the request', async () => {
    server = await serve(async (request) => {
      const all = Buffer.concat(await request.stream.toArray())
      return [request.data.length, all.equals(request.data), namedSpools(), openSpools()]
    })
    const body = Buffer.alloc(2_000_000, 'abcdefg')
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body })
    expect(reply.json()).toEqual([2_000_000, true, 0, 1])
    await expect.poll(openSpools).toBe(0)
  })

  it('that was compressed is given as it came', async () => {
    server = await serve((request) => [[...request.data], request.contentEncoding])
    const reply = await fetchRaw(server.port, '/', {
      method: 'POST',
      body: Buffer.from([31, 139, 8]),
      headers: { 'Content-Encoding': 'gzip' },
    })
    expect(reply.json()).toEqual([[31, 139, 8], 'gzip'])
  })

  it('is waited for when the client expects 100-continue', async () => {
    server = await serve((request) => String(request.data))
    const socket = net.connect(server.port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n')
    const [interim] = (await once(socket, 'data')) as [Buffer]
    expect(String(interim)).toContain('100 Continue')
    socket.write('ok')
    const [final] = (await once(socket, 'data')) as [Buffer]
    expect(String(final)).toContain('"ok"')
    socket.destroy()
  })
})

describe('a body that does not arrive', () => {
  it('is a ClientDisconnected for whoever asks for it', async () => {
    const seen: unknown[] = []
    server = await serve((request) => {
      for (const read of [() => request.data, () => request.form, () => request.json]) {
        try {
          seen.push(read())
        } catch (error) {
          seen.push((error as Error).constructor.name)
        }
      }
    })
    const socket = net.connect(server.port, '127.0.0.1')
    socket.write(
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\nhalf',
    )
    await sleep(50)
    socket.destroy()
    const name = 'ClientDisconnected'
    await expect.poll(() => seen).toEqual([name, name, name])
  })

  it('leaves no file behind, however much of it came', async () => {
    let done = false
    server = await serve(() => {
      done = true
    })
    const socket = net.connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n')
    socket.write(Buffer.alloc(1_500_000))
    await expect.poll(openSpools).toBe(1)
    socket.destroy()
    await expect.poll(() => done).toBe(true)
    await expect.poll(openSpools).toBe(0)
    expect(namedSpools()).toBe(0)
    // The next request is served.
    expect((await fetchRaw(server.port, '/')).status).toBe(200)
  })
})

describe('maxContentLength', () => {
  const limit = { maxContentLength: 20 }

  it('lets a body of exactly that length pass', async () => {
    server = await serve((request) => request.data.length, limit)
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body: 'x'.repeat(20) })
    expect(reply.json()).toBe(20)
  })

  it.each([
    ['data', 'text/plain'],
    ['form', FORM],
    ['files', 'multipart/form-data; boundary=b'],
    ['values', FORM],
    ['stream', 'text/plain'],
    ['json', 'application/json'],
  ] as const)('raises 413 when %s is asked for', async (name, type) => {
    server = await serve((request) => String(request[name]), limit)
    const framings: Record<string, string>[] = [{}, { 'Transfer-Encoding': 'chunked' }]
    for (const framing of framings) {
      const headers = { 'Content-Type': type, ...framing }
      const reply = await fetchRaw(server.port, '/', {
        method: 'POST',
        headers,
        body: 'x'.repeat(21),
      })
      expect(reply.status).toBe(413)
    }
  })

  it('does not touch a view that ignores the body', async () => {
    server = await serve(() => 'ignored', limit)
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body: 'x'.repeat(500_000) })
    expect(reply.json()).toBe('ignored')
  })

  it('leaves the connection usable when the rest is small', async () => {
    server = await serve(() => 'ok', limit)
    const { text } = await exchange(server.port, [
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n',
      'x'.repeat(30),
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    ])
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })

  it('leaves the connection usable after a chunked body, too', async () => {
    server = await serve((request) => request.data.length, limit)
    const { text } = await exchange(server.port, [
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
      `1e\r\n${'x'.repeat(30)}\r\n1e\r\n${'x'.repeat(30)}\r\n0\r\n\r\n`,
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    ])
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
  })

  it('closes the connection of a client that sends on and on', async () => {
    server = await serve(() => 'ok', limit)
    const socket = net.connect(server.port, '127.0.0.1')
    let closed = false
    let answer = ''
    let written = 0
    let resume = (): void => {}
    socket.on('error', () => {})
    socket.on('drain', () => resume())
    socket.on('close', () => {
      closed = true
      resume()
    })
    socket.on('data', (chunk: Buffer) => {
      answer += chunk
    })
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n')
    const part = Buffer.alloc(262_144)
    while (!closed && written < 400_000_000) {
      written += part.length
      if (socket.write(part)) continue
      await new Promise<void>((resolve) => {
        resume = resolve
      })
    }
    expect(answer).toContain('200')
    expect(closed).toBe(true)
    expect(written).toBeLessThan(400_000_000)
  })

  it('can be lowered by the view', async () => {
    server = await serve((request) => {
      request.maxContentLength = 3
      return request.data.length
    })
    expect((await fetchRaw(server.port, '/', { method: 'POST', body: 'abcd' })).status).toBe(413)
    expect((await fetchRaw(server.port, '/', { method: 'POST', body: 'abc' })).status).toBe(200)
  })

  it('can be raised, and the body read then', async () => {
    server = await serve(async (request) => {
      const refused = request.isBodyRefused
      request.maxContentLength = 1000
      await request.readBody()
      return [refused, String(request.data).length]
    }, limit)
    const framings: Record<string, string>[] = [{}, { 'Transfer-Encoding': 'chunked' }]
    for (const headers of framings) {
      const body = 'x'.repeat(100)
      const reply = await fetchRaw(server.port, '/', { method: 'POST', body, headers })
      expect(reply.json()).toEqual([true, 100])
    }
  })
})

describe('a body that a middleware has read', () => {
  it('is what the middleware made of it: JSON', async () => {
    server = await serve(
      (request) => [request.json, String(request.getData()), request.form.size],
      {},
      async (req) => {
        await req.toArray()
        Object.assign(req, { body: { a: [1] } })
      },
    )
    const reply = await fetchRaw(server.port, '/', {
      method: 'POST',
      body: '{"a": [1]}',
      headers: { 'Content-Type': 'application/json' },
    })
    expect(reply.json()).toEqual([{ a: [1] }, '{"a":[1]}', 0])
  })

  it('is what the middleware made of it: a form', async () => {
    server = await serve(
      (request) => [request.form.toDict({ flat: false }), String(request.data)],
      {},
      async (req) => {
        await req.toArray()
        Object.assign(req, { body: { a: ['1', '2'], b: { c: '3' } } })
      },
    )
    const reply = await fetchRaw(server.port, '/', {
      method: 'POST',
      body: 'a=1&a=2&b[c]=3',
      headers: { 'Content-Type': FORM },
    })
    expect(reply.json()).toEqual([{ a: ['1', '2'], 'b[c]': ['3'] }, ''])
  })

  it('is parsed by us when it was left as bytes or text', async () => {
    let keep: (bytes: Buffer) => unknown = (bytes) => bytes
    server = await serve(
      (request) => [request.form.toDict(), String(request.getData())],
      {},
      async (req) => {
        Object.assign(req, { body: keep(Buffer.concat(await req.toArray())) })
      },
    )
    const options = { method: 'POST', body: 'a=1', headers: { 'Content-Type': FORM } }
    expect((await fetchRaw(server.port, '/', options)).json()).toEqual([{ a: '1' }, 'a=1'])
    keep = String
    expect((await fetchRaw(server.port, '/', options)).json()).toEqual([{ a: '1' }, 'a=1'])
  })

  it('is empty when the middleware has kept nothing', async () => {
    server = await serve(
      (request) => String(request.data),
      {},
      async (req) => {
        await req.toArray()
      },
    )
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body: 'lost' })
    expect(reply.json()).toBe('')
  })

  it('is read by us when the middleware only paused it', async () => {
    server = await serve(
      (request) => String(request.data),
      {},
      (req) => {
        req.pause()
      },
    )
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body: 'mine' })
    expect(reply.json()).toBe('mine')
    expect(header(reply, 'content-type')).toBe('application/json')
  })

  it('is read by us when a middleware listens with readable, or has set an encoding', async () => {
    server = await serve(
      (request) => String(request.data),
      {},
      (req) => {
        req.on('readable', () => {})
        req.setEncoding('latin1')
      },
    )
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body: 'é' })
    expect(reply.json()).toBe('é')
  })

  it('of any size is read by us when a middleware listens with readable', async () => {
    server = await serve(
      (request) => [request.data.length, openSpools()],
      {},
      (req) => {
        req.on('readable', () => {})
      },
    )
    const body = Buffer.alloc(3_000_000, 'x')
    const reply = await fetchRaw(server.port, '/', { method: 'POST', body })
    expect(reply.json()).toEqual([3_000_000, 1])
    await expect.poll(openSpools).toBe(0)
  })
})

describe('a refused body that the view answers through Node’s response', () => {
  it('does not block the connection', async () => {
    server = await serve(
      (_request, { res }) => {
        res.end('raw')
      },
      { maxContentLength: 5 },
    )
    const { text } = await exchange(server.port, [
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
      `1e\r\n${'x'.repeat(30)}\r\n0\r\n\r\n`,
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    ])
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })
})
