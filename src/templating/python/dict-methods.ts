import { KeyError } from '../../errors/builtins.ts'
import { builtin, type Kwargs, rawFunction } from './call.ts'
import { entriesOf, iterate, unpack } from './iterate.ts'
import { reprValue } from './text.ts'
import { Dict, makeTuple, setOwn } from './values.ts'

/** Something a template treats as a dict: made in the template, a Map, or a plain object. */
export type DictLike = Dict | Map<unknown, unknown> | Record<string, unknown>

type Method = (self: DictLike, ...args: never[]) => unknown

const keyText = (key: unknown): string | null => {
  if (typeof key === 'string') return key
  if (typeof key === 'number') return String(key)
  return typeof key === 'object' && key !== null && '__html__' in key ? String(key) : null
}

/** Python's `key in dict`. */
export function dictHas(self: DictLike, key: unknown): boolean {
  if (self instanceof Dict) return self.has(key)
  const text = keyText(key)
  if (self instanceof Map) return self.has(key) || (text !== null && self.has(text))
  return text !== null && Object.hasOwn(self, text)
}

/** The value of a key that the dict has. */
export function dictGet(self: DictLike, key: unknown): unknown {
  if (self instanceof Dict) return self.get(key)
  if (self instanceof Map) return self.has(key) ? self.get(key) : self.get(keyText(key))
  return self[keyText(key) ?? '']
}

function dictSet(self: DictLike, key: unknown, value: unknown): void {
  if (self instanceof Dict || self instanceof Map) self.set(key, value)
  else setOwn(self, String(key), value)
}

function dictDelete(self: DictLike, key: unknown): void {
  if (self instanceof Dict) self.delete(key)
  else if (self instanceof Map) self.delete(self.has(key) ? key : keyText(key))
  else delete self[keyText(key) ?? '']
}

const pairs = (self: DictLike): Iterable<readonly [unknown, unknown]> => entriesOf(self) ?? []

/** What `keys()`, `values()` and `items()` give: a live, sized view that can be walked repeatedly. */
export class DictView {
  readonly #kind: 'keys' | 'values' | 'items'
  readonly #dict: DictLike

  constructor(kind: 'keys' | 'values' | 'items', dict: DictLike) {
    this.#kind = kind
    this.#dict = dict
  }

  get size(): number {
    let size = 0
    for (const _pair of pairs(this.#dict)) size++
    return size
  }

  *[Symbol.iterator](): Generator<unknown, void> {
    for (const [key, value] of pairs(this.#dict)) {
      yield this.#kind === 'keys' ? key : this.#kind === 'values' ? value : makeTuple([key, value])
    }
  }

  toString(): string {
    return `dict_${this.#kind}(${reprValue([...this])})`
  }
}

const define = (name: string, params: string, fn: Method): [string, Method] => [
  name,
  builtin(name, `self${params === '' ? '' : ` ${params}`}`, fn),
]

/** Pairs from what `dict()` and `update()` accept: a mapping or an iterable of pairs. */
export function pairsFrom(source: unknown): Iterable<readonly [unknown, unknown]> {
  const entries = entriesOf(source)
  if (entries !== null) return entries
  return Array.from(iterate(source), (item) => unpack(item, 2) as readonly [unknown, unknown])
}

function update(args: readonly unknown[], kwargs: Kwargs | null): null {
  const self = args[0] as DictLike
  if (args.length > 1) for (const [key, value] of pairsFrom(args[1])) dictSet(self, key, value)
  for (const [key, value] of Object.entries(kwargs ?? {})) dictSet(self, key, value)
  return null
}

function pop(self: DictLike, key: unknown, fallback?: unknown): unknown {
  if (!dictHas(self, key)) {
    if (fallback === undefined) throw new KeyError(key)
    return fallback
  }
  const value = dictGet(self, key)
  dictDelete(self, key)
  return value
}

function popitem(self: DictLike): unknown {
  const last = Array.from(pairs(self)).at(-1)
  if (last === undefined) throw new KeyError('popitem(): dictionary is empty')
  dictDelete(self, last[0])
  return makeTuple(last)
}

/** Python's methods of `dict`, for every kind of dict; mutating ones work on the object itself. */
export const DICT_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  define('keys', '', (self: DictLike) => new DictView('keys', self)),
  define('values', '', (self: DictLike) => new DictView('values', self)),
  define('items', '', (self: DictLike) => new DictView('items', self)),
  define('get', 'key default?', (self: DictLike, key: unknown, fallback: unknown = null) =>
    dictHas(self, key) ? dictGet(self, key) : fallback,
  ),
  define('pop', 'key default?', pop),
  define('popitem', '', popitem),
  define('setdefault', 'key default?', (self: DictLike, key: unknown, value: unknown = null) => {
    if (!dictHas(self, key)) dictSet(self, key, value)
    return dictGet(self, key)
  }),
  define('clear', '', (self: DictLike) => {
    for (const [key] of Array.from(pairs(self))) dictDelete(self, key)
    return null
  }),
  define('copy', '', (self: DictLike) => new Dict(pairs(self))),
  ['update', rawFunction('update', update) as Method],
])
