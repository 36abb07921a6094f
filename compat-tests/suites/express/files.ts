import { join } from 'node:path'
import type { ErrorRequestHandler, Request, Response } from 'express'
import { app, type ExpressSuite, withHeaders } from '../../kit/express/suite.ts'
import type { Ask, ExpressCase } from '../../kit/express/types.ts'

const SCRUB = [[/\/[^\s"']*\/kit\/express\/files/g, 'FILES']] as const

const served = (
  name: string,
  options: object | undefined,
  requests: readonly Ask[],
  fallThrough = true,
): ExpressCase =>
  app(
    `express.static: ${name}`,
    (made, { express, files }) => {
      made.use('/s', express.static(files, options as never))
      if (fallThrough)
        made.use((req, res) => {
          res.status(404).end(`fell through ${req.url}`)
        })
    },
    requests,
    { scrub: SCRUB },
  )

const sent = (
  name: string,
  act: (res: Response, files: string, req: Request, log: (...values: unknown[]) => void) => unknown,
  requests: readonly Ask[] = ['/'],
): ExpressCase =>
  app(
    name,
    (made, { files, log }) => {
      made.get(/.*/, (req, res) => {
        act(res, files, req, log)
      })
      const report: ErrorRequestHandler = (error, _req, res, next) => {
        log('error', error.name, error.message, error.status, error.code)
        if (res.headersSent) next(error)
        else res.status(error.status ?? 500).end(`${error.status} ${error.code}`)
      }
      made.use(report)
    },
    requests,
    { scrub: SCRUB },
  )

const RANGES = [
  'bytes=0-4',
  'bytes=5-',
  'bytes=-5',
  'bytes=0-0',
  'bytes=35-',
  'bytes=36-',
  'bytes=100-200',
  'bytes=0-1,3-4',
  'bytes=5-2',
  'garbage',
  'bytes=',
  'bytes=0-1000',
  'items=0-1',
  'bytes=-0',
  'bytes=a-b',
] as const
const TRAVERSALS = [
  '/s/../package.json',
  '/s/%2e%2e/package.json',
  '/s/..%2fpackage.json',
  '/s/%2e%2e%2f%2e%2e%2fetc/passwd',
  '/s/..\\hello.txt',
  '/s/%5c..%5chello.txt',
  '/s/hello.txt%00',
  '/s/%00',
  '/s/%',
  '/s/%zz',
  '/s/%c0%ae%c0%ae/x',
  '/s//hello.txt',
  '/s/./hello.txt',
  '/s/sub/../hello.txt',
  '/s/hello.txt/',
  '/s//sub',
  '/s///evil.test/..',
  '/s/%2f%2fevil.test',
  '/s/hello.txt?x=../../',
  '/s/sub%2finner.txt',
  `/s/${'a'.repeat(300)}`,
  `/s/${'a/'.repeat(2500)}`,
] as const

export const files: ExpressSuite = {
  name: 'files',
  cases: [
    served('a file', undefined, [
      '/s/hello.txt',
      'HEAD /s/hello.txt',
      'POST /s/hello.txt',
      'OPTIONS /s/hello.txt',
      '/s/none.txt',
      '/s/name%20with%20space.txt',
      '/s/empty.txt',
      '/s/data.json',
      '/s/dot.png',
      '/s/style.css',
      '/s/code.js',
    ]),
    served('a folder', undefined, [
      '/s',
      '/s/',
      '/s/sub',
      '/s/sub/',
      '/s/sub?x=1',
      '/s/noindex',
      '/s/noindex/',
      'HEAD /s/sub',
    ]),
    served('redirect false', { redirect: false }, ['/s/sub', '/s/sub/', '/s']),
    served('index false', { index: false }, ['/s/', '/s/sub/', '/s/page.html']),
    served('index as a list', { index: ['none.html', 'inner.txt'] }, ['/s/sub/', '/s/']),
    served('index as text', { index: 'hello.txt' }, ['/s/', '/s/sub/']),
    served('extensions', { extensions: ['htm', 'html', 'txt'] }, [
      '/s/ext',
      '/s/hello',
      '/s/none',
      '/s/sub',
      '/s/ext.html',
    ]),
    served('extensions false', { extensions: false }, ['/s/ext']),
    ...(['allow', 'deny', 'ignore', undefined] as const).map((dotfiles) =>
      served(`dotfiles ${dotfiles}`, { dotfiles }, [
        '/s/.hidden',
        '/s/.private/key.txt',
        '/s/%2ehidden',
        '/s/.none',
      ]),
    ),
    served('a bad dotfiles option', { dotfiles: 'x' }, ['/s/.hidden', '/s/hello.txt']),
    served(
      'fallthrough false',
      { fallthrough: false },
      [
        '/s/none.txt',
        'POST /s/hello.txt',
        '/s/%',
        '/s/../x',
        '/s/.hidden',
        'OPTIONS /s/hello.txt',
        '/s/sub',
      ],
      false,
    ),
    ...([0, 1000, '1d', '2 hours', 31_536_000_000_000, 'x', Number.POSITIVE_INFINITY] as const).map(
      (maxAge) => served(`maxAge ${maxAge}`, { maxAge }, ['/s/hello.txt']),
    ),
    served('immutable', { immutable: true, maxAge: '1y' }, ['/s/hello.txt']),
    served('cacheControl false', { cacheControl: false, maxAge: '1d' }, ['/s/hello.txt']),
    served('etag false', { etag: false }, ['/s/hello.txt']),
    served('lastModified false', { lastModified: false }, ['/s/hello.txt']),
    served('acceptRanges false', { acceptRanges: false }, [
      '/s/range.txt',
      withHeaders('/s/range.txt', { Range: 'bytes=0-4' }),
    ]),
    served(
      'setHeaders',
      {
        setHeaders: (res: Response, path: string, stat: { size: number }) => {
          res
            .set('X-Path', path.slice(-9))
            .set('X-Size', String(stat.size))
            .set('Cache-Control', 'private')
        },
      },
      ['/s/hello.txt', '/s/sub', '/s/none'],
    ),
    served('a bad setHeaders', { setHeaders: 'x' }, ['/s/hello.txt']),
    app('express.static without a root', (_made, { express }) => {
      ;(express.static as (root?: unknown) => unknown)()
    }),
    app('express.static with a root that is no text', (_made, { express }) => {
      ;(express.static as (root?: unknown) => unknown)(7)
    }),
    app(
      'express.static with a root that is missing',
      (made, { express }) => {
        made.use(express.static('/nowhere/at/all'))
      },
      ['/x'],
    ),
    ...RANGES.map((range) =>
      served(`Range ${JSON.stringify(range)}`, undefined, [
        withHeaders('/s/range.txt', { Range: range }),
        withHeaders('HEAD /s/range.txt', { Range: range }),
      ]),
    ),
    served('If-Range', undefined, [
      withHeaders('/s/range.txt', { Range: 'bytes=0-4', 'If-Range': '"x"' }),
      withHeaders('/s/range.txt', {
        Range: 'bytes=0-4',
        'If-Range': 'Fri, 01 Jan 2100 00:00:00 GMT',
      }),
      withHeaders('/s/range.txt', {
        Range: 'bytes=0-4',
        'If-Range': 'Thu, 01 Jan 1970 00:00:00 GMT',
      }),
    ]),
    served('conditional requests', undefined, [
      withHeaders('/s/hello.txt', { 'If-None-Match': '*' }),
      withHeaders('/s/hello.txt', { 'If-None-Match': '"x"' }),
      withHeaders('/s/hello.txt', { 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' }),
      withHeaders('/s/hello.txt', { 'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
      withHeaders('/s/hello.txt', { 'If-Match': '"x"' }),
      withHeaders('/s/hello.txt', { 'If-Match': '*' }),
      withHeaders('/s/hello.txt', { 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
      withHeaders('/s/hello.txt', { 'If-Unmodified-Since': 'bad' }),
    ]),
    ...TRAVERSALS.map((path) =>
      served(`the path ${path.length > 60 ? `of ${path.length} letters` : path}`, undefined, [
        path,
      ]),
    ),
    ...TRAVERSALS.map((path) =>
      served(
        `the path ${path.length > 60 ? `of ${path.length} letters` : path} without falling through`,
        { fallthrough: false, dotfiles: 'deny' },
        [path],
        false,
      ),
    ),
    app(
      'express.static at the root and other routes',
      (made, { express, files }) => {
        made.use(express.static(files)).get('/api', (_req, res) => {
          res.send('api')
        })
      },
      ['/hello.txt', '/api', '/', '/sub', '//sub', '//hello.txt', '/none'],
    ),
    app(
      'two static folders',
      (made, { express, files }) => {
        made.use(express.static(join(files, 'sub')), express.static(files))
      },
      ['/inner.txt', '/hello.txt', '/'],
    ),
    app(
      'express.static after a patched response',
      (made, { express, files, log }) => {
        made
          .use((_req, res, next) => {
            const end = res.end
            res.end = function (this: Response, ...args: unknown[]) {
              log('end', args.length)
              return (end as (...a: unknown[]) => Response).apply(this, args)
            } as never
            next()
          })
          .use(express.static(files))
      },
      ['/hello.txt', '/empty.txt'],
    ),
    app(
      'express.static keeps headers set before',
      (made, { express, files }) => {
        made
          .use((_req, res, next) => {
            res.set({ 'Content-Type': 'text/x', 'Cache-Control': 'no-store', ETag: '"own"' })
            next()
          })
          .use(express.static(files))
      },
      ['/hello.txt', '/sub'],
    ),
    sent('res.sendFile', (res, files) => res.sendFile(join(files, 'hello.txt')), [
      '/',
      'HEAD /',
      withHeaders('/', { Range: 'bytes=0-3' }),
      withHeaders('/', { 'If-None-Match': '*' }),
    ]),
    sent('res.sendFile with a root', (res) =>
      res.sendFile('hello.txt', { root: join(import.meta.dirname, '../../kit/express/files') }),
    ),
    sent('res.sendFile of a missing file', (res, files) => res.sendFile(join(files, 'none.txt'))),
    sent('res.sendFile of a folder', (res, files) => res.sendFile(join(files, 'sub'))),
    sent('res.sendFile of an empty file', (res, files) => res.sendFile(join(files, 'empty.txt'))),
    sent('res.sendFile of a relative path', (res) => res.sendFile('hello.txt')),
    sent('res.sendFile without a path', (res) => (res.sendFile as () => void)()),
    sent('res.sendFile with a path that is no text', (res) =>
      (res.sendFile as (path: unknown) => void)(7),
    ),
    sent('res.sendFile of a dotfile', (res, files) => res.sendFile(join(files, '.hidden'))),
    sent('res.sendFile of a dotfile allowed', (res, files) =>
      res.sendFile(join(files, '.hidden'), { dotfiles: 'allow' }),
    ),
    sent('res.sendFile of a dotfile denied', (res, files) =>
      res.sendFile(join(files, '.hidden'), { dotfiles: 'deny' }),
    ),
    sent('res.sendFile in a dot folder as root', (res, files) =>
      res.sendFile('key.txt', { root: join(files, '.private') }),
    ),
    sent('res.sendFile that leaves its root', (res, files) =>
      res.sendFile('../hello.txt', { root: join(files, 'sub') }),
    ),
    sent('res.sendFile with signs in the name', (res, files) =>
      res.sendFile(join(files, 'name with space.txt')),
    ),
    sent('res.sendFile with a null byte', (res, files) => res.sendFile(join(files, 'hello.txt\0'))),
    sent('res.sendFile with maxAge', (res, files) =>
      res.sendFile(join(files, 'hello.txt'), { maxAge: '4 hours', immutable: true }),
    ),
    sent('res.sendFile with headers', (res, files) =>
      res.sendFile(join(files, 'hello.txt'), { headers: { 'X-A': '1', 'Content-Type': 'text/x' } }),
    ),
    sent('res.sendFile with headers for a missing file', (res, files) =>
      res.sendFile(join(files, 'none'), { headers: { 'X-A': '1' } }),
    ),
    sent('res.sendFile with cacheControl, etag and lastModified off', (res, files) =>
      res.sendFile(join(files, 'hello.txt'), {
        cacheControl: false,
        etag: false,
        lastModified: false,
      } as never),
    ),
    sent(
      'res.sendFile with acceptRanges off',
      (res, files) => res.sendFile(join(files, 'hello.txt'), { acceptRanges: false }),
      [withHeaders('/', { Range: 'bytes=0-3' })],
    ),
    sent('res.sendFile with start and end', (res, files) =>
      res.sendFile(join(files, 'range.txt'), { start: 5, end: 9 } as never),
    ),
    sent('res.sendFile with a callback', (res, files, _req, log) =>
      res.sendFile(join(files, 'hello.txt'), (error) => {
        log('done', error, res.headersSent)
      }),
    ),
    sent('res.sendFile with a callback and a missing file', (res, files, _req, log) =>
      res.sendFile(join(files, 'none.txt'), (error) => {
        log(
          'done',
          (error as unknown as { code: string; status: number }).code,
          (error as unknown as { status: number }).status,
          res.headersSent,
        )
        res.status(404).end('handled')
      }),
    ),
    sent('res.sendFile with options and a callback', (res, files, _req, log) =>
      res.sendFile('hello.txt', { root: files }, (error) => {
        log('done', error)
      }),
    ),
    sent(
      'res.sendFile with a callback and HEAD',
      (res, files, _req, log) =>
        res.sendFile(join(files, 'hello.txt'), (error) => {
          log('done', error)
        }),
      ['HEAD /'],
    ),
    sent(
      'res.sendFile with a callback and 304',
      (res, files, _req, log) =>
        res.sendFile(join(files, 'hello.txt'), (error) => {
          log('done', error)
        }),
      [withHeaders('/', { 'If-None-Match': '*' })],
    ),
    sent('res.sendFile after status and type', (res, files) =>
      res.status(203).type('text/x').sendFile(join(files, 'hello.txt')),
    ),
    sent('res.sendFile after an answer', (res, files, _req, log) => {
      res.end('x')
      res.sendFile(join(files, 'hello.txt'), (error) => {
        // Which it is depends on whether the disk or the client is faster, on Express too.
        const refusals = ["Can't set headers after they are sent.", 'Request aborted']
        log('done', refusals.includes(error?.message ?? '') ? 'refused' : error)
      })
    }),
    sent(
      'res.sendFile and a client that leaves',
      (res, files, _req, log) => {
        res.on('close', () => log('close'))
        setTimeout(
          () =>
            res.sendFile(join(files, 'hello.txt'), (error) => {
              log('done', (error as unknown as { code?: string })?.code)
            }),
          60,
        )
      },
      [{ path: '/', leaveAfter: 20 }],
    ),
    sent('res.download', (res, files) => res.download(join(files, 'hello.txt')), [
      '/',
      'HEAD /',
      withHeaders('/', { Range: 'bytes=0-3' }),
    ]),
    sent('res.download with a name', (res, files) =>
      res.download(join(files, 'hello.txt'), 'report é.html'),
    ),
    sent('res.download with a name and options', (res, files) =>
      res.download('hello.txt', 'x.txt', {
        root: files,
        headers: { 'X-A': '1', 'Content-Disposition': 'inline', 'content-type': 'text/x' },
        maxAge: 1000,
      }),
    ),
    sent('res.download with options only', (res, files) =>
      res.download('hello.txt', { root: files } as never),
    ),
    sent('res.download with a callback', (res, files, _req, log) =>
      res.download(join(files, 'hello.txt'), (error) => {
        log('done', error)
      }),
    ),
    sent('res.download of a missing file', (res, files) =>
      res.download(join(files, 'none.txt'), 'n.txt'),
    ),
    sent('res.download of a missing file with a callback', (res, files, _req, log) =>
      res.download(join(files, 'none.txt'), (error) => {
        log((error as unknown as { code: string }).code, res.get('Content-Disposition'))
        res.status(404).end()
      }),
    ),
    sent('res.download of a relative path', (res) =>
      res.download('package.json'.replace('package', 'missing')),
    ),
    sent('res.download with a name, options and a callback', (res, files, _req, log) =>
      res.download('hello.txt', 'n.txt', { root: files }, (error) => {
        log('done', error)
      }),
    ),
    sent('res.download of a dotfile', (res, files) => res.download(join(files, '.hidden'))),
    app('res.sendFile without an ETag by setting', (made, { files }) => {
      made.disable('etag').get('/', (_req, res) => {
        res.sendFile(join(files, 'hello.txt'))
      })
    }),
  ],
}
