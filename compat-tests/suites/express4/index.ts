import { join } from 'node:path'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { answer, app, type ExpressSuite, note, withHeaders } from '../../kit/express/suite.ts'
import type {
  Express4Extras,
  ExpressCase,
  LayerView,
  Request4,
  Response4,
} from '../../kit/express/types.ts'

const echo: RequestHandler = (req, res) => {
  res.json({
    url: req.url,
    base: req.baseUrl,
    path: req.path,
    params: req.params,
    keys: Object.keys(req.params),
  })
}
const four = (test: ExpressCase): ExpressCase => ({ ...test, only: 4 })
const req4 = (req: unknown): Request4 => req as Request4
const res4 = (res: unknown): Response4 => res as Response4

const PATHS: readonly (readonly [pattern: string, ...asks: string[]])[] = [
  ['*', '/', '/a/b'],
  ['/*', '/', '/a/b', '/a%2Fb'],
  ['/files/*', '/files', '/files/', '/files/a/b'],
  ['/*/edit', '/a/edit', '/a/b/edit'],
  ['/a*b', '/ab', '/axxb', '/a/b'],
  ['/user/:id?', '/user', '/user/1', '/user/'],
  ['/:id(\\d+)', '/1', '/a', '/1/'],
  ['/:id([0-9]+)/:op?', '/1', '/1/x', '/x'],
  ['/ab?cd', '/acd', '/abcd'],
  ['/ab+cd', '/abcd', '/abbcd'],
  ['/ab(cd)?e', '/abe', '/abcde'],
  ['/:file.:ext?', '/a', '/a.b', '/a.b.c'],
  ['/:path*', '/a', '/a/b/c'],
  ['/:path+', '/a', '/a/b'],
  ['/(a|b)', '/a', '/b', '/c'],
  ['/:a(\\w+)-:b(\\d+)', '/x-1', '/x-y'],
  ['/\\(x\\)', '/(x)'],
  ['(.*)', '/anything'],
  ['/:x(.*)', '/a/b'],
  ['', '/', '/x'],
  ['/:user-:id?', '/a', '/a-b'],
  ['/*.js', '/a.js', '/b/c.js'],
  ['/:a?/:b?', '/', '/1', '/1/2'],
  ['/:é', '/x'],
  ['/[ab]c', '/ac', '/[ab]c'],
  ['/a!b', '/a!b'],
  ['/{x}', '/{x}', '/%7Bx%7D'],
  ['/user/:id/*', '/user/1/x/y', '/user/1'],
]

