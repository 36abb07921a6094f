import { AssertionError, AttributeError } from '../../errors/builtins.ts'
import { hasHTML } from '../../http/escape.ts'
import { Markup } from '../../http/markup.ts'
import { FilterArgumentError } from '../errors.ts'
import { add } from '../python/arithmetic.ts'
import { builtin, type Kwargs, rawFunction } from '../python/call.ts'
import { len, truth } from '../python/iterate.ts'
import { formatPercent } from '../python/printf.ts'
import { slice } from '../python/slice.ts'
import { splitLines } from '../python/string-split.ts'
import { str } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { Dict, isTuple, makeTuple } from '../python/values.ts'
import {
  type Filter,
  type FilterEnvironment,
  type FilterEvalContext,
  passEnvironment,
  passEvalContext,
  softStr,
  textMethod,
  wholeNumber,
} from './support.ts'
import { wrap } from './wordwrap.ts'

function replace(
  context: FilterEvalContext,
  value: unknown,
  old: unknown,
  by: unknown,
  count: unknown = null,
): unknown {
  const limit = count === null ? -1 : count
  if (!context.autoescape) return textMethod(str(value), 'replace', str(old), str(by), limit)
  const escapes = hasHTML(old) || (hasHTML(by) && !hasHTML(value))
  const text = escapes ? Markup.escape(softStr(value)) : softStr(value)
  return textMethod(text, 'replace', softStr(old), softStr(by), limit)
}

function title(value: unknown): string {
  let out = ''
  for (const part of softStr(value)
    .toString()
    .split(/([-\s({[<]+)/u)) {
    const [first = '', ...rest] = part
    out += first.toUpperCase() + rest.join('').toLowerCase()
  }
  return out
}

/** The lines of a text. Throws AttributeError for anything else, as calling `splitlines` would. */
function lines(value: unknown): string[] {
  if (typeof value === 'string' || value instanceof Markup) return splitLines(value.toString())
  throw new AttributeError(`'${typeName(value)}' object has no attribute 'splitlines'`)
}

function indent(
  value: unknown,
  width: unknown = 4,
  first: unknown = false,
  blank: unknown = false,
): unknown {
  if (value instanceof Undefined) value.fail()
  const safe = value instanceof Markup
  if (!safe && typeof value !== 'string') {
    if (isTuple(value)) add(value, '\n')
    if (Array.isArray(value)) lines(value)
    throw new TypeError(`unsupported operand type(s) for +=: '${typeName(value)}' and 'str'`)
  }
  const isText = typeof width === 'string' || width instanceof Markup
  const indention = isText ? width.toString() : ' '.repeat(Math.max(0, wholeNumber(width, 'width')))
  const rows = splitLines(`${value}\n`)
  const body = truth(blank)
    ? rows.join(`\n${indention}`)
    : rows.map((line, i) => (line === '' || i === 0 ? line : indention + line)).join('\n')
  const text = truth(first) ? indention + body : body
  return safe ? new Markup(text) : text
}

function truncate(
  environment: FilterEnvironment,
  value: unknown,
  length: unknown = 255,
  killwords: unknown = false,
  end: unknown = '...',
  leeway: unknown = null,
): unknown {
  const room = wholeNumber(length, 'length')
  const slack = wholeNumber(leeway ?? environment.policies['truncate.leeway'], 'leeway')
  const tail = len(end)
  if (room < tail) throw new AssertionError(`expected length >= ${tail}, got ${room}`)
  if (slack < 0) throw new AssertionError(`expected leeway >= 0, got ${slack}`)
  if (len(value) <= room + slack) return value
  const cut = slice(value, null, room - tail, null)
  if (truth(killwords)) return add(cut, end)
  const [kept] = textMethod(cut, 'rsplit', ' ', 1) as unknown[]
  return add(kept, end)
}

function wordwrap(
  environment: FilterEnvironment,
  value: unknown,
  width: unknown = 79,
  breakLongWords: unknown = true,
  wrapstring: unknown = null,
  breakOnHyphens: unknown = true,
): string {
  if (value instanceof Undefined) value.fail()
  const separator = wrapstring === null ? environment.newlineSequence : str(wrapstring)
  const options = {
    width: wholeNumber(width, 'width'),
    breakLongWords: truth(breakLongWords),
    breakOnHyphens: truth(breakOnHyphens),
  }
  return lines(value)
    .map((line) => wrap(line, options).join(separator))
    .join(separator)
}

function format(args: readonly unknown[], kwargs: Kwargs | null): unknown {
  const [value, ...rest] = args
  if (rest.length > 0 && kwargs !== null) {
    throw new FilterArgumentError("can't handle positional and keyword arguments at the same time")
  }
  return formatPercent(
    softStr(value),
    kwargs === null ? makeTuple(rest) : new Dict(Object.entries(kwargs)),
  )
}

const method = (name: string): Filter =>
  builtin(`do_${name}`, 's', (value: unknown) => textMethod(value, name))

/** Jinja's filters for texts. */
export const STRING_FILTERS: Readonly<Record<string, Filter>> = {
  upper: method('upper'),
  lower: method('lower'),
  capitalize: method('capitalize'),
  title: builtin('do_title', 's', title),
  trim: builtin('do_trim', 'value chars?', (value: unknown, chars: unknown = null) =>
    textMethod(value, 'strip', chars),
  ),
  center: builtin('do_center', 'value width?', (value: unknown, width: unknown = 80) =>
    textMethod(value, 'center', width),
  ),
  replace: passEvalContext(builtin('do_replace', 's old new count?', replace)),
  indent: builtin('do_indent', 's width? first? blank?', indent),
  truncate: passEnvironment(builtin('do_truncate', 's length? killwords? end? leeway?', truncate)),
  wordwrap: passEnvironment(
    builtin('do_wordwrap', 's width? break_long_words? wrapstring? break_on_hyphens?', wordwrap),
  ),
  wordcount: builtin(
    'do_wordcount',
    's',
    (value: unknown) =>
      softStr(value)
        .toString()
        .match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
  ),
  format: rawFunction('do_format', format),
  string: builtin('soft_str', 's', softStr),
}
