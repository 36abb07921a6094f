import type { SetCookie } from '../client/jar.ts'
import { parseSetCookie } from '../client/jar.ts'
import type { Reply } from '../client/reply.ts'
import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import { parseJson, show } from '../json.ts'
import { decodeJwt, decodeSession } from './tokens.ts'
import { differenceOf, isUuid } from './values.ts'

/** Verifies a session cookie with the app's own key; throws when it is not valid. */
export type VerifySession = (cookie: string) => unknown

function sessionDifference(
  cookie: Fields,
  expected: string,
  actual: string,
  verify: VerifySession,
): string | null {
  const compressed = cookie.flag('compressed') ?? false
  const payload = cookie.text('payload_json')
  if (!compressed || payload === undefined) {
    return expected === actual ? null : `expected ${show(expected)}, got ${show(actual)}`
  }
  // Which deflate made the bytes is nobody's business; what they say is.
  const decoded = decodeSession(actual)
  if (decoded === null) return `${show(actual)} is no session cookie`
  try {
    verify(actual)
  } catch (error) {
    return `${show(actual)} does not verify: ${(error as Error).message}`
  }
  return differenceOf(parseJson(payload), parseJson(decoded))
}

function valueDifference(
  cookie: Fields,
  expected: string,
  actual: string,
  verify: VerifySession,
): string | null {
  const kind = cookie.text('kind')
  switch (kind) {
    case undefined:
      return expected === actual ? null : `expected ${show(expected)}, got ${show(actual)}`
    case 'flask-session':
      return sessionDifference(cookie, expected, actual, verify)
    case 'jwt':
      return differenceOf(cookie.take('jwt') ?? null, decodeJwt(actual))
    case 'uuid':
      return isUuid(actual) ? null : `${show(actual)} is no UUID`
    default:
      return cookie.fail(`unknown kind of cookie ${kind}`)
  }
}

function attributesDifference(
  expected: readonly [string, Json][],
  { attributes }: SetCookie,
): string | null {
  const wanted = new Map(expected.map(([name, value]) => [name.toLowerCase(), value]))
  for (const name of attributes.keys()) {
    if (!wanted.has(name)) return `unexpected attribute ${name}`
  }
  for (const [name, value] of wanted) {
    const actual = attributes.get(name)
    const same =
      name === 'expires'
        ? Date.parse(String(value)) === Date.parse(String(actual))
        : value === true || actual === true
          ? value === actual
          : String(value) === actual
    if (!same) return `attribute ${name}: expected ${show(value)}, got ${show(actual)}`
  }
  return null
}

/** What differs between the recorded cookies and those that an answer sets, in order. */
export function cookieDifference(
  expected: readonly Json[],
  reply: Reply,
  verify: VerifySession,
): string | null {
  const actual = reply.headers
    .filter(([name]) => name === 'set-cookie')
    .map(([, value]) => parseSetCookie(value))
  if (expected.length !== actual.length) {
    const names = actual.map(({ name, value }) => `${name}=${value}`)
    return `expected ${expected.length} cookies, got ${show(names)}`
  }
  for (const [at, source] of expected.entries()) {
    const cookie = new Fields(source, `cookies[${at}]`)
    const got = actual[at] as SetCookie
    const name = cookie.text('name')
    if (name !== got.name) return `cookie ${at}: expected ${name}, got ${got.name}`
    const value = cookie.text('value') ?? ''
    const difference =
      attributesDifference(cookie.entries('attrs'), got) ??
      valueDifference(cookie, value, got.value, verify)
    if (difference) return `cookie ${name}: ${difference}`
  }
  return null
}
