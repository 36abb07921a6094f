import type { ErrorRequestHandler, RequestHandler } from 'express'
import { answer, app, type ExpressSuite, note, withHeaders } from '../../kit/express/suite.ts'
import type { Ask, ExpressCase } from '../../kit/express/types.ts'

const echo: RequestHandler = (req, res) => {
  res.json({
    url: req.url,
    base: req.baseUrl,
    path: req.path,
    params: req.params,
    keys: Object.keys(req.params),
  })
}
const five = (test: ExpressCase): ExpressCase => ({ ...test, only: 5 })

const PATHS: readonly (readonly [pattern: string, ...asks: string[]])[] = [
  ['/*splat', '/', '/a', '/a/b/c', '/a%2Fb/c', '/a//b'],
  ['/files/*path', '/files', '/files/', '/files/a/b.txt'],
  ['{/*splat}', '/', '/a/b'],
  ['/{*splat}', '/', '/a/b'],
  ['/user{/:id}', '/user', '/user/1', '/user/'],
  ['/:file{.:ext}', '/a', '/a.b', '/a.b.c'],
  ['/{:lang/}about', '/about', '/en/about'],
  ['/a{b}c', '/ac', '/abc'],
  ['/:"quoted name"', '/x'],
  ['/\\(literal\\)', '/(literal)'],
  ['/*a/x/*b', '/1/x/2', '/1/2/x/3/4'],
  ['/:a/*rest', '/1/2/3'],
  ['/*', '/x'],
  ['/:', '/x'],
  ['/a?', '/a'],
  ['/a+', '/a'],
  ['/(a)', '/a'],
  ['/:id(\\d+)', '/1'],
  ['/[a]', '/a'],
  ['/a!b', '/a!b'],
  ['*', '/x'],
  ['', '/', '/x'],
  ['/{a', '/a'],
  ['/a}', '/a'],
  ['*splat', '/x/y'],
  ['/:é', '/x'],
  ['/:a:b', '/12'],
  ['/{:a}{:b}', '/1'],
]

const STATUSES = [
  99,
  100,
  1000,
  0,
  -1,
  200.5,
  '200',
  'abc',
  Number.NaN,
  null,
  undefined,
  {},
  true,
  101,
  599,
  600,
  999,
] as const

const rejecting = (name: string, make: () => unknown): ExpressCase =>
  app(`a handler that rejects with ${name}`, (made) => {
    made.get('/', async () => {
      throw make()
    })
    const report: ErrorRequestHandler = (error, _req, res, _next) => {
      res.status(500).json([typeof error, String(error), error?.message])
    }
    made.use(report)
  })

type Loose = Record<string, (...args: unknown[]) => unknown>

