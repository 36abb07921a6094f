import { BadData } from './bad-data.ts'

const CLEAN = /^[A-Za-z0-9_-]*$/

/** URL-safe Base64 without padding (itsdangerous' `base64_encode`). */
export function base64Encode(data: string | Uint8Array): string {
  return (typeof data === 'string' ? Buffer.from(data) : asBuffer(data)).toString('base64url')
}

/** The same bytes as a Buffer, not copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * Reads URL-safe Base64 with or without padding (itsdangerous' `base64_decode`). As Python's, it
 * takes `+` and `/` too and skips all other characters.
 * @throws {BadData} when a character is missing.
 */
export function base64Decode(text: string): Buffer {
  if (CLEAN.test(text) && text.length % 4 !== 1) return Buffer.from(text, 'base64url')
  return decodeLoose(text)
}

function decodeLoose(text: string): Buffer {
  // Python counts the padding that is missing before it drops what is no Base64.
  const ascii = [...text].filter((char) => char < '\x80').join('')
  const padded = ascii + '='.repeat((4 - (ascii.length % 4)) % 4)
  let kept = ''
  let pads = 0
  for (const char of padded) {
    if (char === '=') {
      if (kept.length % 4 >= 2 && (kept.length % 4) + ++pads >= 4) {
        return Buffer.from(kept, 'base64')
      }
    } else if (/[A-Za-z0-9+/_-]/.test(char)) {
      kept += char
      pads = 0
    }
  }
  if (kept.length % 4 !== 0) throw new BadData('Invalid base64-encoded data')
  return Buffer.from(kept, 'base64')
}