export const express4: ExpressSuite = {
  name: 'express4',
  cases: (
    [
      ...PATHS.map(([pattern, ...asks]) =>
        app(`get ${pattern}`, (made) => made.get(pattern, echo), asks),
      ),
      ...PATHS.map(([pattern, ...asks]) =>
        app(`use ${pattern}`, (made) => made.use(pattern, echo), asks),
      ),
      ...PATHS.slice(0, 10).map(([pattern, ...asks]) =>
        app(
          `get ${pattern} strict`,
          (made) => made.enable('strict routing').get(pattern, echo),
          asks,
        ),
      ),
      app(
        'app.del',
        (made) => {
          ;(made as unknown as Express4Extras).del(
            '/x',
            (_req: unknown, res: { end(text: string): void }) => res.end('deleted'),
          )
        },
        ['DELETE /x', '/x'],
      ),
      answer(
        'req.param',
        (req, res) => {
          res.json([req4(req).param('a'), req4(req).param('b', 'fallback'), req4(req).param('c')])
        },
        ['/?a=1&c=3'],
      ),
      app(
        'req.param order',
        (made, { express }) => {
          made.use(express.urlencoded({ extended: true })).post('/:a', (req, res) => {
            res.json([req4(req).param('a'), req4(req).param('b'), req4(req).param('c')])
          })
        },
        [
          {
            method: 'POST',
            path: '/params?a=q&b=q&c=q',
            headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
            body: 'a=b&b=b',
          },
        ],
      ),
      answer(
        'acceptsCharset, acceptsEncoding, acceptsLanguage',
        (req, res) => {
          res.json([
            req4(req).acceptsCharset('utf-8'),
            req4(req).acceptsEncoding('gzip'),
            req4(req).acceptsLanguage('en'),
          ])
        },
        [
          '/',
          withHeaders('/', {
            'Accept-Charset': 'utf-8',
            'Accept-Encoding': 'gzip',
            'Accept-Language': 'en',
          }),
        ],
      ),
      answer(
        'req.host is without the port',
        (req, res) => {
          res.json([req4(req).host, req.hostname])
        },
        [withHeaders('/', { Host: 'a.test:81' }), withHeaders('/', { Host: '[::1]:81' })],
      ),
      ...(
        [
          ['json(status, body)', (res: Response4) => res.json(201, { a: 1 })],
          ['json(body, status)', (res: Response4) => res.json({ a: 1 }, 201)],
          ['json(number)', (res: Response4) => res.json(7)],
          ['json(status, number)', (res: Response4) => res.json(201, 7)],
          ['jsonp(status, body)', (res: Response4) => res.jsonp(201, { a: 1 })],
          ['jsonp(body, status)', (res: Response4) => res.jsonp({ a: 1 }, 201)],
          ['send(status)', (res: Response4) => res.send(201)],
          ['send(status, body)', (res: Response4) => res.send(201, 'x')],
          ['send(body, status)', (res: Response4) => res.send('x', 201)],
          ['send(number, number)', (res: Response4) => res.send(200, 5)],
          ['send(204)', (res: Response4) => res.send(204)],
          ['send(999)', (res: Response4) => res.send(999)],
          ['redirect(url, status)', (res: Response4) => res.redirect('/x', 301)],
          ['redirect(undefined)', (res: Response4) => res.redirect(undefined)],
          ['redirect({})', (res: Response4) => res.redirect({})],
          ['vary()', (res: Response4) => res.vary().end()],
          ["status('201')", (res: Response4) => res.status('201').send('x')],
          ['status(200.5)', (res: Response4) => res.status(200.5).send('x')],
          ['status(99)', (res: Response4) => res.status(99).send('x')],
          ['status(1000)', (res: Response4) => res.status(1000).send('x')],
          ['status(undefined)', (res: Response4) => res.status(undefined).send('x')],
          ['status({})', (res: Response4) => res.status({}).send('x')],
        ] as const
      ).map(([name, act]) =>
        answer(
          `res.${name}`,
          (_req, res) => {
            act(res4(res))
          },
          ['/', '/?callback=cb'],
        ),
      ),
      answer(
        "res.redirect('back')",
        (_req, res) => {
          res.redirect('back')
        },
        [
          '/',
          withHeaders('/', { Referer: '/ref' }),
          withHeaders('/', { Referrer: 'http://other.test/' }),
        ],
      ),
      answer(
        "res.location('back')",
        (_req, res) => {
          res.location('back').end()
        },
        ['/', withHeaders('/', { Referer: '/ref' })],
      ),
      app(
        'res.sendfile',
        (made, { files }) => {
          made
            .get('/', (_req, res) => {
              res4(res).sendfile(join(files, 'hello.txt'))
            })
            .get('/cb', (_req, res) => {
              res4(res).sendfile(join(files, 'none.txt'), (error: { status: number }) => {
                res.end(`failed ${error.status}`)
              })
            })
        },
        ['/', '/cb'],
      ),
      app("a rejected promise is nobody's business", (made, { log }) => {
        made.get('/', ((_req: unknown, res: { end(text: string): void }) => {
          const failing = Promise.reject(new Error('async'))
          failing.catch(() => {})
          setTimeout(() => res.end('later'), 5)
          return failing
        }) as never)
        const report: ErrorRequestHandler = (error, _req, _res, _next) => {
          log('seen', error)
        }
        made.use(report)
      }),
      answer(
        'req.query is a property',
        (req, res, { log }) => {
          log(Object.hasOwn(req, 'query'), req.query, Object.getPrototypeOf(req.query) === null)
          ;(req as { query: unknown }).query = { mine: 1 }
          log(req.query)
          res.end()
        },
        ['/?a=1'],
      ),
      answer(
        'req.query stays when the url changes',
        (req, res) => {
          req.url = '/?b=2'
          res.json(req.query)
        },
        ['/?a=1'],
      ),
      app(
        'express.query',
        (made, { express }) => {
          const { query } = express as unknown as { query(options?: object): RequestHandler }
          made
            .use((req, _res, next) => {
              ;(req as { query: unknown }).query = undefined
              next()
            })
            .use(query({ allowDots: true }))
            .use((req, res) => {
              res.json(req.query)
            })
        },
        ['/?a.b=1'],
      ),
      ...(
        [
          'json',
          'urlencoded',
          'bodyParser',
          'cookieParser',
          'session',
          'logger',
          'static',
          'favicon',
          'compress',
          'limit',
          'multipart',
          'methodOverride',
          'csrf',
          'responseTime',
        ] as const
      ).map((name) =>
        note(`express.${name} of Connect`, ({ express, log }) => {
          log(typeof (express as unknown as Record<string, unknown>)[name])
        }),
      ),
      app(
        'express.urlencoded by default',
        (made, { express }) => {
          made.use(express.urlencoded()).use((req, res) => {
            res.json(req.body)
          })
        },
        [
          {
            method: 'POST',
            path: '/',
            headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
            body: 'a[b]=1',
          },
        ],
      ),
      answer('req.body without a parser', (req, res, { log }) => {
        log(req.body, 'body' in req)
        res.end()
      }),
      app(
        'req.body after a parser that had nothing to do',
        (made, { express }) => {
          made.use(express.json()).use((req, res) => {
            res.json(req.body)
          })
        },
        ['/', { method: 'POST', path: '/', body: 'x' }],
      ),
      note('app.router throws', ({ app: made }) => {
        void (made as unknown as { router: unknown }).router
      }),
      note('app._router after first use', ({ app: made, log }) => {
        made.use(() => {})
        const view = made as unknown as Express4Extras
        log(
          typeof view._router,
          view._router?.stack.map((layer) => [
            layer.name,
            String(layer.regexp),
            layer.regexp?.fast_slash,
            layer.regexp?.fast_star,
            layer.keys,
          ]),
        )
      }),
      note('app.lazyrouter', ({ app: made, log }) => {
        const view = made as unknown as Express4Extras
        view.lazyrouter()
        log(view._router?.stack.length)
        view.lazyrouter()
        log(view._router?.stack.length)
      }),
      note('the layers of version 4', ({ app: made, log }) => {
        made
          .get('/a/:b?', () => {})
          .get('*', () => {})
          .use('/m', () => {})
          .use(() => {})
        for (const layer of (made as unknown as { _router: { stack: LayerView[] } })._router.stack)
          log(
            layer.name,
            String(layer.regexp),
            layer.regexp?.fast_slash,
            layer.regexp?.fast_star,
            layer.keys,
            layer.params,
            layer.path,
          )
      }),
      note('Layer methods', ({ app: made, log }) => {
        made.get('/a/:b', () => {})
        const layer = (made as unknown as { _router: { stack: unknown[] } })._router.stack.at(
          -1,
        ) as Record<string, unknown> & {
          match(path: string): boolean
          params: unknown
          path: unknown
        }
        log(
          typeof layer.match,
          typeof layer.handle_request,
          typeof layer.handle_error,
          typeof layer.handleRequest,
          layer.constructor.name,
        )
        log(
          layer.match('/a/1'),
          layer.params,
          layer.path,
          layer.match('/x'),
          layer.params,
          layer.path,
        )
      }),
      app(
        'app.param(fn)',
        (made, { log }) => {
          const view = made as unknown as { param(...args: unknown[]): unknown }
          view.param(
            (name: string, option: unknown) =>
              (_req: unknown, _res: unknown, next: () => void, value: string) => {
                log(name, String(option), value)
                next()
              },
          )
          view.param('id', /^\d+$/)
          made.get('/:id', echo)
        },
        ['/1'],
      ),
      note('Router is its own prototype', ({ express, log }) => {
        const router = express.Router()
        log(
          Object.getPrototypeOf(router) === express.Router,
          typeof (express.Router as unknown as { process_params: unknown }).process_params,
          typeof (express.Router as unknown as { handle: unknown }).handle,
        )
      }),
      {
        name: 'app.listen emits its error',
        async app(
          express: Parameters<ExpressCase['app']>[0],
          { log }: { log(...values: unknown[]): void },
        ) {
          const first = express().listen(0, '127.0.0.1')
          await new Promise((resolve) => first.once('listening', resolve))
          const { port } = first.address() as { port: number }
          await new Promise<void>((resolve) => {
            express()
              .listen(port, '127.0.0.1', () => log('callback'))
              .on('error', (error) => {
                log((error as unknown as { code: string }).code)
                resolve()
              })
          })
          await new Promise((resolve) => first.close(resolve))
          return undefined
        },
      },
      answer('res.clearCookie with maxAge', (_req, res) => {
        res.clearCookie('a', { maxAge: 1000, expires: new Date(1e12) }).end()
      }),
      answer('res.clearCookie with only a path', (_req, res) => {
        res.clearCookie('a', { path: '/x' }).end()
      }),
      app(
        'dotfiles in express.static by default',
        (made, { express, files }) => {
          made.use(express.static(files))
        },
        ['/.private/key.txt', '/.hidden'],
      ),
      app(
        'settings read by lazyrouter',
        (made) => {
          made
            .use((_req, _res, next) => next())
            .enable('strict routing')
            .get('/x', echo)
        },
        ['/x', '/x/'],
      ),
      app(
        'query parser set after first use',
        (made) => {
          made
            .use((_req, _res, next) => next())
            .set('query parser', 'simple')
            .use((req, res) => {
              res.json(req.query)
            })
        },
        ['/?a[b]=1'],
      ),
      app(
        'an optional param that is missing',
        (made) => {
          made.get('/u/:id?', (req, res) => {
            res.json([Object.keys(req.params), 'id' in req.params])
          })
        },
        ['/u', '/u/1'],
      ),
      app(
        'mergeParams and stars',
        (made, { express }) => {
          const router = express.Router({ mergeParams: true })
          router.get('/*', echo)
          made.use('/x/*', router)
        },
        ['/x/2/3'],
      ),
      app(
        'mergeParams and numbers from both',
        (made, { express }) => {
          const router = express.Router({ mergeParams: true })
          router.get(/^\/(\w)(\w)$/, echo)
          made.use(/^\/(\d)/, router)
        },
        ['/1/ab'],
      ),
      app(
        'a param in a mount with a pattern',
        (made) => {
          made.use('/:id(\\d+)', echo).use(echo)
        },
        ['/12/x', '/ab/x'],
      ),
      app(
        'req.params of a RegExp',
        (made) => {
          made.get(/^\/(\d+)?-(?<named>\w+)?$/, echo)
        },
        ['/1-x', '/-x', '/1-', '/-'],
      ),
    ] satisfies ExpressCase[]
  ).map(four),
}
