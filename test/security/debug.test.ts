import { afterEach, describe, expect, it } from 'vitest'
import { BustAPI, g, request, session } from '../../src/index.ts'
import { expectNoTrace, live } from './live-app.ts'

const { FLASK_DEBUG, NODE_ENV } = process.env

afterEach(() => {
  for (const [name, value] of Object.entries({ FLASK_DEBUG, NODE_ENV })) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})

const SECRETS = ['s3cr3t-key', 'token-in-cookie', 'token-in-header', 'pass-word', 'value-in-env']

function failing(app: BustAPI): void {
  app.secretKey = 's3cr3t-key'
  process.env.MY_SECRET = 'value-in-env'
  app.route('/fail', { methods: ['GET', 'POST'] }, () => {
    session.user = 'pass-word'
    g.token = 'token-in-header'
    void request.form.size
    const cause = new TypeError('the cause')
    throw new Error('the reason', { cause })
  })
}

const ask = (app: Awaited<ReturnType<typeof live>>, ...more: string[]) =>
  app.send('POST', '/fail', {
    headers: [
      'Cookie: session=token-in-cookie',
      'Authorization: Bearer token-in-header',
      'Content-Type: application/x-www-form-urlencoded',
      ...more,
    ],
    body: 'password=pass-word',
  })

describe('S68: outside debug mode', () => {
  it.each([
    ['by default', {}],
    ['with FLASK_DEBUG=0', { FLASK_DEBUG: '0' }],
    ['with FLASK_DEBUG=False', { FLASK_DEBUG: 'False' }],
    ['with NODE_ENV=development', { NODE_ENV: 'development' }],
    ['with NODE_ENV=production', { NODE_ENV: 'production' }],
  ])('%s, a client gets a generic 500', async (_when, variables) => {
    Object.assign(process.env, variables)
    const app = await live(failing)
    const reply = await ask(app, 'X-Debug: 1', 'Cookie: __wzd=1', 'Accept: application/json')
    expect(reply.statuses).toEqual([500])
    expect(reply.body).toContain('<h1>Internal Server Error</h1>')
    expect(reply.output).not.toMatch(/the reason|the cause/)
    for (const secret of SECRETS) expect(reply.output).not.toContain(secret)
    expectNoTrace(reply)
    expect(app.log()).toContain('the reason')
    await app.expectHealthy()
  })

  it('an error that leaves the app (PROPAGATE_EXCEPTIONS) is a generic 500 as well', async () => {
    const app = await live((a) => {
      failing(a)
      a.config.PROPAGATE_EXCEPTIONS = true
    })
    const reply = await ask(app)
    expect(reply.statuses).toEqual([500])
    expect(reply.output).not.toMatch(/the reason|the cause/)
    expectNoTrace(reply)
    expect(app.log()).toContain('the reason')
    await app.expectHealthy()
  })

  it('so is one while testing, when it is a client on a socket', async () => {
    const app = await live((a) => {
      failing(a)
      a.testing = true
    })
    const reply = await ask(app)
    expect([reply.statuses, reply.output.includes('the reason')]).toEqual([[500], false])
    await app.expectHealthy()
  })
})

describe('S67, S68: in debug mode', () => {
  it('the page shows the exception and its stack, and none of the secrets', async () => {
    const app = await live((a) => {
      failing(a)
      a.debug = true
    })
    const reply = await ask(app)
    expect(reply.statuses).toEqual([500])
    expect(reply.body).toMatch(/the reason[\s\S]*debug\.test\.ts:\d+[\s\S]*the cause/)
    for (const secret of SECRETS) expect(reply.output).not.toContain(secret)
    expect(reply.header('Cache-Control')).toEqual(['no-store'])
    await app.expectHealthy()
  })

  it('there is no console, no PIN and no resource of a debugger, for any host', async () => {
    const app = await live((a) => {
      failing(a)
      a.debug = true
    })
    for (const host of ['localhost', '127.0.0.1', 'evil.test']) {
      for (const target of [
        '/console',
        '/?__debugger__=yes&cmd=resource&f=debugger.js',
        '/?__debugger__=yes&cmd=pinauth&pin=123-456-789&s=x',
        '/?__debugger__=yes&cmd=printpin&s=x',
        '/?__debugger__=yes&cmd=process.env&frm=0&s=x',
      ]) {
        const reply = await app.send('GET', target, { host })
        expect([host, target, reply.statuses]).toEqual([host, target, [404]])
      }
      const page = await app.send('GET', '/fail', { host })
      expect(page.body).not.toMatch(/<script|<form|__debugger__|SECRET\s*=|EVALEX/)
    }
    await app.expectHealthy()
  })

  it('comes from FLASK_DEBUG or app.debug alone', () => {
    for (const value of ['', '0', 'false', 'no']) {
      process.env.FLASK_DEBUG = value
      expect([value, new BustAPI('x').debug]).toEqual([value, false])
    }
    delete process.env.FLASK_DEBUG
    process.env.NODE_ENV = 'development'
    expect(new BustAPI('x').debug).toBe(false)
    process.env.FLASK_DEBUG = '1'
    expect(new BustAPI('x').debug).toBe(true)
  })

  it('JSON that is refused is explained, without a stack', async () => {
    const app = await live((a) => {
      a.debug = true
      a.post('/json', () => [request.json])
    })
    const reply = await app.send('POST', '/json', {
      headers: ['Content-Type: application/json'],
      body: '{',
    })
    expect(reply.status).toBe(400)
    expectNoTrace(reply)
  })
})
