import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  countResults,
  type Result,
  reportLines,
  resultsJson,
  runFlaskConformance,
  summaryLine,
} from 'bustapi/compat-tests'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bustapi-kit-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs a corpus of one scenario. */
async function run(scenario: object, schema: number = 1): Promise<Result[]> {
  const file = {
    schema,
    area: 'own',
    versions: {},
    scenarios: [{ id: 'own/one', area: 'own', title: 't', requests: [], ...scenario }],
  }
  await writeFile(join(folder, 'own.json'), JSON.stringify(file))
  return runFlaskConformance({ corpus: folder })
}

const HEADERS = [
  ['content-type', 'text/html; charset=utf-8'],
  ['content-length', '2'],
]
const EXPECT = {
  status: 200,
  status_line: '200 OK',
  headers: HEADERS,
  body: 'hi',
  body_match: 'exact',
}
const ROUTE = { rule: '/', endpoint: 'i', handler: { do: 'text', text: 'hi' } }

const request = (parts: object = {}, expected: object = {}): object => ({
  id: 'own/one#1',
  method: 'GET',
  path: '/',
  ...parts,
  expect: { ...EXPECT, ...expected },
})

/** The one difference of a scenario with one request. */
async function differenceOf(app: object, one: object): Promise<string | null> {
  const results = await run({ app, requests: [one] })
  expect(results).toHaveLength(1)
  expect(results[0]?.ok).toBe(results[0]?.difference === null)
  return results[0]?.difference ?? null
}

describe('a recorded answer', () => {
  it('that comes as recorded is a pass', async () => {
    expect(await run({ app: { routes: [ROUTE] }, requests: [request()] })).toEqual([
      {
        area: 'own',
        scenario: 'own/one',
        request: 'own/one#1',
        ok: true,
        tags: [],
        difference: null,
      },
    ])
  })

  it.each([
    [{ status: 201 }, 'status: expected 201, got 200 OK'],
    [{ body: 'ho' }, 'body: expected "ho", got "hi"'],
    [{ headers: [...HEADERS, ['x-a', '1']] }, 'header x-a is missing'],
    [{ headers: [['content-type', 'text/plain']] }, 'header content-type: expected'],
    [{ headers: [HEADERS[0], ['content-length', '3']] }, 'header content-length'],
    [{ trace: ['b'] }, 'trace: expected ["b"], got []'],
    [{ cookies: [{ name: 'a', value: '1', attrs: {} }] }, 'expected 1 cookies, got []'],
    [{ body_match: 'json', json: {} }, 'body: expected JSON'],
    [{ status_line: '200 Splendid' }, 'status line: expected "200 Splendid"'],
    [{ surprise: 1 }, 'UnknownVocabulary: expect: unknown surprise'],
    [{ body_match: 'roughly' }, 'UnknownVocabulary'],
  ])('that says %j instead is a failure', async (expected, message) => {
    expect(await differenceOf({ routes: [ROUTE] }, request({}, expected))).toContain(message)
  })

  it('may not have a header that would matter', async () => {
    const handler = { do: 'response', body: 'hi', headers: { 'X-New': '1' } }
    const difference = await differenceOf({ routes: [{ ...ROUTE, handler }] }, request())
    expect(difference).toBe('unexpected header x-new: ["1"]')
  })

  it('of the next version will do where there is one', async () => {
    const one = { ...request({}, { body: 'ho' }), expect_next: { body: 'hi' } }
    expect(await differenceOf({ routes: [ROUTE] }, one)).toBeNull()
    const other = { ...request({}, { body: 'ho' }), expect_next: { body: 'he' } }
    expect(await differenceOf({ routes: [ROUTE] }, other)).toContain('body: expected "ho"')
  })
})

