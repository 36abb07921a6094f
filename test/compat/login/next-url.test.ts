import { redirect, request } from 'bustapi'
import { isSafeUrl, loginUrl, makeNextParam, nextUrl } from 'bustapi/login'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeSite } from './app.ts'

const within = async <T>(work: () => T, options = {}): Promise<T> =>
  await makeSite().app.testRequestContext('/here?a=1', options).run(work)

describe('isSafeUrl', () => {
  it.each([
    '/account',
    '/account?a=1#b',
    'account',
    '?page=2',
    '/a//b',
    '/%2f%2fevil.example',
    'http://localhost/account',
    'http://localhost:80/account',
  ])('accepts %j', async (url) => {
    expect(await within(() => isSafeUrl(url))).toBe(true)
  })

  it.each([
    '',
    ' /account',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '\n//evil.example',
    '/\r\nSet-Cookie: a=b',
    'http://evil.example/',
    'https://evil.example/',
    'https://localhost/',
    'http://localhost.evil.example/',
    'http://localhost@evil.example/',
    'http://user:password@localhost/',
    'http://localhost:81/',
    'http:evil.example',
    'http:/evil.example',
    'http:///evil.example',
    'http:\\\\evil.example',
    'https:evil.example',
    'ftp://localhost/',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    '//none.invalid/',
    'http://none.invalid/',
    'http://[::1',
    '/'.padEnd(9000, 'a'),
    null,
    { toString: () => '/account' },
  ])('refuses %.60j', async (url) => {
    expect(await within(() => isSafeUrl(url))).toBe(false)
  })

  it('never accepts what a browser takes elsewhere', async () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      'http:',
      'https:',
      '@',
      'evil.example',
      'localhost',
      '\t',
      '.',
      '?',
      '#',
      ':',
      ' ',
      'a',
    )
    await within(() =>
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
          const url = pieces.join('')
          if (!isSafeUrl(url)) return
          expect(new URL(url, 'http://localhost/login').origin).toBe('http://localhost')
        }),
        { numRuns: 3000 },
      ),
    )
  })
})

describe('nextUrl', () => {
  it('takes the query, the form or the session, and the fallback for what leads away', async () => {
    const { app, manager } = makeSite()
    manager.loginView = '/login'
    app.route('/login', { methods: ['GET', 'POST'] }, () => redirect(nextUrl('/home')))
    const client = app.testClient()
    const to = async (query: string): Promise<unknown> =>
      (await client.get(`/login${query}`)).location
    expect(await to('?next=%2Fsecret%3Fa%3D1')).toBe('/secret?a=1')
    expect(await to('?next=//evil.example')).toBe('/home')
    expect(await to('?next=https://evil.example/')).toBe('/home')
    expect(await to('')).toBe('/home')
    expect((await client.post('/login', { data: { next: '/posted' } })).location).toBe('/posted')
    app.config.USE_SESSION_FOR_NEXT = true
    expect((await client.get('/secret?x=1')).location).toBe('/login')
    expect(await to('')).toBe('/secret?x=1')
    expect(await to('')).toBe('/home')
  })

  it('leads back from the page that login_required sent to', async () => {
    const { app, manager } = makeSite()
    manager.loginView = 'enter'
    app.get('/enter', { endpoint: 'enter' }, () => request.args.get('next') ?? '')
    const client = app.testClient()
    const sent = await client.get('/secret?a=1&b=x%20y', { followRedirects: true })
    expect(sent.text).toBe('/secret?a=1&b=x%20y')
  })
})

describe('makeNextParam', () => {
  it.each([
    ['/login', 'http://localhost/a?b=1', '/a?b=1'],
    ['http://localhost/login', 'http://localhost/a', '/a'],
    ['https://localhost/login', 'http://localhost/a', 'http://localhost/a'],
    ['http://sso.example/login', 'http://localhost/a', 'http://localhost/a'],
    ['/login', 'http://localhost//evil.example/a', '/evil.example/a'],
    ['/login', 'http://localhost/\\evil.example/a', '/evil.example/a'],
  ])('makes of %j and %j %j', (login, current, expected) => {
    expect(makeNextParam(login, current)).toBe(expected)
  })
})

describe('loginUrl', () => {
  it('adds to the query, keeps repeated and blank fields, and forces the host', async () => {
    await within(() => {
      expect(loginUrl('/in?a=1&a=2&b=', '/x y', 'to')).toBe('/in?a=1&a=2&b=&to=%2Fx+y')
      expect(loginUrl('/in?next=old', '/new')).toBe('/in?next=%2Fnew')
      expect(loginUrl('/in')).toBe('/in')
    })
    const { app } = makeSite()
    app.config.FORCE_HOST_FOR_REDIRECTS = 'safe.example'
    const url = await app
      .testRequestContext('/')
      .run(() => loginUrl('https://sso.example/in', '/a'))
    expect(url).toBe('https://safe.example/in?next=%2Fa')
  })
})
