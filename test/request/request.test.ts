import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { setEnviron } from '../../src/request/environ.ts'
import { DEFAULT_SETTINGS, Request } from '../../src/request/request.ts'
import { Rule } from '../../src/routing/rule.ts'
import { fetchRaw, serve, type TestServer } from './serve.ts'

/** A request as the parser makes it, without a connection. */
function make(
  url: string,
  headers: Record<string, string> = {},
  extra: Partial<IncomingMessage> & Record<string, unknown> = {},
): IncomingMessage {
  const raw = new IncomingMessage(new Socket())
  raw.method = 'GET'
  raw.url = url
  for (const [name, value] of Object.entries({ Host: 'localhost', ...headers })) {
    raw.rawHeaders.push(name, value)
    raw.headers[name.toLowerCase()] = value
  }
  return Object.assign(raw, extra)
}

const URLS = ['path', 'fullPath', 'url', 'baseUrl', 'rootUrl', 'hostUrl', 'rootPath'] as const
const urls = (request: Request): string[] => URLS.map((name) => request[name])

describe('the URL', () => {
  it.each([
    ['/', ['/', '/?', 'http://localhost/', 'http://localhost/']],
    ['/?x=1&y=%C3%A9', ['/', '/?x=1&y=%C3%A9', 'http://localhost/?x=1&y=é', 'http://localhost/']],
    [
      '/a/b%20c/%C3%A9',
      ['/a/b c/é', '/a/b c/é?', 'http://localhost/a/b%20c/é', 'http://localhost/a/b%20c/é'],
    ],
    ['/a%2Fb', ['/a/b', '/a/b?', 'http://localhost/a/b', 'http://localhost/a/b']],
    ['/%zz%FF', ['/%zz\ufffd', '/%zz\ufffd?']],
    ['//x//y', ['/x//y', '/x//y?', 'http://localhost/x//y']],
    ['/a?b#c', ['/a', '/a?b']],
    ['*', ['/*']],
  ])('%s', (target, expected) => {
    expect(urls(new Request(make(target))).slice(0, expected.length)).toEqual(expected)
  })

  it('takes raw UTF-8 bytes for what they are', () => {
    const raw = make(Buffer.from('/é?ü').toString('latin1'))
    expect(new Request(raw).fullPath).toBe('/é?ü')
  })

  it('is that of an absolute target, whose authority replaces Host', () => {
    const request = new Request(make('http://evil.test:81/admin?x', {}))
    expect([request.path, request.host, request.queryString]).toEqual([
      '/admin',
      'evil.test:81',
      'x',
    ])
  })

  it.each([
    ['ex.com:8080', 'ex.com:8080'],
    ['ex.com:80', 'ex.com'],
    ['a b', ''],
    ['a/@evil', ''],
  ])('has the host %s as %j', (given, expected) => {
    expect(new Request(make('/', { Host: given })).host).toBe(expected)
  })

  it('refuses a host that is not trusted, when it is asked for', () => {
    const settings = { ...DEFAULT_SETTINGS, trustedHosts: ['.ex.com'] }
    expect(new Request(make('/', { Host: 'a.ex.com' }), settings).host).toBe('a.ex.com')
    const foreign = new Request(make('/', { Host: 'evil.com' }), settings)
    expect(() => foreign.host).toThrow(/not trusted|400/)
    expect(String(foreign)).toContain('invalid URL')
  })

  it('knows the mount from Express, from Connect and from the environ', () => {
    const express = make('/x', {}, { baseUrl: '/app', originalUrl: '/app/x' })
    const connect = make('/x?q', {}, { originalUrl: '/app/x?q' })
    const root = make('/', {}, { originalUrl: '/app' })
    const rewritten = make('/index.html', {}, { originalUrl: '/other' })
    const given = make('/x')
    setEnviron(given, { scriptName: '/app/' })
    const paths = [express, connect, root, rewritten, given].map((raw) => {
      const request = new Request(raw)
      return [request.rootPath, request.path]
    })
    expect(paths).toEqual([
      ['/app', '/x'],
      ['/app', '/x'],
      ['/app', '/'],
      ['', '/index.html'],
      ['/app', '/x'],
    ])
  })

  it('takes what the environ overrides', () => {
    const raw = make('/app/x?q')
    setEnviron(raw, { scheme: 'https', host: 'ex.com:443' })
    setEnviron(raw, { scriptName: '/app', pathInfo: '/x', remoteAddr: '10.0.0.1', rawUri: '/raw' })
    const request = new Request(raw)
    expect(request.url).toBe('https://ex.com/app/x?q')
    expect([request.isSecure, request.remoteAddr, request.rawUri]).toEqual([
      true,
      '10.0.0.1',
      '/raw',
    ])
  })
})

