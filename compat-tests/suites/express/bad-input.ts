import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { ErrorRequestHandler } from 'express'
import { answer, app, type ExpressSuite, post, withHeaders } from '../../kit/express/suite.ts'
import type { ExpressCase } from '../../kit/express/types.ts'
import { badRequests, quiet } from './bad-requests.ts'
import { injections } from './injections.ts'

const QUERIES = [
  'a=1&a=2&a[b]=3',
  '__proto__=1',
  '__proto__[admin]=1',
  'constructor[prototype][admin]=1',
  'a[__proto__][admin]=1',
  'a[constructor][prototype]=1',
  'hasOwnProperty=1&toString=2',
  'a[hasOwnProperty]=1',
  '%',
  '%zz=%zz',
  'a=%00',
  'a=%ff',
  'a[=1',
  'a]=1',
  'a[[b]]=1',
  '[]=1',
  'a[][]=1',
  'a[99999999]=1',
  `a${'[b]'.repeat(200)}=1`,
  `${'a&'.repeat(3000)}`,
  'a=1#b',
  '?a=1',
  'a%5B%5D=1',
  'a.b.c=1',
  '\u00e9=1',
] as const

/** Paths that no handler should be fooled by. */
const PATHS = [
  '/%',
  '/%2',
  '/%zz',
  '/%c0%af',
  '/%ff',
  '/%00',
  '/a%00b',
  '/%2e%2e%2f',
  '/..%2f',
  '/%252e',
  '//',
  '///x',
  '/./x',
  '/../x',
  '/x/..',
  '/%5c',
  '/\\x',
  '/%u0041',
  '/x;y',
  '/x%3fy',
  '/x%23y',
  '/%20',
  '/%0d%0a',
  `/${'x'.repeat(8000)}`,
  '/*',
  '/(',
  '/[',
  '/:id',
  '/%F0%9F%98%80',
  '/%ED%A0%80',
] as const

const thrown = (title: string, make: () => unknown): ExpressCase =>
  app(
    `throwing ${title}`,
    (made) => {
      made
        .get('/', () => {
          throw make()
        })
        .get('/next', (_req, _res, next) => next(make()))
    },
    ['/', '/next'],
    { patience: 250 },
  )

