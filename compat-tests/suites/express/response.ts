import type { Request, Response } from 'express'
import { answer, app, type ExpressSuite, withHeaders } from '../../kit/express/suite.ts'
import type { Ask, ExpressCase } from '../../kit/express/types.ts'

type Act = (res: Response, req: Request) => unknown

const reply = (name: string, act: Act, requests: readonly Ask[] = ['/']): ExpressCase =>
  answer(name, (req, res) => act(res, req), requests)

const methods = (res: Response): Record<string, (...args: unknown[]) => Response> =>
  res as unknown as Record<string, (...args: unknown[]) => Response>

const BODIES: readonly (readonly [title: string, body: unknown])[] = [
  ['a string', 'hello'],
  ['an empty string', ''],
  ['HTML', '<p>hé</p>'],
  ['emoji', '😀'],
  ['null', null],
  ['undefined', undefined],
  ['true', true],
  ['false', false],
  ['an object', { a: 1 }],
  ['an array', [1, 2]],
  ['a Buffer', Buffer.from('bytes')],
  ['an empty Buffer', Buffer.alloc(0)],
  ['a Uint8Array', new Uint8Array([1, 2, 3])],
  ['a Date', new Date(0)],
  ['a nested object', { a: { b: [null, undefined, 1] } }],
  ['a string of 2,000', 'x'.repeat(2000)],
  ['an object with toJSON', { toJSON: () => 'json' }],
  ['a String object', Object('boxed')],
  ['an ArrayBuffer', new ArrayBuffer(4)],
  ['lone surrogates', '\ud800'],
  ['a DataView', new DataView(new ArrayBuffer(3))],
  ['a Map', new Map([['a', 1]])],
  ['a symbol-keyed object', { [Symbol('x')]: 1 }],
]

const JSONS: readonly (readonly [title: string, body: unknown])[] = [
  ...BODIES,
  ['a number', 7],
  ['NaN', Number.NaN],
  ['a bigint', 1n],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['</script>', '</script>&\u2028\u2029'],
]

const CODES = [200, 201, 204, 205, 206, 299, 301, 304, 400, 404, 418, 451, 500, 599] as const

const COOKIES: readonly (readonly [title: string, ...args: unknown[]])[] = [
  ['plain', 'name', 'value'],
  ['spaces and signs', 'name', 'a b;c,d="e'],
  ['an object', 'cart', { a: [1, 2] }],
  ['a number', 'n', 5],
  ['null', 'n', null],
  ['undefined', 'n', undefined],
  ['true', 'n', true],
  ['empty', 'n', ''],
  ['maxAge', 'n', 'v', { maxAge: 1000 }],
  ['maxAge 0', 'n', 'v', { maxAge: 0 }],
  ['maxAge null', 'n', 'v', { maxAge: null }],
  ['maxAge undefined', 'n', 'v', { maxAge: undefined }],
  ['maxAge text', 'n', 'v', { maxAge: '5000' }],
  ['maxAge nonsense', 'n', 'v', { maxAge: 'x' }],
  ['expires', 'n', 'v', { expires: new Date(86_400_000) }],
  ['bad expires', 'n', 'v', { expires: 'x' }],
  [
    'all flags',
    'n',
    'v',
    {
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
      path: '/x',
      domain: 'example.com',
      partitioned: true,
      priority: 'high',
    },
  ],
  ['sameSite true', 'n', 'v', { sameSite: true }],
  ['sameSite none', 'n', 'v', { sameSite: 'none' }],
  ['a bad sameSite', 'n', 'v', { sameSite: 'x' }],
  ['path null', 'n', 'v', { path: null }],
  ['path empty', 'n', 'v', { path: '' }],
  ['a bad path', 'n', 'v', { path: '/\n' }],
  ['a bad domain', 'n', 'v', { domain: 'a\nb' }],
  ['a bad name', 'a b', 'v'],
  ['a name with a line break', 'a\nb', 'v'],
  ['a value with a line break', 'n', 'a\r\nb'],
  ['encode', 'n', 'a b', { encode: String }],
  ['an encode that makes bad text', 'n', 'a\nb', { encode: String }],
  ['signed without a secret', 'n', 'v', { signed: true }],
  ['a bad priority', 'n', 'v', { priority: 'x' }],
  ['unicode', 'n', 'é😀'],
]

