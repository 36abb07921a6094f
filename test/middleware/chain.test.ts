import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer } from 'node:http'
import connect from 'connect'
import express from 'express'
import { describe, expect, it } from 'vitest'
import {
  type ConnectErrorHandler,
  type ConnectHandler,
  MiddlewareChain,
  type NextFunction,
} from '../../src/middleware/chain.ts'
import { chainApp } from './helpers.ts'

describe('order', () => {
  it('runs layers in the order of registration, then what follows the chain', async () => {
    const order: string[] = []
    const app = chainApp(
      (chain) => {
        const layer =
          (name: string): ConnectHandler =>
          (_req, _res, next) => {
            order.push(name)
            next()
          }
        chain.use(layer('a'), [layer('b'), [layer('c')]])
      },
      (_req, res) => {
        order.push('facade')
        res.end()
      },
    )
    await app.get()
    expect(order).toEqual(['a', 'b', 'c', 'facade'])
  })

  it('calls what follows directly when nothing is registered', () => {
    const chain = new MiddlewareChain()
    expect(chain.isEmpty).toBe(true)
    expect(chain.handle({} as never, {} as never, () => undefined)).toBeUndefined()
  })

  it('runs the rest inside the call of next(), so that its async context reaches the end', async () => {
    const storage = new AsyncLocalStorage<string>()
    const app = chainApp(
      (chain) => {
        chain.use((_req, _res, next) => storage.run('seen', next))
        for (let i = 0; i < 300; i++) chain.use((_req, _res, next) => next())
      },
      (_req, res) => void res.end(storage.getStore()),
    )
    expect((await app.get()).text).toBe('seen')
  })

  it('does not overflow the stack on 10,000 layers that hand on at once', async () => {
    let count = 0
    const app = chainApp((chain) => {
      const layer = (_req: unknown, _res: unknown, next: NextFunction): void => {
        count++
        next()
      }
      for (let i = 0; i < 10_000; i++) chain.use(layer)
    })
    expect((await app.get('/x')).text).toBe('facade /x')
    expect(count).toBe(10_000)
  })

  it('does not overflow the stack on 10,000 layers of another path', async () => {
    const app = chainApp((chain) => {
      for (let i = 0; i < 10_000; i++) chain.use('/other', (_req, _res, next) => next())
    })
    expect((await app.get('/x')).text).toBe('facade /x')
  })

  it('keeps the headers that a middleware set', async () => {
    const app = chainApp((chain) => {
      chain.use((_req, res, next) => {
        res.setHeader('X-Powered-By', 'middleware')
        next()
      })
    })
    expect((await app.get()).headers['x-powered-by']).toBe('middleware')
  })
})

describe('next', () => {
  it('counts once for each layer: a second call cannot pass a guard that is still thinking', async () => {
    const app = chainApp((chain) => {
      chain.use((_req, _res, next) => {
        next()
        next()
      })
      chain.use(async (_req, res) => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        res.statusCode = 401
        res.end('guarded')
      })
    })
    expect(await app.get()).toMatchObject({ status: 401, text: 'guarded' })
  })

  it.each(['route', 'router', 1])('takes %o for an error, as Connect does', async (value) => {
    const app = chainApp((chain) => {
      chain.use((_req, _res, next) => next(value))
      chain.use((_req, res) => res.end('not reached'))
    })
    expect((await app.get()).text).toBe(`error ${value}`)
  })

  it.each(['', 0, null, undefined])('takes %o for no error', async (value) => {
    const app = chainApp((chain) => void chain.use((_req, _res, next) => next(value)))
    expect((await app.get()).text).toBe('facade /')
  })

  it('is called with the request as the layer got it, whoever changed the URL below', async () => {
    const seen: unknown[] = []
    const app = chainApp((chain) => {
      chain.use('/a', (req, _res, next) => {
        seen.push(req.url)
        req.url = '/rewritten'
        next()
      })
    })
    expect((await app.get('/a/b?q')).text).toBe('facade /a/rewritten')
    expect(seen).toEqual(['/b?q'])
  })
})

