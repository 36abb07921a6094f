import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createMocks } from 'node-mocks-http'
import { describe, expect, test } from 'vitest'
import type { Request } from '../../../../compat/express/index.ts'
import { ask, listening, VERSIONS } from './support.ts'

/** Adds a member that TypeScript does not know. */
const add = (target: object, name: string, value: unknown): void => {
  Object.defineProperty(target, name, { value, configurable: true, writable: true })
}
const call = (target: object, name: string): unknown =>
  (target as Record<string, () => unknown>)[name]?.()

describe.each(VERSIONS)('prototypes in Express $version', ({ ours: express, real }) => {
  test("an app's requests inherit app.request, express.request and node:http's", () => {
    const app = express()
    expect(Object.getPrototypeOf(app.request)).toBe(express.request)
    expect(Object.getPrototypeOf(app.response)).toBe(express.response)
    expect(express.request).toBeInstanceOf(IncomingMessage)
    expect(express.response).toBeInstanceOf(ServerResponse)
    expect(app.request.app).toBe(app)
    expect(Object.hasOwn(app.request, 'constructor')).toBe(false)
  })

  test('messages of app.listen() are born with them, and say that they are node:http’s', async () => {
    const app = express()
    app.get('/', (req, res) => {
      res.json([
        Object.getPrototypeOf(req) === app.request,
        Object.getPrototypeOf(res) === app.response,
        req.constructor.name,
        res.constructor.name,
        req.res === res && res.req === req,
      ])
    })
    await listening(app, async (server) => {
      const { body } = await ask(server, '/')
      expect(JSON.parse(body)).toEqual([true, true, 'IncomingMessage', 'ServerResponse', true])
    })
  })

  test('messages of a server that is not ours get them', async () => {
    const app = express()
    app.get('/', (req, res) => {
      res.set('X-A', 'b').json([Object.getPrototypeOf(req) === app.request, req.get('host')])
    })
    const server = createServer(app).listen(0)
    const { body, headers } = await ask(server, '/', { headers: { Host: 'here' } })
    server.close()
    expect(JSON.parse(body)).toEqual([true, 'here'])
    expect(headers['x-a']).toBe('b')
  })

  test('what is added later is seen by requests, those of mounted apps included', async () => {
    const outer = express()
    const inner = express()
    outer.use('/inner', inner)
    add(express.request, 'every', () => 'every')
    add(outer.request, 'outer', () => 'outer')
    add(inner.response, 'inner', () => 'inner')
    inner.get('/', (req, res) => {
      res.json([call(req, 'every'), call(req, 'outer'), call(res, 'inner')])
    })
    outer.get('/', (_req, res) => {
      res.json([call(res, 'inner') ?? null])
    })
    await listening(outer, async (server) => {
      expect(JSON.parse((await ask(server, '/inner')).body)).toEqual(['every', 'outer', 'inner'])
      expect(JSON.parse((await ask(server, '/')).body)).toEqual([null])
    })
    Reflect.deleteProperty(express.request, 'every')
  })

  test('a mounted app gives the request back as it was', async () => {
    const outer = express()
    const inner = express()
    inner.use((req, _res, next) => {
      Object.assign(req, { through: req.app === inner })
      next()
    })
    outer.use('/', inner)
    outer.get('/', (req, res) => {
      const { through } = req as Request & { through: boolean }
      res.json([through, req.app === outer, Object.getPrototypeOf(req) === outer.request])
    })
    await listening(outer, async (server) => {
      expect(JSON.parse((await ask(server, '/')).body)).toEqual([true, true, true])
    })
  })

  test('a mock of a request and a response will do', () => {
    const answers = [express, real].map((one) => {
      const { req, res } = createMocks({ method: 'GET', url: '/a/7?b=1' })
      const app = one()
      app.get('/a/:id', (request, response) => {
        response.status(201).json({ id: request.params.id, query: request.query })
      })
      app(req as never, res as never)
      return [res._getStatusCode(), res._getData(), res._getHeaders()]
    })
    expect(answers[0]).toEqual(answers[1])
  })

  test('HTTP/2 works, in a mounted app too', async () => {
    const outer = express()
    const inner = express()
    inner.get('/:name', (req, res) => {
      res.set('X-Name', String(req.params.name)).json({ host: req.hostname, url: req.url })
    })
    outer.use('/in', inner)
    outer.use((_req, res) => {
      res.status(418).send('tea')
    })
    const server = http2.createServer(outer as never).listen(0)
    const client = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    const get = (path: string): Promise<[number, unknown, string]> =>
      new Promise((resolve, reject) => {
        const stream = client.request({ ':path': path })
        let head: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {}
        let text = ''
        stream.on('response', (headers) => {
          head = headers
        })
        stream.setEncoding('utf8')
        stream.on('data', (chunk) => {
          text += chunk
        })
        stream.on('error', reject)
        stream.on('end', () => resolve([head[':status'] as number, head['x-name'], text]))
      })
    expect(await get('/in/ann')).toEqual([200, 'ann', '{"host":"localhost","url":"/ann"}'])
    expect(await get('/out')).toEqual([418, undefined, 'tea'])
    client.close()
    server.close()
  })
})
