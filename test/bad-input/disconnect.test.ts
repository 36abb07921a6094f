import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  afterThisRequest,
  type BustAPI,
  g,
  Response,
  request,
  streamWithContext,
} from '../../src/index.ts'
import { openSpools } from '../request/spools.ts'
import { type LiveApp, live, until } from '../security/live-app.ts'

/** A client that sends what it is told and leaves when it is told. */
async function client(app: LiveApp, bytes: string): Promise<Socket> {
  const socket = connect(app.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(bytes, 'latin1')
  return socket
}

const leave: readonly [how: string, leave: (socket: Socket) => void][] = [
  ['breaks off', (socket) => void socket.resetAndDestroy()],
  ['closes', (socket) => void socket.destroy()],
  ['ends its side', (socket) => void socket.end()],
]

const head = (path: string, ...lines: string[]): string =>
  `${[`POST ${path} HTTP/1.1`, 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n`

describe('a client that leaves during its upload', () => {
  interface Seen {
    begun?: number
    torn: string[]
    answered: string[]
  }

  function uploads(app: BustAPI, seen: Seen): void {
    app.use((_req, _res, next) => {
      seen.begun = (seen.begun ?? 0) + 1
      next()
    })
    app.teardownRequest(() => void seen.torn.push('request'))
    app.teardownAppcontext(() => void seen.torn.push('app context'))
    const note = (read: () => unknown) => (): string => {
      try {
        seen.answered.push(String(read()))
      } catch (error) {
        seen.answered.push((error as Error).constructor.name)
        throw error
      }
      return 'ok'
    }
    app.post(
      '/data',
      note(() => request.data.length),
    )
    app.post(
      '/form',
      note(() => request.form.size),
    )
    app.post(
      '/files',
      note(() => request.files.size),
    )
    app.post(
      '/json',
      note(() => request.json),
    )
  }

  const bodies: readonly [path: string, what: string, lines: string[], body: string][] = [
    ['/data', 'in memory', ['Content-Length: 1000'], 'x'.repeat(500)],
    ['/data', 'in a temporary file', ['Content-Length: 2000000'], 'x'.repeat(700_000)],
    ['/data', 'in chunks', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n'],
    ['/data', 'within a chunk', ['Transfer-Encoding: chunked'], 'ff\r\nhello'],
    ['/data', 'before its first byte', ['Content-Length: 10'], ''],
    [
      '/form',
      'as a form',
      ['Content-Length: 100', 'Content-Type: application/x-www-form-urlencoded'],
      'a=1&b',
    ],
    [
      '/files',
      'in a part of a form',
      ['Content-Length: 2000000', 'Content-Type: multipart/form-data; boundary=b'],
      `--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n${'x'.repeat(700_000)}`,
    ],
    ['/json', 'as JSON', ['Content-Length: 100', 'Content-Type: application/json'], '{"a":'],
  ]

  for (const [how, end] of leave) {
    it.each(bodies)(
      `to %s, %s, and ${how}: torn down once, nothing is left`,
      async (path, _w, lines, body) => {
        const seen: Seen = { torn: [], answered: [] }
        const app = await live((a) => uploads(a, seen))
        const socket = await client(app, head(path, ...lines) + body)
        const large = body.length > 500_000
        if (large && openSpools() !== -1) await until(() => openSpools() > 0)
        await until(() => seen.begun === 1)
        await sleep(20)
        end(socket)
        await until(() => seen.torn.length === 2)
        expect(seen).toEqual({
          begun: 1,
          torn: ['request', 'app context'],
          answered: ['ClientDisconnected'],
        })
        await app.expectHealthy()
        socket.destroy()
      },
    )
  }

  it('is no error of the app: nothing is logged', async () => {
    const seen: Seen = { torn: [], answered: [] }
    const app = await live((a) => uploads(a, seen))
    const socket = await client(app, `${head('/data', 'Content-Length: 10')}x`)
    await until(() => seen.begun === 1)
    socket.destroy()
    await until(() => seen.torn.length === 2)
    expect(app.records).toEqual([])
    await app.expectHealthy()
  })

  it('twenty at once leave nothing behind', async () => {
    const seen: Seen = { torn: [], answered: [] }
    const app = await live((a) => uploads(a, seen))
    const bytes = head('/data', 'Content-Length: 2000000') + 'x'.repeat(600_000)
    const sockets = await Promise.all(Array.from({ length: 20 }, () => client(app, bytes)))
    await until(() => seen.begun === 20)
    for (const socket of sockets) socket.resetAndDestroy()
    await until(() => seen.torn.length === 40)
    await app.expectHealthy()
  })
})

describe('a client that leaves before the answer', () => {
  it('the view ends undisturbed, hooks and teardown run, nothing is sent or logged', async () => {
    const seen: string[] = []
    let go: (() => void) | null = null
    const app = await live((a) => {
      a.get('/slow', async () => {
        await new Promise<void>((resolve) => {
          go = resolve
        })
        seen.push(`view of ${request.path}`)
        g.kept = 'kept'
        afterThisRequest((response) => {
          seen.push(`after ${g.kept}`)
          return response
        })
        return 'late'
      })
      a.teardownRequest((error) => void seen.push(`teardown ${error}`))
    })
    const socket = await client(app, 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => go !== null)
    socket.resetAndDestroy()
    await sleep(30)
    ;(go as (() => void) | null)?.()
    await until(() => seen.length === 3)
    expect(seen).toEqual(['view of /slow', 'after kept', 'teardown null'])
    expect(app.records).toEqual([])
    await app.expectHealthy()
  })
})

describe('a stream that never ends, when its client leaves', () => {
  interface Ended {
    returned: number
    closed: number
  }

  const streams: readonly [what: string, make: (ended: Ended) => unknown][] = [
    [
      'a generator',
      (ended) =>
        (function* () {
          try {
            for (;;) yield 'x'.repeat(1000)
          } finally {
            ended.returned++
          }
        })(),
    ],
    [
      'an asynchronous generator',
      (ended) =>
        (async function* () {
          try {
            for (;;) {
              await sleep(1)
              yield 'x'.repeat(1000)
            }
          } finally {
            ended.returned++
          }
        })(),
    ],
    [
      'a generator with the request’s context',
      (ended) =>
        streamWithContext(
          (function* () {
            try {
              for (;;) yield `${request.path}${'x'.repeat(1000)}`
            } finally {
              ended.returned++
            }
          })(),
        ),
    ],
    [
      'an iterator of one’s own',
      (ended) => ({
        next: () => ({ done: false, value: 'x'.repeat(1000) }),
        return: () => {
          ended.returned++
          return { done: true, value: undefined }
        },
        [Symbol.iterator]() {
          return this
        },
      }),
    ],
    [
      'a Node stream',
      (ended) =>
        new Readable({
          read() {
            this.push('x'.repeat(1000))
          },
          destroy(error, done) {
            ended.returned++
            done(error)
          },
        }),
    ],
    [
      'a Web stream',
      (ended) =>
        new ReadableStream({
          pull(controller) {
            controller.enqueue(Buffer.from('x'.repeat(1000)))
          },
          cancel() {
            ended.returned++
          },
        }),
    ],
    [
      'a Node stream that is silent',
      (ended) =>
        new Readable({
          read() {
            if (this.readableLength === 0 && ended.closed === 0) this.push('first')
            ended.closed = Math.max(ended.closed, 0)
          },
          destroy(error, done) {
            ended.returned++
            done(error)
          },
        }),
    ],
  ]

  it.each(streams)('%s is told, and closed once', async (_what, make) => {
    const ended: Ended = { returned: 0, closed: 0 }
    const torn: string[] = []
    const app = await live((a) => {
      a.teardownRequest(() => void torn.push('request'))
      a.teardownAppcontext(() => void torn.push('app context'))
      a.get('/stream', () => {
        const response = new Response(make(ended) as never)
        response.callOnClose(() => void ended.closed++)
        return response
      })
    })
    const socket = await client(app, 'GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    expect(ended).toEqual({ returned: 0, closed: 0 })
    socket.resetAndDestroy()
    await until(() => ended.returned === 1 && ended.closed === 1)
    expect(torn.slice(0, 2)).toEqual(['request', 'app context'])
    expect(app.records).toEqual([])
    await app.expectHealthy()
    expect(ended).toEqual({ returned: 1, closed: 1 })
  })

  it('one that waits for something that never comes is let go of with its client', async () => {
    let closed = 0
    const app = await live((a) => {
      a.get('/stream', () => {
        const response = new Response(
          (async function* () {
            yield 'first'
            await new Promise(() => {})
          })(),
        )
        response.callOnClose(() => void closed++)
        return response
      })
    })
    const socket = await client(app, 'GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    socket.resetAndDestroy()
    await until(() => closed === 1)
    await app.expectHealthy()
  })

  it('a HEAD request does not begin it', async () => {
    const ran: string[] = []
    const app = await live((a) => {
      a.get('/stream', () => {
        const response = new Response(
          (function* () {
            ran.push('begun')
            yield 'x'
          })(),
        )
        response.callOnClose(() => void ran.push('closed'))
        return response
      })
    })
    const reply = await app.send('HEAD', '/stream')
    expect([reply.statuses, reply.body, ran]).toEqual([[200], '', ['closed']])
    await app.expectHealthy()
  })
})

describe('a stream that fails', () => {
  it('before its first chunk is a 500', async () => {
    const app = await live((a) => {
      a.get('/stream', () =>
        (function* () {
          yield* [] as string[]
          throw new Error('stream failed')
        })(),
      )
    })
    const reply = await app.send('GET', '/stream')
    expect(reply.statuses).toEqual([500])
    expect(reply.output).not.toContain('stream failed')
    expect(app.log()).toContain('stream failed')
    await app.expectHealthy()
  })

  it('later breaks the connection: no second status, no end of the body', async () => {
    const app = await live((a) => {
      a.get('/stream', () =>
        (async function* () {
          yield 'first'
          await sleep(1)
          throw new Error('stream failed')
        })(),
      )
    })
    const reply = await app.send('GET', '/stream')
    expect(reply.statuses).toEqual([200])
    expect(reply.body).toContain('first')
    expect(reply.body).not.toContain('0\r\n\r\n')
    expect(reply.output).not.toContain('stream failed')
    expect(reply.closed).toBe(true)
    expect(app.log()).toContain('stream failed')
    await app.expectHealthy()
  })

  it('in a teardown after its end is logged, and the process lives', async () => {
    let teardowns = 0
    const app = await live((a) => {
      a.teardownRequest(async () => {
        teardowns++
        if (teardowns === 2) throw new Error('late teardown')
      })
      a.get('/stream', () => streamWithContext([`a`, 'b'].values()))
    })
    const reply = await app.send('GET', '/stream')
    expect(reply.statuses).toEqual([200])
    await until(() => app.log().includes('late teardown'))
    await app.expectHealthy()
  })
})
