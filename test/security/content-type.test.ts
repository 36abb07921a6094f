import { describe, expect, it } from 'vitest'
import { type BustAPI, request } from '../../src/index.ts'
import { expectNoTrace, type LiveApp, live } from './live-app.ts'

/** What the view understood: it must be JSON exactly when `isJson` says so, as a check may go by it. */
function echo(app: BustAPI): void {
  app.post('/json', () => ({ got: request.json ?? null }))
  app.post('/silent', () => ({
    isJson: request.isJson,
    mimetype: request.mimetype,
    got: request.getJson({ silent: true }),
    fields: request.form.size,
  }))
}

const post = (app: LiveApp, path: string, type: string, body = '{"a":1}') =>
  app.send('POST', path, { headers: [`Content-Type: ${type}`], body })

describe('S26: one reading of the media type for check and parser', () => {
  it.each([
    ['application/json', true],
    [' application/json', true],
    ['application/json\t; a', true],
    ['application/json ; charset=utf-8', true],
    ['ApPlIcAtIoN/JSON ;', true],
    ['application/json;;;', true],
    ['application/json; charset', true],
    ['application/problem+json', true],
    ['application/json garbage', false],
    ['application/json,text/plain', false],
    ['application/jsonp', false],
    ['xapplication/json', false],
    ['application/ json', false],
    ['application', false],
    ['application/json\\', false],
    ['text/json', false],
    ['image/svg+json', false],
    ['application/x+jsonx', false],
  ])('"%s": %s', async (type, isJson) => {
    const app = await live(echo)
    const strict = await post(app, '/json', type)
    expect([strict.status, strict.statuses.length]).toEqual([isJson ? 200 : 415, 1])
    const silent = JSON.parse((await post(app, '/silent', type)).body) as Record<string, unknown>
    expect([silent.isJson, silent.got, silent.fields]).toEqual([
      isJson,
      isJson ? { a: 1 } : null,
      0,
    ])
    await app.expectHealthy()
  })

  it('two lines: the first counts, for everybody', async () => {
    const app = await live((a) => {
      a.post('/both', () => [
        request.headers.get('Content-Type'),
        request.raw.headers['content-type'],
        request.isJson,
      ])
    })
    const reply = await app.send('POST', '/both', {
      headers: ['Content-Type: text/plain', 'Content-Type: application/json'],
      body: '{}',
    })
    expect(reply.body).toBe('["text/plain","text/plain",false]\n')
  })
})

describe('S27: a form that a browser sends across sites is never JSON', () => {
  it.each([
    'text/plain; application/json',
    'text/plain; charset=application/json',
    'text/plain;application/json',
    'text/plain, application/json',
    'multipart/form-data; boundary=application/json',
    'application/x-www-form-urlencoded; application/json',
  ])('%s', async (type) => {
    const app = await live(echo)
    expect((await post(app, '/json', type)).status).toBe(415)
    const { got } = JSON.parse((await post(app, '/silent', type)).body) as { got: unknown }
    expect(got).toBe(null)
    await app.expectHealthy()
  })

  it('nor is a body without a type', async () => {
    const app = await live(echo)
    expect((await app.send('POST', '/json', { body: '{"a":1}' })).status).toBe(415)
  })
})

describe('S28: a malformed type', () => {
  it.each([
    ';',
    '/',
    '=',
    ',',
    '"',
    'a/b; "',
    'a/b; =',
    'a/b; c="',
    'a/b; c="\\',
    'a/b; c="\\"; d',
    `a/b; ${'c=d; '.repeat(2000)}`,
    `a/b; ${'c*0=d; '.repeat(1000)}`,
    `a/b; c="${'\\'.repeat(5000)}"`,
    "a/b; c*=utf-8''%zz",
    "a/b; c*=nonsense''%ff",
    "a/b; c*0*=x''%ff; c*1*=%fe",
    'multipart/form-data; boundary="a\\"b"',
    'multipart/form-data; boundary*=x',
    'multipart/form-data; __proto__=x',
    '\xff\xfe',
    '(nested (comment))',
  ])('%s is no 500, and the process lives', async (type) => {
    const app = await live(echo)
    for (const path of ['/json', '/silent']) {
      const reply = await post(app, path, type)
      expect([reply.statuses.length, reply.status]).toEqual([1, path === '/json' ? 415 : 200])
      expectNoTrace(reply)
    }
    await app.expectHealthy()
  })

  it('is answered in the same way when Fastify stands in front', async () => {
    const app = await live((a) => {
      echo(a)
      a.fastify.post('/native', async (req) => ({ got: req.body }))
    })
    for (const type of ['text/plain; application/json', 'a', ';', 'application/json garbage']) {
      const native = await post(app, '/native', type)
      expect([type, native.statuses.length]).toEqual([type, 1])
      expect(native.body).not.toContain('"a":1')
      expect(native.status).toBeLessThan(500)
      expect((await post(app, '/json', type)).status).toBe(415)
    }
    await app.expectHealthy()
  })
})
