import { ValueError } from '../../errors/builtins.ts'
import { hasHTML } from '../../http/escape.ts'
import { encodeUtf8 } from '../../http/text.ts'
import { builtin } from './call.ts'
import { codePoints, entriesOf, iterate, len, textLength } from './iterate.ts'
import { replaceText, split, splitLines, splitRight, stripText } from './string-split.ts'
import { typeName } from './type-name.ts'
import { makeTuple } from './values.ts'

type Method = (self: string, ...args: never[]) => unknown

function text(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  if (hasHTML(value)) return String(value)
  throw new TypeError(`${what} must be str, not ${typeName(value)}`)
}

const optional = (value: unknown): string | null =>
  value === undefined || value === null ? null : text(value, 'separator')

function integer(value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'boolean') return Number(value)
  throw new TypeError(`'${typeName(value)}' object cannot be interpreted as an integer`)
}

/** The first character as a capital, the rest small (Python's `str.capitalize`). */
export function capitalize(self: string): string {
  const [first = '', ...rest] = codePoints(self)
  return first.toUpperCase() + rest.join('').toLowerCase()
}

/** The text in the middle of `width` characters (Python's `str.center`). */
export function center(self: string, width: number, fill = ' '): string {
  const missing = width - textLength(self)
  if (missing <= 0) return self
  const left = Math.floor(missing / 2) + (missing & width & 1)
  return fill.repeat(left) + self + fill.repeat(missing - left)
}

function title(self: string): string {
  let out = ''
  let inWord = false
  for (const char of self) {
    const cased = char.toLowerCase() !== char.toUpperCase()
    out += cased ? (inWord ? char.toLowerCase() : char.toUpperCase()) : char
    inWord = cased
  }
  return out
}

function swapcase(self: string): string {
  let out = ''
  for (const char of self) {
    const lower = char.toLowerCase()
    out += lower === char ? char.toUpperCase() : lower
  }
  return out
}

/** The character that fills a text up. Throws TypeError unless it is exactly one. */
function fillChar(value: unknown): string {
  const fill = text(value, 'fill character')
  if (textLength(fill) !== 1) {
    throw new TypeError('The fill character must be exactly one character long')
  }
  return fill
}

/** The part between `start` and `end` (in code points), and where it begins. */
function window(self: string, start: unknown, end: unknown): { part: string; offset: number } {
  const points = codePoints(self)
  const clamp = (value: unknown, fallback: number): number => {
    if (value === undefined || value === null) return fallback
    const at = integer(value, fallback)
    return Math.min(Math.max(at < 0 ? at + points.length : at, 0), points.length)
  }
  const offset = clamp(start, 0)
  const stop = clamp(end, points.length)
  return { part: points.slice(offset, Math.max(offset, stop)).join(''), offset }
}

function find(last: boolean): Method {
  return (self: string, sub: unknown, start?: unknown, end?: unknown): number => {
    const { part, offset } = window(self, start, end)
    const needle = text(sub, 'argument')
    const at = last ? part.lastIndexOf(needle) : part.indexOf(needle)
    return at === -1 ? -1 : offset + textLength(part.slice(0, at))
  }
}

function indexOf(last: boolean): Method {
  const search = find(last) as (...args: unknown[]) => number
  return (self: string, sub: unknown, start?: unknown, end?: unknown): number => {
    const at = search(self, sub, start, end)
    if (at === -1) throw new ValueError('substring not found')
    return at
  }
}

function affix(atStart: boolean): Method {
  return (self: string, affixes: unknown, start?: unknown, end?: unknown): boolean => {
    const { part } = window(self, start, end)
    const all = Array.isArray(affixes) ? affixes : [affixes]
    return all.some((item) => {
      const wanted = text(item, `${atStart ? 'startswith' : 'endswith'} first arg`)
      return atStart ? part.startsWith(wanted) : part.endsWith(wanted)
    })
  }
}

function partition(last: boolean): Method {
  return (self: string, separator: unknown): unknown => {
    const sep = text(separator, 'separator')
    if (sep === '') throw new ValueError('empty separator')
    const at = last ? self.lastIndexOf(sep) : self.indexOf(sep)
    if (at === -1) return makeTuple(last ? ['', '', self] : [self, '', ''])
    return makeTuple([self.slice(0, at), sep, self.slice(at + sep.length)])
  }
}

function justify(left: boolean): Method {
  return (self: string, width: unknown, fill: unknown = ' '): string => {
    const padding = fillChar(fill).repeat(Math.max(0, integer(width, 0) - textLength(self)))
    return left ? self + padding : padding + self
  }
}

const every =
  (pattern: RegExp): Method =>
  (self: string): boolean =>
    pattern.test(self)

function isCase(self: string, upper: boolean): boolean {
  const cased = self.toLowerCase() !== self.toUpperCase()
  return cased && self === (upper ? self.toUpperCase() : self.toLowerCase())
}

/** Whether all cased characters are small and there is one (Python's `str.islower`). */
export const isLower = (self: string): boolean => isCase(self, false)

/** Whether all cased characters are capitals and there is one (Python's `str.isupper`). */
export const isUpper = (self: string): boolean => isCase(self, true)

function join(self: string, items: unknown): string {
  const parts: string[] = []
  for (const item of iterate(items)) {
    if (typeof item !== 'string' && !hasHTML(item)) {
      throw new TypeError(
        `sequence item ${parts.length}: expected str instance, ${typeName(item)} found`,
      )
    }
    parts.push(String(item))
  }
  return parts.join(self)
}

