import { describe, expect, it } from 'vitest'
import { requestBytes } from '../../compat-tests/kit/client/exchange.ts'
import { Jar, parseSetCookie } from '../../compat-tests/kit/client/jar.ts'
import { readReply } from '../../compat-tests/kit/client/reply.ts'
import { headerDifference } from '../../compat-tests/kit/compare/headers.ts'
import { maskBody } from '../../compat-tests/kit/compare/masked.ts'
import { decodeJwt, decodeSession } from '../../compat-tests/kit/compare/tokens.ts'
import { differenceOf } from '../../compat-tests/kit/compare/values.ts'
import { parseJson } from '../../compat-tests/kit/json.ts'
import { camelCase, fillIn } from '../../compat-tests/kit/names.ts'
import {
  className,
  pythonFloat,
  pythonInt,
  pythonRegex,
  typeName,
} from '../../compat-tests/kit/python.ts'

describe('values', () => {
  it('are equal by what they say, numbers by their worth', () => {
    expect(differenceOf({ a: [1, null, 'x'] }, { a: [1.0, null, 'x'] })).toBeNull()
    expect(differenceOf(12345678901234567890n, 12345678901234567890n)).toBeNull()
    expect(differenceOf(1, '1')).toBe('$: expected 1, got "1"')
    expect(differenceOf({ a: { b: 1 } }, { a: { b: 2 } })).toBe('$.a.b: expected 1, got 2')
    expect(differenceOf({ a: 1 }, {})).toBe('$: no a in {}')
    expect(differenceOf({}, { a: 1 })).toBe('$: unexpected a in {"a":1}')
    expect(differenceOf([1], [1, 2])).toContain('expected [1], got [1,2]')
    expect(differenceOf(null, undefined)).not.toBeNull()
    expect(differenceOf(true, 1)).not.toBeNull()
  })

  it('may be any UUID, and a duration is its seconds', () => {
    expect(differenceOf('<uuid4>', '00000000-0000-4000-8000-000000000001')).toBeNull()
    expect(differenceOf('<uuid4>', 'x')).toBe('$: "x" is no UUID')
    expect(differenceOf({ $timedelta: 60 }, 60)).toBeNull()
  })

  it('keep the digits of large integers', () => {
    expect(parseJson('[12345678901234567890, 1e3, 9007199254740991]')).toEqual([
      12345678901234567890n,
      1000,
      9007199254740991,
    ])
  })
})

