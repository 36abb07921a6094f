import { afterEach, describe, expect, it, vi } from 'vitest'
import { Headers } from '../../src/http/headers.ts'
import { redirectResponse } from '../../src/response/redirect.ts'
import { Response } from '../../src/response/response.ts'

afterEach(() => vi.restoreAllMocks())

describe('Response', () => {
  it('defaults to 200, text/html in UTF-8 and an empty body', () => {
    const response = new Response()
    expect(response.status).toBe('200 OK')
    expect(response.statusCode).toBe(200)
    expect([...response.headers]).toEqual([['Content-Type', 'text/html; charset=utf-8']])
    expect(response.data).toEqual(Buffer.alloc(0))
  })

  it('counts a text body in UTF-8 bytes', () => {
    const response = new Response('héllo')
    expect([...response.headers]).toEqual([
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Length', '6'],
    ])
    expect(response.getData({ asText: true })).toBe('héllo')
    expect(response.contentLength).toBe(6)
  })

  it.each([
    ['text/plain', 'text/plain; charset=utf-8'],
    ['application/xml', 'application/xml; charset=utf-8'],
    ['application/json', 'application/json'],
    ['image/svg+xml', 'image/svg+xml; charset=utf-8'],
    ['application/javascript', 'application/javascript; charset=utf-8'],
  ])('mimetype %s is sent as %s', (mimetype, contentType) => {
    expect(new Response('x', { mimetype }).contentType).toBe(contentType)
    expect(new Response('x', null, null, mimetype).contentType).toBe(contentType)
  })

  it('takes the content type as it is, and from the headers', () => {
    expect(new Response('x', { contentType: 'text/x; y=1' }).contentType).toBe('text/x; y=1')
    expect(new Response('x', { headers: { 'Content-Type': 'a/b' } }).contentType).toBe('a/b')
    expect(
      new Response('x', { headers: { 'content-type': 'a/b' }, mimetype: 'text/css' }).contentType,
    ).toBe('text/css; charset=utf-8')
  })

  it('takes status and headers in Flask’s positions', () => {
    const response = new Response('x', '201 Made It', [
      ['X-A', '1'],
      ['X-A', '2'],
    ])
    expect(response.status).toBe('201 Made It')
    expect(response.statusCode).toBe(201)
    expect(response.headers.getlist('X-A')).toEqual(['1', '2'])
  })

  it.each([
    [404, '404 NOT FOUND', 404],
    ['404', '404 NOT FOUND', 404],
    [299, '299 UNKNOWN', 299],
    ['299 Weird', '299 Weird', 299],
    ['abc', '0 abc', 0],
    [418, "418 I'M A TEAPOT", 418],
  ])('status %s reads as %s', (status, line, code) => {
    const response = new Response('', { status })
    expect(response.status).toBe(line)
    expect(response.statusCode).toBe(code)
  })

  it('uses the Headers object it is given', () => {
    const headers = new Headers([['X-A', '1']])
    expect(new Response('x', { headers }).headers).toBe(headers)
  })

  it('gives a subclass its own default media type', () => {
    class Xml extends Response {
      static override defaultMimetype = 'application/xml'
    }
    expect(new Xml('x').contentType).toBe('application/xml; charset=utf-8')
  })

  it('reads a generator once and keeps it', () => {
    const closed: string[] = []
    function* body(): Generator<string> {
      try {
        yield 'a'
        yield 'b'
      } finally {
        closed.push('closed')
      }
    }
    const response = new Response(body())
    expect(response.isStreamed).toBe(true)
    expect(response.isSequence).toBe(false)
    expect(response.getData({ asText: true })).toBe('ab')
    expect(response.isSequence).toBe(true)
    expect(response.getData({ asText: true })).toBe('ab')
    expect(response.headers.has('Content-Length')).toBe(false)
    response.close()
    expect(closed).toEqual(['closed'])
  })

  it('asks for makeSequence before data of an asynchronous body', async () => {
    const response = new Response(
      (async function* () {
        yield 'a'
        yield Buffer.from('b')
      })(),
    )
    expect(() => response.data).toThrow('makeSequence')
    await response.makeSequence()
    expect(response.getData({ asText: true })).toBe('ab')
  })

  it('does not read a body in direct passthrough mode', () => {
    const response = new Response(['a'].values(), { directPassthrough: true })
    expect(() => response.data).toThrow('direct passthrough mode')
    expect(response.calculateContentLength()).toBeNull()
  })

  it('does not read a body when the conversion is forbidden', () => {
    const response = new Response(['a', 'b'].values())
    response.implicitSequenceConversion = false
    expect(() => response.data).toThrow('Call makeSequence() yourself')
  })

  it('replaces the body and its length', () => {
    const response = new Response('long body')
    response.data = 'x'
    expect(response.contentLength).toBe(1)
    response.response = ['a', Buffer.from('bc')]
    expect(response.contentLength).toBe(1)
    expect(response.calculateContentLength()).toBe(3)
  })

  it('parses JSON only of a JSON media type, unless forced', () => {
    const response = new Response('{"a":1}', { mimetype: 'application/vnd.x+json' })
    expect(response.isJson).toBe(true)
    expect(response.json).toEqual({ a: 1 })
    expect(new Response('{"a":1}').json).toBeNull()
    expect(new Response('{"a":1}').getJson({ force: true })).toEqual({ a: 1 })
    expect(new Response('{', { mimetype: 'application/json' }).getJson({ silent: true })).toBeNull()
    expect(() => new Response('{', { mimetype: 'application/json' }).json).toThrow(SyntaxError)
  })

  it('adds an etag of the body: its sha1 in hexadecimal', () => {
    const response = new Response('content')
    response.addEtag()
    expect(response.headers.get('ETag')).toBe('"040f06fd774092478d450774f5ba30c5da78acc8"')
    response.addEtag({ weak: true })
    expect(response.getEtag()).toEqual(['040f06fd774092478d450774f5ba30c5da78acc8', false])
    response.addEtag({ overwrite: true, weak: true })
    expect(response.headers.get('ETag')).toBe('W/"040f06fd774092478d450774f5ba30c5da78acc8"')
  })

  it('sets and deletes cookies', () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000)
    const response = new Response()
    response.setCookie('k', 'v', {
      maxAge: 60,
      path: '/p',
      domain: 'ex.com',
      secure: true,
      httponly: true,
      samesite: 'Strict',
    })
    response.deleteCookie('d', { path: '/p' })
    expect(response.headers.getlist('Set-Cookie')).toEqual([
      'k=v; Domain=ex.com; Expires=Tue, 14 Nov 2023 22:14:20 GMT; Max-Age=60; Secure; HttpOnly; Path=/p; SameSite=Strict',
      'd=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/p',
    ])
  })

  it('runs what callOnClose was given, once, even when one of them throws', () => {
    const calls: string[] = []
    const response = new Response('x')
    response.callOnClose(() => calls.push('first'))
    response.callOnClose(() => {
      throw new Error('boom')
    })
    response.callOnClose(() => calls.push('last'))
    expect(() => response.close()).toThrow('boom')
    response.close()
    expect(calls).toEqual(['first', 'last'])
  })

  it('freezes: length and etag of a body that was streamed', () => {
    const response = new Response(['a', 'b'].values())
    response.freeze()
    expect(response.contentLength).toBe(2)
    expect(response.getEtag()[0]).toBe('da23614e02469a0d7c7bd1bdab5c9c474b1904dc')
  })

  it('forces its type in place', () => {
    class Mine extends Response {}
    const plain = new Response('x')
    const forced = Mine.forceType(plain)
    expect(forced).toBe(plain)
    expect(forced).toBeInstanceOf(Mine)
  })

  it('takes over a Web Response', async () => {
    const web = new globalThis.Response('héllo', {
      status: 202,
      statusText: 'Taken',
      headers: [
        ['X-A', '1'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
    })
    const response = Response.fromWeb(web)
    expect(response.status).toBe('202 Taken')
    expect(response.headers.getlist('Set-Cookie')).toEqual(['a=1', 'b=2'])
    expect(response.contentType).toBe('text/plain;charset=UTF-8')
    await response.makeSequence()
    expect(response.getData({ asText: true })).toBe('héllo')
    expect(Response.fromWeb(new globalThis.Response(null)).contentType).toBeNull()
    expect(() => Response.fromWeb({} as globalThis.Response)).toThrow(TypeError)
  })

  it('describes itself', () => {
    expect(String(new Response('abc'))).toBe('<Response 3 bytes [200 OK]>')
    expect(String(new Response(['a'].values(), 404))).toBe('<Response streamed [404 NOT FOUND]>')
  })
})

