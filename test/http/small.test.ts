import { describe, expect, it } from 'vitest'
import { Authorization, WWWAuthenticate } from '../../src/http/authorization.ts'
import { base64Decode, base64Encode } from '../../src/http/base64.ts'
import {
  parseCacheControlHeader,
  RequestCacheControl,
  ResponseCacheControl,
} from '../../src/http/cache-control.ts'
import { CallbackDict } from '../../src/http/callback-dict.ts'
import { ContentSecurityPolicy, parseCspHeader } from '../../src/http/csp.ts'
import {
  COEP,
  COOP,
  getContentLength,
  isEntityHeader,
  isHopByHopHeader,
  removeEntityHeaders,
  removeHopByHopHeaders,
} from '../../src/http/header-kinds.ts'
import { Headers } from '../../src/http/headers.ts'
import { getContentType } from '../../src/http/mimetype.ts'
import { isWindowsDevice, secureFilename } from '../../src/http/secure-filename.ts'
import { HTTP_STATUS_CODES, statusLine } from '../../src/http/status.ts'
import { bytesToLatin1, latin1ToBytes, splitWords, strip, titleCase } from '../../src/http/text.ts'
import { UserAgent } from '../../src/http/user-agent.ts'

describe('statusLine', () => {
  it.each([
    [200, 200, '200 OK'],
    [418, 418, "418 I'M A TEAPOT"],
    [299, 299, '299 UNKNOWN'],
    ['404', 404, '404 NOT FOUND'],
    ['404 Gone Fishing', 404, '404 Gone Fishing'],
    [' 200 ', 200, '200 OK'],
    ['599', 599, '599 UNKNOWN'],
    ['Fine', 0, '0 Fine'],
    ['2x0 Fine', 0, '0 2x0 Fine'],
  ])('%j', (status, code, line) => expect(statusLine(status)).toEqual({ code, line }))

  it('refuses a blank one', () => expect(() => statusLine(' ')).toThrow('Empty status argument'))

  it('has Werkzeug’s phrases', () => {
    expect(HTTP_STATUS_CODES.size).toBe(64)
    expect(HTTP_STATUS_CODES.get(413)).toBe('Request Entity Too Large')
  })
})

describe('getContentType', () => {
  it.each([
    ['text/html', 'text/html; charset=utf-8'],
    ['application/javascript', 'application/javascript; charset=utf-8'],
    ['image/svg+xml', 'image/svg+xml; charset=utf-8'],
    ['application/json', 'application/json'],
    ['image/png', 'image/png'],
  ])('%s', (mimetype, full) => expect(getContentType(mimetype)).toBe(full))

  it('takes another charset', () =>
    expect(getContentType('text/x', 'latin1')).toBe('text/x; charset=latin1'))
})

describe('secureFilename', () => {
  it.each([
    ['../../../etc/passwd', 'etc_passwd'],
    ['i contain cool ümläuts.txt', 'i_contain_cool_umlauts.txt'],
    ['foo/bar\\baz.txt', 'foo_barbaz.txt'],
    ['', ''],
    ['..', ''],
    ['/', ''],
    ['CON.txt', 'CON.txt'],
    ['.hidden', 'hidden'],
    ['a%2Fb.txt', 'a2Fb.txt'],
    ['xxxxx.TXT', 'xxxxx.TXT'],
    ['a\nb.txt', 'a_b.txt'],
    ['ﬁle\x1cＡ☃', 'file_A'],
  ])('%j is %j', (name, safe) => expect(secureFilename(name, false)).toBe(safe))

  it.each([
    ['foo\\bar', 'foo_bar'],
    ['CON.txt', '_CON.txt'],
    ['lpt1', '_lpt1'],
    ['console.txt', 'console.txt'],
  ])('on Windows %j is %j', (name, safe) => expect(secureFilename(name, true)).toBe(safe))

  it('knows devices', () => {
    expect(['aux ', 'NUL.tar.gz', 'COM¹', 'conin$'].every(isWindowsDevice)).toBe(true)
    expect(['auxx', 'a.con', 'COM0', ''].some(isWindowsDevice)).toBe(false)
  })
})

