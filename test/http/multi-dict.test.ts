import { describe, expect, it } from 'vitest'
import { BadRequest, BadRequestKeyError, NotFound } from '../../src/errors/http-exception.ts'
import { float, int } from '../../src/http/convert.ts'
import { CombinedMultiDict, ImmutableMultiDict, MultiDict } from '../../src/http/multi-dict.ts'

const abc = (): MultiDict =>
  new MultiDict([
    ['a', '1'],
    ['b', 'x'],
    ['a', '2'],
  ])

describe('MultiDict', () => {
  it('gives the first value, or all', () => {
    const dict = abc()
    expect(dict.get('a')).toBe('1')
    expect(dict.getItem('a')).toBe('1')
    expect(dict.getlist('a')).toEqual(['1', '2'])
    expect(dict.getlist('no')).toEqual([])
    expect(dict.size).toBe(2)
    expect(dict.has('b')).toBe(true)
  })

  it('get gives null, the default, or the converted value', () => {
    const dict = new MultiDict({ n: '5', s: 'x', blank: ' ', f: '1.5' })
    expect(dict.get('no')).toBeNull()
    expect(dict.get('no', undefined)).toBeNull()
    expect(dict.get('no', 3)).toBe(3)
    expect(dict.get('n', null, Number)).toBe(5)
    expect(dict.get('s', 9, Number)).toBe(9)
    expect(dict.get('blank', 9, Number)).toBe(9)
    expect(dict.get('f', 0, int)).toBe(0)
    expect(dict.get('f', 0, float)).toBe(1.5)
    expect(
      new MultiDict([
        ['k', '1'],
        ['k', 'x'],
        ['k', '3'],
      ]).getlist('k', int),
    ).toEqual([1, 3])
  })

  it('lets an HTTP exception out of a converter, it is meant for the client', () => {
    const dict = new MultiDict({ id: '7' })
    const missing = (): never => {
      throw new NotFound()
    }
    expect(() => dict.get('id', null, missing)).toThrow(NotFound)
  })

  it('raises a key error that is a 400 and knows the key', () => {
    expect(() => abc().getItem('no')).toThrow(BadRequest)
    try {
      abc().getItem('no')
    } catch (error) {
      expect((error as BadRequestKeyError).key).toBe('no')
    }
  })

  it('is made of mappings whose arrays and sets are several values, empty ones none', () => {
    expect([...new MultiDict({ a: ['1', '2'], b: '3', c: [] }).items({ multi: true })]).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
    ])
    expect(new MultiDict(new Map([['a', new Set(['1', '2'])]])).getlist('a')).toEqual(['1', '2'])
    expect(new MultiDict(null).size).toBe(0)
  })

  it('a copy shares no lists, a deep copy no values', () => {
    const value = { n: 1 }
    const dict = new MultiDict([['a', value]])
    const copy = dict.copy()
    const deep = dict.deepcopy()
    dict.add('a', { n: 2 })
    value.n = 9
    expect(copy.getlist('a')).toEqual([{ n: 9 }])
    expect(deep.getlist('a')).toEqual([{ n: 1 }])
  })

  it('set, add, setlist and the defaults', () => {
    const dict = abc()
    dict.set('a', 'only')
    dict.add('a', 'more')
    dict.setlist('b', ['p', 'q'])
    expect(dict.toDict({ flat: false })).toEqual({ a: ['only', 'more'], b: ['p', 'q'] })
    expect(dict.setdefault('a', 'z')).toBe('only')
    expect(dict.setdefault('n', 'z')).toBe('z')
    dict.setlistdefault('list').push('1')
    dict.setlistdefault('list', ['x']).push('2')
    expect(dict.getlist('list')).toEqual(['1', '2'])
  })

  it('removes by key and from the end', () => {
    const dict = abc()
    dict.add('c', '3')
    dict.delete('b')
    expect(() => dict.delete('b')).toThrow(BadRequestKeyError)
    expect(dict.pop('a')).toBe('1')
    expect(dict.pop('a', 'd')).toBe('d')
    expect(() => dict.pop('a')).toThrow(BadRequestKeyError)
    expect(dict.popitem()).toEqual(['c', '3'])
    expect(() => dict.popitem()).toThrow(BadRequestKeyError)
    const more = abc()
    expect(more.poplist('a')).toEqual(['1', '2'])
    expect(more.poplist('a')).toEqual([])
    expect(more.popitemlist()).toEqual(['b', ['x']])
    more.setlist('e', [])
    expect(() => more.popitem()).toThrow(BadRequestKeyError)
    const full = abc()
    full.clear()
    expect(full.size).toBe(0)
  })

  it('update adds to the lists that are there', () => {
    const dict = new MultiDict({ x: '1' })
    dict.update({ x: '2', y: ['3'], empty: [] })
    dict.update(new MultiDict({ y: '4' }))
    dict.update([['x', '5']])
    expect(dict.toDict({ flat: false })).toEqual({ x: ['1', '2', '5'], y: ['3', '4'] })
  })

  it('iterates over keys, as a dict does', () => {
    const dict = abc()
    expect([...dict]).toEqual(['a', 'b'])
    expect([...dict.keys()]).toEqual(['a', 'b'])
    expect([...dict.values()]).toEqual(['1', 'x'])
    expect([...dict.items()]).toEqual([
      ['a', '1'],
      ['b', 'x'],
    ])
    expect([...dict.lists()]).toEqual([
      ['a', ['1', '2']],
      ['b', ['x']],
    ])
    expect([...dict.listvalues()]).toEqual([['1', '2'], ['x']])
  })

  it('becomes first values in JSON and a readable text', () => {
    expect(JSON.stringify(abc())).toBe('{"a":"1","b":"x"}')
    expect(String(abc())).toBe('MultiDict([["a","1"],["a","2"],["b","x"]])')
  })

  it.each(['__proto__', 'constructor', 'toString'])('treats the key %s like any other', (key) => {
    const dict = new MultiDict([[key, 'v']])
    expect(dict.get(key)).toBe('v')
    const plain = dict.toDict()
    expect(Object.getPrototypeOf(plain)).toBeNull()
    expect(Object.entries(plain)).toEqual([[key, 'v']])
    expect(new MultiDict().has(key)).toBe(false)
    expect(({} as Record<string, unknown>).v).toBeUndefined()
  })
})

