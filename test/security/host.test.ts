import { describe, expect, it } from 'vitest'
import { type BustAPI, redirect, request, urlFor } from '../../src/index.ts'
import { expectNoTrace, live } from './live-app.ts'

function site(app: BustAPI): void {
  app.get('/where', { endpoint: 'where' }, () => [request.host, request.url, request.path])
  app.get('/link', () => urlFor('where', { _external: true }))
  app.get('/relative', () => urlFor('where'))
  app.get('/go', () => redirect(urlFor('where')))
  app.get('/slash/', () => 'slash')
}

describe('S11, S12: a request with two hosts, or a malformed one, reaches no view', () => {
  it.each([
    ['two', 'Host: good\r\nHost: evil\r\n'],
    ['the same twice', 'Host: good\r\nhost: good\r\n'],
    ['none', ''],
    ['a b/@evil', 'Host: a b/@evil\r\n'],
    ['user@evil', 'Host: user@evil\r\n'],
    ['good/evil', 'Host: good/evil\r\n'],
    ['good?evil', 'Host: good?evil\r\n'],
    ['good#evil', 'Host: good#evil\r\n'],
    ['good\\evil', 'Host: good\\evil\r\n'],
    ['<script>', 'Host: <script>alert(1)</script>\r\n'],
    ['a quote', 'Host: good"onload=x\r\n'],
    ['a port that is no number', 'Host: good:80evil\r\n'],
    ['a folded line', 'Host: good\r\n evil\r\n'],
    ['an open bracket', 'Host: [::1\r\n'],
    ['a NUL', 'Host: good\0evil\r\n'],
  ])('%s', async (_what, lines) => {
    let views = 0
    const app = await live((a) => {
      site(a)
      a.beforeRequest(() => void views++)
    })
    const reply = await app.raw(`GET /where HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`)
    expect(reply.statuses).toEqual([400])
    expect([views, reply.closed]).toEqual([0, true])
    expect(reply.output).not.toContain('<script>')
    expectNoTrace(reply)
    await app.expectHealthy()
  })

  it.each(['a..b', '.a', '-', 'a'.repeat(64), `${'a.'.repeat(130)}b`, 'a%41', "a'b", 'a_b'])(
    '%s is no domain name, or an odd one: never a 500, never in a page',
    async (host) => {
      const app = await live(site)
      for (const target of ['/where', '/link', '/slash', '/nowhere']) {
        const reply = await app.send('GET', target, { host })
        expect(reply.statuses).toHaveLength(1)
        expect(reply.status).toBeLessThan(500)
        expectNoTrace(reply)
      }
      await app.expectHealthy()
    },
  )
})

describe('S13: an absolute target', () => {
  it('names the host that routing, guards and links go by', async () => {
    const seen: string[] = []
    const app = await live((a) => {
      site(a)
      a.use('/where', (req, _res, next) => {
        seen.push(`${req.headers.host} ${req.url}`)
        next()
      })
    })
    const reply = await app.send('GET', 'http://other.test/where', { host: 'good.test' })
    expect(reply.body).toBe('["other.test","http://other.test/where","/where"]\n')
    expect(seen).toEqual(['other.test http://other.test/'])
    const link = await app.send('GET', 'http://other.test/link', { host: 'good.test' })
    expect(link.body).toBe('http://other.test/where')
    await app.expectHealthy()
  })

  it.each(['http://a@evil/', 'http:///x', 'http://a b/', 'http://evil:x/', 'evil:80', '*', 'x'])(
    '%s is a 400',
    async (target) => {
      const app = await live(site)
      expect((await app.send('GET', target)).statuses).toEqual([400])
      await app.expectHealthy()
    },
  )
})

describe('S14: links', () => {
  it('are never built from a host that is not trusted', async () => {
    const app = await live((a) => {
      site(a)
      a.config.TRUSTED_HOSTS = ['good.test']
    })
    for (const target of ['/link', '/slash', '/where', '/go']) {
      const reply = await app.send('GET', target, { host: 'evil.test' })
      expect([target, reply.statuses]).toEqual([target, [400]])
      expect(reply.head).not.toContain('evil')
    }
    expect((await app.send('GET', '/link', { host: 'good.test' })).body).toBe(
      'http://good.test/where',
    )
  })

  it('that a redirect makes stay relative unless the router must say the host', async () => {
    const app = await live(site)
    expect((await app.send('GET', '/go', { host: 'evil.test' })).header('Location')).toEqual([
      '/where',
    ])
    expect((await app.send('GET', '/relative', { host: 'evil.test' })).body).toBe('/where')
  })

  it('are those of SERVER_NAME when there is one, whichever host was asked (Flask 3.1)', async () => {
    const app = await live((a) => {
      site(a)
      a.config.SERVER_NAME = 'good.test'
    })
    const reply = await app.send('GET', '/link', { host: 'evil.test' })
    expect([reply.status, reply.body]).toEqual([200, 'http://good.test/where'])
  })

  it.each(['//evil.test/%2e%2e', '//evil.test', '/\\evil.test', '///evil.test/..'])(
    'a path like %s never redirects to another host',
    async (target) => {
      const app = await live((a) => {
        site(a)
        a.get('/<path:rest>/', () => 'rest')
      })
      const reply = await app.send('GET', target)
      for (const location of reply.header('Location')) {
        expect(new URL(location, 'http://localhost/').host).toBe('localhost')
      }
      expect(reply.statuses).toHaveLength(1)
      await app.expectHealthy()
    },
  )
})
