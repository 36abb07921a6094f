import { describe, expect, it } from 'vitest'
import { type BustAPI, redirect, request, session, urlFor } from '../../src/index.ts'
import { ProxyFix } from '../../src/middleware/proxy-fix.ts'
import { type LiveApp, live } from './live-app.ts'

function site(app: BustAPI): void {
  app.secretKey = 'k'
  app.get('/who', { endpoint: 'who' }, () => ({
    addr: request.remoteAddr,
    scheme: request.scheme,
    secure: request.isSecure,
    host: request.host,
    root: request.rootPath,
    path: request.path,
    method: request.method,
    link: urlFor('who', { _external: true }),
  }))
  app.get('/admin', () => 'SECRET')
  app.delete('/who', () => 'deleted')
  app.get('/slash/', () => 'slash')
  app.get('/account', () => {
    session.setdefault('seen', 1)
    return 'private'
  })
  app.get('/go', () => redirect(urlFor('who')))
}

const DIRECT = {
  addr: '127.0.0.1',
  scheme: 'http',
  secure: false,
  host: 'localhost',
  root: '',
  path: '/who',
  method: 'GET',
  link: 'http://localhost/who',
}

const who = async (app: LiveApp, ...headers: string[]): Promise<unknown> =>
  JSON.parse((await app.send('GET', '/who', { headers })).body)

const FORGED: readonly string[] = [
  'X-Forwarded-For: 6.6.6.6',
  'X-Forwarded-Host: evil.test',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Port: 666',
  'X-Forwarded-Prefix: /evil',
  'X-Forwarded-Server: evil.test',
  'X-Forwarded-Scheme: https',
  'X-Forwarded-Ssl: on',
  'Forwarded: for=6.6.6.6;host=evil.test;proto=https',
  'X-Real-IP: 6.6.6.6',
  'X-Client-IP: 6.6.6.6',
  'True-Client-IP: 6.6.6.6',
  'CF-Connecting-IP: 6.6.6.6',
  'Front-End-Https: on',
  'X-Host: evil.test',
  'X-Original-Host: evil.test',
  'X-Original-URL: /admin',
  'X-Rewrite-URL: /admin',
  'X-Original-URI: /admin',
  'X-HTTP-Method-Override: DELETE',
  'X-HTTP-Method: DELETE',
  'X-Method-Override: DELETE',
  'X-Script-Name: /evil',
  'Script-Name: /evil',
  'Path-Info: /admin',
  'Remote-Addr: 6.6.6.6',
  'Remote-User: root',
  'X_Forwarded_For: 6.6.6.6',
]

describe('S51, S69: what a client says about itself is not believed', () => {
  it.each(FORGED)('%s', async (line) => {
    const app = await live(site)
    expect(await who(app, line)).toEqual(DIRECT)
    await app.expectHealthy()
  })

  it('nor all of it together, nor in a form or a query', async () => {
    const app = await live(site)
    expect(await who(app, ...FORGED)).toEqual(DIRECT)
    const post = await app.send('POST', '/who?_method=DELETE', {
      headers: [
        'Content-Type: application/x-www-form-urlencoded',
        'X-HTTP-Method-Override: DELETE',
      ],
      body: '_method=DELETE',
    })
    expect([post.status, post.body.includes('deleted')]).toEqual([405, false])
    const slash = await app.send('GET', '/slash', { headers: ['X-Forwarded-Host: evil.test'] })
    expect(slash.header('Location')).toEqual(['http://localhost/slash/'])
  })

  it('a forged host does not make TRUSTED_HOSTS pass, nor fail', async () => {
    const app = await live((a) => {
      site(a)
      a.config.TRUSTED_HOSTS = ['localhost']
    })
    expect((await who(app, 'X-Forwarded-Host: evil.test')) as object).toEqual(DIRECT)
    const reply = await app.send('GET', '/who', {
      host: 'evil.test',
      headers: ['X-Forwarded-Host: localhost'],
    })
    expect(reply.status).toBe(400)
  })
})