describe('ImmutableMultiDict', () => {
  it('reads like a MultiDict and refuses changes', () => {
    const dict = new ImmutableMultiDict([['a', '1']])
    expect(dict.get('a')).toBe('1')
    for (const change of [
      () => dict.set('a', ''),
      () => dict.add('a', ''),
      () => dict.setlist('a', []),
      () => dict.setdefault('a', ''),
      () => dict.setlistdefault('a'),
      () => dict.delete('a'),
      () => dict.pop('a'),
      () => dict.poplist('a'),
      () => dict.popitem(),
      () => dict.popitemlist(),
      () => dict.clear(),
      () => dict.update({}),
    ]) {
      expect(change).toThrow(new TypeError("'ImmutableMultiDict' objects are immutable"))
    }
  })

  it('has a copy that can be changed', () => {
    const copy = new ImmutableMultiDict({ a: '1' }).copy()
    copy.set('a', '2')
    expect(copy.get('a')).toBe('2')
  })
})

describe('CombinedMultiDict', () => {
  const combined = new CombinedMultiDict([
    new MultiDict([
      ['a', 'x'],
      ['b', '1'],
    ]),
    new MultiDict([
      ['a', '5'],
      ['c', '2'],
    ]),
  ])

  it('reads the first part that has the key', () => {
    expect(combined.get('a')).toBe('x')
    expect(combined.getItem('c')).toBe('2')
    expect(combined.get('no', 'd')).toBe('d')
    expect(() => combined.getItem('no')).toThrow(BadRequestKeyError)
    expect([combined.has('c'), combined.has('no')]).toEqual([true, false])
  })

  it('goes on to the next part when a value cannot be converted', () => {
    expect(combined.get('a', null, int)).toBe(5)
    expect(combined.get('b', null, int)).toBe(1)
  })

  it('joins lists and counts keys once', () => {
    expect(combined.getlist('a')).toEqual(['x', '5'])
    expect(combined.getlist('a', int)).toEqual([5])
    expect(combined.size).toBe(3)
    expect([...combined]).toEqual(['a', 'b', 'c'])
    expect([...combined.items()]).toEqual([
      ['a', 'x'],
      ['b', '1'],
      ['c', '2'],
    ])
    expect([...combined.items({ multi: true })]).toHaveLength(4)
    expect([...combined.lists()]).toEqual([
      ['a', ['x', '5']],
      ['b', ['1']],
      ['c', ['2']],
    ])
    expect([...combined.listvalues()]).toEqual([['x', '5'], ['1'], ['2']])
    expect([...combined.values()]).toEqual(['x', '1', '2'])
    expect(combined.toDict({ flat: false })).toEqual({ a: ['x', '5'], b: ['1'], c: ['2'] })
    expect(combined.copy().getlist('a')).toEqual(['x', '5'])
  })

  it('follows its parts and cannot be changed itself', () => {
    const part = new MultiDict()
    const view = new CombinedMultiDict([part])
    part.set('late', '1')
    expect(view.get('late')).toBe('1')
    expect(() => view.set('a', 'b')).toThrow(TypeError)
    expect(new CombinedMultiDict().size).toBe(0)
  })
})

describe('int and float', () => {
  it.each([
    ['5', 5],
    [' -7 ', -7],
    ['+1_000', 1000],
  ])('int(%j) is %d', (text, value) => expect(int(text)).toBe(value))

  it.each(['', ' ', '1.0', '1e3', '0x10', '1_', 'x'])('int(%j) fails', (text) => {
    expect(() => int(text)).toThrow(`invalid literal for int() with base 10: '${text}'`)
  })

  it.each([
    ['1.5', 1.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1_0.2_5', 10.25],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['nan', Number.NaN],
  ])('float(%j) is %d', (text, value) => expect(float(text)).toBe(value))

  it.each(['', '.', '0x1', '1e', 'x'])('float(%j) fails', (text) => {
    expect(() => float(text)).toThrow('could not convert string to float')
  })
})
