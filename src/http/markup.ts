import { ValueError } from '../errors/builtins.ts'
import { escapeToText, type HasHTML, hasHTML } from './escape.ts'
import { decodeEntities } from './html-entities.ts'
import { splitWords, strip, titleCase } from './text.ts'

/**
 * Text that is safe to put into HTML or XML as it is (MarkupSafe's `Markup`).
 *
 * It behaves as a string wherever JavaScript asks for one (`String(m)`, template literals, `+`,
 * JSON). Its methods return Markup again and escape what they are given; `+` does NOT escape, as
 * JavaScript has no operator overloading: use {@link Markup.concat}.
 */
export class Markup implements HasHTML {
  readonly #text: string

  /**
   * Declares text safe without escaping it; {@link escape} is the one that escapes.
   *
   * @param value Text, an object with `__html__` (its result is taken), or anything with
   *   `toString`.
   */
  constructor(value: unknown = '') {
    this.#text =
      typeof value === 'string' ? value : String(hasHTML(value) ? value.__html__() : value)
  }

  /** Escapes a value unless it is safe already (`Markup.escape`). */
  static escape(value: unknown): Markup {
    return value instanceof Markup ? value : new Markup(escapeToText(value))
  }

  /** The number of UTF-16 units. */
  get length(): number {
    return this.#text.length
  }

  /** The protocol by which templates and {@link escape} know the text is safe. */
  __html__(): string {
    return this.#text
  }

  toString(): string {
    return this.#text
  }

  valueOf(): string {
    return this.#text
  }

  toJSON(): string {
    return this.#text
  }

  /** The text followed by the values, each escaped unless safe (Python's `markup + value`). */
  concat(...values: readonly unknown[]): Markup {
    let out = this.#text
    for (const value of values) out += escapeToText(value)
    return new Markup(out)
  }

