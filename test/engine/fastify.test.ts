import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { describe, expect, it } from 'vitest'
import { Engine, type EngineOptions, type Facade } from '../../src/engine/engine.ts'
import { Injector, type InjectRequest } from '../../src/engine/inject.ts'
import { BustIncomingMessage, BustServerResponse } from '../../src/engine/messages.ts'

const text: Facade = (req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => res.end(`facade ${req.method} ${req.url} <${Buffer.concat(chunks)}>`))
}

interface Reply {
  status: number
  body: string
  headers: Record<string, string>
}

function client(
  engine: Engine,
  next?: () => void,
): (target?: string, options?: InjectRequest) => Promise<Reply> {
  const injector = new Injector((req, res) => engine.handle(req, res, next), { onError: () => {} })
  return async (target = '/', options = {}) => {
    const { headers = [], ...rest } = options
    const reply = await injector.request({ target, ...rest, headers: ['Host', 'h', ...headers] })
    const found: Record<string, string> = {}
    for (let i = 0; i < reply.rawHeaders.length; i += 2) {
      found[(reply.rawHeaders[i] as string).toLowerCase()] = reply.rawHeaders[i + 1] as string
    }
    return { status: reply.status, body: reply.body.toString(), headers: found }
  }
}

function withFastify(
  setup: (fastify: FastifyInstance) => void,
  facade: Facade = text,
  options: EngineOptions = {},
): (target?: string, options?: InjectRequest) => Promise<Reply> {
  const engine = new Engine(facade, options)
  setup(engine.fastify)
  return client(engine)
}

/** What the fastify-plugin package does: no scope of its own. */
function unscoped(plugin: FastifyPluginCallback): FastifyPluginCallback {
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}

describe('an app that never touches Fastify', () => {
  it('goes to the facade directly, synchronously', () => {
    const engine = new Engine(() => undefined)
    expect(engine.handle({} as IncomingMessage, {} as ServerResponse)).toBeUndefined()
    expect(engine.fastifyTouched).toBe(false)
  })

  it('is ready at once', async () => {
    const engine = new Engine(text)
    await engine.ready()
    expect(await client(engine)('/x')).toMatchObject({ body: 'facade GET /x <>' })
  })

  it('leaves an ended response alone', async () => {
    let called = false
    const engine = new Engine(() => {
      called = true
    })
    const injector = new Injector((req, res) => {
      res.end('done')
      return engine.handle(req, res)
    })
    expect((await injector.request({ headers: ['Host', 'h'] })).body.toString()).toBe('done')
    expect(called).toBe(false)
  })
})

describe('one instance for each app', () => {
  it('is made on the first touch and kept', () => {
    const engine = new Engine(text)
    const { fastify } = engine
    expect(engine.fastify).toBe(fastify)
    expect(engine.fastifyTouched).toBe(true)
    expect(new Engine(text).fastify).not.toBe(fastify)
  })

  it("runs on the app's own server, with our request and response", async () => {
    const engine = new Engine(text)
    expect(engine.fastify.server).toBe(engine.server)
    engine.fastify.get('/classes', async (request, reply) => [
      request.raw instanceof BustIncomingMessage,
      reply.raw instanceof BustServerResponse,
    ])
    expect((await client(engine)('/classes')).body).toBe('[true,true]')
  })

  it('listens and closes as Fastify does', async () => {
    const engine = new Engine((_req, res) => void res.end('facade'))
    engine.fastify.get('/native', async () => 'native')
    const closed: string[] = []
    engine.fastify.addHook('onClose', async () => void closed.push('hook'))
    const address = await engine.fastify.listen({ port: 0, host: '127.0.0.1' })
    expect(await (await fetch(`${address}/native`)).text()).toBe('native')
    expect(await (await fetch(`${address}/other`)).text()).toBe('facade')
    await engine.close()
    expect(closed).toEqual(['hook'])
    expect(engine.server.listening).toBe(false)
  })
})

