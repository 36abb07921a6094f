import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { getRequestContext } from '../../src/context/proxies.ts'
import { type BustAPI, Response, request } from '../../src/index.ts'
import { expectNoTrace, live, requestBytes } from './live-app.ts'

const rawResponse = () => {
  const { rawResponse: res } = getRequestContext()
  if (res === null) throw new Error('no response')
  return res
}

// S73: each request gets exactly one response, whatever the code does.
const CASES: readonly [what: string, statuses: number[], add: (app: BustAPI) => void][] = [
  [
    'a view that throws after it answered through Node',
    [201],
    (app) => {
      app.get('/x', () => {
        rawResponse().writeHead(201).end('own')
        throw new Error('too late')
      })
    },
  ],
  [
    'a view that answers twice',
    [201],
    (app) => {
      app.get('/x', () => {
        rawResponse().writeHead(201).end('own')
        return 'again'
      })
    },
  ],
  [
    'a view that rejects after it answered',
    [201],
    (app) => {
      app.get('/x', async () => {
        rawResponse().writeHead(201).end('own')
        await sleep(5)
        throw new Error('too late')
      })
    },
  ],
  [
    'middleware that calls next() twice',
    [200],
    (app) => {
      app.use((_req, _res, next) => {
        next()
        next()
      })
      app.get('/x', () => 'view')
    },
  ],
  [
    'middleware that calls next() and then next(error)',
    [200],
    (app) => {
      app.use((_req, _res, next) => {
        next()
        next(new Error('too late'))
      })
      app.get('/x', () => 'view')
    },
  ],
  [
    'middleware that answers and calls next()',
    [202],
    (app) => {
      app.use((_req, res, next) => {
        res.statusCode = 202
        res.end('own')
        next()
      })
      app.get('/x', () => 'view')
    },
  ],
  [
    'middleware that throws after next()',
    [200],
    (app) => {
      app.use((_req, _res, next) => {
        next()
        throw new Error('too late')
      })
      app.get('/x', () => 'view')
    },
  ],
  [
    'middleware that throws',
    [500],
    (app) => {
      app.use(() => {
        throw new Error('failed')
      })
    },
  ],
  [
    'middleware that rejects',
    [500],
    (app) => {
      app.use(async () => {
        await sleep(1)
        throw new Error('failed')
      })
    },
  ],
  [
    'middleware that throws undefined',
    [500],
    (app) => {
      app.use(() => {
        throw undefined
      })
      app.get('/x', () => 'view')
    },
  ],
  [
    'middleware that calls next() when it has failed and again later',
    [500],
    (app) => {
      app.use((_req, _res, next) => {
        setTimeout(next, 5)
        throw new Error('failed')
      })
      app.get('/x', () => 'view')
    },
  ],
  [
    'error middleware that throws',
    [500],
    (app) => {
      app.use(() => {
        throw new Error('first')
      })
      app.use((_error: unknown, _req: unknown, _res: unknown, _next: unknown) => {
        throw new Error('second')
      })
    },
  ],
  [
    'a wrapper that calls the app twice',
    [200],
    (app) => {
      const inner = app.wsgiApp
      app.get('/x', () => 'view')
      app.wsgiApp = async (req, res) => {
        await inner(req, res)
        await inner(req, res)
      }
    },
  ],
  [
    'a wrapper that throws after the app has answered',
    [200],
    (app) => {
      const inner = app.wsgiApp
      app.get('/x', () => 'view')
      app.wsgiApp = async (req, res) => {
        await inner(req, res)
        throw new Error('too late')
      }
    },
  ],
  [
    'an error handler that fails, and so does the one for 500',
    [500],
    (app) => {
      app.get('/x', () => {
        throw new RangeError('first')
      })
      app.errorhandler(RangeError, () => {
        throw new Error('second')
      })
      app.errorhandler(500, async () => {
        throw new Error('third')
      })
    },
  ],
  [
    'an error handler that returns nothing',
    [500],
    (app) => {
      app.get('/x', () => {
        throw new RangeError('first')
      })
      app.errorhandler(RangeError, () => undefined)
    },
  ],
  [
    'a Node stream that fails before its first byte',
    [500],
    (app) => {
      app.get('/x', () =>
        Readable.from(
          (async function* () {
            yield* [] as string[]
            throw new Error('stream')
          })(),
        ),
      )
    },
  ],
  [
    'a Node stream that is destroyed',
    [500],
    (app) => {
      app.get('/x', () => {
        const stream = new Readable({ read() {} })
        setTimeout(() => stream.destroy(new Error('stream')), 5)
        return stream
      })
    },
  ],
  [
    'a Web stream that fails',
    [500],
    (app) => {
      app.get('/x', () => new ReadableStream({ pull: (c) => c.error(new Error('stream')) }))
    },
  ],
  [
    'a response that was used up already',
    [500],
    (app) => {
      app.get('/x', async () => {
        const used = new globalThis.Response('x')
        await used.text()
        return used
      })
    },
  ],
  [
    'a generator that yields no text',
    [500],
    (app) => {
      app.get('/x', () => [1, 2, { a: 1 }].values())
    },
  ],
  [
    'callOnClose that throws',
    [200],
    (app) => {
      app.get('/x', () => {
        const response = new Response('x')
        response.callOnClose(() => {
          throw new Error('on close')
        })
        return response
      })
    },
  ],
  [
    'a thenable that settles twice',
    [200],
    (app) => {
      app.get('/x', () => ({
        // biome-ignore lint/suspicious/noThenProperty: the case is a foreign thenable
        then(resolve: (value: string) => void, fail: (error: Error) => void) {
          resolve('first')
          fail(new Error('second'))
          resolve('third')
        },
      }))
    },
  ],
]

