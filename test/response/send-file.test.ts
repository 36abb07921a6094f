import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { guessType } from '../../src/response/guess-type.ts'
import { Response } from '../../src/response/response.ts'
import { type SendFileOptions, sendFile, sendFromDirectory } from '../../src/response/send-file.ts'
import {
  fetchRaw,
  header,
  type Reply,
  serve,
  type TestServer,
  type View,
} from '../request/serve.ts'

let root: string
let server: TestServer | undefined

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'send-file-test-'))
  mkdirSync(join(root, 'static/sub'), { recursive: true })
  const files: Record<string, string> = {
    'secret.txt': 'no!',
    'static/num.txt': '0123456789',
    'static/app.css': 'body {}',
    'static/a b&c.txt': 'sp',
    'static/noext': 'x',
    'static/data.tar.gz': 'gz',
    'static/empty.txt': '',
    'static/sub/deep.txt': 'deep',
    'static/big.bin': 'x'.repeat(1_000_000),
  }
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(root, name), text)
    utimesSync(join(root, name), 1_690_000_000, 1_690_000_000)
  }
})
afterAll(() => rmSync(root, { recursive: true }))
afterEach(async () => {
  vi.restoreAllMocks()
  await server?.close()
  server = undefined
})

const app = (extra: object = {}) => ({
  rootPath: root,
  responseClass: Response,
  config: {},
  getSendFileMaxAge: (): number | null => null,
  ...extra,
})

/** Files of ours that this process has open (Linux only). */
function openFiles(): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(root) ? [path] : []
    } catch {
      return []
    }
  })
}

