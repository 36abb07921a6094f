import fc from 'fast-check'
import type { Major } from '../types.ts'
import type {
  Act,
  AppShape,
  HandlerShape,
  NodeShape,
  PathShape,
  RequestShape,
  SettingsShape,
} from './shape.ts'

// Few names, so that paths and requests meet often.
const LITERALS = ['a', 'b', 'a', 'b', 'a', 'ab', 'A', 'a.b', 'é', '1'] as const
const METHODS = ['get', 'post', 'put', 'head', 'options', 'delete', 'all'] as const
const ASKED = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE', 'PATCH'] as const

const SEGMENTS: Readonly<Record<Major, readonly string[]>> = {
  4: [':x', ':y', ':n(\\d+)', ':o?', '*', ':x-:y', ':f.:e?', 'a?b', '(a|b)', 'v:x'],
  5: [':x', ':y', ':z', '*rest', ':x-:y', ':f{.:e}', 'v:x', '{o}'],
}

const REGEXES = [
  '^\\/a(\\w*)',
  'b$',
  '^\\/(?<x>[a-z]+)\\/(\\d+)?',
  '.*',
  '^\\/a\\/?$',
  '^\\/a(?=\\/|$)',
] as const

const segment = (major: Major): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...LITERALS) },
    { weight: 2, arbitrary: fc.constantFrom(...SEGMENTS[major]) },
  )

/** A name may stand once in a path of version 5; twice it is the user's mistake in both. */
const unique = (path: string): boolean => {
  const names = path.match(/[:*]\w+/g) ?? []
  return new Set(names.map((name) => name.slice(1))).size === names.length
}

const path = (major: Major): fc.Arbitrary<PathShape> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.array(segment(major), { minLength: 1, maxLength: 3 }), fc.boolean(), fc.nat(9))
        .map(([parts, slash, odd]) => {
          const text = `/${parts.join('/')}${slash && odd < 5 ? '/' : ''}`
          if (odd === 9) return major === 5 ? `${text}{/:opt}` : `${text}/:opt?`
          return text
        })
        .filter(unique),
    },
    { weight: 2, arbitrary: fc.constant('/') },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...REGEXES)
        .chain((source) => fc.constantFrom('', 'i').map((flags) => ({ source, flags }))),
    },
  )

const CODES = [200, 201, 204, 304, 400, 404, 500, 503] as const
const targets = ['/a', '/b/1', '/a/b', '/'] as const