describe('Cache-Control', () => {
  it('reads a request’s directives', () => {
    const cc = parseCacheControlHeader(
      'no-cache, no-store, max-age=5, max-stale, min-fresh=x, only-if-cached, no-transform, stale-if-error=7',
    )
    expect([cc.noCache, cc.noStore, cc.maxAge, cc.maxStale, cc.minFresh]).toEqual([
      true,
      true,
      5,
      true,
      null,
    ])
    expect([cc.onlyIfCached, cc.noTransform, cc.staleIfError]).toEqual([true, true, 7])
    expect(parseCacheControlHeader('max-stale=3').maxStale).toBe(3)
    expect(parseCacheControlHeader('max-age').maxAge).toBeNull()
    expect(parseCacheControlHeader(null).maxStale).toBeNull()
    expect(parseCacheControlHeader(null).provided).toBe(true)
    expect(new RequestCacheControl(null).provided).toBe(false)
  })

  it('is read-only for a request', () => {
    const cc = new RequestCacheControl({ a: 'b' })
    for (const change of [
      () => cc.set('a', 'b'),
      () => cc.setdefault('a', 'b'),
      () => cc.delete('a'),
      () => cc.pop('a'),
      () => cc.update({}),
      () => cc.clear(),
      () => {
        cc.maxAge = 5
      },
    ]) {
      expect(change).toThrow("'RequestCacheControl' objects are immutable")
    }
  })

  it('writes a response’s directives and reports each change', () => {
    const seen: string[] = []
    const cc = new ResponseCacheControl([], (changed: ResponseCacheControl) =>
      seen.push(String(changed)),
    )
    cc.maxAge = 5.7
    cc.public = true
    cc.noCache = 'Set-Cookie'
    cc.noCache = true
    cc.private = false
    cc.maxAge = null
    cc.public = false
    cc.sMaxage = '9'
    expect(seen).toEqual([
      'max-age=5',
      'max-age=5, public',
      'max-age=5, public, no-cache=Set-Cookie',
      'max-age=5, public, no-cache',
      'public, no-cache',
      'no-cache',
      'no-cache, s-maxage=9',
    ])
    expect(() => {
      cc.sMaxage = 'soon'
    }).toThrow('invalid literal')
    expect(() => {
      cc.sMaxage = Number.NaN
    }).toThrow('invalid literal')
  })

  it('has a property for every directive', () => {
    const cc = new ResponseCacheControl()
    cc.noStore = cc.noTransform = cc.mustRevalidate = cc.proxyRevalidate = true
    cc.immutable = cc.mustUnderstand = true
    cc.private = 'x y'
    cc.staleWhileRevalidate = 1
    cc.staleIfError = 2
    expect(cc.toHeader()).toBe(
      'proxy-revalidate, must-revalidate, no-transform, no-store, must-understand, immutable,' +
        ' private="x y", stale-while-revalidate=1, stale-if-error=2',
    )
    const read = parseCacheControlHeader(
      `${cc}, public, no-cache="a", s-maxage=3`,
      null,
      ResponseCacheControl,
    )
    expect([
      read.noStore,
      read.noTransform,
      read.mustRevalidate,
      read.proxyRevalidate,
      read.immutable,
      read.mustUnderstand,
      read.private,
      read.staleWhileRevalidate,
      read.staleIfError,
      read.public,
      read.noCache,
      read.sMaxage,
    ]).toEqual([true, true, true, true, true, true, 'x y', 1, 2, true, 'a', 3])
  })
})

describe('CallbackDict', () => {
  it('acts as a dict and reports changes only', () => {
    let changes = 0
    const dict = new CallbackDict<number>({ a: 1 }, () => changes++)
    expect([dict.get('a'), dict.get('b'), dict.get('b', 2), dict.getItem('a')]).toEqual([
      1,
      null,
      2,
      1,
    ])
    expect(() => dict.getItem('b')).toThrow("'b'")
    dict.setdefault('a', 5)
    dict.pop('b', 0)
    expect(changes).toBe(0)
    dict.setdefault('b', 5)
    dict.update([['c', 6]])
    expect([changes, dict.size, [...dict], [...dict.values()]]).toEqual([
      2,
      3,
      ['a', 'b', 'c'],
      [1, 5, 6],
    ])
    expect([...dict.keys()]).toEqual(['a', 'b', 'c'])
    expect(JSON.stringify(new CallbackDict(dict as unknown as Iterable<[string, number]>))).toBe(
      '{"a":1,"b":5,"c":6}',
    )
    expect(dict.pop('a')).toBe(1)
    dict.delete('b')
    expect(() => dict.delete('b')).toThrow("'b'")
    expect(() => dict.pop('b')).toThrow("'b'")
    dict.clear()
    expect([changes, dict.size]).toEqual([5, 0])
  })
})

