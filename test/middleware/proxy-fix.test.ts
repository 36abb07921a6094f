import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { BustAPI, request, urlFor } from '../../src/index.ts'
import { ProxyFix, type ProxyFixOptions } from '../../src/middleware/proxy-fix.ts'

/** What a view behind a `ProxyFix` sees of a request to http://direct:5000/x from 10.0.0.9. */
async function seen(
  options: ProxyFixOptions,
  headers: readonly (readonly [name: string, value: string])[],
): Promise<Record<string, unknown>> {
  const app = new BustAPI('proxied')
  app.get('/x', () => {
    const { remoteAddr: addr, scheme, host, rootPath: root, url, server, path } = request
    return { addr, scheme, host, root, url, server, path }
  })
  app.wsgiApp = new ProxyFix(app.wsgiApp, options)
  const reply = await app.testClient().get('/x', {
    baseUrl: 'http://direct:5000',
    headers,
    environBase: { remoteAddr: '10.0.0.9', server: ['direct', 5000] },
  })
  return reply.json as Record<string, unknown>
}

const DIRECT = {
  addr: '10.0.0.9',
  scheme: 'http',
  host: 'direct:5000',
  root: '',
  url: 'http://direct:5000/x',
  server: ['direct', 5000],
  path: '/x',
}

// Recorded from Werkzeug 3.1.8, as differences from a request without such headers.
const FACTS: readonly [
  options: ProxyFixOptions,
  headers: readonly (readonly [name: string, value: string])[],
  difference: Partial<Record<keyof typeof DIRECT, unknown>>,
][] = [
  [{}, [], {}],
  [
    {},
    [
      ['X-Forwarded-For', '1.1.1.1'],
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', 'evil'],
      ['X-Forwarded-Port', '1'],
      ['X-Forwarded-Prefix', '/p'],
    ],
    { addr: '1.1.1.1', scheme: 'https', url: 'https://direct:5000/x' },
  ],
  [{ xFor: 2 }, [['X-Forwarded-For', '1.1.1.1']], {}],
  [{ xFor: 2 }, [['X-Forwarded-For', '6.6.6.6, 1.1.1.1, 2.2.2.2']], { addr: '1.1.1.1' }],
  [
    {},
    [
      ['X-Forwarded-For', '6.6.6.6'],
      ['X-Forwarded-For', '1.1.1.1'],
    ],
    { addr: '1.1.1.1' },
  ],
  [{}, [['X-Forwarded-For', '6.6.6.6, ']], { addr: '6.6.6.6' }],
  [{}, [['X-Forwarded-For', ', ,']], {}],
  [{}, [['X-Forwarded-For', '']], {}],
  [{}, [['X-Forwarded-For', '"[::1]:80"']], { addr: '[::1]:80' }],
  [{}, [['X-Forwarded-For', '2001:db8::1']], { addr: '2001:db8::1' }],
  [{}, [['X-Forwarded-For', '1.1.1.1:4711']], { addr: '1.1.1.1:4711' }],
  [
    { xFor: 0, xProto: 0 },
    [
      ['X-Forwarded-For', '1.1.1.1'],
      ['X-Forwarded-Proto', 'https'],
    ],
    {},
  ],
  [
    { xHost: 1 },
    [['X-Forwarded-Host', 'example.com']],
    { host: 'example.com', url: 'http://example.com/x', server: ['example.com', 5000] },
  ],
  [
    { xHost: 1 },
    [['X-Forwarded-Host', 'example.com:8080']],
    { host: 'example.com:8080', url: 'http://example.com:8080/x', server: ['example.com', 8080] },
  ],
  [
    { xHost: 1 },
    [['X-Forwarded-Host', '[::1]']],
    { host: '[::1]', url: 'http://[::1]/x', server: ['[::1]', 5000] },
  ],
  [
    { xHost: 1 },
    [['X-Forwarded-Host', '[::1]:81']],
    { host: '[::1]:81', url: 'http://[::1]:81/x', server: ['[::1]', 81] },
  ],
  [
    { xHost: 1 },
    [['X-Forwarded-Host', 'a b']],
    { host: '', url: 'http:///x', server: ['a b', 5000] },
  ],
  [
    { xHost: 1 },
    [
      ['X-Forwarded-Host', 'example.com:443'],
      ['X-Forwarded-Proto', 'https'],
    ],
    {
      scheme: 'https',
      host: 'example.com',
      url: 'https://example.com/x',
      server: ['example.com', 443],
    },
  ],
  [
    { xHost: 1, xPort: 1 },
    [
      ['X-Forwarded-Host', 'example.com:8080'],
      ['X-Forwarded-Port', '9090'],
    ],
    { host: 'example.com:9090', url: 'http://example.com:9090/x', server: ['example.com', 9090] },
  ],
  [
    { xPort: 1 },
    [['X-Forwarded-Port', '9090']],
    { host: 'direct:9090', url: 'http://direct:9090/x', server: ['direct', 9090] },
  ],
  [
    { xPort: 1 },
    [['X-Forwarded-Port', 'abc']],
    { host: '', url: 'http:///x', server: ['direct', null] },
  ],
  [
    { xHost: 1, xPort: 1 },
    [
      ['X-Forwarded-Host', '[::1]'],
      ['X-Forwarded-Port', '9'],
    ],
    { host: '[::1]:9', url: 'http://[::1]:9/x', server: ['[::1]', 9] },
  ],
  [
    { xPrefix: 1 },
    [['X-Forwarded-Prefix', '/app/']],
    { root: '/app', url: 'http://direct:5000/app/x' },
  ],
  [
    { xPrefix: 1 },
    [['X-Forwarded-Prefix', '/a%20b']],
    { root: '/a%20b', url: 'http://direct:5000/a%20b/x' },
  ],
  [
    { xPrefix: 2 },
    [['X-Forwarded-Prefix', '/outer,/inner']],
    { root: '/outer', url: 'http://direct:5000/outer/x' },
  ],
  [
    { xPrefix: 1 },
    [['X-Forwarded-Prefix', '/caf\xc3\xa9']],
    { root: '/café', url: 'http://direct:5000/café/x' },
  ],
]

