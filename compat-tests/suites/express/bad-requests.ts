import type { ErrorRequestHandler, Response } from 'express'
import { app, withHeaders } from '../../kit/express/suite.ts'
import type { ExpressCase } from '../../kit/express/types.ts'

/** Answers an error without its stack. */
export const quiet: ErrorRequestHandler = (error, _req, res, _next) => {
  res
    .status(error.status ?? 500)
    .json({ name: error.name, message: error.message, status: error.status, type: error.type })
}

/** Messages that are none, or that say two things at once. */
const MESSAGES: readonly (readonly [title: string, raw: string])[] = [
  ['no version', 'GET /\r\n\r\n'],
  ['a wrong version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
  ['an unknown method', 'NOPE / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a method in lower case', 'get / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a space in the path', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a null byte in the path', 'GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a/b?c\r\n\r\n'],
  ['a space before a colon', 'GET / HTTP/1.1\r\nHost: x\r\nX-A : 1\r\n\r\n'],
  ['a field without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nX-A\r\n\r\n'],
  ['a folded field', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n'],
  ['too long a field', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  ['a length that is none', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n'],
  [
    'a chunk whose size is none',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  ],
  ['an unknown coding', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: own\r\n\r\nab'],
  ['an expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n'],
  ['a CONNECT', 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['an upgrade', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: own\r\n\r\n'],
]

/** Values of parameters that cannot be decoded. */
const BROKEN = ['%', '%zz', '%E0%A4%A', 'a%ffb', '%c0%ae', '%ED%A0%80'] as const

const BAD_RANGES = [
  'bytes=',
  'bytes=-',
  'bytes=5-2',
  'bytes=99-',
  'bytes=-0',
  'bytes=a-b',
  'bytes=1-2,3-4',
  'bytes=0-0,-1',
  'bytes 1-2',
  'items=0-5',
  'bytes=0-99999999999999999999',
  `bytes=${'0-1,'.repeat(500)}0-1`,
] as const

/** Malformed messages, parameters and ranges, and answers that are given twice. */
export const badRequests: readonly ExpressCase[] = [
  ...MESSAGES.map(([title, raw]) =>
    app(
      `a message with ${title}`,
      (made, { express, log }) => {
        made
          .use(express.text(), (req, res) => {
            log(req.method, req.url)
            res.json([req.url, req.hostname ?? null, req.headers, req.body ?? null])
          })
          .use(quiet)
      },
      [{ path: '/', raw }],
      { patience: 250 },
    ),
  ),
  ...BROKEN.map((value) =>
    app(
      `the malformed parameter ${value}`,
      (made, { express, log }) => {
        const note: ErrorRequestHandler = (error, req, _res, next) => {
          log(error.message, error.status, req.url, req.baseUrl, req.params)
          next(error)
        }
        const inner = express.Router({ mergeParams: true })
        inner.param('id', (_req, _res, next, id) => {
          log('id', id)
          next()
        })
        inner.get('/:id', (req, res) => {
          res.json(req.params)
        })
        inner.use(note)
        made
          .use('/router', inner)
          .use('/mount/:x', inner)
          .get(/^\/regex\/(.+)$/, (req, res) => {
            res.json(req.params)
          })
          .get('/pair/:a-:b', (req, res) => {
            res.json(req.params)
          })
          .use(note, quiet)
      },
      ['router', 'mount/x', 'regex', 'pair/a-', 'none']
        .map((prefix) => `/${prefix}/${value}`.replace('-/', '-'))
        .concat(`/mount/${value}/x`),
    ),
  ),
  ...BAD_RANGES.map((range) =>
    app(
      `the range ${range.length > 50 ? `of ${range.length} letters` : range}`,
      (made, { files, log }) => {
        made.get('/:how', (req, res) => {
          log(req.range(16), req.range(16, { combine: true }))
          res.sendFile('range.txt', { root: files })
        })
      },
      [withHeaders('/send', { Range: range }), withHeaders('HEAD /send', { Range: range })],
    ),
  ),
  ...(
    [
      ['send', (res) => res.send('two')],
      ['json', (res) => res.json(2)],
      ['end', (res) => res.end('two')],
      ['write', (res) => res.write('two')],
      ['redirect', (res) => res.redirect('/two')],
      ['sendStatus', (res) => res.sendStatus(500)],
      ['set', (res) => res.set('X-A', 'two')],
      ['cookie', (res) => res.cookie('a', 'two')],
      ['removeHeader', (res) => res.removeHeader('X-Powered-By')],
      ['writeHead', (res) => res.writeHead(500)],
      ['flushHeaders', (res) => res.flushHeaders()],
      ['sendFile', (res) => res.sendFile(import.meta.filename)],
      ['appendHeader', (res) => res.appendHeader('X-A', 'two')],
    ] as readonly (readonly [string, (res: Response) => unknown])[]
  ).map(([name, again]) =>
    app(
      `res.${name} on an answer that is sent`,
      (made, { log }) => {
        const note: ErrorRequestHandler = (error, _req, res, _next) => {
          log(error.code, error.message, res.headersSent, res.writableEnded)
        }
        made
          .get('/ended', (_req, res) => {
            res.send('one')
            again(res)
            log('no error', res.getHeaders(), res.statusCode)
          })
          .get('/started', (_req, res) => {
            res.write('one')
            setTimeout(() => res.end(), 20)
            again(res)
            log('no error', res.getHeaders(), res.statusCode)
          })
          .use(note)
      },
      // After the end, Express lets the end of the answer and the file's `stat` race.
      name === 'sendFile' ? ['/started', '/started'] : ['/ended', '/started', '/ended'],
      { patience: 1000, linger: 40 },
    ),
  ),
]
