const hex = (byte: number): string => byte.toString(16).padStart(2, '0')

/** How many bytes the character that starts with this byte has; 0 when none starts so. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

/** The least and most that the second byte may be; the first one narrows it (RFC 3629 §4). */
function secondRange(first: number): readonly [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf]
  if (first === 0xed) return [0x80, 0x9f]
  if (first === 0xf0) return [0x90, 0xbf]
  if (first === 0xf4) return [0x80, 0x8f]
  return [0x80, 0xbf]
}

function message(bytes: Uint8Array, at: number, count: number, reason: string): string {
  return count === 1
    ? `'utf-8' codec can't decode byte 0x${hex(bytes[at] as number)} in position ${at}: ${reason}`
    : `'utf-8' codec can't decode bytes in position ${at}-${at + count - 1}: ${reason}`
}

/** What Python says of bytes that are no UTF-8 (`UnicodeDecodeError`), or null when they are. */
export function utf8Error(bytes: Uint8Array): string | null {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] as number
    const length = lengthOf(first)
    if (length === 0) return message(bytes, at, 1, 'invalid start byte')
    const [least, most] = secondRange(first)
    for (let n = 1; n < length; n++) {
      const next = bytes[at + n]
      if (next === undefined) return message(bytes, at, n, 'unexpected end of data')
      const fine = n === 1 ? next >= least && next <= most : next >= 0x80 && next <= 0xbf
      if (!fine) return message(bytes, at, n, 'invalid continuation byte')
    }
    at += length
  }
  return null
}
