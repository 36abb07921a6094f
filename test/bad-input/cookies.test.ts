import { describe, expect, it } from 'vitest'
import { type BustAPI, request, session } from '../../src/index.ts'
import { expectNoTrace, live } from '../security/live-app.ts'

function site(app: BustAPI): void {
  app.secretKey = 'k'
  app.get('/cookies', () => request.cookies.toDict({ flat: false }))
  app.get('/session', () => [session.size, session.toJSON()])
}

const get = (app: Awaited<ReturnType<typeof live>>, target: string, cookie: string) =>
  app.send('GET', target, { headers: [`Cookie: ${cookie}`] })

// What Flask 3.1.3 makes of the same header.
const COOKIES: readonly [header: string, cookies: Record<string, string[]>][] = [
  ['=', {}],
  ['a', { a: [''] }],
  ['=b', {}],
  ['a=b=c', { a: ['b=c'] }],
  [';;;', {}],
  ['a="b', { a: ['"b'] }],
  ['a="\\303\\251"', { a: ['é'] }],
  ['a="\\999"', { a: ['999'] }],
  ['a="x;y"; b=1', { a: ['x;y'], b: ['1'] }],
  ['a=\xff', { a: ['\xff'] }],
  ['\xc3\xa9=1', { '\xc3\xa9': ['1'] }],
  ['a=1; a=2', { a: ['1', '2'] }],
  [' a = b ; c', { a: ['b'], c: [''] }],
  ['a=1,b=2', { a: ['1,b=2'] }],
  ['constructor=x; toString=y', { constructor: ['x'] as never, toString: ['y'] as never }],
  ['session=', { session: [''] }],
]

describe('invalid cookies', () => {
  it.each(COOKIES)('%s are read as Flask reads them', async (header, cookies) => {
    const app = await live(site)
    const reply = await get(app, '/cookies', header)
    expect(JSON.parse(reply.body)).toEqual(cookies)
    expect((await get(app, '/session', header)).body).toBe('[0,{}]\n')
    await app.expectHealthy()
  })

  it('with a control character are refused before anybody reads them', async () => {
    const app = await live(site)
    for (const header of ['a=\0', '\0=1', 'a=\x01b', 'a=b\rc=d']) {
      const reply = await get(app, '/cookies', header)
      expect([header, reply.statuses]).toEqual([header, [400]])
    }
    await app.expectHealthy()
  })

  it('by the thousand, or in several lines, are all there', async () => {
    const app = await live(site)
    const many = Array.from({ length: 1000 }, (_, i) => `c${i}=${i}`).join('; ')
    expect(Object.keys(JSON.parse((await get(app, '/cookies', many)).body) as object)).toHaveLength(
      1000,
    )
    const two = await app.send('GET', '/cookies', { headers: ['Cookie: a=1', 'Cookie: b=2'] })
    expect(two.body).toBe('{"a":["1"],"b":["2"]}\n')
    await app.expectHealthy()
  })
})

describe('a tampered session', () => {
  async function cookieOf(app: Awaited<ReturnType<typeof live>>): Promise<string> {
    const reply = await app.send('POST', '/sign-in')
    return /session=([^;]*)/.exec(reply.header('Set-Cookie')[0] ?? '')?.[1] ?? ''
  }

  const signIn = (app: BustAPI): void => {
    site(app)
    app.post('/sign-in', () => {
      session.user = 'ana'
      return 'in'
    })
  }

  it('is an empty one, wherever it was changed, and the view is served', async () => {
    const app = await live(signIn)
    const cookie = await cookieOf(app)
    expect((await get(app, '/session', `session=${cookie}`)).body).toBe('[1,{"user":"ana"}]\n')
    for (let i = 0; i < cookie.length; i += 3) {
      const other = cookie[i] === 'A' ? 'B' : 'A'
      const changed = cookie.slice(0, i) + other + cookie.slice(i + 1)
      const reply = await get(app, '/session', `session=${changed}`)
      expect([i, reply.status, reply.body]).toEqual([i, 200, '[0,{}]\n'])
      expect(reply.header('Set-Cookie')).toEqual([])
    }
    await app.expectHealthy()
  })

  it.each([
    '',
    '.',
    '..',
    '...',
    'x',
    '"',
    '%00',
    '.'.repeat(8000),
    'A'.repeat(8000),
    '{"user":"ana"}',
    'eyJ1c2VyIjoiYW5hIn0.ZVPxAA.',
    'eyJ1c2VyIjoiYW5hIn0..',
    '.eyJ1c2VyIjoiYW5hIn0.ZVPxAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '\xff\xfe',
  ])('%s is an empty one', async (value) => {
    const app = await live(signIn)
    const reply = await get(app, '/session', `session=${value}`)
    expect([reply.status, reply.body]).toEqual([200, '[0,{}]\n'])
    expectNoTrace(reply)
    expect(app.records).toEqual([])
    await app.expectHealthy()
  })

  it('without a secret key can be read as empty; changing it is one 500 that says why', async () => {
    const app = await live((a) => {
      signIn(a)
      a.secretKey = null
    })
    expect((await get(app, '/session', 'session=x')).body).toBe('[0,{}]\n')
    const reply = await app.send('POST', '/sign-in')
    expect(reply.statuses).toEqual([500])
    expectNoTrace(reply)
    expect(app.log()).toContain('no secret key was set')
    await app.expectHealthy()
  })
})
