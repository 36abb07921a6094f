import { ValueError } from '../errors/builtins.ts'
import { urlQuote } from '../http/urls.ts'
import { bindArguments } from './converter-arguments.ts'
import { asciiDigits, exactInteger, floatText, pyFloat, pyInt, pyStr } from './python-text.ts'
import { escapeRegex } from './rule-part.ts'
import type { Converter, ConverterClass, RuleMap } from './types.ts'

/** What a path segment may hold unescaped: WHATWG's URL path segment set, as Werkzeug quotes. */
export const PATH_SAFE = "!$&'()*+,/:;=@"

/**
 * A converter throws it from `toPython` when the text is not a value after all: the URL then does
 * not match (404). From `toUrl`: this rule cannot build the URL, the next one is tried.
 */
export class ValidationError extends ValueError {}
Object.defineProperty(ValidationError.prototype, 'name', {
  value: 'ValidationError',
  writable: true,
  configurable: true,
})

/**
 * Base of all converters (Werkzeug's `BaseConverter`): text of one path segment, as it is.
 *
 * A subclass sets `regex`, in JavaScript's syntax and without anchors, and overrides `toPython` and
 * `toUrl`. Its constructor gets the map, then the positional arguments of the rule's text, then one
 * object with the named ones: `<rx('[a-z]+', flag=True):v>` → `new Rx(map, '[a-z]+', { flag: true })`.
 */
export class BaseConverter implements Converter {
  /** The map that the converter's rule belongs to. */
  readonly map: RuleMap
  regex = '[^/]+'
  partIsolating?: boolean | undefined
  weight = 100

  constructor(map: RuleMap) {
    this.map = map
  }

  /**
   * Turns the URL's text, already percent-decoded, into the view's value.
   * @throws {ValidationError} when the URL shall not match
   */
  toPython(value: string): unknown {
    return value
  }

  /**
   * Turns a value into percent-encoded text for a URL.
   * @throws {ValidationError} when this rule cannot express the value
   */
  toUrl(value: unknown): string {
    return urlQuote(pyStr(value), PATH_SAFE)
  }
}

/**
 * `<name>` and `<string:name>`: text without a slash (Werkzeug's `UnicodeConverter`).
 * Arguments, counted in characters: `minlength` (1), `maxlength`, `length`.
 */
export class UnicodeConverter extends BaseConverter {
  constructor(map: RuleMap, ...args: unknown[]) {
    super(map)
    this.partIsolating = true
    const given = bindArguments('string', ['minlength', 'maxlength', 'length'], args)
    const { minlength = 1, maxlength, length } = given
    const exact = length ?? null
    const most = maxlength ?? null
    const size =
      exact === null
        ? `${pyInt(minlength)},${most === null ? '' : pyInt(most)}`
        : String(pyInt(exact))
    this.regex = `[^/]{${size}}`
  }

  override toPython(value: string): string {
    return value
  }
}

/** `<any(about, help, "foo,bar"):page>`: one of the given texts (Werkzeug's `AnyConverter`). */
export class AnyConverter extends BaseConverter {
  /** The texts that match. */
  readonly items: ReadonlySet<string>

  /** @throws {TypeError} when an item is not text, such as a bare number */
  constructor(map: RuleMap, ...items: unknown[]) {
    super(map)
    this.partIsolating = true
    const texts = items.map((item) => {
      if (typeof item === 'string') return item
      throw new TypeError(`any() takes texts: write "${pyStr(item)}" in quotes.`)
    })
    this.items = new Set(texts)
    this.regex = `(?:${texts.map(escapeRegex).join('|')})`
  }

  override toPython(value: string): string {
    return value
  }

  /** @throws {ValueError} when the value is none of the items */
  override toUrl(value: unknown): string {
    if (typeof value === 'string' && this.items.has(value)) return value
    const valid = [...this.items].sort().map((item) => `'${item}'`)
    throw new ValueError(`'${pyStr(value)}' is not one of ${valid.join(', ')}`)
  }
}

/** `<path:name>`: text that may hold slashes but does not start with one (`PathConverter`). */
export class PathConverter extends BaseConverter {
  override partIsolating: boolean | undefined = false
  // Python's "." is anything but a newline; JavaScript's leaves out more.
  override regex = '[^/][^\\n]*?'
  override weight = 200

  override toPython(value: string): string {
    return value
  }
}

// Above Python's own limit for int() of a text; longer ones are not numbers anybody meant.
const MAX_DIGITS = 4300

