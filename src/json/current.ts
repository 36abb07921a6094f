import type { DecodeOptions } from './decode.ts'
import { decodeJson } from './decode.ts'
import { jsonDefault } from './default.ts'
import type { EncodeOptions } from './encode.ts'
import { encodeJson } from './encode.ts'

/** What `dumps` and `loads` ask for: the part of a JSON provider that reads and writes text. */
export interface JSONCodec {
  dumps(value: unknown, options?: EncodeOptions): string
  loads(source: string | Uint8Array, options?: DecodeOptions): unknown
}

let findProvider: () => JSONCodec | null = () => null

/**
 * Tells this room how to find the JSON provider of the app whose context is active. The context
 * room calls it once when it is loaded, so that `json` need not know what a context is.
 */
export function setProviderLookup(lookup: () => JSONCodec | null): void {
  findProvider = lookup
}

/**
 * Writes JSON with the provider of the current app or, outside an app context, as Python's
 * `json.dumps` does: unsorted (Flask's `flask.json.dumps`).
 */
export function dumps(value: unknown, options?: EncodeOptions): string {
  const provider = findProvider()
  if (provider !== null) return provider.dumps(value, options)
  return encodeJson(value, { default: jsonDefault, ...options })
}

/**
 * Reads JSON with the provider of the current app or, outside an app context, as Python's
 * `json.loads` does (Flask's `flask.json.loads`).
 * @throws {JSONDecodeError} (a `SyntaxError`) when it is no JSON.
 */
export function loads(source: string | Uint8Array, options?: DecodeOptions): unknown {
  const provider = findProvider()
  if (provider !== null) return provider.loads(source, options)
  return decodeJson(source, options)
}
