import { IndexError, ValueError } from '../../errors/builtins.ts'
import { builtin, invoke } from './call.ts'
import { equal, sorted } from './compare.ts'
import { iterate, truth } from './iterate.ts'
import { reprValue } from './text.ts'
import { typeName } from './type-name.ts'

type Method = (self: unknown[], ...args: never[]) => unknown

const position = (value: unknown): number => {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw new TypeError(`'${typeName(value)}' object cannot be interpreted as an integer`)
}

function find(self: readonly unknown[], item: unknown): number {
  return self.findIndex((entry) => equal(entry, item))
}

function pop(self: unknown[], index: unknown = -1): unknown {
  if (self.length === 0) throw new IndexError('pop from empty list')
  const at = position(index)
  const from = at < 0 ? at + self.length : at
  if (from < 0 || from >= self.length) throw new IndexError('pop index out of range')
  return self.splice(from, 1)[0]
}

function indexOf(self: unknown[], item: unknown): number {
  const at = find(self, item)
  if (at === -1) throw new ValueError(`${reprValue(item)} is not in list`)
  return at
}

const count = (self: unknown[], item: unknown): number =>
  self.filter((entry) => equal(entry, item)).length

/** Replaces the items in place and returns None, as Python's mutating methods do. */
function refill(self: unknown[], items: readonly unknown[]): null {
  self.length = 0
  self.push(...items)
  return null
}

const define = (name: string, params: string, fn: Method): [string, Method] => [
  name,
  builtin(name, `self${params === '' ? '' : ` ${params}`}`, fn),
]

/** Python's methods of `tuple`. */
export const TUPLE_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  define('index', 'value', indexOf),
  define('count', 'value', count),
])

/** Python's methods of `list`; they work on the array itself. */
export const LIST_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ...TUPLE_METHODS,
  define('append', 'object', (self: unknown[], item: unknown) => {
    self.push(item)
    return null
  }),
  define('extend', 'iterable', (self: unknown[], items: unknown) => {
    self.push(...Array.from(iterate(items)))
    return null
  }),
  define('insert', 'index object', (self: unknown[], index: unknown, item: unknown) => {
    self.splice(position(index), 0, item)
    return null
  }),
  define('pop', 'index?', pop),
  define('remove', 'value', (self: unknown[], item: unknown) => {
    const at = find(self, item)
    if (at === -1) throw new ValueError('list.remove(x): x not in list')
    self.splice(at, 1)
    return null
  }),
  define('clear', '', (self: unknown[]) => refill(self, [])),
  define('copy', '', (self: unknown[]) => [...self]),
  define('reverse', '', (self: unknown[]) => {
    self.reverse()
    return null
  }),
  define('sort', 'key? reverse?', (self: unknown[], key?: unknown, reverse?: unknown) => {
    const by =
      key == null
        ? (item: unknown) => item
        : (item: unknown) => invoke(key, null, [item], null, null)
    return refill(self, sorted([...self], by, truth(reverse)))
  }),
])

type SetMethod = (self: Set<unknown>, ...args: never[]) => unknown

const defineSet = (name: string, params: string, fn: SetMethod): [string, SetMethod] => [
  name,
  builtin(name, `self ${params}`, fn),
]

/** Python's methods of `set`, as far as templates use them. */
export const SET_METHODS: ReadonlyMap<string, SetMethod> = new Map<string, SetMethod>([
  defineSet('add', 'item', (self, item: unknown) => {
    self.add(item)
    return null
  }),
  defineSet('discard', 'item', (self, item: unknown) => {
    self.delete(item)
    return null
  }),
  defineSet('union', 'other', (self, other: unknown) => new Set([...self, ...iterate(other)])),
  defineSet('intersection', 'other', (self, other: unknown) => {
    const kept = new Set(iterate(other))
    return new Set([...self].filter((item) => kept.has(item)))
  }),
  defineSet('difference', 'other', (self, other: unknown) => {
    const gone = new Set(iterate(other))
    return new Set([...self].filter((item) => !gone.has(item)))
  }),
])
