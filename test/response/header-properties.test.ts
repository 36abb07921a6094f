import { describe, expect, it } from 'vitest'
import { WWWAuthenticate } from '../../src/http/authorization.ts'
import { ContentRange } from '../../src/http/range.ts'
import { Response } from '../../src/response/response.ts'

type Name = {
  [K in keyof Response]: Response[K] extends (...args: never[]) => unknown ? never : K
}[keyof Response]

/** Sets a property and gives the header's text. */
function written(name: Name, value: unknown, header: string): string | null {
  const response = new Response()
  Reflect.set(response, name, value)
  return response.headers.get(header)
}

describe('a header property', () => {
  it.each<[Name, unknown, string, string | null]>([
    ['contentType', 'a/b', 'Content-Type', 'a/b'],
    ['mimetype', 'text/x', 'Content-Type', 'text/x; charset=utf-8'],
    ['mimetypeParams', { charset: 'x' }, 'Content-Type', 'text/html; charset=x'],
    ['contentLength', 7, 'Content-Length', '7'],
    ['location', '/x', 'Location', '/x'],
    ['contentLocation', '/x', 'Content-Location', '/x'],
    ['contentEncoding', 'gzip', 'Content-Encoding', 'gzip'],
    ['contentMd5', 'x', 'Content-MD5', 'x'],
    ['age', 7.9, 'Age', '7'],
    ['date', 1_600_000_000, 'Date', 'Sun, 13 Sep 2020 12:26:40 GMT'],
    ['expires', 1_600_000_000, 'Expires', 'Sun, 13 Sep 2020 12:26:40 GMT'],
    ['lastModified', 1_600_000_000.9, 'Last-Modified', 'Sun, 13 Sep 2020 12:26:40 GMT'],
    ['retryAfter', '120', 'Retry-After', '120'],
    ['vary', 'Cookie, Accept', 'Vary', 'Cookie, Accept'],
    ['allow', ['GET', 'HEAD'], 'Allow', 'GET, HEAD'],
    ['contentLanguage', [], 'Content-Language', null],
    ['acceptRanges', 'none', 'Accept-Ranges', 'none'],
    ['contentRange', 'bytes */10', 'Content-Range', 'bytes */10'],
    ['contentRange', new ContentRange('bytes', 0, 4, 10), 'Content-Range', 'bytes 0-3/10'],
    ['wwwAuthenticate', new WWWAuthenticate('bearer'), 'WWW-Authenticate', 'Bearer'],
    [
      'contentSecurityPolicy',
      "default-src 'self'",
      'Content-Security-Policy',
      "default-src 'self'",
    ],
    ['contentSecurityPolicyReportOnly', 'x y', 'Content-Security-Policy-Report-Only', 'x y'],
    ['accessControlAllowCredentials', true, 'Access-Control-Allow-Credentials', 'true'],
    ['accessControlAllowHeaders', ['A', 'B'], 'Access-Control-Allow-Headers', 'A, B'],
    ['accessControlAllowMethods', ['GET'], 'Access-Control-Allow-Methods', 'GET'],
    ['accessControlAllowOrigin', '*', 'Access-Control-Allow-Origin', '*'],
    ['accessControlExposeHeaders', ['X'], 'Access-Control-Expose-Headers', 'X'],
    ['accessControlMaxAge', 5, 'Access-Control-Max-Age', '5'],
    ['crossOriginOpenerPolicy', 'same-origin', 'Cross-Origin-Opener-Policy', 'same-origin'],
    ['crossOriginEmbedderPolicy', 'require-corp', 'Cross-Origin-Embedder-Policy', 'require-corp'],
  ])('%s set to %j is written as it should be', (name, value, header, text) => {
    expect(written(name, value, header)).toBe(text)
  })

  it.each<[Name, string]>([
    ['contentType', 'Content-Type'],
    ['contentLength', 'Content-Length'],
    ['location', 'Location'],
    ['contentLocation', 'Content-Location'],
    ['contentEncoding', 'Content-Encoding'],
    ['contentMd5', 'Content-MD5'],
    ['age', 'Age'],
    ['date', 'Date'],
    ['expires', 'Expires'],
    ['lastModified', 'Last-Modified'],
    ['retryAfter', 'Retry-After'],
    ['vary', 'Vary'],
    ['contentRange', 'Content-Range'],
    ['wwwAuthenticate', 'WWW-Authenticate'],
    ['contentSecurityPolicy', 'Content-Security-Policy'],
    ['accessControlAllowCredentials', 'Access-Control-Allow-Credentials'],
    ['accessControlMaxAge', 'Access-Control-Max-Age'],
  ])('%s is removed by null', (name, header) => {
    const response = new Response(null, { headers: { [header]: '1' } })
    expect(response.headers.has(header)).toBe(true)
    Reflect.set(response, name, null)
    expect(response.headers.has(header)).toBe(false)
  })

  it.each<[Name, string, string | null, unknown]>([
    ['contentLocation', 'Content-Location', '/x', '/x'],
    ['contentEncoding', 'Content-Encoding', 'br', 'br'],
    ['contentMd5', 'Content-MD5', 'x', 'x'],
    ['contentLength', 'Content-Length', ' 5 ', 5],
    ['contentLength', 'Content-Length', 'x', null],
    ['age', 'Age', '-1', null],
    ['date', 'Date', 'Sun, 13 Sep 2020 12:26:40 GMT', new Date(1_600_000_000_000)],
    ['expires', 'Expires', 'never', null],
    ['retryAfter', 'Retry-After', 'Sun, 13 Sep 2020 12:26:40 GMT', new Date(1_600_000_000_000)],
    ['accessControlAllowOrigin', 'Access-Control-Allow-Origin', '*', '*'],
    ['accessControlMaxAge', 'Access-Control-Max-Age', '7', 7],
    ['crossOriginEmbedderPolicy', 'X', 'x', 'unsafe-none'],
  ])('%s reads the header %s: %s', (name, header, text, value) => {
    expect(new Response(null, { headers: { [header]: text } })[name]).toEqual(value)
  })

  it('reads names that it lists', () => {
    const response = new Response(null, {
      headers: {
        Allow: 'GET, HEAD',
        'Access-Control-Allow-Headers': 'A',
        'Access-Control-Allow-Methods': 'B',
        'Access-Control-Expose-Headers': 'C',
        'Content-Language': 'de',
        'Content-Security-Policy-Report-Only': 'default-src x',
      },
    })
    expect(response.allow.has('head')).toBe(true)
    expect(response.accessControlAllowHeaders?.has('a')).toBe(true)
    expect(response.accessControlAllowMethods?.has('b')).toBe(true)
    expect(response.accessControlExposeHeaders?.has('c')).toBe(true)
    expect(response.contentLanguage.has('DE')).toBe(true)
    expect(response.contentSecurityPolicyReportOnly.defaultSrc).toBe('x')
  })

  it('refuses a negative age', () => {
    expect(() => {
      new Response().age = -1
    }).toThrow('negative')
  })

  it('takes several challenges, and follows a changed one', () => {
    const response = new Response()
    const basic = new WWWAuthenticate('basic', { realm: 'x' })
    response.wwwAuthenticate = [basic, new WWWAuthenticate('bearer', { realm: 'y' })]
    expect(response.headers.getlist('WWW-Authenticate')).toHaveLength(2)
    response.wwwAuthenticate = basic
    basic.parameters.set('realm', 'z')
    expect(response.headers.getlist('WWW-Authenticate')).toEqual(['Basic realm=z'])
  })

  it('removes Cache-Control with its last directive, and a media type parameter', () => {
    const response = new Response()
    response.cacheControl.noStore = true
    response.cacheControl.noStore = false
    expect(response.headers.has('Cache-Control')).toBe(false)
    delete response.mimetypeParams.charset
    expect(response.contentType).toBe('text/html')
  })
})
