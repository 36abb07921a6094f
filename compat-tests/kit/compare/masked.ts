import type { Json, JsonObject } from '../json.ts'
import { isObject, show } from '../json.ts'
import { decodeJwt } from './tokens.ts'
import { differenceOf } from './values.ts'

/** What stands in the recording in place of a masked member. */
const MASK = '<masked>'

/** A recorded member is a value, or `{jwt: {header, payload}}` for what a token says. */
function memberDifference(expected: Json, actual: unknown, path: string): string | null {
  if (isObject(expected) && Object.keys(expected).join() === 'jwt') {
    return differenceOf(expected.jwt as Json, decodeJwt(actual), path)
  }
  return differenceOf(expected, actual, path)
}

/**
 * Compares the masked members of a JSON body and puts the mask in their place.
 * @returns what differs, and the body as it was recorded
 */
export function maskBody(
  names: readonly string[],
  masked: JsonObject,
  body: unknown,
): { difference: string | null; body: unknown } {
  if (!isObject(body)) return { difference: `${show(body)} is no object`, body }
  const shown: JsonObject = { ...body }
  for (const name of names) {
    if (!Object.hasOwn(shown, name)) continue
    if (Object.hasOwn(masked, name)) {
      const difference = memberDifference(masked[name] as Json, shown[name], `$.${name}`)
      if (difference) return { difference, body: shown }
    }
    shown[name] = MASK
  }
  return { difference: null, body: shown }
}
