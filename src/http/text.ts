/**
 * Text helpers with Python's exact rules where JavaScript's differ in a way a client could see:
 * what counts as white space, what `int()` reads, how bytes become text.
 */

// Python's str.isspace(): JavaScript's \s lacks U+001C–1F and U+0085 and has U+FEFF.
const SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const SPACES: RegExp = new RegExp(`[${SPACE}]+`)

/** Whether Python's `str.isspace` holds for one UTF-16 unit. */
function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 9 && code <= 13) || code >= 0x1c
  if (code < 0x85) return false
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** Python's `str.strip()`; returns the very text when there is nothing to strip. */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return end - start === text.length ? text : text.slice(start, end)
}

/** The position of the first character from `from` on that is no white space. */
export function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  return at
}

/** Python's `str.split()`: the words between runs of white space, never an empty one. */
export function splitWords(text: string): string[] {
  const stripped = strip(text)
  return stripped === '' ? [] : stripped.split(SPACES)
}

/** Python's `str.title()` for ASCII: a capital after each character that is no letter. */
export function titleCase(text: string): string {
  let out = ''
  let inWord = false
  for (const char of text) {
    const letter = (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z')
    out += letter ? (inWord ? char.toLowerCase() : char.toUpperCase()) : char
    inWord = letter
  }
  return out
}

/**
 * Python's `int(text)` for ASCII digits: sign, underscores and outer white space; null when none.
 */
export function parsePythonInt(text: string): number | null {
  const stripped = strip(text)
  return /^[+-]?\d+(?:_\d+)*$/.test(stripped) ? Number(stripped.replaceAll('_', '')) : null
}

/**
 * An integer as a header may hold it (Werkzeug's `_plain_int`): digits with an optional minus,
 * outer white space allowed; null for anything else. Never negative zero.
 */
export function parsePlainInt(text: string): number | null {
  const stripped = strip(text)
  return /^-?\d+$/.test(stripped) ? Number(stripped) + 0 : null
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** The UTF-8 bytes of a text. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** UTF-8 bytes as text, U+FFFD in place of what is invalid; a byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** UTF-8 bytes as text, or null when they are not valid UTF-8. */
export function decodeUtf8Strict(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return null
  }
}

/**
 * Bytes as text, one character each (ISO 8859-1), the form in which Node reads and writes headers.
 */
export function bytesToLatin1(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += String.fromCharCode(byte)
  return out
}

/** The bytes of an ISO 8859-1 text, or null when a character has no byte there. */
export function latin1ToBytes(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff) return null
    bytes[i] = code
  }
  return bytes
}
