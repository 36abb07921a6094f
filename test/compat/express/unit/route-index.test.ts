import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Request, Response } from '../../../../compat/express/index.ts'
import { VERSIONS } from './support.ts'

/** One line of a random table of routes. */
interface Entry {
  readonly kind: 'use' | 'get' | 'post' | 'all'
  readonly path: unknown
}

type Handler = (req: Request, res: Response, next: (error?: unknown) => void) => void

const segment = fc.constantFrom('a', 'b', 'A', 'api', 'a.b', 'x-y', '%61', 'ab')
const parts = {
  5: [':id', ':p', '*rest', '{:o}', 'a{b}'],
  4: [':id', ':p', '*', ':o?', 'a?b', 'a+', '(b|c)'],
}

const stringPath = (version: 4 | 5): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.oneof({ weight: 3, arbitrary: segment }, fc.constantFrom(...parts[version])), {
        minLength: 0,
        maxLength: 3,
      }),
      fc.constantFrom('', '', '/'),
    )
    .map(([segments, end]) => `/${segments.join('/')}${end}`)

const path = (version: 4 | 5): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 8, arbitrary: stringPath(version) },
    fc.array(stringPath(version), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(/^\/a/, /b$/i, /^\/(api)\/(.+)$/),
  )

const entry = (version: 4 | 5): fc.Arbitrary<Entry> =>
  fc.record({ kind: fc.constantFrom('use', 'get', 'post', 'all'), path: path(version) }) as never

const url = fc
  .tuple(
    fc.array(fc.oneof(segment, fc.constantFrom('', '1', 'API', 'c', '%zz')), { maxLength: 4 }),
    fc.constantFrom('', '/', '?q=1', '//'),
  )
  .map(([segments, end]) => `/${segments.join('/')}${end}`)

/** Order in which the entries of a table see a request; paths that cannot be registered are left out. */
function visits(
  express: (typeof VERSIONS)[number]['ours'],
  table: readonly Entry[],
  method: string,
  target: string,
  options: object,
): Promise<string[]> {
  const router = express.Router(options)
  const seen: string[] = []
  table.forEach(({ kind, path: pattern }, i) => {
    const handler: Handler = (req, _res, next) => {
      seen.push(`${i}:${JSON.stringify(req.params)}:${req.baseUrl}:${req.url}`)
      next()
    }
    try {
      ;(router[kind] as (path: unknown, handler: Handler) => unknown)(pattern, handler)
    } catch {
      // Not a pattern of this version.
    }
  })
  return new Promise((resolve) => {
    const req = { method, url: target, baseUrl: '' }
    const done = (error?: unknown): void => resolve([...seen, String(error ?? '')])
    const res = { set() {}, send: () => resolve(seen), setHeader() {}, end: () => resolve(seen) }
    router(req as never, res as never, done)
  })
}

describe.each(VERSIONS)(
  'the index over a router of Express $version',
  ({ version, ours, real }) => {
    test('gives out the layers that a scan of the original finds, in the same order', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(entry(version), { minLength: 5, maxLength: 14 }),
          fc.array(url, { minLength: 1, maxLength: 4 }),
          fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS'),
          fc.record({ strict: fc.boolean(), caseSensitive: fc.boolean() }),
          async (table, urls, method, options) => {
            for (const target of urls) {
              const expected = await visits(real, table, method, target, options)
              expect(await visits(ours, table, method, target, options)).toEqual(expected)
            }
          },
        ),
        { numRuns: 400 },
      )
    })
  },
)
