import { ValueError } from '../../errors/builtins.ts'
import { strip as stripSpace } from '../../http/text.ts'
import { codePoints } from './iterate.ts'

// Python counts four control characters as separators that JavaScript's classes do not know.
const CONTROL = '\\x1c-\\x1e'
const LINE_END = new RegExp(`\\r\\n|[\\n\\r\\v\\f${CONTROL}\\x85\\u2028\\u2029]`, 'g')
const SPACES = new RegExp(
  `[\\t-\\r${CONTROL}\\x1f \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+`,
  'g',
)

/** Python's `str.splitlines()`. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = []
  let from = 0
  for (const match of text.matchAll(LINE_END)) {
    const end = match.index + match[0].length
    lines.push(text.slice(from, keepEnds ? end : match.index))
    from = end
  }
  if (from < text.length) lines.push(text.slice(from))
  return lines
}

/** Python's `str.split()`; a negative `limit` means no limit. */
export function split(text: string, separator: string | null, limit: number): string[] {
  if (separator === null) return splitSpace(text, limit)
  if (separator === '') throw new ValueError('empty separator')
  const parts = text.split(separator)
  if (limit < 0 || parts.length <= limit + 1) return parts
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)]
}

function splitSpace(text: string, limit: number): string[] {
  const rest = trimSpace(text, true, false)
  const parts: string[] = []
  let from = 0
  if (limit >= 0) {
    for (const match of rest.matchAll(SPACES)) {
      if (parts.length === limit) break
      parts.push(rest.slice(from, match.index))
      from = match.index + match[0].length
    }
    if (from < rest.length) parts.push(rest.slice(from))
    return parts
  }
  const stripped = stripSpace(rest)
  return stripped === '' ? [] : stripped.split(SPACES)
}

/** Python's `str.rsplit()`: as {@link split}, the limit counting from the end. */
export function splitRight(text: string, separator: string | null, limit: number): string[] {
  if (limit < 0) return split(text, separator, limit)
  if (separator === null) {
    const rest = trimSpace(text, false, true)
    const parts: string[] = []
    let end = rest.length
    const matches = Array.from(rest.matchAll(SPACES)).reverse()
    for (const match of matches) {
      if (parts.length === limit) break
      parts.unshift(rest.slice(match.index + match[0].length, end))
      end = match.index
    }
    if (end > 0) parts.unshift(rest.slice(0, end))
    return parts
  }
  const parts = split(text, separator, -1)
  if (parts.length <= limit + 1) return parts
  const cut = parts.length - limit
  return [parts.slice(0, cut).join(separator), ...parts.slice(cut)]
}

function trimSpace(text: string, left: boolean, right: boolean): string {
  const middle = stripSpace(text)
  if (left && right) return middle
  const at = text.indexOf(middle)
  return left ? text.slice(at) : text.slice(0, at + middle.length)
}

/** Python's `strip`, `lstrip` and `rstrip`: `chars` is a set of characters, null white space. */
export function stripText(
  text: string,
  chars: string | null,
  left: boolean,
  right: boolean,
): string {
  if (chars === null) return trimSpace(text, left, right)
  const set = new Set(codePoints(chars))
  const points = codePoints(text)
  let start = 0
  let end = points.length
  if (left) while (start < end && set.has(points[start] as string)) start++
  if (right) while (end > start && set.has(points[end - 1] as string)) end--
  return points.slice(start, end).join('')
}

/** Python's `str.replace()`; a negative count replaces all. */
export function replaceText(text: string, old: string, by: string, count: number): string {
  if (count === 0) return text
  if (old === '') {
    const points = codePoints(text)
    let out = ''
    for (let i = 0; i <= points.length; i++) {
      if (count < 0 || i < count) out += by
      out += points[i] ?? ''
    }
    return out
  }
  const parts = split(text, old, count)
  return parts.join(by)
}
