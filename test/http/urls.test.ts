import { describe, expect, it } from 'vitest'
import { RequestEntityTooLarge, SecurityError } from '../../src/errors/http-exception.ts'
import { getHost, hostIsTrusted } from '../../src/http/hosts.ts'
import { idnaDecode, idnaEncode } from '../../src/http/idna.ts'
import { punycodeDecode, punycodeEncode } from '../../src/http/punycode.ts'
import { isIPv6, joinUrl, splitNetloc, splitUrl } from '../../src/http/split-url.ts'
import {
  getCurrentUrl,
  iriToUri,
  parseQuery,
  uriToIri,
  urlEncode,
  urlQuote,
  urlUnquote,
} from '../../src/http/urls.ts'

describe('iriToUri', () => {
  it.each([
    ['/a b', '/a%20b'],
    ['http://bücher.example/ß?x=ü', 'http://xn--bcher-kva.example/%C3%9F?x=%C3%BC'],
    ['/a%20b', '/a%20b'],
    ['/%zz', '/%zz'],
    [`/x'y"z<>`, "/x'y%22z%3C%3E"],
    ['//h/x', '//h/x'],
    ['/a|b^c`d{e}', '/a%7Cb%5Ec%60d%7Be%7D'],
    ['http://usér:p@ß@HOST:080/#ä', 'http://us%C3%A9r:p%40%C3%9F@host:80/#%C3%A4'],
    ['http://user@[2001:DB8::1]:8080/', 'http://user@[2001:db8::1]:8080/'],
    ['mailto:a b', 'mailto:a%20b'],
    ['itms-services:///?x', 'itms-services:///?x'],
    ['http:///', 'http:///'],
    ['', ''],
  ])('%j becomes %j', (iri, uri) => expect(iriToUri(iri)).toBe(uri))

  it('can never break out of a Location header', () => {
    expect(iriToUri('/a\r\nSet-Cookie: x=1')).toBe('/aSet-Cookie:%20x=1')
    expect(iriToUri('\n /x')).toBe('/x')
    expect(iriToUri('/a\0\x7f')).toBe('/a%00%7F')
  })
})

describe('uriToIri', () => {
  it.each([
    ['http://xn--n3h.net/p%C3%A5th?q=%C3%A8ry%DF', 'http://☃.net/påth?q=èry%DF'],
    ['/%2F%3f%23%25%20%7f', '/%2F%3f%23%25%20%7f'],
    ['/?a=%26%3D%2B%23%24', '/?a=%26%3D%2B%23$'],
    ['http://u%3as%c3%a9r:p%40@H/#%20%c3%a9', 'http://u%3asér:p%40@h/#%20é'],
    ['http://example.com/a-b?c=d', 'http://example.com/a-b?c=d'],
    ['http://EXAMPLE.com:0080', 'http://example.com:80'],
    ['http://xn--a.b/', 'http://xn--a.b/'],
    ['/%ff%fe%C3%28', '/%FF%FE%C3('],
  ])('%j becomes %j', (uri, iri) => expect(uriToIri(uri)).toBe(iri))
})

describe('splitUrl and joinUrl', () => {
  it('keeps relative URLs relative', () => {
    expect(splitUrl('a/../b?c#d')).toEqual({
      scheme: '',
      netloc: '',
      path: 'a/../b',
      query: 'c',
      fragment: 'd',
    })
    expect(splitUrl('1a:b')).toMatchObject({ scheme: '', path: '1a:b' })
    expect(joinUrl({ scheme: 'http', netloc: 'h', path: 'x', query: '', fragment: '' })).toBe(
      'http://h/x',
    )
  })

  it.each([
    'http://[::1',
    'http://::1]',
    'http://[x]',
    'http://[127.0.0.1]',
    'http://[v1]',
    'http://\u2100.com',
  ])('refuses the authority of %j', (url) => expect(() => splitUrl(url)).toThrow())

  it('takes IPvFuture and zones', () => {
    expect(splitUrl('http://[v1.x]/').netloc).toBe('[v1.x]')
    expect(splitNetloc('[FE80::1%Eth0]:1').hostname).toBe('fe80::1%Eth0')
  })

  it('takes authorities apart', () => {
    expect(splitNetloc('u:p:q@h:80')).toEqual({
      username: 'u',
      password: 'p:q',
      hostname: 'h',
      port: 80,
    })
    expect(splitNetloc('@')).toEqual({ username: '', password: null, hostname: null, port: null })
    expect(splitNetloc('h:')).toMatchObject({ hostname: 'h', port: null })
    expect(splitNetloc('[::1]x')).toMatchObject({ hostname: '::1', port: null })
    expect(() => splitNetloc('h:x')).toThrow('Port could not be cast')
    expect(() => splitNetloc('h:65536')).toThrow('Port out of range')
  })

  it.each([
    ['::', true],
    ['::1', true],
    ['1::', true],
    ['1:2:3:4:5:6:7:8', true],
    ['1:2:3:4:5:6:1.2.3.4', true],
    ['::ffff:1.2.3.4', true],
    ['fe80::1%eth0', true],
    ['1:2:3:4:5:6:7', false],
    ['1:2:3:4:5:6:7:8:9', false],
    ['1::2::3', false],
    [':::', false],
    ['12345::', false],
    ['::1.2.3.256', false],
    ['::1.2.3', false],
    ['::1%', false],
    ['::1%a%b', false],
    ['1:2:3:4:5:6:7::8', false],
    ['1.2.3.4', false],
    ['', false],
  ])('isIPv6(%j) is %s', (text, valid) => expect(isIPv6(text)).toBe(valid))
})

