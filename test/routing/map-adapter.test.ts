import { describe, expect, test } from 'vitest'
import { KeyError, RuntimeError } from '../../src/errors/builtins.ts'
import {
  BadHost,
  HTTPException,
  MethodNotAllowed,
  NotFound,
} from '../../src/errors/http-exception.ts'
import { MultiDict } from '../../src/http/multi-dict.ts'
import {
  BuildError,
  RequestRedirect,
  RoutingException,
  WebsocketMismatch,
} from '../../src/routing/errors.ts'
import { Rule } from '../../src/routing/rule.ts'
import { UrlMap } from '../../src/routing/url-map.ts'

function thrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const redirectOf = (run: () => unknown): string => (thrown(run) as RequestRedirect).newUrl

describe('match', () => {
  const map = new UrlMap([
    new Rule('/', { endpoint: 'index' }),
    new Rule('/dir/', { endpoint: 'dir', methods: ['GET', 'POST'] }),
    new Rule('/users/<int:id>', { endpoint: 'user', methods: ['get'] }),
    new Rule('/users/<int:id>', { endpoint: 'drop', methods: ['DELETE'] }),
    new Rule('/old/<slug>', { endpoint: 'old', redirectTo: 'new/<slug>?from=old' }),
    new Rule('/fn/<int:n>', {
      endpoint: 'fn',
      redirectTo: (adapter, values) => adapter.build('user', { id: Number(values.n) + 1 }),
    }),
    new Rule('/bad', { endpoint: 'bad', redirectTo: 'x/<nope>' }),
    new Rule('/ws', { endpoint: 'ws', websocket: true }),
  ])
  const adapter = map.bind({ serverName: 'Example.ORG', queryArgs: 'a=%20b' })

  test('gives rule, endpoint and arguments', () => {
    const { rule, endpoint, args } = adapter.match({ pathInfo: '/users/7', method: 'GET' })
    expect(rule.rule).toBe('/users/<int:id>')
    expect(endpoint).toBe('user')
    expect(args).toEqual({ id: 7 })
    expect(adapter.match().endpoint).toBe('index')
    expect(adapter.match({ pathInfo: '/users/7', method: 'head' }).endpoint).toBe('user')
  })

  test('redirects to the slash with 308, keeping the query as it was', () => {
    const error = thrown(() => adapter.match({ pathInfo: '/dir' }))
    expect(error).toBeInstanceOf(RequestRedirect)
    expect(error).toBeInstanceOf(HTTPException)
    expect(error).toBeInstanceOf(RoutingException)
    expect(error).toMatchObject({ code: 308, newUrl: 'http://example.org/dir/?a=%20b' })
    expect(
      redirectOf(() => adapter.match({ pathInfo: '/dir', queryArgs: { q: 'é', n: [1, 2] } })),
    ).toBe('http://example.org/dir/?q=%C3%A9&n=1&n=2')
  })

  test('the redirect is a page with a link and a Location', () => {
    const redirect = new RequestRedirect('http://h/?a=1&b=<x>')
    expect(redirect.getHeaders()).toContainEqual(['Location', 'http://h/?a=1&b=<x>'])
    expect(redirect.getBody()).toBe(
      '<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n' +
        '<h1>Redirecting...</h1>\n<p>You should be redirected automatically to the target URL: ' +
        '<a href="http://h/?a=1&amp;b=&lt;x&gt;">http://h/?a=1&amp;b=&lt;x&gt;</a>. ' +
        'If not, click the link.\n',
    )
  })

  test('tells a missing path from a method that is not allowed', () => {
    expect(thrown(() => adapter.match({ pathInfo: '/nope' }))).toBeInstanceOf(NotFound)
    const error = thrown(() => adapter.match({ pathInfo: '/users/7', method: 'PUT' }))
    expect(error).toBeInstanceOf(MethodNotAllowed)
    expect((error as MethodNotAllowed).validMethods).toEqual(['DELETE', 'GET', 'HEAD'])
    expect(adapter.allowedMethods('/users/7')).toEqual(['DELETE', 'GET', 'HEAD'])
    expect(adapter.allowedMethods('/nope')).toEqual([])
    // Only a slash is missing, but for no method whatever.
    expect(thrown(() => adapter.match({ pathInfo: '/dir', method: 'PUT' }))).toBeInstanceOf(
      NotFound,
    )
  })

  test('redirectTo takes a text with variables or a function', () => {
    expect(redirectOf(() => adapter.match({ pathInfo: '/old/a b' }))).toBe(
      'http://example.org/new/a%20b?from=old',
    )
    expect(redirectOf(() => adapter.match({ pathInfo: '/fn/6' }))).toBe(
      'http://example.org/users/7',
    )
    expect(thrown(() => adapter.match({ pathInfo: '/bad' }))).toBeInstanceOf(KeyError)
  })

  test('keeps WebSocket and HTTP apart', () => {
    expect(thrown(() => adapter.match({ pathInfo: '/ws' }))).toBeInstanceOf(WebsocketMismatch)
    expect(adapter.match({ pathInfo: '/ws', websocket: true }).endpoint).toBe('ws')
    expect(adapter.build('ws')).toBe('ws://example.org/ws')
  })

  test('test() counts redirects as matches', () => {
    expect(adapter.test('/dir')).toBe(true)
    expect(adapter.test('/users/1', 'GET')).toBe(true)
    expect(adapter.test('/users/1', 'PUT')).toBe(false)
    expect(() => adapter.test('/bad')).toThrow(KeyError)
  })
})

