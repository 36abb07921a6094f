import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type BustAPI, request } from '../../src/index.ts'
import { expectNoTrace, type LiveApp, live } from './live-app.ts'

const FORM = 'Content-Type: application/x-www-form-urlencoded'
const MULTIPART = 'Content-Type: multipart/form-data; boundary=b'

function site(app: BustAPI): void {
  app.post('/form', () => [request.form.size, request.files.size])
  app.post('/json', () => [typeof request.json])
  app.post('/data', () => [request.data.length])
  app.get('/args', () => [request.args.size])
}

const post = (app: LiveApp, path: string, body: string | Buffer, ...headers: string[]) =>
  app.send('POST', path, { body, headers })

describe('S33: a head that is too large reaches nobody', () => {
  it.each([
    ['a header of 20 KB', `X: ${'a'.repeat(20_000)}\r\n`],
    ['20 KB of cookies', `Cookie: ${'a=b; '.repeat(4000)}\r\n`],
    ['2,500 headers', 'a: b\r\n'.repeat(2500)],
    ['a header name of 20 KB', `${'a'.repeat(20_000)}: b\r\n`],
  ])('%s is a 431', async (_what, lines) => {
    let seen = 0
    const app = await live((a) => {
      site(a)
      a.use((_req, _res, next) => {
        seen++
        next()
      })
    })
    const reply = await app.raw(`GET /args HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n`)
    expect([reply.statuses, seen, reply.closed]).toEqual([[431], 0, true])
    expectNoTrace(reply)
    await app.expectHealthy()
  })

  it('so is a target of 20 KB', async () => {
    const app = await live(site)
    const reply = await app.send('GET', `/args?${'a'.repeat(20_000)}`)
    expect([reply.statuses.length, reply.status >= 400 && reply.status < 500]).toEqual([1, true])
    await app.expectHealthy()
  })
})

describe('S34: a client that is too slow', () => {
  const listen = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 25 }

  it.each([
    ['head', 'GET / HTTP/1.1\r\nHost: l', 'a'],
    ['body', 'POST /data HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n', 'a'],
    [
      'body in chunks',
      'POST /data HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
      '1\r\na\r\n',
    ],
  ])('with its %s is cut off with a 408, and its context ends', async (_what, bytes, drop) => {
    const torn: string[] = []
    const app = await live(
      (a) => {
        site(a)
        a.teardownRequest(() => void torn.push('request'))
      },
      { listen },
    )
    // A byte now and then must not keep it alive.
    const socket = connect(app.port, '127.0.0.1')
    let output = ''
    let open = true
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      output += String(chunk)
    })
    socket.on('close', () => {
      open = false
    })
    socket.write(bytes)
    for (let i = 0; i < 200 && open; i++) {
      socket.write(drop)
      await sleep(25)
    }
    expect(open).toBe(false)
    expect(output.split('\r\n')[0]).toBe('HTTP/1.1 408 Request Timeout')
    await app.expectHealthy()
    expect(torn.length).toBe(bytes.startsWith('POST') ? 2 : 1)
  })
})

describe('S37: a compressed body', () => {
  it('is never unfolded: a bomb is the few bytes that came', async () => {
    const app = await live((a) => {
      site(a)
      a.config.MAX_CONTENT_LENGTH = 50_000
    })
    const bomb = gzipSync(Buffer.alloc(20_000_000))
    expect(bomb.byteLength).toBeLessThan(50_000)
    for (const coding of ['gzip', 'deflate', 'br', 'x-gzip', 'gzip, gzip']) {
      const data = await post(app, '/data', bomb, `Content-Encoding: ${coding}`)
      expect(data.body).toBe(`[${bomb.byteLength}]\n`)
      const json = await post(
        app,
        '/json',
        bomb,
        `Content-Encoding: ${coding}`,
        'Content-Type: application/json',
      )
      expect(json.status).toBe(400)
    }
    await app.expectHealthy()
  })
})

