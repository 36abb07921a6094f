import fc from 'fast-check'
import { type Major, WAYS } from '../types.ts'
import { handlers, paramAct } from './acts.ts'
import { maybePaths, path, somePaths } from './paths.ts'
import { request } from './requests.ts'
import { changedSetting, settings } from './settings.ts'
import type { AppShape, NodeShape } from './shape.ts'

const METHODS = [
  'get',
  'get',
  'get',
  'post',
  'put',
  'head',
  'options',
  'delete',
  'all',
  'patch',
  'm-search',
] as const

const routerOptions = fc.record({
  strict: fc.boolean(),
  caseSensitive: fc.boolean(),
  mergeParams: fc.boolean(),
})

const parserOptions = fc.record(
  {
    limit: fc.constantFrom(20, '50b', '1kb'),
    strict: fc.boolean(),
    extended: fc.boolean(),
    inflate: fc.boolean(),
    type: fc.constantFrom('*/*', 'json', 'text/plain'),
    parameterLimit: fc.constantFrom(5, 40),
    defaultCharset: fc.constantFrom('utf-8', 'iso-8859-1'),
  },
  { requiredKeys: [] },
)

const staticOptions = fc.record(
  {
    index: fc.constantFrom<unknown[]>(false, 'page.html', ['none.html', 'index.html']),
    redirect: fc.boolean(),
    dotfiles: fc.constantFrom('allow', 'deny', 'ignore'),
    extensions: fc.constantFrom<unknown[]>(false, ['html', 'txt']),
    etag: fc.boolean(),
    lastModified: fc.boolean(),
    fallthrough: fc.boolean(),
    maxAge: fc.constantFrom(1000, '1d'),
    immutable: fc.boolean(),
    acceptRanges: fc.boolean(),
  },
  { requiredKeys: [] },
)

const routerOption = fc.tuple(
  fc.constantFrom('strict', 'caseSensitive', 'mergeParams'),
  fc.boolean(),
)

const MISTAKES = [
  'no handler',
  'undefined',
  'text',
  'object',
  'no arguments',
  'empty array',
] as const

const leaf = (major: Major): fc.Arbitrary<NodeShape> =>
  fc.oneof(
    {
      weight: 24,
      arbitrary: fc.record({
        kind: fc.constant('method' as const),
        method: fc.constantFrom(...METHODS),
        paths: somePaths(major),
        handlers: handlers(major),
      }),
    },
    {
      weight: 16,
      arbitrary: fc.record({
        kind: fc.constant('use' as const),
        paths: maybePaths(major),
        handlers: handlers(major),
      }),
    },
    {
      weight: 4,
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
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('param' as const),
        names: fc.uniqueArray(fc.constantFrom('x', 'y', 'rest', '0', 'opt'), {
          minLength: 1,
          maxLength: 2,
        }),
        act: paramAct(major),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('again' as const),
        paths: maybePaths(major),
        at: fc.nat(5),
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .oneof(changedSetting, routerOption)
        .map(([name, value]): NodeShape => ({ kind: 'set', name, value })),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(20, 101, 250).map((count): NodeShape => ({ kind: 'many', count })),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('parser' as const),
        parser: fc.constantFrom('json', 'urlencoded', 'text', 'raw'),
        options: parserOptions,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('static' as const),
        paths: maybePaths(major),
        options: staticOptions,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('mistake' as const),
        method: fc.constantFrom('use', 'get', 'all', 'route', 'param'),
        what: fc.constantFrom(...MISTAKES),
      }),
    },
  )

const branch = (major: Major, depth: number): fc.Arbitrary<NodeShape> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('router' as const),
        paths: maybePaths(major),
        options: routerOptions,
        nodes: nodes(major, depth - 1),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('app' as const),
        paths: maybePaths(major),
        settings,
        nodes: nodes(major, depth - 1),
      }),
    },
  )

function nodes(major: Major, depth: number): fc.Arbitrary<readonly NodeShape[]> {
  if (depth === 0) return fc.array(leaf(major), { minLength: 1, maxLength: 3 })
  const node = fc.oneof(
    { weight: 3, arbitrary: leaf(major) },
    { weight: 1, arbitrary: branch(major, depth) },
  )
  return fc.array(node, { minLength: 2, maxLength: 7 })
}

const TWO_CHAINS = /"do":"(?:next-twice|next-send|send-next)"/
const READS_FILES = /"kind":"static"|"do":"(?:send-file|download)"/

/** Whether handlers run at once of which one waits for the disk: their order is nobody's promise. */
function races(shape: AppShape): boolean {
  const text = JSON.stringify(shape)
  return TWO_CHAINS.test(text) && READS_FILES.test(text)
}

/** Whole programs for a major version. */
export const appShapes = (major: Major): fc.Arbitrary<AppShape> =>
  fc
    .record({
      way: fc.constantFrom(...WAYS),
      env: fc.constantFrom('test', 'test', 'test', 'production', 'development'),
      looked: fc.boolean(),
      settings,
      nodes: nodes(major, 2),
      requests: fc.array(request, { minLength: 2, maxLength: 8 }),
    })
    .filter((shape) => !races(shape))
