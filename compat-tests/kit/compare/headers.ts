import type { Reply } from '../client/reply.ts'
import { show } from '../json.ts'

/** Headers that may not be there unless they were recorded. */
const STRICT =
  /^(?:location|allow|vary|etag|content-range|www-authenticate|access-control-.+|x-.+)$/

/** Headers whose values are sets of names. */
const SETS: ReadonlySet<string> = new Set(['allow', 'vary'])

type Pairs = readonly (readonly [name: string, value: string])[]

function byName(pairs: Pairs): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const key = name.toLowerCase()
    const values = found.get(key)
    if (values) values.push(value)
    else found.set(key, [value])
  }
  return found
}

function setOf(values: readonly string[]): string {
  const names = values.flatMap((value) => value.split(','))
  return [...new Set(names.map((name) => name.trim().toLowerCase()).filter(Boolean))].sort().join()
}

/** The type as it stands, its parameters in lower case and without spaces around. */
function contentType(value: string): string {
  const [type = '', ...parameters] = value.split(';')
  return [type.trim(), ...parameters.map((part) => part.trim().toLowerCase())].join(';')
}

function sameEtag(expected: string, actual: string): boolean {
  if (expected === '<etag>') return /^"[^"]*"$/.test(actual)
  if (expected === 'W/<etag>') return /^W\/"[^"]*"$/.test(actual)
  return expected === actual
}

function sameValues(name: string, expected: readonly string[], actual: readonly string[]): boolean {
  if (SETS.has(name)) return setOf(expected) === setOf(actual)
  if (expected.length !== actual.length) return false
  return expected.every((value, at) => {
    const other = actual[at] ?? ''
    if (name === 'etag') return sameEtag(value, other)
    if (name === 'content-type') return contentType(value) === contentType(other)
    return value === other
  })
}

/**
 * What differs between the recorded headers and those of an answer.
 * @param compareLength whether Content-Length counts
 */
export function headerDifference(
  expected: Pairs,
  reply: Reply,
  compareLength: boolean,
): string | null {
  const wanted = byName(expected)
  const got = byName(reply.headers)
  for (const [name, values] of wanted) {
    if (name === 'content-length' && (!compareLength || reply.chunked)) continue
    const actual = got.get(name)
    if (!actual) return `header ${name} is missing, expected ${show(values)}`
    if (!sameValues(name, values, actual)) {
      return `header ${name}: expected ${show(values)}, got ${show(actual)}`
    }
  }
  for (const [name, values] of got) {
    if (STRICT.test(name) && !wanted.has(name)) return `unexpected header ${name}: ${show(values)}`
  }
  return null
}
