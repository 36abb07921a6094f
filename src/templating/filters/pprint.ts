import { ordered } from '../python/compare.ts'
import { entriesOf, textLength } from '../python/iterate.ts'
import { splitLines } from '../python/string-split.ts'
import { repr, reprValue } from '../python/text.ts'
import { Dict, isPlainObject, isTuple } from '../python/values.ts'

const WIDTH = 80

/** Python's `pprint.pformat`: dicts sorted, broken into lines of at most 80 characters. */
export function pformat(value: unknown): string {
  return format(value, 0, 0, 1)
}

function sortedEntries(value: unknown): readonly (readonly [unknown, unknown])[] {
  const entries = Array.from(entriesOf(value) ?? [])
  try {
    return entries.sort(([a], [b]) => (ordered(a, b, '<') ? -1 : ordered(b, a, '<') ? 1 : 0))
  } catch {
    return entries
  }
}

const isDict = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  (value instanceof Dict || value instanceof Map || (!Array.isArray(value) && isPlainObject(value)))

/** The one-line form, with dicts sorted at every level. */
function flat(value: unknown): string {
  if (Array.isArray(value)) {
    const inner = value.map(flat).join(', ')
    if (isTuple(value)) return value.length === 1 ? `(${inner},)` : `(${inner})`
    return `[${inner}]`
  }
  if (!isDict(value)) return reprValue(value)
  return `{${sortedEntries(value)
    .map(([key, item]) => `${flat(key)}: ${flat(item)}`)
    .join(', ')}}`
}

function format(value: unknown, indent: number, allowance: number, level: number): string {
  const text = flat(value)
  if (textLength(text) <= WIDTH - indent - allowance) return text
  if (typeof value === 'string') return formatText(value, indent, allowance, level)
  if (Array.isArray(value)) {
    if (!isTuple(value)) return `[${formatItems(value, indent, allowance + 1, level)}]`
    const end = value.length === 1 ? ',)' : ')'
    return `(${formatItems(value, indent, allowance + end.length, level)}${end}`
  }
  if (isDict(value)) return `{${formatPairs(value, indent + 1, allowance + 1, level)}}`
  return text
}

function formatItems(
  items: readonly unknown[],
  indent: number,
  allowance: number,
  level: number,
): string {
  const last = items.length - 1
  return items
    .map((item, i) => format(item, indent + 1, i === last ? allowance : 1, level + 1))
    .join(`,\n${' '.repeat(indent + 1)}`)
}

function formatPairs(value: object, indent: number, allowance: number, level: number): string {
  const entries = sortedEntries(value)
  const last = entries.length - 1
  return entries
    .map(([key, item], i) => {
      const name = flat(key)
      const at = indent + textLength(name) + 2
      return `${name}: ${format(item, at, i === last ? allowance : 1, level + 1)}`
    })
    .join(`,\n${' '.repeat(indent)}`)
}

function formatText(text: string, start: number, after: number, level: number): string {
  const top = level === 1 ? 1 : 0
  const indent = start + top
  const allowance = after + top
  const width = WIDTH - indent
  const chunks: string[] = []
  const lines = splitLines(text, true)
  lines.forEach((line, i) => {
    const isLast = i === lines.length - 1
    if (textLength(repr(line)) <= (isLast ? width - allowance : width)) {
      chunks.push(repr(line))
      return
    }
    const parts = line.match(/\S+\s*|\s+/gu) ?? []
    let current = ''
    parts.forEach((part, j) => {
      const room = isLast && j === parts.length - 1 ? width - allowance : width
      if (textLength(repr(current + part)) > room) {
        if (current !== '') chunks.push(repr(current))
        current = part
      } else current += part
    })
    if (current !== '') chunks.push(repr(current))
  })
  if (chunks.length === 1) return chunks[0] as string
  const body = chunks.join(`\n${' '.repeat(indent)}`)
  return level === 1 ? `(${body})` : body
}
