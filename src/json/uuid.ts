import { ValueError } from '../errors/builtins.ts'

/**
 * Python's `uuid.UUID`, as far as sessions, JSON and URL rules need it: an immutable 128-bit value
 * that compares by its text.
 */
export class UUID {
  /** The 32 lower-case hexadecimal digits (Python's `hex`). */
  readonly hex: string

  /**
   * @param text 32 hexadecimal digits in any case; hyphens, braces and the prefixes `urn:` and
   *   `uuid:` are ignored, as Python ignores them.
   * @throws {ValueError} when it is not that.
   */
  constructor(text: string) {
    const hex = text
      .replaceAll('urn:', '')
      .replaceAll('uuid:', '')
      .replace(/^[{}]+|[{}]+$/g, '')
      .replaceAll('-', '')
    if (!/^[0-9a-fA-F]{32}$/.test(hex)) {
      throw new ValueError('badly formed hexadecimal UUID string')
    }
    this.hex = hex.toLowerCase()
  }

  /** The 16 bytes, most significant first (Python's `bytes`). */
  get bytes(): Uint8Array {
    return Uint8Array.from({ length: 16 }, (_, i) =>
      Number.parseInt(this.hex.slice(2 * i, 2 * i + 2), 16),
    )
  }

  /** The version number of RFC 9562, or null when the variant is another one. */
  get version(): number | null {
    return /^[89ab]/.test(this.hex.slice(16)) ? Number.parseInt(this.hex.charAt(12), 16) : null
  }

  /** Whether `other` is the same UUID. */
  equals(other: unknown): boolean {
    return other instanceof UUID && other.hex === this.hex
  }

  /** The usual 8-4-4-4-12 form (Python's `str`). */
  toString(): string {
    const { hex } = this
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }

  /** The text, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString()
  }
}