describe('unknown vocabulary is a failure, never a pass', () => {
  it.each([
    ['handler', { routes: [{ ...ROUTE, handler: { do: 'dance' } }] }],
    [
      'key of a handler',
      { routes: [{ ...ROUTE, handler: { do: 'text', text: 'hi', loud: true } }] },
    ],
    [
      'handler that no request reaches',
      {
        routes: [
          ROUTE,
          { ...ROUTE, rule: '/b', endpoint: 'b', handler: [{ do: 'dance' }, { do: 'none' }] },
        ],
      },
    ],
    ['key of an app', { routes: [ROUTE], dance: {} }],
    ['key of a route', { routes: [{ ...ROUTE, loud: true }] }],
    ['hook', { routes: [ROUTE], hooks: [{ on: 'full_moon', handler: { do: 'none' } }] }],
    ['typed value', { routes: [ROUTE], config: { A: { $complex: 'i' } } }],
    ['kind of converter', { routes: [ROUTE], url_map: { converters: { a: { kind: 'magic' } } } }],
    ['extension', { routes: [ROUTE], extensions: { babel: {} } }],
    ['signal', { routes: [ROUTE], signals: ['full_moon'] }],
    [
      'exception',
      { routes: [ROUTE], error_handlers: [{ for: 'LunarError', handler: { do: 'none' } }] },
    ],
    ['template filter', { routes: [ROUTE], template_filters: { a: 'whisper' } }],
    ['constructor argument', { routes: [ROUTE], ctor: { moon: 'full' } }],
    ['decorator', { routes: [{ ...ROUTE, decorators: [{ name: 'cached' }] }] }],
    [
      'kind of view',
      { routes: [{ rule: '/', endpoint: 'i', view: { kind: 'async_view', name: 'i' } }] },
    ],
    ['op on the config', { routes: [ROUTE], config_ops: [{ from_toml: {} }] }],
    [
      'op on the session',
      { routes: [{ ...ROUTE, handler: { do: 'session', ops: [['popitem']] } }] },
    ],
  ])('%s', async (_name, app) => {
    expect(await differenceOf(app, request())).toContain('UnknownVocabulary')
  })

  it.each([
    ['key of a request', { loud: true }],
    ['kind of request', { kind: 'websocket' }],
    ['scheme', { scheme: 'gopher' }],
    ['capture', { capture: { a: 'smell:rose' } }],
  ])('%s', async (_name, parts) => {
    expect(await differenceOf({ routes: [ROUTE] }, request(parts))).toContain('UnknownVocabulary')
  })

  it('also where building the app must fail', async () => {
    const setup = { setup_error: { type: 'ValueError', message: 'm' } }
    const unknown = await run({ app: { routes: [], dance: 1 }, ...setup })
    expect(unknown).toMatchObject([
      { ok: false, difference: 'UnknownVocabulary: app: unknown dance' },
    ])
    const fine = await run({ app: { routes: [ROUTE] }, ...setup })
    expect(fine[0]?.difference).toContain('building the app must throw')
    const bad = await run({ app: { routes: [{ ...ROUTE, rule: 'no-slash' }] }, ...setup })
    expect(bad).toMatchObject([{ ok: true, request: 'own/one' }])
  })

  it('of a scenario fails all of its requests, of a file the run', async () => {
    const results = await run({ app: { routes: [ROUTE] }, requests: [request()], dance: 1 })
    expect(results).toMatchObject([{ ok: false, request: 'own/one#1' }])
    await expect(run({ app: {} }, 2)).rejects.toThrow('unknown schema 2')
  })
})

describe('an extension that the package does not have', () => {
  it('is a failure with its reason', async () => {
    const handler = { do: 'db_tables' }
    const difference = await differenceOf({ routes: [{ ...ROUTE, handler }] }, request())
    if (difference !== null) expect(difference).toMatch(/MissingPart|status|trace|TypeError/)
    expect(difference).not.toBeNull()
  })
})

