import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { post, withHeaders } from '../../kit/express/suite.ts'
import type { Ask } from '../../kit/express/types.ts'
import { bare, type Factory, load, loadAll, type Row, row } from './load.ts'

const report: ErrorRequestHandler = (error, _req, res, _next) => {
  res
    .status(error.status ?? 500)
    .json({ name: error.name, message: error.message, code: error.code })
}
const sink = (log: (...values: unknown[]) => void): Writable =>
  new Writable({
    write(chunk, _encoding, done) {
      log(String(chunk).trimEnd())
      done()
    },
  })

const multipart = (parts: readonly (readonly [head: string, body: string])[]): Ask => ({
  method: 'POST',
  path: '/',
  headers: { 'Content-Type': 'multipart/form-data; boundary=X' },
  body: `${parts.map(([head, body]) => `--X\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`).join('')}--X--\r\n`,
})

/** Middleware that Express itself once had, and what everybody adds. */
export const CLASSICS: readonly Row[] = [
  row('morgan', {
    app(express, { log }) {
      const app = express()
      const stream = sink(log)
      const morgan = load('morgan')
      app.use(
        morgan('tiny', { stream }),
        morgan(':method :url :status :res[content-length] :http-version :referrer :remote-addr', {
          stream,
        }),
        morgan('short', { immediate: true, stream }),
      )
      app.get('/', (_req, res) => {
        res.send('hello')
      })
      app.get('/stream', (_req, res) => {
        res.write('a')
        setTimeout(() => res.end('b'), 3)
      })
      app.get('/error', () => {
        throw bare()
      })
      return app
    },
    requests: ['/', '/stream', '/error', '/none', 'HEAD /', withHeaders('/', { Referer: '/from' })],
    scrub: [[/\d+\.\d+ ms/g, 'N ms']],
  }),
  row('helmet', {
    app(express) {
      const helmet = load('helmet')
      const app = express()
      app.use('/plain', helmet()).use(
        '/set',
        helmet({
          contentSecurityPolicy: { directives: { defaultSrc: ["'self'"] } },
          frameguard: { action: 'deny' },
          hsts: false,
        }),
      )
      app.use((_req, res) => {
        res.send('x')
      })
      return app
    },
    requests: ['/plain', '/set', '/none'],
  }),
  row('cors', {
    app(express) {
      const cors = load('cors')
      const app = express()
      app
        .use('/any', cors())
        .use(
          '/list',
          cors({
            origin: ['http://a.test', /b\.test$/],
            credentials: true,
            exposedHeaders: ['X-A'],
            maxAge: 60,
          }),
        )
        .use(
          '/dynamic',
          cors(
            (req: { headers: { origin?: string } }, done: (error: null, options: object) => void) =>
              done(null, { origin: req.headers.origin === 'http://ok.test' }),
          ),
        )
      app.use((_req, res) => {
        res.json('answered')
      })
      return app
    },
    requests: [
      '/any',
      withHeaders('/any', { Origin: 'http://x.test' }),
      ...['/any', '/list', '/dynamic'].flatMap((path) =>
        ['http://a.test', 'http://sub.b.test', 'http://ok.test'].flatMap((Origin) => [
          withHeaders(path, { Origin }),
          withHeaders(`OPTIONS ${path}`, {
            Origin,
            'Access-Control-Request-Method': 'PUT',
            'Access-Control-Request-Headers': 'x-one,x-two',
          }),
        ]),
      ),
    ],
  }),
  row('compression', {
    app(express, { files }) {
      const app = express()
      app.use(load('compression')({ threshold: 100 }))
      app.get('/send', (_req, res) => {
        res.send('hello '.repeat(500))
      })
      app.get('/json', (_req, res) => {
        res.json(Array.from({ length: 200 }, (_, index) => index))
      })
      app.get('/small', (_req, res) => {
        res.send('small')
      })
      app.get('/stream', (_req, res) => {
        res.type('text')
        res.write('a'.repeat(500))
        ;(res as unknown as { flush(): void }).flush()
        setTimeout(() => res.end('b'.repeat(500)), 3)
      })
      app.get('/png', (_req, res) => {
        res.type('png').send(Buffer.alloc(500))
      })
      app.get('/no-transform', (_req, res) => {
        res.set('Cache-Control', 'no-transform').send('x'.repeat(500))
      })
      app.use(express.static(files))
      return app
    },
    requests: [
      '/send',
      ...[
        '/send',
        '/json',
        '/small',
        '/stream',
        '/png',
        '/no-transform',
        '/hello.txt',
        'HEAD /send',
      ].flatMap((ask) => [
        withHeaders(ask, { 'Accept-Encoding': 'gzip' }),
        withHeaders(ask, { 'Accept-Encoding': 'br, deflate' }),
      ]),
      withHeaders('/send', { 'Accept-Encoding': 'gzip', 'If-None-Match': '*' }),
    ],
  }),
  row('cookie-parser', {
    app(express, { log }) {
      const app = express()
      app.use(load('cookie-parser')('secret')).use((req, res) => {
        log(req.cookies, req.signedCookies)
        res.cookie('plain', 'v').cookie('signed', { a: 1 }, { signed: true }).json(req.cookies)
      })
      return app
    },
    requests: [
      '/',
      '/',
      withHeaders('/', { Cookie: 'signed=s%3Atampered.xxx; j=j%3A%7B%22a%22%3A1%7D; bad=%zz' }),
    ],
    jar: true,
  }),
  row('express-session', {
    app(express) {
      const app = express()
      let made = 0
      app.use(
        load('express-session')({
          secret: 'sekret',
          resave: false,
          saveUninitialized: false,
          genid: () => `id${++made}`,
          cookie: { maxAge: 60_000 },
          rolling: true,
        }),
      )
      const session = (
        req: unknown,
      ): { views?: number; destroy(done: () => void): void; regenerate(done: () => void): void } =>
        (req as { session: never }).session
      app.get('/', (req, res) => {
        const one = session(req)
        one.views = (one.views ?? 0) + 1
        res.json(one.views)
      })
      app.get('/out', (req, res) => {
        session(req).destroy(() => {
          res.send('out')
        })
      })
      app.get('/new', (req, res) => {
        session(req).regenerate(() => {
          res.send('new')
        })
      })
      app.get('/redirect', (req, res) => {
        session(req).views = 50
        res.redirect('/')
      })
      app.get('/untouched', (_req, res) => {
        res.end('untouched')
      })
      return app
    },
    requests: ['/untouched', '/', '/', '/redirect', '/', '/new', '/', '/out', '/'],
    jar: true,
    scrub: [[/Expires=[^;]*/g, 'Expires=later']],
  }),
  row('cookie-session', {
    app(express) {
      const app = express()
      app.use(load('cookie-session')({ name: 's', keys: ['one', 'two'], maxAge: 60_000 }))
      app.get('/', (req, res) => {
        const holder = req as unknown as { session: { n?: number } | null }
        if (holder.session) holder.session.n = (holder.session.n ?? 0) + 1
        res.json(holder.session)
      })
      app.get('/out', (req, res) => {
        ;(req as unknown as { session: null }).session = null
        res.send('out')
      })
      return app
    },
    requests: ['/', '/', '/out', '/'],
    jar: true,
    scrub: [[/expires=[^;]*/g, 'expires=later']],
  }),
  row('body-parser', {
    app(express) {
      const parser = loadAll<{ json: Factory; urlencoded: Factory; text: Factory; raw: Factory }>(
        'body-parser',
      )
      const app = express()
      app.use(
        parser.json({ limit: 20 }),
        parser.urlencoded({ extended: true }),
        parser.text(),
        parser.raw(),
      )
      app
        .use((req, res) => {
          res.json(Buffer.isBuffer(req.body) ? req.body.toString('hex') : (req.body ?? 'none'))
        })
        .use(report)
      return app
    },
    requests: [
      post('/', 'application/json', '{"a":1}'),
      post('/', 'application/json', '{'),
      post('/', 'application/json', `"${'x'.repeat(50)}"`),
      post('/', 'application/x-www-form-urlencoded', 'a[b]=1'),
      post('/', 'text/plain', 't'),
      post('/', 'application/octet-stream', 'raw'),
      '/',
    ],
  }),
  row('multer', {
    app(express) {
      const multer = load<
        ((options: object) => {
          single(name: string): RequestHandler
          array(name: string): RequestHandler
          none(): RequestHandler
          any(): RequestHandler
        }) & { memoryStorage(): object }
      >('multer')
      const upload = multer({ storage: multer.memoryStorage(), limits: { fileSize: 20, files: 2 } })
      const app = express()
      app
        .post('/', upload.any(), (req, res) => {
          res.json({
            body: req.body,
            files: (
              (req as unknown as { files: unknown }).files as {
                originalname: string
                buffer: Buffer
                size: number
                fieldname: string
              }[]
            ).map((file) => [file.fieldname, file.originalname, file.size, file.buffer.toString()]),
          })
        })
        .use(report)
      return app
    },
    requests: [
      multipart([
        ['name="a"', '1'],
        ['name="a"', '2'],
        ['name="o[x]"', 'y'],
        ['name="f"; filename="é.txt"', 'content'],
      ]),
      multipart([['name="f"; filename="big"', 'x'.repeat(30)]]),
      multipart([1, 2, 3].map((n) => [`name="f${n}"; filename="x"`, 'x'] as const)),
      post('/', 'multipart/form-data', 'x'),
      post('/', 'text/plain', 'x'),
      multipart([]),
    ],
  }),
  row('serve-static', {
    app: (express, { files }) =>
      express().use('/s', load('serve-static')(files, { extensions: ['html'] })),
    requests: [
      '/s/hello.txt',
      '/s/ext',
      '/s/sub',
      '/s/',
      '/s/none',
      withHeaders('/s/range.txt', { Range: 'bytes=1-3' }),
    ],
  }),
  row('serve-index', {
    app: (express, { files }) =>
      express().use(
        '/f',
        load('serve-index')(files, {
          icons: false,
          filter: (name: string) => !name.startsWith('views'),
        }),
      ),
    requests: [
      '/f',
      '/f/sub',
      withHeaders('/f', { Accept: 'application/json' }),
      withHeaders('/f', { Accept: 'text/plain' }),
      withHeaders('/f', { Accept: 'image/png' }),
      'POST /f',
      'OPTIONS /f',
      '/f/none',
      '/f/%2e%2e/',
      '/f/%00',
    ],
    scrub: [
      [/<span class="date">[^<]*<\/span>/g, ''],
      [/<span class="size">[^<]*<\/span>/g, ''],
    ],
  }),
  row('serve-favicon', {
    app: (express, { files }) =>
      express()
        .use(load('serve-favicon')(join(files, 'dot.png')))
        .use((_req, res) => {
          res.end('other')
        }),
    requests: [
      '/favicon.ico',
      'HEAD /favicon.ico',
      'POST /favicon.ico',
      'OPTIONS /favicon.ico',
      withHeaders('/favicon.ico', { 'If-None-Match': '*' }),
      '/x',
    ],
  }),
  row('response-time', {
    app(express, { log }) {
      const responseTime = load('response-time')
      return express()
        .use(
          responseTime({ digits: 1 }),
          responseTime((_req: unknown, _res: unknown, time: number) => log(typeof time)),
        )
        .use((_req, res) => {
          res.send('x')
        })
    },
    varying: ['x-response-time'],
  }),
  row('method-override', {
    app(express) {
      const override = load('method-override')
      const app = express()
      app.use(override('X-HTTP-Method-Override'), override('_method'))
      app
        .put('/', (req, res) => {
          res.send(`put ${(req as unknown as { originalMethod: string }).originalMethod}`)
        })
        .post('/', (_req, res) => {
          res.send('post')
        })
      return app
    },
    requests: [
      'POST /',
      withHeaders('POST /', { 'X-HTTP-Method-Override': 'PUT' }),
      'POST /?_method=PUT',
      '/?_method=PUT',
      withHeaders('POST /', { 'X-HTTP-Method-Override': 'BOGUS' }),
    ],
  }),
  row('connect-timeout', {
    app(express, { log }) {
      const app = express()
      app.use(load('connect-timeout')('40ms'))
      app.get('/slow', (req, res, next) => {
        setTimeout(() => {
          log((req as unknown as { timedout: boolean }).timedout)
          if (!res.headersSent) next()
        }, 90)
      })
      app.get('/fast', (_req, res) => {
        res.send('fast')
      })
      app.use(report)
      return app
    },
    requests: ['/fast', '/slow', '/fast'],
    async drive() {
      await new Promise((resolve) => setTimeout(resolve, 80))
    },
  }),
  row('errorhandler', {
    app: (express) =>
      express()
        .get('/', () => {
          throw Object.assign(new Error('shown'), { status: 418 })
        })
        .get('/o', () => {
          throw { plain: true }
        })
        .get('/sent', (_req, res) => {
          res.write('x')
          throw new Error('late')
        })
        .use(load('errorhandler')({ log: false })),
    requests: [
      '/',
      withHeaders('/', { Accept: 'text/html' }),
      withHeaders('/', { Accept: 'application/json' }),
      '/o',
      '/sent',
    ],
    scrub: [
      [/<li> ?&nbsp; ?&nbsp;at .*?<\/li>/g, ''],
      [/\\n +at [^"]*/g, ''],
      [/(\n +at [^\n]*)+/g, ''],
    ],
    varying: ['content-length', 'etag'],
  }),
  row('vhost', {
    app(express) {
      const vhost = load('vhost')
      const one = express()
      one.use((req, res) => {
        res.json((req as unknown as { vhost: { host: string; length: number; 0?: string } }).vhost)
      })
      return express()
        .use(vhost('*.example.com', one), vhost('exact.test', one))
        .use((_req, res) => {
          res.end('default')
        })
    },
    requests: [
      withHeaders('/', { Host: 'a.example.com:80' }),
      withHeaders('/', { Host: 'exact.test' }),
      withHeaders('/', { Host: 'other.test' }),
    ],
  }),
  row('connect-flash', {
    app(express) {
      const app = express()
      app.use(
        load('express-session')({
          secret: 's',
          resave: false,
          saveUninitialized: true,
          genid: () => 'fixed',
        }),
        load('connect-flash')(),
      )
      const flash = (req: unknown, ...args: string[]): unknown =>
        (req as { flash(...args: string[]): unknown }).flash(...args)
      app.get('/set', (req, res) => {
        flash(req, 'info', 'one')
        flash(req, 'info', 'two')
        res.redirect('/get')
      })
      app.get('/get', (req, res) => {
        res.json([flash(req, 'info'), flash(req)])
      })
      return app
    },
    requests: ['/get', '/set', '/get', '/get'],
    jar: true,
  }),
  row('connect-history-api-fallback', {
    app: (express, { files }) =>
      express()
        .use(
          load('connect-history-api-fallback')({ rewrites: [{ from: /^\/to/, to: '/page.html' }] }),
        )
        .use(express.static(files))
        .use((req, res) => {
          res.end(req.url)
        }),
    requests: [
      '/deep/link',
      ...['/deep/link', '/to/x', '/hello.txt', '/x.js'].map((path) =>
        withHeaders(path, { Accept: 'text/html' }),
      ),
      withHeaders('POST /deep', { Accept: 'text/html' }),
      withHeaders('/api', { Accept: 'application/json' }),
    ],
  }),
  row('express-rate-limit', {
    app(express) {
      const { rateLimit } = loadAll<{ rateLimit: Factory }>('express-rate-limit')
      const app = express()
      app.use(
        rateLimit({
          windowMs: 60_000,
          limit: 2,
          standardHeaders: 'draft-8',
          legacyHeaders: true,
          validate: false,
        }),
      )
      app.use((req, res) => {
        res.json((req as unknown as { rateLimit: { limit: number; used: number } }).rateLimit.used)
      })
      return app
    },
    requests: ['/', '/', '/', '/'],
    varying: ['x-ratelimit-reset', 'retry-after', 'ratelimit', 'ratelimit-policy'],
  }),
  row('express-slow-down', {
    app(express, { log }) {
      const { slowDown } = loadAll<{ slowDown: Factory }>('express-slow-down')
      const app = express()
      app.use(
        slowDown({
          windowMs: 60_000,
          delayAfter: 1,
          delayMs: (used: number) => used * 5,
          validate: false,
        }),
      )
      app.use((req, res) => {
        const { slowDown: info } = req as unknown as {
          slowDown: { used: number; delay: number; limit: number }
        }
        log(info.used, info.delay, info.limit)
        res.end()
      })
      return app
    },
    requests: ['/', '/', '/'],
  }),
  row('hpp', {
    app: (express) =>
      express()
        .use(express.urlencoded({ extended: true }), load('hpp')({ whitelist: ['many'] }))
        .use((req, res) => {
          const more = req as unknown as { queryPolluted: unknown; bodyPolluted: unknown }
          res.json([
            req.query,
            req.body ?? null,
            more.queryPolluted ?? null,
            more.bodyPolluted ?? null,
          ])
        })
        .use(report),
    requests: [
      '/?a=1&a=2&many=1&many=2',
      post('/?x=1', 'application/x-www-form-urlencoded', 'b=1&b=2'),
    ],
  }),
  row('express-mongo-sanitize', {
    app: (express) =>
      express()
        .use(express.json(), load('express-mongo-sanitize')({ replaceWith: '_' }))
        .use((req, res) => {
          res.json([req.query, req.body ?? null])
        })
        .use(report),
    requests: [
      '/?a[$gt]=1',
      post('/', 'application/json', '{"$where":"x","a.b":1,"ok":{"$in":[]}}'),
    ],
  }),
  row('express-fileupload', {
    app: (express) =>
      express()
        .use(load('express-fileupload')({ limits: { fileSize: 50 }, abortOnLimit: true }))
        .post('/', (req, res) => {
          const files =
            (
              req as unknown as {
                files?: Record<string, { name: string; size: number; md5: string }>
              }
            ).files ?? {}
          res.json([
            req.body ?? null,
            Object.entries(files).map(([key, file]) => [key, file.name, file.size, file.md5]),
          ])
        })
        .use(report),
    requests: [
      multipart([
        ['name="a"', '1'],
        ['name="f"; filename="x.txt"', 'content'],
      ]),
      multipart([['name="f"; filename="x.txt"', 'y'.repeat(100)]]),
      post('/', 'text/plain', 'x'),
    ],
  }),
]