export const badInput: ExpressSuite = {
  name: 'bad input',
  cases: [
    ...injections,
    ...QUERIES.map((query) =>
      answer(
        `the query ${query.length > 50 ? `of ${query.length} letters` : query}`,
        (req, res, { log }) => {
          log(({} as { admin?: unknown }).admin)
          res.json([req.query, Object.keys(req.query)])
        },
        [`/?${encodeURI(query).replaceAll('%25', '%')}`],
      ),
    ),
    ...QUERIES.map((query) =>
      app(
        `the extended query ${query.length > 50 ? `of ${query.length} letters` : query}`,
        (made, { log }) => {
          made.set('query parser', 'extended').use((req, res) => {
            log(({} as { admin?: unknown }).admin)
            res.json([req.query, Object.keys(req.query)])
          })
        },
        [`/?${encodeURI(query).replaceAll('%25', '%')}`],
      ),
    ),
    ...PATHS.map((path) =>
      app(
        `the path ${path.length > 50 ? `of ${path.length} letters` : path}`,
        (made, { express, files }) => {
          made.get('/user/:id', (req, res) => {
            res.json(req.params)
          })
          made.use('/static', express.static(files))
          made.use('/mount', (req, res) => {
            res.json([req.url, req.baseUrl, req.path])
          })
          made.get('/:id', (req, res) => {
            res.json(req.params)
          })
        },
        ['', '/user', '/static', '/mount'].map(
          (prefix) => `${prefix}${encodeURI(path).replaceAll('%25', '%')}`,
        ),
      ),
    ),
    ...(
      [
        ['an Error', () => new Error('e')],
        ['a string', () => 'text'],
        ['an empty string', () => ''],
        ['a number', () => 0],
        ['NaN', () => Number.NaN],
        ['null', () => null],
        ['undefined', () => undefined],
        ['true', () => true],
        ['false', () => false],
        ['an object', () => ({})],
        ['an object with status 404', () => ({ status: 404 })],
        ['an object with a stack', () => ({ stack: 'STACK' })],
        [
          'an object with headers',
          () => ({ status: 400, headers: { 'X-A': '1', 'X-Bad': 'a\nb' } }),
        ],
        ['an array', () => [1]],
        ['a function', () => () => 1],
        ['a symbol', () => Symbol('s')],
        ['a bigint', () => 1n],
        ['a RegExp', () => /x/],
        ['a Date', () => new Date(0)],
        [
          'an object whose toString throws',
          () => ({
            toString() {
              throw new Error('ts')
            },
          }),
        ],
        ['an object without prototype', () => Object.create(null)],
        [
          'an error with a circular cause',
          () => {
            const error = new Error('c')
            error.cause = error
            return error
          },
        ],
        ['an error with a huge message', () => new Error('x'.repeat(20_000))],
        ['an error with status 0', () => Object.assign(new Error('s'), { status: 0 })],
        ['an error with status 600', () => Object.assign(new Error('s'), { status: 600 })],
        ['an error with status NaN', () => Object.assign(new Error('s'), { status: Number.NaN })],
        ['a Promise', () => Promise.resolve(1)],
        ['a frozen error', () => Object.freeze(new Error('f'))],
        ['an AggregateError', () => new AggregateError([new Error('a')], 'agg')],
      ] as const
    ).map(([title, make]) => thrown(title, make)),
    ...badRequests,
    app(
      'an error after headers were sent',
      (made) => {
        made
          .get('/', (_req, res) => {
            res.write('x')
            throw new Error('late')
          })
          .use(quiet)
      },
      ['/', '/'],
    ),
    app(
      'an error after headers were flushed',
      (made) => {
        made.get('/', (_req, res, next) => {
          res.flushHeaders()
          next(new Error('late'))
        })
      },
      ['/', '/'],
    ),
    app(
      'an error after the answer has ended',
      (made, { log }) => {
        made.get('/', (_req, res, next) => {
          res.end('x')
          setTimeout(() => {
            log('late')
            next(new Error('late'))
          }, 5)
        })
      },
      ['/', '/'],
    ),
    app(
      'next called twice without an answer',
      (made, { log }) => {
        let times = 0
        made.get(
          '/',
          (_req, _res, next) => {
            next()
            next()
          },
          (_req, res) => {
            log(++times)
            if (!res.headersSent) res.send('one')
          },
        )
      },
      ['/', '/'],
    ),
    app(
      'next called twice after an answer',
      (made) => {
        made.get('/', (_req, res, next) => {
          res.send('x')
          next()
          next()
        })
      },
      ['/', '/'],
    ),
    app(
      'next called with an error and then without',
      (made, { log }) => {
        made
          .get('/', (_req, _res, next) => {
            next(new Error('first'))
            next()
          })
          .use((_req, res) => {
            log('plain')
            if (!res.headersSent) res.send('plain')
          })
      },
      ['/', '/'],
    ),
    app(
      'next called later by a handler that has answered',
      (made, { log }) => {
        made
          .use((_req, res, next) => {
            res.send('x')
            setImmediate(next)
          })
          .use((_req, res) => {
            log(res.headersSent)
          })
      },
      ['/'],
    ),
    answer(
      'an aborted request body',
      (req, _res, { log }) => {
        req
          .on('aborted', () => log('aborted'))
          .on('error', (error) => log('error', error.message))
          .on('close', () => log('close', req.complete))
          .resume()
      },
      [
        {
          method: 'POST',
          path: '/',
          leaveAfter: 40,
          raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab',
        },
      ],
    ),
    app(
      'a request aborted while a parser reads it',
      (made, { express, log }) => {
        const note: ErrorRequestHandler = (error, _req, _res, _next) => {
          log(error.type, error.status, error.message, error.expected, error.received)
        }
        made.use(express.raw({ type: () => true }), note as never)
      },
      [
        {
          method: 'POST',
          path: '/',
          leaveAfter: 40,
          raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab',
        },
      ],
    ),
    {
      name: 'a client that leaves while the answer is sent',
      app(express, { log }) {
        const made = express()
        made.get('/', (_req, res) => {
          res.on('close', () => log('close', res.writableFinished))
          const timer = setInterval(() => {
            if (!res.write('x'.repeat(1000))) clearInterval(timer)
          }, 2)
          res.on('close', () => clearInterval(timer))
        })
        return made.listen(0, '127.0.0.1')
      },
      async drive({ port }) {
        const socket = connect(port, '127.0.0.1')
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        await new Promise((resolve) => socket.once('data', resolve))
        socket.destroy()
        await new Promise((resolve) => setTimeout(resolve, 30))
      },
    },
    app(
      'a body beyond the limit is refused before it is read',
      (made, { express }) => {
        made.use(express.json({ limit: 10 })).use(quiet)
      },
      [
        post('/', 'application/json', 'x'.repeat(100)),
        {
          method: 'POST',
          path: '/',
          raw: 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{',
        },
      ],
      { patience: 250 },
    ),
    app(
      'unsupported charsets and encodings',
      (made, { express }) => {
        made.use(express.json(), express.urlencoded({ extended: true }), express.text()).use(quiet)
      },
      [
        post('/', 'application/json; charset=utf-7', '{}'),
        post('/', 'application/json; charset=', '{}'),
        post('/', 'application/x-www-form-urlencoded; charset=utf-16', 'a=1'),
        post('/', 'text/plain; charset=none', 'x'),
        post('/', 'application/json', '{}', { 'Content-Encoding': 'compress' }),
        post('/', 'application/json', '{}', { 'Content-Encoding': 'gzip, gzip' }),
        post('/', 'application/json', gzipSync('{}'), { 'Content-Encoding': 'x-gzip' }),
        post('/', 'application/json', 'x', { 'Content-Encoding': 'gzip' }),
      ],
    ),
    app(
      'prototype-polluting bodies',
      (made, { express, log }) => {
        made.use(express.json(), express.urlencoded({ extended: true })).use((req, res) => {
          log(({} as { admin?: unknown }).admin)
          res.json([req.body, Object.keys(req.body ?? {})])
        })
      },
      [
        post('/', 'application/json', '{"__proto__":{"admin":1}}'),
        post(
          '/',
          'application/json',
          '{"a":{"__proto__":{"admin":1}},"constructor":{"prototype":{"admin":1}}}',
        ),
        post(
          '/',
          'application/x-www-form-urlencoded',
          '__proto__[admin]=1&constructor[prototype][admin]=1',
        ),
        post('/', 'application/x-www-form-urlencoded', 'a[__proto__][admin]=1'),
      ],
    ),
    app(
      'odd Accept headers',
      (made) => {
        made.use((req, res) => {
          res.json([
            req.accepts('html', 'json'),
            req.acceptsEncodings('gzip'),
            req.acceptsLanguages('en'),
            req.acceptsCharsets('utf-8'),
          ])
        })
      },
      [
        ';',
        ',',
        '*',
        '/',
        'text/',
        ';q=1',
        'text/html;q=x',
        'text/html;q=-1',
        'text/html;q=5',
        'a'.repeat(5000),
        'text/html;level="1;2,3"',
      ].map((value) =>
        withHeaders('/', {
          Accept: value,
          'Accept-Encoding': value,
          'Accept-Language': value,
          'Accept-Charset': value,
        }),
      ),
    ),
    app(
      'odd forwarded headers',
      (made) => {
        made.set('trust proxy', true).use((req, res) => {
          res.json([req.ip, req.ips, req.protocol, req.hostname, req.subdomains])
        })
      },
      ['', ',', ' , ', 'unknown', '1.2.3.4:80', '[::1]:80', '<script>', 'a'.repeat(2000)].map(
        (value) =>
          withHeaders('/', {
            'X-Forwarded-For': value,
            'X-Forwarded-Proto': value,
            'X-Forwarded-Host': value,
          }),
      ),
    ),
    app(
      'odd cookies and conditions',
      (made) => {
        made.use((_req, res) => {
          res.send('x')
        })
      },
      [
        withHeaders('/', { 'If-None-Match': ',' }),
        withHeaders('/', { 'If-None-Match': 'W/' }),
        withHeaders('/', { 'If-Modified-Since': 'never' }),
        withHeaders('/', { 'If-None-Match': `"${'x'.repeat(5000)}"` }),
        withHeaders('/', { 'Cache-Control': 'no-cache, no-cache', 'If-None-Match': '*' }),
      ],
    ),
    app('errors of async handlers with bad values', (made) => {
      made.get('/', async (_req, res) => {
        await Promise.resolve()
        try {
          res.set('X', 'a\nb')
        } catch (error) {
          res.status(500).send((error as { code: string }).code)
        }
      })
    }),
  ],
}
