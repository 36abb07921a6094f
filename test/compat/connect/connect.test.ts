import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import original from 'connect'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect, finalHandler, MiddlewareChain } from '../../../compat/connect/index.ts'
import { Injector, type InjectRequest, type InjectResponse } from '../../../src/engine/inject.ts'

type Next = (error?: unknown) => void
type Handler = (req: IncomingMessage, res: ServerResponse, next: Next) => void
type ErrorHandler = (error: unknown, req: IncomingMessage, res: ServerResponse, next: Next) => void

/** What both apps have: the part of Connect's API that a program uses. */
interface App {
  (req: IncomingMessage, res: ServerResponse, next?: Next): void
  use(handler: Handler): unknown
  use(handler: ErrorHandler | App): unknown
  use(path: string, handler: Handler): unknown
}

type Program = (make: () => App) => App

const implementations: readonly [name: string, make: () => App][] = [
  ['connect', original as unknown as () => App],
  ['bustapi/connect', connect as unknown as () => App],
]

function send(app: App, options: InjectRequest): Promise<InjectResponse> {
  const injector = new Injector((req, res) => app(req, res))
  return injector.request({ headers: ['Host', 'localhost'], ...options })
}

/** Runs a program on the original and on ours, and compares the replies byte for byte. */
async function same(program: Program, options: InjectRequest = {}): Promise<string> {
  const replies: { status: number; rawHeaders: readonly string[]; body: string }[] = []
  for (const [, make] of implementations) {
    const { status, rawHeaders, body } = await send(program(make), options)
    replies.push({ status, rawHeaders, body: body.toString() })
  }
  expect(replies[1]).toEqual(replies[0])
  return replies[0]?.body as string
}

const showUrl: Handler = (req, res) => {
  res.end(`${req.url} ${(req as { originalUrl?: string }).originalUrl}`)
}

describe('the same as Connect', () => {
  const targets = ['/', '/a', '/a/', '/A/b', '/a?x', '/a.json', '/ab', '/b/a', 'http://h/a/b?c']
  it.each(targets)('URL under a mount: %s', async (target) => {
    await same(
      (make) => {
        const app = make()
        app.use('/a', showUrl)
        app.use('/', (req, res) => res.end(`rest ${req.url}`))
        return app
      },
      { target },
    )
  })

  // Connect loses the slash of an absolute-form target in a nested mount.
  const plain = targets.filter((target) => target.startsWith('/'))
  it.each(plain)('URL under nested mounts, and afterwards: %s', async (target) => {
    await same(
      (make) => {
        const inner = make()
        inner.use('/b', showUrl)
        const app = make()
        app.use('/a', inner)
        app.use((req, res) => res.end(`after ${req.url}`))
        return app
      },
      { target },
    )
  })

  const missing = ['/none', '/none?x=1', '/a%20b', '/<b>', '/%', '/x"y', '//x', 'http://h/none']
  it.each(missing)('404 page: %s', async (target) => {
    for (const method of ['GET', 'HEAD', 'POST']) {
      await same((make) => make(), { target, method })
    }
  })

  const failures: [what: string, error: unknown][] = [
    [
      'an error',
      Object.assign(new Error('<b>boom</b>'), { stack: 'Error: <b>boom</b>\n    at here' }),
    ],
    ['a status', Object.assign(new Error('no'), { status: 403, stack: 'E' })],
    ['a statusCode', Object.assign(new Error('no'), { statusCode: 409, stack: 'E' })],
    ['a status out of range', Object.assign(new Error('no'), { status: 200, stack: 'E' })],
    ['headers', Object.assign(new Error(), { status: 401, headers: { 'X-A': '1' }, stack: 'E' })],
    [
      'headers without a status',
      Object.assign(new Error(), { headers: { 'X-A': '1' }, stack: 'E' }),
    ],
    ['a string', 'route'],
    ['an object', { toString: () => 'an object' }],
  ]
  it.each(failures)('error page: %s', async (_what, error) => {
    await same((make) => {
      const app = make()
      app.use((_req, res, next) => {
        res.setHeader('X-Before', 'kept')
        res.statusCode = 422
        next(error)
      })
      return app
    })
  })

  it('error middleware, and recovery from an error', async () => {
    const body = await same((make) => {
      const app = make()
      app.use(() => {
        throw new Error('boom')
      })
      app.use((_req, res) => res.end('skipped'))
      const recover: ErrorHandler = (_error, _req, _res, next) => next()
      app.use(recover)
      app.use((_req, res) => res.end('recovered'))
      return app
    })
    expect(body).toBe('recovered')
  })

  it('a response in flight is left alone without an error', async () => {
    const body = await same((make) => {
      const app = make()
      app.use((_req, res, next) => {
        res.write('half')
        next()
        setImmediate(() => res.end('whole'))
      })
      return app
    })
    expect(body).toBe('halfwhole')
  })

  it('a body that nobody reads is drained before the answer', async () => {
    await same((make) => make(), { method: 'POST', body: Buffer.alloc(300_000, 'x') })
  })

  it.each(implementations)(
    '%s closes the connection on an error in mid-response',
    async (_name, make) => {
      const app = make()
      app.use((_req, res, next) => {
        res.writeHead(200, { 'Content-Length': '10' })
        res.write('half')
        setImmediate(next, new Error('boom'))
      })
      await expect(send(app, {})).rejects.toThrow()
    },
  )

  it.each(implementations)('%s is an event emitter with a stack and a route', (_name, make) => {
    const app = make() as unknown as ReturnType<typeof original>
    const heard = vi.fn()
    app.on('ping', heard)
    app.emit('ping', 1)
    expect(heard).toHaveBeenCalledWith(1)
    app.use('/x', showUrl)
    expect(app.route).toBe('/')
    expect(app.stack.map((layer) => layer.route)).toEqual([expect.stringMatching(/^\/x$/)])
    expect(typeof app.handle).toBe('function')
  })
})