/** What `int` and `float` share (Werkzeug's `NumberConverter`). */
export class NumberConverter extends BaseConverter {
  override partIsolating: boolean | undefined = true
  override weight = 50
  /** How many digits the text must have and is padded to; 0 for any number. */
  readonly fixedDigits: number
  /** The smallest value that matches, or null. */
  readonly min: number | null
  /** The largest value that matches, or null. */
  readonly max: number | null
  /** Whether a minus sign may come first. */
  readonly signed: boolean

  constructor(map: RuleMap, regex: string, given: Readonly<Record<string, unknown>>) {
    super(map)
    const { fixed_digits = 0, min = null, max = null, signed = false } = given
    this.fixedDigits = Number(pyInt(fixed_digits))
    this.min = min === null ? null : pyFloat(min)
    this.max = max === null ? null : pyFloat(max)
    this.signed = Boolean(signed)
    this.regex = this.signed ? `-?${regex}` : regex
  }

  /** Throws unless the text's length and the value are as the rule wants them. */
  protected check(text: string, value: number | bigint): void {
    if (this.fixedDigits !== 0 && codePoints(text) !== this.fixedDigits) throw new ValidationError()
    if (this.min !== null && value < this.min) throw new ValidationError()
    if (this.max !== null && value > this.max) throw new ValidationError()
  }

  /** Pads to `fixedDigits`, after the sign, as Python's `zfill` does. */
  protected pad(text: string): string {
    const digits = text.startsWith('-') ? text.slice(1) : text
    const sign = text.slice(0, text.length - digits.length)
    return sign + digits.padStart(this.fixedDigits - sign.length, '0')
  }
}

/**
 * `<int:name>` (Werkzeug's `IntegerConverter`), unsigned unless `signed=True`.
 * Arguments: `fixed_digits` (0), `min`, `max`, `signed` (False).
 * Values past `Number.MAX_SAFE_INTEGER` arrive as `bigint`, so that none is silently rounded.
 */
export class IntegerConverter extends NumberConverter {
  constructor(map: RuleMap, ...args: unknown[]) {
    super(map, '\\p{Nd}+', bindArguments('int', ['fixed_digits', 'min', 'max', 'signed'], args))
  }

  /** @throws {ValidationError} outside `min` and `max`, with other than `fixed_digits` digits */
  override toPython(text: string): number | bigint {
    const value = smallInteger(text) ?? largeInteger(text)
    if (this.fixedDigits !== 0 || this.min !== null || this.max !== null) this.check(text, value)
    return value
  }

  /** @throws {ValueError} when the value is not an integer's text */
  override toUrl(value: unknown): string {
    return this.pad(String(pyInt(value)))
  }
}

/**
 * `<float:name>` (Werkzeug's `FloatConverter`): digits, a dot, digits.
 * Arguments: `min`, `max`, `signed` (False).
 */
export class FloatConverter extends NumberConverter {
  constructor(map: RuleMap, ...args: unknown[]) {
    super(map, '\\p{Nd}+\\.\\p{Nd}+', bindArguments('float', ['min', 'max', 'signed'], args))
  }

  /** @throws {ValidationError} outside `min` and `max` */
  override toPython(text: string): number {
    const value = Number(asciiDigits(text))
    this.check(text, value)
    return value
  }

  /** @throws {ValueError} when the value is not a number's text */
  override toUrl(value: unknown): string {
    return floatText(pyFloat(value))
  }
}

const HEX = '[A-Fa-f0-9]'

/** `<uuid:name>` (Werkzeug's `UUIDConverter`): the view gets the UUID's text in lower case. */
export class UUIDConverter extends BaseConverter {
  override partIsolating: boolean | undefined = true
  override regex = `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`

  override toPython(value: string): string {
    return value.toLowerCase()
  }

  override toUrl(value: unknown): string {
    return pyStr(value)
  }
}

/** The converters every map starts with; `default` is that of `<name>`. */
export const DEFAULT_CONVERTERS: Readonly<Record<string, ConverterClass>> = Object.freeze({
  default: UnicodeConverter,
  string: UnicodeConverter,
  any: AnyConverter,
  path: PathConverter,
  int: IntegerConverter,
  float: FloatConverter,
  uuid: UUIDConverter,
})

/** The value of up to 15 ASCII digits with an optional minus, which a double holds exactly. */
function smallInteger(text: string): number | null {
  const start = text.charCodeAt(0) === 0x2d ? 1 : 0
  const { length } = text
  if (length - start > 15 || length === start) return null
  let value = 0
  for (let i = start; i < length; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return null
    value = value * 10 + digit
  }
  return start === 1 && value !== 0 ? -value : value
}

function largeInteger(text: string): number | bigint {
  if (text.length > MAX_DIGITS) throw new ValidationError()
  return exactInteger(asciiDigits(text))
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