describe('headers', () => {
  const reply = (headers: [string, string][], chunked = false) => ({
    status: 200,
    statusLine: '200 OK',
    headers,
    body: Buffer.alloc(0),
    chunked,
  })
  const compare = (expected: [string, string][], actual: [string, string][]): string | null =>
    headerDifference(expected, reply(actual), true)

  it('are compared by name, values in order', () => {
    expect(
      compare(
        [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
        [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
      ),
    ).toBeNull()
    expect(
      compare(
        [
          ['x-a', '1'],
          ['x-a', '2'],
        ],
        [
          ['x-a', '2'],
          ['x-a', '1'],
        ],
      ),
    ).not.toBeNull()
    expect(compare([['x-a', '1']], [])).toBe('header x-a is missing, expected ["1"]')
  })

  it('may be sets, masked tags, or have parameters in other letters', () => {
    expect(compare([['allow', 'GET, HEAD']], [['allow', 'head,GET']])).toBeNull()
    expect(
      compare(
        [['vary', 'Cookie']],
        [
          ['vary', 'cookie'],
          ['vary', 'Origin'],
        ],
      ),
    ).not.toBeNull()
    expect(compare([['etag', '<etag>']], [['etag', '"x"']])).toBeNull()
    expect(compare([['etag', '<etag>']], [['etag', 'W/"x"']])).not.toBeNull()
    expect(compare([['etag', 'W/<etag>']], [['etag', 'W/"x"']])).toBeNull()
    expect(
      compare([['content-type', 'a/b; Charset=UTF-8']], [['content-type', 'a/b;charset=utf-8']]),
    ).toBeNull()
    expect(compare([['content-type', 'a/b']], [['content-type', 'a/c']])).not.toBeNull()
  })

  it('that were not recorded fail only where they matter', () => {
    for (const name of ['date', 'server', 'connection', 'keep-alive', 'cache-control']) {
      expect(compare([], [[name, 'x']])).toBeNull()
    }
    for (const name of [
      'location',
      'allow',
      'vary',
      'etag',
      'content-range',
      'www-authenticate',
      'access-control-allow-origin',
      'x-any',
    ]) {
      expect(compare([], [[name, 'x']])).toContain('unexpected header')
    }
  })

  it('may leave the length out of a chunked answer', () => {
    const expected: [string, string][] = [['content-length', '2']]
    expect(headerDifference(expected, reply([], true), true)).toBeNull()
    expect(headerDifference(expected, reply([], false), true)).not.toBeNull()
    expect(headerDifference(expected, reply([['content-length', '9']]), false)).toBeNull()
  })
})

describe('masked members', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = `${part({ alg: 'HS256' })}.${part({ jti: '00000000-0000-4000-8000-000000000001' })}.sig`
  const jwt = { header: { alg: 'HS256' }, payload: { jti: '<uuid4>' } }

  it('are compared by what they decode to', () => {
    const body = { token, other: 1 }
    expect(maskBody(['token'], { token: { jwt } }, body)).toEqual({
      difference: null,
      body: { token: '<masked>', other: 1 },
    })
    const wrong = { jwt: { ...jwt, header: { alg: 'none' } } }
    expect(maskBody(['token'], { token: wrong }, body).difference).toContain('$.token.header.alg')
    expect(maskBody(['token'], { token: { jwt } }, { token: 'x' }).difference).not.toBeNull()
  })

  it('are read from tokens and session cookies', () => {
    expect(decodeJwt('no token')).toBeNull()
    expect(decodeSession('eyJhIjoxfQ.ZVPxAA.pWujsTmJq6_sDo9xwjoll5Dqj5E')).toBe('{"a":1}')
    expect(decodeSession('.!.x')).toBeNull()
  })
})

describe('the jar', () => {
  it('takes Set-Cookie apart', () => {
    const { name, value, attributes } = parseSetCookie('k="a b"; Path=/x; HttpOnly; Max-Age=5')
    expect([name, value]).toEqual(['k', '"a b"'])
    expect(Object.fromEntries(attributes)).toEqual({ path: '/x', httponly: true, 'max-age': '5' })
  })

  it('sends by path in alphabetical order, whatever the domain', () => {
    const jar = new Jar()
    jar.store('b=1; Path=/; Secure; Domain=elsewhere.test', '/', 0)
    jar.store('a=2; Path=/x', '/', 0)
    jar.store('c=3', '/x/y', 0)
    expect(jar.header('/')).toBe('b=1')
    expect(jar.header('/x')).toBe('a=2; b=1; c=3')
    expect(jar.header('/xy')).toBe('b=1')
    jar.store('a=; Path=/x; Max-Age=0', '/', 0)
    jar.store('b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:01 GMT', '/', 2)
    expect(jar.header('/x')).toBe('c=3')
    expect(new Jar().header('/')).toBeNull()
  })
})

describe('the wire', () => {
  it('gets exactly what is listed', () => {
    const bytes = (request: object): string =>
      requestBytes({
        method: 'POST',
        target: '//a%2fb?',
        headers: [],
        body: null,
        ...request,
      }).toString('latin1')
    expect(bytes({})).toBe('POST //a%2fb? HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(
      bytes({
        headers: [
          ['host', 'h'],
          ['X-A', 'é'],
        ],
        body: Buffer.from('xyz'),
      }),
    ).toBe('POST //a%2fb? HTTP/1.1\r\nhost: h\r\nX-A: é\r\nContent-Length: 3\r\n\r\nxyz')
  })

  const read = (text: string, method = 'GET', ended = false) =>
    readReply(Buffer.from(text, 'latin1'), method, ended)

  it('is read to the end of the answer, and no further', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Le')).toBeNull()
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab')).toBeNull()
    const reply = read(
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made It\r\nX-A:  1 \r\nContent-Length: 2\r\n\r\nabc',
    )
    expect(reply).toMatchObject({ status: 201, statusLine: '201 Made It', chunked: false })
    expect(reply?.headers[0]).toEqual(['x-a', '1'])
    expect(reply?.body.toString()).toBe('ab')
    expect(read('HTTP/1.1 204 NO CONTENT\r\n\r\n')?.body).toHaveLength(0)
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 'HEAD')?.body).toHaveLength(0)
    expect(read('HTTP/1.1 200 OK\r\n\r\nto the end', 'GET', true)?.body.toString()).toBe(
      'to the end',
    )
  })

  it('may come in chunks', () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(read(`${head}3\r\nabc\r\n`)).toBeNull()
    expect(read(`${head}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n`)).toMatchObject({
      chunked: true,
      body: Buffer.from('abcde'),
    })
  })

  it('that ends too early is an error', () => {
    expect(() => read('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab', 'GET', true)).toThrow(
      'closed',
    )
    expect(() => read('', 'GET', true)).toThrow('closed')
    expect(() => read('SSH-2.0\r\n\r\n')).toThrow('does not start like HTTP')
  })
})

describe('Python', () => {
  it('has other names', () => {
    expect(camelCase('set_cookie')).toBe('setCookie')
    expect(camelCase('s_maxage')).toBe('sMaxage')
    expect(camelCase('SECRET_KEY')).toBe('SECRET_KEY')
    expect(fillIn('{a} and {b} and {{a}}', { a: 1 })).toBe('1 and {b} and {1}')
    expect(className(new Error('x'))).toBe('Exception')
    expect(className(new (class Own extends TypeError {})())).toBe('Own')
    expect(className(null)).toBe('None')
    expect([1, 1.5, 'x', null, true, [], {}, new Date(0)].map(typeName)).toEqual([
      'int',
      'float',
      'str',
      'NoneType',
      'bool',
      'list',
      'dict',
      'datetime',
    ])
  })

  it('reads numbers its own way', () => {
    expect(pythonInt(' 1_000 ')).toBe(1000)
    expect(pythonInt('+12345678901234567890')).toBe(12345678901234567890n)
    for (const text of ['1.0', '', '1__0', '_1', '0x1']) expect(() => pythonInt(text)).toThrow()
    expect(pythonFloat('.5e1')).toBe(5)
    expect(pythonFloat('-inf')).toBe(Number.NEGATIVE_INFINITY)
    for (const text of ['', '.', 'e1', '1f']) expect(() => pythonFloat(text)).toThrow()
  })

  it('writes regular expressions its own way', () => {
    expect(pythonRegex('(?i)^(?P<a>x)(?P=a)\\Z').exec('xX')?.groups?.a).toBe('x')
    expect(pythonRegex('[\\w-]+\\.test').test('a-b.test')).toBe(true)
  })
})
