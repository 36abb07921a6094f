import fc from 'fast-check'
import { LITERALS } from './paths.ts'
import type { RequestShape } from './shape.ts'
import { BODIES, type Body, namesOf } from './values.ts'

const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'HEAD',
  'HEAD',
  'POST',
  'POST',
  'PUT',
  'OPTIONS',
  'OPTIONS',
  'DELETE',
  'PATCH',
  'M-SEARCH',
] as const

const ODD_SEGMENTS = [
  '%61',
  'a%2Fb',
  '%zz',
  '%C3%A9',
  '',
  'a%20b',
  'B',
  '..',
  '.',
  '%',
  'a;x',
  'a+b',
  'toString',
  '__proto__',
  'a\\b',
  ':x',
  '*',
  '(a)',
  '%00',
  'a%0d%0aX:b',
  'hello.txt',
  'sub',
  'index.html',
] as const

const segment = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...LITERALS, '2', '12', 'c', 'a.b', 'a-b', 'v1', 'x.y') },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_SEGMENTS) },
)

const QUERIES = [
  '',
  '',
  '',
  '',
  '?q=1',
  '?a[b]=1&a[c]=2',
  '?callback=cb',
  '?cb=x.y[0]',
  '?',
  '?a=1&a=2',
  '?__proto__[x]=1&constructor=2',
  '?q=%zz&=1&b',
  '?a=/b?c',
  '#part',
] as const

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  {},
  {},
  {},
  { 'If-None-Match': '*' },
  { 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' },
  { Accept: 'text/html' },
  { Accept: 'application/json' },
  { Accept: 'text/plain;q=0.5, text/*;q=0.1' },
  { Accept: 'image/png' },
  { 'X-Forwarded-For': '1.2.3.4, 5.6.7.8' },
  { 'X-Forwarded-Proto': 'https, http', 'X-Forwarded-Host': 'front.test:8080, b.test' },
  { Host: 'a.b.c.example.test:80' },
  { Host: '[::1]:80' },
  { Referer: '/from' },
  { Range: 'bytes=1-3' },
  { Range: 'bytes=9999-' },
  { Connection: 'close' },
  { 'X-Requested-With': 'XMLHttpRequest', 'Accept-Language': 'de, en;q=0.5' },
  { Cookie: 'a=1; b=2' },
  { 'Cache-Control': 'no-cache', 'If-None-Match': '*' },
  { Expect: '100-continue' },
]

const path = fc
  .tuple(
    fc.array(segment, { maxLength: 4 }),
    fc.boolean(),
    fc.constantFrom(...QUERIES),
    fc.constantFrom('', '', '', '', '', '', '', '', '', '', '/', 'http://abs.test', 'http://u@x:1'),
  )
  .map(([parts, slash, query, start]) => {
    const text = `${start}/${parts.join('/')}${slash && parts.length > 0 ? '/' : ''}`
    return encodeURI(text).replaceAll('%25', '%').replaceAll('%5C', '\\') + query
  })

/** One request. */
export const request: fc.Arbitrary<RequestShape> = fc
  .tuple(
    fc.constantFrom(...METHODS),
    path,
    fc.constantFrom(...HEADERS),
    fc.option(fc.constantFrom<Body[]>(...namesOf(BODIES)), { nil: undefined }),
    fc.nat(40),
  )
  .map(([method, target, headers, body, dice]): RequestShape => {
    const takesBody = method === 'POST' || method === 'PUT' || method === 'PATCH' || dice === 7
    return {
      method,
      path: method === 'OPTIONS' && dice < 3 ? '*' : target,
      headers,
      ...(takesBody && body !== undefined ? { body } : {}),
      ...(dice === 3 ? { version: '1.0' } : {}),
    }
  })
