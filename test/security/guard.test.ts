import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { closeServer } from '../../src/engine/close.ts'
import { Engine } from '../../src/engine/engine.ts'
import { listen } from '../../src/engine/listen.ts'
import { renderError } from '../../src/engine/refuse.ts'
import { canonicalPath } from '../../src/middleware/canonical-path.ts'
import { type ConnectHandler, MiddlewareChain, type UsePath } from '../../src/middleware/chain.ts'
import { Rule } from '../../src/routing/rule.ts'
import { UrlMap } from '../../src/routing/url-map.ts'
import { exchange, statuses } from '../engine/raw-client.ts'

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => closeServer(server, 0)))
})

const guard: ConnectHandler = (_req, res) => {
  res.statusCode = 401
  res.end()
}

/** 401: the guard ran. 200: a route's handler ran without it. Anything else: no handler ran. */
type Ask = (target: string) => Promise<number>

async function ask(port: number, target: string): Promise<number> {
  const { output } = await exchange(
    port,
    `GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`,
    { pause: 0 },
  )
  const found = statuses(output)
  expect(found).toHaveLength(1)
  return found[0] as number
}

async function serve(chain: MiddlewareChain, handle: ConnectHandler): Promise<Ask> {
  const server = await listen(
    (req, res) =>
      chain.handle(req, res, (error) => {
        if (error !== undefined) return renderError(error, req, res)
        try {
          handle(req, res, () => {})
        } catch (failure) {
          renderError(failure, req, res)
        }
      }),
    { port: 0 },
  )
  servers.push(server)
  const { port } = server.address() as AddressInfo
  return (target) => ask(port, target)
}

/** Our router behind a guard, as the facade routes: by the canonical path. */
function facade(
  mount: UsePath,
  rules: readonly string[],
  options: { strictSlashes: boolean; mergeSlashes: boolean },
): Promise<Ask> {
  const map = new UrlMap(
    rules.map((rule) => new Rule(rule, { endpoint: rule, methods: ['GET'] })),
    options,
  )
  const chain = new MiddlewareChain()
  chain.use(mount, guard)
  return serve(chain, (req, res) => {
    const adapter = map.bind({ serverName: 'h' })
    adapter.match({ pathInfo: canonicalPath(req), method: 'GET' })
    res.end('handler')
  })
}

/** Native Fastify routes behind a guard. */
function native(
  mount: UsePath,
  paths: readonly string[],
  routerOptions: Record<string, boolean>,
): Promise<Ask> {
  const engine = new Engine(
    (_req, res) => {
      res.statusCode = 404
      res.end()
    },
    { fastify: { routerOptions } },
  )
  for (const path of paths) engine.fastify.get(path, async () => 'handler')
  const chain = new MiddlewareChain()
  chain.use(mount, guard)
  return serve(chain, (req, res) => engine.handle(req, res))
}

/** An Express app that is mounted behind a guard. */
function mountedExpress(
  mount: UsePath,
  paths: readonly string[],
  settings: readonly string[],
): Promise<Ask> {
  const app = express()
  for (const setting of settings) app.enable(setting)
  for (const path of paths) app.get(path, (_req, res) => void res.end('handler'))
  const chain = new MiddlewareChain()
  chain.use(mount, guard)
  chain.use(app)
  return serve(chain, (_req, res) => {
    res.statusCode = 404
    res.end()
  })
}

const SPELLINGS: readonly string[] = [
  '/admin',
  '/admin/',
  '//admin',
  '///admin//',
  '/ADMIN',
  '/Admin/',
  '/./admin',
  '/x/../admin',
  '/admin/.',
  '/admin/x/..',
  '/admin;x=1',
  '/admin;',
  '/;x/admin',
  '/admin.',
  '/%61dmin',
  '/%61%64%6d%69%6e',
  '/%41DMIN',
  '/%2fadmin',
  '/%2Fadmin',
  '/admin%2f',
  '/admin%2F%2e',
  '/%2e/admin',
  '/x/%2e%2e/admin',
  '/x%2f..%2fadmin',
  '/admin%3Bx',
  '/admin%5c',
  '/%5cadmin',
  '/admin?x',
  '/admin/?x=/',
  '/admin#x',
  '/admin#/public',
  '/admin%3F',
  'http://h/admin',
  'http://h//admin',
  'http://h/%61dmin',
  'HTTP://h/admin?x',
  'http://other/admin',
  'http://h:80/x/../admin',
]

const bools = [true, false]