describe('what the headers say', () => {
  it('is read when it is asked for, and kept', () => {
    const request = new Request(
      make('/?a=1&a=2&b', {
        Accept: 'text/html;q=0.5, application/json',
        'Accept-Language': 'de, en;q=0.5',
        Authorization: 'Basic YW5hOnNlOmNyZXQ=',
        Cookie: 'a=1; a=2; b="x y"',
        'If-None-Match': 'W/"x", "y"',
        Range: 'bytes=0-3',
        Referer: 'http://ref/',
        'User-Agent': 'ua/1',
        'Max-Forwards': '3',
        Date: 'Sun, 13 Sep 2020 12:26:40 GMT',
        'X-Forwarded-For': '1.2.3.4, 5.6.7.8',
        'Content-Type': 'Text/HTML; charset=utf-8; x="a b"',
      }),
    )
    expect(request.args.toDict({ flat: false })).toEqual({ a: ['1', '2'], b: [''] })
    expect(request.args).toBe(request.args)
    expect(request.acceptMimetypes.best).toBe('application/json')
    expect(request.acceptLanguages.bestMatch(['en', 'de'])).toBe('de')
    expect(request.authorization?.username).toBe('ana')
    expect(request.cookies.get('a')).toBe('1')
    expect(request.cookies.get('b')).toBe('x y')
    expect(request.ifNoneMatch.containsWeak('x')).toBe(true)
    expect(request.range?.ranges).toEqual([[0, 4]])
    expect(request.referrer).toBe('http://ref/')
    expect(String(request.userAgent)).toBe('ua/1')
    expect(request.maxForwards).toBe(3)
    expect(request.date).toEqual(new Date(1_600_000_000_000))
    expect(request.accessRoute).toEqual(['1.2.3.4', '5.6.7.8'])
    expect([request.mimetype, request.mimetypeParams]).toEqual([
      'text/html',
      { charset: 'utf-8', x: 'a b' },
    ])
    expect(request.ifModifiedSince).toBeNull()
    expect(request.headers.get('x-none')).toBeNull()
  })

  it('is there for every header that Werkzeug knows', () => {
    const request = new Request(
      make('/', {
        'Accept-Charset': 'utf-8, latin-1;q=0.5',
        'Accept-Encoding': 'gzip',
        'Access-Control-Request-Headers': 'X-A, X-B',
        'Access-Control-Request-Method': 'PUT',
        'Cache-Control': 'no-cache, max-age=5',
        'Content-MD5': 'md5',
        'If-Match': '"a"',
        'If-Modified-Since': 'Sun, 13 Sep 2020 12:26:40 GMT',
        'If-Range': '"r"',
        'If-Unmodified-Since': 'Sun, 13 Sep 2020 12:26:41 GMT',
        Origin: 'http://o',
        Pragma: 'no-cache',
      }),
    )
    expect(request.acceptCharsets.best).toBe('utf-8')
    expect(request.acceptEncodings.best).toBe('gzip')
    expect(request.accessControlRequestHeaders?.has('x-b')).toBe(true)
    expect(request.accessControlRequestMethod).toBe('PUT')
    expect(request.cacheControl.maxAge).toBe(5)
    expect(request.contentMd5).toBe('md5')
    expect(request.ifMatch.isStrong('a')).toBe(true)
    expect(request.ifModifiedSince).toEqual(new Date(1_600_000_000_000))
    expect(request.ifUnmodifiedSince).toEqual(new Date(1_600_000_001_000))
    expect(request.ifRange.etag).toBe('r')
    expect([request.origin, request.pragma.has('no-cache')]).toEqual(['http://o', true])
    expect([request.scriptRoot, request.urlRoot, request.rawPath]).toEqual([
      '',
      'http://localhost/',
      '/',
    ])
    expect(request.remoteUser).toBeNull()
    expect(String(request)).toBe("<Request 'http://localhost/' [GET]>")
  })

  it.each([
    ['5', null, 5],
    ['-5', null, 0],
    ['x', null, 0],
    ['5', 'chunked', null],
  ])('has of length %s and encoding %s the contentLength %s', (length, encoding, expected) => {
    const headers: Record<string, string> = { 'Content-Length': length }
    if (encoding !== null) headers['Transfer-Encoding'] = encoding
    expect(new Request(make('/', headers)).contentLength).toBe(expected)
  })

  it('has the server’s own address as host when none was sent', () => {
    const raw = make('/')
    raw.rawHeaders.length = 0
    delete raw.headers.host
    setEnviron(raw, { server: ['::1', 8080] })
    expect(new Request(raw).host).toBe('[::1]:8080')
  })

  it('is null or empty when there is nothing', () => {
    const request = new Request(make('/'))
    expect([request.authorization, request.range, request.contentType, request.mimetype]).toEqual([
      null,
      null,
      null,
      '',
    ])
    expect([request.contentLength, request.isJson, request.referrer, request.remoteAddr]).toEqual([
      null,
      false,
      null,
      null,
    ])
    expect(request.accessRoute).toEqual([])
    expect(request.getData().length).toBe(0)
    expect([...request.form, ...request.files]).toEqual([])
  })

  it('gives the client’s address in IPv4’s own form on a dual-stack socket', () => {
    const raw = make('/')
    Object.defineProperty(raw.socket, 'remoteAddress', { value: '::ffff:127.0.0.1' })
    expect(new Request(raw).remoteAddr).toBe('127.0.0.1')
  })
})

