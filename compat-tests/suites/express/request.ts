import type { Request } from 'express'
import { answer, app, type ExpressSuite, withHeaders } from '../../kit/express/suite.ts'
import type { Ask, ExpressCase } from '../../kit/express/types.ts'

/** Answers with what a function of the request gives. */
const read = (
  name: string,
  get: (req: Request) => unknown,
  requests: readonly Ask[] = ['/'],
  set?: (made: ReturnType<Parameters<ExpressCase['app']>[0]>) => void,
): ExpressCase =>
  app(
    name,
    (made, { log }) => {
      set?.(made)
      made.use((req, res) => {
        let value: unknown
        try {
          value = get(req)
        } catch (error) {
          value = error
        }
        log(value)
        res.end()
      })
    },
    requests,
  )

const accept = (value: string): Ask => withHeaders('/', { Accept: value })

const ACCEPTS = [
  'text/html',
  'text/*',
  '*/*',
  'application/json;q=0.5, text/html',
  'text/html;q=0',
  'image/png',
  'application/json, text/plain;q=0.9',
  'garbage',
  '',
] as const
const TYPES: readonly (readonly string[])[] = [
  [],
  ['html'],
  ['json'],
  ['text/html', 'application/json'],
  ['json', 'html'],
  ['png'],
  ['.html'],
  ['unknown'],
  ['text'],
  ['application/vnd.api+json', 'json'],
]