async function ask(
  view: View,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Reply> {
  server = await serve(view)
  const reply = await fetchRaw(server.port, '/', { headers, method })
  await expect.poll(openFiles).toEqual([])
  return reply
}

const send =
  (options: SendFileOptions = {}, name = 'static/num.txt'): View =>
  (request) =>
    sendFile(name, options, { app: app(), request })

const sent = (reply: Reply): [string, string][] =>
  reply.headers.filter(([name]) => !['Date', 'Connection', 'Keep-Alive'].includes(name))

describe('sendFile', () => {
  it('sends a file with type, disposition, length, time, tag and ranges', async () => {
    const reply = await ask(send())
    expect(reply.status).toBe(200)
    const etag = header(reply, 'etag')
    expect(sent(reply)).toEqual([
      ['Content-Disposition', 'inline; filename=num.txt'],
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', '10'],
      ['Last-Modified', 'Sat, 22 Jul 2023 04:26:40 GMT'],
      ['Cache-Control', 'no-cache'],
      ['ETag', etag],
      ['Accept-Ranges', 'bytes'],
    ])
    expect(etag).toMatch(/^"1690000000\.0-10-\d+"$/)
    expect(reply.body.toString()).toBe('0123456789')
  })

  it('takes absolute paths and file URLs', async () => {
    const path = join(root, 'static/num.txt')
    for (const source of [path, pathToFileURL(path)]) {
      const reply = await ask((request) => sendFile(source, {}, { app: app(), request }))
      expect(reply.body.toString()).toBe('0123456789')
      await server?.close()
    }
  })

  it.each([
    [{ asAttachment: true }, 'attachment; filename=num.txt'],
    [{ downloadName: 'x.csv' }, 'inline; filename=x.csv'],
    [
      { asAttachment: true, downloadName: 'report é.txt' },
      'attachment; filename="report e.txt"; filename*=UTF-8\'\'report%20%C3%A9.txt',
    ],
    [{ downloadName: 'a"b\\c;.txt' }, 'inline; filename="a\\"b\\\\c;.txt"'],
    [{ downloadName: '文.txt' }, "inline; filename=.txt; filename*=UTF-8''%E6%96%87.txt"],
    [
      { downloadName: "é'(1)~.txt" },
      "inline; filename=\"e'(1)~.txt\"; filename*=UTF-8''%C3%A9%27%281%29~.txt",
    ],
  ])('names the file for %j', async (options, disposition) => {
    expect(header(await ask(send(options)), 'content-disposition')).toBe(disposition)
  })

  it('takes its type from the name, unless told', async () => {
    expect(header(await ask(send({ mimetype: 'text/x-thing' })), 'content-type')).toBe(
      'text/x-thing; charset=utf-8',
    )
    await server?.close()
    expect(header(await ask(send({}, 'static/noext')), 'content-type')).toBe(
      'application/octet-stream',
    )
  })

  it('says that an archive is compressed, unless it is to be saved', async () => {
    const shown = await ask(send({}, 'static/data.tar.gz'))
    expect(header(shown, 'content-type')).toBe('application/x-tar')
    expect(header(shown, 'content-encoding')).toBe('gzip')
    await server?.close()
    const saved = await ask(send({ asAttachment: true }, 'static/data.tar.gz'))
    expect(header(saved, 'content-encoding')).toBeNull()
  })

  it.each<[SendFileOptions, string, string | null]>([
    [{ maxAge: 60 }, 'public, max-age=60', 'Tue, 14 Nov 2023 22:14:20 GMT'],
    [{ maxAge: 0 }, 'no-cache, max-age=0', 'Tue, 14 Nov 2023 22:13:20 GMT'],
    [{ maxAge: (path) => path?.length ?? null }, 'public, max-age=', null],
    [{}, 'no-cache', null],
  ])('may be kept as %j says', async (options, control, expires) => {
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000)
    const reply = await ask(send(options))
    expect(header(reply, 'cache-control')).toContain(control)
    if (expires !== null) expect(header(reply, 'expires')).toBe(expires)
  })

  it('asks the app how long a file may be kept', async () => {
    const context = { app: app({ getSendFileMaxAge: () => 7 }) }
    const reply = await ask((request) => sendFile('static/num.txt', {}, { ...context, request }))
    expect(header(reply, 'cache-control')).toBe('public, max-age=7')
  })

  it('has the tag, time and conditions that it is told', async () => {
    const custom = await ask(send({ etag: 'custom', lastModified: 1_600_000_000 }))
    expect(header(custom, 'etag')).toBe('"custom"')
    expect(header(custom, 'last-modified')).toBe('Sun, 13 Sep 2020 12:26:40 GMT')
    await server?.close()
    const plain = await ask(send({ etag: false, conditional: false }), { Range: 'bytes=0-1' })
    expect(plain.status).toBe(200)
    expect(header(plain, 'etag')).toBeNull()
    expect(header(plain, 'accept-ranges')).toBeNull()
  })

  it('sends bytes and streams', async () => {
    const bytes = await ask((request) =>
      sendFile(Buffer.from('bytesio'), { mimetype: 'text/plain' }, { app: app(), request }),
    )
    expect(sent(bytes)).toEqual([
      ['Content-Type', 'text/plain; charset=utf-8'],
      ['Content-Length', '7'],
      ['Cache-Control', 'no-cache'],
      ['Accept-Ranges', 'bytes'],
    ])
    expect(bytes.body.toString()).toBe('bytesio')
    await server?.close()
    const range = await ask(
      (request) =>
        sendFile(
          new TextEncoder().encode('bytesio'),
          { downloadName: 'd.json' },
          { app: app(), request },
        ),
      { Range: 'bytes=2-3' },
    )
    expect([range.status, range.body.toString()]).toEqual([206, 'te'])
    await server?.close()
    const stream = await ask((request) =>
      sendFile(
        [Buffer.from('ab'), Buffer.from('c')].values(),
        { downloadName: 'x.txt' },
        { app: app(), request },
      ),
    )
    expect(stream.body.toString()).toBe('abc')
    expect(header(stream, 'content-length')).toBeNull()
  })

  it('refuses bytes without a name or type', () => {
    const request = { method: 'GET', headers: { get: () => null } }
    const attempt = (options: SendFileOptions) => () =>
      sendFile(Buffer.from('x'), options, { app: app(), request })
    expect(attempt({})).toThrow('Unable to detect the MIME type')
    expect(attempt({ mimetype: 'a/b', asAttachment: true })).toThrow('No name provided')
  })

  it('rejects for what is no readable file, and leaves nothing open', async () => {
    const request = { method: 'GET', headers: { get: () => null } }
    for (const path of ['nope.txt', 'static']) {
      await expect(sendFile(path, {}, { app: app(), request })).rejects.toThrow()
    }
    expect(openFiles()).toEqual([])
  })

  it('leaves the sending to a front server when told', async () => {
    const context = { app: app({ config: { USE_X_SENDFILE: true } }) }
    const reply = await ask(
      (request) => sendFile('static/num.txt', {}, { ...context, request }),
      {},
      'HEAD',
    )
    expect(header(reply, 'x-sendfile')).toBe(join(root, 'static/num.txt'))
    expect(header(reply, 'content-length')).toBe('10')
  })

  it('sends a large file in pieces', async () => {
    const reply = await ask(send({}, 'static/big.bin'))
    expect(reply.body.equals(Buffer.alloc(1_000_000, 'x'))).toBe(true)
  })

  it('sends an empty file, for a range as well', async () => {
    const reply = await ask(send({}, 'static/empty.txt'), { Range: 'bytes=0-1' })
    expect([reply.status, header(reply, 'content-length')]).toEqual([200, '0'])
  })
})

