/**
 * A `User-Agent` header (Werkzeug's `UserAgent`). It does no parsing; a subclass may, by setting
 * the members.
 */
export class UserAgent {
  /** The header's value. */
  readonly string: string
  /** The operating system's name, or null. */
  platform: string | null = null
  /** The browser's name, or null. */
  browser: string | null = null
  /** The browser's version, or null. */
  version: string | null = null
  /** The browser's language, or null. */
  language: string | null = null

  constructor(string: string) {
    this.string = string
  }

  /** The header's value. */
  toHeader(): string {
    return this.string
  }

  toString(): string {
    return this.string
  }
}