describe('build', () => {
  const map = new UrlMap([
    new Rule('/', { endpoint: 'index' }),
    new Rule('/u/<int:id>', { endpoint: 'user' }),
    new Rule('/p/<path:p>', { endpoint: 'page' }),
    new Rule('/api', { endpoint: 'api', methods: ['POST'], subdomain: 'api' }),
  ])
  const adapter = map.bind({ serverName: 'h.test', scriptName: '/app' })

  test('variables go into the path, other values into the query', () => {
    expect(adapter.build('user', { id: 5 })).toBe('/app/u/5')
    expect(adapter.build('user', { id: 5, tag: ['a', 'b'], z: null })).toBe('/app/u/5?tag=a&tag=b')
    expect(adapter.build('index', { q: 'a b', t: true, n: 1.5, e: '' })).toBe(
      '/app/?q=a+b&t=True&n=1.5&e=',
    )
    expect(adapter.build('index', { l: [] })).toBe('/app/')
    expect(adapter.build('user', { id: 5, x: 1 }, { appendUnknown: false })).toBe('/app/u/5')
    expect(adapter.build('page', { p: 'ä/b c' })).toBe('/app/p/%C3%A4/b%20c')
  })

  test('takes a MultiDict', () => {
    const values = new MultiDict<unknown>([
      ['id', 7],
      ['t', 'a'],
      ['t', 'b'],
    ])
    expect(adapter.build('user', values)).toBe('/app/u/7?t=a&t=b')
  })

  test('is absolute for another host, or when told', () => {
    expect(adapter.build('api')).toBe('http://api.h.test/app/api')
    expect(adapter.build('index', null, { forceExternal: true })).toBe('http://h.test/app/')
    expect(adapter.build('index', null, { forceExternal: true, urlScheme: 'https' })).toBe(
      'https://h.test/app/',
    )
    expect(adapter.build('index', null, { forceExternal: true, urlScheme: '' })).toBe(
      '//h.test/app/',
    )
  })

  test('says what is wrong when it cannot', () => {
    const message = (...args: Parameters<typeof adapter.build>) =>
      (thrown(() => adapter.build(...args)) as BuildError).message
    expect(message('usr')).toBe(
      "Could not build url for endpoint 'usr'. Did you mean 'user' instead?",
    )
    expect(message('user', { a: 1, z: 2 })).toBe(
      "Could not build url for endpoint 'user' with values ['a', 'z']. " +
        "Did you forget to specify values ['id']?",
    )
    expect(message('api', {}, { method: 'GET' })).toBe(
      "Could not build url for endpoint 'api' ('GET'). Did you mean to use methods ['POST']?",
    )
    const error = thrown(() => adapter.build('usr')) as BuildError
    expect(error).toBeInstanceOf(BuildError)
    expect(error).toBeInstanceOf(RoutingException)
    expect(error).not.toBeInstanceOf(RequestRedirect)
    expect(new NotFound()).not.toBeInstanceOf(RoutingException)
    expect(error.name).toBe('BuildError')
    expect(error.suggested?.endpoint).toBe('user')
    expect(new BuildError('x', {}, null).message).toBe("Could not build url for endpoint 'x'.")
  })
})