describe('conditions and ranges', () => {
  const tag = async (): Promise<string> => {
    const etag = header(await ask(send()), 'etag') as string
    await server?.close()
    return etag
  }

  it.each<[string, Record<string, string>, number, string?, string?]>([
    ['its tag', { 'If-None-Match': 'TAG' }, 304],
    ['its weak tag', { 'If-None-Match': 'W/TAG' }, 304],
    ['any tag', { 'If-None-Match': '*' }, 304],
    ['another tag', { 'If-None-Match': '"no"' }, 200],
    ['its time', { 'If-Modified-Since': 'Sat, 22 Jul 2023 04:26:40 GMT' }, 304],
    ['an earlier time', { 'If-Modified-Since': 'Sat, 22 Jul 2023 04:26:39 GMT' }, 200],
    [
      'tag before time',
      { 'If-None-Match': '"no"', 'If-Modified-Since': 'Sat, 22 Jul 2023 04:26:40 GMT' },
      200,
    ],
    ['a tag to match', { 'If-Match': 'TAG' }, 200],
    ['another tag to match', { 'If-Match': '"no"' }, 412],
    ['a range', { Range: 'bytes=0-3' }, 206, '0123', 'bytes 0-3/10'],
    ['an open range', { Range: 'bytes=4-' }, 206, '456789', 'bytes 4-9/10'],
    ['the end', { Range: 'bytes=-2' }, 206, '89', 'bytes 8-9/10'],
    ['more than there is', { Range: 'bytes=0-999' }, 206, '0123456789', 'bytes 0-9/10'],
    ['a range behind the end', { Range: 'bytes=10-' }, 416, undefined, 'bytes */10'],
    ['a range the wrong way', { Range: 'bytes=5-2' }, 416, undefined, 'bytes */10'],
    ['several ranges', { Range: 'bytes=0-1,4-5' }, 416, undefined, 'bytes */10'],
    ['another unit', { Range: 'items=0-1' }, 416, undefined, 'bytes */10'],
    ['nonsense', { Range: 'bytes=abc' }, 416, undefined, 'bytes */10'],
    ['a thousand ranges', { Range: `bytes=${Array(1000).fill('0-').join(',')}` }, 416],
    ['a range if the tag is the same', { Range: 'bytes=0-3', 'If-Range': 'TAG' }, 206, '0123'],
    [
      'a range if the tag is another',
      { Range: 'bytes=0-3', 'If-Range': '"no"' },
      200,
      '0123456789',
    ],
    [
      'a range if unchanged',
      { Range: 'bytes=0-3', 'If-Range': 'Sat, 22 Jul 2023 04:26:40 GMT' },
      206,
    ],
    [
      'a range if changed',
      { Range: 'bytes=0-3', 'If-Range': 'Sat, 22 Jul 2023 04:26:39 GMT' },
      200,
    ],
  ])('for %s', async (_name, headers, status, body, contentRange) => {
    const etag = await tag()
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('TAG', etag)]),
    )
    const reply = await ask(send(), given)
    expect(reply.status).toBe(status)
    if (body !== undefined) {
      expect(reply.body.toString()).toBe(body)
      expect(header(reply, 'content-length')).toBe(String(body.length))
    }
    if (contentRange !== undefined) expect(header(reply, 'content-range')).toBe(contentRange)
    if (status === 304) {
      expect(sent(reply)).toEqual([
        ['Content-Disposition', 'inline; filename=num.txt'],
        ['Cache-Control', 'no-cache'],
        ['ETag', etag],
        ['Accept-Ranges', 'bytes'],
      ])
    }
  })

  it('for HEAD, without a body', async () => {
    const reply = await ask(send(), { Range: 'bytes=0-3' }, 'HEAD')
    expect([reply.status, header(reply, 'content-length'), reply.body.length]).toEqual([
      206,
      '4',
      0,
    ])
  })

  it('only for GET and HEAD', async () => {
    const reply = await ask(send(), { Range: 'bytes=0-3', 'If-None-Match': '*' }, 'POST')
    expect([reply.status, reply.body.toString()]).toEqual([200, '0123456789'])
  })

  it.each([
    ['text', () => '0123456789'],
    ['bytes', () => Buffer.from('0123456789')],
    ['chunks', () => ['012', '34567', '89']],
    ['a generator', () => ['012', '34567', '89'].values()],
    [
      'an asynchronous one',
      async function* () {
        yield* ['012', '34567', '89']
      },
    ],
  ])('of a body that is %s', async (_name, make) => {
    const reply = await ask(
      (request) =>
        new Response(make()).makeConditional(request, { acceptRanges: true, completeLength: 10 }),
      { Range: 'bytes=2-8' },
    )
    expect([reply.status, reply.body.toString()]).toEqual([206, '2345678'])
    expect(header(reply, 'content-length')).toBe('7')
  })

  it('adds Date and a length to a conditional answer', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000)
    const request = { method: 'GET', headers: { get: () => null } }
    const response = new Response(['ab', 'c']).makeConditional(request)
    expect(response.headers.get('Date')).toBe('Tue, 14 Nov 2023 22:13:20 GMT')
    expect(response.contentLength).toBe(3)
    expect(response.acceptRanges).toBeNull()
  })
})

