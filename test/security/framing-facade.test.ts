import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type BustAPI, request } from '../../src/index.ts'
import { expectNoTrace, live, requestBytes, until } from './live-app.ts'

/** What the app saw; a request that is refused must leave no trace here. */
interface Seen {
  layers: string[]
  views: string[]
}

// Each way into an app reads the body in another place.
const WAYS: readonly [way: string, add: (app: BustAPI, seen: Seen) => void][] = [
  ['the app alone', () => {}],
  [
    'behind middleware',
    (app, seen) => {
      app.use((req, _res, next) => {
        seen.layers.push(String(req.url))
        next()
      })
    },
  ],
  [
    'behind Fastify',
    (app, seen) => {
      app.fastify.addHook('onRequest', (req, _reply, done) => {
        seen.layers.push(req.url)
        done()
      })
    },
  ],
  [
    'behind a wrapper',
    (app, seen) => {
      const inner = app.wsgiApp
      app.wsgiApp = (req, res) => {
        seen.layers.push(String(req.url))
        return inner(req, res)
      }
    },
  ],
]

async function serve(add: (app: BustAPI, seen: Seen) => void) {
  const seen: Seen = { layers: [], views: [] }
  const app = await live((a) => {
    a.route('/x', { methods: ['GET', 'POST'] }, () => {
      const body = request.getData({ asText: true })
      seen.views.push(body)
      return `<${body}>`
    })
    a.get('/admin', () => 'admin')
    add(a, seen)
  })
  return { app, seen }
}

const HEAD = 'POST /x HTTP/1.1\r\nHost: localhost\r\n'
const SMUGGLED = 'GET /admin HTTP/1.1\r\nHost: localhost\r\n\r\n'

