import { describe, expect, test } from 'vitest'
import express4 from '../../../../compat/express/v4/index.ts'
import { ask, listening, VERSIONS } from './support.ts'

interface Layer {
  handle: unknown
  regexp?: RegExp
}

const stackOf = (app: object): Layer[] =>
  (Object.getOwnPropertyDescriptor(app, '_router')
    ? (app as { _router: { stack: Layer[] } })._router
    : (app as { router: { stack: Layer[] } }).router
  ).stack

describe.each(VERSIONS)('a router’s stack in Express $version', ({ ours: express }) => {
  /** Enough routes for an index. */
  function manyRoutes(): ReturnType<typeof express> {
    const app = express()
    for (let i = 0; i < 20; i++) {
      app.get(`/r${i}`, (_req, res) => {
        res.send(`r${i}`)
      })
    }
    return app
  }

  test('takes layers in and out after the start', async () => {
    const app = manyRoutes()
    await listening(app, async (server) => {
      expect((await ask(server, '/r5')).body).toBe('r5')
      const stack = stackOf(app)
      const last = stack.at(-1) as Layer
      const [removed] = stack.splice(stack.length - 15, 1)
      expect((await ask(server, '/r5')).status).toBe(404)
      expect((await ask(server, '/r19')).body).toBe('r19')
      stack.unshift(removed as Layer)
      expect((await ask(server, '/r5')).body).toBe('r5')
      app.get('/later', (_req, res) => {
        res.send('later')
      })
      expect((await ask(server, '/later')).body).toBe('later')
      // The same length, another order.
      stack.reverse()
      expect((await ask(server, '/r19')).body).toBe('r19')
      expect(stack).toContain(last)
    })
  })

  test('may be replaced as a whole', async () => {
    const app = manyRoutes()
    const router = (Object.getOwnPropertyDescriptor(app, '_router')?.value ??
      (app as unknown as { router: object }).router) as { stack: Layer[] }
    await listening(app, async (server) => {
      expect((await ask(server, '/r1')).body).toBe('r1')
      router.stack = router.stack.filter((_layer, i) => i % 2 === 0)
      const statuses = [(await ask(server, '/r1')).status, (await ask(server, '/r2')).status]
      expect(statuses.sort()).toEqual([200, 404])
    })
  })

  test('runs a handler that a tool has put in the place of another', async () => {
    const app = manyRoutes()
    const layer = stackOf(app).at(-1) as Layer
    const original = layer.handle as (...args: unknown[]) => unknown
    let calls = 0
    layer.handle = function (this: unknown, ...args: unknown[]): unknown {
      calls++
      return original.apply(this, args)
    }
    // Handlers are told by their number of parameters.
    Object.defineProperty(layer.handle, 'length', { value: 3 })
    await listening(app, async (server) => {
      expect((await ask(server, '/r19')).body).toBe('r19')
      expect(calls).toBe(1)
    })
  })

  test('may grow while a request runs', async () => {
    const app = manyRoutes()
    let grown = false
    app.use('/grow', (_req, _res, next) => {
      if (!grown) {
        grown = true
        app.get('/grow', (_inner, res) => {
          res.send('grown')
        })
      }
      next()
    })
    await listening(app, async (server) => {
      expect((await ask(server, '/grow')).body).toBe('grown')
    })
  })
})

test('Express 4: a layer matches by the expression that it has now', async () => {
  const app = express4()
  for (let i = 0; i < 10; i++) {
    app.get(`/r${i}`, (_req, res) => {
      res.send(`r${i}`)
    })
  }
  await listening(app, async (server) => {
    expect((await ask(server, '/r3')).body).toBe('r3')
    const layer = stackOf(app)[5] as Layer
    layer.regexp = /^\/moved$/
    expect((await ask(server, '/moved')).body).toBe('r3')
    expect((await ask(server, '/r3')).status).toBe(404)
  })
})
