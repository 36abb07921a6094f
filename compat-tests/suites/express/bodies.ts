import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { app, type ExpressSuite, post } from '../../kit/express/suite.ts'
import type { Ask, ExpressCase, ExpressModule } from '../../kit/express/types.ts'

const echo: RequestHandler = (req, res) => {
  const { body } = req
  res.json({
    type: Buffer.isBuffer(body) ? 'buffer' : typeof body,
    body: Buffer.isBuffer(body) ? body.toString('latin1') : (body ?? null),
    proto: body !== null && typeof body === 'object' && Object.getPrototypeOf(body) === null,
    flag: (req as unknown as { _body?: boolean })._body,
  })
}
const report: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(error.status ?? 500).json({
    name: error.name,
    message: error.message,
    type: error.type,
    status: error.status,
    expose: error.expose,
    body: error.body,
    length: error.length,
    limit: error.limit,
    expected: error.expected,
    received: error.received,
    charset: error.charset,
    encoding: error.encoding,
  })
}

const parsed = (
  name: string,
  make: (express: ExpressModule) => RequestHandler,
  requests: readonly Ask[],
): ExpressCase =>
  app(
    name,
    (made, { express }) => {
      made.use(make(express)).use(echo).use(report)
    },
    requests,
  )

const json = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Ask =>
  post('/', 'application/json', body, headers)
const form = (body: string, headers: Readonly<Record<string, string>> = {}): Ask =>
  post('/', 'application/x-www-form-urlencoded', body, headers)
const text = (body: string | Uint8Array, type = 'text/plain'): Ask => post('/', type, body)