describe('ProxyFix', () => {
  it.each(FACTS)('with %o and %o does what Werkzeug does', async (options, headers, difference) => {
    expect(await seen(options, headers)).toEqual({ ...DIRECT, ...difference })
  })

  it.each(['junk', 'unknown', '"a, b"', '1.2.3', '[1.2.3.4]:80', '1.2.3.4:x', ':::', '_hidden'])(
    'S52 drops %s, which is no address (Werkzeug would pass it on)',
    async (value) => {
      expect((await seen({}, [['X-Forwarded-For', value]])).addr).toBe('10.0.0.9')
    },
  )

  it('S51 does not take a header with underscores for one of a proxy', async () => {
    expect(await seen({ xHost: 1 }, [['X_Forwarded_Host', 'evil']])).toEqual(DIRECT)
  })

  it('lets URLs be built below the prefix, with the forwarded host and scheme', async () => {
    const app = new BustAPI('proxied')
    app.get('/x', { endpoint: 'x' }, () => urlFor('x', { _external: true }))
    app.wsgiApp = new ProxyFix(app.wsgiApp, { xHost: 1, xPrefix: 1 })
    const reply = await app.testClient().get('/x', {
      headers: {
        'X-Forwarded-Host': 'public.test',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Prefix': '/app',
      },
    })
    expect(reply.text).toBe('https://public.test/app/x')
  })

  it('wraps any form of app, and remembers what the request said before', async () => {
    const forms: ((inner: (req: IncomingMessage, res: ServerResponse) => unknown) => never)[] = [
      (inner) => inner as never,
      (handle) => ({ handle }) as never,
      (call) => ({ call }) as never,
    ]
    for (const form of forms) {
      const app = new BustAPI('proxied')
      app.get('/', () => [ProxyFix.original(request.raw), request.host])
      const { wsgiApp } = app
      app.wsgiApp = new ProxyFix(
        form((req, res) => wsgiApp(req, res)),
        { xHost: 1 },
      )
      const reply = await app.testClient().get('/', { headers: { 'X-Forwarded-Host': 'public' } })
      expect(reply.json).toEqual([
        expect.objectContaining({ remoteAddr: '127.0.0.1', scheme: 'http', host: 'localhost' }),
        'public',
      ])
    }
    expect(ProxyFix.original({} as IncomingMessage)).toBe(null)
  })

  it.each([{ xFor: -1 }, { xHost: 1.5 }, { xProto: Number.NaN }, { xPort: '1' as never }])(
    'refuses %o',
    (options) => {
      expect(() => new ProxyFix(() => undefined, options)).toThrow(RangeError)
    },
  )
})