describe('exactly one response', () => {
  it.each(CASES)('%s', async (what, expected, add) => {
    const app = await live(add)
    // The request behind it shows where the answer ends, and that the connection is usable or closed.
    const behind = requestBytes('GET', '/alive')
    const reply = await app.raw(`GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n${behind}`, {
      idle: 10_000,
    })
    // Middleware and wrappers stand before every route, so only the others leave `/alive` alone.
    const isBroken = /wrapper|middleware/.test(what)
    const next = isBroken ? (expected[0] as number) : 200
    expect(reply.statuses).toEqual(reply.statuses.length === 1 ? expected : [...expected, next])
    expect(reply.closed).toBe(true)
    expect(reply.output).not.toMatch(/too late|first error|second|third/)
    expectNoTrace(reply)
    if (!isBroken) await app.expectHealthy()
    else expect((await app.send('GET', '/x')).statuses).toEqual(expected)
  })

  it('a view that never answers holds up nobody else, and closing ends it', async () => {
    let started = 0
    const app = await live((a) => {
      a.get('/never', () => {
        started++
        return new Promise(() => {})
      })
    })
    const never = app.raw('GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n', { idle: 20_000 })
    for (let i = 0; i < 20; i++) expect((await app.send('GET', '/alive')).body).toBe('alive')
    expect(started).toBe(1)
    app.server.closeAllConnections()
    expect((await never).closed).toBe(true)
  })

  it('requests at once do not see each other', async () => {
    const app = await live((a) => {
      a.get('/echo/<int:n>', async ({ n }) => {
        await sleep(n % 7)
        const { path } = request
        await sleep(n % 3)
        if (n % 5 === 0) throw new Error(`failed ${n}`)
        return `${path} ${request.path} ${n}`
      })
    })
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const reply = await app.send('GET', `/echo/${n}`)
        if (n % 5 === 0) expect(reply.statuses).toEqual([500])
        else expect(reply.body).toBe(`/echo/${n} /echo/${n} ${n}`)
      }),
    )
    expect(app.records).toHaveLength(12)
    await app.expectHealthy()
  })
})
