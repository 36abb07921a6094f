import { HTTP_STATUS_CODES } from 'bustapi'
import type { Reply } from '../client/reply.ts'
import { Fields } from '../fields.ts'
import type { Json, JsonObject } from '../json.ts'
import { isObject, parseJson, show } from '../json.ts'
import type { VerifySession } from './cookies.ts'
import { cookieDifference } from './cookies.ts'
import { headerDifference } from './headers.ts'
import { maskBody } from './masked.ts'
import { differenceOf } from './values.ts'

/** All that came of one request. */
export interface Outcome {
  readonly method: string
  readonly reply: Reply
  readonly trace: readonly string[]
  /** Members of the JSON body that are compared by what they decode to. */
  readonly mask: readonly string[]
  readonly verifySession: VerifySession
}

/** Whether the phrase is one that a scenario made up, not the one of its code. */
function isOwnPhrase(status: number, line: string): boolean {
  const phrase = line.slice(line.indexOf(' ') + 1)
  return phrase.toUpperCase() !== (HTTP_STATUS_CODES.get(status) ?? 'UNKNOWN').toUpperCase()
}

function statusDifference(expected: Fields, { reply }: Outcome): string | null {
  const status = expected.number('status')
  const line = expected.text('status_line')
  if (status !== reply.status) return `status: expected ${status}, got ${reply.statusLine}`
  if (line !== undefined && isOwnPhrase(status, line) && line !== reply.statusLine) {
    return `status line: expected ${show(line)}, got ${show(reply.statusLine)}`
  }
  return null
}

function recordedBody(expected: Fields): Buffer {
  const bytes = expected.text('body_b64')
  const text = expected.text('body')
  return bytes === undefined ? Buffer.from(text ?? '') : Buffer.from(bytes, 'base64')
}

function exactDifference(expected: Buffer, actual: Buffer): string | null {
  if (expected.equals(actual)) return null
  return `body: expected ${show(expected.toString())}, got ${show(actual.toString())}`
}

function jsonDifference(expected: Json, masked: JsonObject, outcome: Outcome): string | null {
  let body: unknown
  try {
    body = parseJson(outcome.reply.body.toString())
  } catch {
    return `body: expected JSON, got ${show(outcome.reply.body.toString())}`
  }
  if (outcome.mask.length > 0) {
    const result = maskBody(outcome.mask, masked, body)
    if (result.difference) return `body: ${result.difference}`
    body = result.body
  }
  const difference = differenceOf(expected, body)
  return difference && `body: ${difference}`
}

function bodyDifference(expected: Fields, match: string, outcome: Outcome): string | null {
  const recorded = recordedBody(expected)
  const json = expected.take('json')
  const masked = expected.take('masked')
  if (match === 'status') return null
  if (outcome.method === 'HEAD') return exactDifference(Buffer.alloc(0), outcome.reply.body)
  if (match === 'exact' && outcome.mask.length === 0) {
    return exactDifference(recorded, outcome.reply.body)
  }
  if (match !== 'json' && match !== 'exact') return expected.fail(`unknown body_match ${match}`)
  const wanted = json === undefined ? parseJson(recorded.toString()) : json
  return jsonDifference(wanted, isObject(masked) ? masked : {}, outcome)
}

function traceDifference(expected: readonly string[], actual: readonly string[]): string | null {
  if (expected.length === actual.length && expected.every((line, at) => line === actual[at])) {
    return null
  }
  return `trace: expected ${show(expected)}, got ${show(actual)}`
}

/**
 * What differs between a recorded answer and an actual one; null when nothing does.
 * @throws {UnknownVocabulary} when the recording has a member that the driver does not know
 */
export function replyDifference(source: Json, outcome: Outcome): string | null {
  const expected = new Fields(source, 'expect')
  const match = expected.text('body_match') ?? 'exact'
  const headers = expected.list('headers') as [string, string][]
  const differences = [
    statusDifference(expected, outcome),
    headerDifference(
      headers,
      outcome.reply,
      match === 'exact' && outcome.mask.length === 0 && outcome.method !== 'HEAD',
    ),
    cookieDifference(expected.list('cookies'), outcome.reply, outcome.verifySession),
    bodyDifference(expected, match, outcome),
    traceDifference(expected.texts('trace') ?? [], outcome.trace),
  ]
  expected.done()
  return differences.find((difference) => difference !== null) ?? null
}