describe('parseQuery', () => {
  it.each([
    [
      'a=1&b=2&a=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    [
      'a=b=c&d&=e&',
      [
        ['a', 'b=c'],
        ['d', ''],
        ['', 'e'],
      ],
    ],
    ['a+b=%2B%20+', [['a b', '+  ']]],
    [
      'x=%C3%A9&y=é&z=%F0%9F%98%80',
      [
        ['x', 'é'],
        ['y', 'é'],
        ['z', '😀'],
      ],
    ],
    [
      'a=%zz%4&b=%',
      [
        ['a', '%zz%4'],
        ['b', '%'],
      ],
    ],
    // Bytes that are no UTF-8 stay encoded.
    [
      'a=%ff%C3&b=%c3%28',
      [
        ['a', '%FF%C3'],
        ['b', '%C3('],
      ],
    ],
    [
      'a=%ED%A0%80&b=%C0%AF&c=%F5%80',
      [
        ['a', '%ED%A0%80'],
        ['b', '%C0%AF'],
        ['c', '%F5%80'],
      ],
    ],
    ['a=%E2%82x%E2%82%AC', [['a', '%E2%82x€']]],
    ['a;b=c', [['a;b', 'c']]],
    ['&&', []],
    ['', []],
  ])('reads %j', (text, pairs) => expect(parseQuery(text)).toEqual(pairs))

  it('can have a limit', () => {
    expect(parseQuery('a&b&&c', { maxNumFields: 3 })).toHaveLength(3)
    expect(() => parseQuery('a&b&c', { maxNumFields: 2 })).toThrow(RequestEntityTooLarge)
  })
})

describe('quoting', () => {
  it('quotes as UTF-8', () => {
    expect(urlQuote('/a b~é')).toBe('/a%20b~%C3%A9')
    expect(urlQuote('/a', '')).toBe('%2Fa')
    expect(urlQuote(new Uint8Array([0xff, 0x41]))).toBe('%FFA')
  })

  it('unquotes with U+FFFD for what is no UTF-8, one for each broken sequence', () => {
    expect(urlUnquote('%C3%A9%2f%zz')).toBe('é/%zz')
    expect(urlUnquote('%E2%82%28%ff%ff%F0%9F%98')).toBe('\ufffd(\ufffd\ufffd\ufffd')
    expect(urlUnquote('%E0%80')).toBe('\ufffd\ufffd')
  })

  it('encodes query strings', () => {
    expect(urlEncode({ a: ['1', '2 3'], b: null, c: 'é&=', d: '/?:@!$' })).toBe(
      'a=1&a=2+3&c=%C3%A9%26%3D&d=/?:@!$',
    )
    expect(
      urlEncode([
        ['a', 5],
        ['b', new Uint8Array([0xff])],
      ]),
    ).toBe('a=5&b=%FF')
  })
})

describe('getCurrentUrl', () => {
  it.each([
    [['http', 'h'], 'http://h/'],
    [['http', 'h', '/app/'], 'http://h/app/'],
    [['http', 'h', '', '/a b/é'], 'http://h/a%20b/é'],
    [['https', 'h:8', '/é', '//x', 'q=%C3%A9&r=%ff'], 'https://h:8/é/x?q=é&r=%FF'],
    [['http', 'h', '', '/', ''], 'http://h/'],
    [['http', '', '', '/'], 'http:///'],
  ] as const)('%j is %j', (args, url) => {
    const [scheme, host, root, path, query] = args
    expect(getCurrentUrl(scheme, host, root, path, query)).toBe(url)
  })

  it('takes the query as bytes', () => {
    expect(getCurrentUrl('http', 'h', '', '/', new Uint8Array([0x61, 0xff]))).toBe('http://h/?a%FF')
  })
})