const REFUSED: readonly [id: string, bytes: string][] = [
  [
    'S01 length and chunked',
    `${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'S01 chunked and length',
    `${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
  ],
  ['S02 two lengths', `${HEAD}Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello`],
  ['S02 the same length twice', `${HEAD}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
  ['S02 a list', `${HEAD}Content-Length: 5,5\r\n\r\nhello`],
  ['S02 +5', `${HEAD}Content-Length: +5\r\n\r\nhello`],
  ['S02 0x5', `${HEAD}Content-Length: 0x5\r\n\r\nhello`],
  ['S02 5 5', `${HEAD}Content-Length: 5 5\r\n\r\nhello`],
  ['S02 none', `${HEAD}Content-Length: \r\n\r\nhello`],
  ['S02 more than fits', `${HEAD}Content-Length: ${'9'.repeat(30)}\r\n\r\nhello`],
  ['S03 xchunked', `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['S03 gzip, chunked', `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['S04 chunked, identity', `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  [
    'S04 chunked twice',
    `${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['S04 folded', `${HEAD}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
  ['S04 a space before the colon', `${HEAD}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
  ['S04 a tab before the colon', `${HEAD}Content-Length\t: 5\r\n\r\nhello`],
  ['S04 a form feed', `${HEAD}Transfer-Encoding: \fchunked\r\n\r\n0\r\n\r\n`],
  ['a header without a colon', `${HEAD}Nonsense\r\n\r\n`],
  ['a header with no name', `${HEAD}: x\r\n\r\n`],
  ['a space before the first header', 'POST /x HTTP/1.1\r\n Host: localhost\r\n\r\n'],
  ['a bare CR in a header', `${HEAD}X: a\rContent-Length: 5\r\n\r\n`],
  ['a NUL in a header', `${HEAD}X: a\0b\r\n\r\n`],
  ['a space in the target', 'GET /x y HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['an unknown version', 'GET /x HTTP/9.9\r\nHost: localhost\r\n\r\n'],
  ['no version', 'GET /x\r\nHost: localhost\r\n\r\n'],
]

describe.each(WAYS)('%s', (_way, add) => {
  it.each(REFUSED)(
    '%s: one 400, nobody sees it, nothing behind it is served',
    async (_id, bytes) => {
      const { app, seen } = await serve(add)
      const reply = await app.raw(bytes + SMUGGLED)
      expect(reply.statuses).toHaveLength(1)
      expect([400, 505]).toContain(reply.status)
      expect([seen.layers, seen.views, reply.closed]).toEqual([[], [], true])
      expectNoTrace(reply)
      await app.expectHealthy()
    },
  )

  it.each([
    ['0x5', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a bare LF', '5\nhello\r\n0\r\n\r\n'],
    ['too many digits', `${'F'.repeat(18)}\r\nhello`],
    ['CR CR', '5\r\r;a\r\nhello\r\n0\r\n\r\n'],
    ['a sign', '-5\r\nhello\r\n0\r\n\r\n'],
    ['an end that is none', '5\r\nhelloX0\r\n\r\n'],
    ['a second chunk that is broken', '5\r\nhello\r\nzz\r\nworld\r\n0\r\n\r\n'],
  ])('S06 a chunk with %s: one 400, and its bytes reach no view', async (_id, body) => {
    const { app, seen } = await serve(add)
    const reply = await app.raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${body}${SMUGGLED}`)
    expect([reply.statuses, seen.views, reply.closed]).toEqual([[400], [], true])
    await app.expectHealthy()
  })

  it('S07 a chunk extension of 64 KB is a 413 or 400', async () => {
    const { app, seen } = await serve(add)
    const reply = await app.raw(
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n5;${'a'.repeat(65_536)}\r\nhello\r\n0\r\n\r\n`,
    )
    expect([400, 413]).toContain(reply.status)
    expect([reply.statuses.length, seen.views]).toEqual([1, []])
    await app.expectHealthy()
  })

  it('S09 nothing is served behind Connection: close', async () => {
    const { app } = await serve(add)
    const reply = await app.raw(requestBytes('GET', '/x') + SMUGGLED)
    expect([reply.statuses, reply.output.includes('admin')]).toEqual([[200], false])
    await app.expectHealthy()
  })

  it('a body of a GET is not the next request', async () => {
    const { app, seen } = await serve(add)
    const get = `GET /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`
    const reply = await app.raw(get + SMUGGLED + requestBytes('GET', '/alive'))
    expect([reply.statuses, seen.views]).toEqual([[200, 200], [SMUGGLED]])
    expect(reply.output.endsWith('alive')).toBe(true)
  })

  it('a body that no view reads is not the next request', async () => {
    const { app } = await serve(add)
    const post = (target: string): string =>
      `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`
    const reply = await app.raw(
      post('/nowhere') + SMUGGLED + post('/admin') + SMUGGLED + requestBytes('GET', '/alive'),
    )
    expect(reply.statuses).toEqual([404, 405, 200])
    expect(reply.output.endsWith('alive')).toBe(true)
  })
})

describe('S08: garbage behind a request', () => {
  it('whose response streams: never a second status inside the body', async () => {
    let ended = 0
    const app = await live((a) => {
      a.get('/stream', () =>
        (async function* () {
          try {
            for (;;) {
              yield 'chunk'
              await new Promise((done) => setTimeout(done, 5))
            }
          } finally {
            ended++
          }
        })(),
      )
    })
    const socket = connect(app.port, '127.0.0.1')
    let output = ''
    socket.on('data', (chunk) => {
      output += String(chunk)
    })
    socket.on('error', () => {})
    socket.write('GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => output.includes('chunk'))
    socket.write('\0garbage\r\n\r\n')
    await once(socket, 'close')
    expect(output.match(/HTTP\/1/g)).toHaveLength(1)
    await until(() => ended === 1)
    await app.expectHealthy()
  })

  it('that the view still works on: the connection closes, the view ends, hooks run', async () => {
    const torn: string[] = []
    const app = await live((a) => {
      a.get('/slow', async () => {
        await new Promise((done) => setTimeout(done, 50))
        return 'late'
      })
      a.teardownRequest(() => void torn.push('request'))
    })
    const reply = await app.raw('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\ngarbage\r\n\r\n')
    expect([reply.output, reply.closed]).toEqual(['', true])
    await app.expectHealthy()
    expect(torn).toEqual(['request', 'request'])
  })
})

describe('S71: an upgrade that nobody asked for', () => {
  it.each([
    ['websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'],
    ['h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n'],
    ['h2c, websocket', ''],
    ['nonsense', ''],
  ])('to %s never switches protocols', async (protocol, lines) => {
    const { app } = await serve(() => {})
    const reply = await app.raw(
      `GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: ${protocol}\r\n${lines}\r\n`,
    )
    expect(reply.statuses).toHaveLength(1)
    expect([200, 400, 404]).toContain(reply.status)
    await app.expectHealthy()
  })

  it('HTTP/2’s preface and CONNECT are refused', async () => {
    const { app } = await serve(() => {})
    for (const bytes of [
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n',
    ]) {
      const reply = await app.raw(bytes)
      expect(reply.closed).toBe(true)
      expect(reply.output).not.toContain(' 200 ')
    }
    await app.expectHealthy()
  })
})
