import { describe, expect, it } from 'vitest'
import {
  dumpHeader,
  dumpOptionsHeader,
  parseDictHeader,
  parseListHeader,
  parseOptionsHeader,
  parseSetHeader,
  quoteHeaderValue,
  unquoteHeaderValue,
} from '../../src/http/options-header.ts'

describe('parseOptionsHeader', () => {
  it.each([
    ['text/html; charset=utf-8', 'text/html', { charset: 'utf-8' }],
    ['form-data; name="f"; filename="a.txt"', 'form-data', { name: 'f', filename: 'a.txt' }],
    [
      "form-data; name=f; filename*=UTF-8''%e2%82%ac.txt",
      'form-data',
      { name: 'f', filename: '€.txt' },
    ],
    ['a; b="q\\"x"; c', 'a', { b: 'q"x' }],
    ['attachment; filename="foo"; filename*=UTF-8\'\'b%20r', 'attachment', { filename: 'b r' }],
    ['a; filename*0="x"; filename*1="y"', 'a', { filename: 'xy' }],
    ["a; f*0*=utf-8''%C3; f*1*=%A9", 'a', { f: '\ufffd\ufffd' }],
    ["a; f*0*=iso-8859-1'en'%E9; f*1*=x", 'a', { f: 'éx' }],
    ["a; f*=us-ascii''%41%C3", 'a', { f: 'A\ufffd' }],
    ["a; f*=koi8-r''%C3", 'a', { f: '%C3' }],
    ['TEXT/Html; ChArSet=X', 'TEXT/Html', { charset: 'X' }],
    ['form-data; name="a%22b"', 'form-data', { name: 'a"b' }],
    ['a;;;b=c;', 'a', { b: 'c' }],
    ['a; b="unclosed; c=d', 'a', { c: 'd' }],
    ['a; =x; b = c; d=e f', 'a', { d: 'e' }],
    [' a ', 'a', {}],
    ['; a=b', '', {}],
    ['', '', {}],
  ])('reads %j', (header, value, options) => {
    const [gotValue, gotOptions] = parseOptionsHeader(header)
    expect([gotValue, { ...gotOptions }]).toEqual([value, options])
  })

  it('takes a missing header for an empty one', () => {
    expect(parseOptionsHeader(null)[0]).toBe('')
  })

  it('S32: has no prototype to pollute or to read from', () => {
    const [, options] = parseOptionsHeader('a; __proto__=x; constructor=y')
    expect(Object.getPrototypeOf(options)).toBeNull()
    expect(Object.keys(options)).toEqual(['__proto__', 'constructor'])
    expect(parseOptionsHeader('a; b=c')[1].constructor).toBeUndefined()
    expect(Object.getPrototypeOf(parseDictHeader('a=b'))).toBeNull()
  })
})

describe('parseListHeader', () => {
  it.each([
    ['token, "quoted value"', ['token', 'quoted value']],
    ['a,,b, ', ['a', 'b']],
    ['"a,b", c', ['a,b', 'c']],
    ['a="b,c", d', ['a="b,c"', 'd']],
    ['"a\\"b", "c\\\\"', ['a"b', 'c\\']],
    ['"unclosed, a', []],
    ['', []],
  ])('reads %j', (header, items) => {
    expect(parseListHeader(header)).toEqual(items)
  })
})

describe('parseDictHeader', () => {
  it.each([
    ['a=b, c="d, e", f', { a: 'b', c: 'd, e', f: null }],
    ["a*=UTF-8''%C3%A9", { a: 'é' }],
    ["a*=x-other''%C3%A9, b*=plain", { a: '%C3%A9', b: 'plain' }],
    ['=x, a=', { a: '' }],
    ['a=1, a=2', { a: '2' }],
  ])('reads %j', (header, dict) => {
    expect({ ...parseDictHeader(header) }).toEqual(dict)
  })
})

describe('dumping', () => {
  it('quotes what is no token', () => {
    expect(quoteHeaderValue('token')).toBe('token')
    expect(quoteHeaderValue('token', false)).toBe('"token"')
    expect(quoteHeaderValue('a "b" \\')).toBe('"a \\"b\\" \\\\"')
    expect(quoteHeaderValue('')).toBe('""')
    expect(quoteHeaderValue(5)).toBe('5')
    expect(unquoteHeaderValue('"a \\"b\\" \\\\"')).toBe('a "b" \\')
    expect(unquoteHeaderValue('"')).toBe('"')
    expect(unquoteHeaderValue('a"b"')).toBe('a"b"')
  })

  it('writes parameters after a value', () => {
    expect(dumpOptionsHeader('text/html', { charset: 'UTF-8', a: null, b: 'x y' })).toBe(
      'text/html; charset=UTF-8; b="x y"',
    )
    expect(dumpOptionsHeader(null, { 'a*': "utf-8''%20" })).toBe("a*=utf-8''%20")
  })

  it('writes lists and pairs', () => {
    expect(dumpHeader(['foo', 'bar baz'])).toBe('foo, "bar baz"')
    expect(dumpHeader({ a: 'b c', d: null, 'e*': "x''y" })).toBe('a="b c", d, e*=x\'\'y')
    expect(dumpHeader(new Map([['a', 'b']]))).toBe('a=b')
  })
})

describe('HeaderSet', () => {
  it('ignores case and keeps order and spelling', () => {
    const set = parseSetHeader('Accept, "quoted value", accept')
    expect([set.has('ACCEPT'), set.has('no')]).toEqual([true, false])
    expect([set.find('quoted value'), set.find('no'), set.index('accept')]).toEqual([1, -1, 0])
    expect(() => set.index('no')).toThrow('no')
    expect(set.size).toBe(2)
    expect(set.toHeader()).toBe('Accept, "quoted value", accept')
    expect(set.asSet()).toEqual(new Set(['accept', 'quoted value']))
    expect(set.asSet(true)).toEqual(new Set(['Accept', 'quoted value', 'accept']))
    expect(parseSetHeader(null).size).toBe(0)
  })

  it('reports each change, and only changes', () => {
    const seen: string[] = []
    const set = parseSetHeader('a', (changed) => seen.push(String(changed)))
    set.add('b')
    set.add('B')
    set.update(['c', 'a'])
    set.remove('A')
    set.discard('nothing')
    set.discard('b')
    set.set(0, 'z')
    set.delete(0)
    set.clear()
    expect(seen).toEqual(['a, b', 'a, b, c', 'b, c', 'c', 'z', '', ''])
    expect(() => set.remove('a')).toThrow("'a'")
    expect(() => set.getItem(3)).toThrow('list index out of range')
  })

  it('is iterable and has a JSON form', () => {
    const set = parseSetHeader('a, B')
    expect([...set]).toEqual(['a', 'B'])
    expect(JSON.stringify(set)).toBe('["a","B"]')
    expect(set.getItem(1)).toBe('B')
  })
})