describe('S38: many fields', () => {
  it('a hundred thousand are a 413 by default, and nobody waits for them', async () => {
    const app = await live(site)
    const body = Array.from({ length: 100_000 }, (_, i) => `k${i}=v`).join('&')
    expect((await post(app, '/form', body, FORM)).statuses).toEqual([413])
    await app.expectHealthy()
  })

  it.each([
    ['names', Array.from({ length: 50_000 }, (_, i) => `k${i}`).join('&')],
    ['the same name', 'k=v&'.repeat(100_000)],
    ['empty ones', '&'.repeat(400_000)],
    ['brackets', `a${'[]'.repeat(200_000)}=1`],
    ['deep names', `a${'[b]'.repeat(150_000)}=1`],
    ['an index beyond arrays', 'a[4294967294]=1&a[99999999999]=2'],
    ['commas', `a=${','.repeat(400_000)}`],
    ['escapes', `a=${'%41'.repeat(150_000)}`],
    ['broken escapes', `a=${'%'.repeat(400_000)}`],
    ['plus signs', '+'.repeat(400_000)],
    ['equals signs', '='.repeat(400_000)],
  ])('half a megabyte of %s is read in one go', async (_what, body) => {
    const app = await live(site)
    const reply = await post(app, '/form', body, FORM)
    expect([reply.statuses.length, [200, 400, 413].includes(reply.status)]).toEqual([1, true])
    await app.expectHealthy()
  })

  it('in a query that fits into a head are all there', async () => {
    const app = await live(site)
    const query = Array.from({ length: 900 }, (_, i) => `k${i}=v`).join('&')
    expect((await app.send('GET', `/args?${query}`)).body).toBe('[900]\n')
  })
})

describe('S39: multipart', () => {
  const part = (head: string, value: string): string =>
    `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`
  const multi = (app: LiveApp, body: string) => post(app, '/form', body, MULTIPART)

  it('a hundred thousand parts are a 413', async () => {
    const app = await live(site)
    expect((await multi(app, `${part('name="a"', '').repeat(100_000)}--b--`)).statuses).toEqual([
      413,
    ])
    await app.expectHealthy()
  })

  it('a thousand and one are a 413, a thousand are not', async () => {
    const app = await live(site)
    expect((await multi(app, `${part('name="a"', '').repeat(1000)}--b--`)).status).toBe(200)
    expect((await multi(app, `${part('name="a"', '').repeat(1001)}--b--`)).status).toBe(413)
    await app.expectHealthy()
  })

  it.each([
    ['a field of a megabyte', part('name="a"', 'x'.repeat(1_000_000))],
    [
      'a field without an end',
      `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${'x'.repeat(1_000_000)}`,
    ],
    ['a head of a megabyte', part(`name="${'a'.repeat(1_000_000)}"`, 'v')],
    ['a head of many lines', `--b\r\n${'X: y\r\n'.repeat(200_000)}\r\nv\r\n`],
    ['a preamble of a megabyte', 'x'.repeat(1_000_000)],
    ['boundaries that are none', '--bx\r\n'.repeat(200_000)],
    ['dashes', '-'.repeat(1_000_000)],
    ['line breaks', '\r\n'.repeat(500_000)],
    ['half boundaries in a field', part('name="a"', '\r\n--'.repeat(250_000))],
  ])('%s is a 413 or an empty form, without delay', async (_what, body) => {
    const app = await live(site)
    const reply = await multi(app, `${body}--b--\r\n`)
    expect(reply.statuses).toHaveLength(1)
    expect([200, 413]).toContain(reply.status)
    if (reply.status === 200) expect(reply.body).toBe('[0,0]\n')
    await app.expectHealthy()
  })

  it.each([
    ['half boundaries', '\r\n--'.repeat(250_000)],
    ['carriage returns', '\r'.repeat(1_000_000)],
    ['line feeds', '\n'.repeat(1_000_000)],
    ['boundaries with something behind', '\r\n--bx'.repeat(150_000)],
  ])('a file of %s is taken as it is', async (_what, content) => {
    const app = await live((a) => {
      a.post('/file', async () => {
        const file = request.files.getItem('f')
        return [file.size, (await file.buffer()).toString('latin1') === content]
      })
    })
    const reply = await post(
      app,
      '/file',
      `${part('name="f"; filename="f"', content)}--b--\r\n`,
      MULTIPART,
    )
    expect(reply.body).toBe(`[${content.length},true]\n`)
    await app.expectHealthy()
  })

  it('names with brackets and dots stay plain names', async () => {
    const app = await live((a) => {
      a.post('/form', () => [...request.form.keys()])
    })
    const names = ['a[b][c]', 'a.b', '[]', 'a[__proto__][x]', 'a[4294967294]']
    const body = names.map((name) => part(`name="${name}"`, 'v')).join('')
    expect(JSON.parse((await multi(app, `${body}--b--`)).body)).toEqual(names)
  })

  it('a hundred uploads that fail leave no file and no descriptor', async () => {
    const app = await live(site)
    const body =
      part('name="f"; filename="f"', 'x'.repeat(600_000)) + part('name="a"', '').repeat(1001)
    for (let i = 0; i < 10; i++) {
      const replies = await Promise.all(Array.from({ length: 10 }, () => multi(app, body)))
      expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([413]))
    }
    await app.expectHealthy()
  })
})
