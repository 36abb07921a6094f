import { describe, expect, test } from 'vitest'
import type { RequestHandler } from '../../../../compat/express/index.ts'
import { ask, listening, real4, real5, VERSIONS } from './support.ts'

/** An app that says where it is, and lets one path through. */
function inner(express: typeof real5, name: string): ReturnType<typeof real5> {
  const app = express()
  app.get('/who/:id', (req, res) => {
    res.json({ name, id: req.params.id, base: req.baseUrl, own: req.app === app })
  })
  app.get('/fail', () => {
    throw new Error(`from ${name}`)
  })
  return app
}

const ALL = [
  ...VERSIONS.map(({ version, ours }) => [`our ${version}`, ours] as const),
  ['real 5', real5] as const,
  ['real 4', real4] as const,
]
const pairs = ALL.flatMap(([outer, a]) => ALL.map(([name, b]) => ({ outer, a, name, b })))

describe('copies mix', () => {
  test.each(pairs)('$name mounted in $outer', async ({ a, b, name }) => {
    const app = a()
    app.use('/in', inner(b as typeof real5, name))
    app.get('/in/after', (req, res) => {
      res.send(String(req.app === app))
    })
    app.use(((
      error: Error,
      _req: unknown,
      res: { status(code: number): typeof res; send(text: string): void },
      _next: unknown,
    ) => {
      res.status(500).send(error.message)
    }) as never)
    await listening(app, async (server) => {
      const { body, status } = await ask(server, '/in/who/7')
      expect([status, JSON.parse(body)]).toEqual([200, { name, id: '7', base: '/in', own: true }])
      expect((await ask(server, '/in/after')).body).toBe('true')
      expect((await ask(server, '/in/fail')).body).toBe(`from ${name}`)
    })
  })

  test.each(pairs)('$name called by $outer keeps the headers that are set', async ({ a, b }) => {
    const app = a()
    const called = b()
    called.get('/', (_req, res) => {
      res.set('X-Inner', '2').send('inner')
    })
    app.use((_req, res, next) => {
      res.set('X-Outer', '1').cookie('a', '1')
      next()
    })
    app.use((req, res, next) => (called as unknown as RequestHandler)(req, res, next))
    await listening(app, async (server) => {
      const { headers } = await ask(server, '/')
      expect([headers['x-outer'], headers['x-inner']]).toEqual(['1', '2'])
      expect(headers['set-cookie']).toEqual(['a=1; Path=/'])
    })
  })

  test.each(pairs)("$name's router in $outer", async ({ a, b }) => {
    const app = a()
    const router = b.Router({ mergeParams: true })
    router.get('/:b', (req, res) => {
      res.json({ ...req.params })
    })
    app.use('/r/:a', router)
    await listening(app, async (server) => {
      expect(JSON.parse((await ask(server, '/r/1/2')).body)).toEqual({ a: '1', b: '2' })
    })
  })
})
