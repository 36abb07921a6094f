import { afterEach, describe, expect, it, vi } from 'vitest'
import { dumpCookie, parseCookie } from '../../src/http/cookies.ts'

afterEach(() => vi.restoreAllMocks())

describe('dumpCookie', () => {
  it.each([
    ['b', 'a=b; Path=/'],
    ['', 'a=; Path=/'],
    ["%20=&'()*+/:<>?@[]^_`{|}~", "a=%20=&'()*+/:<>?@[]^_`{|}~; Path=/"],
    ['b c', 'a="b c"; Path=/'],
    ['tab\tnl\n', 'a="tab\\011nl\\012"; Path=/'],
    ['a;b,c"d\\e', 'a="a\\073b\\054c\\"d\\\\e"; Path=/'],
    ['é\x7f', 'a="\\303\\251\\177"; Path=/'],
  ])('writes the value %j', (value, header) => {
    expect(dumpCookie('a', value)).toBe(header)
  })

  it('writes attributes in Werkzeug’s order', () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000)
    expect(
      dumpCookie('k', 'v', {
        maxAge: 60.9,
        domain: '.bücher.example:8080',
        secure: true,
        httponly: true,
        path: '/a b',
        samesite: 'lax',
        partitioned: true,
      }),
    ).toBe(
      'k=v; Domain=xn--bcher-kva.example; Expires=Tue, 14 Nov 2023 22:14:20 GMT; Max-Age=60; Secure;' +
        ' HttpOnly; Path=/a%20b; SameSite=Lax; Partitioned',
    )
  })

  it('takes the expiry as a Date, as seconds or as text', () => {
    const at = 'Thu, 01 Jan 1970 00:00:10 GMT'
    for (const expires of [10, new Date(10_000), at]) {
      expect(dumpCookie('a', 'b', { expires, path: null })).toBe(`a=b; Expires=${at}`)
    }
    expect(dumpCookie('a', '', { maxAge: 0, expires: 0 })).toBe(
      'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/',
    )
    expect(dumpCookie('a', 'b', { maxAge: 5, syncExpires: false, path: null })).toBe(
      'a=b; Max-Age=5',
    )
  })

  it('partitioned implies secure; an empty domain is none; an empty path stays', () => {
    expect(dumpCookie('a', 'b', { partitioned: true, path: null })).toBe('a=b; Secure; Partitioned')
    expect(dumpCookie('a', 'b', { domain: '', path: '' })).toBe('a=b; Path=')
  })

  it('sends a name beyond ASCII as its UTF-8 bytes', () => {
    expect(dumpCookie('é', 'v', { path: null })).toBe('\xc3\xa9=v')
  })

  it.each(['Strict', 'LAX', 'none'])('knows SameSite %s', (samesite) => {
    expect(dumpCookie('a', 'b', { samesite })).toMatch(/; SameSite=(Strict|Lax|None)$/)
  })

  it('refuses another SameSite', () => {
    expect(() => dumpCookie('a', 'b', { samesite: 'maybe' })).toThrow(
      "SameSite must be 'Strict', 'Lax', or 'None'.",
    )
  })

  it.each(['a;b', 'a\rb', 'a\nb', 'a\0b', 'a\x7fb'])(
    'S46: refuses %j in name, path, domain and expiry',
    (bad) => {
      expect(() => dumpCookie(bad, 'v')).toThrow(TypeError)
      expect(() => dumpCookie('k', 'v', { path: bad })).toThrow(TypeError)
      expect(() => dumpCookie('k', 'v', { domain: bad })).toThrow(TypeError)
      expect(() => dumpCookie('k', 'v', { expires: bad })).toThrow(TypeError)
    },
  )

  it('warns once about a cookie that browsers will drop', () => {
    const emitted = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    dumpCookie('huge', 'x'.repeat(5000))
    dumpCookie('huge', 'x'.repeat(5000))
    dumpCookie('small', 'x')
    dumpCookie('unlimited', 'x'.repeat(5000), { maxSize: 0 })
    expect(emitted).toHaveBeenCalledTimes(1)
    expect(emitted.mock.calls[0]?.[0]).toContain(
      "The 'huge' cookie is too large: the value was 5000 bytes but the header required 13 extra bytes.",
    )
  })
})

describe('parseCookie', () => {
  it.each([
    [
      'a = 1 ;b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['a="\\303\\251"', [['a', 'é']]],
    ['=v', []],
    [
      'a=;b',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    [
      '$Version=1; a=b',
      [
        ['$Version', '1'],
        ['a', 'b'],
      ],
    ],
    ['a="unclosed', [['a', '"unclosed']]],
    ['a=1, b=2', [['a', '1, b=2']]],
    [
      'a="x;y"; b=2',
      [
        ['a', 'x;y'],
        ['b', '2'],
      ],
    ],
    [
      'a="x;y"z; b=2',
      [
        ['a', '"x'],
        ['y"z', ''],
        ['b', '2'],
      ],
    ],
    ['a="q\\"u\\\\o\\x"', [['a', 'q"u\\ox']]],
    ['a="\\377"', [['a', '\ufffd']]],
    ['a="x\\"', [['a', 'x\\']]],
    ['a=b=c', [['a', 'b=c']]],
    [';;;', []],
  ])('reads %j', (header, pairs) => {
    expect([...parseCookie(header).items({ multi: true })]).toEqual(pairs)
  })

  it('keeps all values of a repeated name, the first in front', () => {
    const cookies = parseCookie('a=1; a=2')
    expect([cookies.get('a'), cookies.getlist('a')]).toEqual(['1', ['1', '2']])
  })

  it('reads the bytes that node gives as characters', () => {
    expect(parseCookie('a=\xc3\xa9').get('a')).toBe('é')
    expect(parseCookie('a=\xff').get('a')).toBe('\ufffd')
    expect(parseCookie('a=☃').get('a')).toBe('☃')
  })

  it('gives an empty dict for no header', () => {
    expect(parseCookie(null).size).toBe(0)
    expect(parseCookie('').size).toBe(0)
  })

  it('S32: a cookie named __proto__ is a cookie', () => {
    const cookies = parseCookie('__proto__=1; constructor=2')
    expect(cookies.get('__proto__')).toBe('1')
    expect(Object.getPrototypeOf(cookies.toDict())).toBeNull()
  })
})
