import fc from 'fast-check'
import type { Major } from '../types.ts'
import type { PathShape } from './shape.ts'

/** Few names, so that paths and requests meet often. */
export const LITERALS = ['a', 'b', 'a', 'b', 'a', 'ab', 'A', 'a.b', 'é', '1'] as const

const SEGMENTS: Readonly<Record<Major, readonly string[]>> = {
  4: [
    ':x',
    ':y',
    ':n(\\d+)',
    ':o?',
    '*',
    ':x-:y',
    ':f.:e?',
    'a?b',
    '(a|b)',
    'v:x',
    ':x*',
    ':x+',
    'a*b',
    '(.*)',
    ':x(\\w+)?',
    'ab+',
    '%61',
    '(?:a|b)',
  ],
  5: [
    ':x',
    ':y',
    ':z',
    '*rest',
    ':x-:y',
    ':f{.:e}',
    'v:x',
    '{o}',
    '{:x}',
    'a{b{c}}',
    '*x.txt',
    ':"a b"',
    '\\:x',
    'a*rest',
    '%61',
    '{a}{b}',
  ],
}

/** What path-to-regexp refuses, or reads in its own way. */
const ODD: Readonly<Record<Major, readonly string[]>> = {
  4: ['(', ':', '[', '**', ':x(', '+', 'a(b', ':x:y'],
  5: ['a?', ':', '*', '(a)', '[a]', '{a', '!', 'a+', ':x:y', '*a*b', ':"'],
}

const REGEXES = [
  '^\\/a(\\w*)',
  'b$',
  '^\\/(?<x>[a-z]+)\\/(\\d+)?',
  '.*',
  '^\\/a\\/?$',
  '^\\/a(?=\\/|$)',
  '^(?:\\/(a|b))+',
  '^\\/(?:(a)|(b))(?!c)',
  '^\\/a\\((.)',
  '',
] as const

const segment = (major: Major): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...LITERALS) },
    { weight: 20, arbitrary: fc.constantFrom(...SEGMENTS[major]) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD[major]) },
  )

/** One path: text, often of several segments, or a regular expression. */
export const path = (major: Major): fc.Arbitrary<PathShape> =>
  fc.oneof(
    {
      weight: 30,
      arbitrary: fc
        .tuple(
          fc.array(segment(major), { minLength: 1, maxLength: 3 }),
          fc.boolean(),
          fc.nat(9),
          fc.constantFrom('/', '/', '/', '/', '/', '/', '/', '/', '/', '', '//'),
        )
        .map(([parts, slash, odd, start]) => {
          const text = `${start}${parts.join('/')}${slash && odd < 5 ? '/' : ''}`
          if (odd === 9) return major === 5 ? `${text}{/:opt}` : `${text}/:opt?`
          return text
        }),
    },
    { weight: 10, arbitrary: fc.constant('/') },
    {
      weight: 5,
      arbitrary: fc
        .constantFrom(...REGEXES)
        .chain((source) =>
          fc.constantFrom('', 'i', 'g', 'y', 'u').map((flags) => ({ source, flags })),
        ),
    },
    { weight: 1, arbitrary: fc.constantFrom('', '*', '/*') },
  )

/** One or more paths. */
export const somePaths = (major: Major): fc.Arbitrary<readonly PathShape[]> =>
  fc.oneof(
    { weight: 5, arbitrary: path(major).map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(path(major), { minLength: 2, maxLength: 3 }) },
  )

/** Paths where there may be none. */
export const maybePaths = (major: Major): fc.Arbitrary<readonly PathShape[]> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<PathShape[]>([]) },
    { weight: 2, arbitrary: somePaths(major) },
  )
