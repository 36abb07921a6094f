import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Blueprint, BustAPI, type ConnectHandler, type UsePath } from '../../src/index.ts'
import { setEnviron } from '../../src/request/environ.ts'
import { exchange, statuses } from '../engine/raw-client.ts'
import { type LiveApp, live } from './live-app.ts'

let folder = ''
const servers: Server[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guard-'))
  await mkdir(join(folder, 'static/admin'), { recursive: true })
  await writeFile(join(folder, 'static/admin/secret.txt'), 'SECRET')
  await writeFile(join(folder, 'static/open.txt'), 'open')
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

const guard: ConnectHandler = (_req, res) => {
  res.statusCode = 401
  res.end('guarded')
}

/** Whatever the spelling, no view's text gets out. */
async function expectGuarded(app: LiveApp, targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const reply = await app.send(method, target)
      expect([method, target, reply.statuses.length]).toEqual([method, target, 1])
      expect([method, target, reply.status]).not.toEqual([method, target, 200])
      expect([method, target, reply.output]).not.toEqual([
        method,
        target,
        expect.stringContaining('SECRET'),
      ])
    }
  }
}

const spellings = (path: string): string[] => {
  const encoded = `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`
  const upper = path.toUpperCase()
  return [
    path,
    `${path}/`,
    `/${path}`,
    `//${path}//`,
    upper,
    `/.${path}`,
    `/x/..${path}`,
    `/x/../x/..${path}`,
    `/%2e${path}`,
    `/x/%2e%2e${path}`,
    `/x%2f..${path}`,
    `/%2f${path.slice(1)}`,
    `/%5c${path.slice(1)}`,
    `\\${path.slice(1)}`,
    `${path};x=1`,
    `${path};`,
    `/;x${path}`,
    `${path}%3bx`,
    `${path}.`,
    `${path}/.`,
    `${path}/x/..`,
    `${path}%2f`,
    `${path}%00`,
    `${path}%20`,
    encoded,
    encoded.replace('%', '%25'),
    `${path}?x`,
    `${path}#x`,
    `http://localhost${path}`,
    `http://localhost/${path}`,
    `http://other.test${encoded}`,
    `HTTP://localhost:80/x/..${path}`,
    path.replace('a', '%c0%a1'),
    path.replace('i', 'ı'),
  ]
}

const METHODS = ['GET', 'POST']

describe('S16, S18: a guard of the app', () => {
  const options = [
    { strictSlashes: true, mergeSlashes: true },
    { strictSlashes: true, mergeSlashes: false },
    { strictSlashes: false, mergeSlashes: true },
    { strictSlashes: false, mergeSlashes: false },
  ]
  it.each(options)('stands before every rule: %o', async ({ strictSlashes, mergeSlashes }) => {
    const app = await live((a) => {
      a.urlMap.strictSlashes = strictSlashes
      a.urlMap.mergeSlashes = mergeSlashes
      a.use('/admin', guard)
      a.route('/admin', { methods: METHODS }, () => 'SECRET 1')
      a.route('/admin/<path:rest>', { methods: METHODS }, () => 'SECRET 2')
      a.route('/<any(admin, other):name>/', { methods: METHODS }, ({ name }) =>
        name === 'admin' ? 'SECRET 3' : 'open',
      )
      a.route('/ADMIN', { methods: METHODS }, () => 'SECRET 4')
      a.get('/open', () => 'open')
    })
    await expectGuarded(app, spellings('/admin'))
    expect((await app.send('GET', '/open')).body).toBe('open')
    expect((await app.send('GET', '/other/')).body).toBe('open')
    await app.expectHealthy()
  })

  it.each([
    ['blueprints inside each other', nested],
    ['Fastify’s own routes', native],
    ['a class of hosts', hosted],
    ['an Express app behind it', mounted],
  ])('stands before %s', async (_what, add) => {
    const app = await live(
      (a) => {
        a.use('/admin', guard)
        add(a)
      },
      add === hosted ? { hostMatching: true } : {},
    )
    await expectGuarded(app, spellings('/admin'))
  })

  it('that a wrapper reroutes goes by the path that is routed', async () => {
    const app = await live((a) => {
      a.use('/admin', guard)
      a.get('/admin', () => 'SECRET')
      const inner = a.wsgiApp
      a.wsgiApp = (req, res) => {
        if (req.url === '/door') setEnviron(req, { pathInfo: '/admin' })
        return inner(req, res)
      }
    })
    await expectGuarded(app, ['/door'])
    await app.expectHealthy()
  })

  it('goes by the URL as the middleware before it left it', async () => {
    const app = await live((a) => {
      a.use((req, _res, next) => {
        if (req.url === '/door') req.url = '/admin'
        next()
      })
      a.use('/admin', guard)
      a.get('/admin', () => 'SECRET')
    })
    await expectGuarded(app, ['/door'])
  })

  it('of an app that Express mounts stands below the mount', async () => {
    const inner = new BustAPI('inner')
    inner.use('/admin', guard)
    inner.get('/admin', () => 'SECRET')
    inner.get('/open', () => 'open')
    const outer = express()
    outer.use('/sub', inner)
    const server = createServer(outer)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const get = (target: string) =>
      exchange(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, {
        pause: 0,
      })
    for (const target of spellings('/admin').filter((path) => path.startsWith('/'))) {
      const { output } = await get(`/sub${target}`)
      expect([target, statuses(output)[0]]).not.toEqual([target, 200])
      expect(output).not.toContain('SECRET')
    }
    expect((await get('/sub/open')).output).toContain('open')
  })

  function nested(app: BustAPI): void {
    const inner = new Blueprint('inner', 'inner', { urlPrefix: '/admin' })
    inner.get('/', () => 'SECRET')
    inner.get('/<path:rest>', () => 'SECRET')
    const outer = new Blueprint('outer', 'outer', { urlPrefix: '/' })
    outer.registerBlueprint(inner)
    app.registerBlueprint(outer)
  }

  function native(app: BustAPI): void {
    app.fastify.get('/admin', async () => 'SECRET')
    app.fastify.get('/admin/*', async () => 'SECRET')
  }

  function hosted(app: BustAPI): void {
    app.addUrlRule('/admin', 'h', () => 'SECRET', { host: '<h>' })
    app.addUrlRule(
      '/<path:all>',
      'all',
      ({ all }: { all: string }) => (all === 'admin' ? 'SECRET' : 'open'),
      {
        host: 'other.test',
      },
    )
  }

  function mounted(app: BustAPI): void {
    const inner = express()
    inner.all('/admin', (_req, res) => void res.end('SECRET'))
    inner.all('/admin/*rest', (_req, res) => void res.end('SECRET'))
    app.use(inner)
  }
})

