import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NotFound } from '../../src/errors/http-exception.ts'
import { type LinearPiece, linearMatcher } from '../../src/routing/linear-match.ts'
import { Rule } from '../../src/routing/rule.ts'
import { escapeRegex } from '../../src/routing/rule-part.ts'
import { UrlMap } from '../../src/routing/url-map.ts'

const HEX = '[A-Fa-f0-9]'
const regexes = [
  '[^/]{1,}',
  '[^/]+',
  '[^/]{2}',
  '[^/]{2,3}',
  '\\p{Nd}+',
  '-?\\p{Nd}+',
  '\\p{Nd}+\\.\\p{Nd}+',
  '-?\\p{Nd}+\\.\\p{Nd}+',
  '[^/][^\\n]*?',
  '(?:a|a-b|ab)',
  '(?:c\\|d|\\\\|)',
  `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`,
]

test('agrees with the regex engine, captures included', () => {
  const piece: fc.Arbitrary<LinearPiece> = fc.oneof(
    fc.constantFrom('-', '.', 'a', '/', 'ab', '1').map((text) => ({ text })),
    fc.constantFrom(...regexes).map((regex) => ({ regex })),
  )
  const character = fc.constantFrom(
    ...['a', 'b', '-', '.', '/', '1', '2', '\n', '😀', '٣', 'c|d', '\\', '1.5'],
    'a8098c1a-f86e-11da-bd1a-00112444be1e',
  )
  const text = fc.array(character, { maxLength: 10 }).map((parts) => parts.join(''))
  const pieces = fc.array(piece, { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      pieces,
      fc.array(text, { minLength: 10 }),
      fc.boolean(),
      (list, texts, suffixed) => {
        const source = list
          .map((one) => ('text' in one ? escapeRegex(one.text) : `(${one.regex})`))
          .join('')
        const regex = new RegExp(`^${source}${suffixed ? '(?<!\\/)(\\/?)' : ''}$`, 'u')
        const matcher = linearMatcher(list, suffixed)
        for (const candidate of texts) {
          const [, ...groups] = regex.exec(candidate) ?? []
          const slash = suffixed ? groups.pop() === '/' : false
          const expected = regex.test(candidate) ? { values: groups, slash } : null
          expect(matcher?.(candidate), `${source} on ${JSON.stringify(candidate)}`).toEqual(
            expected,
          )
        }
      },
    ),
    { numRuns: 300, seed: 7 },
  )
})

test('leaves regexes that it does not know to the engine', () => {
  expect(linearMatcher([{ regex: '[a-z]+' }], false)).toBeNull()
  expect(linearMatcher([{ regex: '(?:a|b+)' }], false)).toBeNull()
})

describe('a long path that fails to match takes no longer than a long path', () => {
  // A backtracking engine would need years for these: the test ends, or it does not.
  test.each([
    ['/<a>-<b>-<c>-<d>-<e>.txt', '-'.repeat(15_000)],
    ['/<path:a>/b/<path:b>/b/<path:c>/b/<path:d>/end', `a${'/b'.repeat(7_000)}`],
    ['/<a>.<b>.<c>.<d>x', '.'.repeat(15_000)],
    ['/<int:a><int:b><int:c><int:d>x', '1'.repeat(15_000)],
  ])('%s', (rule, text) => {
    const map = new UrlMap([new Rule(rule, { endpoint: 'e' })])
    expect(() => map.bind({ serverName: 'h' }).match({ pathInfo: `/${text}` })).toThrow(NotFound)
    expect(map.lookup('GET', `/${text}`)).toBeNull()
  })
})
