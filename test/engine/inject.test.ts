import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { failInjected, Injector } from '../../src/engine/inject.ts'

const HOST = ['Host', 'localhost']

/** Answers with what arrived. */
function echo(req: IncomingMessage, res: ServerResponse): void {
  const chunks: Buffer[] = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => {
    const { method, url, rawHeaders, socket } = req
    const body = Buffer.concat(chunks).toString('latin1')
    res.end(JSON.stringify({ method, url, rawHeaders, body, remote: socket.remoteAddress }))
  })
}

async function echoed(
  request: Parameters<Injector['request']>[0],
): Promise<Record<string, unknown>> {
  const { body } = await new Injector(echo).request(request)
  return JSON.parse(body.toString())
}

describe('what the app sees', () => {
  it.each(['/a%2Fb//c/../%zz?x=%ff&&#f', '//h/x', 'http://other/x?y', '/%C3%A9', '/;a=b:c@d'])(
    'the target %s byte for byte',
    async (target) => {
      const host = target.startsWith('http') ? 'other' : 'localhost'
      expect(await echoed({ target, headers: ['Host', host] })).toMatchObject({ url: target })
    },
  )

  it('only the headers that were given, in order and casing', async () => {
    const headers = ['Host', 'h', 'X-b', '1', 'x-A', '2', 'X-b', '3']
    expect(await echoed({ headers })).toMatchObject({
      rawHeaders: ['Host', 'h', 'X-b', '1', 'X-b', '3', 'x-A', '2'],
    })
  })

  it('no length of a body that there is not', async () => {
    expect(await echoed({ method: 'POST', headers: HOST })).toMatchObject({
      rawHeaders: HOST,
      body: '',
    })
  })

  it.each([
    ['text', 'h\xe9', 'h\xc3\xa9'],
    ['bytes', Uint8Array.of(104, 0, 255), 'h\x00\xff'],
  ])('%s as a body of known length, with any method', async (_what, body, seen) => {
    for (const method of ['POST', 'GET', 'DELETE', 'PROPFIND']) {
      expect(await echoed({ method, headers: HOST, body })).toMatchObject({
        method,
        rawHeaders: [...HOST, 'Content-Length', String(Buffer.byteLength(seen, 'latin1'))],
        body: seen,
      })
    }
  })

  it('a stream in chunks', async () => {
    const body = Readable.from(['one ', 'two'])
    expect(await echoed({ method: 'POST', headers: HOST, body })).toMatchObject({
      rawHeaders: [...HOST, 'Transfer-Encoding', 'chunked'],
      body: 'one two',
    })
  })

  it('an address, and whether the connection is encrypted', async () => {
    expect(await echoed({ headers: HOST })).toMatchObject({ remote: '127.0.0.1' })
    expect(await echoed({ headers: HOST, remoteAddr: '::1' })).toMatchObject({ remote: '::1' })
    const secure = new Injector((req, res) => {
      res.end(String((req.socket as { encrypted?: boolean }).encrypted))
    })
    expect((await secure.request({ headers: HOST, encrypted: true })).body.toString()).toBe('true')
  })

  it('what prepare() attached', async () => {
    const injector = new Injector((req, res) => {
      res.end((req as { note?: string }).note)
    })
    const prepare = (req: IncomingMessage): void => {
      ;(req as { note?: string }).note = 'attached'
    }
    expect((await injector.request({ headers: HOST, prepare })).body.toString()).toBe('attached')
  })
})

