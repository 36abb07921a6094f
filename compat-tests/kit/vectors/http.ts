import {
  Accept,
  BustAPI,
  CharsetAccept,
  dumpCookie,
  generateEtag,
  httpDate,
  iriToUri,
  LanguageAccept,
  MIMEAccept,
  parseAcceptHeader,
  parseCookie,
  parseEtags,
  parseOptionsHeader,
  parseRangeHeader,
  safeJoin,
  secureFilename,
} from 'bustapi'
import { differenceOf } from '../compare/values.ts'
import type { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import { parseJson } from '../json.ts'
import { camelKeys } from '../names.ts'
import { compileOptions, plainValue } from '../typed-values.ts'
import { NO_RUN } from '../world.ts'
import type { Check } from './check.ts'
import { firstOf, same } from './check.ts'

const ACCEPT_CLASSES = {
  accept: MIMEAccept,
  accept_language: LanguageAccept,
  accept_charset: CharsetAccept,
  accept_encoding: Accept,
} as const

function parsedAccept(vector: Fields): Accept {
  for (const [key, Class] of Object.entries(ACCEPT_CLASSES)) {
    if (vector.has(key)) return parseAcceptHeader(vector.text(key), Class as typeof Accept)
  }
  return vector.fail('no accept header')
}

function etagDifference(vector: Fields): string | null {
  if (vector.has('data')) {
    const data = Buffer.from(vector.text('data') ?? '')
    return same(vector.text('etag'), generateEtag(data), 'etag')
  }
  const parsed = parseEtags(vector.text('header'))
  const strong = parsed.asSet()
  const weak = [...parsed.asSet(true)].filter((tag) => !strong.has(tag))
  return firstOf(
    same(vector.flag('star'), parsed.starTag, 'star'),
    differenceOf(vector.texts('strong') ?? [], [...strong].sort(), 'strong'),
    differenceOf(vector.texts('weak') ?? [], weak.sort(), 'weak'),
  )
}

function rangeDifference(vector: Fields): string | null {
  const range = parseRangeHeader(vector.text('header'))
  const parsed =
    range === null
      ? null
      : { units: range.units, ranges: range.ranges, for_10: range.rangeForLength(10) }
  return differenceOf(vector.take('parsed') ?? null, parsed)
}

/** A JSON number that says nothing but its value: JavaScript does not tell 1 from 1.0. */
function sameJson(expected: string, actual: string): string | null {
  if (expected === actual) return null
  const difference = differenceOf(parseJson(expected), parseJson(actual))
  const digits = /\d/.test(expected)
  return difference ?? (digits ? null : same(expected, actual))
}

/** Werkzeug's helpers for HTTP, and Flask's JSON. */
export const http: Readonly<Record<string, Check>> = {
  http_date: (vector) => same(vector.text('text'), httpDate(vector.number('ts') ?? 0)),

  dump_cookie(vector) {
    const args = vector.fields('args') ?? vector.fail('no args')
    const key = args.text('key') ?? ''
    const value = args.text('value') ?? ''
    const options = camelKeys(compileOptions(args.rest(), 'args')(NO_RUN))
    return same(vector.text('header'), dumpCookie(key, value, options))
  },

  parse_cookie(vector) {
    const parsed = parseCookie(vector.text('header'))
    const last = Object.fromEntries(parsed.items({ multi: true }))
    return differenceOf(vector.take('cookies') ?? {}, last)
  },

  parse_options_header(vector) {
    const [value, options] = parseOptionsHeader(vector.text('header'))
    return firstOf(
      same(vector.text('value'), value, 'value'),
      differenceOf(vector.take('options') ?? {}, { ...options }, 'options'),
    )
  },

  secure_filename: (vector) => same(vector.text('out'), secureFilename(vector.text('in') ?? '')),

  safe_join: (vector) =>
    same(vector.take('out'), safeJoin(vector.text('dir') ?? '', ...(vector.texts('parts') ?? []))),

  iri_to_uri: (vector) => same(vector.text('out'), iriToUri(vector.text('in') ?? '')),

  etag: etagDifference,

  range_header: rangeDifference,

  accept(vector) {
    const parsed = parsedAccept(vector)
    const best = parsed.bestMatch(vector.texts('choices') ?? [])
    const ordered: Json | undefined = vector.take('ordered')
    return firstOf(
      same(vector.take('best'), best, 'best'),
      ordered === undefined ? null : differenceOf(ordered, [...parsed.values()], 'ordered'),
    )
  },

  json_dumps(vector) {
    const app = new BustAPI('conformance_app', { staticFolder: null })
    const value = plainValue(vector.take('value') ?? null, 'value')
    const body = app.appContext().run(() => app.json.response(value).getData({ asText: true }))
    return sameJson(vector.text('text') ?? '', body)
  },
}
