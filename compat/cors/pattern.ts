import type { CorsPattern } from './options.ts'
import { matcherOf, probablyRegex } from './python-regex.ts'

/** Says whether a text is meant. */
export type Test = (text: string) => boolean

/** What every text passes; compare with it to know that none has to be tested. */
export const always: Test = () => true
const never: Test = () => false

/** What `*` stands for. */
export const ANYTHING = '.*'

// Patterns that match any path and any text, since a match need not go on to the end.
const MATCH_ALL: ReadonlySet<CorsPattern> = new Set([ANYTHING, '/*'])

/** `*` alone is no regular expression, but users write it for "any". */
export const withoutStar = (pattern: CorsPattern): CorsPattern =>
  pattern === '*' ? ANYTHING : pattern

/**
 * Compiles a pattern: a RegExp, text that looks like a regular expression, or plain text, which is
 * compared as a whole. A RegExp keeps its own rule about case.
 */
export function compilePattern(pattern: CorsPattern, ignoreCase: boolean): Test {
  if (MATCH_ALL.has(pattern)) return always
  if (probablyRegex(pattern)) {
    const regex = matcherOf(pattern, ignoreCase)
    if (regex === null) return never
    return (text) => {
      regex.lastIndex = 0
      return regex.test(text)
    }
  }
  const plain = pattern as string
  if (!ignoreCase) return (text) => text === plain
  const lower = plain.toLowerCase()
  return (text) => text.toLowerCase() === lower
}

/** Compiles several patterns, of which any may match. */
export function compilePatterns(patterns: readonly CorsPattern[], ignoreCase: boolean): Test {
  const tests = patterns.map((pattern) => compilePattern(pattern, ignoreCase))
  const [first] = tests
  if (tests.includes(always)) return always
  if (tests.length === 1 && first !== undefined) return first
  return (text) => tests.some((test) => test(text))
}