describe('S16, S18: no spelling of a path gets past its guard', () => {
  for (const strictSlashes of bools) {
    for (const mergeSlashes of bools) {
      it(`to our router, strictSlashes ${strictSlashes}, mergeSlashes ${mergeSlashes}`, async () => {
        const get = await facade(
          '/admin',
          ['/admin', '/other/', '/<any(admin, x):name>/<path:rest>', '/admin/<path:rest>'],
          { strictSlashes, mergeSlashes },
        )
        for (const target of SPELLINGS) expect([target, await get(target)]).not.toContain(200)
        expect(await get('/x/rest')).toBe(200)
      })
    }
  }

  for (const caseSensitive of bools) {
    for (const ignoreTrailingSlash of bools) {
      for (const ignoreDuplicateSlashes of bools) {
        for (const useSemicolonDelimiter of bools) {
          const options = {
            caseSensitive,
            ignoreTrailingSlash,
            ignoreDuplicateSlashes,
            useSemicolonDelimiter,
          }
          it(`to a native Fastify route, ${JSON.stringify(options)}`, async () => {
            const get = await native('/admin', ['/admin', '/admin/*', '/open'], options)
            for (const target of SPELLINGS) expect([target, await get(target)]).not.toContain(200)
            expect(await get('/open')).toBe(200)
          })
        }
      }
    }
  }

  it.each([[[]], [['strict routing']], [['case sensitive routing']]])(
    'to a mounted Express app with %o',
    async (settings) => {
      const get = await mountedExpress('/admin', ['/admin', '/admin/*rest', '/open'], settings)
      for (const target of SPELLINGS) expect([target, await get(target)]).not.toContain(200)
      expect(await get('/open')).toBe(200)
    },
  )
})

describe('S17: an encoded slash inside a segment', () => {
  const targets = [
    '/user/a%2Fb/comments',
    '/user/a%2fb/comments',
    '/user/a/comments',
    '/user/a%2Fb/comments/',
    '/user/%2F/comments',
    '/user/a;x/comments',
    '/USER/a%2Fb/COMMENTS',
  ]
  it.each(['/user/:id/comments', '/user/*id/comments', '/user/<id>/comments', '/user'])(
    'is under %s for every router',
    async (mount) => {
      const routers = [
        await facade(mount, ['/user/<path:id>/comments'], {
          strictSlashes: false,
          mergeSlashes: false,
        }),
        await native(mount, ['/user/:id/comments'], { caseSensitive: false }),
        await mountedExpress(mount, ['/user/:id/comments', '/user/*id/comments'], []),
      ]
      for (const get of routers) {
        for (const target of targets) expect([target, await get(target)]).toEqual([target, 401])
      }
    },
  )
})

describe('S19: every form of a mount', () => {
  const mounts: readonly [form: string, mount: UsePath][] = [
    ['a path', '/v1/admin'],
    ['a path with a trailing slash', '/v1/admin/'],
    ['a path without a leading slash', 'v1/admin'],
    ['a path in capitals', '/V1/ADMIN'],
    ['an encoded path', '/v1/%61dmin'],
    ['a prefix', '/v1/'],
    ['an array', ['/other', '/v1/admin']],
    ['a nested array', ['/other', ['/v1/admin', '/v2']] as never],
    ['a RegExp', /^\/v1\/admin/],
    ['a RegExp to the end', /^\/v1\/admin$/],
    ['a global RegExp', /^\/v1\/admin/g],
    ['a sticky RegExp', /\/v1\/admin/y],
    ['a RegExp in an array', [/^\/v1\/admin/]],
    ['a variable', '/:version/admin'],
  ]
  it.each(mounts)('%s guards', async (_form, mount) => {
    const get = await facade(mount, ['/v1/admin', '/<path:all>'], {
      strictSlashes: false,
      mergeSlashes: true,
    })
    const targets = ['/v1/admin', '/v1/admin/', '//v1/admin', '/v1/%61dmin', 'http://h/v1/admin']
    for (let round = 0; round < 2; round++) {
      for (const target of targets) expect([target, await get(target)]).toEqual([target, 401])
    }
    expect(await get('/open')).toBe(200)
  })
})

describe('S21: a malformed percent-encoding', () => {
  it.each(['/%zz', '/%', '/%E0%A4%A', '/a/%2', 'http://h/%'])(
    '%s is a 400 without a stack',
    async (target) => {
      const get = await facade('/admin', ['/<path:all>'], {
        strictSlashes: true,
        mergeSlashes: true,
      })
      expect(await get(target)).toBe(400)
    },
  )

  it.each(['/admin/%zz', '/%61dmin/%'])('%s still meets the guard', async (target) => {
    const get = await facade('/admin', ['/<path:all>'], { strictSlashes: true, mergeSlashes: true })
    expect(await get(target)).toBe(401)
  })
})

describe('S23: files under a guarded prefix', () => {
  it('are not served by another spelling', async () => {
    const chain = new MiddlewareChain()
    chain.use('/engine', guard)
    chain.use(express.static(new URL('..', import.meta.url).pathname))
    const get = await serve(chain, (_req, res) => {
      res.statusCode = 404
      res.end()
    })
    const name = 'raw-client.ts'
    expect(await get('/security/guard.test.ts')).toBe(200)
    for (const target of [
      `/engine/${name}`,
      `//engine/${name}`,
      `/%65ngine/${name}`,
      `/engine%2f${name}`,
      `/security/..%2fengine/${name}`,
      `/security/%2e%2e/engine/${name}`,
      `/./engine/${name}`,
      `/x/../engine/${name}`,
      `/engine\\${name}`,
      `/engine%5c${name}`,
    ]) {
      expect([target, await get(target)]).not.toContain(200)
    }
  })
})
