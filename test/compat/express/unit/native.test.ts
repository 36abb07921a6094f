import { describe, expect, test } from 'vitest'
import type { Request } from '../../../../compat/express/index.ts'
import express5 from '../../../../compat/express/index.ts'
import { ask, listening, real5, VERSIONS } from './support.ts'

describe.each(VERSIONS)('app.fastify in Express $version', ({ ours: express }) => {
  test('a native route wins for its method and path, over middleware too', async () => {
    const app = express()
    const log: string[] = []
    app.use((req, _res, next) => {
      log.push(`${req.method} ${req.url}`)
      next()
    })
    app.get('/both', (_req, res) => {
      res.send('express')
    })
    app.post('/both', (_req, res) => {
      res.send('express post')
    })
    app.get('/express', (_req, res) => {
      res.send('only express')
    })
    app.fastify.get('/both', async () => ({ by: 'fastify' }))
    await listening(app, async (server) => {
      expect(JSON.parse((await ask(server, '/both')).body)).toEqual({ by: 'fastify' })
      expect((await ask(server, '/both', { method: 'POST' })).body).toBe('express post')
      expect((await ask(server, '/express')).body).toBe('only express')
      expect((await ask(server, '/none')).status).toBe(404)
      expect(log).toEqual(['POST /both', 'GET /express', 'GET /none'])
      expect(app.fastify.server).toBe(server)
    })
  })

  test("Fastify's hooks run for Express's routes, which still read the body", async () => {
    const app = express()
    app.fastify.addHook('onRequest', async (_request, reply) => {
      reply.header('X-Hook', 'ran')
    })
    app.use(express.json())
    app.post('/', (req, res) => {
      res.json(req.body)
    })
    await listening(app, async (server) => {
      const reply = await ask(server, '/', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"a":1}',
      })
      expect([reply.body, reply.headers['x-hook']]).toEqual(['{"a":1}', 'ran'])
    })
  })
})

describe.each(VERSIONS)('app.inject in Express $version', ({ ours: express }) => {
  test('handles a request without a socket', async () => {
    const app = express()
    app.use(express.json())
    app.post('/items/:id', (req, res) => {
      res.status(201).cookie('a', '1').cookie('b', '2').json({ id: req.params.id, body: req.body })
    })
    const reply = await app.inject({ method: 'post', url: '/items/7?x=1', payload: { n: 1 } })
    expect(reply.statusCode).toBe(201)
    expect(reply.json()).toEqual({ id: '7', body: { n: 1 } })
    expect(reply.headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; Path=/'])
    expect((await app.inject('/none')).statusCode).toBe(404)
  })
})

describe('the setting "writable query"', () => {
  const assign = (req: Request): unknown => {
    ;(req as { query: unknown }).query = { replaced: '1' }
    return req.query
  }

  test('lets middleware of Express 4 assign to req.query, and change it', async () => {
    const app = express5()
    app.set('writable query', true)
    app.get('/assign', (req, res) => {
      res.json(assign(req))
    })
    app.get('/change', (req, res) => {
      req.query.added = '2'
      res.json(req.query)
    })
    expect((await app.inject('/assign?a=1')).json()).toEqual({ replaced: '1' })
    expect((await app.inject('/change?a=1')).json()).toEqual({ a: '1', added: '2' })
  })

  test('is off from the start, so that assigning fails as in Express', async () => {
    const messages = await Promise.all(
      [express5, real5].map((express) => {
        const app = express()
        app.get('/', (req, res) => {
          try {
            assign(req)
            res.send('assigned')
          } catch (error) {
            res.send((error as Error).message)
          }
        })
        return listening(app, async (server) => (await ask(server, '/?a=1')).body)
      }),
    )
    expect(messages[0]).toBe(messages[1])
  })
})
