import type { IncomingMessage, ServerResponse } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalPath, hasMalformedPath } from '../../src/middleware/canonical-path.ts'
import { MiddlewareChain } from '../../src/middleware/chain.ts'
import { HttpRequest } from '../../src/request/http-request.ts'
import { Rule } from '../../src/routing/rule.ts'
import { UrlMap } from '../../src/routing/url-map.ts'

const words = ['admin', 'a', 'b', 'users', 'v1', 'é', 'x-y', '1'] as const
const word = fc.constantFrom(...words)
const path = fc
  .array(word, { minLength: 1, maxLength: 4 })
  .map((segments) => `/${segments.join('/')}`)

/** One way to write a character of a path so that it may still mean the same. */
function spell(character: string, how: number): string {
  const bytes = [...Buffer.from(character)]
  const encoded = bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  if (character === '/') {
    return ['/', '/', '/', '//', '%2f', '%2F', '/./', '/x/../', '/;y/', '\\', '/%2e/'][
      how % 11
    ] as string
  }
  // Node hands the bytes of a target on as Latin-1.
  const plain = Buffer.from(character).toString('latin1')
  return [plain, plain, encoded, encoded.toUpperCase(), plain.toUpperCase()][how % 5] as string
}

// Mostly plain, so that many targets still reach the route that they started from.
const choice = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.nat(54) },
)
const choices = fc.array(choice, { minLength: 60, maxLength: 60 })
const origin = fc.constantFrom('', '', '', 'http://h', 'https://other:80', '/', '//')
const ends = [
  '',
  '',
  '/',
  '//',
  '?x',
  '#/y',
  '/?a=/b',
  ';v',
  '.',
  '/..',
  '%2f',
  '%00',
  '%3f',
] as const

/** A mount, a path that is mostly under it, and a target that spells that path in some way. */
const scene = fc
  .record({
    mount: path,
    below: path,
    other: fc.option(path, { freq: 4 }),
    choices,
    origin,
    end: fc.constantFrom(...ends),
  })
  .map(({ mount, below, other, choices, origin, end }) => {
    const text = other ?? mount + below
    const spelled = [...text].map((character, i) => spell(character, choices[i] ?? 0)).join('')
    return { mount, below, url: origin + spelled + end }
  })
const target = scene.map(({ url }) => url)

function requestFor(url: string): IncomingMessage {
  return { url, method: 'GET', headers: {}, rawHeaders: [] } as unknown as IncomingMessage
}

/** Whether a guard on the mount runs for the target, and what the URL is behind it. */
function guards(mount: string | RegExp, url: string): { ran: boolean; after: string | undefined } {
  let ran = false
  const chain = new MiddlewareChain()
  chain.use(mount, (_req, _res, next) => {
    ran = true
    next()
  })
  const req = requestFor(url)
  chain.handle(req, {} as ServerResponse, () => undefined)
  return { ran, after: req.url }
}

/** Whether a canonical path is the mount or below it. */
function isUnder(canonical: string, mount: string): boolean {
  return canonical === mount || canonical.startsWith(`${mount}/`)
}

describe('a guard runs whenever the canonical path is under its mount', () => {
  it('for a path as mount, in any of its forms', () => {
    fc.assert(
      fc.property(scene, fc.nat(3), ({ mount, url }, form) => {
        const written = [mount, `${mount}/`, mount.slice(1), encodeURI(mount)][form] as string
        const { ran, after } = guards(written, url)
        expect(after).toBe(url)
        if (isUnder(canonicalPath(requestFor(url)), mount)) expect(ran).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('for a RegExp as mount', () => {
    fc.assert(
      fc.property(scene, ({ mount, url }) => {
        const { ran, after } = guards(new RegExp(`^${mount}(?:/|$)`), url)
        expect(after).toBe(url)
        if (isUnder(canonicalPath(requestFor(url)), mount)) expect(ran).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('for a mount with a variable', () => {
    fc.assert(
      fc.property(scene, word, ({ mount, url }, last) => {
        const { ran } = guards(`${mount}/:name/${last}`, url)
        const canonical = canonicalPath(requestFor(url))
        const rest = canonical.slice(mount.length)
        const below = new RegExp(`^/[^]+/${last}(?:/|$)`)
        if (isUnder(canonical, mount) && below.test(rest)) expect(ran).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('and so for every route that our router takes the target for', () => {
    let routed = 0
    fc.assert(
      fc.property(
        scene,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('', '/', '/<path:rest>', '/<name>', '/<int:n>', '/<name>/'),
        ({ mount, below, url }, strictSlashes, mergeSlashes, end) => {
          const rule = `${mount}${below}${end}`
          const rules = [rule, `${mount}${end}`].map(
            (text) => new Rule(text, { endpoint: text, methods: ['GET'] }),
          )
          const map = new UrlMap(rules, { strictSlashes, mergeSlashes })
          const pathInfo = canonicalPath(requestFor(url))
          let matched = false
          try {
            map.bind({ serverName: 'h' }).match({ pathInfo, method: 'GET' })
            matched = true
            routed++
          } catch {
            // A redirect, or no route: no handler runs.
          }
          expect(map.lookup('GET', pathInfo) === null || matched).toBe(true)
          if (matched) expect(guards(mount, url).ran).toBe(true)
        },
      ),
      { numRuns: 3000 },
    )
    expect(routed).toBeGreaterThan(50)
  })
})

describe('the canonical path', () => {
  it("is the facade's request.path, for every target that is well-formed", () => {
    fc.assert(
      fc.property(fc.oneof(target, fc.webUrl(), fc.webPath(), fc.string()), (url) => {
        const req = requestFor(url)
        fc.pre(!hasMalformedPath(req))
        expect(canonicalPath(req)).toBe(new HttpRequest(req).path)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('the work is linear in the length of the target', () => {
  // Each would take minutes if a pattern backtracked; the test's own time limit is the assertion.
  const long = 60_000
  it.each([
    ['variables', '/:a/:b/:c/:d/end', `/${'x/'.repeat(long)}en`],
    ['variables and near misses', '/:a/end', `/${'x/endx/'.repeat(long / 6)}`],
    ['dots', '/admin', `/${'../'.repeat(long)}`],
    ['slashes', '/admin', '/'.repeat(long)],
    ['escapes', '/admin', `/${'%2e%2e%2f'.repeat(long / 9)}`],
    ['broken escapes', '/admin', `/${'%'.repeat(long)}`],
    ['bytes that are no text', '/admin', `/${'%ff'.repeat(long / 3)}`],
    ['parameters', '/admin', `/${';'.repeat(long)}`],
  ])('%s', (_what, mount, url) => {
    expect(guards(mount, url).after).toBe(url)
  })
})