describe('errors', () => {
  const boom = Object.assign(new Error('boom'), { status: 418 })

  it.each([
    [
      'thrown',
      () => {
        throw boom
      },
    ],
    [
      'rejected',
      async () => {
        throw boom
      },
    ],
    ['handed to next', (_req: unknown, _res: unknown, next: NextFunction) => next(boom)],
  ] as const)('a %s error goes to the next error middleware only', async (_how, layer) => {
    const passed: string[] = []
    const app = chainApp((chain) => {
      chain.use((_error: unknown, _req: unknown, _res: unknown, next: NextFunction) => {
        passed.push('too early')
        next()
      })
      chain.use(layer)
      chain.use((_req, _res, next) => {
        passed.push('plain')
        next()
      })
      const last: ConnectErrorHandler = (error, _req, res, _next) => {
        res.end(`handled ${(error as Error).message}`)
      }
      chain.use(last)
    })
    expect((await app.get()).text).toBe('handled boom')
    expect(passed).toEqual([])
  })

  it('an error that no middleware takes reaches the end', async () => {
    const app = chainApp((chain) => {
      chain.use(() => {
        throw boom
      })
    })
    expect((await app.get()).status).toBe(418)
  })

  it('error middleware that calls next() without an error resumes the normal line', async () => {
    const app = chainApp((chain) => {
      chain.use(() => {
        throw boom
      })
      chain.use((_error: unknown, _req: unknown, _res: unknown, next: NextFunction) => next())
    })
    expect((await app.get()).text).toBe('facade /')
  })

  it.each([
    [
      'throw undefined',
      () => {
        throw undefined
      },
    ],
    ['reject with nothing', () => Promise.reject()],
  ])('%s is still an error', async (_how, layer) => {
    const app = chainApp((chain) => void chain.use(layer))
    expect((await app.get()).status).toBe(500)
    expect(String(app.late[0])).toContain('Middleware threw undefined')
  })

  it('an error after next() is reported and changes nothing', async () => {
    const app = chainApp((chain) => {
      chain.use((_req, _res, next) => {
        next()
        throw boom
      })
      chain.use(async (_req, _res, next) => {
        next()
        throw boom
      })
    })
    expect((await app.get()).text).toBe('facade /')
    expect(app.late).toEqual([boom, boom])
  })

  it('an error of what follows the chain does not surface inside the middleware', async () => {
    const caught: unknown[] = []
    const app = chainApp(
      (chain) => {
        chain.use((_req, _res, next) => {
          try {
            next()
          } catch (error) {
            caught.push(error)
          }
        })
      },
      () => {
        throw boom
      },
    )
    expect((await app.get()).status).toBe(500)
    expect(caught).toEqual([])
    expect(app.late).toEqual([boom])
  })

  it('an error of what follows an asynchronous layer rejects the run', async () => {
    const app = chainApp(
      (chain) => {
        chain.use((_req, _res, next) => void setImmediate(next))
      },
      () => {
        throw boom
      },
    )
    expect((await app.get()).status).toBe(500)
    expect(app.late).toEqual([boom])
  })
})