describe('header properties', () => {
  it('reads and writes the headers', () => {
    const response = new Response('x')
    response.location = '/b'
    response.age = 3
    response.lastModified = 1_600_000_000
    response.expires = new Date(1_600_000_000_000)
    response.retryAfter = 120
    response.acceptRanges = 'bytes'
    response.contentLanguage = ['de', 'en']
    response.accessControlAllowOrigin = '*'
    response.accessControlAllowCredentials = true
    response.accessControlMaxAge = 5
    response.crossOriginOpenerPolicy = 'same-origin'
    expect(Object.fromEntries(response.headers)).toMatchObject({
      Location: '/b',
      Age: '3',
      'Last-Modified': 'Sun, 13 Sep 2020 12:26:40 GMT',
      Expires: 'Sun, 13 Sep 2020 12:26:40 GMT',
      'Retry-After': '120',
      'Accept-Ranges': 'bytes',
      'Content-Language': 'de, en',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Max-Age': '5',
      'Cross-Origin-Opener-Policy': 'same-origin',
    })
    expect(response.lastModified).toEqual(new Date(1_600_000_000_000))
    expect(response.age).toBe(3)
    response.location = null
    response.accessControlAllowCredentials = false
    expect(response.headers.has('Location')).toBe(false)
    expect(response.accessControlAllowCredentials).toBe(false)
    expect(response.accessControlAllowHeaders).toBeNull()
    expect(new Response().crossOriginEmbedderPolicy).toBe('unsafe-none')
  })

  it('reads Retry-After as a moment', () => {
    const response = new Response()
    expect(response.retryAfter).toBeNull()
    response.retryAfter = new Date(1_600_000_000_000)
    expect(response.retryAfter).toEqual(new Date(1_600_000_000_000))
    response.retryAfter = 60
    expect(Math.abs(Number(response.retryAfter) - Date.now() - 60_000)).toBeLessThan(2000)
  })

  it('writes changed collections back', () => {
    const response = new Response('x')
    response.vary.add('Cookie')
    response.vary.add('Origin')
    expect(response.headers.get('Vary')).toBe('Cookie, Origin')
    response.vary.remove('cookie')
    response.vary.remove('origin')
    expect(response.headers.has('Vary')).toBe(false)
    response.cacheControl.noStore = true
    response.cacheControl.maxAge = 10
    expect(response.headers.get('Cache-Control')).toBe('no-store, max-age=10')
    response.contentSecurityPolicy.defaultSrc = "'self'"
    expect(response.headers.get('Content-Security-Policy')).toBe("default-src 'self'")
    response.contentRange.set(0, 4, 10)
    expect(response.headers.get('Content-Range')).toBe('bytes 0-3/10')
    response.contentRange.unset()
    expect(response.headers.has('Content-Range')).toBe(false)
    response.wwwAuthenticate.type = 'bearer'
    expect(response.headers.get('WWW-Authenticate')).toMatch(/^Bearer/)
    response.wwwAuthenticate = null
    expect(response.headers.has('WWW-Authenticate')).toBe(false)
    response.mimetypeParams.charset = 'latin-1'
    expect(response.contentType).toBe('text/html; charset=latin-1')
    response.mimetype = 'text/css'
    expect(response.contentType).toBe('text/css; charset=utf-8')
  })
})

describe('redirectResponse', () => {
  it('escapes the location in its page and keeps it in the header', () => {
    const response = redirectResponse('/x?a=1&b=<2>', 303, Response)
    expect(response.status).toBe('303 SEE OTHER')
    expect(response.location).toBe('/x?a=1&b=<2>')
    expect(response.getData({ asText: true })).toBe(
      '<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n' +
        '<p>You should be redirected automatically to the target URL: ' +
        '<a href="/x?a=1&amp;b=&lt;2&gt;">/x?a=1&amp;b=&lt;2&gt;</a>. If not, click the link.\n',
    )
  })
})