  /** The values, each escaped unless safe, with this text between them (`Markup.join`). */
  join(values: Iterable<unknown>): Markup {
    return new Markup(Array.from(values, escapeToText).join(this.#text))
  }

  /** The text `count` times (Python's `markup * count`). */
  repeat(count: number): Markup {
    return new Markup(this.#text.repeat(Math.max(0, count)))
  }

  /**
   * Fills `{}`, `{0}`, `{name}` and `{name.member}` with escaped values (`Markup.format`); `{{` and
   * `}}` are braces. A last plain-object argument holds the named values.
   *
   * @throws ValueError for a broken template, a format specification or a missing value.
   */
  format(...args: readonly unknown[]): Markup {
    return new Markup(formatBraces(this.#text, args))
  }

  /**
   * Fills `%s`, `%d`, `%i`, `%f`, `%r` and `%(name)s` with escaped values (Python's `markup %
   * args`).
   *
   * @param args An array of values, a plain object of named ones, or a single value.
   * @throws TypeError when the number of values does not fit.
   */
  mod(args: unknown): Markup {
    return new Markup(formatPercent(this.#text, args))
  }

  /** Every occurrence of `old` (or the first `count`) replaced by `value`, escaped unless safe. */
  replace(old: string, value: unknown, count = -1): Markup {
    const safe = escapeToText(value)
    if (count < 0) return new Markup(this.#text.replaceAll(old, () => safe))
    let out = this.#text
    let from = 0
    for (let left = count; left > 0; left--) {
      const at = out.indexOf(old, from)
      if (at === -1) break
      out = out.slice(0, at) + safe + out.slice(at + old.length)
      from = at + safe.length
    }
    return new Markup(out)
  }

  /** The parts between separators; between runs of white space when there is none. */
  split(separator?: string): Markup[] {
    const parts = separator === undefined ? splitWords(this.#text) : this.#text.split(separator)
    return parts.map((part) => new Markup(part))
  }

  /** A part of the text, by the rules of `String.prototype.slice`. */
  slice(start?: number, end?: number): Markup {
    return new Markup(this.#text.slice(start, end))
  }

  /** The text without outer white space. */
  strip(): Markup {
    return new Markup(strip(this.#text))
  }

  lower(): Markup {
    return new Markup(this.#text.toLowerCase())
  }

  upper(): Markup {
    return new Markup(this.#text.toUpperCase())
  }

  title(): Markup {
    return new Markup(titleCase(this.#text))
  }

  capitalize(): Markup {
    return new Markup(this.#text.slice(0, 1).toUpperCase() + this.#text.slice(1).toLowerCase())
  }

  /** The text with entities and character references decoded: plain and no longer safe. */
  unescape(): string {
    return decodeEntities(this.#text)
  }

  /**
   * The text without comments and tags, its white space collapsed, unescaped (`Markup.striptags`).
   */
  striptags(): string {
    // Comments go first: a tag inside one would end it early and leave the rest behind.
    return decodeEntities(splitWords(withoutTags(withoutComments(this.#text))).join(' '))
  }
}

/**
 * Makes a value safe for HTML text and quoted attributes (MarkupSafe's `escape`): `&`, `<`, `>`,
 * `"` and `'` become references, unless the value has `__html__`, whose result is taken as safe.
 */
function escapeValue(value: unknown): Markup {
  return Markup.escape(value)
}

export { escapeValue as escape }

/** As {@link escape}, but null and undefined give the empty text (`escape_silent`). */
export function escapeSilent(value: unknown): Markup {
  return value == null ? new Markup() : Markup.escape(value)
}

/** Removes each tag; one without an end is kept, with all that follows. */
function withoutTags(text: string): string {
  let out = ''
  let from = 0
  for (;;) {
    const start = text.indexOf('<', from)
    const end = start === -1 ? -1 : text.indexOf('>', start)
    if (end === -1) return out + text.slice(from)
    out += text.slice(from, start)
    from = end + 1
  }
}

/**
 * Removes each comment, also one that only arises when an inner one is gone (`<!<!---->-- x -->`);
 * an unclosed one is kept. Linear, by looking back no further than a comment's start is long.
 */
function withoutComments(text: string): string {
  let out = ''
  let from = 0
  for (;;) {
    const tail = out.slice(-3)
    const across = (tail + text.slice(from, from + 3)).indexOf('<!--')
    if (across !== -1) {
      const open = tail.slice(across) + text.slice(from, from + 5)
      const near = open.indexOf('-->')
      const end = near === -1 ? text.indexOf('-->', from) : from + near - (tail.length - across)
      if (end === -1) return out + text.slice(from)
      out = out.slice(0, out.length - (tail.length - across))
      from = end + 3
      continue
    }
    const start = text.indexOf('<!--', from)
    const end = start === -1 ? -1 : text.indexOf('-->', start)
    if (end === -1) return out + text.slice(from)
    out += text.slice(from, start)
    from = end + 3
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === null || proto === Object.prototype
}

function formatBraces(template: string, args: readonly unknown[]): string {
  const last = args.at(-1)
  const named: Record<string, unknown> = isPlainObject(last) ? last : {}
  let automatic = 0
  return template.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (match, field: string | undefined) => {
    if (match === '{{' || match === '}}') return match.charAt(0)
    if (field === undefined) throw new ValueError(`Single '${match}' encountered in format string`)
    if (/[:!]/.test(field)) {
      throw new ValueError('Unsupported format specification for Markup.')
    }
    const [head = '', ...path] = field.split('.')
    const source = head === '' || /^\d+$/.test(head) ? args : named
    let value = member(source, head === '' ? String(automatic++) : head)
    for (const key of path) value = member(value, key)
    return escapeToText(value)
  })
}

function member(source: unknown, key: string): unknown {
  // Own members only: a template must not reach constructors through a value's prototype.
  if (source === null || typeof source !== 'object' || !Object.hasOwn(source, key)) {
    throw new ValueError(`No value for '${key}' in the format string`)
  }
  return (source as Record<string, unknown>)[key]
}

function formatPercent(template: string, args: unknown): string {
  const named = isPlainObject(args) ? args : null
  const list: readonly unknown[] = Array.isArray(args) ? args : [args]
  let next = 0
  const out = template.replace(/%(?:\(([^)]*)\))?(.?)/gs, (_match, name, kind: string) => {
    if (kind === '%') return '%'
    let value: unknown
    if (name !== undefined) value = member(named, String(name))
    else if (next < list.length) value = list[next++]
    else throw new TypeError('not enough arguments for format string')
    if (kind === 's' || kind === 'r') return escapeToText(value)
    if (kind === 'd' || kind === 'i') return String(Math.trunc(Number(value)))
    if (kind === 'f') return Number(value).toFixed(6)
    throw new ValueError(`unsupported format character '${kind}'`)
  })
  if (named === null && next < list.length) {
    throw new TypeError('not all arguments converted during string formatting')
  }
  return out
}
