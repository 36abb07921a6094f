import type { Server } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { Request, RequestHandler, Response } from '../../../../compat/express/index.ts'
import { ask, listening, type Reply, VERSIONS } from './support.ts'

/** Header lines without the one that tells the time; an answer that is malformed, by its error. */
async function lines(
  server: Server,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<[number, string[], string]> {
  const { status, rawHeaders, body } = await ask(server, '/', { headers, method }).catch(
    (error: Error): Reply => ({ status: 0, headers: {}, rawHeaders: [], body: error.message }),
  )
  const kept = rawHeaders.flatMap((name, i) =>
    i % 2 === 1 || name === 'Date' ? [] : [`${name}: ${rawHeaders[i + 1]}`],
  )
  return [status, kept, body]
}

const HANDLERS: Record<string, (req: Request, res: Response) => unknown> = {
  text: (_req, res) => res.send('text'),
  'text beyond ASCII': (_req, res) => res.send('tëxt ☃'),
  'a header beyond ASCII': (_req, res) => res.set('X-Latin', 'é').send('tëxt'),
  JSON: (_req, res) => res.json({ a: [1, 'é'] }),
  bytes: (_req, res) => res.send(Buffer.from([1, 2, 3])),
  nothing: (_req, res) => res.send(),
  'a long text': (_req, res) => res.send('x'.repeat(5000)),
  'a long text without an ETag': (req, res) => {
    req.app.disable('etag')
    res.send('y'.repeat(5000))
  },
  'a strong ETag': (req, res) => {
    req.app.set('etag', 'strong')
    res.send('strong')
  },
  'an ETag of the app’s making': (req, res) => {
    req.app.set('etag', (body: unknown) => `"${Buffer.isBuffer(body)}"`)
    res.send('own')
  },
  'an empty text': (_req, res) => res.send(''),
  'a status without a body': (_req, res) => res.status(204).send('gone'),
  'a status of its own': (_req, res) => {
    res.statusMessage = 'Fine'
    res.send('fine')
  },
  'headers in odd cases, set twice': (_req, res) => {
    res.set('content-TYPE', 'text/plain').set('X-A', '1').set('x-a', '2').send('x')
  },
  'several cookies': (_req, res) => res.cookie('a', '1').cookie('b', '2').send('x'),
  'headers given to writeHead': (_req, res) => {
    res.set('X-A', '1')
    res.writeHead(201, 'Made', { 'X-B': '2', 'X-A': '3' })
    res.end('x')
  },
  'appended headers': (_req, res) => {
    res.setHeader('X-A', '1')
    res.appendHeader('X-A', '2').end('x')
  },
  'headers from a Map': (_req, res) => {
    res.setHeaders(new Map([['X-M', '1']])).end('x')
  },
  'a removed header': (_req, res) => {
    res.removeHeader('X-Powered-By')
    res.removeHeader('Date')
    res.send('x')
  },
  'a stream': (_req, res) => {
    res.type('txt')
    res.write('a')
    res.end('b')
  },
  'what the response says of its headers': (_req, res) => {
    res.set('X-Array', ['a', 'b'])
    res.json({
      names: res.getHeaderNames(),
      all: res.getHeaders(),
      has: [res.hasHeader('x-array'), res.hasHeader('nope')],
      sent: res.headersSent,
    })
  },
  'Connection: close': (_req, res) => res.set('Connection', 'close').send('x'),
  'Keep-Alive of its own': (_req, res) => res.set('Keep-Alive', 'timeout=9').send('x'),
  'a date of its own': (_req, res) => res.set('Date', 'Thu, 01 Jan 1970 00:00:00 GMT').send('x'),
  'chunks asked for': (_req, res) => res.set('Transfer-Encoding', 'chunked').send('x'),
  trailers: (req, res) => {
    // Node refuses to announce them where there is no body.
    if (req.method !== 'HEAD') res.set('Trailer', 'X-T')
    res.write('x')
    res.addTrailers({ 'X-T': '1' })
    res.end()
  },
  'a file name beyond ASCII': (_req, res) => res.attachment('naïve.txt').send('x'),
  'a length that is set and removed': (_req, res) => {
    res.set('Content-Length', '5')
    res.removeHeader('content-length')
    res.end('x')
  },
  'status 205': (_req, res) => res.status(205).send('x'),
  'a length without a body': (_req, res) => res.set('Content-Length', '3').status(304).end(),
  'early hints': (_req, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload' })
    res.send('x')
  },
  'flushed headers': (_req, res) => {
    res.set('X-A', '1').flushHeaders()
    res.end('x')
  },
  'a header that is none': (_req, res) => {
    const errors: unknown[] = []
    for (const set of [
      () => res.setHeader('bad name', 'x'),
      () => res.setHeader('X-Bad', 'a\nb'),
      () => res.setHeader('X-None', undefined as never),
    ]) {
      try {
        set()
      } catch (error) {
        errors.push((error as NodeJS.ErrnoException).code)
      }
    }
    res.json(errors)
  },
}

describe.each(VERSIONS)('a response of Express $version', ({ ours, real }) => {
  test.each(Object.entries(HANDLERS))(
    'is sent as the original does: %s',
    async (_name, handler) => {
      const answers = await Promise.all(
        [ours, real].map((express) => {
          const app = express()
          app.get('/', handler as RequestHandler)
          return listening(app, async (server) => {
            const first = await lines(server)
            const etag = first[1].find((line) => line.startsWith('ETag: '))?.slice(6) ?? '"x"'
            const again = await lines(server, { 'If-None-Match': etag })
            const head = await lines(server, {}, 'HEAD')
            return [first, again, head]
          })
        }),
      )
      expect(answers[0]).toEqual(answers[1])
    },
  )

  test('still knows its headers when it has been sent', async () => {
    const seen: unknown[] = []
    for (const express of [ours, real]) {
      const app = express()
      app.get('/', (_req, res) => {
        res.send('x')
        seen.push([res.getHeaders(), res.get('content-length'), res.headersSent])
        try {
          res.setHeader('X-Late', '1')
        } catch (error) {
          seen.push((error as NodeJS.ErrnoException).code)
        }
      })
      await listening(app, (server) => ask(server, '/'))
    }
    expect(seen.slice(0, 2)).toEqual(seen.slice(2))
  })

  test('lets whoever has replaced its methods see what Express shows them', async () => {
    const seen: unknown[][] = []
    for (const express of [ours, real]) {
      const calls: unknown[] = []
      const app = express()
      app.use((_req, res, next) => {
        for (const name of ['setHeader', 'writeHead', 'end', 'json', 'send'] as const) {
          const original = res[name] as (...args: unknown[]) => unknown
          Object.assign(res, {
            [name](...args: unknown[]): unknown {
              calls.push([
                name,
                ...args.map((arg) => (Buffer.isBuffer(arg) ? `bytes ${arg}` : arg)),
              ])
              return original.apply(res, args)
            },
          })
        }
        next()
      })
      app.get('/', (_req, res) => {
        res.json({ a: 1 })
      })
      await listening(app, (server) => ask(server, '/'))
      seen.push(calls)
    }
    expect(seen[0]).toEqual(seen[1])
  })
})
