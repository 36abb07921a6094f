import type { ErrorRequestHandler, RequestHandler } from 'express'
import { app, type ExpressSuite, note } from '../../kit/express/suite.ts'
import type { LayerView } from '../../kit/express/types.ts'

const pass: RequestHandler = (_req, _res, next) => next()

const echo: RequestHandler = (req, res) => {
  res.json({
    url: req.url,
    base: req.baseUrl,
    path: req.path,
    original: req.originalUrl,
    params: req.params,
    route: req.route?.path,
  })
}

/** Paths that mean the same in both majors. */
const PATHS: readonly (readonly [
  pattern: string | RegExp | readonly (string | RegExp)[],
  ...asks: string[],
])[] = [
  ['/', '/', '//', '/?a', '/x'],
  ['/user', '/user', '/user/', '/USER', '/user/x', '/users', '/user?x=1'],
  ['/user/', '/user', '/user/', '/user//'],
  ['/:id', '/1', '/a%20b', '/a%2Fb', '/a+b', '/é', '/', '/1/2'],
  ['/user/:id', '/user/1', '/user/', '/user/1/', '/user/1/x', '/user/a.b', '/user/a-b_c~d'],
  ['/user/:id/edit', '/user/1/edit', '/user/1', '/user//edit'],
  ['/:a/:b', '/1/2', '/1', '/1/2/3'],
  ['/:a-:b', '/1-2', '/1-2-3', '/1'],
  ['/:a.:b', '/file.txt', '/a.b.c', '/a'],
  ['/flights/:from-:to', '/flights/LAX-SFO', '/flights/LAX'],
  ['/v:version/x', '/v1/x', '/v/x', '/vx/x'],
  ['/:userId_x', '/5', '/5_x'],
  [/^\/re(\d+)$/, '/re12', '/re', '/rex'],
  [/^\/re\/(\w+)\/(\w+)?$/, '/re/a/b', '/re/a/'],
  [/\/any/, '/any', '/some/any/where', '/ANY'],
  [/^\/named\/(?<name>[a-z]+)$/, '/named/bob', '/named/1'],
  [/.*fly$/, '/butterfly', '/dragonfly', '/flyer'],
  [['/a', '/b/:x', /^\/c(\d)$/], '/a', '/b/1', '/c2', '/d'],
  ['/caf%C3%A9', '/caf%C3%A9', '/café'],
  ['/a.b', '/a.b', '/axb'],
  ['/a$b', '/a$b'],
  ['/with space', '/with%20space'],
  ['/a,b', '/a,b'],
  ['/a=b', '/a=b'],
  ['/~user', '/~user'],
  ['/@me', '/@me'],
  ['/a;b', '/a;b'],
  ["/it's", "/it's"],
]

const textOf = (pattern: unknown): string =>
  Array.isArray(pattern) ? pattern.map(String).join(' or ') : String(pattern)