describe('native routes', () => {
  const get = withFastify((fastify) => {
    fastify.get('/native', async () => ({ native: true }))
    fastify.get('/item/:name', async (request) => request.params)
    fastify.post('/echo', async (request) => request.body)
    fastify.register(
      async (scope) => {
        scope.get('/x', async () => 'x')
        scope.setNotFoundHandler((_request, reply) => void reply.code(404).send('own 404'))
      },
      { prefix: '/scoped' },
    )
  })

  it('win for exactly their method and path', async () => {
    expect((await get('/native')).body).toBe('{"native":true}')
    expect((await get('/native', { method: 'HEAD' })).headers['content-length']).toBe('15')
    expect((await get('/native', { method: 'POST' })).body).toBe('facade POST /native <>')
    expect((await get('/native/')).body).toBe('facade GET /native/ <>')
    expect((await get('/NATIVE')).body).toBe('facade GET /NATIVE <>')
    expect((await get('/native/x')).body).toBe('facade GET /native/x <>')
  })

  it('keep the body parsers that the facade does without', async () => {
    const json = { method: 'POST', headers: ['Content-Type', 'application/json'], body: '{"a":1}' }
    expect((await get('/echo', json)).body).toBe('{"a":1}')
    expect((await get('/facade', json)).body).toBe('facade POST /facade <{"a":1}>')
  })

  it('may have their own not-found handler under a prefix', async () => {
    expect((await get('/scoped/x')).body).toBe('x')
    expect(await get('/scoped/none')).toMatchObject({ status: 404, body: 'own 404' })
  })

  it('take parameters of any length that a request line can have', async () => {
    const name = 'a'.repeat(2000)
    expect((await get(`/item/${name}`)).body).toBe(JSON.stringify({ name }))
  })

  it('report failures as Fastify does', async () => {
    const failing = withFastify((fastify) => {
      fastify.get('/fail', async () => {
        throw Object.assign(new Error('no'), { statusCode: 418 })
      })
    })
    expect(await failing('/fail')).toMatchObject({ status: 418 })
  })
})

describe('the facade behind Fastify', () => {
  it.each(['PROPFIND', 'OPTIONS', 'DELETE', 'PATCH', 'TRACE', 'MKCOL'])(
    'gets %s',
    async (method) => {
      const get = withFastify(() => {})
      expect((await get('/x', { method })).body).toBe(`facade ${method} /x <>`)
    },
  )

  it.each([
    ['of an unknown type', 'application/x-nonsense', 'abc'],
    ['of no type', null, 'abc'],
    ['that is broken JSON', 'application/json', '{'],
    ['over 1 MiB', 'application/json', 'x'.repeat(1_500_000)],
  ])('reads a body %s itself', async (_what, type, body) => {
    const get = withFastify(() => {})
    const headers = type === null ? [] : ['Content-Type', type]
    const reply = await get('/x', { method: 'POST', headers, body })
    expect(reply.body).toBe(`facade POST /x <${body}>`)
  })

  it('answers a path that Fastify cannot decode', async () => {
    const get = withFastify((fastify) => void fastify.get('/:any', async () => 'native'))
    expect((await get('/%zz')).body).toBe('facade GET /%zz <>')
  })

  it('gets the next() of the app that it is mounted in', async () => {
    const engine = new Engine((_req, res, next) => {
      res.setHeader('X-Seen', 'facade')
      next?.()
    })
    engine.fastify.get('/native', async () => 'native')
    const injector = new Injector((req, res) => engine.handle(req, res, () => res.end('outer')))
    const reply = await injector.request({ headers: ['Host', 'h'] })
    expect(reply.body.toString()).toBe('outer')
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('boom')
      },
    ],
  ])('that %s is reported to whoever called, not answered by Fastify', async (_how, facade) => {
    const errors: unknown[] = []
    const engine = new Engine(facade)
    expect(engine.fastify).toBeDefined()
    const injector = new Injector((req, res) => engine.handle(req, res), {
      onError: (error) => errors.push(error),
    })
    const reply = await injector.request({ headers: ['Host', 'h'] })
    expect(reply.status).toBe(500)
    expect(reply.body.toString()).toContain('<title>500 Internal Server Error</title>')
    expect(errors).toEqual([new Error('boom')])
  })
})

