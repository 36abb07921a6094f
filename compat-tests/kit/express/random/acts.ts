import fc from 'fast-check'
import type { Major } from '../types.ts'
import { changedSetting } from './settings.ts'
import type { Act, HandlerShape, HandlersShape } from './shape.ts'
import { FIELDS, FILE_NAMES, HEADS, namesOf, THROWN, VALUES } from './values.ts'

const CODES = [200, 201, 204, 205, 304, 400, 404, 500, 503] as const

const TARGETS = [
  '/a',
  '/b/1',
  '/a/b',
  '/',
  '/a?q=2',
  'a/b',
  '',
  '?q=3',
  '//a/b',
  'http://x.test/a',
  '/é "<b>',
  '/%zz',
  'back',
] as const

const TYPES = ['text/plain', 'x', 'json', 'html', 'text/html; charset=x', '.png'] as const

const REMOVED = [
  'X-Powered-By',
  'Date',
  'ETag',
  'Content-Type',
  'Content-Length',
  'Connection',
  'Transfer-Encoding',
  'X-Own',
] as const

type Plain = Exclude<
  Act,
  { readonly code: number } | { readonly to: string } | { readonly value: unknown }
>

const plain = (...names: Plain['do'][]): fc.Arbitrary<Act> =>
  fc.constantFrom(...names).map((name) => ({ do: name }) as Act)

const act = (major: Major): fc.Arbitrary<Act> =>
  fc.oneof(
    { weight: 24, arbitrary: fc.constant<Act>({ do: 'next' }) },
    { weight: 6, arbitrary: plain('later', 'next-route', 'next-router', 'recover') },
    { weight: 5, arbitrary: plain('next-error', 'throw') },
    { weight: 14, arbitrary: plain('send', 'json', 'end', 'jsonp', 'stream') },
    {
      weight: 4,
      arbitrary: plain('send-next', 'send-twice', 'next-send', 'send-later', 'pipe', 'render'),
    },
    {
      weight: 6,
      arbitrary: plain('inspect', 'watch', 'read', 'body', 'params', 'assign-params', 'stack'),
    },
    {
      weight: 4,
      arbitrary: plain('format', 'links', 'attachment', 'early-hints', 'trailers', 'flush'),
    },
    {
      weight: 3,
      arbitrary: plain('status-message', 'cookie-options', 'clear-cookie', 'signed-cookie'),
    },
    { weight: 2, arbitrary: plain('assign-query', 'base-url', 'reverse', 'wrap', 'assign-stack') },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom('send-value' as const, 'json-value' as const, 'end-value' as const),
        value: fc.constantFrom(...namesOf(VALUES)),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        // A rejection leaves a request of version 4 without a reply, which takes long to see.
        do: fc.constantFrom(
          'throw-value' as const,
          'next-value' as const,
          ...(major === 5 ? ['reject-value' as const] : []),
        ),
        value: fc.constantFrom(...namesOf(THROWN)),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('field' as const),
        how: fc.constantFrom(
          'set' as const,
          'header' as const,
          'append' as const,
          'setHeader' as const,
          'appendHeader' as const,
          'node' as const,
        ),
        field: fc.constantFrom(...namesOf(FIELDS)),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('remove-header' as const),
        name: fc.constantFrom(...REMOVED),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('write-head' as const),
        head: fc.constantFrom(...namesOf(HEADS)),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('send-file' as const, 'download' as const),
        file: fc.constantFrom(...FILE_NAMES),
        callback: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: changedSetting.map(([name, value]): Act => ({ do: 'set', name, value })),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('status' as const, 'send-status' as const, 'throw-status' as const),
        code: fc.constantFrom(...CODES),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'redirect' as const,
          'rewrite' as const,
          'rewrite' as const,
          'add-route' as const,
          'location' as const,
        ),
        to: fc.constantFrom(...TARGETS),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('redirect-status' as const),
        code: fc.constantFrom(301, 303, 307, 200, 999),
        to: fc.constantFrom(...TARGETS),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'header' as const,
          'cookie' as const,
          'type' as const,
          'vary' as const,
          'local' as const,
        ),
        value: fc.constantFrom(...TYPES),
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('GET', 'POST', 'OPTIONS', 'HEAD')
        .map<Act>((to) => ({ do: 'method', to })),
    },
    { weight: 2, arbitrary: fc.nat(3).map<Act>((at) => ({ do: 'splice', at })) },
    { weight: 2, arbitrary: fc.nat(3).map<Act>((at) => ({ do: 'call', at })) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('end' as const, 'writeHead' as const, 'send' as const, 'json' as const)
        .map<Act>((what) => ({ do: 'patch', what })),
    },
    { weight: 2, arbitrary: fc.constant<Act>(major === 5 ? { do: 'reject' } : { do: 'next' }) },
    { weight: 2, arbitrary: plain('next-twice') },
    { weight: 1, arbitrary: plain('destroy') },
  )

/** What a handler of a parameter does. */
export const paramAct = (major: Major): fc.Arbitrary<Act> =>
  // Express's own router reads past its list of parameters when such a function calls next twice.
  act(major).filter(({ do: what }) => what !== 'next-twice' && what !== 'next-send')

const handler = (major: Major): fc.Arbitrary<HandlerShape> =>
  fc.record({
    onError: fc.nat(6).map((dice) => dice === 0),
    isAsync: fc.nat(major === 5 ? 4 : 60).map((dice) => dice === 1),
    act: act(major),
  })

/** One to three handlers. */
export const handlers = (major: Major): fc.Arbitrary<HandlersShape> =>
  fc.record({
    nesting: fc.constantFrom('flat' as const, 'flat' as const, 'array' as const, 'deep' as const),
    list: fc.array(handler(major), { minLength: 1, maxLength: 3 }),
  })
