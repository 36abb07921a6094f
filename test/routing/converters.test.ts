import { describe, expect, test } from 'vitest'
import { ValueError } from '../../src/errors/builtins.ts'
import { NotFound } from '../../src/errors/http-exception.ts'
import {
  AnyConverter,
  BaseConverter,
  FloatConverter,
  IntegerConverter,
  PathConverter,
  UnicodeConverter,
  UUIDConverter,
} from '../../src/routing/converters.ts'
import { Rule } from '../../src/routing/rule.ts'
import { UrlMap } from '../../src/routing/url-map.ts'

const map = new UrlMap()

function args(rule: string, pathInfo: string, converters = {}): unknown {
  const own = new UrlMap([], { converters })
  own.add(new Rule(rule, { endpoint: 'e' }))
  try {
    return own.bind({ serverName: 'h' }).match({ pathInfo }).args
  } catch (error) {
    if (error instanceof NotFound) return 404
    throw error
  }
}

describe('int', () => {
  test.each([
    ['<int:n>', '/0', 0],
    ['<int:n>', '/007', 7],
    ['<int:n>', '/٣٤', 34],
    ['<int:n>', '/1٣', 13],
    ['<int:n>', '/𝟗', 9],
    ['<int:n>', '/9007199254740991', 9007199254740991],
    ['<int:n>', '/9007199254740993', 9007199254740993n],
    ['<int(signed=True):n>', '/-5', -5],
    ['<int(signed=True):n>', '/-0', 0],
    ['<int(signed=True):n>', '/-9007199254740993', -9007199254740993n],
    ['<int(4):n>', '/0007', 7],
    ['<int(min=2, max=9):n>', '/9', 9],
  ])('%s takes %s as %s', (variable, path, value) => {
    expect(args(`/${variable}`, path)).toEqual({ n: value })
  })

  test.each([
    ['<int:n>', '/-1'],
    ['<int:n>', '/+1'],
    ['<int:n>', '/1.0'],
    ['<int:n>', '/1a'],
    ['<int:n>', '/1\n'],
    ['<int:n>', '/½'],
    ['<int:n>', `/${'9'.repeat(4301)}`],
    ['<int(signed=True):n>', '/-'],
    ['<int(signed=True):n>', '/--1'],
    ['<int(4):n>', '/007'],
    ['<int(min=2, max=9):n>', '/1'],
    ['<int(min=2, max=9):n>', '/10'],
  ])('%s does not take %s', (variable, path) => {
    expect(args(`/${variable}`, path)).toBe(404)
  })

  test('writes numbers as Python does', () => {
    const padded = new IntegerConverter(map, { fixed_digits: 4 })
    expect(
      [7, -7, 12345, '٣', 1.9, ' 5 ', '1_0', true, 10n ** 20n].map((v) => padded.toUrl(v)),
    ).toEqual([
      '0007',
      '-007',
      '12345',
      '0003',
      '0001',
      '0005',
      '0010',
      '0001',
      `1${'0'.repeat(20)}`,
    ])
    expect(() => padded.toUrl('x')).toThrow(ValueError)
    expect(() => padded.toUrl('x')).toThrow("invalid literal for int() with base 10: 'x'")
    expect(() => padded.toUrl(Number.NaN)).toThrow(ValueError)
    expect(() => padded.toUrl({})).toThrow(TypeError)
  })
})

describe('float', () => {
  test.each([
    ['<float:v>', '/1.5', 1.5],
    ['<float:v>', '/٣.٥', 3.5],
    ['<float(signed=True):v>', '/-2.25', -2.25],
    ['<float(min=0.5, max=2.5):v>', '/0.5', 0.5],
  ])('%s takes %s as %s', (variable, path, value) => {
    expect(args(`/${variable}`, path)).toEqual({ v: value })
  })

  test.each(['/1', '/.5', '/1.', '/-1.5', '/1e3', '/2.6'])('does not take %s', (path) => {
    expect(args('/<float(max=2.5):v>', path)).toBe(404)
  })

  test('writes numbers as Python does, with a fraction', () => {
    const float = new FloatConverter(map)
    const values = [1, 1.5, 1e16, 1e-5, 0.0001, -2.5, 1e22, '1e3', '٣.٥', true, 'inf', ' 2 ', -0]
    expect(values.map((value) => float.toUrl(value))).toEqual([
      '1.0',
      '1.5',
      '1e+16',
      '1e-05',
      '0.0001',
      '-2.5',
      '1e+22',
      '1000.0',
      '3.5',
      '1.0',
      'inf',
      '2.0',
      '-0.0',
    ])
    expect(float.toUrl(1.2345678901234568e17)).toBe('1.2345678901234568e+17')
    expect(() => float.toUrl('one')).toThrow("could not convert string to float: 'one'")
    expect(() => float.toUrl([])).toThrow(TypeError)
  })
})