const JSON_BODIES: readonly (readonly [title: string, ...asks: Ask[]])[] = [
  ['an object', json('{"a":1}')],
  ['an array', json('[1,2]')],
  ['an empty body', json('')],
  ['no body', '/', 'POST /'],
  ['white space', json('  \n {"a":1} ')],
  ['only white space', json('   ')],
  ['a string', json('"x"')],
  ['a number', json('5')],
  ['null', json('null')],
  ['broken', json('{"a":'), json('{a:1}'), json('{'), json('}'), json('[1,]'), json('nul')],
  ['a byte order mark', json('\ufeff{"a":1}')],
  ['prototype keys', json('{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}')],
  ['repeated keys', json('{"a":1,"a":2}')],
  ['unicode', json('{"é":"😀"}')],
  [
    'charset utf-16',
    post('/', 'application/json; charset=utf-16le', Buffer.from('{"a":1}', 'utf16le')),
  ],
  ['charset latin1', post('/', 'application/json; charset=iso-8859-1', '{}')],
  ['an unknown charset', post('/', 'application/json; charset=x-nothing', '{}')],
  ['charset with quotes', post('/', 'application/json; charset="utf-8"', '{}')],
  ['another type', post('/', 'text/json', '{}'), post('/', 'application/vnd.api+json', '{}')],
  [
    'a bad type',
    post('/', 'nonsense', '{}'),
    post('/', 'application/json;', '{"a":1}'),
    post('/', ';', '{}'),
  ],
  ['gzip', json(gzipSync('{"a":1}'), { 'Content-Encoding': 'gzip' })],
  ['deflate', json(deflateSync('{"a":1}'), { 'Content-Encoding': 'deflate' })],
  ['brotli', json(brotliCompressSync('{"a":1}'), { 'Content-Encoding': 'br' })],
  ['GZIP in capitals', json(gzipSync('{"a":1}'), { 'Content-Encoding': 'GZIP' })],
  ['an unknown encoding', json('{}', { 'Content-Encoding': 'zstd-x' })],
  ['broken gzip', json('not gzip', { 'Content-Encoding': 'gzip' }), '/'],
  ['cut gzip', json(gzipSync('{"a":1}').subarray(0, 15), { 'Content-Encoding': 'gzip' })],
  ['identity', json('{"a":1}', { 'Content-Encoding': 'identity' })],
  [
    'a chunked body',
    {
      method: 'POST',
      path: '/',
      headers: { 'Content-Type': 'application/json' },
      body: ['{"a"', ':1}'],
    },
  ],
  ['too long', json(`"${'x'.repeat(110_000)}"`), '/'],
  [
    'too long in chunks',
    {
      method: 'POST',
      path: '/',
      headers: { 'Content-Type': 'application/json' },
      body: ['["', 'x'.repeat(110_000), '"]'],
    },
    '/',
  ],
  ['a bomb', json(gzipSync(`"${'x'.repeat(200_000)}"`), { 'Content-Encoding': 'gzip' }), '/'],
  [
    'a DELETE with a body',
    {
      method: 'DELETE',
      path: '/',
      headers: { 'Content-Type': 'application/json' },
      body: '{"a":1}',
    },
  ],
  [
    'a GET with a body',
    { method: 'GET', path: '/', headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' },
  ],
  ['Content-Length 0', json('', { 'Content-Length': '0' })],
  ['deep nesting', json('['.repeat(500) + ']'.repeat(500))],
  ['control characters', json('{"a":"\u0001"}')],
  ['a null byte', json('{"a":"\u0000"}')],
  ['invalid UTF-8', json(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
]

const FORMS: readonly (readonly [title: string, ...asks: Ask[]])[] = [
  ['pairs', form('a=1&b=2')],
  ['repeated keys', form('a=1&a=2')],
  ['nested keys', form('a[b][c]=1&a[b][d]=2')],
  ['lists', form('a[]=1&a[]=2&b[0]=x&b[5]=y')],
  ['empty', form('')],
  ['white space', form(' ')],
  ['plus and percent', form('a+b=c+d&e=%20%C3%A9')],
  ['malformed percent', form('a=%zz&b=%')],
  ['no value', form('a&b=')],
  ['no key', form('=1&=2')],
  ['prototype keys', form('__proto__[x]=1&constructor[prototype][y]=2&hasOwnProperty=3')],
  ['many pairs', form(Array.from({ length: 1001 }, (_, index) => `k${index}=1`).join('&'))],
  [
    'exactly 1,000 pairs',
    form(Array.from({ length: 1000 }, (_, index) => `k${index}=1`).join('&')),
  ],
  ['a long list', form(Array.from({ length: 150 }, (_, index) => `a[]=${index}`).join('&'))],
  ['an indexed list', form('a[99]=x&a[101]=y&a[1]=z')],
  ['deep nesting', form('a[b][c][d][e][f][g]=1')],
  ['very deep nesting', form(`a${'[x]'.repeat(40)}=1`)],
  ['semicolons', form('a=1;b=2')],
  ['charset latin1', post('/', 'application/x-www-form-urlencoded; charset=iso-8859-1', 'a=%E9')],
  ['charset utf-8', post('/', 'application/x-www-form-urlencoded; charset=utf-8', 'a=%C3%A9')],
  ['an unknown charset', post('/', 'application/x-www-form-urlencoded; charset=koi8-r', 'a=1')],
  ['the sentinel', form('utf8=%E2%9C%93&a=%C3%A9')],
  ['another type', post('/', 'text/plain', 'a=1')],
  ['too long', form(`a=${'x'.repeat(110_000)}`), '/'],
  [
    'gzip',
    post('/', 'application/x-www-form-urlencoded', gzipSync('a=1'), { 'Content-Encoding': 'gzip' }),
  ],
  ['dots', form('a.b=1')],
  ['comma', form('a=1,2')],
]

export const bodies: ExpressSuite = {
  name: 'bodies',
  cases: [
    ...JSON_BODIES.map(([title, ...asks]) =>
      parsed(`express.json: ${title}`, (express) => express.json(), asks),
    ),
    ...(
      [
        [
          'strict false',
          { strict: false },
          json('"x"'),
          json('5'),
          json('null'),
          json(''),
          json('x'),
        ],
        ['limit as text', { limit: '10b' }, json('{"a":12345}'), json('{"a":1}')],
        ['limit as a number', { limit: 7 }, json('{"a":1}'), json('{"a":12}')],
        ['limit 0', { limit: 0 }, json('{}')],
        ['a bad limit', { limit: 'x' }, json('{"a":1}')],
        [
          'inflate false',
          { inflate: false },
          json(gzipSync('{}'), { 'Content-Encoding': 'gzip' }),
          json('{}'),
        ],
        [
          'type as text',
          { type: 'application/vnd.x+json' },
          post('/', 'application/vnd.x+json', '{"a":1}'),
          json('{"a":1}'),
        ],
        [
          'type as a list',
          { type: ['text/json', '+json'] },
          post('/', 'application/hal+json', '{"a":1}'),
          post('/', 'text/json', '{"a":1}'),
        ],
        [
          'type */*',
          { type: '*/*' },
          post('/', 'anything/else', '{"a":1}'),
          { method: 'POST', path: '/', body: '{"b":2}' },
        ],
        [
          'type as a function',
          { type: (req: { headers: Record<string, unknown> }) => req.headers['x-json'] === '1' },
          post('/', 'text/plain', '{"a":1}', { 'X-Json': '1' }),
          json('{}'),
        ],
        [
          'a reviver',
          { reviver: (key: string, value: unknown) => (key === 'a' ? 'revived' : value) },
          json('{"a":1,"b":2}'),
        ],
        [
          'verify',
          {
            verify: (_req: unknown, _res: unknown, body: Buffer, encoding: string) => {
              if (body[0] === 0x5b) throw new Error(`no arrays ${encoding}`)
            },
          },
          json('[]'),
          json('{}'),
        ],
        [
          'verify with a status',
          {
            verify: () => {
              throw Object.assign(new Error('teapot'), { status: 418, type: 'mine' })
            },
          },
          json('{}'),
        ],
        [
          'verify that throws nothing useful',
          {
            verify: () => {
              throw 'text'
            },
          },
          json('{}'),
        ],
      ] as const
    ).map(([title, options, ...asks]) =>
      parsed(`express.json with ${title}`, (express) => express.json(options as never), asks),
    ),
    ...FORMS.map(([title, ...asks]) =>
      parsed(
        `express.urlencoded extended: ${title}`,
        (express) => express.urlencoded({ extended: true }),
        asks,
      ),
    ),
    ...FORMS.map(([title, ...asks]) =>
      parsed(
        `express.urlencoded simple: ${title}`,
        (express) => express.urlencoded({ extended: false }),
        asks,
      ),
    ),
    ...(
      [
        [
          'parameterLimit 2',
          { extended: true, parameterLimit: 2 },
          form('a=1&b=2'),
          form('a=1&b=2&c=3'),
        ],
        [
          'parameterLimit simple',
          { extended: false, parameterLimit: 1 },
          form('a=1'),
          form('a=1&b=2'),
        ],
        ['depth 1', { extended: true, depth: 1 }, form('a[b]=1'), form('a[b][c]=1')],
        ['depth 0', { extended: true, depth: 0 }, form('a[b]=1')],
        ['depth 64', { extended: true, depth: 64 }, form(`a${'[x]'.repeat(40)}=1`)],
        ['defaultCharset', { extended: true, defaultCharset: 'iso-8859-1' }, form('a=%E9')],
        [
          'charsetSentinel',
          { extended: true, charsetSentinel: true },
          form('utf8=%26%2310003%3B&a=%E9'),
        ],
        [
          'interpretNumericEntities',
          { extended: true, defaultCharset: 'iso-8859-1', interpretNumericEntities: true },
          form('a=%26%239786%3B'),
        ],
        ['limit', { extended: true, limit: '1kb' }, form(`a=${'x'.repeat(2000)}`)],
        [
          'verify',
          {
            extended: true,
            verify: () => {
              throw new Error('refused')
            },
          },
          form('a=1'),
        ],
        [
          'type',
          { extended: true, type: 'application/x-custom' },
          post('/', 'application/x-custom', 'a=1'),
        ],
      ] as const
    ).map(([title, options, ...asks]) =>
      parsed(
        `express.urlencoded with ${title}`,
        (express) => express.urlencoded(options as never),
        asks,
      ),
    ),
    app('a bad parameterLimit', (_made, { express }) => {
      express.urlencoded({ extended: true, parameterLimit: 0 })
    }),
    app('a parameterLimit as text', (_made, { express }) => {
      express.urlencoded({ extended: true, parameterLimit: 'x' as never })
    }),
    app('a bad depth', (_made, { express }) => {
      express.urlencoded({ extended: true, depth: -1 } as never)
    }),
    app('a bad default charset', (_made, { express }) => {
      express.urlencoded({ extended: true, defaultCharset: 'utf-16' } as never)
    }),
    app('a bad verify', (_made, { express }) => {
      express.json({ verify: 'x' as never })
    }),
    ...(
      [
        ['plain', {}, text('hello'), text(''), text('é'), '/'],
        [
          'charset',
          {},
          post('/', 'text/plain; charset=iso-8859-1', Buffer.from('é', 'latin1')),
          post('/', 'text/plain; charset=utf-16', Buffer.from('\ufeffhi', 'utf16le')),
          post('/', 'text/plain; charset=x-none', 'x'),
        ],
        ['another type', {}, text('<p>', 'text/html')],
        ['type text/*', { type: 'text/*' }, text('<p>', 'text/html')],
        ['limit', { limit: 3 }, text('abc'), text('abcd')],
        ['defaultCharset', { defaultCharset: 'koi8-r' }, text(Buffer.from([0xce]))],
        ['gzip', {}, post('/', 'text/plain', gzipSync('zipped'), { 'Content-Encoding': 'gzip' })],
        [
          'inflate false',
          { inflate: false },
          post('/', 'text/plain', gzipSync('zipped'), { 'Content-Encoding': 'gzip' }),
        ],
      ] as const
    ).map(([title, options, ...asks]) =>
      parsed(`express.text: ${title}`, (express) => express.text(options as never), asks),
    ),
    ...(
      [
        ['octets', {}, post('/', 'application/octet-stream', Buffer.from([0, 1, 255])), '/'],
        ['another type', {}, text('x')],
        [
          'type */*',
          { type: () => true },
          text('x'),
          { method: 'POST', path: '/', body: 'untyped' },
          '/',
        ],
        ['limit', { limit: 2, type: '*/*' }, text('ab'), text('abc')],
        [
          'gzip',
          {},
          post('/', 'application/octet-stream', gzipSync('raw'), { 'Content-Encoding': 'gzip' }),
        ],
        [
          'inflate false',
          { inflate: false },
          post('/', 'application/octet-stream', gzipSync('raw'), { 'Content-Encoding': 'gzip' }),
        ],
      ] as const
    ).map(([title, options, ...asks]) =>
      parsed(`express.raw: ${title}`, (express) => express.raw(options as never), asks),
    ),
    app(
      'two parsers: the second leaves the body alone',
      (made, { express }) => {
        made
          .use(
            express.json(),
            express.json(),
            express.urlencoded({ extended: true }),
            express.text(),
          )
          .use(echo)
      },
      [json('{"a":1}'), form('a=1'), text('t'), '/'],
    ),
    app(
      'a parser after somebody read the body',
      (made, { express }) => {
        made
          .use((req, _res, next) => {
            req.on('data', () => {}).on('end', () => next())
          })
          .use(express.json())
          .use(echo)
          .use(report)
      },
      [json('{"a":1}')],
    ),
    app(
      'a parser with a body already there',
      (made, { express }) => {
        made
          .use((req, _res, next) => {
            req.body = 'mine'
            next()
          })
          .use(express.json())
          .use(echo)
      },
      [json('{"a":1}'), '/'],
    ),
    app(
      'parse errors without an error handler',
      (made, { express }) => {
        made.use(express.json()).use(echo)
      },
      [json('{'), json('x'.repeat(200_000)), '/'],
      { env: 'production' },
    ),
    app(
      'a parser on one route',
      (made, { express }) => {
        made.post('/with', express.json(), echo).post('/without', echo)
      },
      [
        post('/with', 'application/json', '{"a":1}'),
        post('/without', 'application/json', '{"a":1}'),
      ],
    ),
    app(
      'a body cut short',
      (made, { express, log }) => {
        const note: ErrorRequestHandler = (error, _req, _res, _next) => {
          log(error.type, error.message, error.status)
        }
        made.use(express.json()).use(echo).use(note)
      },
      [
        {
          method: 'POST',
          path: '/',
          leaveAfter: 40,
          raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":',
        },
      ],
    ),
    app(
      'a body longer than announced',
      (made, { express }) => {
        made.use(express.json()).use(echo)
      },
      [
        {
          method: 'POST',
          path: '/',
          raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}{}',
        },
      ],
    ),
    app(
      'Content-Length and chunked at once',
      (made, { express }) => {
        made.use(express.json()).use(echo)
      },
      [
        {
          method: 'POST',
          path: '/',
          raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
        },
      ],
    ),
  ],
}