describe('Content-Security-Policy', () => {
  it('reads, changes and writes policies', () => {
    const seen: string[] = []
    const csp = parseCspHeader(
      "default-src 'self'; script-src  x y ; upgrade-insecure-requests; ",
      (changed) => seen.push(changed.toHeader()),
    )
    expect([csp.defaultSrc, csp.scriptSrc, csp.imgSrc]).toEqual(["'self'", 'x y', null])
    csp.imgSrc = '*'
    csp.defaultSrc = null
    csp.styleSrcElem = undefined as unknown as null
    expect(seen).toEqual([
      "default-src 'self'; script-src x y; img-src *",
      'script-src x y; img-src *',
    ])
    expect(String(csp)).toBe('script-src x y; img-src *')
    expect(parseCspHeader(null).size).toBe(0)
    expect(new ContentSecurityPolicy(null).provided).toBe(false)
  })
})

describe('Authorization', () => {
  it('reads basic credentials', () => {
    const auth = Authorization.fromHeader('Basic dXNlcjpwYTpzcw==')
    expect([auth?.type, auth?.username, auth?.password, auth?.token]).toEqual([
      'basic',
      'user',
      'pa:ss',
      null,
    ])
    expect(String(auth)).toBe('Basic dXNlcjpwYTpzcw==')
    expect(Authorization.fromHeader('basic dXNlcg==')?.password).toBe('')
    expect(Authorization.fromHeader('Basic w6k6w6k=')?.username).toBe('é')
  })

  it.each([null, '', 'Basic /w==', 'Basic x', 'Basic é'])('takes %j for none', (header) => {
    expect(Authorization.fromHeader(header)).toBeNull()
  })

  it('reads tokens and parameters', () => {
    const bearer = Authorization.fromHeader('Bearer  abc.def== ')
    expect([bearer?.type, bearer?.token, { ...bearer?.parameters }]).toEqual([
      'bearer',
      'abc.def==',
      {},
    ])
    expect(bearer?.toHeader()).toBe('Bearer abc.def==')
    const digest = Authorization.fromHeader('Digest username="u", realm="r x", nc=1')
    expect([
      digest?.username,
      digest?.realm,
      digest?.get('nc'),
      digest?.getItem('no'),
      digest?.get('no', 'd'),
    ]).toEqual(['u', 'r x', '1', null, 'd'])
    expect([digest?.has('nc'), digest?.has('constructor'), digest?.token]).toEqual([
      true,
      false,
      null,
    ])
    expect(digest?.toHeader()).toBe('Digest username=u, realm="r x", nc=1')
    expect(Authorization.fromHeader('Token')?.token).toBe('')
  })
})

