import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type BustAPI, Response, request } from '../../src/index.ts'
import { type LiveApp, live, until } from './live-app.ts'

// Where work grew with the square of the input, or worse, these would not end before the test's time.

describe('S41: no rule makes matching slow', () => {
  const long = 12_000

  const RULES: readonly [rule: string, target: string][] = [
    ['/<a>-<b>-<c>', `/${'-'.repeat(long)}/`],
    ['/<a>-<b>-<c>-<d>-<e>x', `/${'-'.repeat(long)}`],
    ['/<path:a>/<path:b>/<path:c>/end', `/${'a/'.repeat(long / 2)}`],
    ['/<path:a>/x/<path:b>/x/<path:c>/end', `/${'x/'.repeat(long / 2)}`],
    ['/<path:a>x<path:b>x<path:c>x<path:d>y', `/${'x'.repeat(long)}`],
    ['/<int:a>.<int:b>.<int:c>x', `/${'1.'.repeat(long / 2)}`],
    ['/<float:a>-<float:b>-<float:c>x', `/${'1.1-'.repeat(long / 4)}`],
    ['/<string(length=2):a><string(length=2):b>/x', `/${'a'.repeat(long)}`],
    ['/<any(a, aa, aaa):a><any(a, aa, aaa):b>/x', `/${'a'.repeat(long)}`],
    ['/<uuid:a>/x', `/${'a-'.repeat(long / 2)}`],
    ['/<a>.<b>', `/${'.'.repeat(long)}/`],
    ['/a/<path:rest>/', `/a/${'/'.repeat(long)}`],
    ['/a/<path:rest>', `/${'a/'.repeat(long / 2)}`],
  ]
  it.each(RULES)('%s', async (rule, target) => {
    const app = await live((a) => {
      a.get(rule as '/', () => 'matched')
    })
    for (const path of [target, `${target}x`, `/${target}`]) {
      const reply = await app.send('GET', path)
      expect(reply.statuses).toHaveLength(1)
      expect(reply.status).toBeLessThan(500)
    }
    await app.expectHealthy()
  })

  it('nor do thousands of rules, or slashes and dots without end', async () => {
    const app = await live((a) => {
      for (let i = 0; i < 2000; i++) a.get(`/r${i}/<path:x>/<int:n>` as '/', () => `r${i}`)
    })
    for (const target of [
      '/'.repeat(long),
      '/.'.repeat(long / 2),
      '/..'.repeat(long / 3),
      '/%2e%2e'.repeat(long / 7),
      `/r1999/${'a/'.repeat(long / 2)}`,
      `/r1999/${';'.repeat(long)}`,
    ]) {
      expect((await app.send('GET', target)).statuses).toHaveLength(1)
    }
    await app.expectHealthy()
  })

  it('nor does a guard', async () => {
    const app = await live((a) => {
      a.use('/a/:b/c/:d/e', (_req, res) => void res.end('guarded'))
      a.use(['/*x/y/*z', '/<p>/q/<r>/s'], (_req, res) => void res.end('guarded'))
      a.get('/<path:all>', () => 'open')
    })
    for (const target of [
      `/a/${'c/'.repeat(long / 2)}`,
      `/${'y/'.repeat(long / 2)}`,
      `/${'q/'.repeat(long / 2)}`,
      `/${';/'.repeat(long / 2)}`,
    ]) {
      expect((await app.send('GET', target)).statuses).toHaveLength(1)
    }
    await app.expectHealthy()
  })
})

describe('S42: keys that collide', () => {
  /** Words that many simple string hashes (31·h + c) map to one number. */
  function colliding(count: number): string[] {
    let words = ['']
    while (words.length < count) words = words.flatMap((word) => [`${word}Aa`, `${word}BB`])
    return words
  }

  it('are all kept, of a form, a query, cookies, headers and JSON', async () => {
    const app = await live((a) => {
      a.post('/form', () => [request.form.size])
      a.get('/all', () => ({ args: request.args.size, cookies: request.cookies.size }))
      a.post('/json', () => [Object.keys(request.json as object).length])
    })
    const many = colliding(16_384)
    const form = await app.send('POST', '/form', {
      headers: ['Content-Type: application/x-www-form-urlencoded'],
      body: many.join('=&'),
    })
    expect(form.body).toBe('[16384]\n')
    const some = colliding(256)
    const all = await app.send('GET', `/all?${some.join('&')}`, {
      headers: [`Cookie: ${some.join('=; ')}`],
    })
    expect(all.body).toBe('{"args":256,"cookies":256}\n')
    const json = await app.send('POST', '/json', {
      headers: ['Content-Type: application/json'],
      body: JSON.stringify(Object.fromEntries(many.map((word) => [word, 1]))),
    })
    expect(json.body).toBe('[16384]\n')
    await app.expectHealthy()
  })
})

