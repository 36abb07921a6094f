import { JSONDecodeError } from './decode-error.ts'

// Deep enough for any document, and far from the end of the stack.
const MAX_DEPTH = 1000
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
const PLAIN = /[ !#-[\]-\uffff]*/y
const HEX = /[0-9a-fA-F]{4}/y
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const CONSTANTS: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]

/**
 * Reads what Python's `json.loads` reads and `JSON.parse` does not: `NaN`, `Infinity`, and integers
 * beyond 2^53, which become bigints on demand. Its errors have Python's wording. It is slower than
 * `JSON.parse`, so it is asked only when that cannot do it.
 */
export class PythonJsonParser {
  readonly #text: string
  readonly #bigIntegers: boolean
  #at = 0
  #depth = 0

  /** @param bigIntegers integers that a number cannot hold become bigints */
  constructor(text: string, bigIntegers: boolean) {
    this.#text = text
    this.#bigIntegers = bigIntegers
  }

  /**
   * The document's value.
   * @throws {JSONDecodeError} when it is no JSON even for Python.
   */
  parse(): unknown {
    this.#space()
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length) this.#fail('Extra data', this.#at)
    return value
  }

  #fail(message: string, at: number): never {
    throw new JSONDecodeError(message, this.#text, at)
  }

  #space(): void {
    const text = this.#text
    let at = this.#at
    while (at < text.length) {
      const code = text.charCodeAt(at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break
      at++
    }
    this.#at = at
  }

  #value(): unknown {
    const char = this.#text[this.#at]
    if (char === '"') return this.#string()
    if (char === '{') return this.#nested(() => this.#object())
    if (char === '[') return this.#nested(() => this.#array())
    for (const [name, value] of CONSTANTS) {
      if (this.#text.startsWith(name, this.#at)) {
        this.#at += name.length
        return value
      }
    }
    return this.#number()
  }

  #nested(read: () => unknown): unknown {
    if (++this.#depth > MAX_DEPTH) this.#fail('Nesting too deep', this.#at)
    const value = read()
    this.#depth--
    return value
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at
    const found = NUMBER.exec(this.#text)
    if (found === null) this.#fail('Expecting value', this.#at)
    this.#at = NUMBER.lastIndex
    const [digits, fraction, exponent] = found
    const value = Number(digits)
    const isInteger = fraction === undefined && exponent === undefined
    if (isInteger && this.#bigIntegers && !Number.isSafeInteger(value)) return BigInt(digits)
    return value
  }

  #array(): unknown[] {
    const items: unknown[] = []
    this.#at++
    this.#space()
    if (this.#text[this.#at] === ']') {
      this.#at++
      return items
    }
    for (;;) {
      items.push(this.#value())
      this.#space()
      const char = this.#text[this.#at]
      if (char !== ',' && char !== ']') this.#fail("Expecting ',' delimiter", this.#at)
      this.#at++
      if (char === ']') return items
      this.#space()
    }
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    this.#at++
    this.#space()
    if (this.#text[this.#at] === '}') {
      this.#at++
      return object
    }
    for (;;) {
      if (this.#text[this.#at] !== '"') {
        this.#fail('Expecting property name enclosed in double quotes', this.#at)
      }
      const key = this.#string()
      this.#space()
      if (this.#text[this.#at] !== ':') this.#fail("Expecting ':' delimiter", this.#at)
      this.#at++
      this.#space()
      setOwn(object, key, this.#value())
      this.#space()
      const char = this.#text[this.#at]
      if (char !== ',' && char !== '}') this.#fail("Expecting ',' delimiter", this.#at)
      this.#at++
      if (char === '}') return object
      this.#space()
    }
  }

  #string(): string {
    const begin = this.#at
    let value = ''
    this.#at++
    for (;;) {
      PLAIN.lastIndex = this.#at
      value += PLAIN.exec(this.#text)?.[0] ?? ''
      this.#at = PLAIN.lastIndex
      const char = this.#text[this.#at]
      if (char === undefined) this.#fail('Unterminated string starting at', begin)
      if (char === '"') {
        this.#at++
        return value
      }
      if (char !== '\\') this.#fail('Invalid control character at', this.#at)
      value += this.#escape(begin)
    }
  }

  #escape(begin: number): string {
    const at = this.#at
    const char = this.#text[at + 1]
    if (char === undefined) this.#fail('Unterminated string starting at', begin)
    const simple = ESCAPES[char]
    if (simple !== undefined) {
      this.#at = at + 2
      return simple
    }
    if (char !== 'u') this.#fail('Invalid \\escape', at)
    HEX.lastIndex = at + 2
    const digits = HEX.exec(this.#text)?.[0]
    if (digits === undefined) this.#fail('Invalid \\uXXXX escape', at + 1)
    this.#at = at + 6
    return String.fromCharCode(Number.parseInt(digits, 16))
  }
}

/** Sets a member as data, also one called `__proto__`. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  } else object[key] = value
}
