import { literalSegments } from '../router/literal-prefix.ts'

// Everything else is, or may be, part of a regular expression in path-to-regexp 0.1.
const LITERAL_START = /^\/[\w~!@&=;,'"%/.-]*/
const OPTIONAL_PARAM = /^:\w+\?(?:$|\/)/

/**
 * The segments that every path which a pattern of Express 4 matches starts with.
 *
 * @param end Whether the pattern is for whole paths, and not for what they start with.
 */
export function literalPrefix(pattern: unknown, end: boolean): readonly string[] | null {
  // Its slash is optional, so that everything starts with it.
  if (pattern === '/') return end ? [''] : null
  if (typeof pattern !== 'string' || /[|{]/.test(pattern)) return null
  const text = LITERAL_START.exec(pattern)?.[0]
  if (text === undefined) return null
  const rest = pattern.slice(text.length)
  // Slashes at the end are optional, so that they are no segment of their own.
  if (rest === '') return literalSegments(text.replace(/\/+$/, ''), true)
  const segments = literalSegments(text, false)
  // The slash before an optional parameter is optional too, and whatever follows it would be next.
  if (segments === null || !rest.includes('?') || OPTIONAL_PARAM.test(rest)) return segments
  return segments.length > 1 ? segments.slice(0, -1) : null
}