export const request: ExpressSuite = {
  name: 'request',
  cases: [
    ...TYPES.map((types) =>
      read(`req.accepts(${types.join(', ')})`, (req) => req.accepts(...(types as [string])), [
        '/',
        ...ACCEPTS.map(accept),
      ]),
    ),
    read('req.accepts with an array', (req) => req.accepts(['html', 'json']), [
      '/',
      accept('application/json'),
      accept('text/html'),
    ]),
    read(
      'req.acceptsCharsets',
      (req) => [req.acceptsCharsets(), req.acceptsCharsets('utf-8', 'iso-8859-1')],
      [
        '/',
        withHeaders('/', { 'Accept-Charset': 'iso-8859-1, utf-8;q=0.2' }),
        withHeaders('/', { 'Accept-Charset': 'ascii' }),
      ],
    ),
    read(
      'req.acceptsEncodings',
      (req) => [req.acceptsEncodings(), req.acceptsEncodings('gzip', 'deflate')],
      [
        '/',
        withHeaders('/', { 'Accept-Encoding': 'gzip, deflate;q=0.5' }),
        withHeaders('/', { 'Accept-Encoding': 'br' }),
      ],
    ),
    read(
      'req.acceptsLanguages',
      (req) => [req.acceptsLanguages(), req.acceptsLanguages('en', 'de')],
      [
        '/',
        withHeaders('/', { 'Accept-Language': 'de, en;q=0.4' }),
        withHeaders('/', { 'Accept-Language': 'fr' }),
      ],
    ),
    read(
      'req.get and req.header',
      (req) => [
        req.get('X-One'),
        req.get('x-one'),
        req.header('X-ONE'),
        req.get('missing'),
        req.get('Referer'),
        req.get('referrer'),
        req.get('set-cookie'),
      ],
      [
        '/',
        withHeaders('/', { 'X-One': '1', Referrer: '/from' }),
        withHeaders('/', { Referer: '/ref' }),
      ],
    ),
    read('req.get without a name', (req) => (req.get as () => unknown)()),
    read('req.get with a number', (req) => (req.get as (name: unknown) => unknown)(7)),
    ...(
      [
        'application/json',
        'json',
        'text/*',
        '*/json',
        'urlencoded',
        'multipart',
        'multipart/*',
        '*/*',
        '+json',
        'html',
      ] as const
    ).map((type) =>
      read(
        `req.is('${type}')`,
        (req) => req.is(type),
        [
          'application/json',
          'application/json; charset=utf-8',
          'text/html',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'application/vnd.api+json',
          'bad',
        ].map((value) => ({
          method: 'POST',
          path: '/',
          headers: { 'Content-Type': value },
          body: 'x',
        })),
      ),
    ),
    read('req.is without a body', (req) => [req.is('json'), req.is(['json', 'html'])], [
      withHeaders('/', { 'Content-Type': 'application/json' }),
    ]),
    read(
      'req.is with an array and several types',
      (req) => [
        req.is(['json', 'html']),
        (req.is as (...types: string[]) => unknown)('json', 'html'),
        req.is([]),
      ],
      [{ method: 'POST', path: '/', headers: { 'Content-Type': 'text/html' }, body: 'x' }],
    ),
    read('req.is with a chunked body', (req) => req.is('text'), [
      { method: 'POST', path: '/', headers: { 'Content-Type': 'text/plain' }, body: ['x', 'y'] },
    ]),
    ...(
      [
        undefined,
        true,
        1,
        2,
        'loopback',
        ['10.0.0.1', 'loopback'],
        '127.0.0.0/8,10.0.0.0/8',
        'uniquelocal',
      ] as const
    ).map((trust) =>
      read(
        `addresses with trust proxy ${JSON.stringify(trust)}`,
        (req) => [
          req.ip,
          req.ips,
          req.protocol,
          req.secure,
          req.hostname,
          req.host,
          req.subdomains,
        ],
        [
          '/',
          withHeaders('/', { 'X-Forwarded-For': '1.1.1.1' }),
          withHeaders('/', { 'X-Forwarded-For': '1.1.1.1, 10.0.0.1, 2.2.2.2' }),
          withHeaders('/', { 'X-Forwarded-For': '1.1.1.1, 10.0.0.1' }),
          withHeaders('/', { 'X-Forwarded-Proto': 'https' }),
          withHeaders('/', { 'X-Forwarded-Proto': 'https, http' }),
          withHeaders('/', { 'X-Forwarded-Host': 'a.b.example.com:8080' }),
          withHeaders('/', { 'X-Forwarded-Host': 'first.test , second.test' }),
        ],
        (made) => {
          if (trust !== undefined) made.set('trust proxy', trust)
        },
      ),
    ),
    read(
      'trust proxy as a function',
      (req) => [req.ip, req.ips],
      [withHeaders('/', { 'X-Forwarded-For': '1.1.1.1, 2.2.2.2' })],
      (made) => {
        made.set('trust proxy', (address: string, hop: number) => hop < 2 && address !== '9')
      },
    ),
    ...(
      [
        'example.com',
        'example.com:3000',
        'a.b.c.example.com',
        'localhost',
        '127.0.0.1',
        '[::1]',
        '[::1]:80',
        'EXAMPLE.com',
        'x',
        '',
      ] as const
    ).map((host) =>
      read(
        `host names of ${JSON.stringify(host)}`,
        (req) => [req.hostname, req.host, req.subdomains],
        [withHeaders('/', { Host: host })],
      ),
    ),
    read('no Host at all', (req) => [req.hostname, req.host, req.subdomains, req.protocol], [
      { path: '/', raw: 'GET / HTTP/1.0\r\n\r\n' },
    ]),
    ...([0, 1, 3, 9] as const).map((offset) =>
      read(
        `subdomain offset ${offset}`,
        (req) => req.subdomains,
        [withHeaders('/', { Host: 'a.b.c.example.com' }), withHeaders('/', { Host: '10.0.0.1' })],
        (made) => {
          made.set('subdomain offset', offset)
        },
      ),
    ),
    read('req.path', (req) => [req.path, req.url, req.originalUrl, req.baseUrl], [
      '/',
      '/a/b',
      '/a?b',
      '/a?b/c',
      '/a#b',
      '/?',
      '/a;b=c',
      '//x',
    ]),
    read(
      'req.path after a changed url',
      (req) => {
        const first = req.path
        req.url = '/other?z'
        return [first, req.path, req.query]
      },
      ['/a?b=1'],
    ),
    read('req.xhr', (req) => req.xhr, [
      '/',
      withHeaders('/', { 'X-Requested-With': 'XMLHttpRequest' }),
      withHeaders('/', { 'X-Requested-With': 'xmlhttprequest' }),
      withHeaders('/', { 'X-Requested-With': 'other' }),
    ]),
    ...([undefined, 'simple', 'extended', false] as const).map((parser) =>
      read(
        `req.query with query parser ${parser}`,
        (req) => req.query,
        [
          '/',
          '/?',
          '/?a',
          '/?a=',
          '/?a=1&a=2',
          '/?a[]=1&a[]=2',
          '/?a[b][c]=1',
          '/?a%5Bb%5D=1',
          '/?a=1;b=2',
          '/?a=%E4',
          '/?a=%zz',
          '/?=x',
          '/?a=b=c',
          '/?a+b=c+d',
          '/?__proto__[x]=1&constructor=2',
          '/?a[toString]=1',
          '/?a[0]=x&a[2]=y',
          '/?a.b=1',
          '/?&&',
          '/?a[b]=1&a=2',
          '/?hasOwnProperty=1',
        ],
        (made) => {
          if (parser !== undefined) made.set('query parser', parser)
        },
      ),
    ),
    read(
      "a query parser of one's own",
      (req) => req.query,
      ['/?abc', '/'],
      (made) => {
        made.set('query parser', (text: string) => ({ length: text?.length, text }))
      },
    ),
    read(
      'a query parser set to true',
      (req) => req.query,
      ['/?a[b]=1'],
      (made) => {
        made.set('query parser', true)
      },
    ),
    read('deep and many query keys', (req) => [Object.keys(req.query).length, req.query.a], [
      `/?${Array.from({ length: 1100 }, (_, index) => `k${index}=${index}`).join('&')}`,
      '/?a[b][c][d][e][f][g][h]=1',
      `/?${Array.from({ length: 30 }, (_, index) => `a[]=${index}`).join('&')}`,
    ]),
    ...(
      [
        'bytes=0-5',
        'bytes=5-',
        'bytes=-5',
        'bytes=0-0,2-3',
        'bytes=100-',
        'items=0-5',
        'garbage',
        'bytes=5-2',
        'bytes=a-b',
        'bytes=0-5,3-9',
        '',
      ] as const
    ).map((range) =>
      read(
        `req.range of ${JSON.stringify(range)}`,
        (req) => [req.range(50), req.range(50, { combine: true })],
        [withHeaders('/', { Range: range })],
      ),
    ),
    read('req.range without the header', (req) => req.range(10)),
    app(
      'req.fresh and req.stale',
      (made, { log }) => {
        made.use((req, res) => {
          res.set({ ETag: '"abc"', 'Last-Modified': 'Thu, 01 Jan 2015 00:00:00 GMT' })
          if (req.url === '/404') res.status(404)
          if (req.url === '/304') res.status(304)
          log(req.fresh, req.stale)
          res.end()
        })
      },
      [
        '/',
        withHeaders('/', { 'If-None-Match': '"abc"' }),
        withHeaders('/', { 'If-None-Match': 'W/"abc"' }),
        withHeaders('/', { 'If-None-Match': '"x", "abc"' }),
        withHeaders('/', { 'If-None-Match': '*' }),
        withHeaders('/', { 'If-None-Match': '"x"' }),
        withHeaders('/', { 'If-None-Match': '"abc"', 'Cache-Control': 'no-cache' }),
        withHeaders('/', { 'If-Modified-Since': 'Thu, 01 Jan 2015 00:00:00 GMT' }),
        withHeaders('/', { 'If-Modified-Since': 'Thu, 01 Jan 2014 00:00:00 GMT' }),
        withHeaders('/404', { 'If-None-Match': '"abc"' }),
        withHeaders('/304', { 'If-None-Match': '"abc"' }),
        withHeaders('POST /', { 'If-None-Match': '"abc"' }),
        withHeaders('HEAD /', { 'If-None-Match': '"abc"' }),
      ],
    ),
    read('what a request has at first', (req) => [
      typeof req.next,
      req.app !== undefined,
      req.res !== undefined,
      req.body,
      req.cookies,
      req.signedCookies,
      (req as unknown as { secret?: string }).secret,
      req.params,
      req.route,
      'body' in req,
      'cookies' in req,
    ]),
    read('own keys that Express adds', (req) =>
      Object.keys(req)
        .filter(
          (key) =>
            !key.startsWith('_') &&
            [
              'next',
              'baseUrl',
              'originalUrl',
              'params',
              'query',
              'res',
              'app',
              'route',
              'body',
            ].includes(key),
        )
        .sort(),
    ),
    read('getters are on the prototype', (req) =>
      [
        'protocol',
        'secure',
        'ip',
        'ips',
        'subdomains',
        'path',
        'host',
        'hostname',
        'fresh',
        'stale',
        'xhr',
        'query',
      ].map((key) => [key, Object.hasOwn(req, key), key in req]),
    ),
    read('getters can be redefined', (req) => {
      Object.defineProperty(req, 'ip', { value: '9.9.9.9', configurable: true, writable: true })
      Object.defineProperty(req, 'protocol', { get: () => 'gopher', configurable: true })
      return [req.ip, req.protocol]
    }),
    read('a getter without setter throws or not when assigned', (req) => {
      ;(req as { ip: string }).ip = 'x'
      return req.ip
    }),
    read('params without a prototype or with', (req) => [
      Object.getPrototypeOf(req.params) === null,
      req.params,
    ]),
    app(
      'params of a route',
      (made, { log }) => {
        made.get('/:a/:b', (req, res) => {
          log(Object.getPrototypeOf(req.params) === null, req.params, Object.keys(req.params))
          res.end()
        })
      },
      ['/1/2', '/__proto__/x'],
    ),
    app(
      'a param named like a member of Object',
      (made) => {
        made.get('/:toString/:constructor', (req, res) => {
          res.json(Object.entries(req.params))
        })
      },
      ['/1/2'],
    ),
    answer(
      'reading the body as a stream',
      (req, res) => {
        const chunks: Buffer[] = []
        req
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () => {
            res.end(`${chunks.length > 0} ${Buffer.concat(chunks)}`)
          })
      },
      [
        { method: 'POST', path: '/', body: 'hello' },
        { method: 'POST', path: '/', body: ['he', 'llo'] },
        '/',
      ],
    ),
    answer(
      'reading the body later',
      (req, res) => {
        setTimeout(() => {
          let text = ''
          req
            .setEncoding('utf8')
            .on('data', (chunk) => {
              text += chunk
            })
            .on('end', () => {
              res.end(text)
            })
        }, 5)
      },
      [{ method: 'POST', path: '/', body: 'patient' }, '/'],
    ),
    answer(
      'for await over the request',
      async (req, res) => {
        let text = ''
        for await (const chunk of req) text += chunk
        res.end(`got ${text}`)
      },
      [{ method: 'POST', path: '/', body: 'x' }, '/'],
    ),
    answer(
      'piping the request',
      (req, res) => {
        req.pipe(res)
      },
      [{ method: 'POST', path: '/', body: 'piped' }],
    ),
    answer(
      'an unread body does not spoil the next request',
      (_req, res) => {
        res.end('ok')
      },
      [
        { method: 'POST', path: '/', body: 'x'.repeat(1000) },
        '/',
        { method: 'POST', path: '/', body: ['a', 'b'] },
        '/',
      ],
    ),
    answer(
      'events of a request without body',
      (req, res, { log }) => {
        req
          .on('end', () => log('end'))
          .on('close', () => log('close'))
          .resume()
        res
          .on('finish', () => log('finish'))
          .on('close', () => log('res close'))
          .end('x')
      },
      ['/'],
    ),
    answer(
      'state of a request',
      (req, res, { log }) => {
        log(
          req.complete,
          req.readable,
          req.readableEnded,
          req.destroyed,
          req.aborted,
          req.httpVersion,
          req.rawHeaders.length,
          req.socket === req.connection,
        )
        res.end()
      },
      ['/', { method: 'POST', path: '/', body: 'x' }],
    ),
    answer(
      'a client that leaves',
      (req, res, { log }) => {
        req.on('close', () => log('req close', req.destroyed))
        res
          .on('close', () => log('res close', res.writableEnded, res.writableFinished))
          .on('finish', () => log('finish'))
      },
      [{ path: '/', leaveAfter: 40 }],
    ),
    answer(
      'trailers of a request',
      (req, res) => {
        req.resume().on('end', () => {
          res.json(req.trailers)
        })
      },
      [
        {
          method: 'POST',
          path: '/',
          raw: 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n1\r\na\r\n0\r\nX-T: v\r\n\r\n',
        },
      ],
    ),
    answer(
      'Expect: 100-continue',
      (req, res) => {
        req.resume().on('end', () => {
          res.end('done')
        })
      },
      [{ method: 'POST', path: '/', headers: { Expect: '100-continue' }, body: 'x' }],
    ),
    answer(
      'repeated headers',
      (req, res) => {
        res.json([req.headers, req.headersDistinct, req.rawHeaders])
      },
      [
        {
          path: '/',
          headers: {
            'X-A': ['1', '2'],
            Cookie: ['a=1', 'b=2'],
            'Content-Type': ['text/a', 'text/b'],
          },
        },
      ],
    ),
  ],
}