describe('S17, S19: the form of a mount', () => {
  const mounts: readonly [form: string, mount: UsePath][] = [
    ['with a trailing slash', '/v1/admin/'],
    ['without a leading slash', 'v1/admin'],
    ['in capitals', '/V1/ADMIN'],
    ['a prefix', '/v1/'],
    ['an array', ['/other', '/v1/admin']],
    ['a RegExp', /^\/v1\/admin/],
    ['a RegExp to the end', /^\/v1\/admin$/],
    ['a RegExp that remembers', /^\/v1\/admin/g],
    ['a variable of Express', '/:version/admin'],
    ['a variable of Flask', '/<version>/admin'],
    ['everything', '/'],
  ]
  it.each(mounts)('%s guards', async (_form, mount) => {
    const app = await live((a) => {
      a.urlMap.strictSlashes = false
      a.use(mount, guard)
      a.get('/v1/admin', () => 'SECRET')
      a.get('/<path:all>', ({ all }) => (all.includes('admin') ? 'SECRET' : 'open'))
    })
    for (let round = 0; round < 2; round++) {
      await expectGuarded(app, ['/v1/admin', '/v1/admin/', '//v1/admin', '/v1/%61dmin'])
      await expectGuarded(app, ['http://localhost/v1/admin', '/v1//admin', '/V1/admin'])
    }
  })

  it('S17 an encoded slash inside a variable does not end it', async () => {
    const app = await live((a) => {
      a.use('/user/:id/comments', guard)
      a.get('/user/<path:id>/comments', () => 'SECRET')
      a.fastify.get('/user/:id/comments', async () => 'SECRET')
    })
    await expectGuarded(app, [
      '/user/a%2Fb/comments',
      '/user/a%2fb/comments',
      '/user/a/comments',
      '/user/a/b/comments',
      '/user/%2F/comments',
      '/user/a%252Fb/comments',
    ])
  })
})

describe('S23: static files below a guarded prefix', () => {
  it('are not served by another spelling', async () => {
    const app = await live(
      (a) => {
        a.use('/static/admin', guard)
      },
      { staticFolder: join(folder, 'static') },
    )
    expect((await app.send('GET', '/static/open.txt')).body).toBe('open')
    await expectGuarded(app, [
      '/static/admin/secret.txt',
      '/static//admin/secret.txt',
      '//static/admin/secret.txt',
      '/static/./admin/secret.txt',
      '/static/x/../admin/secret.txt',
      '/static/%61dmin/secret.txt',
      '/static/admin%2fsecret.txt',
      '/static%2fadmin/secret.txt',
      '/static/x%2f..%2fadmin/secret.txt',
      '/static/%2e/admin/secret.txt',
      '/static/admin\\secret.txt',
      '/static/admin%5csecret.txt',
      '/static/admin;x/secret.txt',
      '/x/../static/admin/secret.txt',
      'http://localhost/static/admin/secret.txt',
    ])
  })

  it('literal .. under a guarded prefix does not lead out of it to a view', async () => {
    const app = await live((a) => {
      a.use('/private', guard)
      a.get('/private/<path:rest>', () => 'SECRET')
      a.get('/public/<path:rest>', ({ rest }) => `public ${rest}`)
    })
    await expectGuarded(app, [
      '/public/../private/x',
      '/private/../private/x',
      '/private/x/../../private/y',
    ])
    await app.expectHealthy()
  })
})
