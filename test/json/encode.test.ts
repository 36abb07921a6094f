import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ValueError } from '../../src/errors/builtins.ts'
import { byCodePoint, encodeJson } from '../../src/json/encode.ts'

const compact = (value: unknown, sortKeys = false): string =>
  encodeJson(value, { separators: [',', ':'], sortKeys })

describe('encodeJson writes what Python writes', () => {
  it('puts a space after separators unless told otherwise', () => {
    expect(encodeJson({ a: [1, 2], b: null })).toBe('{"a": [1, 2], "b": null}')
    expect(compact({ a: [1, 2], b: null })).toBe('{"a":[1,2],"b":null}')
  })

  it('indents as json.dumps(indent=2) does', () => {
    const value = { a: [1, { b: 2 }], c: [], d: {}, e: new Map([['f', 1]]) }
    expect(encodeJson(value, { indent: 2 })).toBe(
      '{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ],\n  "c": [],\n  "d": {},\n' +
        '  "e": {\n    "f": 1\n  }\n}',
    )
    expect(encodeJson([1], { indent: '\t' })).toBe('[\n\t1\n]')
  })

  it.each<[unknown, string]>([
    [Number.NaN, 'NaN'],
    [{ a: Number.NEGATIVE_INFINITY }, '{"a":-Infinity}'],
    [-0, '-0.0'],
    [0, '0'],
    [0.1, '0.1'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [-1.25e-7, '-1.25e-07'],
    [5e-324, '5e-324'],
    [1e-100, '1e-100'],
    [1e22, '1e+22'],
    [123456789012.5, '123456789012.5'],
    [10n ** 25n, '10000000000000000000000000'],
    [[true, false, null, undefined], '[true,false,null,null]'],
  ])('writes %s as %s', (value, text) => {
    expect(compact(value)).toBe(text)
  })

  it('escapes all but printable ASCII, in lower-case hex, unless told otherwise', () => {
    const text = '\u2028\u007f\u0000\u001f"\\/<>&\'é😀\n\t\ud800'
    expect(encodeJson(text)).toBe(
      '"\\u2028\\u007f\\u0000\\u001f\\"\\\\/<>&\'\\u00e9\\ud83d\\ude00\\n\\t\\ud800"',
    )
    expect(encodeJson('é\u2028\x7f😀', { ensureAscii: false })).toBe('"é\u2028\x7f😀"')
  })

  it('sorts keys by code point, where JavaScript would sort by UTF-16 unit', () => {
    const value = { 𝒳: 1, '\uffee': 2, b: 3, a: 4 }
    expect(compact(value, true)).toBe('{"a":4,"b":3,"\\uffee":2,"\\ud835\\udcb3":1}')
    expect(compact(new Map(Object.entries(value)), true)).toBe(compact(value, true))
    expect(['\ud800', '\ue000', '𝒳', 'a'].sort(byCodePoint)).toEqual(['a', '\ud800', '\ue000', '𝒳'])
  })

  it('sorts any number of keys', () => {
    const keys = Array.from({ length: 500 }, (_, i) => `k${(i * 7919) % 500}`)
    const sorted = [...keys].sort()
    const value = Object.fromEntries(keys.map((key) => [key, 0]))
    expect(Object.keys(JSON.parse(compact(value, true)) as object)).toEqual(sorted)
  })

  it('turns the keys of Maps into text, numbers in their own order', () => {
    expect(
      compact(
        new Map([
          [10, 'c'],
          [2, 'b'],
          [1, 'a'],
        ]),
        true,
      ),
    ).toBe('{"1":"a","2":"b","10":"c"}')
    expect(compact(new Map<unknown, number>([[null, 1]]))).toBe('{"null":1}')
    expect(compact(new Map<unknown, number>([[true, 2]]))).toBe('{"true":2}')
    expect(compact(new Map<unknown, number>([[1.5, 1]]))).toBe('{"1.5":1}')
    expect(() => compact(new Map([[[1, 2], 1]]))).toThrow(
      'keys must be str, int, float, bool or None, not Array',
    )
    expect(() =>
      compact(
        new Map<unknown, number>([
          [1, 1],
          ['a', 2],
        ]),
        true,
      ),
    ).toThrow(TypeError)
  })

  it('leaves out members that are undefined, as JavaScript does', () => {
    expect(compact({ a: undefined, b: 1 })).toBe('{"b":1}')
    expect(compact({ a: undefined })).toBe('{}')
  })

  it('keeps a member called __proto__', () => {
    expect(compact(JSON.parse('{"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1}}')
  })

  it('gives everything else to `default`', () => {
    const value = [new Date(0), Symbol.iterator]
    const seen: unknown[] = []
    const text = encodeJson(value, {
      default: (item) => {
        seen.push(item)
        return { seen: seen.length }
      },
    })
    expect(text).toBe('[{"seen": 1}, {"seen": 2}]')
    expect(seen).toEqual(value)
    expect(() => encodeJson(new Date(0))).toThrow('Object of type Date is not JSON serializable')
  })

  it('refuses circular and bottomless values', () => {
    const list: unknown[] = [{}]
    list.push({ a: { shallow: {} }, b: new Map([['list', list]]) })
    expect(() => encodeJson(list)).toThrow(new ValueError('Circular reference detected'))
    let deep: unknown = []
    for (let i = 0; i < 1200; i++) deep = [deep]
    expect(() => encodeJson(deep)).toThrow(
      new RangeError('maximum recursion depth exceeded while encoding a JSON object'),
    )
    const forever = (): unknown => ({ toSpell: Symbol.iterator })
    expect(() => encodeJson(Symbol.iterator, { default: forever })).toThrow(RangeError)
  })

  it('gives JSON that reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.boolean(), (value, sortKeys) => {
        expect(JSON.parse(compact(value, sortKeys).replaceAll(/-0\.0(?![\de])/g, '-0'))).toEqual(
          value,
        )
      }),
    )
  })
})