describe('S51, S52: behind ProxyFix', () => {
  const behind = (options: ConstructorParameters<typeof ProxyFix>[1]) => (app: BustAPI) => {
    site(app)
    app.wsgiApp = new ProxyFix(app.wsgiApp, options)
  }

  it('the client is the one whom the outermost trusted proxy saw, counted from the right', async () => {
    const app = await live(behind({ xFor: 2 }))
    for (const [header, addr] of [
      ['1.1.1.1, 2.2.2.2', '1.1.1.1'],
      ['6.6.6.6, 1.1.1.1, 2.2.2.2', '1.1.1.1'],
      ['6.6.6.6, 6.6.6.7, 6.6.6.8, 1.1.1.1, 2.2.2.2', '1.1.1.1'],
      ['2.2.2.2', '127.0.0.1'],
      [',, ,1.1.1.1,, 2.2.2.2,', '1.1.1.1'],
      ['junk, 2.2.2.2', '127.0.0.1'],
      ['"6.6.6.6, 1.1.1.1", 2.2.2.2', '127.0.0.1'],
      ['for="[::1]:80", 2.2.2.2', '127.0.0.1'],
      ['"[2001:db8::1]:80", 2.2.2.2', '[2001:db8::1]:80'],
    ]) {
      expect([header, await who(app, `X-Forwarded-For: ${header}`)]).toEqual([
        header,
        { ...DIRECT, addr },
      ])
    }
    const lines = ['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For: 1.1.1.1, 2.2.2.2']
    expect(await who(app, ...lines)).toEqual({ ...DIRECT, addr: '1.1.1.1' })
    await app.expectHealthy()
  })

  it('headers that no proxy was said to set are still not believed', async () => {
    const app = await live(behind({ xFor: 1 }))
    expect(
      await who(
        app,
        'X-Forwarded-For: 1.1.1.1',
        'X-Forwarded-Host: evil.test',
        'X-Forwarded-Port: 666',
        'X-Forwarded-Prefix: /evil',
        'Forwarded: for=6.6.6.6;host=evil.test',
      ),
    ).toEqual({ ...DIRECT, addr: '1.1.1.1' })
  })

  it('the forwarded host must be trusted as any other', async () => {
    const app = await live((a) => {
      behind({ xHost: 1 })(a)
      a.config.TRUSTED_HOSTS = ['good.test']
    })
    const ask = (value: string, target = '/who') =>
      app.send('GET', target, { headers: [`X-Forwarded-Host: ${value}`] })
    expect(JSON.parse((await ask('good.test')).body)).toMatchObject({
      link: 'http://good.test/who',
    })
    for (const target of ['/who', '/slash', '/nowhere']) {
      expect((await ask('evil.test', target)).statuses).toEqual([400])
      expect((await ask('good.test, evil.test', target)).statuses).toEqual([400])
    }
  })

  it.each(['a b', 'good@evil', '<script>', 'x/y', '[', ':80', 'a..b', '\xff'])(
    'a malformed host (%s) is never in a link',
    async (value) => {
      const app = await live(behind({ xHost: 1 }))
      for (const target of ['/who', '/slash']) {
        const reply = await app.send('GET', target, { headers: [`X-Forwarded-Host: ${value}`] })
        expect(reply.statuses).toHaveLength(1)
        expect(reply.status).toBeLessThan(500)
        expect(reply.header('Location').join()).not.toContain(value)
        expect(reply.body).not.toContain('<script>')
      }
      await app.expectHealthy()
    },
  )

  it('a guard goes by the path below the forwarded prefix', async () => {
    const app = await live((a) => {
      a.use('/admin', (_req, res) => {
        res.statusCode = 401
        res.end()
      })
      behind({ xPrefix: 1 })(a)
    })
    for (const prefix of ['/admin', '/x', '/x/..', '//evil']) {
      const reply = await app.send('GET', '/admin', { headers: [`X-Forwarded-Prefix: ${prefix}`] })
      expect([prefix, reply.status]).toEqual([prefix, 401])
    }
    const reply = await app.send('GET', '/who', { headers: ['X-Forwarded-Prefix: /app'] })
    expect(JSON.parse(reply.body)).toMatchObject({ root: '/app', link: 'http://localhost/app/who' })
  })
})

describe('S69: a cache in between', () => {
  it('is told that an answer with a session depends on the cookie, whatever the path looks like', async () => {
    const app = await live((a) => {
      site(a)
      a.get('/account/<path:rest>', () => {
        session.setdefault('seen', 1)
        return 'private'
      })
    })
    for (const target of [
      '/account',
      '/account/x.css',
      '/account/x.js?y',
      '/account/%2e%2e/x.png',
    ]) {
      const reply = await app.send('GET', target)
      expect([target, reply.header('Vary')]).toEqual([target, ['Cookie']])
    }
    // A suffix does not turn one path into another.
    for (const target of ['/account.css', '/account;x.css', '/who/x.css', '/who%3bx.css']) {
      expect([target, (await app.send('GET', target)).status]).toEqual([target, 404])
    }
  })
})