describe('binding', () => {
  test('host names become lower case ASCII, and bad ones 400', () => {
    const map = new UrlMap([new Rule('/', { endpoint: 'i' })])
    expect(map.bind({ serverName: 'BÜCHER.test:80' }).serverName).toBe('xn--bcher-kva.test:80')
    expect(map.bind({ serverName: '' }).serverName).toBe('')
    expect(map.bind({ serverName: 'a.test.' }).serverName).toBe('a.test.')
    expect(map.bind({ serverName: '[::1]:80' }).serverName).toBe('[::1]:80')
    for (const serverName of ['a..b', '.a', `${'x'.repeat(64)}.test`]) {
      expect(thrown(() => map.bind({ serverName }))).toBeInstanceOf(BadHost)
    }
  })

  test('a request has the subdomain that its host has below the server name', () => {
    const map = new UrlMap([new Rule('/', { endpoint: 'i' })])
    const subdomain = (host: string, serverName: string | null, scheme = 'http') =>
      map.bindToEnviron(
        { host, scheme, method: 'GET', scriptName: '', pathInfo: '/', queryString: '' },
        { serverName },
      ).subdomain
    expect(subdomain('a.b.Example.test', 'example.test')).toBe('a.b')
    expect(subdomain('example.test', 'example.test:80')).toBe('')
    expect(subdomain('example.test', 'example.test:443', 'https')).toBe('')
    expect(subdomain('example.test', 'example.test:443')).toBe('<invalid>')
    expect(subdomain('other.test', 'example.test')).toBe('<invalid>')
    expect(subdomain('other.test', null)).toBe('')
    expect(subdomain('badexample.test', 'example.test')).toBe('<invalid>')
  })

  test('a WebSocket upgrade changes the scheme', () => {
    const map = new UrlMap([new Rule('/', { endpoint: 'i', websocket: true })])
    const environ = { host: 'h', method: 'GET', scriptName: '', pathInfo: '/', queryString: '' }
    const adapter = map.bindToEnviron({ ...environ, scheme: 'https', websocket: true })
    expect(adapter.urlScheme).toBe('wss')
    expect(adapter.match().endpoint).toBe('i')
    expect(map.bindToEnviron({ ...environ, scheme: 'http', websocket: true }).urlScheme).toBe('ws')
  })

  test('host matching takes no subdomain', () => {
    const map = new UrlMap([], { hostMatching: true })
    expect(() => map.bind({ serverName: 'h', subdomain: 'x' })).toThrow(RuntimeError)
  })
})

describe('the map', () => {
  test('knows its rules, endpoints and their variables', () => {
    const map = new UrlMap([
      new Rule('/a', { endpoint: 'a' }),
      new Rule('/b', { endpoint: 'b' }),
      new Rule('/a/<lang>', { endpoint: 'a' }),
    ])
    expect([...map.iterRules()].map(String)).toEqual(['/a/<lang>', '/a', '/b'])
    expect([...map.iterRules('b')].map(String)).toEqual(['/b'])
    expect(map.isEndpointExpecting('a', 'lang')).toBe(true)
    expect(map.isEndpointExpecting('b', 'lang')).toBe(false)
    expect(() => map.isEndpointExpecting('c')).toThrow(KeyError)
    expect(() => map.iterRules('c')).toThrow(KeyError)
  })

  test('sorts the query of built URLs when told', () => {
    const map = new UrlMap([new Rule('/', { endpoint: 'i' })], { sortParameters: true })
    const build = (values: Record<string, unknown>) =>
      map.bind({ serverName: 'h' }).build('i', values)
    expect(build({ b: 1, a: [10, 9] })).toBe('/?a=9&a=10&b=1')
    map.sortKey = ([key]) => -key.charCodeAt(0)
    expect(build({ a: 1, b: 2 })).toBe('/?b=2&a=1')
  })

  test('settings are defaults of rules added later', () => {
    const map = new UrlMap()
    map.strictSlashes = false
    map.mergeSlashes = false
    map.add(new Rule('/a/', { endpoint: 'a' }))
    map.add(new Rule('/b/c', { endpoint: 'b' }))
    const adapter = map.bind({ serverName: 'h' })
    expect(adapter.match({ pathInfo: '/a' }).endpoint).toBe('a')
    expect(thrown(() => adapter.match({ pathInfo: '/b//c' }))).toBeInstanceOf(NotFound)
  })
})