const TARGETS = [
  '/x',
  'http://example.com/',
  '//other',
  '/a b',
  '/é',
  '/<script>',
  '/%zz',
  '/?q=a b&c="d"',
  'back',
  '',
  '..',
  '/a\r\nX-Evil: 1',
  'javascript:alert(1)',
  '/100%',
  'http://exämple.com/',
  '/[x]',
  '/a\\b',
  'http://google.com\\@apple.com',
  '\\\\evil',
  '/\u{1f600}',
  'HTTPS://EXAMPLE.com:80/A?b#c',
  '/\ud800',
  'https://user:pa@ss@host/',
] as const

const TYPES = [
  'html',
  '.html',
  'json',
  'png',
  'text/html',
  'txt',
  'application/json',
  'unknown',
  'text',
  'bin',
  '.js',
  'foo/bar',
  'text/html; charset=latin1',
  '',
  'css',
  'svg',
  'mp4',
  'xml',
  'md',
  'woff2',
] as const

const FILENAMES = [
  undefined,
  'a.txt',
  'pic.png',
  'é.html',
  'with space.pdf',
  'a"b.txt',
  '€ rates.pdf',
  '/path/to/x.zip',
  'noext',
  'a\nb.txt',
  '%20.txt',
  '',
] as const

export const response: ExpressSuite = {
  name: 'response',
  cases: [
    ...BODIES.map(([title, body]) =>
      reply(
        `res.send(${title})`,
        (res) => {
          res.send(body)
        },
        ['/', 'HEAD /'],
      ),
    ),
    ...JSONS.map(([title, body]) =>
      reply(`res.json(${title})`, (res) => {
        res.json(body)
      }),
    ),
    ...JSONS.map(([title, body]) =>
      reply(
        `res.jsonp(${title})`,
        (res) => {
          res.jsonp(body)
        },
        ['/', '/?callback=cb'],
      ),
    ),
    ...(['cb', 'a.b', 'a[0]', 'x$_', 'alert(1)', '<script>', '', 'a=b', 'é'] as const).map((name) =>
      reply(
        `res.jsonp with callback ${JSON.stringify(name)}`,
        (res) => {
          res.jsonp({ a: '\u2028' })
        },
        [`/?callback=${encodeURIComponent(name)}`],
      ),
    ),
    reply(
      'res.jsonp with repeated callbacks',
      (res) => {
        res.jsonp(1)
      },
      ['/?callback=a&callback=b', '/?callback[x]=a'],
    ),
    app(
      "'jsonp callback name' is used",
      (made) =>
        made.set('jsonp callback name', 'clb').get('/', (_req, res) => {
          res.jsonp({})
        }),
      ['/?clb=x', '/?callback=y'],
    ),
    reply(
      'res.jsonp keeps a content type',
      (res) => {
        res.type('application/vnd.x+json').jsonp({ a: 1 })
      },
      ['/', '/?callback=cb'],
    ),
    ...CODES.map((code) =>
      reply(
        `status ${code} with send`,
        (res) => {
          res.status(code).send('body')
        },
        ['/', 'HEAD /'],
      ),
    ),
    ...CODES.map((code) =>
      reply(`sendStatus ${code}`, (res) => {
        res.sendStatus(code)
      }),
    ),
    ...CODES.map((code) =>
      reply(
        `status ${code} with json and end`,
        (res, req) => {
          res.status(code)
          if (req.url === '/json') res.json({ a: 1 })
          else res.end()
        },
        ['/json', '/end'],
      ),
    ),
    reply('sendStatus replaces the body type', (res) => {
      res.type('json').sendStatus(404)
    }),
    reply('status chains', (res) => {
      res.status(201).status(202).send('x')
    }),
    reply('statusCode and statusMessage', (res) => {
      res.statusCode = 299
      res.statusMessage = 'Odd One'
      res.send('x')
    }),
    reply('statusMessage with sendStatus', (res) => {
      res.statusMessage = 'Mine'
      res.sendStatus(200)
    }),
    reply('a Buffer keeps a content type', (res) => {
      res.type('text/plain').send(Buffer.from('x'))
    }),
    reply('a string keeps a content type and gets a charset', (res) => {
      res.set('Content-Type', 'text/plain').send('é')
    }),
    reply('a charset given is overridden', (res) => {
      res.set('Content-Type', 'text/plain; charset=iso-8859-1').send('é')
    }),
    reply('a charset in a Buffer answer stays', (res) => {
      res.set('Content-Type', 'text/plain; charset=iso-8859-1').send(Buffer.from('x'))
    }),
    reply('setHeader with a bad type', (res) => {
      res.setHeader('Content-Type', 'bad')
      res.send('x')
    }),
    reply('setHeader without charset and send', (res) => {
      res.setHeader('Content-Type', 'text/plain')
      res.send('x')
    }),
    reply('json keeps a content type', (res) => {
      res.type('application/problem+json').json({ a: 1 })
    }),
    reply('a content length given is replaced', (res) => {
      res.set('Content-Length', '3').send('hello')
    }),
    reply('transfer encoding and 204', (res) => {
      res.set('Transfer-Encoding', 'chunked').set('Content-Type', 'text/x').status(204).send('x')
    }),
    reply(
      'an ETag given is kept',
      (res) => {
        res.set('ETag', '"mine"').send('x')
      },
      ['/', withHeaders('/', { 'If-None-Match': '"mine"' })],
    ),
    reply(
      'send is conditional',
      (res) => {
        res.set('X-Kept', '1').send('hello world')
      },
      [
        '/',
        withHeaders('/', { 'If-None-Match': 'W/"b-Kq5sNclPz7QV2+lfQIuc6R7oRu0"' }),
        withHeaders('HEAD /', { 'If-None-Match': 'W/"b-Kq5sNclPz7QV2+lfQIuc6R7oRu0"' }),
        withHeaders('/', { 'If-None-Match': '*' }),
        withHeaders('POST /', { 'If-None-Match': '*' }),
      ],
    ),
    reply(
      'Last-Modified is conditional too',
      (res) => {
        res.set('Last-Modified', 'Thu, 01 Jan 2015 00:00:00 GMT').send('x')
      },
      [withHeaders('/', { 'If-Modified-Since': 'Thu, 01 Jan 2015 00:00:00 GMT' })],
    ),
    reply(
      'an error is not made 304',
      (res) => {
        res.status(500).send('x')
      },
      [withHeaders('/', { 'If-None-Match': '*' })],
    ),
    ...(['weak', 'strong', false, true] as const).map((value) =>
      app(
        `etag setting ${value} on the wire`,
        (made) => {
          made
            .set('etag', value)
            .get('/', (_req, res) => {
              res.send('hello')
            })
            .get('/json', (_req, res) => {
              res.json({ a: 1 })
            })
            .get('/empty', (_req, res) => {
              res.send('')
            })
        },
        ['/', '/json', '/empty'],
      ),
    ),
    app(
      'etag setting as a function on the wire',
      (made, { log }) => {
        made
          .set('etag', (body: Buffer, encoding?: string) => {
            log(Buffer.isBuffer(body), encoding)
            return '"fn"'
          })
          .get('/', (_req, res) => {
            res.send('hello')
          })
          .get('/b', (_req, res) => {
            res.send(Buffer.from('b'))
          })
      },
      ['/', '/b', withHeaders('/', { 'If-None-Match': '"fn"' })],
    ),
    app('etag of a large body', (made) => {
      made.get('/', (_req, res) => {
        res.send('é'.repeat(70_000))
      })
    }),
    ...(
      [
        ['json spaces', 2],
        ['json spaces', '\t'],
        ['json spaces', 0],
        ['json escape', true],
      ] as const
    ).map(([name, value]) =>
      app(
        `setting ${name} ${JSON.stringify(value)}`,
        (made) => {
          made
            .set(name, value)
            .get('/', (_req, res) => {
              res.json({ a: [1, '<&>'], b: {} })
            })
            .get('/p', (_req, res) => {
              res.jsonp({ a: '<>' })
            })
        },
        ['/', '/p?callback=c'],
      ),
    ),
    app('json replacer', (made) => {
      made
        .set('json replacer', (key: string, value: unknown) =>
          key.startsWith('_') ? undefined : value,
        )
        .get('/', (_req, res) => {
          res.json({ a: 1, _b: 2 })
        })
    }),
    app('json replacer as a list', (made) => {
      made.set('json replacer', ['a']).get('/', (_req, res) => {
        res.json({ a: 1, b: 2 })
      })
    }),
    reply('json of a circle', (res) => {
      const circle: Record<string, unknown> = {}
      circle.self = circle
      res.json(circle)
    }),
    reply('json whose toJSON throws', (res) => {
      res.json({
        toJSON() {
          throw new Error('no json')
        },
      })
    }),
    ...COOKIES.map(([title, ...args]) =>
      reply(`res.cookie ${title}`, (res) => {
        methods(res).cookie?.(...args)
        res.end()
      }),
    ),
    reply('res.cookie leaves its options alone', (res) => {
      const options = Object.freeze({ maxAge: 1000 })
      res.cookie('a', 'b', options).json(options)
    }),
    reply('several cookies', (res) => {
      res.cookie('a', '1').cookie('b', '2').clearCookie('c').append('Set-Cookie', 'd=4').end()
    }),
    app('signed cookies', (made) => {
      made
        .use((req, _res, next) => {
          ;(req as unknown as { secret: string }).secret = 'sekret'
          next()
        })
        .get('/', (_req, res) => {
          res.cookie('a', 'b', { signed: true }).cookie('o', { x: 1 }, { signed: true }).end()
        })
    }),
    reply('res.clearCookie', (res) => {
      res
        .clearCookie('a')
        .clearCookie('b', { path: '/x', httpOnly: true })
        .clearCookie('c', { maxAge: 900, expires: new Date(5) })
        .end()
    }),
    ...TARGETS.map((to) =>
      reply(
        `res.redirect(${JSON.stringify(to)})`,
        (res) => {
          res.redirect(to)
        },
        [
          '/',
          withHeaders('/', { Accept: 'text/html' }),
          withHeaders('/', { Accept: 'application/json' }),
        ],
      ),
    ),
    ...TARGETS.map((to) =>
      reply(
        `res.location(${JSON.stringify(to)})`,
        (res) => {
          res.location(to).end()
        },
        ['/', withHeaders('/', { Referer: '/ref' })],
      ),
    ),
    ...([301, 302, 303, 307, 308, 201, 999] as const).map((code) =>
      reply(
        `res.redirect(${code})`,
        (res) => {
          res.redirect(code, '/to')
        },
        ['/', 'HEAD /', withHeaders('/', { Accept: 'text/html' })],
      ),
    ),
    reply('res.redirect to an object with a URL', (res) => {
      res.redirect(String(new URL('http://example.com/a?b=c')))
    }),
    reply('res.redirect keeps headers set before', (res) => {
      res.set('X-A', '1').type('json').redirect('/x')
    }),
    ...TYPES.map((type) =>
      reply(`res.type(${JSON.stringify(type)})`, (res) => {
        res.type(type).end('x')
      }),
    ),
    ...TYPES.slice(0, 12).map((type) =>
      reply(`res.type(${JSON.stringify(type)}) and send`, (res) => {
        res.type(type).send('x')
      }),
    ),
    reply('res.contentType is res.type', (res) => {
      res.contentType('json').end('{}')
    }),
    ...FILENAMES.map((name) =>
      reply(`res.attachment(${JSON.stringify(name)})`, (res) => {
        res.attachment(name).end()
      }),
    ),
    reply('res.append', (res) => {
      res
        .append('X-A', '1')
        .append('X-A', '2')
        .append('X-A', ['3', '4'])
        .append('X-B', 'x')
        .append('Link', ['<a>', '<b>'])
        .end()
    }),
    reply('res.append after set', (res) => {
      res.set('X-A', 'set').append('X-A', 'appended').set('X-A', 'again').end()
    }),
    reply('res.append keeps set cookies', (res) => {
      res.append('Set-Cookie', 'a=1').append('Set-Cookie', 'b=2').cookie('c', '3').end()
    }),
    reply('res.set with an object', (res) => {
      res.set({ 'X-A': '1', 'x-b': '2', 'X-List': ['a', 'b'] }).end()
    }),
    reply('res.header is res.set', (res) => {
      res.header('X-A', '1').header({ 'X-B': '2' }).end()
    }),
    reply('res.set with a number', (res) => {
      methods(res).set?.('X-N', 7).end()
    }),
    reply('res.set with numbers in a list', (res) => {
      methods(res).set?.('X-N', [1, 2]).end()
    }),
    reply('res.set with undefined', (res) => {
      methods(res).set?.('X-N', undefined).end()
    }),
    reply('res.set Content-Type adds a charset', (res) => {
      res.set('Content-Type', 'text/html').end()
    }),
    reply('res.set Content-Type of a list', (res) => {
      methods(res).set?.('Content-Type', ['text/html']).end()
    }),
    reply('res.set Content-Type for bytes', (res) => {
      res.set('content-type', 'image/png').end()
    }),
    reply('res.set Content-Type unknown', (res) => {
      res.set('Content-Type', 'x-custom/y').end()
    }),
    reply('res.set with a line break', (res) => {
      res.set('X-A', 'a\r\nX-Evil: 1').end()
    }),
    reply('res.set with a bad name', (res) => {
      res.set('X A', 'v').end()
    }),
    reply('res.set with letters beyond latin1', (res) => {
      res.set('X-A', 'snow ☃').end()
    }),
    reply('res.get', (res) => {
      res
        .set('X-A', '1')
        .set('X-L', ['a', 'b'])
        .json([res.get('x-a'), res.get('X-L'), res.get('nope')])
    }),
    reply('res.links', (res) => {
      res.links({ next: 'http://x/2', last: 'http://x/5' }).links({ prev: 'http://x/0' }).end()
    }),
    reply('res.vary', (res) => {
      methods(res.vary('Accept')).vary?.(['Origin', 'Accept']).vary('User-Agent').end()
    }),
    reply('res.vary *', (res) => {
      res.vary('*').vary('Accept').end()
    }),
    reply('res.vary empty list', (res) => {
      methods(res).vary?.([]).end()
    }),
    reply('res.vary with a bad name', (res) => {
      res.vary('a b').end()
    }),
    reply('res.vary without a name', (res) => {
      methods(res).vary?.().end()
    }),
    ...(
      [
        'text/html',
        'application/json',
        'text/plain',
        'image/png',
        '*/*',
        'text/*;q=0.5, application/json;q=0.6',
        '',
      ] as const
    ).map((value) =>
      reply(
        `res.format for ${JSON.stringify(value)}`,
        (res) => {
          res.format({
            'text/plain': () => {
              res.send('plain')
            },
            html: () => {
              res.send('<p>')
            },
            'application/json': () => {
              res.send({ a: 1 })
            },
          })
        },
        [withHeaders('/', { Accept: value })],
      ),
    ),
    reply('res.format without Accept', (res) => {
      res.format({
        html: () => {
          res.send('<p>')
        },
        json: () => {
          res.send({})
        },
      })
    }),
    reply(
      'res.format with a default',
      (res) => {
        res.format({
          json: () => {
            res.send({})
          },
          default: () => {
            res.send('default')
          },
        })
      },
      [withHeaders('/', { Accept: 'image/png' }), '/'],
    ),
    reply('res.format with only a default', (res) => {
      res.format({
        default: () => {
          res.send('only')
        },
      })
    }),
    reply('res.format with nothing', (res) => {
      res.format({})
    }),
    reply('res.format calls with the request', (res) => {
      res.format({
        html: (request: Request, response: Response, next: unknown) => {
          response.send(`${request === res.req} ${response === res} ${typeof next}`)
        },
      })
    }),
    reply('res.format takes a charset into the type', (res) => {
      res.format({
        'text/html; charset=x': () => {
          res.send('x')
        },
      })
    }),
    reply('res.format and Vary set before', (res) => {
      res.vary('Origin').format({
        html: () => {
          res.end()
        },
      })
    }),
    reply('writeHead and end', (res) => {
      res.writeHead(201, { 'X-A': '1' })
      res.end('raw')
    }),
    reply('writeHead with a message and an array', (res) => {
      res.writeHead(202, 'Fine', ['X-A', '1', 'X-B', '2'])
      res.end('raw')
    }),
    reply('writeHead after set', (res) => {
      res.set('X-A', '1')
      res.writeHead(200, { 'x-a': '2', 'X-B': '3' })
      res.end()
    }),
    reply('write, write, end', (res) => {
      res.write('a')
      res.write('b')
      res.end('c')
    }),
    reply('end with a callback', (res) => {
      res.end('x', () => {})
    }),
    reply('write with an encoding', (res) => {
      res.write('6869', 'hex')
      res.end('aGk=', 'base64')
    }),
    reply('a stream with trailers', (res) => {
      res.set('Trailer', 'X-T')
      res.write('a')
      res.addTrailers({ 'X-T': 'v' })
      res.end()
    }),
    reply('early hints', (res) => {
      res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' })
      res.send('late')
    }),
    reply('processing and continue', (res) => {
      res.writeProcessing()
      res.writeContinue()
      res.send('x')
    }),
    reply('flushHeaders', (res) => {
      res.flushHeaders()
      setTimeout(() => res.end('later'), 5)
    }),
    reply('send after flushHeaders', (res) => {
      res.flushHeaders()
      res.send('x')
    }),
    reply(
      'send twice',
      (res) => {
        res.send('one')
        res.send('two')
      },
      ['/', '/'],
    ),
    reply(
      'json after send',
      (res) => {
        res.send('one')
        res.json({})
      },
      ['/', '/'],
    ),
    reply('set after send', (res) => {
      res.send('one')
      res.set('X-A', '1')
    }),
    reply('redirect after send', (res) => {
      res.send('one')
      res.redirect('/x')
    }),
    reply('cookie after send', (res) => {
      res.send('one')
      res.cookie('a', 'b')
    }),
    reply('end after send', (res) => {
      res.send('one')
      res.end('two')
    }),
    reply('write after end', (res) => {
      res.on('error', () => {})
      res.end('one')
      res.write('two')
    }),
    reply('headersSent', (res) => {
      const before = res.headersSent
      res.write(`${before} `)
      res.end(`${res.headersSent}`)
    }),
    reply(
      'Connection: close',
      (res) => {
        res.set('Connection', 'close').send('bye')
      },
      ['/', '/'],
    ),
    reply(
      'the client asks to close',
      (res) => {
        res.send('bye')
      },
      [withHeaders('/', { Connection: 'close' }), '/'],
    ),
    reply(
      'HTTP/1.0',
      (res) => {
        res.send('old')
      },
      [
        { path: '/', raw: 'GET / HTTP/1.0\r\n\r\n' },
        { path: '/', raw: 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n' },
      ],
    ),
    reply(
      'HTTP/1.0 with a stream',
      (res) => {
        res.write('old')
        res.end()
      },
      [{ path: '/', raw: 'GET / HTTP/1.0\r\n\r\n' }],
    ),
    reply('removeHeader of everything', (res) => {
      res.removeHeader('X-Powered-By')
      res.sendDate = false
      res.end('bare')
    }),
    reply('getHeaders and friends', (res) => {
      res.set('X-A', '1').cookie('a', 'b')
      res.json([
        res.getHeaders(),
        res.getHeaderNames(),
        res.hasHeader('x-a'),
        (res as unknown as { getRawHeaderNames(): string[] }).getRawHeaderNames(),
      ])
    }),
    reply('spelling of header names', (res) => {
      res.setHeader('x-LOWER', '1')
      res.set('CONTENT-TYPE', 'text/plain')
      res.send('x')
    }),
    reply('setHeaders with Headers', (res) => {
      res.setHeaders(new Headers({ 'X-A': '1' }))
      res.send('x')
    }),
    reply(
      'destroying the response',
      (res) => {
        res.destroy()
      },
      ['/', '/'],
    ),
    reply('destroying midway', (res) => {
      res.set('Content-Length', '10')
      res.write('half')
      setTimeout(() => res.destroy(), 5)
    }),
    reply('locals are an object without prototype', (res) => {
      res.json([Object.getPrototypeOf(res.locals) === null, res.locals])
    }),
    reply('statusCode out of range by hand', (res) => {
      res.statusCode = 99
      res.end('x')
    }),
    answer('finish and close', (_req, res, { log }) => {
      res
        .on('finish', () => log('finish', res.writableFinished))
        .on('close', () => log('close', res.destroyed))
      res.send('x')
    }),
    answer('finish and close of a stream', (_req, res, { log }) => {
      res.on('finish', () => log('finish')).on('close', () => log('close'))
      res.write('a')
      setTimeout(() => res.end('b'), 3)
    }),
    answer(
      'who patched what sees the calls of send',
      (_req, res, { log }) => {
        const { writeHead, write, end, setHeader } = res
        res.writeHead = function (this: Response, ...args: unknown[]) {
          log('writeHead', args)
          return (writeHead as (...a: unknown[]) => Response).apply(this, args)
        } as never
        res.write = function (this: Response, ...args: unknown[]) {
          log('write', args)
          return (write as (...a: unknown[]) => boolean).apply(this, args)
        } as never
        res.end = function (this: Response, ...args: unknown[]) {
          log('end', args)
          return (end as (...a: unknown[]) => Response).apply(this, args)
        } as never
        res.setHeader = function (this: Response, ...args: unknown[]) {
          log('setHeader', args)
          return (setHeader as (...a: unknown[]) => Response).apply(this, args)
        } as never
        res.status(201).send('hello')
      },
      ['/', 'HEAD /'],
    ),
    answer('who patched what sees the calls of json', (_req, res, { log }) => {
      const { writeHead, end } = res
      res.writeHead = function (this: Response, ...args: unknown[]) {
        log('writeHead', args, this.getHeaders())
        return (writeHead as (...a: unknown[]) => Response).apply(this, args)
      } as never
      res.end = function (this: Response, ...args: unknown[]) {
        log('end', args)
        return (end as (...a: unknown[]) => Response).apply(this, args)
      } as never
      res.json({ a: 1 })
    }),
    answer(
      'headers changed in a patched writeHead',
      (_req, res) => {
        const { writeHead } = res
        res.writeHead = function (this: Response, ...args: unknown[]) {
          this.setHeader('X-Late', '1')
          this.removeHeader('ETag')
          return (writeHead as (...a: unknown[]) => Response).apply(this, args)
        } as never
        res.send('x')
      },
      ['/', 'HEAD /'],
    ),
    answer('state after send', (_req, res, { log }) => {
      res.send('hello')
      log(
        res.headersSent,
        res.writableEnded,
        res.finished,
        res.statusCode,
        res.statusMessage,
        res.getHeaders(),
        res.getHeaderNames(),
        (res as unknown as { _header: string })._header?.replace(/Date: [^\r]*/, 'Date'),
      )
    }),
    answer('the return value of the methods', (_req, res, { log }) => {
      log(
        res.status(200) === res,
        res.set('a', 'b') === res,
        res.type('html') === res,
        res.cookie('a', 'b') === res,
        res.vary('x') === res,
        res.location('/') === res,
        res.links({}) === res,
        res.append('b', 'c') === res,
        res.attachment() === res,
        res.clearCookie('x') === res,
      )
      log(res.send('x') === res)
    }),
    answer(
      'the return value of json and others',
      (req, res, { log }) => {
        log(
          req.url === '/json'
            ? res.json({}) === res
            : req.url === '/redirect'
              ? res.redirect('/')
              : req.url === '/status'
                ? res.sendStatus(200) === res
                : req.url === '/format'
                  ? res.format({
                      html() {
                        res.end()
                      },
                    }) === res
                  : res.jsonp({}) === res,
        )
      },
      ['/json', '/redirect', '/status', '/format', '/jsonp'],
    ),
  ],
}