describe('hooks', () => {
  it('run before the facade, in Fastify’s order, and after it', async () => {
    const ran: string[] = []
    const get = withFastify((fastify) => {
      fastify.addHook('onRequest', async () => void ran.push('onRequest'))
      fastify.addHook('preParsing', async () => void ran.push('preParsing'))
      fastify.addHook('preValidation', async () => void ran.push('preValidation'))
      fastify.addHook('preHandler', async () => void ran.push('preHandler'))
      fastify.addHook('preSerialization', async () => void ran.push('preSerialization'))
      fastify.addHook('onSend', async () => void ran.push('onSend'))
      fastify.addHook('onResponse', async () => void ran.push('onResponse'))
    })
    await get('/x', { method: 'POST', headers: ['Content-Type', 'text/x'], body: 'y' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(ran).toEqual(['onRequest', 'preParsing', 'preValidation', 'preHandler', 'onResponse'])
  })

  it('of a plugin apply when it has no scope of its own, and not when it has', async () => {
    const get = withFastify((fastify) => {
      fastify.register(
        unscoped((scope, _options, done) => {
          scope.addHook(
            'onRequest',
            async (_request, reply) => void reply.header('X-Unscoped', '1'),
          )
          done()
        }),
      )
      fastify.register((scope, _options, done) => {
        scope.addHook('onRequest', async (_request, reply) => void reply.header('X-Scoped', '1'))
        done()
      })
    })
    const { headers } = await get('/x')
    expect(headers['x-unscoped']).toBe('1')
    expect(headers['x-scoped']).toBeUndefined()
  })

  it('may answer in place of the facade', async () => {
    let called = false
    const get = withFastify(
      (fastify) => {
        fastify.addHook('preHandler', async (_request, reply) => reply.code(401).send('who?'))
      },
      () => {
        called = true
      },
    )
    expect(await get('/x')).toMatchObject({ status: 401, body: 'who?' })
    expect(called).toBe(false)
  })

  it('that fail are answered by Fastify’s error handler', async () => {
    const get = withFastify((fastify) => {
      fastify.setErrorHandler((error, _request, reply) => {
        reply.code(503).send(`handled ${(error as Error).message}`)
      })
      fastify.addHook('onRequest', async () => {
        throw new Error('hook')
      })
    })
    expect(await get('/x')).toMatchObject({ status: 503, body: 'handled hook' })
  })

  it('headers that they set, also several cookies, are on the response', async () => {
    const injectorReply = withFastify((fastify) => {
      fastify.addHook('onRequest', async (_request, reply) => {
        reply.header('Set-Cookie', 'a=1')
        reply.header('Set-Cookie', 'b=2')
        reply.header('X-Number', 5)
        reply.raw.setHeader('X-Raw', 'raw')
      })
    })
    const { headers } = await injectorReply('/x')
    expect(headers).toMatchObject({ 'x-number': '5', 'x-raw': 'raw', 'set-cookie': 'b=2' })
  })

  it('a guard in preHandler is not passed with a malformed Content-Type', async () => {
    let called = false
    const get = withFastify(
      (fastify) => {
        fastify.addHook('preHandler', async (_request, reply) => reply.code(401).send())
      },
      (_req, res) => {
        called = true
        res.end()
      },
    )
    const reply = await get('/x', {
      method: 'POST',
      headers: ['Content-Type', 'nonsense; ;'],
      body: 'x',
    })
    expect(reply.status).toBe(415)
    expect(called).toBe(false)
  })
})

describe('plugins', () => {
  it('that register wildcard routes, as @fastify/cors does, do not collide with the facade', async () => {
    const get = withFastify((fastify) => {
      fastify.register(
        unscoped((scope, _options, done) => {
          scope.addHook('onRequest', async (request, reply) => {
            reply.header('Access-Control-Allow-Origin', '*')
            if (request.method === 'OPTIONS') return reply.code(204).send()
            return undefined
          })
          scope.options('*', async (_request, reply) => reply.code(400).send())
          done()
        }),
      )
    })
    expect(await get('/x', { method: 'OPTIONS' })).toMatchObject({ status: 204 })
    expect(await get('/x')).toMatchObject({
      body: 'facade GET /x <>',
      headers: { 'access-control-allow-origin': '*' },
    })
  })

  it('that fail to load fail ready(), and each request', async () => {
    const engine = new Engine(text)
    engine.fastify.register((_scope, _options, done) => done(new Error('no database')))
    await expect(engine.ready()).rejects.toThrow('no database')
    expect(await client(engine)('/x')).toMatchObject({ status: 500 })
  })

  it('may be registered after the app has answered its first requests', async () => {
    const engine = new Engine(text)
    const get = client(engine)
    expect((await get('/late')).body).toBe('facade GET /late <>')
    engine.fastify.get('/late', async () => 'native')
    expect((await get('/late')).body).toBe('native')
  })

  it('cannot take the place of the facade: the error says what to use instead', () => {
    const { fastify } = new Engine(text)
    expect(() => fastify.setNotFoundHandler(() => {})).toThrow('app.errorhandler(404')
  })

  it('get the options that the app was made with', async () => {
    const get = withFastify((fastify) => void fastify.get('/Native', async () => 'native'), text, {
      fastify: { routerOptions: { caseSensitive: false } },
    })
    expect((await get('/nAtive')).body).toBe('native')
  })
})