describe('string', () => {
  test('counts characters, not UTF-16 units', () => {
    expect(args('/<string(length=2):s>', '/😀😀')).toEqual({ s: '😀😀' })
    expect(args('/<string(length=2):s>', '/😀')).toBe(404)
    expect(args('/<string(maxlength=2):s>', '/😀😀😀')).toBe(404)
    expect(args('/<string(minlength=2, maxlength=3):s>', '/😀a')).toEqual({ s: '😀a' })
    expect(args('/<string(2):s>', '/a')).toBe(404)
  })

  test('quotes what a path segment cannot hold', () => {
    expect(new UnicodeConverter(map).toUrl("a?b#c d/é&=+:@!$'()*,;%~")).toBe(
      "a%3Fb%23c%20d/%C3%A9&=+:@!$'()*,;%25~",
    )
    expect(new UnicodeConverter(map).toUrl(true)).toBe('True')
    expect(new UnicodeConverter(map).toUrl(1.5)).toBe('1.5')
  })
})

describe('any, path, uuid', () => {
  test('any takes and builds only its items', () => {
    const any = new AnyConverter(map, 'about', 'a.b', 'c d')
    expect(args('/<any(about, "a.b"):k>', '/a.b')).toEqual({ k: 'a.b' })
    expect(args('/<any(about, "a.b"):k>', '/aXb')).toBe(404)
    expect(any.toUrl('c d')).toBe('c d')
    expect(() => any.toUrl('x')).toThrow("'x' is not one of 'a.b', 'about', 'c d'")
    expect(() => new AnyConverter(map, 1)).toThrow('write "1" in quotes')
  })

  test('path takes slashes but not at the start', () => {
    expect(args('/p/<path:p>', '/p/a/b/')).toEqual({ p: 'a/b/' })
    expect(args('/p/<path:p>', '/p/')).toBe(404)
    expect(args('/p/<path:p>/edit', '/p/x/edit/y/edit')).toEqual({ p: 'x/edit/y' })
    // Python's "." stops at a newline only.
    expect(args('/p/<path:p>', '/p/a\nb')).toBe(404)
    expect(args('/p/<path:p>', '/p/a\rb\u2028c')).toEqual({ p: 'a\rb\u2028c' })
    expect(new PathConverter(map).toUrl('a/b c')).toBe('a/b%20c')
  })

  test('uuid gives lower case and builds as it is', () => {
    const id = 'A8098C1A-F86E-11DA-BD1A-00112444BE1E'
    expect(args('/<uuid:u>', `/${id}`)).toEqual({ u: id.toLowerCase() })
    expect(args('/<uuid:u>', `/${id.slice(1)}`)).toBe(404)
    expect(new UUIDConverter(map).toUrl(id)).toBe(id)
  })
})

describe('own converters', () => {
  test('get positional arguments and one object of named ones', () => {
    const made: unknown[][] = []
    class Spy extends BaseConverter {
      constructor(map: ConstructorParameters<typeof BaseConverter>[0], ...rest: unknown[]) {
        super(map)
        made.push(rest)
      }
    }
    args('/<spy(a, 2, "x y", flag=True, n=1.5):v>/<spy:w>', '/a/b', { spy: Spy })
    expect(made).toEqual([['a', 2, 'x y', { flag: true, n: 1.5 }], []])
  })

  test('span slashes when their regex has one', () => {
    class Pair extends BaseConverter {
      override regex = '\\w+/\\w+'
    }
    class Segment extends BaseConverter {
      override regex = '\\w+/\\w+'
      override partIsolating = true
    }
    expect(args('/x/<pair:v>', '/x/a/b', { pair: Pair })).toEqual({ v: 'a/b' })
    expect(args('/x/<pair:v>', '/x/a/b', { pair: Segment })).toBe(404)
  })

  test('may have groups and needless escapes in their regex', () => {
    class Grouped extends BaseConverter {
      override regex = '(\\d+)\\-(x|y)'
    }
    expect(args('/<g:v>.<w>', '/12-x.z', { g: Grouped })).toEqual({ v: '12-x', w: 'z' })
  })
})