describe('what surrounds a request', () => {
  it('keeps cookies by name and path, sends them in order, captures and replays them', async () => {
    const app = {
      routes: [
        {
          rule: '/set',
          endpoint: 's',
          handler: {
            do: 'make_response',
            args: [{ do: 'text', text: 'hi' }],
            set_cookies: [
              { key: 'b', value: '2' },
              { key: 'a', value: '1' },
              { key: 'deep', value: '3', path: '/deep' },
            ],
          },
        },
        { rule: '/deep/get', endpoint: 'd', handler: { do: 'echo_headers', names: ['Cookie'] } },
        { rule: '/get', endpoint: 'g', handler: { do: 'echo_headers', names: ['Cookie', 'X-B'] } },
      ],
    }
    const json = (value: object): object => ({
      status: 200,
      headers: [['content-type', 'application/json']],
      body_match: 'json',
      json: value,
    })
    const results = await run({
      app,
      requests: [
        {
          id: '1',
          path: '/set',
          capture: { kept: 'cookie:b' },
          expect: {
            ...EXPECT,
            cookies: [
              { name: 'b', value: '2', attrs: { path: '/' } },
              { name: 'a', value: '1', attrs: { Path: '/' } },
              { name: 'deep', value: '3', attrs: { path: '/deep' } },
            ],
          },
        },
        {
          id: '2',
          path: '/get',
          headers: [
            ['X-B', 'was {{kept}}'],
            ['Cookie', 'z=0'],
          ],
          expect: json({ Cookie: 'z=0; a=1; b=2', 'X-B': 'was 2' }),
        },
        { id: '3', path: '/deep/get', expect: json({ Cookie: 'a=1; b=2; deep=3' }) },
        { id: '4', path: '/get', jar: false, expect: json({ Cookie: null, 'X-B': null }) },
      ],
    })
    expect(results.map(({ difference }) => difference)).toEqual([null, null, null, null])
  })

  it('stops the clock, and moves it on request', async () => {
    const handler = { do: 'session', ops: [['set', 'a', 1]] }
    const cookie = (value: string): object => ({
      status: 200,
      headers: [
        ['content-type', 'application/json'],
        ['vary', 'Cookie'],
      ],
      body_match: 'json',
      json: [],
      cookies: [
        { name: 'session', kind: 'flask-session', value, attrs: { httponly: true, path: '/' } },
      ],
    })
    const results = await run({
      app: { secret_key: 'corpus-secret-key', routes: [{ ...ROUTE, handler }] },
      clock: 1_700_000_000,
      requests: [
        { id: '1', path: '/', expect: cookie('eyJhIjoxfQ.ZVPxAA.pWujsTmJq6_sDo9xwjoll5Dqj5E') },
        {
          id: '2',
          path: '/',
          at: 1_700_000_001,
          expect: cookie('eyJhIjoxfQ.ZVPxAA.pWujsTmJq6_sDo9xwjoll5Dqj5E'),
        },
      ],
    })
    expect(results[0]?.difference).toBeNull()
    expect(results[1]?.difference).toContain('ZVPxAQ')
    expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000)
  })

  it('sends the bytes of a target as they are, and no header of its own', async () => {
    const handler = { do: 'echo_headers', names: ['User-Agent', 'Accept', 'Connection', 'Host'] }
    const json = { 'User-Agent': null, Accept: null, Connection: null, Host: 'localhost' }
    const app = {
      url_map: { merge_slashes: false },
      routes: [{ ...ROUTE, rule: '/a//b', handler }],
    }
    const expected = { body_match: 'json', json, headers: [['content-type', 'application/json']] }
    expect(await differenceOf(app, request({ path: '/a//b' }, expected))).toBeNull()
  })

  it('tells the app of TLS, a mount and another client', async () => {
    const handler = { do: 'echo_url', attrs: ['url', 'script_root', 'remote_addr', 'is_secure'] }
    const json = {
      url: 'https://localhost/m/',
      script_root: '/m',
      remote_addr: '9.9.9.9',
      is_secure: true,
    }
    const expected = { body_match: 'json', json, headers: [['content-type', 'application/json']] }
    const parts = { scheme: 'https', script_name: '/m', remote_addr: '9.9.9.9' }
    expect(
      await differenceOf({ routes: [{ ...ROUTE, handler }] }, request(parts, expected)),
    ).toBeNull()
  })
})

describe('a report', () => {
  const result = (parts: Partial<Result>): Result => ({
    area: 'a',
    scenario: 's',
    request: 'r',
    ok: false,
    tags: [],
    difference: 'd',
    ...parts,
  })
  const results = [
    result({ ok: true, difference: null }),
    result({ ok: true, difference: null, tags: ['quirk'] }),
    result({}),
    result({ tags: ['clock'] }),
    result({ tags: ['quirk'] }),
    result({ area: 'b', tags: ['python-repr'] }),
    result({ area: 'b', tags: ['quirk'], difference: 'UnknownVocabulary: app: unknown dance' }),
    result({ area: 'b', tags: ['quirk'], difference: 'the app cannot be built: MissingPart: x' }),
  ]

  it('waives only what the corpus calls waivable, and only when it fails', () => {
    expect(countResults(results)).toEqual({ passed: 2, failed: 4, waived: 2 })
    expect(summaryLine(results)).toBe('2 passed, 4 failed, 2 waived')
    expect(reportLines(results)).toEqual([
      'a  2 passed, 2 failed, 1 waived',
      'b  0 passed, 2 failed, 1 waived',
      '2 passed, 4 failed, 2 waived',
    ])
  })

  it('has every result as JSON', () => {
    expect(JSON.parse(resultsJson(results))).toEqual(results)
    expect(Object.keys(JSON.parse(resultsJson(results))[0])).toEqual([
      'area',
      'scenario',
      'request',
      'ok',
      'tags',
      'difference',
    ])
  })
})