function expandtabs(self: string, tabsize?: unknown): string {
  const size = integer(tabsize, 8)
  let column = 0
  let out = ''
  for (const char of self) {
    if (char === '\t') {
      const spaces = size > 0 ? size - (column % size) : 0
      out += ' '.repeat(spaces)
      column += spaces
    } else {
      out += char
      column = char === '\n' || char === '\r' ? 0 : column + 1
    }
  }
  return out
}

function zfill(self: string, width: unknown): string {
  const missing = integer(width, 0) - textLength(self)
  if (missing <= 0) return self
  const sign = self.startsWith('+') || self.startsWith('-') ? self.charAt(0) : ''
  return sign + '0'.repeat(missing) + self.slice(sign.length)
}

function translate(self: string, table: unknown): string {
  const map = new Map<unknown, unknown>()
  for (const [key, value] of entriesOf(table) ?? []) map.set(Number(key), value)
  let out = ''
  for (const char of self) {
    const code = char.codePointAt(0) ?? 0
    if (!map.has(code)) out += char
    else {
      const by = map.get(code)
      out += typeof by === 'number' ? String.fromCodePoint(by) : (by ?? '')
    }
  }
  return out
}

function count(self: string, sub: unknown, start?: unknown, end?: unknown): number {
  const { part } = window(self, start, end)
  const needle = text(sub, 'argument')
  return needle === '' ? len(part) + 1 : part.split(needle).length - 1
}

// White space to Python but not to JavaScript.
const SEPARATORS = '\\x1c-\\x1f\\x85'

const define = (name: string, params: string, fn: Method): [string, Method] => [
  name,
  builtin(name, `self${params === '' ? '' : ` ${params}`}`, fn),
]

/**
 * Python's methods of `str`, each taking the text first. `format` and `format_map` are not here:
 * they look members up, which is the runtime's business.
 */
export const STRING_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  define('upper', '', (self: string) => self.toUpperCase()),
  define('lower', '', (self: string) => self.toLowerCase()),
  define('casefold', '', (self: string) => self.toLowerCase().replaceAll('ß', 'ss')),
  define('capitalize', '', capitalize),
  define('title', '', title),
  define('swapcase', '', swapcase),
  define('strip', 'chars?', (self: string, chars?: unknown) =>
    stripText(self, optional(chars), true, true),
  ),
  define('lstrip', 'chars?', (self: string, chars?: unknown) =>
    stripText(self, optional(chars), true, false),
  ),
  define('rstrip', 'chars?', (self: string, chars?: unknown) =>
    stripText(self, optional(chars), false, true),
  ),
  define('split', 'sep? maxsplit?', (self: string, sep?: unknown, limit?: unknown) =>
    split(self, optional(sep), integer(limit, -1)),
  ),
  define('rsplit', 'sep? maxsplit?', (self: string, sep?: unknown, limit?: unknown) =>
    splitRight(self, optional(sep), integer(limit, -1)),
  ),
  define('splitlines', 'keepends?', (self: string, keep?: unknown) =>
    splitLines(self, Boolean(keep)),
  ),
  define('partition', 'sep', partition(false)),
  define('rpartition', 'sep', partition(true)),
  define('replace', 'old new count?', (self: string, old: unknown, by: unknown, limit?: unknown) =>
    replaceText(
      self,
      text(old, 'replace() argument 1'),
      text(by, 'replace() argument 2'),
      integer(limit, -1),
    ),
  ),
  define('startswith', 'prefix start? end?', affix(true)),
  define('endswith', 'suffix start? end?', affix(false)),
  define('removeprefix', 'prefix', (self: string, prefix: unknown) => {
    const wanted = text(prefix, 'argument')
    return self.startsWith(wanted) ? self.slice(wanted.length) : self
  }),
  define('removesuffix', 'suffix', (self: string, suffix: unknown) => {
    const wanted = text(suffix, 'argument')
    return wanted !== '' && self.endsWith(wanted) ? self.slice(0, -wanted.length) : self
  }),
  define('find', 'sub start? end?', find(false)),
  define('rfind', 'sub start? end?', find(true)),
  define('index', 'sub start? end?', indexOf(false)),
  define('rindex', 'sub start? end?', indexOf(true)),
  define('count', 'sub start? end?', count),
  define('join', 'iterable', join),
  define('center', 'width fillchar?', (self: string, width: unknown, fill: unknown = ' ') =>
    center(self, integer(width, 0), fillChar(fill)),
  ),
  define('ljust', 'width fillchar?', justify(true)),
  define('rjust', 'width fillchar?', justify(false)),
  define('zfill', 'width', zfill),
  define('expandtabs', 'tabsize?', expandtabs),
  define('translate', 'table', translate),
  define('encode', 'encoding? errors?', (self: string) => encodeUtf8(self)),
  define('isalpha', '', every(/^\p{L}+$/u)),
  define('isalnum', '', every(/^[\p{L}\p{N}]+$/u)),
  define('isdecimal', '', every(/^\p{Nd}+$/u)),
  define('isdigit', '', every(/^[\p{Nd}²³¹⁰-⁹₀-₉]+$/u)),
  define('isnumeric', '', every(/^\p{N}+$/u)),
  define('isspace', '', every(new RegExp(`^[\\s${SEPARATORS}]+$`))),
  define('isascii', '', (self: string) => /^\p{ASCII}*$/u.test(self)),
  define('isidentifier', '', every(/^[\p{ID_Start}_]\p{ID_Continue}*$/u)),
  define('isprintable', '', (self: string) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(self)),
  define('islower', '', isLower),
  define('isupper', '', isUpper),
  define('istitle', '', (self: string) => /\p{L}/u.test(self) && title(self) === self),
])
