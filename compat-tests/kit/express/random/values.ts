import { gzipSync } from 'node:zlib'

/** What is given to a response, by names that can be printed. */
export const VALUES = {
  text: () => 'plain text',
  empty: () => '',
  marks: () => 'é\u2028<>&',
  long: () => 'long '.repeat(400),
  object: () => ({ b: 1, a: '<x>', c: undefined, d: { e: [null] } }),
  array: () => [1, 'two', null],
  number: () => 7,
  zero: () => 0,
  status: () => 404,
  true: () => true,
  false: () => false,
  null: () => null,
  undefined: () => undefined,
  buffer: () => Buffer.from('bytes'),
  none: () => Buffer.alloc(0),
  bytes: () => new Uint8Array([104, 105, 255]),
  words: () => new Uint16Array([104, 105]),
  date: () => new Date(0),
  string: () => new String('wrapped'),
  json: () => ({ toJSON: () => 'own' }),
  bigint: () => 1n,
  circle: () => {
    const value: { self?: unknown } = {}
    value.self = value
    return value
  },
  function: () => () => {},
  map: () => new Map([[1, 2]]),
} as const satisfies Readonly<Record<string, () => unknown>>

export type Value = keyof typeof VALUES

const failure = (message: string, members: object = {}): Error =>
  Object.assign(new Error(message), members)

/** What is thrown, given to `next` or rejected with. */
export const THROWN = {
  text: () => 'a text',
  empty: () => '',
  null: () => null,
  undefined: () => undefined,
  zero: () => 0,
  number: () => 5,
  false: () => false,
  route: () => 'route',
  router: () => 'router',
  plain: () => ({ status: 418, message: 'plain' }),
  array: () => [1],
  status: () => failure('refused', { status: 403 }),
  'status-code': () => failure('gone', { statusCode: 410 }),
  'status-text': () => failure('text', { status: '404' }),
  'status-ok': () => failure('fine', { status: 200 }),
  'status-large': () => failure('large', { status: 1000 }),
  exposed: () => failure('exposed', { status: 500, expose: true }),
  headers: () => failure('sign in', { status: 401, headers: { 'WWW-Authenticate': 'Basic' } }),
  'headers-text': () => failure('text', { status: 400, headers: 'x' }),
  markup: () => failure('<b>&"\'\n  two'),
  'no-stack': () => failure('bare', { stack: undefined }),
  frozen: () => Object.freeze(failure('frozen')),
  type: () => new TypeError('of a type'),
  subclass: () => new (class Own extends Error {})('own'),
} as const satisfies Readonly<Record<string, () => unknown>>

export type Thrown = keyof typeof THROWN

/** Headers to set. */
export const FIELDS = {
  own: ['X-Own', 'a'],
  'own-lower': ['x-own', 'b'],
  list: ['X-List', ['a', 'b']],
  number: ['X-Number', 5],
  html: ['Content-Type', 'text/html'],
  latin: ['Content-Type', 'text/plain; charset=latin1'],
  json: ['Content-Type', 'application/json'],
  png: ['Content-Type', 'image/png'],
  nonsense: ['Content-Type', 'not a type'],
  types: ['Content-Type', ['text/html', 'text/plain']],
  etag: ['ETag', '"own"'],
  modified: ['Last-Modified', 'Thu, 01 Jan 1970 00:00:00 GMT'],
  cache: ['Cache-Control', 'no-store'],
  chunked: ['Transfer-Encoding', 'chunked'],
  close: ['Connection', 'close'],
  alive: ['Connection', 'keep-alive'],
  date: ['Date', 'today'],
  cookies: ['Set-Cookie', ['a=1', 'b=2']],
  link: ['Link', '</a>; rel=next'],
  vary: ['Vary', '*'],
  accent: ['X-Accent', 'é'],
  'not-latin': ['X-Accent', 'ř'],
  broken: ['X-Broken', 'a\r\nX-Injected: b'],
  'broken-name': ['X Broken', 'a'],
  undefined: ['X-Undefined', undefined],
  powered: ['X-Powered-By', 'us'],
  location: ['Location', '/elsewhere'],
  disposition: ['Content-Disposition', 'inline'],
} as const satisfies Readonly<Record<string, readonly [name: string, value: unknown]>>

export type Field = keyof typeof FIELDS

/** Arguments of `writeHead`. */
export const HEADS = {
  plain: [200],
  object: [201, { 'X-Head': '1', 'content-type': 'text/plain' }],
  reason: [202, 'Own reason'],
  both: [203, 'Own', { 'X-Head': ['1', '2'] }],
  flat: [200, ['X-Head', '1', 'X-Head', '2']],
  empty: [204],
  unchanged: [304],
  length: [200, { 'Content-Length': 2 }],
  wrong: [42],
  broken: [200, { 'X-Head': 'a\nb' }],
  undefined: [200, undefined, { 'X-Head': 'third' }],
} as const satisfies Readonly<Record<string, readonly unknown[]>>

export type Head = keyof typeof HEADS

/** Files of the kit, and some that are not there. */
export const FILE_NAMES = [
  'hello.txt',
  'range.txt',
  'empty.txt',
  'sub',
  'none.txt',
  '../run.ts',
  '.hidden',
  'name with space.txt',
] as const

export type FileName = (typeof FILE_NAMES)[number]

const text = (type: string, body: string, headers: Readonly<Record<string, string>> = {}) => ({
  headers: { 'Content-Type': type, ...headers },
  body,
})

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** Bodies of requests. */
export const BODIES = {
  json: text(JSON_TYPE, '{"a":[1,{"b":null}]}'),
  'json-value': text(JSON_TYPE, '"v"'),
  'json-broken': text(JSON_TYPE, '{"a"'),
  'json-empty': text(JSON_TYPE, ''),
  'json-charset': text(`${JSON_TYPE}; charset=utf-16`, '{}'),
  'json-wrong-charset': text(`${JSON_TYPE}; charset=own`, '{}'),
  'json-proto': text(JSON_TYPE, '{"__proto__":{"admin":1},"constructor":2}'),
  'json-long': text(JSON_TYPE, JSON.stringify('x'.repeat(60))),
  'json-gzip': {
    headers: { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'gzip' },
    body: gzipSync('{"z":1}'),
  },
  'json-not-gzip': text(JSON_TYPE, '{}', { 'Content-Encoding': 'gzip' }),
  'json-own-encoding': text(JSON_TYPE, '{}', { 'Content-Encoding': 'own' }),
  form: text(FORM_TYPE, 'a=1&a=2&b[c]=3&d=%20+'),
  'form-proto': text(FORM_TYPE, '__proto__[admin]=1&toString=2&a[__proto__]=3'),
  'form-broken': text(FORM_TYPE, 'a=%zz&%=1&&=&b'),
  'form-many': text(FORM_TYPE, 'a=1&'.repeat(30)),
  plain: text('text/plain', 'some text'),
  'plain-chunked': { headers: { 'Content-Type': 'text/plain' }, body: ['some ', 'text'] },
  bytes: {
    headers: { 'Content-Type': 'application/octet-stream' },
    body: Buffer.from([1, 2, 255]),
  },
  untyped: { headers: {}, body: 'untyped' },
  multipart: text('multipart/form-data; boundary=X', '--X--\r\n'),
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly headers: Readonly<Record<string, string>>
      readonly body: string | Uint8Array | readonly string[]
    }
  >
>

export type Body = keyof typeof BODIES

/** The names of a table. */
export const namesOf = <Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] =>
  Object.keys(table) as Name[]