describe('hosts', () => {
  it.each(['localhost', 'a-b.example:80', '127.0.0.1:5000', '[::1]', '[::1]:80', 'EXAMPLE'])(
    '%j is well formed',
    (host) => expect(hostIsTrusted(host)).toBe(true),
  )

  // S11 (two hosts joined), S12, S13.
  it.each([
    '',
    null,
    'a,b',
    'a b',
    'user@evil',
    'a/b',
    'a:b',
    'a:',
    '[x]',
    '[::1',
    'é',
    'a\nb',
    'a\0',
    'a_b',
    'http://x',
  ])('%j is not', (host) => {
    expect(hostIsTrusted(host)).toBe(false)
    expect(getHost('http', host)).toBe('')
  })

  it.each([
    ['example.com', ['example.com'], true],
    ['example.com:8080', ['example.com'], true],
    ['example.com', ['example.com:1'], true],
    ['sub.example.com', ['example.com'], false],
    ['sub.example.com', ['.example.com'], true],
    ['example.com', ['.example.com'], true],
    ['evilexample.com', ['.example.com'], false],
    ['example.com.evil', ['example.com'], false],
    ['xn--bcher-kva.example', ['bücher.example'], true],
    ['localhost', 'localhost', true],
    ['localhost', [], true],
    ['localhost', ['a..b'], false],
    ['[::1]:80', ['[::1]'], true],
    // Werkzeug cuts at the first colon and so trusts every IPv6 address when one is listed.
    ['[2001:db8::bad]', ['[::1]'], false],
  ])('%j among %j: %s', (host, trusted, result) =>
    expect(hostIsTrusted(host, trusted)).toBe(result),
  )

  it('leaves out the standard port of the scheme only', () => {
    expect(getHost('http', 'h:80')).toBe('h')
    expect(getHost('ws', 'h:80')).toBe('h')
    expect(getHost('https', 'h:443')).toBe('h')
    expect(getHost('wss', 'h:443')).toBe('h')
    expect(getHost('https', 'h:80')).toBe('h:80')
    expect(getHost('ftp', 'h:443')).toBe('h:443')
  })

  it('falls back to where the server listens', () => {
    expect(getHost('http', null, ['127.0.0.1', 5000])).toBe('127.0.0.1:5000')
    expect(getHost('http', null, ['::1', 80])).toBe('[::1]')
    expect(getHost('http', null, ['/run/app.sock', null])).toBe('')
    expect(getHost('http', null)).toBe('')
  })

  it('S14: raises a 400 for an untrusted host', () => {
    expect(() => getHost('http', 'evil', null, ['good'])).toThrow(SecurityError)
    expect(() => getHost('http', 'evil', null, ['good'])).toThrow("Host 'evil' is not trusted.")
    expect(getHost('http', 'good:80', null, ['good'])).toBe('good')
    expect(getHost('http', 'a b', null, [])).toBe('')
  })
})

describe('IDNA 2003', () => {
  it.each([
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.Example', 'xn--bcher-kva.Example'],
    ['straße.de', 'strasse.de'],
    ['Ⅷ.com', 'viii.com'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['☃.net.', 'xn--n3h.net.'],
    ['a\u00adb\u200dé', 'xn--ab-cja'],
    ['\u0345', 'xn--uxa'],
    ['plain', 'plain'],
    ['ΣΑΣς', 'xn--mxa9aba'],
    ['', ''],
  ])('%j is %j', (host, ascii) => expect(idnaEncode(host)).toBe(ascii))

  it.each([`${'a'.repeat(64)}.com`, 'a..b', 'é..b', 'xn--é', 'é\u2028', `é${'a'.repeat(70)}`])(
    'refuses %j',
    (host) => expect(() => idnaEncode(host)).toThrow(),
  )

  it('decodes what it would encode to the same, and nothing else', () => {
    expect(idnaDecode('xn--bcher-kva.example')).toBe('bücher.example')
    expect(idnaDecode('plain.example')).toBe('plain.example')
    for (const bad of ['xn--', 'xn--!!', 'xn--a-ecp', 'xn--99999999', 'xn--é-x', 'xn--strae-oqa']) {
      expect(idnaDecode(bad)).toBe(bad)
    }
  })

  it('Punycode round-trips (RFC 3492 §7.1)', () => {
    for (const [text, code] of [
      ['他们为什么不说中文', 'ihqwcrb4cv8a8dqg056pqjye'],
      ['3年B組金八先生', '3B-ww4c5e180e575a65lsy2b'],
      ['そのスピードで', 'd9juau41awczczp'],
      ['-> $1.00 <-', '-> $1.00 <--'],
    ] as const) {
      expect(punycodeEncode(text)).toBe(code)
      expect(punycodeDecode(code)).toBe(text)
    }
    expect(punycodeDecode('é-x')).toBeNull()
    expect(punycodeDecode('99')).toBeNull()
  })
})
