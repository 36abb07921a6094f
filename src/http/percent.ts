import { encodeUtf8 } from './text.ts'

const HEX = '0123456789ABCDEF'
const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~'

/** Percent-encodes a text (as UTF-8) or bytes. */
export type Quoter = (text: string | Uint8Array) => string

/**
 * Makes a percent-encoder (Python's `urllib.parse.quote`).
 *
 * @param safe ASCII characters to leave alone besides letters, digits and `_.-~`.
 */
export function makeQuoter(safe: string): Quoter {
  const plain = asciiTable(UNRESERVED + safe)

  function quoteBytes(bytes: Uint8Array): string {
    let out = ''
    for (const byte of bytes) {
      out += plain[byte] === 1 ? String.fromCharCode(byte) : percentByte(byte)
    }
    return out
  }

  return (text) => {
    if (typeof text !== 'string') return quoteBytes(text)
    for (let i = 0; i < text.length; i++) {
      if (plain[text.charCodeAt(i)] !== 1) {
        return text.slice(0, i) + quoteBytes(encodeUtf8(text.slice(i)))
      }
    }
    return text
  }
}

/** One byte as `%XX`. */
export function percentByte(byte: number): string {
  return `%${HEX.charAt(byte >> 4)}${HEX.charAt(byte & 15)}`
}

/** A table with 1 at the codes of the given ASCII characters. */
export function asciiTable(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let i = 0; i < characters.length; i++) table[characters.charCodeAt(i)] = 1
  return table
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** The byte of the escape `%XX` at a position, or -1 when there is none. */
function escapeAt(text: string, at: number): number {
  if (text.charCodeAt(at) !== 0x25) return -1
  const high = hexDigit(text.charCodeAt(at + 1))
  const low = hexDigit(text.charCodeAt(at + 2))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

/**
 * Decodes the percent escapes of UTF-8 text in one pass (Python's `unquote`). What is no escape is
 * kept.
 *
 * @param keepInvalid Keeps bytes that are no UTF-8 as escapes, where else each becomes U+FFFD.
 * @param keep ASCII characters whose escapes are kept, from {@link asciiTable}.
 */
export function unquoteUtf8(text: string, keepInvalid: boolean, keep?: Uint8Array): string {
  let at = text.indexOf('%')
  if (at === -1) return text
  let out = ''
  let from = 0
  while (at !== -1) {
    const byte = escapeAt(text, at)
    if (byte === -1 || (byte < 0x80 && keep?.[byte] === 1)) {
      at = text.indexOf('%', byte === -1 ? at + 1 : at + 3)
      continue
    }
    out += text.slice(from, at)
    if (byte < 0x80) {
      out += String.fromCharCode(byte)
      from = at + 3
    } else {
      const [char, end] = sequenceAt(text, at, byte)
      if (char !== '') out += char
      else out += keepInvalid ? text.slice(at, end).toUpperCase() : '\ufffd'
      from = end
    }
    at = text.indexOf('%', from)
  }
  return out + text.slice(from)
}

/**
 * Reads the escaped UTF-8 sequence with the given first byte. Without a valid one the text is empty
 * and the end is that of the longest valid beginning, which counts as one error (Unicode §3.9).
 */
function sequenceAt(text: string, start: number, lead: number): [char: string, end: number] {
  let at = start + 3
  if (lead < 0xc2 || lead > 0xf4) return ['', at]
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  // Overlong forms, surrogates and what lies past U+10FFFF show in the second byte.
  let lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  let highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  let code = lead & (0xff >> (length + 1))
  for (let i = 1; i < length; i++) {
    const byte = escapeAt(text, at)
    if (byte < lowest || byte > highest) return ['', at]
    code = (code << 6) | (byte & 0x3f)
    at += 3
    lowest = 0x80
    highest = 0xbf
  }
  return [String.fromCodePoint(code), at]
}

/** Decodes percent escapes as ISO 8859-1, or as ASCII with U+FFFD for the bytes beyond it. */
export function unquoteSingleByte(text: string, ascii: boolean): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_match, digits: string) => {
    const byte = Number.parseInt(digits, 16)
    return ascii && byte > 0x7f ? '\ufffd' : String.fromCharCode(byte)
  })
}
