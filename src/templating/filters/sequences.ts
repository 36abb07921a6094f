import { AttributeError } from '../../errors/builtins.ts'
import { hasHTML } from '../../http/escape.ts'
import { Markup } from '../../http/markup.ts'
import { Tuple } from '../../json/tuple.ts'
import { FilterArgumentError } from '../errors.ts'
import { add } from '../python/arithmetic.ts'
import { builtin } from '../python/call.ts'
import { equal, ordered, sorted } from '../python/compare.ts'
import { codePoints, entriesOf, isMapping, iterate, len, toList, truth } from '../python/iterate.ts'
import { str } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { hashKey, Lazy, makeTuple, Range } from '../python/values.ts'
import {
  attributeGetter,
  type Filter,
  type FilterEnvironment,
  type FilterEvalContext,
  ignoreCase,
  multiAttributeGetter,
  passEnvironment,
  passEvalContext,
  softStr,
  undefinedWith,
  wholeNumber,
} from './support.ts'

const caseOf = (caseSensitive: unknown): ((value: unknown) => unknown) | null =>
  truth(caseSensitive) ? null : ignoreCase

function sort(
  environment: FilterEnvironment,
  value: unknown,
  reverse: unknown = false,
  caseSensitive: unknown = false,
  attribute: unknown = null,
): unknown {
  const key = multiAttributeGetter(environment, attribute, caseOf(caseSensitive))
  return sorted(iterate(value), key, truth(reverse))
}

function dictsort(
  value: unknown,
  caseSensitive: unknown = false,
  by: unknown = 'key',
  reverse: unknown = false,
): unknown {
  if (by !== 'key' && by !== 'value') {
    throw new FilterArgumentError('You can only sort by either "key" or "value"')
  }
  if (value instanceof Undefined) value.fail()
  const entries = entriesOf(value)
  if (entries === null)
    throw new AttributeError(`'${typeName(value)}' object has no attribute 'items'`)
  const at = by === 'key' ? 0 : 1
  const fold = caseOf(caseSensitive)
  const key = (pair: unknown): unknown => {
    const part = (pair as readonly unknown[])[at]
    return fold === null ? part : fold(part)
  }
  return sorted(Array.from(entries, makeTuple), key, truth(reverse))
}

function unique(
  environment: FilterEnvironment,
  value: unknown,
  caseSensitive: unknown = false,
  attribute: unknown = null,
): Lazy {
  const getter = attributeGetter(environment, attribute, caseOf(caseSensitive))
  function* generate(): Generator<unknown, void> {
    const seen = new Set<unknown>()
    for (const item of iterate(value)) {
      const key = hashKey(getter(item))
      if (seen.has(key)) continue
      seen.add(key)
      yield item
    }
  }
  return new Lazy('generator', generate())
}

function extreme(op: '<' | '>') {
  return (
    environment: FilterEnvironment,
    value: unknown,
    caseSensitive: unknown = false,
    attribute: unknown = null,
  ): unknown => {
    const getter = attributeGetter(environment, attribute, caseOf(caseSensitive))
    let best: { item: unknown; key: unknown } | null = null
    for (const item of iterate(value)) {
      const key = getter(item)
      if (best === null || ordered(key, best.key, op)) best = { item, key }
    }
    if (best === null) return undefinedWith(environment, 'No aggregated item, sequence was empty.')
    return best.item
  }
}

/** Groups of equal values: `(grouper, list)`, also by those names. */
class Group extends Tuple<unknown> {
  get grouper(): unknown {
    return this[0]
  }

  get list(): unknown {
    return this[1]
  }
}

function groupby(
  environment: FilterEnvironment,
  value: unknown,
  attribute: unknown,
  fallback: unknown = null,
  caseSensitive: unknown = false,
): unknown {
  const key = attributeGetter(environment, attribute, caseOf(caseSensitive), fallback)
  const shown = attributeGetter(environment, attribute, null, fallback)
  const groups: { key: unknown; items: unknown[] }[] = []
  for (const item of sorted(iterate(value), key)) {
    const last = groups.at(-1)
    const itemKey = key(item)
    if (last !== undefined && equal(last.key, itemKey)) last.items.push(item)
    else groups.push({ key: itemKey, items: [item] })
  }
  return groups.map((group) =>
    Group.from([truth(caseSensitive) ? group.key : shown(group.items[0]), group.items]),
  )
}

function join(
  context: FilterEvalContext,
  value: unknown,
  separator: unknown = '',
  attribute: unknown = null,
): unknown {
  const getter = attribute === null ? null : attributeGetter(context.environment, attribute)
  const items = Array.from(iterate(value), (item) => (getter === null ? item : getter(item)))
  if (!context.autoescape) return items.map(str).join(str(separator))
  if (hasHTML(separator)) {
    const text = softStr(separator)
    const parts = items.map(softStr)
    return text instanceof Markup ? text.join(parts) : parts.join(text)
  }
  if (!items.some(hasHTML)) return items.map(str).join(str(separator))
  return Markup.escape(str(separator)).join(items.map((item) => (hasHTML(item) ? item : str(item))))
}