describe('WWWAuthenticate', () => {
  it('writes challenges', () => {
    expect(String(new WWWAuthenticate('Basic', { realm: 'login required' }))).toBe(
      'Basic realm="login required"',
    )
    expect(new WWWAuthenticate('negotiate').toHeader()).toBe('Negotiate')
    expect(new WWWAuthenticate('bearer', null, 'abc').toHeader()).toBe('Bearer abc')
    const digest = new WWWAuthenticate('digest', {
      realm: 'r',
      nonce: 'n',
      algorithm: 'MD5',
      qop: 'auth',
      x: null,
    })
    expect(digest.toHeader()).toBe('Digest realm="r", nonce="n", algorithm=MD5, qop="auth", x=None')
  })

  it('reads challenges', () => {
    const basic = WWWAuthenticate.fromHeader('Basic realm="x"')
    expect([basic?.type, basic?.realm, basic?.token]).toEqual(['basic', 'x', null])
    expect(WWWAuthenticate.fromHeader('Negotiate abc=')?.token).toBe('abc=')
    expect(WWWAuthenticate.fromHeader(null)).toBeNull()
  })

  it('reports changes', () => {
    const auth = new WWWAuthenticate('basic')
    const seen: string[] = []
    auth.onUpdate = (changed) => seen.push(changed.toHeader())
    auth.realm = 'a'
    auth.set('b', 'c')
    auth.parameters.set('d', 'e')
    auth.delete('b')
    auth.delete('missing')
    auth.set('d', null)
    auth.parameters = { z: '1' }
    auth.token = 't'
    auth.type = 'bearer'
    expect(seen).toEqual([
      'Basic realm=a',
      'Basic realm=a, b=c',
      'Basic realm=a, b=c, d=e',
      'Basic realm=a, d=e',
      'Basic realm=a',
      'Basic z=1',
      'Basic t',
      'Bearer t',
    ])
    expect([auth.type, auth.token, auth.has('z'), auth.getItem('z'), auth.get('no', 'd')]).toEqual([
      'bearer',
      't',
      true,
      '1',
      'd',
    ])
  })
})

describe('base64', () => {
  it('reads as leniently as Python', () => {
    const text = (source: string): string | null => {
      const bytes = base64Decode(source)
      return bytes === null ? null : bytesToLatin1(bytes)
    }
    expect([text('YWI='), text('Y W!I='), text('YWJj'), text('YWI=YWJj'), text('')]).toEqual([
      'ab',
      'ab',
      'abc',
      'ab',
      '',
    ])
    expect([text('YWI'), text('Y==='), text('Y'), text('é')]).toEqual([null, null, null, null])
    expect(base64Encode(new Uint8Array([0xff, 0xfe]))).toBe('//4=')
  })
})

describe('kinds of headers', () => {
  it('tells them apart', () => {
    expect([isEntityHeader('Content-Type'), isEntityHeader('Vary')]).toEqual([true, false])
    expect([isHopByHopHeader('TE'), isHopByHopHeader('Vary')]).toEqual([true, false])
  })

  it('removes them', () => {
    const headers = new Headers({ Allow: 'GET', Expires: '0', Connection: 'close', Vary: 'x' })
    removeEntityHeaders(headers)
    removeHopByHopHeaders(headers)
    expect([...headers.keys()]).toEqual(['Expires', 'Vary'])
    removeEntityHeaders(headers, [])
    expect([...headers.keys()]).toEqual(['Vary'])
  })

  it.each([
    ['5', null, 5],
    [' 7 ', 'identity', 7],
    ['5', 'gzip, Chunked', null],
    [null, null, null],
    ['-5', null, 0],
    ['+5', null, 0],
    ['x', null, 0],
  ])('the length of %j with %j is %j', (length, encoding, result) => {
    expect(getContentLength(length, encoding)).toBe(result)
  })

  it('names cross-origin policies', () => {
    expect([COEP.REQUIRE_CORP, COOP.SAME_ORIGIN]).toEqual(['require-corp', 'same-origin'])
  })
})

describe('UserAgent', () => {
  it('keeps the text and parses nothing', () => {
    const agent = new UserAgent('Mozilla/5.0')
    expect([
      String(agent),
      agent.toHeader(),
      agent.browser,
      agent.platform,
      agent.version,
      agent.language,
    ]).toEqual(['Mozilla/5.0', 'Mozilla/5.0', null, null, null, null])
  })
})

describe('text with Python’s rules', () => {
  it('strips and splits at what Python calls space', () => {
    expect(strip('\x1c\x85\u3000a b\u2028\u202f\u205f\u1680\u2003\xa0\t')).toBe('a b')
    expect(strip('\ufeffa\u200b')).toBe('\ufeffa\u200b')
    expect(splitWords(' a\x1fb \n c ')).toEqual(['a', 'b', 'c'])
    expect(splitWords(' \t')).toEqual([])
  })

  it('title-cases after anything that is no letter', () => {
    expect(titleCase("x-3abc they're")).toBe("X-3Abc They'Re")
  })

  it('turns characters into bytes where there are any', () => {
    expect(latin1ToBytes('aÿ')).toEqual(new Uint8Array([97, 255]))
    expect(latin1ToBytes('☃')).toBeNull()
  })
})