describe('long headers are read without delay', () => {
  const size = 15_000
  const HEADERS: readonly string[] = [
    `Accept: ${'*/*;q=0.1,'.repeat(size / 10)}`,
    `Accept: ${'a/b;'.repeat(size / 4)}`,
    `Accept: text/html;${' '.repeat(size)}x`,
    `Accept-Language: ${'en-'.repeat(size / 3)}`,
    `Accept-Encoding: ${','.repeat(size)}`,
    `Cookie: ${'"\\'.repeat(size / 2)}`,
    `Cookie: ${'='.repeat(size)}`,
    `Cookie: a="${'\\"'.repeat(size / 2)}`,
    `Authorization: Digest ${'a="b\\",'.repeat(size / 7)}`,
    `Authorization: Basic ${'='.repeat(size)}`,
    `Authorization:${' '.repeat(size)}`,
    `Cache-Control: ${'a='.repeat(size / 2)}`,
    `Cache-Control: max-age=${'9'.repeat(size)}`,
    `If-None-Match: ${'W/'.repeat(size / 2)}`,
    `If-None-Match: ${'"a" '.repeat(size / 4)}`,
    `If-Modified-Since: ${'1'.repeat(size)}`,
    `If-Range: ${'W/"'.repeat(size / 3)}`,
    `Range: bytes=${'1-'.repeat(size / 2)}`,
    `Range: bytes=${'0-0,'.repeat(size / 4)}`,
    `Content-Type: a/b;${'a='.repeat(size / 2)}`,
    `Content-Type: a/b; a="${'\\'.repeat(size)}`,
    `User-Agent: ${'('.repeat(size)}`,
    `X-Forwarded-For: ${'"'.repeat(size)}`,
    `X-Forwarded-For: ${'1.1.1.1,'.repeat(size / 8)}`,
    `Date: ${'Mon, '.repeat(size / 5)}`,
    `Date: Mon, 01 Jan 99999999999999999999 00:00:00 GMT`,
    `If-Modified-Since: Mon, 99 Foo 2020 99:99:99 GMT`,
    `If-Unmodified-Since: Sat, 01 Jan 275761 00:00:00 GMT`,
    `Max-Forwards: ${'9'.repeat(size)}`,
    `Referer: ${'http://'.repeat(size / 7)}`,
    `Pragma: ${'"'.repeat(size)}`,
    'Authorization: Bearer',
    'Authorization: Basic \xff\xff',
    'Authorization: Basic OnA=',
    'Accept: ;q=',
    'Accept: */*;q=NaN',
    'Accept-Charset: *;q=1e400',
    'Access-Control-Request-Headers: ,,,',
  ]

  function reader(app: BustAPI): void {
    app.get('/read', () => {
      const read = [
        request.acceptMimetypes.best,
        request.acceptMimetypes.bestMatch(['text/html', 'application/json']),
        request.acceptLanguages.bestMatch(['de', 'en']),
        request.acceptEncodings.best,
        request.acceptCharsets.best,
        request.cookies.size,
        request.authorization?.username,
        request.cacheControl.maxAge,
        request.ifNoneMatch.contains('x'),
        request.ifMatch.isEmpty,
        request.ifModifiedSince,
        request.ifUnmodifiedSince,
        request.ifRange.etag,
        request.range?.toHeader(),
        request.mimetypeParams,
        request.userAgent.string,
        request.accessRoute,
        request.date,
        request.maxForwards,
        request.referrer,
        request.pragma.size,
        request.accessControlRequestHeaders?.size,
        request.url,
        request.isJson,
      ]
      const response = new Response(String(read.length))
      response.addEtag()
      return response.makeConditional(request, { acceptRanges: true, completeLength: 2 })
    })
  }

  it.each(HEADERS.map((line) => [line.slice(0, 60), line]))('%s', async (_start, line) => {
    const app = await live(reader)
    const reply = await app.send('GET', '/read', { headers: [line] })
    expect(reply.statuses).toHaveLength(1)
    expect(reply.status).toBeLessThan(500)
    expect(app.records).toEqual([])
    await app.expectHealthy()
  })
})

describe('S43: a client that does not read', () => {
  const CHUNK = 64 * 1024

  async function producedFor(make: (pulled: () => void) => unknown): Promise<number> {
    let produced = 0
    const app: LiveApp = await live((a) => {
      a.get('/stream', () => make(() => void produced++))
    })
    const socket = connect(app.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => produced > 0)
    let before = -1
    while (produced !== before) {
      before = produced
      await new Promise((done) => setTimeout(done, 100))
      if (produced * CHUNK > 100_000_000) break
    }
    socket.destroy()
    await app.expectHealthy()
    return produced
  }

  it.each<[string, (pulled: () => void) => unknown]>([
    [
      'a generator',
      (pulled) =>
        (function* () {
          for (;;) {
            pulled()
            yield Buffer.alloc(CHUNK)
          }
        })(),
    ],
    [
      'an asynchronous generator',
      (pulled) =>
        (async function* () {
          for (;;) {
            pulled()
            yield Buffer.alloc(CHUNK)
          }
        })(),
    ],
    [
      'a Web stream',
      (pulled) =>
        new ReadableStream({
          pull(controller) {
            pulled()
            controller.enqueue(Buffer.alloc(CHUNK))
          },
        }),
    ],
    [
      'a Web response',
      (pulled) =>
        new globalThis.Response(
          new ReadableStream({
            pull(controller) {
              pulled()
              controller.enqueue(Buffer.alloc(CHUNK))
            },
          }),
        ),
    ],
  ])('stops %s: what is held stays bounded', async (_what, make) => {
    expect((await producedFor(make)) * CHUNK).toBeLessThan(50_000_000)
  })
})