function reversed(value: unknown): Iterable<unknown> | null {
  if (Array.isArray(value)) return [...value].reverse()
  if (typeof value === 'string') return [...codePoints(value)].reverse()
  if (value instanceof Markup) {
    return toList(value)
      .reverse()
      .map((char) => new Markup(char))
  }
  if (value instanceof Range || isMapping(value)) return toList(value).reverse()
  return null
}

function last(environment: FilterEnvironment, value: unknown): unknown {
  if (value instanceof Undefined) value.touch()
  const items = value instanceof Undefined ? [] : reversed(value)
  if (items === null) throw new TypeError(`'${typeName(value)}' object is not reversible`)
  for (const item of items) return item
  return undefinedWith(environment, 'No last item, sequence was empty.')
}

function first(environment: FilterEnvironment, value: unknown): unknown {
  const step = iterate(value)[Symbol.iterator]().next()
  if (step.done !== true) return step.value
  return undefinedWith(environment, 'No first item, sequence was empty.')
}

function random(environment: FilterEnvironment, value: unknown): unknown {
  const items = toList(value)
  if (items.length === 0) {
    return undefinedWith(environment, 'No random item, sequence was empty.')
  }
  return items[Math.floor(Math.random() * items.length)]
}

function reverse(value: unknown): unknown {
  if (typeof value === 'string') return [...codePoints(value)].reverse().join('')
  if (value instanceof Markup) {
    return new Markup([...codePoints(value.toString())].reverse().join(''))
  }
  const items = reversed(value)
  if (items !== null) return new Lazy('list_reverseiterator', items)
  try {
    return toList(value).reverse()
  } catch {
    throw new FilterArgumentError('argument must be iterable')
  }
}

function batch(value: unknown, linecount: unknown, fill: unknown = null): Lazy {
  const size = wholeNumber(linecount, 'linecount')
  function* generate(): Generator<unknown, void> {
    let row: unknown[] = []
    for (const item of iterate(value)) {
      if (row.length === size) {
        yield row
        row = []
      }
      row.push(item)
    }
    if (row.length === 0) return
    while (fill !== null && row.length < size) row.push(fill)
    yield row
  }
  return new Lazy('generator', generate())
}

function slices(value: unknown, count: unknown, fill: unknown = null): Lazy {
  const parts = wholeNumber(count, 'slices')
  function* generate(): Generator<unknown, void> {
    const items = toList(value)
    const size = Math.floor(items.length / parts)
    const longer = items.length % parts
    let offset = 0
    for (let i = 0; i < parts; i++) {
      const start = offset + i * size
      if (i < longer) offset += 1
      const part = items.slice(start, offset + (i + 1) * size)
      if (fill !== null && i >= longer) part.push(fill)
      yield part
    }
  }
  return new Lazy('generator', generate())
}

function sum(
  environment: FilterEnvironment,
  value: unknown,
  attribute: unknown = null,
  start: unknown = 0,
): unknown {
  const getter = attribute === null ? null : attributeGetter(environment, attribute)
  if (typeof start === 'string')
    throw new TypeError("sum() can't sum strings [use ''.join(seq) instead]")
  let total = start
  for (const item of iterate(value)) total = add(total, getter === null ? item : getter(item))
  return total
}

function items(value: unknown): Lazy {
  function* generate(): Generator<unknown, void> {
    if (value instanceof Undefined) return
    const entries = entriesOf(value)
    if (entries === null) throw new TypeError('Can only get item pairs from a mapping.')
    for (const entry of entries) yield makeTuple(entry)
  }
  return new Lazy('generator', generate())
}

const length = builtin('len', 'obj', len)

/** Jinja's filters for lists, dicts and other collections. */
export const SEQUENCE_FILTERS: Readonly<Record<string, Filter>> = {
  length,
  count: length,
  first: passEnvironment(builtin('do_first', 'seq', first)),
  last: passEnvironment(builtin('do_last', 'seq', last)),
  random: passEnvironment(builtin('do_random', 'seq', random)),
  list: builtin('do_list', 'value', toList),
  items: builtin('do_items', 'value', items),
  reverse: builtin('do_reverse', 'value', reverse),
  sort: passEnvironment(builtin('do_sort', 'value reverse? case_sensitive? attribute?', sort)),
  dictsort: builtin('do_dictsort', 'value case_sensitive? by? reverse?', dictsort),
  unique: passEnvironment(builtin('do_unique', 'value case_sensitive? attribute?', unique)),
  min: passEnvironment(builtin('do_min', 'value case_sensitive? attribute?', extreme('<'))),
  max: passEnvironment(builtin('do_max', 'value case_sensitive? attribute?', extreme('>'))),
  groupby: passEnvironment(
    builtin('do_groupby', 'value attribute default? case_sensitive?', groupby),
  ),
  join: passEvalContext(builtin('do_join', 'value d? attribute?', join)),
  batch: builtin('do_batch', 'value linecount fill_with?', batch),
  slice: builtin('do_slice', 'value slices fill_with?', slices),
  sum: passEnvironment(builtin('do_sum', 'iterable attribute? start?', sum)),
}
