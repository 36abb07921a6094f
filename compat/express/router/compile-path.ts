import { match as compilePattern, parse } from 'path-to-regexp'
import type { Params } from '../types.ts'
import { decodeParam } from './decode-param.ts'
import type { LayerOptions } from './types.ts'

/** The part of a path that a pattern took, and the parameters in it. */
export interface PathMatch {
  readonly path: string
  readonly params: Params
}

/** Matches one pattern; throws what {@link decodeParam} throws. */
export type Matcher = (path: string) => PathMatch | false

const GROUP = /\((?:\?<(.*?)>)?(?!\?)/g
const TRAILING_SLASHES = /\/+$/

/** A pattern of Express 5 that is a regular expression: groups are numbered unless they have names. */
function compileRegExp(pattern: RegExp): Matcher {
  const names: (string | number)[] = []
  let number = 0
  for (const group of pattern.source.matchAll(GROUP)) names.push(group[1] || number++)

  return (path) => {
    const match = pattern.exec(path)
    if (!match) return false
    const params: Params = {}
    for (let i = 1; i < match.length; i++) {
      const value = decodeParam(match[i])
      if (value !== undefined) params[names[i - 1] as string | number] = value
    }
    return { params, path: match[0] }
  }
}

/** The text of a pattern that is nothing but ASCII text; null for any other. */
function literalText(pattern: string): string | null {
  const { tokens } = parse(pattern)
  if (tokens.length !== 1) return null
  const [token] = tokens
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII as a whole
  return token?.type === 'text' && /^[\x00-\x7f]+$/.test(token.value) ? token.value : null
}

/**
 * Puts a string comparison in front of a literal pattern's regular expression, which then only sees
 * paths that differ in case or by a slash at the end.
 */
function compareFirst(text: string, end: boolean, matcher: Matcher): Matcher {
  const { length } = text
  if (end) {
    return (path) => {
      if (path === text) return { path, params: Object.create(null) }
      return path.length === length || path.length === length + 1 ? matcher(path) : false
    }
  }
  return (path) => (path.length < length ? false : matcher(path))
}

/**
 * Compiles one path of Express 5.
 *
 * @throws PathError (path-to-regexp's) for a pattern that is malformed.
 */
export function compilePath(pattern: unknown, options: LayerOptions): Matcher {
  if (pattern instanceof RegExp) return compileRegExp(pattern)
  const path = options.strict || pattern === '/' ? pattern : loosen(pattern)
  const matcher = compilePattern(path as string, {
    sensitive: options.sensitive,
    end: options.end,
    trailing: !options.strict,
    decode: decodeParam as (value: string) => string,
  }) as Matcher
  const text = typeof path === 'string' && path !== '' ? literalText(path) : null
  return text === null ? matcher : compareFirst(text, options.end !== false, matcher)
}

/** Without slashes at the end, so that `/a/` and `/a` are one where routing is not strict. */
function loosen(pattern: unknown): unknown {
  return Array.isArray(pattern)
    ? pattern.map((one) => loosen(one))
    : String(pattern).replace(TRAILING_SLASHES, '')
}
