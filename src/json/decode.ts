import { isUtf8 } from 'node:buffer'
import { JSONDecodeError } from './decode-error.ts'
import { PythonJsonParser } from './python-parser.ts'

/** How {@link decodeJson} reads. */
export interface DecodeOptions {
  /**
   * What to do with the member names through which JSON from outside could change the prototype of
   * an object it is merged into (`__proto__`, and `constructor` holding a `prototype`): `'error'`,
   * the default, refuses the document; `'keep'` keeps them as plain data.
   */
  readonly proto?: 'error' | 'keep'
  /** Integers beyond 2^53 become bigints instead of losing digits; default false. */
  readonly bigIntegers?: boolean
}

const LONG_INTEGER = /\d{16}/
// Either name may be written with escapes of its letters.
const SUSPECT = /__proto__|constructor|\\u00[5-7]/i

/**
 * Reads JSON as Python's `json.loads` does: text, or bytes in UTF-8, UTF-16 or UTF-32; `NaN` and
 * `Infinity` are values.
 *
 * @throws {JSONDecodeError} (a `SyntaxError`) with Python's message when it is no JSON, and for
 *   member names that `proto` forbids.
 */
export function decodeJson(source: string | Uint8Array, options: DecodeOptions = {}): unknown {
  const text = typeof source === 'string' ? refuseMark(source) : decodeBytes(source)
  const value = parse(text, options.bigIntegers ?? false)
  if (options.proto !== 'keep' && SUSPECT.test(text)) refusePrototypeKeys(value, text)
  return value
}

function parse(text: string, bigIntegers: boolean): unknown {
  if (bigIntegers && LONG_INTEGER.test(text)) return new PythonJsonParser(text, true).parse()
  try {
    return JSON.parse(text)
  } catch {
    return new PythonJsonParser(text, bigIntegers).parse()
  }
}

function refuseMark(text: string): string {
  if (text.charCodeAt(0) !== 0xfeff) return text
  throw new JSONDecodeError('Unexpected UTF-8 BOM (decode using utf-8-sig)', text, 0)
}

function refusePrototypeKeys(root: unknown, text: string): void {
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      for (const item of value) open.push(item)
      continue
    }
    for (const [key, item] of Object.entries(value)) {
      const isForbidden =
        key === '__proto__' ||
        (key === 'constructor' &&
          typeof item === 'object' &&
          item !== null &&
          Object.hasOwn(item, 'prototype'))
      if (isForbidden) throw new JSONDecodeError(`Forbidden member name '${key}'`, text, 0)
      open.push(item)
    }
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be'

// RFC 4627 §3: the pattern of zero bytes among the first four tells the encoding.
function detectEncoding(bytes: Uint8Array): Encoding {
  // By index: destructuring would go through an iterator.
  const a = bytes[0]
  const b = bytes[1]
  // Most documents are ASCII in their first bytes.
  if (a !== 0 && b !== 0 && a !== 0xff && a !== 0xfe) return 'utf-8'
  const c = bytes[2]
  const d = bytes[3]
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32be'
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (bytes.length >= 4) {
    if (a === 0) return b === 0 ? 'utf-32be' : 'utf-16be'
    if (b === 0) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le'
  } else if (bytes.length === 2) {
    if (a === 0) return 'utf-16be'
    if (b === 0) return 'utf-16le'
  }
  return 'utf-8'
}

function decodeBytes(bytes: Uint8Array): string {
  const encoding = detectEncoding(bytes)
  try {
    if (encoding === 'utf-8') return decodeUtf8(bytes)
    if (encoding === 'utf-32le' || encoding === 'utf-32be') {
      return decodeUtf32(bytes, encoding === 'utf-32le')
    }
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new JSONDecodeError(`Not valid ${encoding.toUpperCase()} text`, '', 0)
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new TypeError('The bytes are no UTF-8.')
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let at = 0; at < bytes.length; at += 4) {
    text += String.fromCodePoint(view.getUint32(at, littleEndian))
  }
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