describe('what routing has found', () => {
  it('names endpoint and blueprints', () => {
    const request = new Request(make('/'))
    expect([request.endpoint, request.blueprint, request.blueprints]).toEqual([null, null, []])
    request.urlRule = new Rule('/', { endpoint: 'outer.inner.view' })
    expect(request.endpoint).toBe('outer.inner.view')
    expect(request.blueprint).toBe('outer.inner')
    expect(request.blueprints).toEqual(['outer.inner', 'outer'])
    request.urlRule = new Rule('/', { endpoint: 'view' })
    expect([request.blueprint, request.blueprints]).toEqual([null, []])
  })
})

describe('JSON', () => {
  let server: TestServer
  afterEach(() => server.close())

  const send = (body: string | Buffer, type?: string) =>
    fetchRaw(server.port, '/', {
      method: 'POST',
      body,
      headers: type === undefined ? {} : { 'Content-Type': type },
    })

  it.each([
    ['application/json', '{"a": [1, null], "é": "\\u20ac"}', { a: [1, null], é: '€' }],
    ['application/json; charset=utf-8', '"str"', 'str'],
    ['application/vnd.api+json', 'null', null],
    ['APPLICATION/JSON', ' \n5\t', 5],
  ])('of type %s is parsed', async (type, body, value) => {
    server = await serve((request) => ({ got: request.json }))
    expect((await send(body, type)).json()).toEqual({ got: value })
  })

  it.each(['{bad', '', '{"a":1}x', 'nope', '{"__proto__": 1}'])(
    '%j is a 400 that does not say why',
    async (body) => {
      server = await serve((request) => request.json)
      const reply = await send(body, 'application/json')
      expect(reply.status).toBe(400)
      expect(reply.body.toString()).toContain(
        '<p>The browser (or proxy) sent a request that this server could not understand.</p>',
      )
    },
  )

  it('that is broken is explained in debug mode', async () => {
    server = await serve((request) => request.json, { debug: true })
    expect((await send('{bad', 'application/json')).body.toString()).toContain(
      'Failed to decode JSON object: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)',
    )
  })

  it.each([['text/plain'], ['text/plain; application/json'], [undefined]])(
    'of type %s is a 415',
    async (type) => {
      server = await serve((request) => request.json)
      const reply = await send('{}', type)
      expect(reply.status).toBe(415)
      expect(reply.body.toString()).toContain(
        '<p>Did not attempt to load JSON data because the request Content-Type was not &#39;application/json&#39;.</p>',
      )
    },
  )

  it('can be forced and silenced', async () => {
    server = await serve((request) => [
      request.getJson({ silent: true }),
      request.getJson({ force: true, silent: true }),
    ])
    expect((await send('{"a":1}', 'text/plain')).json()).toEqual([null, { a: 1 }])
    expect((await send('{bad', 'application/json')).json()).toEqual([null, null])
  })

  it('is parsed once, and again without the cache', async () => {
    server = await serve((request) => [
      request.json === request.getJson(),
      request.json === request.getJson({ silent: true }),
      request.json === request.getJson({ cache: false }),
    ])
    expect((await send('{}', 'application/json')).json()).toEqual([true, true, false])
  })

  it('raises again after it was silenced', async () => {
    server = await serve((request) => [request.getJson({ silent: true }), request.json])
    expect((await send('{bad', 'application/json')).status).toBe(400)
  })

  it('may be UTF-16, and is refused when it is no text', async () => {
    server = await serve((request) => request.json)
    expect(
      (await send(Buffer.from('\ufeff{"a":1}', 'utf16le'), 'application/json')).json(),
    ).toEqual({ a: 1 })
    expect((await send(Buffer.from([0x22, 0xff, 0x22]), 'application/json')).status).toBe(400)
  })

  it('comes from the app’s provider', async () => {
    server = await serve((request) => request.json, { json: { loads: (text) => `<${text}>` } })
    expect((await send('x', 'application/json')).json()).toBe('<x>')
  })

  it('leaves the decision to a subclass that overrides the hook', () => {
    class Lenient extends Request {
      override onJsonLoadingFailed(): unknown {
        return 'fallback'
      }
    }
    expect(new Lenient(make('/')).json).toBe('fallback')
  })
})