describe('mounts', () => {
  const show = (chain: MiddlewareChain, path: string): void => {
    chain.use(path, (req, res) => {
      const { url, originalUrl, baseUrl } = req as express.Request
      res.end(JSON.stringify({ url, originalUrl, baseUrl }))
    })
  }
  const cases: [mount: string, target: string, seen: [url: string, baseUrl: string] | null][] = [
    ['/a', '/a', ['/', '/a']],
    ['/a', '/a/', ['/', '/a']],
    ['/a', '/a?x=1', ['/?x=1', '/a']],
    ['/a', '/a/b/c?x=1', ['/b/c?x=1', '/a']],
    ['/a/', '/a/b', ['/b', '/a']],
    ['a', '/a/b', ['/b', '/a']],
    ['/a', '/A/B', ['/B', '/A']],
    ['/A', '/a/b', ['/b', '/a']],
    ['/a', '/a.json', ['/.json', '/a']],
    ['/a', '/ab', null],
    ['/a', '/b/a', null],
    ['/a', 'http://h/a/b?x', ['http://h/b?x', '/a']],
    ['/a', 'http://h/a', ['http://h/', '/a']],
    ['/a', '/%61/b%2Fc', ['/b/c', '/%61/']],
    ['/a', '/a/b%2Fc', ['/b%2Fc', '/a']],
    ['/caf%C3%A9', '/caf%C3%A9/x', ['/x', '/caf%C3%A9']],
    ['/café', '/caf%C3%A9/x', ['/x', '/caf%C3%A9']],
    ['/u/:id', '/u/7/x', ['/x', '/u/7']],
    ['/u/<int:id>/x', '/u/7/x/y', ['/y', '/u/7/x']],
    ['/u/:id/x', '/u/x', null],
  ]
  it.each(cases)('mounted at %s, %s is seen as %o', async (mount, target, seen) => {
    const app = chainApp((chain) => show(chain, mount))
    const { text } = await app.get(target)
    if (seen === null) {
      expect(text).toBe(`facade ${target}`)
    } else {
      const parsed = JSON.parse(text)
      expect(parsed.url).toBe(seen[0])
      expect(parsed.originalUrl).toBe(target)
      // An odd spelling has no exact prefix; what counts is that the URL is restored.
      if (!target.includes('%2Fc') || !target.includes('%61')) expect(parsed.baseUrl).toBe(seen[1])
    }
  })

  it.each(cases)('mounted at %s, %s is restored afterwards', async (mount, target) => {
    const seen: unknown[] = []
    const app = chainApp(
      (chain) => void chain.use(mount, (_req, _res, next) => next()),
      (req, res) => {
        seen.push(req.url, (req as express.Request).baseUrl)
        res.end()
      },
    )
    await app.get(target)
    expect(seen).toEqual([target, undefined])
  })

  it('takes several paths at once and runs the layer once', async () => {
    let runs = 0
    const app = chainApp((chain) => {
      chain.use(['/a', /^\/a/, '/b'], (_req, _res, next) => {
        runs++
        next()
      })
    })
    await app.get('/a/x')
    await app.get('/b')
    await app.get('/c')
    expect(runs).toBe(2)
  })

  it('strips what a RegExp matched at the start, up to a border', async () => {
    const urls: unknown[] = []
    const app = chainApp((chain) => {
      chain.use(/^\/v\d+/g, (req, _res, next) => {
        urls.push(req.url)
        next()
      })
    })
    for (const target of ['/v1/x?q', '/v22', '/v1x', '/w', '/v1/x']) await app.get(target)
    expect(urls).toEqual(['/x?q', '/', '/v1x', '/x'])
  })

  it('nests: an app in an app in an app', async () => {
    const inner = connect()
    inner.use('/c', (req, res) => {
      const { url, originalUrl, baseUrl } = req as unknown as express.Request
      res.end(`${url} ${originalUrl} ${baseUrl}`)
    })
    const outer = new MiddlewareChain()
    outer.use('/b', inner)
    const app = chainApp((chain) => {
      chain.use('/a', (req, res, next) => outer.handle(req, res, next))
    })
    expect((await app.get('/a/b/c/d')).text).toBe('/d /a/b/c/d /a/b')
    expect((await app.get('/a/b/x')).text).toBe('facade /a/b/x')
  })

  it('tells a Connect app its route', () => {
    const inner = connect()
    new MiddlewareChain().use('/somewhere', inner)
    expect(inner.route).toBe('/somewhere')
  })

  it('mounts a real Express app, and takes its prototypes off again', async () => {
    const sub = express()
    sub.get('/hello', (req, res) => void res.json({ base: req.baseUrl, path: req.path }))
    const seen: boolean[] = []
    const app = chainApp(
      (chain) => void chain.use('/sub', sub),
      (req, res) => {
        seen.push('get' in req, 'json' in res)
        res.end('facade')
      },
    )
    expect(JSON.parse((await app.get('/sub/hello')).text)).toEqual({ base: '/sub', path: '/hello' })
    expect((await app.get('/sub/unknown')).text).toBe('facade')
    expect(seen).toEqual([false, false])
    expect(typeof sub.route).toBe('function')
  })

  it("mounts an http.Server's listener and an object with handle()", async () => {
    class Handler {
      readonly greeting = 'object'
      handle(_req: unknown, res: { end(text: string): void }): void {
        res.end(this.greeting)
      }
    }
    const app = chainApp((chain) => {
      chain.use(
        '/server',
        createServer((_req, res) => void res.end('server')),
      )
      chain.use('/object', new Handler())
    })
    expect((await app.get('/server')).text).toBe('server')
    expect((await app.get('/object')).text).toBe('object')
  })
})

describe('mistakes are told at registration', () => {
  it.each([
    ['no handler', []],
    ['a path alone', ['/a']],
    ['null', [null]],
    ['a number', ['/a', 5]],
    ['an object without handle()', [{}]],
    ['five parameters', [(_a: 1, _b: 2, _c: 3, _d: 4, _e: 5) => {}]],
    ['a query in the path', ['/a?b', () => {}]],
    ['an optional group', ['/a{/b}', () => {}]],
    ['a regular expression in a string', ['/a(b|c)', () => {}]],
  ])('%s', (_what, args) => {
    const chain = new MiddlewareChain()
    expect(() => chain.use(...(args as Parameters<typeof chain.use>))).toThrow(TypeError)
    expect(chain.isEmpty).toBe(true)
  })
})
