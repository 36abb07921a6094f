import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BaseConverter } from '../../src/routing/converters.ts'
import type { Lookup } from '../../src/routing/plan.ts'
import { Rule, type RuleOptions } from '../../src/routing/rule.ts'
import { UrlMap } from '../../src/routing/url-map.ts'
import { sampleConverters } from './sample-converters.ts'

function mapOf(...rules: (string | [string, RuleOptions])[]): UrlMap {
  const map = new UrlMap(null, { converters: sampleConverters })
  for (const [i, rule] of rules.entries()) {
    const [text, options] = typeof rule === 'string' ? [rule, {}] : rule
    map.add(new Rule(text, { endpoint: `e${i}`, methods: ['GET'], ...options }))
  }
  return map
}

function show(found: Lookup | null): unknown {
  return found === null ? null : [found.rule.rule, found.rule.methods?.size, found.args]
}

function fillIn(rule = '/', fill: readonly string[]): string {
  let next = 0
  return rule.replace(/<[^>]*>/g, () => fill[next++] ?? '')
}

/** What `match` says, or null for whatever it throws. */
function fullMatch(map: UrlMap, method: string, pathInfo: string, subdomain: string): unknown {
  try {
    return show(map.bind({ serverName: 'h', subdomain }).match({ pathInfo, method }))
  } catch {
    return null
  }
}

