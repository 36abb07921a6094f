import type { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { app, type ExpressSuite, note } from '../../kit/express/suite.ts'
import type { Express4Extras } from '../../kit/express/types.ts'

const METHODS = [
  'checkout',
  'copy',
  'delete',
  'get',
  'head',
  'lock',
  'merge',
  'mkactivity',
  'mkcol',
  'move',
  'm-search',
  'notify',
  'options',
  'patch',
  'post',
  'purge',
  'put',
  'report',
  'search',
  'subscribe',
  'trace',
  'unlock',
  'unsubscribe',
  'propfind',
  'proppatch',
  'bind',
  'link',
] as const

const DEFAULT_SETTINGS = [
  'case sensitive routing',
  'env',
  'etag',
  'jsonp callback name',
  'json escape',
  'json replacer',
  'json spaces',
  'query parser',
  'strict routing',
  'subdomain offset',
  'trust proxy',
  'view cache',
  'view engine',
  'x-powered-by',
  'unknown',
] as const

type Verb = (path: string, ...handlers: unknown[]) => unknown

export const application: ExpressSuite = {
  name: 'application',
  cases: [
    ...METHODS.map((method) =>
      app(
        `app.${method} answers its method and no other`,
        (made) => {
          const verbs = made as unknown as Record<string, Verb>
          verbs[method]?.('/x', (_req: unknown, res: { end(text: string): void }) =>
            res.end(method),
          )
        },
        [`${method.toUpperCase()} /x`, method === 'get' ? 'POST /x' : '/x', 'OPTIONS /x'],
      ),
    ),
    ...DEFAULT_SETTINGS.map((name) =>
      note(`the setting '${name}' at first`, ({ app, log }) => {
        log(
          app.get(name),
          app.enabled(name),
          app.disabled(name),
          (app.set as (name: string) => unknown)(name),
        )
      }),
    ),
    ...(
      ['case sensitive routing', 'strict routing', 'x-powered-by', 'view cache', 'other'] as const
    ).map((name) =>
      note(`enable and disable '${name}'`, ({ app, log }) => {
        log(app.enable(name) === app, app.get(name), app.enabled(name))
        log(app.disable(name) === app, app.get(name), app.disabled(name))
      }),
    ),
    note('set returns the app and get the value', ({ app, log }) => {
      log(app.set('a', 1) === app, app.get('a'), app.set('b', undefined) === app, app.get('b'))
    }),
    note('settings do not come from Object.prototype', ({ app, log }) => {
      log(app.get('hasOwnProperty'), app.get('__proto__'), app.enabled('toString'))
    }),
    note('a setting named __proto__ stays a setting', ({ app, log }) => {
      app.set('__proto__', { evil: true })
      log(app.get('__proto__'), ({} as { evil?: boolean }).evil)
    }),
    ...([true, false, 'weak', 'strong', undefined, 'nonsense', 7, null] as const).map((value) =>
      note(`set('etag', ${value}) compiles its function`, ({ app, log }) => {
        app.set('etag', value)
        const made = app.get('etag fn') as ((body: string, encoding?: string) => string) | undefined
        log(typeof made, made?.('hello'), made?.('hé', 'latin1'))
      }),
    ),
    note("set('etag', function) is used as it is", ({ app, log }) => {
      const fn = (): string => 'x'
      app.set('etag', fn)
      log(app.get('etag fn') === fn)
    }),
    ...([true, false, 'simple', 'extended', 'nonsense', null, undefined] as const).map((value) =>
      note(`set('query parser', ${value}) compiles its function`, ({ app, log }) => {
        app.set('query parser', value)
        const parse = app.get('query parser fn') as ((text: string) => unknown) | undefined
        log(typeof parse, parse?.('a=1&b[c]=2&a=3'), parse?.(''))
      }),
    ),
    ...(
      [
        true,
        false,
        1,
        2,
        'loopback',
        '10.0.0.0/8, loopback',
        ['127.0.0.1'],
        undefined,
        'bad!',
      ] as const
    ).map((value) =>
      note(`set('trust proxy', ${JSON.stringify(value)}) compiles its function`, ({ app, log }) => {
        app.set('trust proxy', value)
        const trust = app.get('trust proxy fn') as
          | ((address: string, hop: number) => unknown)
          | undefined
        log(typeof trust, trust?.('127.0.0.1', 0), trust?.('10.1.1.1', 1), trust?.('8.8.8.8', 2))
      }),
    ),
    app(
      'a setting of the parent is inherited by a mounted app unless it has its own',
      (made, { express, log }) => {
        const child = express()
        const own = express()
        own.set('title', 'own')
        made.set('title', 'parent').set('json spaces', 2)
        made.use('/child', child).use('/own', own)
        log(child.get('title'), own.get('title'), child.get('json spaces'))
        child.get('/', (_req, res) => {
          res.json({ a: 1 })
        })
      },
      ['/child'],
    ),
    app(
      'a mounted app inherits trust proxy',
      (made, { express }) => {
        const child = express()
        made.set('trust proxy', true).use('/c', child)
        child.get('/', (req, res) => {
          res.send([req.ip, req.ips, req.protocol].join(' '))
        })
      },
      [
        {
          path: '/c',
          headers: { 'X-Forwarded-For': '1.2.3.4, 5.6.7.8', 'X-Forwarded-Proto': 'https' },
        },
      ],
    ),
    app(
      'a mounted app keeps its own trust proxy',
      (made, { express }) => {
        const child = express()
        child.set('trust proxy', false)
        made.set('trust proxy', true).use('/c', child)
        child.get('/', (req, res) => {
          res.send([req.ip, req.protocol].join(' '))
        })
      },
      [{ path: '/c', headers: { 'X-Forwarded-For': '1.2.3.4', 'X-Forwarded-Proto': 'https' } }],
    ),
    note('mount is emitted with the parent', ({ app, express, log }) => {
      const child = express()
      child.on('mount', (parent) => log('mount', parent === app, child.mountpath, child.path()))
      app.use('/a', child)
      const grandchild = express()
      grandchild.on('mount', (parent) => log('mount', parent === child))
      child.use(['/b', '/c'], grandchild)
      log(grandchild.mountpath, grandchild.path(), app.path(), app.mountpath)
    }),
    note('an app is an event emitter', ({ app, log }) => {
      const emitter = app as unknown as EventEmitter
      emitter.on('x', (value) => log('x', value))
      log(emitter.emit('x', 1), emitter.emit('y'), emitter.listenerCount('x'))
    }),
    note('an app has the surface of the reference', ({ app, log }) => {
      const known = app as unknown as Record<string, unknown>
      const names = [
        'init',
        'defaultConfiguration',
        'lazyrouter',
        'handle',
        'use',
        'route',
        'engine',
        'param',
        'set',
        'path',
        'enabled',
        'disabled',
        'enable',
        'disable',
        'all',
        'del',
        'render',
        'listen',
        'get',
        'post',
        'put',
        'delete',
        'patch',
        'on',
        'emit',
        'cache',
        'engines',
        'settings',
        'locals',
        'mountpath',
        'request',
        'response',
        '_router',
        'query',
      ]
      log(names.map((name) => `${name}:${typeof known[name]}`).join(' '))
      log(typeof app, app.length, app.name)
    }),
    note('express has the surface of the reference', ({ express, log }) => {
      log(Object.keys(express).sort().join(' '))
      log(typeof express, express.name, express.length)
      const parts = express as unknown as Record<string, { name?: string; length?: number }>
      for (const name of [
        'Router',
        'Route',
        'json',
        'raw',
        'static',
        'text',
        'urlencoded',
        'query',
      ]) {
        log(name, typeof parts[name], parts[name]?.name, parts[name]?.length)
      }
      log(Object.keys(express.application).sort().join(' '))
      log(Object.keys(express.request).sort().join(' '))
      log(Object.keys(express.response).sort().join(' '))
    }),
    note('locals have settings and no prototype', ({ app, log }) => {
      log(Object.getPrototypeOf(app.locals) === null, app.locals.settings === app.settings)
      app.locals.title = 'x'
      log(Object.keys(app.locals))
    }),
    note('what an app enumerates', ({ app, log }) => {
      log(
        Object.keys(app)
          .filter((key) => key !== '_router')
          .sort()
          .join(' '),
      )
    }),
    app(
      'app.all answers every method',
      (made) =>
        made.all('/x', (req, res) => {
          res.end(req.method)
        }),
      ['/x', 'POST /x', 'DELETE /x', 'HEAD /x', 'OPTIONS /x', 'PROPFIND /x', '/y'],
    ),
    app(
      'app.all runs in order with the methods',
      (made, { log }) => {
        made.get('/x', (_req, _res, next) => {
          log('get')
          next()
        })
        made.all('/x', (_req, _res, next) => {
          log('all')
          next()
        })
        made.get('/x', (_req, res) => {
          res.end('end')
        })
      },
      ['/x', 'PUT /x'],
    ),
    app(
      'app.route chains methods',
      (made) => {
        made
          .route('/r')
          .get((_req, res) => {
            res.end('get')
          })
          .post((_req, res) => {
            res.end('post')
          })
          .all((_req, res) => {
            res.end('all')
          })
      },
      ['/r', 'POST /r', 'PUT /r', 'OPTIONS /r', 'HEAD /r'],
    ),
    note('app.route gives a Route', ({ app, express, log }) => {
      const route = app.route('/x')
      log(
        route instanceof (express as unknown as { Route: new () => object }).Route,
        route.path,
        route.stack.length,
      )
      route.get(() => {})
      log(route.stack.length, Object.keys((route as unknown as { methods: object }).methods))
    }),
    ...(['get', 'post', 'use', 'all', 'param', 'engine'] as const).map((name) =>
      note(`app.${name} returns the app`, ({ app, log }) => {
        const verbs = app as unknown as Record<string, (...args: unknown[]) => unknown>
        const args: unknown[] =
          name === 'use' ? [() => {}] : name === 'engine' ? ['x', () => {}] : ['/x', () => {}]
        log(verbs[name]?.(...args) === app)
      }),
    ),
    app('app.use needs a function', (made) => {
      made.use('/x' as never)
    }),
    app('app.use rejects no arguments', (made) => {
      ;(made.use as () => void)()
    }),
    app('app.use rejects a number', (made) => {
      made.use(7 as never)
    }),
    app('app.use rejects an empty array', (made) => {
      made.use([])
    }),
    app('app.use rejects an array with something else', (made) => {
      made.use('/', [() => {}, 'x'] as never)
    }),
    app('app.get with a path and something else', (made) => {
      made.get('/x', 'y' as never)
    }),
    app('app.get with a path and null', (made) => {
      made.get('/x', null as never)
    }),
    app('route.get with something else', (made) => {
      made.route('/x').get('y' as never)
    }),
    app('route.all with something else', (made) => {
      made.route('/x').all({} as never)
    }),
    app('app.route().get() without handlers', (made) => {
      made.route('/x').get()
    }),
    app('app.engine needs a function', (made) => {
      made.engine('x', 'y' as never)
    }),
    app('app.param needs a name', (made) => {
      ;(made.param as (a: unknown, b?: unknown) => void)(() => {}, 'x')
    }),
    app('app.param with a name only', (made) => {
      ;(made.param as unknown as (a: unknown) => void)('id')
    }),
    app(
      'app.use with several paths',
      (made) =>
        made.use(['/a', '/b', /^\/c\d+/], (req, res) => {
          res.end(`${req.baseUrl}|${req.url}`)
        }),
      ['/a', '/b/x', '/c12/y', '/d', '/A', '/a/', '/ab'],
    ),
    app('app.use with nested arrays of functions', (made, { log }) => {
      const fn =
        (name: string) =>
        (_req: unknown, _res: unknown, next: () => void): void => {
          log(name)
          next()
        }
      made.use(
        [fn('1'), [fn('2'), [fn('3')]]] as never,
        fn('4'),
        (_req: unknown, res: { end(): void }) => {
          res.end()
        },
      )
    }),
    app('app.get with arrays of handlers', (made, { log }) => {
      const fn =
        (name: string) =>
        (_req: unknown, _res: unknown, next: () => void): void => {
          log(name)
          next()
        }
      made.get('/', [fn('1'), [fn('2')]] as never, fn('3'), (_req: unknown, res: { end(): void }) =>
        res.end(),
      )
    }),
    app(
      'app.get with several paths',
      (made) =>
        made.get(['/a', '/b/:id'], (req, res) => {
          res.json([req.path, req.params, req.route.path])
        }),
      ['/a', '/b/1', '/c'],
    ),
    app(
      'app.param runs once a request and before the handler',
      (made, { log }) => {
        made.param('id', (req, _res, next, value, name) => {
          log('param', name, value, req.url)
          next()
        })
        made.get('/u/:id', (_req, _res, next) => {
          log('first')
          next()
        })
        made.get('/u/:id', (req, res) => {
          log('second')
          res.json(req.params)
        })
      },
      ['/u/7', '/u/a%20b'],
    ),
    app(
      'app.param runs again for another value',
      (made, { log }) => {
        made.param('id', (_req, _res, next, value) => {
          log('param', value)
          next()
        })
        made.use('/:id/b', (_req, _res, next) => next())
        made.get('/a/:id', (req, res) => {
          res.json(req.params)
        })
      },
      ['/a/b', '/a/b/c'],
    ),
    app(
      'app.param may change the value',
      (made) => {
        made.param('id', (req, _res, next, value) => {
          req.params.id = `changed ${value}`
          next()
        })
        made.get('/:id', (req, res) => {
          res.json(req.params)
        })
      },
      ['/7'],
    ),
    app(
      'app.param with an error',
      (made) => {
        made.param('id', (_req, _res, next) => {
          next(Object.assign(new Error('no'), { status: 418 }))
        })
        made.get('/:id', (_req, res) => {
          res.end('unreached')
        })
        made.use((_req: unknown, res: { end(text: string): void }) => res.end('also unreached'))
      },
      ['/7'],
    ),
    app(
      'app.param that throws',
      (made) => {
        made.param('id', () => {
          throw new RangeError('thrown')
        })
        made.get('/:id', (_req, res) => {
          res.end('unreached')
        })
      },
      ['/7'],
    ),
    app(
      "app.param with next('route')",
      (made) => {
        made.param('id', (_req, _res, next) => {
          next('route')
        })
        made.get('/:id', (_req, res) => {
          res.end('unreached')
        })
        made.get('/:name', (_req, res) => {
          res.end('reached')
        })
      },
      ['/7'],
    ),
    app(
      'app.param with a list of names',
      (made, { log }) => {
        made.param(['a', 'b'], (_req, _res, next, value, name) => {
          log(name, value)
          next()
        })
        made.get('/:a/:b', (_req, res) => {
          res.end()
        })
      },
      ['/1/2'],
    ),
    app(
      'several functions for one param',
      (made, { log }) => {
        made.param('a', (_req, _res, next) => {
          log('one')
          next()
        })
        made.param('a', (_req, _res, next) => {
          log('two')
          setTimeout(next, 2)
        })
        made.get('/:a', (_req, res) => {
          res.end()
        })
      },
      ['/1'],
    ),
    app(
      'param functions of the parent are not run in a router',
      (made, { express, log }) => {
        made.param('id', (_req, _res, next) => {
          log('app')
          next()
        })
        const router = express.Router()
        router.param('id', (_req, _res, next) => {
          log('router')
          next()
        })
        router.get('/:id', (_req, res) => {
          res.end()
        })
        made.use('/r', router)
      },
      ['/r/1'],
    ),
    app('app.listen gives a server and says when it listens', () => {}, []),
    {
      name: 'app.listen returns a real http.Server',
      app(express, { log }) {
        const made = express()
        made.get('/', (_req, res) => {
          res.end('listening')
        })
        const server = made.listen(0, '127.0.0.1', () => log('listening'))
        log(
          server.constructor.name,
          server.listening,
          server.keepAliveTimeout,
          server.headersTimeout,
        )
        return server
      },
      requests: ['/', 'POST /'],
    },
    {
      name: 'app.listen with options and several servers',
      app(express, { log }) {
        const made = express()
        made.get('/', (req, res) => {
          res.end(req.hostname)
        })
        const first = made.listen({ port: 0, host: '127.0.0.1' }, () => {
          log('first')
          first.close(() => log('first closed'))
        })
        const second = made.listen({ port: 0, host: '127.0.0.1' })
        second.on('listening', () => second.close(() => log('second closed')))
        return made.listen(0, '127.0.0.1')
      },
      requests: ['/'],
    },
    app(
      'HEAD is answered by get',
      (made) =>
        made.get('/', (_req, res) => {
          res.set('X-A', '1').send('body')
        }),
      ['HEAD /'],
    ),
    app(
      'HEAD prefers head',
      (made) => {
        made.head('/', (_req, res) => {
          res.set('X-Head', '1').end()
        })
        made.get('/', (_req, res) => {
          res.set('X-Get', '1').end()
        })
      },
      ['HEAD /', '/'],
    ),
    app(
      'OPTIONS lists the methods of all matching routes',
      (made) => {
        made.get('/x', () => {})
        made.post('/x', () => {})
        made.delete('/:any', () => {})
        made.put('/y', () => {})
      },
      ['OPTIONS /x', 'OPTIONS /y', 'OPTIONS /none/here', 'OPTIONS *'],
    ),
    app(
      'OPTIONS through nested routers',
      (made, { express }) => {
        const router = express.Router()
        router.get('/a', () => {})
        router.post('/a', () => {})
        made.use('/r', router)
        made.put('/r/a', () => {})
      },
      ['OPTIONS /r/a', 'OPTIONS /r'],
    ),
    app(
      'OPTIONS with a handler of its own',
      (made) => {
        made.options('/x', (_req, res) => {
          res.set('Allow', 'MINE').end()
        })
        made.get('/x', () => {})
      },
      ['OPTIONS /x'],
    ),
    app('X-Powered-By can be switched off', (made) => {
      made.disable('x-powered-by').get('/', (_req, res) => {
        res.send('x')
      })
    }),
    app('X-Powered-By can be replaced', (made) => {
      made
        .use((_req, res, next) => {
          res.setHeader('X-Powered-By', 'me')
          next()
        })
        .get('/', (_req, res) => {
          res.send('x')
        })
    }),
    app('an app without routes answers 404', () => {}, [
      '/',
      'POST /x',
      'HEAD /y',
      '/%3Cscript%3E',
      "/it's<b>",
    ]),
    app('a 404 in production', () => {}, ['/x'], { env: 'production' }),
    app(
      'an error in production hides its message',
      (made) =>
        made.get('/', () => {
          throw new Error('secret')
        }),
      ['/'],
      { env: 'production' },
    ),
    app(
      'an error in development is printed',
      (made) =>
        made.get('/', () => {
          throw new Error('seen')
        }),
      ['/'],
      { env: 'development' },
    ),
    app(
      'an app mounted in an app restores the request',
      (made, { express, log }) => {
        const child = express()
        child.use((req, _res, next) => {
          log(req.app === child, req.baseUrl, req.url, req.originalUrl)
          next()
        })
        made.use('/m', child)
        made.use((req, res) => {
          log(req.app === made, req.baseUrl, req.url)
          res.end()
        })
      },
      ['/m/x?y=1', '/m'],
    ),
    app(
      'res.locals are shared with a mounted app',
      (made, { express }) => {
        const child = express()
        made.use((_req, res, next) => {
          res.locals.a = 1
          next()
        })
        made.use('/m', child)
        child.use((_req, res) => {
          res.json(res.locals)
        })
      },
      ['/m'],
    ),
    app(
      'extensions of app.request and app.response are seen, also in mounted apps',
      (made, { express }) => {
        const request = made.request as unknown as Record<string, unknown>
        const response = made.response as unknown as Record<string, unknown>
        request.shout = function (this: { url: string }) {
          return this.url.toUpperCase()
        }
        response.hello = function (this: { end(text: string): void }, text: string) {
          this.end(`hello ${text}`)
        }
        const child = express()
        const inner = child.request as unknown as Record<string, unknown>
        inner.whisper = () => 'psst'
        made.use('/c', child)
        const handler = (req: unknown, res: unknown): void => {
          const asked = req as { shout(): string; whisper?(): string }
          ;(res as { hello(text: string): void }).hello(`${asked.shout()} ${asked.whisper?.()}`)
        }
        child.get('/x', handler as never)
        made.get('/x', handler as never)
      },
      ['/c/x', '/x'],
    ),
    {
      name: 'extensions of express.request and express.response are seen by every app',
      app(express, { log }) {
        const request = express.request as unknown as Record<string, unknown>
        const response = express.response as unknown as Record<string, unknown>
        request.extra = () => 'extra'
        response.yell = function (this: { end(text: string): void }) {
          this.end('YELL')
        }
        const made = express()
        made.get('/', (req, res) => {
          log((req as unknown as { extra(): string }).extra())
          ;(res as unknown as { yell(): void }).yell()
          delete request.extra
          delete response.yell
        })
        return made
      },
      requests: ['/'],
    },
    app('the prototype chain of a request', (made, { express, log }) => {
      made.get('/', (req, res) => {
        log(
          Object.getPrototypeOf(req) === made.request,
          Object.getPrototypeOf(res) === made.response,
        )
        const above = Object.prototype.isPrototypeOf
        log(above.call(express.request, req), above.call(express.response, res))
        log(
          req.app === made,
          res.app === made,
          req.res === res,
          res.req === req,
          typeof (req as unknown as { next: unknown }).next,
        )
        log(Object.getPrototypeOf(made.request) === express.request)
        res.end()
      })
    }),
    app(
      'methods replaced on express.response are called through the instance',
      (made, { log }) => {
        made.use((_req, res, next) => {
          const send = res.send
          res.send = function (this: typeof res, body) {
            log('send', typeof body)
            return send.call(this, body)
          } as typeof send
          const end = res.end
          res.end = function (this: typeof res, ...args: unknown[]) {
            log('end', args.length)
            return (end as (...args: unknown[]) => typeof res).apply(this, args)
          } as typeof end
          next()
        })
        made.get('/json', (_req, res) => {
          res.json({ a: 1 })
        })
        made.get('/status', (_req, res) => {
          res.sendStatus(204)
        })
        made.get('/redirect', (_req, res) => {
          res.redirect('/x')
        })
        made.get('/jsonp', (_req, res) => {
          res.jsonp({ a: 1 })
        })
      },
      ['/json', '/status', '/redirect', '/jsonp?callback=cb'],
    ),
    note('an app has no router until it is used', ({ app, log }) => {
      const view = app as unknown as Express4Extras
      log(view._router === undefined, view._router === null)
    }),
    app(
      'app.render with a callback, locals and options',
      (made, { files, log }) => {
        made.engine('tmpl', (path, options, callback) => {
          callback(
            null,
            `${path.slice(files.length)} ${JSON.stringify(Object.keys(options).sort())} ${(options as { title: string }).title}`,
          )
        })
        made.set('views', join(files, 'views')).set('view engine', 'tmpl')
        made.locals.title = 'from app'
        made.render('page', (error: Error, html: string) => log('1', error, html))
        made.render('page', { title: 'from call' }, (error, html) => log('2', error, html))
        made.render(
          'page.tmpl',
          { _locals: { title: 'from locals' } },
          (error: Error, html: string) => log('3', error, html),
        )
        made.render('missing', (error: Error, html: string) =>
          log('4', error.message.replaceAll(files, ''), html),
        )
        made.render('sub', (error: Error, html: string) => log('5', error, html))
        made.render(join(files, 'views', 'index.tmpl'), (error: Error, html: string) =>
          log('6', error, html),
        )
      },
      [],
    ),
  ],
}
