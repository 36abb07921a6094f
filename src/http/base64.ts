import { bytesToLatin1 } from './text.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = new Int8Array(128).fill(-1)
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i

/**
 * Decodes base64 as leniently as Python's `b64decode`: foreign characters are skipped, all after
 * the padding is ignored.
 *
 * @returns The bytes, or null when characters are left over or not ASCII.
 */
export function base64Decode(text: string): Uint8Array | null {
  const out = new Uint8Array(Math.ceil((text.length * 3) / 4))
  let size = 0
  let bits = 0
  let inQuad = 0
  let pads = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) return null
    if (code === 0x3d) {
      if (inQuad >= 2 && inQuad + ++pads >= 4) return out.subarray(0, size)
      continue
    }
    const value = VALUES[code] ?? -1
    if (value === -1) continue
    pads = 0
    bits = ((bits << 6) | value) & 0xffffff
    if (inQuad > 0) out[size++] = (bits >> (6 - 2 * inQuad)) & 0xff
    inQuad = (inQuad + 1) % 4
  }
  return inQuad === 0 ? out.subarray(0, size) : null
}

/** Encodes bytes as base64 with padding. */
export function base64Encode(bytes: Uint8Array): string {
  return btoa(bytesToLatin1(bytes))
}