export const express5: ExpressSuite = {
  name: 'express5',
  cases: (
    [
      ...PATHS.map(([pattern, ...asks]) =>
        app(`get ${pattern}`, (made) => made.get(pattern, echo), asks),
      ),
      ...PATHS.map(([pattern, ...asks]) =>
        app(
          `use ${pattern}`,
          (made) => made.use(pattern, echo),
          asks.map((ask) => `${ask}`),
        ),
      ),
      ...STATUSES.map((code) =>
        answer(
          `res.status(${typeof code === 'string' ? `'${code}'` : String(code)})`,
          (_req, res) => {
            res.status(code as number).send('x')
          },
          ['/'],
          { patience: 150 },
        ),
      ),
      ...STATUSES.map((code) =>
        answer(
          `res.sendStatus(${typeof code === 'string' ? `'${code}'` : String(code)})`,
          (_req, res) => {
            res.sendStatus(code as number)
          },
          ['/'],
          { patience: 150 },
        ),
      ),
      rejecting('an error', () => new Error('async')),
      rejecting('nothing', () => undefined),
      rejecting('null', () => null),
      rejecting('text', () => 'text'),
      rejecting("'route'", () => 'route'),
      rejecting('0', () => 0),
      rejecting('false', () => false),
      app('rejected middleware', (made) => {
        made.use(async () => {
          throw new Error('mw')
        })
      }),
      app('a rejected error handler', (made) => {
        made.use(() => {
          throw new Error('first')
        })
        const one: ErrorRequestHandler = async () => {
          throw new Error('second')
        }
        made.use(one)
      }),
      app(
        'a rejected param function',
        (made) => {
          made
            .param('id', async () => {
              throw new Error('param')
            })
            .get('/:id', echo)
        },
        ['/1'],
      ),
      app(
        'a rejection after the answer',
        (made) => {
          made.get('/', async (_req, res) => {
            res.send('x')
            throw new Error('late')
          })
        },
        ['/', '/'],
      ),
      app(
        'a rejection after next',
        (made) => {
          made.get(
            '/',
            async (_req, _res, next) => {
              next()
              throw new Error('late')
            },
            (_req, res) => {
              setTimeout(() => {
                if (!res.headersSent) res.end('second')
              }, 5)
            },
          )
        },
        ['/', '/'],
      ),
      app(
        'a thenable that rejects',
        (made) => {
          made.get('/', (() => ({
            // biome-ignore lint/suspicious/noThenProperty: a thenable is what this case is about
            then(_resolve: unknown, reject: (error: Error) => void) {
              reject(new Error('thenable'))
            },
          })) as never)
        },
        ['/'],
        { patience: 150 },
      ),
      app('a handler that resolves with a value', (made) => {
        made.get('/', (async (_req: unknown, res: { end(text: string): void }) => {
          res.end('x')
          return 'value'
        }) as never)
      }),
      note('removed: app.del', ({ app: made, log }) => log(typeof (made as unknown as Loose).del)),
      note('removed: app.param(fn)', ({ app: made }) => {
        ;(made as unknown as Loose).param?.(() => {})
      }),
      answer('removed: req.param and the plural-less accepts', (req, res, { log }) => {
        const view = req as unknown as Loose
        log(
          typeof view.param,
          typeof view.acceptsCharset,
          typeof view.acceptsEncoding,
          typeof view.acceptsLanguage,
        )
        res.end()
      }),
      answer('removed: res.sendfile', (_req, res, { log }) => {
        log(typeof (res as unknown as Loose).sendfile)
        res.end()
      }),
      answer('removed: res.json(status, body)', (_req, res) => {
        ;(res.json as (...args: unknown[]) => void)(201, { a: 1 })
      }),
      answer('removed: res.json(body, status)', (_req, res) => {
        ;(res.json as (...args: unknown[]) => void)({ a: 1 }, 201)
      }),
      answer('removed: res.send(body, status)', (_req, res) => {
        ;(res.send as (...args: unknown[]) => void)('x', 201)
      }),
      answer('removed: res.send(status)', (_req, res) => {
        ;(res.send as (...args: unknown[]) => void)(201)
      }),
      answer('removed: res.jsonp(status, body)', (_req, res) => {
        ;(res.jsonp as (...args: unknown[]) => void)(201, {})
      }),
      answer('removed: res.redirect(url, status)', (_req, res) => {
        ;(res.redirect as (...args: unknown[]) => void)('/x', 301)
      }),
      answer(
        "removed: res.redirect('back')",
        (_req, res) => {
          res.redirect('back')
        },
        [withHeaders('/', { Referer: '/ref' })],
      ),
      answer('res.redirect(undefined)', (_req, res) => {
        ;(res.redirect as (...args: unknown[]) => void)(undefined)
      }),
      answer('res.redirect(status, undefined)', (_req, res) => {
        ;(res.redirect as (...args: unknown[]) => void)(301, undefined)
      }),
      answer(
        'req.query is a getter',
        (req, res, { log }) => {
          log(
            Object.hasOwn(req, 'query'),
            Object.is(req.query, req.query),
            Object.getPrototypeOf(req.query) === null,
          )
          try {
            ;(req as { query: unknown }).query = { mine: 1 }
          } catch (error) {
            log(error)
          }
          log(req.query)
          Object.defineProperty(req, 'query', { value: 'defined', configurable: true })
          log(req.query)
          res.end()
        },
        ['/?a=1'],
      ),
      answer(
        'req.query follows the url',
        (req, res) => {
          const before = req.query
          req.url = '/?b=2'
          res.json([before, req.query])
        },
        ['/?a=1'],
      ),
      answer(
        'req.body without a parser',
        (req, res, { log }) => {
          log(req.body, 'body' in req)
          res.end()
        },
        ['/', { method: 'POST', path: '/', body: 'x' }],
      ),
      answer(
        'req.host keeps the port',
        (req, res) => {
          res.json([req.host, req.hostname])
        },
        [withHeaders('/', { Host: 'a.test:81' })],
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
      app(
        'dotfiles in express.static by default',
        (made, { express, files }) => {
          made.use(express.static(files))
        },
        ['/.private/key.txt'],
      ),
      note('app.router', ({ app: made, log }) => {
        const view = made as unknown as {
          router: { stack: unknown[]; caseSensitive: boolean; strict: boolean }
          _router: unknown
        }
        log(
          typeof view.router,
          Object.is(view.router, view.router),
          view.router.stack.length,
          view._router,
          Object.getOwnPropertyDescriptor(made, 'router')?.get !== undefined,
        )
      }),
      note('settings are read when the router is made', ({ app: made, log }) => {
        made.enable('strict routing').enable('case sensitive routing')
        const view = (made as unknown as { router: { caseSensitive: boolean; strict: boolean } })
          .router
        made.disable('strict routing')
        log(view.caseSensitive, view.strict)
      }),
      note('Layer methods', ({ app: made, log }) => {
        made.get('/a/:b', () => {})
        const layer = (made as unknown as { router: { stack: Record<string, unknown>[] } }).router
          .stack[0] as Record<string, unknown> & {
          match(path: string): boolean
          params: unknown
          path: unknown
        }
        log(
          typeof layer.match,
          typeof layer.handleRequest,
          typeof layer.handleError,
          typeof layer.handle_request,
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
      {
        name: 'app.listen gives its error to the callback',
        async app(
          express: Parameters<ExpressCase['app']>[0],
          { log }: { log(...values: unknown[]): void },
        ) {
          const first = express().listen(0, '127.0.0.1')
          await new Promise((resolve) => first.once('listening', resolve))
          const { port } = first.address() as { port: number }
          await new Promise<void>((resolve) => {
            express().listen(port, '127.0.0.1', (error?: Error) => {
              log((error as unknown as { code: string })?.code)
              resolve()
            })
          })
          await new Promise((resolve) => first.close(resolve))
          return undefined
        },
      },
      answer('res.vary throws without a field', (_req, res) => {
        ;(res.vary as unknown as () => void)()
      }),
      answer('res.clearCookie ignores maxAge', (_req, res) => {
        res.clearCookie('a', { maxAge: 1000, expires: new Date(1e12) }).end()
      }),
      app(
        'the params of a splat',
        (made) => {
          made.get('/f/*path', (req, res) => {
            res.json([Array.isArray(req.params.path), req.params])
          })
        },
        ['/f/a/b%20c', '/f/%zz'] as Ask[],
      ),
      app(
        'an optional param that is missing',
        (made) => {
          made.get('/u{/:id}', (req, res) => {
            res.json([Object.keys(req.params), 'id' in req.params])
          })
        },
        ['/u', '/u/1'],
      ),
      app(
        'param functions and splats',
        (made, { log }) => {
          made
            .param('path', (_req, _res, next, value) => {
              log(value)
              next()
            })
            .get('/*path', echo)
        },
        ['/a/b'],
      ),
      app(
        'mergeParams and splats',
        (made, { express }) => {
          const router = express.Router({ mergeParams: true })
          router.get('/*b', echo)
          made.use('/:a', router)
        },
        ['/1/2/3'],
      ),
      app(
        'RegExp params',
        (made) => {
          made.get(/^\/(\d+)?-(?<named>\w+)?$/, echo)
        },
        ['/1-x', '/-x', '/1-', '/-'],
      ),
    ] satisfies ExpressCase[]
  ).map(five),
}
