import { EventEmitter } from 'node:events'
import http, {
  createServer,
  request as httpRequest,
  IncomingMessage,
  ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Duplex } from 'node:stream'
import type { ErrorRequestHandler } from 'express'
import { app, type ExpressSuite } from '../../kit/express/suite.ts'

/** A mock response that collects what is written. */
class Collected extends ServerResponse {
  text = ''
  override write(chunk: unknown): boolean {
    this.text += String(chunk)
    return true
  }
  override end(chunk?: unknown): this {
    if (chunk !== undefined) this.text += String(chunk)
    this.emit('finish')
    return this
  }
}

const mock = (method: string, url: string): { req: IncomingMessage; res: Collected } => {
  const req = new IncomingMessage(
    new Duplex({
      read() {},
      write(_chunk, _encoding, done) {
        done()
      },
    }) as never,
  )
  req.method = method
  req.url = url
  return { req, res: new Collected(req) }
}

export const hosts: ExpressSuite = {
  name: 'hosts',
  cases: [
    {
      name: 'requests that are sent at once',
      app(express, { log }) {
        const made = express()
        made.use(express.text())
        made.use('/slow', (_req, _res, next) => void setTimeout(next, 5))
        made.use((req, res) => {
          log(req.method, req.url, req.readable, req.readableEnded, req.destroyed, req.body ?? '')
          req.on('close', () => log('close', req.originalUrl))
          if (req.method === 'PUT') req.on('end', () => res.send('read')).resume()
          else res.send(`${req.originalUrl} é`)
        })
        return made.listen(0, '127.0.0.1')
      },
      async drive({ port, log }) {
        const field = 'Host: x\r\nContent-Type: text/plain'
        const socket = connect(port, '127.0.0.1')
        socket.write(
          [
            `GET /slow HTTP/1.1\r\n${field}\r\n\r\n`,
            `GET /1 HTTP/1.1\r\n${field}\r\n\r\n`,
            `POST /slow/2 HTTP/1.1\r\n${field}\r\nContent-Length: 1\r\n\r\na`,
            `PUT /3 HTTP/1.1\r\n${field}\r\n\r\n`,
            `HEAD /slow/4 HTTP/1.1\r\n${field}\r\n\r\n`,
            `GET /5 HTTP/1.1\r\n${field}\r\nConnection: close\r\n\r\n`,
          ].join(''),
        )
        const chunks: Buffer[] = []
        for await (const chunk of socket) chunks.push(chunk as Buffer)
        log(
          Buffer.concat(chunks)
            .toString()
            .replaceAll(/Date: .*/g, ''),
        )
      },
    },
    {
      name: 'http.createServer(app)',
      app(express) {
        const made = express()
        made.get('/', (_req, res) => {
          res.send('served')
        })
        return http.createServer(made)
      },
      requests: ['/', '/none'],
    },
    {
      name: 'app.handle as a listener',
      app(express) {
        const made = express()
        made.get('/', (_req, res) => {
          res.send('handled')
        })
        return createServer((req, res) => {
          ;(made as unknown as { handle(req: unknown, res: unknown): void }).handle(req, res)
        })
      },
      requests: ['/', '/none'],
    },
    {
      name: 'an app called with next',
      app(express, { log }) {
        const made = express()
        made.get('/known', (_req, res) => {
          res.send('known')
        })
        made.get('/error', () => {
          throw new Error('passed on')
        })
        return createServer((req, res) => {
          made(
            req as never,
            res as never,
            ((error?: Error) => {
              log('next', error?.message)
              res.end('outer')
            }) as never,
          )
        })
      },
      requests: ['/known', '/unknown', '/error'],
    },
    {
      name: 'two apps behind one server',
      app(express) {
        const one = express()
        const two = express()
        one.get('/', (req, res) => {
          res.json(['one', req.app === one])
        })
        two.get('/', (req, res) => {
          res.json(['two', req.app === two])
        })
        return createServer((req, res) => {
          ;(req.headers.host === 'two.test' ? two : one)(req, res)
        })
      },
      requests: ['/', { path: '/', headers: { Host: 'two.test' } }, '/'],
    },
    {
      name: 'an app as the fallback of a plain handler',
      app(express) {
        const made = express()
        made.use((_req, res) => {
          res.json('express')
        })
        return createServer((req, res) => {
          if (req.url === '/plain') res.end('plain')
          else made(req, res)
        })
      },
      requests: ['/plain', '/x'],
    },
    {
      name: 'mock requests and responses',
      app(express, { log }) {
        const made = express()
        made.get('/x/:id', (req, res) => {
          res.set('X-A', '1').json([req.params, req.query, req.path])
        })
        made.get('/send', (_req, res) => {
          res.status(201).send('sent')
        })
        for (const url of ['/x/7?a=1', '/send']) {
          const { req, res } = mock('GET', url)
          made(req as never, res as never)
          log(res.statusCode, res.text, res.getHeaders())
        }
        return undefined
      },
    },
    {
      name: 'a bare object as request, an emitter as response',
      app(express, { log }) {
        const made = express()
        made.get('/', (_req, res) => {
          res.end('bare')
        })
        const res = Object.assign(new EventEmitter(), {
          setHeader: (name: string, value: string) => log('setHeader', name, value),
          end: (text: string) => log('end', text),
          getHeader: () => undefined,
        })
        made({ method: 'GET', url: '/', headers: {} } as never, res as never)
        return undefined
      },
    },
    {
      name: 'a request without a url',
      app(express, { log }) {
        const router = express.Router()
        router.get('/', () => log('unreached'))
        ;(router as unknown as (req: object, res: object, next: (error?: unknown) => void) => void)(
          { method: 'GET' },
          {},
          (error) => log('next', error),
        )
        return undefined
      },
    },
    {
      name: 'a router called without next',
      app(express) {
        const router = express.Router() as unknown as (req: object, res: object) => void
        router({ method: 'GET', url: '/' }, {})
        return undefined
      },
    },
    {
      name: 'the server of a listening app',
      app(express, { log }) {
        const made = express()
        made.get('/', (req, res) => {
          log(
            (req.socket as unknown as { server: unknown }).server === server,
            res.socket === req.socket,
          )
          res.end()
        })
        const server = made.listen(0, '127.0.0.1')
        log(
          server instanceof http.Server,
          server.listenerCount('request'),
          server.listenerCount('upgrade'),
          server.requestTimeout,
          server.timeout,
          server.maxHeadersCount,
        )
        return server
      },
      requests: ['/'],
    },
    {
      name: "taking over the server's request listeners",
      app(express, { log }) {
        const made = express()
        made.get('/', (_req, res) => {
          res.send('express')
        })
        const server = made.listen(0, '127.0.0.1')
        const before = server.listeners('request').slice()
        server.removeAllListeners('request')
        server.on('request', (req, res) => {
          if (req.url === '/mine') {
            log('mine')
            res.end('mine')
            return
          }
          for (const listener of before) listener.call(server, req, res)
        })
        return server
      },
      requests: ['/', '/mine', '/'],
    },
    {
      name: 'upgrade requests reach their listener',
      app(express) {
        const made = express()
        made.get('/', (_req, res) => {
          res.send('plain')
        })
        const server = made.listen(0, '127.0.0.1')
        server.on('upgrade', (_req, socket) => {
          socket.end(
            'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
          )
        })
        return server
      },
      requests: ['/', { path: '/', headers: { Connection: 'Upgrade', Upgrade: 'x' } }],
    },
    {
      name: 'an upgrade request without a listener',
      app(express) {
        const made = express()
        made.get('/', (_req, res) => {
          res.send('plain')
        })
        return made.listen(0, '127.0.0.1')
      },
      requests: [{ path: '/', headers: { Connection: 'Upgrade', Upgrade: 'x' } }],
    },
    {
      name: 'malformed requests on a listening app',
      app(express) {
        const made = express()
        made.use((_req, res) => {
          res.send('fine')
        })
        return made.listen(0, '127.0.0.1')
      },
      requests: [
        { path: '/', raw: 'NONSENSE\r\n\r\n' },
        { path: '/', raw: 'GET / HTTP/1.1\r\n\r\n' },
        { path: '/', raw: 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n' },
        { path: '/', raw: `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n` },
        { path: '/', raw: 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n' },
        { path: '/', raw: 'GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n' },
        { path: '/', raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n' },
        { path: '/', raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\n' },
        { path: '/', raw: 'GET / HTTP/9.9\r\nHost: x\r\n\r\n' },
        { path: '/', raw: 'GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n' },
      ],
    },
    {
      name: 'pipelined requests',
      app(express) {
        const made = express()
        made.get('/slow', (_req, res) => {
          setTimeout(() => res.send('slow'), 20)
        })
        made.get('/fast', (_req, res) => {
          res.send('fast')
        })
        return made.listen(0, '127.0.0.1')
      },
      requests: [
        {
          path: '/',
          raw: 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /fast HTTP/1.1\r\nHost: x\r\n\r\n',
        },
      ],
    },
    {
      name: 'CONNECT to an app',
      app(express) {
        const made = express()
        made.use((_req, res) => {
          res.send('no')
        })
        return made.listen(0, '127.0.0.1')
      },
      requests: [{ method: 'CONNECT', path: 'example.com:80' }, '/'],
    },
    {
      name: 'a response to a HEAD request with a body written',
      app(express) {
        const made = express()
        made.use((_req, res) => {
          res.write('body')
          res.end()
        })
        return made.listen(0, '127.0.0.1')
      },
      requests: ['HEAD /', '/'],
    },
    {
      name: 'node:http clients see the same',
      async app(express, { log }) {
        const made = express()
        made.get('/', (_req, res) => {
          res.send('hi')
        })
        const server = made.listen(0, '127.0.0.1')
        await new Promise<void>((resolve) => {
          if (server.listening) resolve()
          else server.once('listening', () => resolve())
        })
        await new Promise<void>((resolve) => {
          httpRequest(
            { port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false },
            (res) => {
              log(res.statusCode, res.headers['content-type'], res.headers.etag)
              res.resume().on('end', () => resolve())
            },
          ).end()
        })
        await new Promise((resolve) => server.close(resolve))
        return undefined
      },
    },
    app('async handlers that answer later', (made) => {
      made.get('/', async (_req, res) => {
        await new Promise((resolve) => setTimeout(resolve, 3))
        res.send('later')
      })
      const report: ErrorRequestHandler = (error, _req, res, _next) => {
        res.end(error.message)
      }
      made.use(report)
    }),
    app(
      'an app mounted in itself through another',
      (made, { express }) => {
        const a = express()
        const b = express()
        a.use('/b', b)
        b.get('/x', (req, res) => {
          res.json([
            req.baseUrl,
            req.originalUrl,
            req.app === b,
            (req.app as unknown as { parent: unknown }).parent === a,
            (req.app as unknown as { path(): string }).path(),
          ])
        })
        made.use('/a', a)
      },
      ['/a/b/x'],
    ),
  ],
}