const act = (major: Major): fc.Arbitrary<Act> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant<Act>({ do: 'next' }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Act>({ do: 'later' }, { do: 'next-route' }, { do: 'next-router' }),
    },
    { weight: 3, arbitrary: fc.constantFrom<Act>({ do: 'next-error' }, { do: 'throw' }) },
    {
      weight: 8,
      arbitrary: fc.constantFrom<Act>(
        { do: 'send' },
        { do: 'json' },
        { do: 'end' },
        { do: 'jsonp' },
        { do: 'stream' },
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(...CODES)
        .chain((code) =>
          fc.constantFrom<Act>(
            { do: 'status', code },
            { do: 'send-status', code },
            { do: 'throw-status', code },
          ),
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(...targets)
        .chain((to) =>
          fc.constantFrom<Act>(
            { do: 'redirect', to },
            { do: 'rewrite', to },
            { do: 'add-route', to },
          ),
        ),
    },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom('text/plain', 'x', 'json')
        .chain((value) =>
          fc.constantFrom<Act>(
            { do: 'header', value },
            { do: 'cookie', value },
            { do: 'type', value },
            { do: 'vary', value },
            { do: 'local', value },
          ),
        ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('GET', 'POST').map<Act>((to) => ({ do: 'method', to })),
    },
    { weight: 1, arbitrary: fc.nat(3).map<Act>((at) => ({ do: 'splice', at })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('end', 'writeHead', 'send', 'json')
        .map<Act>((what) => ({ do: 'patch', what }) as Act),
    },
    { weight: 1, arbitrary: fc.constant<Act>(major === 5 ? { do: 'reject' } : { do: 'next' }) },
    { weight: 1, arbitrary: fc.constant<Act>({ do: 'next-twice' }) },
  )

const handler = (major: Major): fc.Arbitrary<HandlerShape> =>
  fc.record({ onError: fc.nat(6).map((dice) => dice === 0), act: act(major) })

const handlers = (major: Major): fc.Arbitrary<readonly HandlerShape[]> =>
  fc.array(handler(major), { minLength: 1, maxLength: 3 })

const settings: fc.Arbitrary<SettingsShape> = fc.record(
  {
    'strict routing': fc.boolean(),
    'case sensitive routing': fc.boolean(),
    'x-powered-by': fc.boolean(),
    etag: fc.constantFrom('weak', 'strong', false),
    'json spaces': fc.constantFrom(0, 2),
    'query parser': fc.constantFrom('simple', 'extended', false),
    'trust proxy': fc.constantFrom(true, false, 1, 'loopback'),
  },
  { requiredKeys: [] },
)

const routerOptions = fc.record({
  strict: fc.boolean(),
  caseSensitive: fc.boolean(),
  mergeParams: fc.boolean(),
})

function nodes(major: Major, depth: number): fc.Arbitrary<readonly NodeShape[]> {
  const paths = fc.oneof(
    { weight: 5, arbitrary: path(major).map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(path(major), { minLength: 2, maxLength: 3 }) },
  )
  const optional = fc.oneof(
    { weight: 1, arbitrary: fc.constant<PathShape[]>([]) },
    { weight: 2, arbitrary: paths },
  )
  const node = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('method' as const),
        method: fc.constantFrom(...METHODS),
        paths,
        handlers: handlers(major),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('use' as const),
        paths: optional,
        handlers: handlers(major),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('route' as const),
        path: path(major),
        steps: fc.array(
          fc.record({ method: fc.constantFrom(...METHODS), handlers: handlers(major) }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('param' as const),
        name: fc.constantFrom('x', 'y', 'rest'),
        // Express's own router reads past its list of parameters when such a function calls next twice.
        act: act(major).filter((one) => one.do !== 'next-twice'),
      }),
    },
    ...(depth === 0
      ? []
      : [
          {
            weight: 3,
            arbitrary: fc.record({
              kind: fc.constant('router' as const),
              paths: optional,
              options: routerOptions,
              nodes: nodes(major, depth - 1),
            }),
          },
          {
            weight: 1,
            arbitrary: fc.record({
              kind: fc.constant('app' as const),
              paths: optional,
              settings,
              nodes: nodes(major, depth - 1),
            }),
          },
        ]),
  )
  return fc.array(node as fc.Arbitrary<NodeShape>, {
    minLength: depth === 0 ? 1 : 2,
    maxLength: depth === 0 ? 3 : 7,
  })
}

const asked = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...LITERALS, '2', '12', 'c', 'a.b', 'a-b', 'v1', 'x.y') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '%61',
      'a%2Fb',
      '%zz',
      '%C3%A9',
      '',
      'a b'.replace(' ', '%20'),
      'B',
      '..',
      '.',
      '%',
      'a;x',
      'a+b',
      'toString',
      '__proto__',
    ),
  },
)

const request: fc.Arbitrary<RequestShape> = fc
  .tuple(
    fc.constantFrom(...ASKED),
    fc.array(asked, { maxLength: 4 }),
    fc.boolean(),
    fc.constantFrom('', '', '', '?q=1', '?a[b]=1&a[c]=2', '?callback=cb', '?'),
    fc.constantFrom<Readonly<Record<string, string>>[]>(
      {},
      {},
      {},
      { 'If-None-Match': '*' },
      { Accept: 'text/html' },
      { Accept: 'application/json' },
      { 'X-Forwarded-For': '1.2.3.4' },
    ),
  )
  .map(([method, parts, slash, query, headers]) => ({
    method,
    path:
      encodeURI(`/${parts.join('/')}${slash && parts.length > 0 ? '/' : ''}`).replaceAll(
        '%25',
        '%',
      ) + query,
    headers,
  }))

/** Whole programs for a major version. */
export const appShapes = (major: Major): fc.Arbitrary<AppShape> =>
  fc.record({
    settings,
    nodes: nodes(major, 2),
    requests: fc.array(request, { minLength: 2, maxLength: 8 }),
  })