describe('what the client gets', () => {
  it('status, reason, headers with casing and repetition, and the body', async () => {
    const injector = new Injector((_req, res) => {
      res.writeHead(418, 'Short and Stout', ['X-a', '1', 'Set-Cookie', 'a', 'Set-Cookie', 'b'])
      res.end('tea')
    })
    const reply = await injector.request({ headers: HOST })
    expect(reply).toMatchObject({ status: 418, statusMessage: 'Short and Stout' })
    expect(reply.rawHeaders).toEqual(['X-a', '1', 'Set-Cookie', 'a', 'Set-Cookie', 'b'])
    expect(reply.body).toEqual(Buffer.from('tea'))
  })

  it('the lines of the connection only if asked for', async () => {
    const injector = new Injector((_req, res) => void res.end('x'))
    const names = (raw: readonly string[]): string[] => raw.filter((_, i) => i % 2 === 0)
    expect(names((await injector.request({ headers: HOST })).rawHeaders)).toEqual([
      'Content-Length',
    ])
    const whole = await injector.request({ headers: HOST, transportHeaders: true })
    expect(names(whole.rawHeaders).toSorted()).toEqual(
      ['Connection', 'Content-Length', 'Date', 'Keep-Alive'].toSorted(),
    )
  })

  it('a Date that the app has set', async () => {
    const injector = new Injector((_req, res) => void res.setHeader('Date', 'today').end())
    expect((await injector.request({ headers: HOST })).rawHeaders).toContain('today')
  })

  it('a HEAD response without its body', async () => {
    const injector = new Injector((_req, res) => {
      res.setHeader('Content-Length', '5')
      res.end('hello')
    })
    const reply = await injector.request({ method: 'HEAD', headers: HOST })
    expect(reply.body).toHaveLength(0)
    expect(reply.rawHeaders).toEqual(['Content-Length', '5'])
  })

  it('a stream as it arrives; leaving it is leaving', async () => {
    let left: (() => void) | undefined
    const leaving = new Promise<void>((resolve) => {
      left = resolve
    })
    const injector = new Injector((_req, res) => {
      res.on('close', () => left?.())
      res.write('first')
    })
    const { stream } = await injector.open({ headers: HOST })
    for await (const chunk of stream) {
      expect(String(chunk)).toBe('first')
      break
    }
    await leaving
  })

  it('a large body, with back-pressure', async () => {
    const big = Buffer.alloc(3_000_000, 'x')
    const injector = new Injector((req, res) => void req.pipe(res))
    const { body } = await injector.request({ method: 'POST', headers: HOST, body: big })
    expect(body.equals(big)).toBe(true)
  })

  it('many at once', async () => {
    const injector = new Injector((req, res) => {
      setTimeout(() => res.end(req.url), Number(req.url?.slice(1)) % 7)
    })
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => injector.request({ target: `/${i}`, headers: HOST })),
    )
    expect(replies.map((reply) => reply.body.toString())).toEqual(
      Array.from({ length: 50 }, (_, i) => `/${i}`),
    )
  })
})

describe('failures', () => {
  it('an exception that the app hands over rejects the request with it', async () => {
    const boom = new Error('boom')
    const injector = new Injector((req, res) => {
      expect(failInjected(req, boom)).toBe(true)
      res.end('not seen')
    })
    await expect(injector.request({ headers: HOST })).rejects.toBe(boom)
  })

  it('after the head has arrived, the body fails', async () => {
    const injector = new Injector(async (req, res) => {
      res.write('begun')
      await new Promise((resolve) => setTimeout(resolve, 10))
      failInjected(req, new Error('late'))
    })
    await expect(injector.request({ headers: HOST })).rejects.toThrow()
  })

  it('a connection that the app closes rejects the request', async () => {
    const injector = new Injector((req) => void req.socket.destroy())
    await expect(injector.request({ headers: HOST })).rejects.toThrow('socket hang up')
  })

  it('a request that is refused is a response', async () => {
    const reply = await new Injector(echo).request({ headers: ['Host', 'a b'] })
    expect(reply.status).toBe(400)
    expect((await new Injector(echo).request({})).status).toBe(400)
    const raw = { target: '/\xe9', headers: HOST }
    expect((await new Injector(echo).request(raw)).status).toBe(400)
  })

  it('an abort', async () => {
    const injector = new Injector(() => undefined)
    const stop = new AbortController()
    const reply = injector.request({ headers: HOST, signal: stop.signal })
    setTimeout(() => stop.abort(new Error('enough')), 10)
    await expect(reply).rejects.toThrow('enough')
    await expect(injector.request({ headers: HOST, signal: stop.signal })).rejects.toThrow('enough')
  })

  it('an upload that fails', async () => {
    const body = Readable.from(
      (async function* () {
        yield 'some'
        throw new Error('disk')
      })(),
    )
    await expect(
      new Injector(echo).request({ method: 'POST', headers: HOST, body }),
    ).rejects.toThrow('disk')
  })

  it('a request of another transport was not injected', () => {
    expect(failInjected({ socket: {} } as IncomingMessage, new Error())).toBe(false)
  })
})