describe('sendFromDirectory', () => {
  const from =
    (path: string, options: SendFileOptions = {}): View =>
    (request) =>
      sendFromDirectory('static', path, options, { app: app(), request })

  it.each([['num.txt'], ['sub/deep.txt'], ['sub/../app.css'], ['num.txt/']])(
    'sends %s',
    async (path) => {
      expect((await ask(from(path))).status).toBe(200)
    },
  )

  it.each([
    ['nope'],
    ['../secret.txt'],
    ['sub/../../secret.txt'],
    ['/etc/passwd'],
    ['sub'],
    ['sub/'],
    [''],
    ['.'],
    ['a\0b'],
    ['num.txt\0.png'],
    [`${'x'.repeat(300)}`],
    ['num.txt/x'],
  ])('does not find %j', async (path) => {
    expect((await ask(from(path))).status).toBe(404)
  })

  it('passes the options on', async () => {
    const reply = await ask(from('num.txt', { asAttachment: true }))
    expect(header(reply, 'content-disposition')).toBe('attachment; filename=num.txt')
  })

  it.skipIf(process.platform === 'win32')('does not wait for a named pipe', async () => {
    execFileSync('mkfifo', [join(root, 'static/pipe')])
    expect((await ask(from('pipe'))).status).toBe(404)
  })
})

describe('guessType', () => {
  it.each([
    ['a.html', 'text/html', null],
    ['a.JS', 'text/javascript', null],
    ['a.json', 'application/json', null],
    ['a.svgz', 'image/svg+xml', 'gzip'],
    ['a.tgz', 'application/x-tar', 'gzip'],
    ['a.txt.xz', 'text/plain', 'xz'],
    ['a.gz', null, 'gzip'],
    ['.html', null, null],
    ['..html', null, null],
    ['a.b/c', null, null],
    ['a', null, null],
    ['a.', null, null],
    ['a.unknown-thing', null, null],
    ['a.wav', 'audio/x-wav', null],
    ['a.webp', 'image/webp', null],
    ['a.woff2', 'font/woff2', null],
  ])('%s is %s in %s', (name, type, encoding) => {
    expect(guessType(name)).toEqual([type, encoding])
  })
})
