import { describe, expect, it } from 'vitest'
import { type BustAPI, request, urlFor } from '../../src/index.ts'
import { expectNoTrace, live } from '../security/live-app.ts'

function site(app: BustAPI): void {
  app.get('/', () => 'home')
  app.get('/p/<path:rest>', ({ rest }) => [rest, request.path])
  app.get('/n/<int:n>', ({ n }) => [n])
  app.get('/q', () => request.args.toDict({ flat: false }))
  app.post('/post', () => 'posted')
  app.get('/link', { endpoint: 'link' }, () => urlFor('link', { _external: true }))
}

describe('invalid percent-encoding', () => {
  it.each(['/p/%zz', '/p/%', '/p/%E', '/p/a%2', '/p/%E0%A4%A', '/%', '/nowhere/%g0', '/n/%3'])(
    'in the path (%s) is a 400',
    async (target) => {
      const app = await live(site)
      const reply = await app.send('GET', target)
      expect(reply.statuses).toEqual([400])
      expect(reply.body).toContain('<h1>Bad Request</h1>')
      expectNoTrace(reply)
      expect(app.records).toEqual([])
      await app.expectHealthy()
    },
  )

  // Where Flask routes the text as it stands, the facade refuses: no two layers may differ on it.
  it('has its error handler, and after hooks still run', async () => {
    const app = await live((a) => {
      site(a)
      a.errorhandler(400, (error) => [`refused: ${(error as Error).constructor.name}`, 400])
      a.afterRequest((response) => {
        response.headers.set('X-After', '1')
        return response
      })
    })
    const reply = await app.send('GET', '/p/%zz')
    expect([reply.status, reply.body]).toEqual([400, 'refused: BadRequest'])
    expect(reply.header('X-After')).toEqual(['1'])
    await app.expectHealthy()
  })

  it.each([
    ['/p/%ff', '["\\ufffd","/p/\\ufffd"]\n'],
    ['/p/%c3%28', '["\\ufffd(","/p/\\ufffd("]\n'],
  ])('that is well-formed, of bytes that are no UTF-8 (%s), is Flask’s', async (target, body) => {
    const app = await live(site)
    expect((await app.send('GET', target)).body).toBe(body)
    await app.expectHealthy()
  })

  it.each([
    ['/q?a=%zz', '{"a":["%zz"]}\n'],
    ['/q?a=%', '{"a":["%"]}\n'],
    ['/q?a=%ff', '{"a":["%FF"]}\n'],
    ['/q?%E0%A4%A=1', '{"%E0%A4%A":["1"]}\n'],
    ['/q?&&=&a', '{"":[""],"a":[""]}\n'],
    ['/q?a=1#b=2', '{"a":["1"]}\n'],
  ])('in the query (%s) stays as Flask leaves it', async (target, body) => {
    const app = await live(site)
    expect((await app.send('GET', target)).body).toBe(body)
    await app.expectHealthy()
  })
})

describe('an unknown path or value', () => {
  it.each(['/nowhere', '/n/-1', '/n/1.5', '/n/', '/n/x', '/n/1e3', '/p', '/../etc/passwd', '/N/1'])(
    '%s is a 404',
    async (target) => {
      const app = await live(site)
      const reply = await app.send('GET', target)
      expect(reply.statuses).toEqual([404])
      expect(reply.body).toContain('<h1>Not Found</h1>')
      await app.expectHealthy()
    },
  )

  it.each(['9'.repeat(30), '9'.repeat(5000)])('a number of many digits is served', async (n) => {
    const app = await live(site)
    const reply = await app.send('GET', `/n/${n}`)
    expect(reply.statuses).toHaveLength(1)
    expect(reply.status).toBeLessThan(500)
    await app.expectHealthy()
  })
})

describe('an unknown method', () => {
  it.each(['PROPFIND', 'BREW', 'TRACE', 'PUT', 'DELETE', 'PATCH', 'M-SEARCH', 'PURGE'])(
    '%s is a 405 that says what is allowed',
    async (method) => {
      const app = await live(site)
      const reply = await app.send(method, '/post')
      expect(reply.statuses).toEqual([405])
      expect(reply.header('Allow').join().split(', ').sort()).toEqual(['OPTIONS', 'POST'])
      expect(reply.body).toContain('<h1>Method Not Allowed</h1>')
      expect((await app.send(method, '/nowhere')).statuses).toEqual([404])
      await app.expectHealthy()
    },
  )

  it('reflects nothing of a TRACE', async () => {
    const app = await live(site)
    const reply = await app.send('TRACE', '/', { headers: ['Cookie: secret=1'] })
    expect(reply.status).toBe(405)
    expect(reply.output).not.toContain('secret')
  })
})

describe('an unknown host', () => {
  const trusting = (app: BustAPI): void => {
    site(app)
    app.config.TRUSTED_HOSTS = ['good.test', '.sub.test']
  }

  it.each([
    'evil.test',
    'good.test.evil.test',
    'notgood.test',
    'xsub.test',
    'good.test:x',
    '',
    '1',
  ])('"%s" is a 400, whatever the path', async (host) => {
    const app = await live(trusting)
    for (const target of ['/', '/nowhere', '/link', '/p/x']) {
      const reply = await app.send('GET', target, { host })
      expect(reply.statuses).toEqual([400])
      expectNoTrace(reply)
    }
    await app.expectHealthy()
  })

  it.each(['good.test', 'good.test:8080', 'sub.test', 'a.b.sub.test'])(
    '%s is a known one',
    async (host) => {
      const app = await live(trusting)
      expect((await app.send('GET', '/', { host })).body).toBe('home')
      const link = await app.send('GET', '/link', { host })
      expect(link.body).toBe(`http://${host}/link`)
    },
  )

  it('of an absolute target counts, not the Host line beside it', async () => {
    const app = await live(trusting)
    expect((await app.send('GET', 'http://evil.test/', { host: 'good.test' })).status).toBe(400)
    expect((await app.send('GET', 'http://good.test/', { host: 'evil.test' })).status).toBe(200)
    await app.expectHealthy()
  })

  it('is answered by the 400 handler, with hooks and teardown', async () => {
    const seen: string[] = []
    const app = await live((a) => {
      trusting(a)
      a.errorhandler(400, () => ['no such host', 400])
      a.beforeRequest(() => void seen.push('before'))
      a.teardownRequest(() => void seen.push('teardown'))
    })
    const reply = await app.send('GET', '/', { host: 'evil.test' })
    expect([reply.status, reply.body]).toEqual([400, 'no such host'])
    expect(seen).toEqual(['before', 'teardown'])
    await app.expectHealthy()
  })

  it('may have been changed to anything while the app runs', async () => {
    const app = await live(site)
    expect((await app.send('GET', '/', { host: 'evil.test' })).status).toBe(200)
    app.app.config.TRUSTED_HOSTS = ['good.test']
    expect((await app.send('GET', '/', { host: 'evil.test' })).status).toBe(400)
    await app.expectHealthy()
  })
})