describe('lookup never says anything but what match says', () => {
  const texts = ['a', 'b', '1', '12', 'ab', 'a?b', 'a#b', 'b*', 'a%b', 'a:b', ':a', '%41', 'é']
  const variables = [
    '<x>',
    '<x>',
    '<int:x>',
    '<string(length=2):x>',
    '<any(a,b):x>',
    '<path:x>',
    '<rej:x>',
    '<multi:x>',
    '<light:x>',
    'a<x>',
    '<int:x>-<x>',
  ]
  const segment = fc.oneof(fc.constantFrom(...texts.slice(0, 5)), fc.constantFrom(...texts))
  const ruleText = fc
    .tuple(
      fc.array(fc.oneof(segment, fc.constantFrom(...variables)), { maxLength: 3 }),
      fc.boolean(),
    )
    .map(([segments, slash]) => {
      let count = 0
      const text = segments.join('/').replace(/\bx>/g, () => `v${count++}>`)
      return `/${text}${slash && text !== '' ? '/' : ''}`
    })
  const methods = fc.constantFrom(null, null, ['GET'], ['POST'], ['PUT', 'GET'])
  const rules = fc.array(
    fc.record({
      text: ruleText,
      options: fc.record({
        methods,
        endpoint: fc.constantFrom('e1', 'e2', 'e3'),
        strictSlashes: fc.constantFrom(undefined, undefined, undefined, false, true),
        subdomain: fc.constantFrom(undefined, undefined, undefined, undefined, 's', '<w>'),
        defaults: fc.constantFrom(undefined, undefined, undefined, { v0: 1 }, { v1: 'a' }),
        redirectTo: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 'b'),
        alias: fc.constantFrom(false, false, false, false, true),
        websocket: fc.constant(false),
      }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  const pathSegment = fc.constantFrom(...texts, '', 'x', '7', 'aa', 'a-b', '1-b', 'me', 'A')
  const url = fc.oneof(
    fc.array(pathSegment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
    // One that a rule is likely to match: its text with the variables filled in.
    fc.record({ rule: fc.nat(11), fill: fc.array(pathSegment, { minLength: 3, maxLength: 3 }) }),
  )
  const urls = fc.array(url, { minLength: 24, maxLength: 24 })

  test('for random rules, paths, methods and subdomains', () => {
    let hits = 0
    let misses = 0
    fc.assert(
      fc.property(rules, urls, fc.boolean(), (list, choices, redirectDefaults) => {
        const map = new UrlMap(null, { converters: sampleConverters, redirectDefaults })
        for (const { text, options } of list) {
          try {
            map.add(new Rule(text, options))
          } catch {
            // A default that its converter cannot express.
          }
        }
        for (const choice of choices) {
          const url =
            typeof choice === 'string'
              ? choice
              : fillIn(list[choice.rule % list.length]?.text, choice.fill)
          for (const [method, subdomain] of [
            ['GET', ''],
            ['POST', 's'],
            ['PATCH', ''],
          ] as const) {
            const expected = fullMatch(map, method, url, subdomain)
            const found = show(map.lookup(method, url, subdomain))
            if (found === null) {
              if (expected !== null && !url.startsWith('//')) misses++
              continue
            }
            hits++
            expect(found, `${method} ${url}`).toEqual(expected)
          }
        }
      }),
      { numRuns: 400, seed: 20 },
    )
    expect(hits).toBeGreaterThan(3000)
    // It may say nothing, but then it would not be worth its name.
    expect(misses).toBe(0)
  })
})

describe('paths arrive decoded', () => {
  const map = mapOf('/u/<name>', '/a', '/a/<x>/c')

  test.each([
    ['/u/a?b', { name: 'a?b' }],
    ['/u/a#b', { name: 'a#b' }],
    ['/u/a%41', { name: 'a%41' }],
    ['/u/100%', { name: '100%' }],
    ['/u/%2F', { name: '%2F' }],
    ['/u/%25', { name: '%25' }],
    ['/u/a;b=c', { name: 'a;b=c' }],
    ['/u/:x', { name: ':x' }],
    ['/u/*', { name: '*' }],
    ['/u/a\nb', { name: 'a\nb' }],
    ['/u/😀', { name: '😀' }],
    [`/u/${'long'.repeat(1000)}`, { name: 'long'.repeat(1000) }],
  ])('%j keeps every character', (path, args) => {
    expect(map.lookup('GET', path)?.args).toEqual(args)
  })

  test.each(['/a?x', '/a#x', '/%61', '/a%3F', '/A', '/a/', '/a//c', 'a', '', '*', 'http://h/a'])(
    '%j is not /a',
    (path) => {
      expect(map.lookup('GET', path)).toBeNull()
    },
  )

  test('rules with characters that mean something to find-my-way', () => {
    const odd = mapOf('/a:b', '/:x/<y>', '/w*', '/q?', '/h#', '/p%20', '/(x)/<y>', '/d-e.f', '/<y>')
    for (const path of ['/a:b', '/w*', '/q?', '/h#', '/p%20', '/d-e.f']) {
      expect(odd.lookup('GET', path)?.rule.rule).toBe(path)
    }
    expect(odd.lookup('GET', '/:x/1')?.rule.rule).toBe('/:x/<y>')
    expect(odd.lookup('GET', '/zz/1')).toBeNull()
    expect(odd.lookup('GET', '/(x)/1')?.rule.rule).toBe('/(x)/<y>')
    expect(odd.lookup('GET', '/p ')?.args).toEqual({ y: 'p ' })
  })
})

describe('what lookup leaves to match', () => {
  test('a redirect to a slash, though a variable would match', () => {
    const map = mapOf('/about/', '/<page>')
    expect(map.lookup('GET', '/about')).toBeNull()
    expect(map.lookup('GET', '/other')?.args).toEqual({ page: 'other' })
  })

  test('a method that no rule has', () => {
    expect(mapOf('/a').lookup('POST', '/a')).toBeNull()
  })

  test('a rule whose defaults abbreviate the values', () => {
    const map = mapOf(
      ['/list/', { endpoint: 'list', defaults: { page: 1 } }],
      ['/list/<int:page>', { endpoint: 'list' }],
    )
    expect(map.lookup('GET', '/list/1')).toBeNull()
    expect(map.lookup('GET', '/list/2')?.args).toEqual({ page: 2 })
    map.redirectDefaults = false
    expect(map.lookup('GET', '/list/1')?.args).toEqual({ page: 1 })
  })

  test('a converter that throws', () => {
    class Bad extends BaseConverter {
      override toPython(): never {
        throw new RangeError('no')
      }
    }
    const map = new UrlMap(null, { converters: { bad: Bad } })
    map.add(new Rule('/<bad:x>', { endpoint: 'x' }))
    expect(map.lookup('GET', '/a')).toBeNull()
    expect(() => map.bind({ serverName: 'h' }).match({ pathInfo: '/a' })).toThrow(RangeError)
  })
})

describe('lookup', () => {
  test('prefers the rule that a less specific first segment leads to, as Werkzeug does', () => {
    const map = mapOf('/<int:a>/<b>', '/<c>/x')
    expect(map.lookup('GET', '/5/x')?.rule.rule).toBe('/<int:a>/<b>')
    expect(map.lookup('GET', '/y/x')?.rule.rule).toBe('/<c>/x')
  })

  test('falls through rules for other methods', () => {
    const map = mapOf(['/about', { methods: ['POST'] }], '/<page>')
    expect(map.lookup('GET', '/about')?.rule.rule).toBe('/<page>')
    expect(map.lookup('HEAD', '/about')?.rule.rule).toBe('/<page>')
    expect(map.lookup('POST', '/about')?.rule.rule).toBe('/about')
  })

  test('answers methods that nobody has heard of, where a rule takes all', () => {
    expect(mapOf(['/a', { methods: null }]).lookup('BREW', '/a')?.rule.rule).toBe('/a')
  })

  test('makes fresh arguments each time', () => {
    const map = mapOf(['/<x>', { defaults: { y: 1 } }])
    const first = map.lookup('GET', '/a')
    const second = map.lookup('GET', '/a')
    expect(first?.args).toEqual({ x: 'a', y: 1 })
    expect(second?.args).not.toBe(first?.args)
  })

  test('sees rules that were added after the first request', () => {
    const map = mapOf('/<x>')
    expect(map.lookup('GET', '/a')?.rule.rule).toBe('/<x>')
    map.add(new Rule('/a', { endpoint: 'late' }))
    expect(map.lookup('GET', '/a')?.rule.rule).toBe('/a')
  })

  test('goes by subdomain or host', () => {
    const map = mapOf(['/', { subdomain: 'adm' }], ['/', { subdomain: '<user>' }], '/')
    expect(map.lookup('GET', '/', '')?.args).toEqual({})
    expect(map.lookup('GET', '/', 'adm')?.args).toEqual({})
    expect(map.lookup('GET', '/', 'bob')?.args).toEqual({ user: 'bob' })
    const hosts = new UrlMap(null, { hostMatching: true })
    hosts.add(new Rule('/', { endpoint: 'a', host: 'a.test' }))
    hosts.add(new Rule('/', { endpoint: 't', host: '<tenant>.w.test' }))
    expect(hosts.lookup('GET', '/', 'a.test')?.rule.endpoint).toBe('a')
    expect(hosts.lookup('GET', '/', 't1.w.test')?.args).toEqual({ tenant: 't1' })
    expect(hosts.lookup('GET', '/', 'b.test')).toBeNull()
  })

  test('does not compile thousands of rules, and finds them all the same', () => {
    const map = new UrlMap()
    for (let i = 0; i < 2000; i++) {
      map.add(new Rule(i % 2 ? `/r${i}/<int:id>` : `/r${i}/x`, { endpoint: `e${i}` }))
    }
    expect(map.lookup('GET', '/r1999/7')?.args).toEqual({ id: 7 })
    expect(map.lookup('GET', '/r1998/x')?.rule.endpoint).toBe('e1998')
    expect(map.lookup('GET', '/r1999/x')).toBeNull()
  })
})
