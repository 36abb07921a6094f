import fs, {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { keptContent } from '../../../../compat/express/files/kept-files.ts'
import type { ErrorRequestHandler, Response } from '../../../../compat/express/index.ts'
import { ask, listening, type Reply, VERSIONS } from './support.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bustapi-files-'))
})
beforeEach(() => {
  // What is asked for in vain is logged in production.
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/** All of an answer but the time; a malformed one by its error. */
async function answer(reply: Promise<Reply>): Promise<unknown> {
  try {
    const { status, rawHeaders, body } = await reply
    const lines = rawHeaders.flatMap((name, i) =>
      i % 2 === 1 ? [] : [`${name}: ${rawHeaders[i + 1]}`],
    )
    return [status, lines.filter((line) => !line.startsWith('Date: ')), body]
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

/** Lets a file look the same for longer than it takes to be kept, in ticks of the file system's clock too. */
async function settle(file: string): Promise<void> {
  const { ctimeMs } = statSync(file)
  while (statSync(write('tick', '')).ctimeMs <= ctimeMs) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  vi.advanceTimersByTime(3000)
}

/** A content is kept after it has been sent. */
async function untilKept(file: string): Promise<void> {
  if (process.platform !== 'linux') return
  while (keptContent(file, statSync(file)) === undefined) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

interface SentFile {
  on(event: string, listener: (...args: unknown[]) => void): void
}

describe.each(VERSIONS)('a file, as Express $version', ({ ours, real }) => {
  type Make = (express: typeof ours) => ReturnType<typeof ours>

  const sameAnswers = async (
    make: Make,
    path: string,
    options: Parameters<typeof ask>[2] = {},
    before: () => void = () => {},
  ): Promise<unknown> => {
    const answers: unknown[] = []
    for (const express of [real, ours]) {
      before()
      // Without stack traces, which name files.
      const app = make(express).set('env', 'production')
      answers.push(await listening(app, (server) => answer(ask(server, path, options))))
    }
    expect(answers[1]).toEqual(answers[0])
    return answers[1]
  }

  const served: Make = (express) => express().use(express.static(folder))

  it.each([
    ['GET', {}],
    ['HEAD', {}],
    ['GET', { Range: 'bytes=2-5' }],
    ['GET', { Range: 'bytes=0-' }],
    ['GET', { Range: 'bytes=99-' }],
    ['GET', { 'If-None-Match': '*' }],
    ['GET', { 'If-Match': '"other"' }],
    ['GET', { 'If-Modified-Since': 'Fri, 01 Jan 2100 00:00:00 GMT' }],
  ])('has the same head and body: %s %o', async (method, headers) => {
    write('plain.txt', 'some plain text')
    await sameAnswers(served, '/plain.txt', { method, headers: headers as Record<string, string> })
    await sameAnswers(
      (express) => express().use((_req, res) => res.sendFile(join(folder, 'plain.txt'))),
      '/',
      { method, headers: headers as Record<string, string> },
    )
  })

  it.each([0, 1, 64 * 1024, 64 * 1024 + 1, 300_000])(
    'arrives whole with %i bytes',
    async (size) => {
      write('sized.bin', 'x'.repeat(size))
      const [status, , body] = (await sameAnswers(served, '/sized.bin')) as [
        number,
        string[],
        string,
      ]
      expect([status, body.length]).toEqual([200, size])
    },
  )

  it('has what `setHeaders` and headers of the app put there, in their order', async () => {
    write('headers.html', '<p>')
    await sameAnswers((express) => {
      const app = express()
      app.use((_req, res, next) => {
        res.set('X-Before', '1').append('Set-Cookie', 'a=1').append('Set-Cookie', 'b=2')
        next()
      })
      return app.use(
        express.static(folder, {
          maxAge: '1h',
          setHeaders: (res: Response) => {
            res.set('X-Set', 'é')
          },
        }),
      )
    }, '/headers.html')
  })

  it('tells the callback of `sendFile` and of `download`', async () => {
    const file = write('called.txt', 'called')
    for (const method of ['sendFile', 'download'] as const) {
      const calls: unknown[][] = []
      const app = ours().use((_req, res) => {
        res[method](file, (...args: unknown[]) => calls.push([...args, res.headersSent]))
      })
      await listening(app, (server) => ask(server, '/'))
      expect(calls).toEqual([[undefined, true]])
    }
  })

  it('is never stale: not after a change within a tick, nor with times and size as before', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    await listening(served(ours), async (server) => {
      const text = async (): Promise<string> => (await ask(server, '/changing.txt')).body
      const file = write('changing.txt', 'first')
      const { atime, mtime } = statSync(file)
      expect(await text()).toBe('first')
      writeFileSync(file, 'other')
      expect(await text()).toBe('other')

      // Kept from here on.
      await settle(file)
      expect(await text()).toBe('other')
      await untilKept(file)
      expect(await text()).toBe('other')
      writeFileSync(file, 'third')
      utimesSync(file, atime, mtime)
      expect(await text()).toBe('third')

      await settle(file)
      expect(await text()).toBe('third')
      await untilKept(file)
      writeFileSync(file, 'equal')
      utimesSync(file, atime, mtime)
      expect(await text()).toBe('equal')

      await settle(file)
      expect(await text()).toBe('equal')
      await untilKept(file)
      const another = write('another.txt', 'moved')
      utimesSync(another, atime, mtime)
      renameSync(another, file)
      expect(await text()).toBe('moved')

      unlinkSync(file)
      expect((await ask(server, '/changing.txt')).status).toBe(404)
    })
  })

  it.runIf(process.platform === 'linux')(
    'is read once when it has not changed for a while, and again some time later',
    async () => {
      vi.useFakeTimers({ toFake: ['performance'] })
      const opened = vi.spyOn(fs, 'open')
      await listening(served(ours), async (server) => {
        const file = write('kept.txt', 'kept')
        const count = async (): Promise<number> => {
          opened.mockClear()
          expect((await ask(server, '/kept.txt')).body).toBe('kept')
          return opened.mock.calls.length
        }
        expect([await count(), await count()]).toEqual([1, 1])
        await settle(file)
        expect(await count()).toBe(1)
        await untilKept(file)
        expect([await count(), await count()]).toEqual([0, 0])
        vi.advanceTimersByTime(11_000)
        expect(keptContent(file, statSync(file))).toBe(undefined)
        expect(await count()).toBe(1)
        await untilKept(file)
        expect(await count()).toBe(0)
      })
    },
  )

  it('is streamed as ever when somebody has replaced `write` or `end`', async () => {
    write('patched.txt', 'patched')
    for (const name of ['write', 'end'] as const) {
      const seen: string[] = []
      const app = ours().use((_req, res, next) => {
        for (const method of ['write', 'end'] as const) {
          const own = res[method] as (...args: unknown[]) => never
          if (method !== name) continue
          res[method] = (...args: unknown[]): never => {
            seen.push(`${method} ${args.filter(Buffer.isBuffer)}`)
            return own.apply(res, args)
          }
        }
        next()
      })
      app.use(ours.static(folder))
      const { body } = await listening(app, (server) => ask(server, '/patched.txt'))
      expect(body).toBe('patched')
      expect(seen).toEqual([name === 'write' ? 'write patched' : 'end '])
    }
  })

  it('comes to a replaced `write` in the pieces that Express has it in', async () => {
    write('large.bin', 'x'.repeat(300_000))
    const lengths = [real, ours].map(async (express) => {
      const seen: number[] = []
      const app = express().use((_req, res, next) => {
        const own = res.write as (...args: unknown[]) => boolean
        res.write = (...args: unknown[]): boolean => {
          seen.push((args[0] as Buffer).length)
          return own.apply(res, args)
        }
        next()
      })
      app.use(express.static(folder))
      const { body } = await listening(app, (server) => ask(server, '/large.bin'))
      return [body.length, ...seen]
    })
    expect(await lengths[1]).toEqual(await lengths[0])
  })

  it('has the ranges of a large file', async () => {
    write('ranges.bin', Array.from({ length: 50_000 }, (_, i) => `${i}`.padStart(6)).join(''))
    for (const range of ['bytes=1-5', 'bytes=10-200000', 'bytes=100000-', 'bytes=-131073']) {
      await sameAnswers(served, '/ranges.bin', { headers: { Range: range } })
    }
  })

  it('has the length that a replaced `writeHead` leaves it', async () => {
    write('shorn.txt', 'shorn')
    await sameAnswers((express) => {
      const app = express()
      app.use((_req, res, next) => {
        const { writeHead } = res
        res.writeHead = ((...args: [number]) => {
          res.removeHeader('Content-Length')
          return writeHead.apply(res, args)
        }) as typeof writeHead
        next()
      })
      return app.use(express.static(folder))
    }, '/shorn.txt')
  })

  it('is streamed as ever for who listens to the streams', async () => {
    write('heard.txt', 'heard')
    const heard: string[] = []
    const app = ours().use(
      ours.static(folder, {
        setHeaders(this: SentFile) {
          this.on('stream', (stream) => heard.push((stream as object).constructor.name))
        },
      }),
    )
    await listening(app, (server) => ask(server, '/heard.txt'))
    expect(heard).toEqual(['ReadStream'])
    const other = ours().use((_req, res, next) => {
      res.on('pipe', () => heard.push('pipe'))
      next()
    })
    other.use(ours.static(folder))
    await listening(other, (server) => ask(server, '/heard.txt'))
    expect(heard).toEqual(['ReadStream', 'pipe'])
  })

  it('is streamed as ever with options for the reading', async () => {
    write('options.txt', 'options')
    const options: object = { highWaterMark: 3 }
    const pieces: string[] = []
    const app = ours().use(
      ours.static(folder, {
        ...options,
        setHeaders(this: SentFile) {
          this.on('stream', (stream) =>
            (stream as SentFile).on('data', (data) => pieces.push(`${data}`)),
          )
        },
      }),
    )
    await listening(app, (server) => ask(server, '/options.txt'))
    expect(pieces).toEqual(['opt', 'ion', 's'])
    await sameAnswers((express) => express().use(express.static(folder, options)), '/options.txt')
  })

  it('answers as Express does when the file has changed since it was found', async () => {
    const changes: Record<string, (file: string) => void> = {
      gone: unlinkSync,
      longer: (file) => appendFileSync(file, ' and more'),
      shorter: (file) => writeFileSync(file, 's'),
    }
    for (const [name, change] of Object.entries(changes)) {
      await sameAnswers(
        (express) => {
          const app = express()
          app.use(
            express.static(folder, { setHeaders: (_res: Response, file: string) => change(file) }),
          )
          const report: ErrorRequestHandler = (error, _req, res, _next) => {
            res.send(`${error.status} ${error.code}`)
          }
          return app.use(report)
        },
        `/${name}.txt`,
        {},
        () => {
          // The same times for both, which are in the head.
          utimesSync(write(`${name}.txt`, 'changing'), 1, 1)
        },
      )
    }
  })

  it('takes options as `serve-static` does, and looks at them as late', async () => {
    expect(() => ours.static(folder, { setHeaders: 1 as never })).toThrow(
      'option setHeaders must be function',
    )
    expect(() => ours.static('')).toThrow('root path required')
    expect([ours.static.name, ours.static.length]).toEqual([real.static.name, real.static.length])
    expect(Object.keys(ours.static)).toEqual(Object.keys(real.static))
    write('late.txt', 'late')
    await sameAnswers((express) => {
      const options: { immutable?: boolean; maxAge: number } = { maxAge: 1000 }
      const app = express().use(express.static(folder, options))
      options.immutable = true
      return app
    }, '/late.txt')
  })
})