describe('production', () => {
  it('hides the stack', async () => {
    const injector = new Injector((req, res) => {
      finalHandler(req, res, 'production')(new Error('secret'))
    })
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { body } = await injector.request({ headers: ['Host', 'h'] })
    expect(body.toString()).toContain('<pre>Internal Server Error</pre>')
    expect(logged).toHaveBeenCalledOnce()
    logged.mockRestore()
  })
})

describe('more than Connect', () => {
  it("a rejected promise is the error middleware's", async () => {
    const app = connect()
    app.use(async () => {
      throw Object.assign(new Error('async'), { status: 403 })
    })
    const { status } = await send(app as unknown as App, {})
    expect(status).toBe(403)
  })

  it('a guard runs for another spelling of its path', async () => {
    const app = connect()
    app.use('/admin', (_req, res) => {
      res.statusCode = 401
      res.end()
    })
    app.use((_req, res) => void res.end('open'))
    for (const target of ['/admin', '//admin', '/%61dmin', '/x/../admin', 'http://h//admin']) {
      expect((await send(app as unknown as App, { target })).status).toBe(401)
    }
  })

  it('chain and app mount each other', async () => {
    const app = connect()
    const chain = new MiddlewareChain()
    chain.use('/b', showUrl)
    app.use('/a', { handle: (req, res, next) => chain.handle(req, res, next) })
    const { body } = await send(app as unknown as App, { target: '/a/b/c' })
    expect(body.toString()).toBe('/c /a/b/c')
  })

  it('what an out of others throws is answered', async () => {
    const app = connect()
    app.use((_req, _res, next) => void setImmediate(next))
    const { status } = await new Injector((req, res) =>
      app.handle(req, res, () => {
        throw new Error('outer')
      }),
    ).request({ headers: ['Host', 'h'] })
    expect(status).toBe(500)
  })
})

describe('listen', () => {
  const app = connect()
  afterEach(() => app.close(0))

  it('makes a real http.Server with our request class', async () => {
    app.use((req, res) => void res.end(req.constructor.name))
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const text = await new Promise<string>((resolve) => {
      request({ port, host: '127.0.0.1' }, (response) => {
        response.setEncoding('utf8')
        response.on('data', resolve)
      }).end()
    })
    expect(text).toBe('BustIncomingMessage')
  })
})
