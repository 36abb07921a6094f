import { dumps, loads } from './current.ts'
import type { DecodeOptions } from './decode.ts'
import type { EncodeOptions } from './encode.ts'
import type { TextReader, TextWriter } from './provider.ts'

export type { TextReader }
export { dumps, loads }

/** Writes a value as JSON to a stream, with the provider of the current app (`flask.json.dump`). */
export function dump(value: unknown, stream: TextWriter, options?: EncodeOptions): void {
  stream.write(dumps(value, options))
}

/**
 * Reads JSON from a stream, with the provider of the current app (`flask.json.load`).
 * @throws {JSONDecodeError} (a `SyntaxError`) when it is no JSON
 */
export function load(stream: TextReader, options?: DecodeOptions): unknown {
  return loads(stream.read(), options)
}
