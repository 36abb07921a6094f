import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { post } from '../../kit/express/suite.ts'
import type { ExpressModule } from '../../kit/express/types.ts'
import { bare, type Factory, load, loadAll, type Row, row } from './load.ts'

type Log = (...values: unknown[]) => void

const report: ErrorRequestHandler = (error, _req, res, _next) => {
  res
    .status(error.status ?? 500)
    .json({ name: error.name, message: error.message, errors: error.errors })
}

/** A server of plain node:http for the proxies; closed when the program's own server is. */
async function upstream(): Promise<{ url: string; close(): void }> {
  const server = createServer((req, res) => {
    let text = ''
    req
      .setEncoding('utf8')
      .on('data', (chunk) => {
        text += chunk
      })
      .on('end', () => {
        res.writeHead(req.url === '/fail' ? 503 : 200, {
          'Content-Type': 'text/plain',
          'X-Upstream': 'yes',
          'Set-Cookie': ['a=1', 'b=2'],
        })
        res.end(`${req.method} ${req.url} ${req.headers['x-added'] ?? ''} ${text}`)
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const PORTS: readonly (readonly [RegExp, string])[] = [[/127\.0\.0\.1:\d+/g, 'HOST']]

const lines = (log: Log): Writable =>
  new Writable({
    write(chunk, _encoding, done) {
      log(String(chunk).trimEnd())
      done()
    },
  })

interface Emitter {
  on(event: string, listener: (...args: never[]) => void): Emitter
  once(event: string, listener: (...args: never[]) => void): Emitter
  emit(...args: unknown[]): void
  send(text: unknown): void
  close(): void
}

/** Proxies, sockets, templates, documents, logs, traces and other frameworks. */
export const TOOLS: readonly Row[] = [
  row('http-proxy-middleware', {
    async app(express, { log }) {
      const target = await upstream()
      const { createProxyMiddleware } = loadAll<{ createProxyMiddleware: Factory }>(
        'http-proxy-middleware',
      )
      const app = express()
      app.use(
        '/api',
        createProxyMiddleware({
          target: target.url,
          changeOrigin: true,
          headers: { 'x-added': 'added' },
          pathRewrite: { '^/old': '/new' },
        }),
      )
      app.use(
        '/down',
        createProxyMiddleware({
          target: 'http://127.0.0.1:1',
          logger: { info() {}, warn() {}, error() {} } as never,
          on: {
            error: (
              error: { code: string },
              _req: unknown,
              res: { writeHead(code: number): void; end(text: string): void },
            ) => {
              log(error.code)
              res.writeHead(502)
              res.end('down')
            },
          },
        }),
      )
      const server = createServer(app)
      server.on('close', target.close)
      return server
    },
    requests: [
      '/api/x?y=1',
      '/api/old/z',
      '/api/fail',
      { method: 'POST', path: '/api/post', body: 'a body' },
      '/down',
      '/none',
    ],
    scrub: PORTS,
  }),
  row('express-http-proxy', {
    async app(express) {
      const target = await upstream()
      const app = express()
      app.use(
        '/p',
        load('express-http-proxy')(target.url, {
          proxyReqPathResolver: (req: { url: string }) => `/base${req.url}`,
          userResHeaderDecorator: (headers: object) => ({ ...headers, 'x-decorated': '1' }),
          userResDecorator: (_res: unknown, data: Buffer) => `${data} decorated`,
        }),
      )
      app.use(express.json()).use('/json', load('express-http-proxy')(target.url))
      const server = createServer(app)
      server.on('close', target.close)
      return server
    },
    requests: [
      '/p/x?y=1',
      { method: 'POST', path: '/p/post', body: 'body' },
      post('/json', 'application/json', '{"a":1}'),
    ],
    scrub: PORTS,
  }),
  row('express-ws', {
    app(express, { log }) {
      const app = express()
      const expressWs =
        load<
          (app: unknown) => {
            app: {
              ws(
                path: string,
                fn: (ws: Emitter, req: { params: object; path: string }) => void,
              ): void
            }
          }
        >('express-ws')
      const { app: sockets } = expressWs(app)
      sockets.ws('/echo/:room', (ws, req) => {
        log('open', req.params, req.path)
        ws.on('message', ((text: Buffer) => ws.send(`echo ${text}`)) as never)
      })
      app.get('/', (_req, res) => {
        res.send('http')
      })
      return app.listen(0, '127.0.0.1')
    },
    requests: ['/'],
    async drive({ port, log }) {
      const { WebSocket } = loadAll<{ WebSocket: new (url: string) => Emitter }>('ws')
      for (const path of ['/echo/a', '/none']) {
        await new Promise<void>((resolve) => {
          const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
          socket.on('open', () => socket.send('hi'))
          socket.on('message', ((text: Buffer) => {
            log('message', String(text))
            socket.close()
          }) as never)
          socket.on('close', (() => {
            log('close')
            resolve()
          }) as never)
          socket.on('error', ((error: Error) => {
            log('error', error.message)
            resolve()
          }) as never)
          setTimeout(resolve, 300)
        })
      }
    },
  }),
  row('ws', {
    app(express, { log }) {
      const app = express()
      app.get('/', (_req, res) => {
        res.send('http')
      })
      const server = app.listen(0, '127.0.0.1')
      const { WebSocketServer } = loadAll<{ WebSocketServer: new (options: object) => Emitter }>(
        'ws',
      )
      new WebSocketServer({ server, path: '/ws' }).on('connection', ((
        ws: Emitter,
        req: { url: string },
      ) => {
        log('connection', req.url)
        ws.on('message', ((text: Buffer) => ws.send(`got ${text}`)) as never)
      }) as never)
      return server
    },
    requests: ['/'],
    async drive({ port, log, ask }) {
      const { WebSocket } = loadAll<{ WebSocket: new (url: string) => Emitter }>('ws')
      await new Promise<void>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/ws?x=1`)
        socket.on('open', () => socket.send('hi'))
        socket.on('message', ((text: Buffer) => {
          log(String(text))
          socket.close()
        }) as never)
        socket.on('close', (() => resolve()) as never)
      })
      log((await ask('/')).body)
    },
  }),
  row('socket.io', {
    app(express, { log }) {
      const app = express()
      app.get('/', (_req, res) => {
        res.send('http')
      })
      const server = app.listen(0, '127.0.0.1')
      const { Server } = loadAll<{ Server: new (server: unknown, options?: object) => Emitter }>(
        'socket.io',
      )
      new Server(server).on('connection', ((socket: Emitter) => {
        socket.on('hello', ((name: string, done: (text: string) => void) => {
          log('hello', name)
          done(`hi ${name}`)
        }) as never)
      }) as never)
      return server
    },
    requests: ['/', '/none', 'HEAD /socket.io/socket.io.js', '/socket.io/?EIO=9'],
    async drive({ port, log }) {
      const { io } = loadAll<{ io(url: string, options: object): Emitter }>('socket.io-client')
      for (const transports of [['websocket'], ['polling']]) {
        const socket = io(`http://127.0.0.1:${port}`, {
          transports,
          forceNew: true,
          reconnection: false,
        })
        await new Promise<void>((resolve) => {
          socket.on('connect', () =>
            socket.emit('hello', transports[0], (text: string) => {
              log('ack', text)
              resolve()
            }),
          )
          setTimeout(resolve, 1000)
        })
        socket.close()
      }
    },
  }),
  row('swagger-ui-express', {
    app(express) {
      const ui = loadAll<{ serve: RequestHandler[]; setup: Factory }>('swagger-ui-express')
      return express().use(
        '/docs',
        ui.serve,
        ui.setup({ openapi: '3.0.0', info: { title: 't', version: '1' }, paths: {} }),
      )
    },
    requests: [
      '/docs',
      '/docs/',
      '/docs/swagger-ui-init.js',
      'HEAD /docs/swagger-ui.css',
      '/docs/none.js',
    ],
  }),
  row('express-openapi-validator', {
    app(express) {
      const validator = loadAll<{ middleware: Factory }>('express-openapi-validator')
      const apiSpec = {
        openapi: '3.0.0',
        info: { title: 't', version: '1' },
        paths: {
          '/pets/{id}': {
            get: {
              parameters: [
                { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
                { name: 'q', in: 'query', schema: { type: 'integer' } },
              ],
              responses: {
                200: {
                  description: 'ok',
                  content: {
                    'application/json': {
                      schema: {
                        type: 'object',
                        required: ['id'],
                        properties: { id: { type: 'integer' } },
                      },
                    },
                  },
                },
              },
            },
          },
          '/pets': {
            post: {
              requestBody: {
                required: true,
                content: {
                  'application/json': {
                    schema: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' } },
                    },
                  },
                },
              },
              responses: { 200: { description: 'ok' } },
            },
          },
        },
      }
      const app = express()
      app.use(
        express.json(),
        validator.middleware({ apiSpec, validateResponses: true, validateApiSpec: false }),
      )
      app.get('/pets/:id', (req, res) => {
        res.json(
          req.params.id === ('9' as never) || Number(req.params.id) === 9
            ? { wrong: true }
            : { id: Number(req.params.id) },
        )
      })
      app
        .post('/pets', (req, res) => {
          res.json(req.body)
        })
        .use(report)
      return app
    },
    requests: [
      '/pets/5',
      '/pets/x',
      '/pets/5?q=x',
      '/pets/5?other=1',
      '/pets/9',
      '/none',
      'DELETE /pets',
      post('/pets', 'application/json', '{"name":"rex"}'),
      post('/pets', 'application/json', '{}'),
      post('/pets', 'text/plain', 'x'),
    ],
  }),
  row('graphql-http', {
    app(express) {
      const { createHandler } = loadAll<{ createHandler: Factory }>('graphql-http/lib/use/express')
      const { buildSchema } = loadAll<{ buildSchema(text: string): object }>('graphql')
      return express().all(
        '/graphql',
        createHandler({
          schema: buildSchema('type Query { hello(name: String): String }'),
          rootValue: { hello: ({ name }: { name?: string }) => `hello ${name ?? 'you'}` },
        }),
      )
    },
    requests: [
      `/graphql?query=${encodeURIComponent('{ hello }')}`,
      post('/graphql', 'application/json', '{"query":"{ hello(name: \\"ann\\") }"}'),
      post('/graphql', 'application/json', '{"query":"{ nope }"}'),
      post('/graphql', 'application/json', '{'),
      '/graphql',
    ],
  }),
  row('@trpc/server', {
    async app(express) {
      const { initTRPC } = loadAll<{
        initTRPC: {
          create(): {
            router(routes: object): object
            procedure: {
              query(fn: () => unknown): object
              mutation(fn: (options: { ctx: { agent?: string } }) => unknown): object
            }
          }
        }
      }>('@trpc/server')
      const { createExpressMiddleware } = loadAll<{ createExpressMiddleware: Factory }>(
        '@trpc/server/adapters/express',
      )
      const trpc = initTRPC.create()
      const router = trpc.router({
        hello: trpc.procedure.query(() => ({ hi: true })),
        fail: trpc.procedure.query(() => {
          throw new Error('no')
        }),
        change: trpc.procedure.mutation(({ ctx }) => ctx),
      })
      return express().use(
        '/trpc',
        createExpressMiddleware({
          router,
          createContext: ({ req }: { req: { path: string } }) => ({ path: req.path }),
        }),
      )
    },
    requests: [
      '/trpc/hello',
      '/trpc/none',
      post('/trpc/change', 'application/json', '{}'),
      '/trpc/hello,hello?batch=1',
    ],
  }),
  row('@as-integrations/express5', {
    only: 5,
    async app(express) {
      const { ApolloServer } = loadAll<{
        ApolloServer: new (options: object) => { start(): Promise<void> }
      }>('@apollo/server')
      const { expressMiddleware } = loadAll<{ expressMiddleware: Factory }>(
        '@as-integrations/express5',
      )
      const server = new ApolloServer({
        typeDefs: 'type Query { hello: String }',
        resolvers: { Query: { hello: () => 'world' } },
        stopOnTerminationSignals: false,
        includeStacktraceInErrorResponses: false,
      })
      await server.start()
      return express().use('/graphql', express.json(), expressMiddleware(server))
    },
    requests: [
      post('/graphql', 'application/json', '{"query":"{ hello }"}'),
      post('/graphql', 'application/json', '{"query":"{ nope }"}'),
      post('/graphql', 'application/json', '{"x":1}'),
    ],
  }),
  row('pino-http', {
    app(express, { log }) {
      const app = express()
      app.use(load('pino-http')({ genReqId: () => 1, base: null, timestamp: false }, lines(log)))
      app.get('/', (req, res) => {
        ;(req as unknown as { log: { info(text: string): void } }).log.info('inside')
        res.send('x')
      })
      app.get('/error', () => {
        throw bare()
      })
      return app
    },
    requests: ['/', '/error', '/none'],
    scrub: [
      [/"responseTime":\d+/g, '"responseTime":0'],
      [/"remotePort":\d+/g, '"remotePort":0'],
      [/"date":"[^"]*"/g, ''],
      [/"stack":"[^"]*"/g, ''],
    ],
  }),
  row('express-winston', {
    app(express, { log }) {
      const winston = loadAll<{
        transports: { Stream: new (options: object) => object }
        format: { json(): object }
      }>('winston')
      const { logger, errorLogger } = loadAll<{ logger: Factory; errorLogger: Factory }>(
        'express-winston',
      )
      const options = {
        transports: [new winston.transports.Stream({ stream: lines(log) })],
        format: winston.format.json(),
        metaField: 'meta',
      }
      const app = express()
      app.use(
        logger({
          ...options,
          responseWhitelist: ['statusCode', 'body'],
          msg: '{{req.method}} {{req.url}} {{res.statusCode}}',
        }),
      )
      app
        .get('/', (_req, res) => {
          res.json({ a: 1 })
        })
        .get('/error', () => {
          throw bare()
        })
      app.use(
        errorLogger({
          ...options,
          dynamicMeta: () => ({}),
          blacklistedMetaFields: ['stack', 'trace', 'process', 'os', 'date', 'error'],
        }),
      )
      return app
    },
    requests: ['/', '/error', '/none'],
    scrub: [
      [/"responseTime":\d+/g, '"responseTime":0'],
      [/"(stack|trace|process|os|date)":[^\n]*/g, ''],
    ],
  }),
  row('express-prom-bundle', {
    app(express) {
      const { Registry } = loadAll<{ Registry: new () => object }>('prom-client')
      const app = express()
      app.use(
        load('express-prom-bundle')({
          includeMethod: true,
          includePath: true,
          includeStatusCode: true,
          promRegistry: new Registry(),
          buckets: [1000],
        }),
      )
      app.get('/user/:id', (_req, res) => {
        res.send('x')
      })
      return app
    },
    requests: ['/user/1', '/user/2', '/none', '/metrics'],
    scrub: [[/(_sum\{[^}]*\}) \S+/g, '$1 N']],
  }),
  row('express-list-endpoints', {
    app(express, { log }) {
      const app = express()
      const router = express.Router()
      router
        .get('/inner/:id', function named(_req, res) {
          res.end()
        })
        .post('/inner/:id', () => {})
      app
        .get('/', () => {})
        .use('/mount/:x', router)
        .route('/chain')
        .get(() => {})
        .put(() => {})
      log(load<(app: unknown) => unknown>('express-list-endpoints')(app))
      return undefined
    },
  }),
  row('vite', {
    async app(express, { files }) {
      interface Vite {
        readonly middlewares: RequestHandler
        close(): Promise<void>
      }
      const { createServer: createVite } = (await import('vite')) as unknown as {
        createServer(options: object): Promise<Vite>
      }
      const vite = await createVite({
        root: files,
        configFile: false,
        appType: 'custom',
        logLevel: 'silent',
        cacheDir: join(files, '../../../../node_modules/.vite-express'),
        optimizeDeps: { noDiscovery: true },
        server: { allowedHosts: true, middlewareMode: true, hmr: false, ws: false, watch: null },
      })
      const app = express()
      app.use(vite.middlewares).use((req, res) => {
        res.send(`express ${req.url}`)
      })
      const server = createServer(app)
      server.on('close', () => void vite.close())
      return server
    },
    requests: ['/code.js', '/hello.txt', '/style.css', '/none', '/page.html'],
    scrub: [[/\?t=\d+/g, '']],
  }),
  row('node-mocks-http', {
    async app(express, { log }) {
      const mocks = loadAll<{
        createRequest(options: object): object
        createResponse(options?: object): {
          on(name: string, fn: () => void): void
          statusCode: number
          _getData(): string
          _getHeaders(): object
        }
      }>('node-mocks-http')
      const { EventEmitter } = await import('node:events')
      const app = express()
      app
        .get('/user/:id', (req, res) => {
          res.status(201).set('X-A', '1').json([req.params, req.query, req.path])
        })
        .get('/send', (_req, res) => {
          res.send('text')
        })
        .get('/redirect', (_req, res) => {
          res.redirect('/x')
        })
      for (const url of ['/user/5?a=1', '/send', '/redirect']) {
        const res = mocks.createResponse({ eventEmitter: EventEmitter })
        await new Promise<void>((resolve) => {
          res.on('end', resolve)
          setTimeout(resolve, 100)
          ;(app as unknown as (req: object, res: object) => void)(
            mocks.createRequest({ method: 'GET', url }),
            res,
          )
        })
        log(url, res.statusCode, res._getData(), res._getHeaders())
      }
      return undefined
    },
  }),
  row('serverless-http', {
    async app(express, { log }) {
      const serverless =
        load<(app: unknown) => (event: object, context: object) => Promise<unknown>>(
          'serverless-http',
        )
      const app = express()
      app.use(express.json()).all('/x', (req, res) => {
        res.cookie('a', '1').json([req.method, req.query, req.body ?? null, req.get('X-A')])
      })
      const handle = serverless(app)
      log(
        await handle(
          {
            httpMethod: 'POST',
            path: '/x',
            headers: { 'content-type': 'application/json', 'x-a': '1' },
            multiValueQueryStringParameters: { q: ['1'] },
            queryStringParameters: { q: '1' },
            body: '{"a":1}',
            requestContext: {},
          },
          {},
        ),
      )
      log(await handle({ httpMethod: 'GET', path: '/none', headers: {}, requestContext: {} }, {}))
      return undefined
    },
    scrub: [[/date: '[^']*'/g, '']],
  }),
  row('supertest', {
    async app(express, { log }) {
      interface Test
        extends Promise<{
          status: number
          headers: Record<string, string>
          text: string
          body: unknown
        }> {
        set(name: string, value: string): Test
        send(body: unknown): Test
        expect(code: number): Test
      }
      const supertest = load<
        ((app: unknown) => { get(path: string): Test; post(path: string): Test }) & {
          agent(app: unknown): { get(path: string): Test }
        }
      >('supertest')
      const app = express()
      app
        .use(express.json())
        .post('/x', (req, res) => {
          res.status(201).json(req.body)
        })
        .get('/x', (req, res) => {
          res.cookie('c', '1').send(req.get('Cookie') ?? 'none')
        })
      const made = await supertest(app).post('/x').send({ a: 1 }).expect(201)
      log(made.status, made.body, made.headers['content-type'])
      const agent = supertest.agent(app)
      await agent.get('/x')
      log((await agent.get('/x')).text, (await supertest(app).get('/none')).status)
      return undefined
    },
  }),
  row('connect', {
    app(express) {
      const connect =
        load<() => RequestHandler & { use(path: string, fn: unknown): void }>('connect')
      const outer = connect()
      const app = express()
      app.get('/x', (req, res) => {
        res.json([req.url, req.originalUrl, req.baseUrl])
      })
      outer.use('/mounted', app)
      const inner = connect()
      inner.use(
        '/y',
        (req: { url: string; originalUrl: string }, res: { end(text: string): void }) => {
          res.end(`${req.url} ${req.originalUrl}`)
        },
      )
      app.use('/connect', inner)
      return createServer(outer as never)
    },
    requests: ['/mounted/x', '/mounted/connect/y/z', '/mounted/none', '/none'],
  }),
  ...(['ejs', 'pug', 'hbs'] as const).map((name) =>
    row(name, {
      app(express, { files }) {
        const app = express()
        app.set('views', join(files, 'views')).set('view engine', name).locals.title = 'from locals'
        app
          .get('/', (_req, res) => {
            res.render('hello')
          })
          .get('/own', (_req, res) => {
            res.render('hello', { title: '<own>' })
          })
          .get('/missing', (_req, res) => {
            res.render('none', (error: Error) => {
              res.end(error.name)
            })
          })
        return app
      },
      requests: ['/', '/own', '/own', '/missing'],
    }),
  ),
  row('express-handlebars', {
    app(express, { files }) {
      const { engine } = loadAll<{ engine(options: object): never }>('express-handlebars')
      const app = express()
      app
        .engine('handlebars', engine({ defaultLayout: false }))
        .set('view engine', 'handlebars')
        .set('views', join(files, 'views'))
      app.get('/', (_req, res) => {
        res.render('plain', { title: '<x>' })
      })
      return app
    },
  }),
  row('@opentelemetry/instrumentation-express', {
    async app(express, { log, major }) {
      interface Span {
        name: string
        attributes: object
        kind: number
      }
      interface Definition {
        readonly name: string
        readonly patch: (exports: unknown, version: string) => unknown
        readonly unpatch: (exports: unknown, version: string) => unknown
      }
      const { ExpressInstrumentation } = loadAll<{
        ExpressInstrumentation: new (
          options: object,
        ) => { setTracerProvider(provider: object): void; init(): Definition[] }
      }>('@opentelemetry/instrumentation-express')
      const { BasicTracerProvider, SimpleSpanProcessor } = loadAll<{
        BasicTracerProvider: new (
          options: object,
        ) => {
          getTracer(name: string): {
            startActiveSpan(name: string, fn: (span: { end(): void }) => void): void
          }
        }
        SimpleSpanProcessor: new (exporter: object) => object
      }>('@opentelemetry/sdk-trace-base')
      const { context } = loadAll<{
        context: { setGlobalContextManager(manager: object): boolean; disable(): void }
      }>('@opentelemetry/api')
      const { AsyncLocalStorageContextManager } = loadAll<{
        AsyncLocalStorageContextManager: new () => { enable(): object }
      }>('@opentelemetry/context-async-hooks')
      const exporter = {
        export: (spans: Span[], done: (result: object) => void) => {
          for (const span of spans) log(span.name, span.attributes)
          done({ code: 0 })
        },
        shutdown: () => Promise.resolve(),
      }
      const provider = new BasicTracerProvider({
        spanProcessors: [new SimpleSpanProcessor(exporter)],
      })
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
      const instrumentation = new ExpressInstrumentation({ enabled: false })
      instrumentation.setTracerProvider(provider)
      const definitions = instrumentation.init()
      for (const definition of definitions)
        definition.patch(express as ExpressModule, `${major}.0.0`)
      const app = express()
      app.use(function first(_req, _res, next) {
        next()
      })
      const router = express.Router()
      router.get('/inner/:id', function second(_req, res) {
        res.send('inner')
      })
      app.use('/r', router).get('/user/:id', function third(_req, res) {
        res.send('user')
      })
      const tracer = provider.getTracer('test')
      const server = createServer((req, res) => {
        tracer.startActiveSpan('root', (span) => {
          res.on('close', () => span.end())
          app(req, res)
        })
      })
      server.on('close', () => {
        for (const definition of definitions) definition.unpatch(express, `${major}.0.0`)
        context.disable()
      })
      return server
    },
    requests: ['/r/inner/1', '/user/7', '/none'],
  }),
]