export const router: ExpressSuite = {
  name: 'router',
  cases: [
    ...PATHS.map(([pattern, ...asks]) =>
      app(`get ${textOf(pattern)}`, (made) => made.get(pattern as string, echo), asks),
    ),
    ...PATHS.map(([pattern, ...asks]) =>
      app(`use ${textOf(pattern)}`, (made) => made.use(pattern as string, echo), asks),
    ),
    ...PATHS.slice(0, 12).map(([pattern, ...asks]) =>
      app(
        `get ${textOf(pattern)} strict and case sensitive`,
        (made) =>
          made
            .enable('strict routing')
            .enable('case sensitive routing')
            .get(pattern as string, echo),
        asks,
      ),
    ),
    ...PATHS.slice(0, 12).map(([pattern, ...asks]) =>
      app(
        `a strict, case-sensitive Router under ${textOf(pattern)}`,
        (made, { express }) => {
          const router = express.Router({ strict: true, caseSensitive: true })
          router.get(pattern as string, echo).use(pattern as string, (req, res) => {
            res.end(`use ${req.url}`)
          })
          made.use('/m', router)
        },
        asks.map((ask) => `/m${ask}`),
      ),
    ),
    ...([true, false] as const).map((mergeParams) =>
      app(
        `mergeParams ${mergeParams}`,
        (made, { express }) => {
          const router = express.Router({ mergeParams })
          router.get('/:b', echo).get('/same/:a', echo)
          made.use('/:a', router)
        },
        ['/1/2', '/1/same/2'],
      ),
    ),
    app(
      'mergeParams with numbered parameters',
      (made, { express }) => {
        const router = express.Router({ mergeParams: true })
        router.get(/^\/(\d+)$/, echo)
        made.use(/^\/u(\w)/, router)
      },
      ['/ux/12'],
    ),
    app(
      'mergeParams through two levels',
      (made, { express }) => {
        const one = express.Router({ mergeParams: true })
        const two = express.Router({ mergeParams: true })
        two.get('/:c', echo)
        one.use('/:b', two)
        made.use('/:a', one)
      },
      ['/1/2/3'],
    ),
    app(
      'params are put back after a router',
      (made, { express, log }) => {
        const router = express.Router()
        router.use('/:inner', (req, _res, next) => {
          log(req.params)
          next()
        })
        made.use('/:outer', router, (req, res) => {
          res.json(req.params)
        })
      },
      ['/a/b'],
    ),
    app("next('route') skips the rest of a route", (made, { log }) => {
      made.get(
        '/',
        (_req, _res, next) => {
          log(1)
          next('route')
        },
        () => {
          log('unreached')
        },
      )
      made.get('/', (_req, res) => {
        log(2)
        res.end()
      })
    }),
    app(
      "next('router') leaves a router",
      (made, { express, log }) => {
        const router = express.Router()
        router.use((_req, _res, next) => {
          log('in')
          next('router')
        })
        router.use(() => {
          log('unreached')
        })
        made.use('/r', router)
        made.use((req, res) => {
          res.end(`out ${req.url} ${req.baseUrl}`)
        })
      },
      ['/r/x'],
    ),
    app(
      "next('router') in a route of a router",
      (made, { express }) => {
        const router = express.Router()
        router.get(
          '/x',
          (_req, _res, next) => next('router'),
          () => {},
        )
        router.get('/x', (_req, res) => {
          res.end('unreached')
        })
        made.use(router)
        made.get('/x', (_req, res) => {
          res.end('outside')
        })
      },
      ['/x'],
    ),
    app(
      "next('router') in the app's own router",
      (made) =>
        made
          .use((_req, _res, next) => next('router'))
          .use((_req, res) => {
            res.end('unreached')
          }),
      ['/x'],
    ),
    app(
      "next('route') in middleware",
      (made) =>
        made
          .use((_req, _res, next) => next('route'))
          .use((_req, res) => {
            res.end('next')
          }),
      ['/x'],
    ),
    ...(
      [
        ['null', null],
        ['undefined', undefined],
        ['false', false],
        ['0', 0],
        ['an empty string', ''],
        ['a string', 'oops'],
        ['a number', 503],
        ['an object', { status: 404 }],
        ['true', true],
        ['an error', new Error('given')],
        ['an array', ['x']],
      ] as const
    ).map(([title, value]) =>
      app(`next(${title})`, (made) => {
        made.get('/', (_req, _res, next) => next(value as never))
        made.use((_req, res) => {
          res.status(404).end('fell through')
        })
        const onError: ErrorRequestHandler = (error, _req, res, _next) => {
          res.status(500).json({ type: typeof error, text: String(error) })
        }
        made.use(onError)
      }),
    ),
    ...(
      [
        ['an Error', () => new Error('message')],
        ['an error with status', () => Object.assign(new Error('teapot'), { status: 418 })],
        ['an error with statusCode', () => Object.assign(new Error('gone'), { statusCode: 410 })],
        ['an error with a bad status', () => Object.assign(new Error('odd'), { status: 200 })],
        ['an error with status as text', () => Object.assign(new Error('odd'), { status: '404' })],
        [
          'an error with headers',
          () =>
            Object.assign(new Error('limited'), { status: 429, headers: { 'Retry-After': '10' } }),
        ],
        [
          'an error with expose',
          () => Object.assign(new Error('told'), { status: 500, expose: true }),
        ],
        ['a string', () => 'text'],
        ['a number', () => 42],
        ['an object', () => ({ status: 400, message: 'plain' })],
        ['null', () => null],
        ['undefined', () => undefined],
        ['false', () => false],
        ['a symbol', () => Symbol('s')],
        ["the string 'route'", () => 'route'],
        ["the string 'router'", () => 'router'],
        ['HTML in the message', () => new Error('<script>&"\'')],
        [
          'an error without stack',
          () => {
            const error = new Error('bare')
            error.stack = undefined as never
            return error
          },
        ],
      ] as const
    ).map(([title, make]) =>
      app(`throwing ${title} with nobody to handle it`, (made) =>
        made.get('/', () => {
          throw make()
        }),
      ),
    ),
    app('error handlers run in order and are skipped without an error', (made, { log }) => {
      const one: ErrorRequestHandler = (error, _req, _res, next) => {
        log('one', error)
        next(error)
      }
      const two: ErrorRequestHandler = (error, _req, _res, next) => {
        log('two', error)
        next()
      }
      made.use(
        pass,
        one,
        () => {
          throw new Error('x')
        },
        one,
      )
      made.use(one, two)
      made.use((_req, res) => {
        res.end('recovered')
      })
      made.use(two)
    }),
    app('an error handler that throws another error', (made) => {
      const one: ErrorRequestHandler = (_error, _req, _res, _next) => {
        throw new Error('second')
      }
      const two: ErrorRequestHandler = (error, _req, res, _next) => {
        res.end(error.message)
      }
      made.get('/', () => {
        throw new Error('first')
      })
      made.use(one, two)
    }),
    app(
      'an error handler in a route',
      (made) => {
        const handle: ErrorRequestHandler = (error, _req, res, _next) => {
          res.end(`route ${error.message}`)
        }
        made.get(
          '/',
          () => {
            throw new Error('x')
          },
          handle,
        )
        made.get('/later', pass, handle, (_req: unknown, res: { end(text: string): void }) =>
          res.end('skipped'),
        )
      },
      ['/', '/later'],
    ),
    app(
      'an error leaves a router for the app',
      (made, { express }) => {
        const router = express.Router()
        router.get('/x', () => {
          throw new Error('inner')
        })
        made.use('/r', router)
        const handle: ErrorRequestHandler = (error, req, res, _next) => {
          res.end(`${error.message} ${req.url} ${req.baseUrl}`)
        }
        made.use(handle)
      },
      ['/r/x'],
    ),
    app(
      'an error handler under a path',
      (made) => {
        made.use(() => {
          throw new Error('x')
        })
        const handle: ErrorRequestHandler = (_error, req, res, _next) => {
          res.end(`${req.baseUrl} ${req.url}`)
        }
        made.use('/a', handle)
      },
      ['/a/b', '/b'],
    ),
    app(
      'functions of other lengths',
      (made, { log }) => {
        made.use((() => {
          log('none')
        }) as unknown as RequestHandler)
      },
      ['/'],
      { patience: 120 },
    ),
    app('a handler with five parameters is never called', (made, { log }) => {
      made.use(((_a: unknown, _b: unknown, _c: unknown, _d: unknown, _e: unknown) => {
        log('never')
      }) as unknown as RequestHandler)
      made.use((_req, res) => {
        res.end('after')
      })
    }),
    app('next called twice', (made, { log }) => {
      let count = 0
      made.use((_req, _res, next) => {
        next()
        next()
      })
      made.use((_req, res) => {
        log('run', ++count)
        if (count === 1) res.end('once')
      })
    }),
    app('next called after the answer', (made, { log }) => {
      made.get('/', (_req, res, next) => {
        res.end('answered')
        next()
      })
      made.use((_req, res) => {
        log('later', res.headersSent, res.writableEnded)
      })
    }),
    app(
      'an error after the answer',
      (made) => {
        made.get('/', (_req, res) => {
          res.send('answered')
          throw new Error('late')
        })
      },
      ['/', '/'],
    ),
    app(
      'an error while the body is sent',
      (made) => {
        made.get('/', (_req, res, next) => {
          res.write('part')
          setTimeout(() => next(new Error('midway')), 5)
        })
      },
      ['/', '/'],
    ),
    app('many synchronous layers do not overflow the stack', (made) => {
      for (let count = 0; count < 3000; count++) made.use((_req, _res, next) => next())
      made.get('/', (_req, res) => {
        res.end('deep')
      })
    }),
    app('many handlers in one route do not overflow the stack', (made) => {
      const pass: RequestHandler = (_req, _res, next) => next()
      made.get('/', ...Array.from({ length: 3000 }, () => pass), (_req, res) => {
        res.end('deep')
      })
    }),
    app(
      'many routes',
      (made) => {
        for (let count = 0; count < 500; count++)
          made.get(`/r${count}`, (req, res) => {
            res.send(`${count} ${req.route.path}`)
          })
        made.get('/:any', (_req, res) => {
          res.send('any')
        })
      },
      ['/r0', '/r250', '/r499', '/r500', '/R1', '/r1/'],
    ),
    app(
      'order wins over precision',
      (made) => {
        made.get('/:any', (_req, res) => {
          res.end('any')
        })
        made.get('/exact', (_req, res) => {
          res.end('exact')
        })
      },
      ['/exact'],
    ),
    app(
      'url changed by middleware',
      (made) => {
        made.use((req, _res, next) => {
          if (req.url.startsWith('/old')) req.url = req.url.replace('/old', '/new')
          next()
        })
        made.get('/old', (_req, res) => {
          res.end('old')
        })
        made.get('/new', (req, res) => {
          res.json([req.url, req.originalUrl, req.path, req.query])
        })
      },
      ['/old', '/old?x=1'],
    ),
    app('method changed by middleware', (made) => {
      made.use((req, _res, next) => {
        req.method = 'DELETE'
        next()
      })
      made.get('/', (_req, res) => {
        res.end('get')
      })
      made.delete('/', (_req, res) => {
        res.end('delete')
      })
    }),
    app(
      'url changed inside a mount',
      (made, { express }) => {
        const router = express.Router()
        router.use((req, _res, next) => {
          req.url = '/changed'
          next()
        })
        router.get('/never', (_req, res) => {
          res.end()
        })
        made.use('/m', router)
        made.use((req, res) => {
          res.end(req.url)
        })
      },
      ['/m/x'],
    ),
    app(
      'a url without a slash',
      (made) => {
        made.use((req, _res, next) => {
          req.url = ''
          next()
        })
        made.get('/', (_req, res) => {
          res.end('root')
        })
        made.use((req, res) => {
          res.end(`use ${JSON.stringify(req.url)}`)
        })
      },
      ['/x'],
    ),
    app(
      'an absolute-form target',
      (made) => {
        made.get('/x', echo)
        made.use('/m', echo)
      },
      [
        { path: 'http://other.test/x?y=1' },
        { path: 'http://other.test/m/z' },
        { path: 'http://other.test' },
      ],
    ),
    app(
      'double slashes',
      (made) => {
        made.get('/a/b', echo)
        made.use('/m', echo)
        made.use('/', echo)
      },
      ['//a/b', '/a//b', '//m/x', '/m//x', '//'],
    ),
    app(
      'dots are not resolved',
      (made) => {
        made.use('/m', echo).use(echo)
      },
      ['/m/../x', '/./m', '/m/..', '/m/%2e%2e/x'],
    ),
    app(
      'encoded slashes and mounts',
      (made) => {
        made.use('/m', echo).use(echo)
      },
      ['/m%2Fx', '/%6d/x', '/m/%2F'],
    ),
    app(
      'a mount does not match half a segment',
      (made) => {
        made.use('/foo', echo).use((_req, res) => {
          res.end('other')
        })
      },
      ['/foo', '/foo/', '/foobar', '/foo?x', '/foo.bar', '/foo/bar', '/foo-bar'],
    ),
    app(
      'malformed encoding in a param',
      (made) => {
        made.get('/:id', echo)
      },
      ['/%', '/%zz', '/%E0%A4%A', '/%C3%28'],
    ),
    app(
      'malformed encoding elsewhere',
      (made) => {
        made.use(echo)
      },
      ['/%', '/?q=%'],
    ),
    app(
      'malformed encoding with an error handler',
      (made) => {
        made.get('/:id', echo)
        const handle: ErrorRequestHandler = (error, _req, res, _next) => {
          res.status(error.status).json({
            name: error.name,
            message: error.message,
            status: error.status,
            statusCode: error.statusCode,
          })
        }
        made.use(handle)
      },
      ['/%zz'],
    ),
    app('a Router is a function', (made, { express, log }) => {
      const router = express.Router()
      log(typeof router, router.length, router.name, Object.keys(router).sort().join(' '))
      router.get('/', (_req, res) => {
        res.end('called')
      })
      made.use((req, res, next) => router(req, res, next))
    }),
    note('a Router inherits from Router.prototype or Router', ({ express, log }) => {
      const router = express.Router()
      log(
        router instanceof (express.Router as unknown as new () => object),
        Object.getPrototypeOf(router) === express.Router,
        typeof (express.Router as unknown as { prototype: { use: unknown } }).prototype?.use,
        typeof (express.Router as unknown as { use: unknown }).use,
      )
    }),
    note('new Router works', ({ express, log }) => {
      const router = new (
        express.Router as unknown as new (
          options: object,
        ) => Record<string, unknown>
      )({ strict: true, caseSensitive: true, mergeParams: true })
      log(
        typeof router,
        router.strict,
        router.caseSensitive,
        router.mergeParams,
        router.params,
        router.stack,
      )
    }),
    note('Router() defaults', ({ express, log }) => {
      const router = express.Router() as unknown as Record<string, unknown>
      log(router.strict, router.caseSensitive, router.mergeParams)
    }),
    ...(['get', 'use', 'all', 'param', 'route'] as const).map((name) =>
      note(`router.${name} returns what it should`, ({ express, log }) => {
        const router = express.Router()
        const verbs = router as unknown as Record<string, (...args: unknown[]) => unknown>
        const back =
          name === 'route'
            ? verbs.route?.('/x')
            : verbs[name]?.(...(name === 'use' ? [() => {}] : ['x', () => {}]))
        log(back === router, (back as object).constructor?.name)
      }),
    ),
    app('router.use needs a function', (_made, { express }) => {
      express.Router().use('/x' as never)
    }),
    app('router.use rejects nothing', (_made, { express }) => {
      ;(express.Router().use as () => void)()
    }),
    app('router.use rejects an object', (_made, { express }) => {
      express.Router().use({} as never)
    }),
    app('router.param needs a function', (_made, { express }) => {
      express.Router().param('x', 'y' as never)
    }),
    app(
      "router.param with a leading ':'",
      (_made, { express, log }) => {
        const router = express.Router()
        router.param(':id', (_req, _res, next, value) => {
          log('ran', value)
          next()
        })
        router.get('/:id', (_req, res) => {
          res.end()
        })
        _made.use(router)
      },
      ['/1'],
    ),
    app(
      'a router handles outside of an app',
      (made, { express, log }) => {
        const router = express.Router()
        router.get('/x', (_req, res) => {
          res.end('x')
        })
        made.use((req, res) =>
          router(req, res, (error?: unknown) => {
            log('done', error)
            res.end('outer')
          }),
        )
      },
      ['/x', '/y'],
    ),
    app(
      'a router mounted twice',
      (made, { express }) => {
        const router = express.Router()
        router.get('/', echo)
        made.use('/a', router).use('/b', router)
      },
      ['/a', '/b', '/c'],
    ),
    app(
      'req.route is that of the running handler',
      (made, { log }) => {
        made.use((req, _res, next) => {
          log(req.route)
          next()
        })
        made.get('/a/:b', (req, _res, next) => {
          log(req.route.path, Object.keys(req.route.methods))
          next()
        })
        made.all('/a/:x', (req, res) => {
          log(req.route.path, Object.keys(req.route.methods).length)
          res.end()
        })
        made.use((req, res) => {
          log(req.route?.path)
          res.end()
        })
      },
      ['/a/x', '/b'],
    ),
    note('the stack of an app', ({ app, express, log, major }) => {
      app.use(function logger(_req, _res, next) {
        next()
      })
      app.use('/static', express.static('/tmp'))
      app.get(
        '/user/:id',
        function show(_req, res) {
          res.end()
        },
        function more() {},
      )
      app.post('/user/:id', () => {})
      app.all('/all', () => {})
      const sub = express.Router()
      sub.get('/x', () => {})
      app.use('/sub', sub)
      app.use(express())
      app.use(function failed(_error: unknown, _req: unknown, _res: unknown, _next: unknown) {})
      const stack =
        major === 4
          ? (app as unknown as { _router: { stack: LayerView[] } })._router.stack
          : (app as unknown as { router: { stack: LayerView[] } }).router.stack
      for (const layer of stack) {
        log(
          layer.name,
          typeof layer.handle,
          layer.handle.length,
          layer.route?.path,
          Object.keys(layer.route?.methods ?? {}),
          layer.route?.stack.map((one) => `${one.name} ${one.method}`),
          layer.keys,
          layer.params,
          layer.path,
          layer.regexp,
          Object.keys(layer).join(' '),
        )
      }
    }),
    note('the stack of a router', ({ express, log }) => {
      const router = express.Router()
      router
        .get(
          '/a',
          function first() {},
          function second() {},
        )
        .use('/b', function third() {})
      const stack = router.stack as unknown as LayerView[]
      log(
        stack.length,
        stack.map((layer) => layer.name),
        stack[0]?.route?.stack.map((layer) => layer.name),
        Object.keys(stack[0]?.route ?? {}).join(' '),
      )
    }),
    app(
      'splicing the stack takes effect',
      (made, { express }) => {
        const router = express.Router()
        router.get('/one', (_req, res) => {
          res.end('one')
        })
        router.get('/two', (_req, res) => {
          res.end('two')
        })
        router.get('/add', (_req, res) => {
          router.get('/added', (_r, s) => {
            s.end('added')
          })
          res.end()
        })
        router.get('/remove', (_req, res) => {
          router.stack.splice(0, 1)
          res.end()
        })
        router.get('/empty', (_req, res) => {
          router.stack = [] as never
          res.end()
        })
        made.use(router)
      },
      ['/one', '/two', '/added', '/add', '/added', '/remove', '/one', '/two', '/empty', '/two'],
    ),
    app(
      'reordering the stack takes effect',
      (made, { express }) => {
        const router = express.Router()
        router.get('/:x', (_req, res) => {
          res.end('param')
        })
        router.get('/x', (_req, res) => {
          res.end('literal')
        })
        router.get('/swap/now', (_req, res) => {
          router.stack.reverse()
          res.end()
        })
        made.use(router)
      },
      ['/x', '/swap/now', '/x'],
    ),
    app("replacing a layer's handle takes effect", (made, { express, log }) => {
      const router = express.Router()
      router.use(function original(_req, _res, next) {
        log('original')
        next()
      })
      router.get('/', (_req, res) => {
        res.end()
      })
      made.use(router)
      const layer = router.stack[0] as unknown as { handle: RequestHandler }
      const before = layer.handle
      layer.handle = (req, res, next) => {
        log('wrapped')
        before(req, res, next)
      }
    }),
    app(
      'a route added while the app runs',
      (made) => {
        made.get('/late', (_req, res) => {
          made.get('/new', (_r, s) => {
            s.end('new')
          })
          res.end('added')
        })
      },
      ['/new', '/late', '/new'],
    ),
    app(
      'a layer pushed during a request',
      (made, { log }) => {
        made.use((_req, _res, next) => {
          made.use((_r, res) => {
            log('pushed')
            res.end('pushed')
          })
          next()
        })
      },
      ['/'],
    ),
    app('a handler with its own toString and name', (made) => {
      const handler: RequestHandler = (_req, res) => {
        res.end('named')
      }
      Object.defineProperty(handler, 'name', { value: 'my name' })
      made.get('/', handler)
    }),
    app('bound functions', (made) => {
      made.get(
        '/',
        function (this: { text: string }, _req: unknown, res: { end(text: string): void }) {
          res.end(this.text)
        }.bind({ text: 'bound' }) as unknown as RequestHandler,
      )
    }),
    app(
      'http methods in lower case reach nothing special',
      (made) => {
        made.use((req, res) => {
          res.end(req.method)
        })
      },
      [
        { method: 'FOO', path: '/', raw: 'FOO / HTTP/1.1\r\nHost: x\r\n\r\n' },
        { method: 'get', path: '/', raw: 'get / HTTP/1.1\r\nHost: x\r\n\r\n' },
      ],
    ),
  ],
}
