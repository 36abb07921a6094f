import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type BustAPI, request } from '../../src/index.ts'
import { live, requestBytes, until } from '../security/live-app.ts'

function site(app: BustAPI): void {
  app.get('/only-get', () => 'got')
  app.route('/own', { methods: ['BREW'] }, () => [
    request.method,
    request.data.length,
    request.remoteAddr,
    request.host,
  ])
  app.route('/stream', { methods: ['BREW'] }, () =>
    (function* () {
      for (let i = 0; i < 50; i++) yield 'x'.repeat(10_000)
    })(),
  )
}

const METHODS = ['BREW', 'FOO', 'GETX', 'PROP', 'M-SEARCHX', 'A', '!#$%', 'X'.repeat(64)]

describe('a method that the parser does not know', () => {
  it.each(METHODS)('%s is a 405 of the app, or a 404, as in Flask', async (method) => {
    const app = await live(site)
    const known = await app.send(method, '/only-get')
    expect([known.statuses, known.closed]).toEqual([[405], true])
    expect(known.header('Allow').join().split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS'])
    expect(known.body).toContain('<h1>Method Not Allowed</h1>')
    expect((await app.send(method, '/nowhere')).statuses).toEqual([404])
    await app.expectHealthy()
  })

  it('may be one that a rule allows, with a body of any size', async () => {
    const app = await live(site)
    expect((await app.send('BREW', '/own')).body).toBe('["BREW",0,"127.0.0.1","localhost"]\n')
    for (const size of [1, 70_000, 5_000_000]) {
      const reply = await app.send('BREW', '/own', { body: 'x'.repeat(size) })
      expect(reply.body).toBe(`["BREW",${size},"127.0.0.1","localhost"]\n`)
    }
    const chunked = requestBytes('BREW', '/own', { headers: ['Transfer-Encoding: chunked'] })
    const reply = await app.raw([chunked, '5\r\nhello\r\n', '0\r\n\r\n'], { pause: 20 })
    expect(reply.body).toBe('["BREW",5,"127.0.0.1","localhost"]\n')
    await app.expectHealthy()
  })

  it('gets a large answer whole, and the connection is closed behind it', async () => {
    const app = await live(site)
    const reply = await app.raw('BREW /stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect([reply.statuses, reply.closed]).toEqual([[200], true])
    expect(reply.body.match(/x/g)).toHaveLength(500_000)
    await app.expectHealthy()
  })

  it('is served behind another request on its connection, but not into its answer', async () => {
    const app = await live(site)
    const first = 'GET /alive HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const apart = await app.raw([first, requestBytes('FOO', '/only-get')], { pause: 50 })
    expect(apart.statuses).toEqual([200, 405])
    const together = await app.raw(first + requestBytes('FOO', '/only-get'))
    expect(together.statuses.length).toBeLessThanOrEqual(1)
    await app.expectHealthy()
  })

  it('does not let anything pass that is refused otherwise', async () => {
    const app = await live((a) => {
      site(a)
      a.config.TRUSTED_HOSTS = ['localhost']
    })
    for (const bytes of [
      'FOO /own HTTP/1.1\r\n\r\n',
      'FOO /own HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
      'FOO /own HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      'FOO /own HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n',
      'FOO /own HTTP/1.1\r\nHost: evil.test\r\n\r\n',
      'FOO /own HTTP/9.9\r\nHost: localhost\r\n\r\n',
      'FOO /own\r\n\r\n',
      'FOO * HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'get /own HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'Post /own HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'brew /own HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'FOO own HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'F(O /own HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'FOO\t/own HTTP/1.1\r\nHost: localhost\r\n\r\n',
      `${'X'.repeat(65)} /own HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ]) {
      const reply = await app.raw(bytes)
      expect([bytes, reply.statuses, reply.closed]).toEqual([bytes, [400], true])
    }
    await app.expectHealthy()
  })

  it('nothing that is pipelined behind it is served', async () => {
    const app = await live(site)
    const reply = await app.raw(
      'FOO /only-get HTTP/1.1\r\nHost: localhost\r\n\r\nGET /alive HTTP/1.1\r\nHost: localhost\r\n\r\n',
    )
    expect([reply.statuses, reply.output.includes('alive')]).toEqual([[405], false])
    await app.expectHealthy()
  })

  it('is torn down when its client leaves', async () => {
    const torn: string[] = []
    const app = await live((a) => {
      site(a)
      a.teardownRequest(() => void torn.push('request'))
    })
    for (const leave of ['resetAndDestroy', 'destroy', 'end'] as const) {
      torn.length = 0
      const socket = connect(app.port, '127.0.0.1')
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.write('BREW /own HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf')
      await new Promise((done) => setTimeout(done, 30))
      socket[leave]()
      await until(() => torn.length === 1)
      await app.expectHealthy()
      socket.destroy()
    }
  })

  it('passes guards and middleware under its own name', async () => {
    const seen: (string | undefined)[] = []
    const app = await live((a) => {
      site(a)
      a.use((req, _res, next) => {
        seen.push(req.method)
        next()
      })
      a.use('/own', (_req, res) => {
        res.statusCode = 401
        res.end()
      })
    })
    expect((await app.send('FOO', '/only-get')).statuses).toEqual([405])
    expect((await app.send('BREW', '/own')).statuses).toEqual([401])
    expect(seen).toEqual(['FOO', 'BREW'])
    await app.expectHealthy()
  })

  it('is a 404 behind Fastify, whose router knows Node’s methods alone', async () => {
    const app = await live((a) => {
      site(a)
      a.fastify.get('/native', async () => 'native')
    })
    for (const target of ['/only-get', '/own', '/native', '/nowhere']) {
      expect([target, (await app.send('BREW', target)).statuses]).toEqual([target, [404]])
    }
    await app.expectHealthy()
  })

  it('is the same for the test client', async () => {
    const app = await live(site)
    const client = app.app.testClient()
    const reply = await client.open('/only-get', { method: 'FOO' })
    expect([reply.statusCode, reply.headers.get('Allow')?.includes('GET')]).toEqual([405, true])
    expect((await client.open('/own', { method: 'BREW', data: 'abc' })).json).toEqual([
      'BREW',
      3,
      '127.0.0.1',
      'localhost',
    ])
  })
})
