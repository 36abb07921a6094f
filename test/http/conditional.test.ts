import { describe, expect, it } from 'vitest'
import { isResourceModified } from '../../src/http/conditional.ts'
import { ETags, parseEtags, quoteEtag, unquoteEtag } from '../../src/http/etag.ts'
import {
  ContentRange,
  IfRange,
  parseContentRangeHeader,
  parseIfRangeHeader,
  parseRangeHeader,
  Range,
} from '../../src/http/range.ts'

describe('parseEtags', () => {
  it.each([
    ['"a"', ['a'], []],
    ['W/"a", "b"', ['b'], ['a']],
    ['a, b', ['a', 'b'], []],
    ['"a,b"', ['a,b'], []],
    ['w/"x"', [], ['x']],
    ['"a"b", "c"', ['a"b', 'c'], []],
    ['"a , "b"', ['a , "b'], []],
    ['"open, b', ['"open', 'b'], []],
    ['a ,b ', ['a', 'b '], []],
  ])('reads %j', (header, strong, weak) => {
    const etags = parseEtags(header)
    expect([...etags.asSet()]).toEqual(strong)
    expect([...etags.asSet(true)]).toEqual([...strong, ...weak])
    expect(weak.every((tag) => etags.isWeak(tag) && !etags.isStrong(tag))).toBe(true)
  })

  it('takes a star for any tag', () => {
    const star = parseEtags('"a", *')
    expect([star.starTag, star.contains('x'), star.isStrong('x')]).toEqual([true, true, false])
    expect(star.toHeader()).toBe('*')
    expect(star.isEmpty).toBe(false)
  })

  it('compares strongly, weakly and with quotes', () => {
    const etags = parseEtags('"s", W/"w"')
    expect([etags.contains('s'), etags.has('w'), etags.containsWeak('w')]).toEqual([
      true,
      false,
      true,
    ])
    expect([etags.containsRaw('W/"w"'), etags.containsRaw('"w"'), etags.containsRaw('')]).toEqual([
      true,
      false,
      false,
    ])
    expect([etags.size, [...etags], String(etags)]).toEqual([1, ['s'], '"s", W/"w"'])
    expect(parseEtags(null).isEmpty).toBe(true)
    expect(new ETags(['a'], null, true).size).toBe(0)
  })

  it('quotes and unquotes', () => {
    expect([quoteEtag('a'), quoteEtag('a', true)]).toEqual(['"a"', 'W/"a"'])
    expect(() => quoteEtag('a"b')).toThrow('invalid etag')
    expect(unquoteEtag('W/"bar"')).toEqual(['bar', true])
    expect(unquoteEtag(' "bar" ')).toEqual(['bar', false])
    expect(unquoteEtag('')).toEqual([null, null])
  })
})

describe('parseRangeHeader', () => {
  it.each([
    ['bytes=5-', 'bytes', [[5, null]], [5, 10], 'bytes 5-9/10'],
    ['bytes=-3', 'bytes', [[-3, null]], [7, 10], 'bytes 7-9/10'],
    ['items=1-2', 'items', [[1, 3]], null, null],
    ['bytes= 1 - 2', 'bytes', [[1, 3]], [1, 3], 'bytes 1-2/10'],
    ['bytes=100-200', 'bytes', [[100, 201]], null, null],
    ['bytes=5-100', 'bytes', [[5, 101]], [5, 10], 'bytes 5-9/10'],
    [
      'bytes=0-1,4-5',
      'bytes',
      [
        [0, 2],
        [4, 6],
      ],
      null,
      null,
    ],
    ['bytes=-0', 'bytes', [[0, null]], [0, 10], 'bytes 0-9/10'],
    ['BYTES=-20', 'bytes', [[-20, null]], null, null],
  ])('reads %j', (header, units, ranges, forTen, contentRange) => {
    const range = parseRangeHeader(header)
    expect([range?.units, range?.ranges]).toEqual([units, ranges])
    expect(range?.rangeForLength(10)).toEqual(forTen)
    expect(range?.toContentRangeHeader(10)).toBe(contentRange)
    expect(range?.rangeForLength(null)).toBeNull()
  })

  it.each([
    'bytes',
    '',
    null,
    'bytes=3-1',
    'bytes=a-b',
    'bytes=1',
    'bytes=5-9,0-3',
    'bytes=5-,7-8',
    'bytes=-3,-4',
    'bytes=0-5,3-8',
    'bytes=--5',
    'bytes=+1-2',
    'bytes=1-x',
    'bytes=1_0-20',
  ])('ignores %j', (header) => expect(parseRangeHeader(header)).toBeNull())

  it('writes itself', () => {
    expect(
      String(
        new Range('bytes', [
          [0, 10],
          [20, null],
        ]),
      ),
    ).toBe('bytes=0-9,20-')
    expect(new Range('bytes', [[-5, null]]).toHeader()).toBe('bytes=-5')
    expect(() => new Range('bytes', [[5, 5]])).toThrow('(5, 5) is not a valid range.')
  })

  it('S44: a thousand overlapping ranges are no ranges', () => {
    const many = Array.from({ length: 1000 }, () => '0-').join(',')
    expect(parseRangeHeader(`bytes=${many}`)).toBeNull()
  })
})

describe('ContentRange', () => {
  it.each([
    ['bytes 0-98/*', ['bytes', 0, 99, null], 'bytes 0-98/*'],
    ['bytes 0-98/100', ['bytes', 0, 99, 100], 'bytes 0-98/100'],
    ['bytes  */100', ['bytes', null, null, 100], 'bytes */100'],
    ['bytes */*', ['bytes', null, null, null], 'bytes */*'],
  ])('reads %j', (header, parts, text) => {
    const range = parseContentRangeHeader(header)
    expect([range?.units, range?.start, range?.stop, range?.length]).toEqual(parts)
    expect(String(range)).toBe(text)
  })

  it.each([
    null,
    '',
    'bytes',
    'bytes 0-98',
    'bytes 98/100',
    'bytes 5-3/10',
    'bytes 0-5/x',
    'bytes a-b/10',
    'bytes 0-98*/*asdfsa',
    'bytes 10-20/10',
    'bytes */-1',
  ])('ignores %j', (header) => expect(parseContentRangeHeader(header)).toBeNull())

  it('reports changes and can be unset', () => {
    const seen: string[] = []
    const range = new ContentRange('bytes', 0, 5, 10, (changed) => seen.push(changed.toHeader()))
    range.start = 1
    range.stop = 4
    range.length = 20
    range.units = 'items'
    range.set(2, 3, 9)
    range.unset()
    expect(seen).toEqual([
      'bytes 0-4/10',
      'bytes 1-4/10',
      'bytes 1-3/10',
      'bytes 1-3/20',
      'items 1-3/20',
      'bytes 2-2/9',
      '',
    ])
    expect([range.isSet, new ContentRange('bytes', null, null).isSet]).toEqual([false, true])
    expect(() => range.set(5, 2)).toThrow('Bad range provided')
  })
})

describe('parseIfRangeHeader', () => {
  it('reads a date, a tag, or nothing', () => {
    expect(parseIfRangeHeader('Thu, 01 Jan 1970 00:00:10 GMT').date?.getTime()).toBe(10_000)
    expect(parseIfRangeHeader('W/"a"').etag).toBe('a')
    expect(parseIfRangeHeader(null)).toEqual(new IfRange())
    expect(String(new IfRange())).toBe('')
    expect(String(new IfRange('a'))).toBe('"a"')
    expect(String(new IfRange(null, new Date(0)))).toBe('Thu, 01 Jan 1970 00:00:00 GMT')
  })
})

describe('isResourceModified', () => {
  const at10 = 'Thu, 01 Jan 1970 00:00:10 GMT'
  it.each([
    ['no condition', { etag: '"a"', lastModified: new Date(10_000) }, true],
    ['the same date', { lastModified: new Date(10_999), ifModifiedSince: at10 }, false],
    ['an older copy', { lastModified: new Date(11_000), ifModifiedSince: at10 }, true],
    ['a date as text', { lastModified: at10, ifModifiedSince: at10 }, false],
    ['a matching tag', { etag: 'a', ifNoneMatch: '"a"' }, false],
    ['a weak match', { etag: '"a"', ifNoneMatch: 'W/"a"' }, false],
    ['a star', { etag: '"a"', ifNoneMatch: '*' }, false],
    [
      'another tag beats the date',
      { etag: '"a"', ifNoneMatch: '"b"', lastModified: new Date(10_000), ifModifiedSince: at10 },
      true,
    ],
    ['If-Match that holds', { etag: '"a"', ifMatch: '"a"' }, true],
    ['If-Match that fails', { etag: '"a"', ifMatch: '"b"' }, false],
    ['If-Match is strong', { etag: '"a"', ifMatch: 'W/"a"' }, false],
    [
      'If-Range tag that fits',
      { etag: '"a"', range: 'bytes=0-1', ifRange: '"a"', ignoreIfRange: false },
      false,
    ],
    [
      'If-Range tag that does not',
      { etag: '"b"', range: 'bytes=0-1', ifRange: '"a"', ignoreIfRange: false },
      true,
    ],
    [
      'If-Range date',
      { lastModified: new Date(10_000), range: 'bytes=0-1', ifRange: at10, ignoreIfRange: false },
      false,
    ],
    ['If-Range without Range', { etag: '"a"', ifRange: '"a"', ignoreIfRange: false }, true],
    ['If-Range when ignored', { etag: '"a"', range: 'bytes=0-1', ifRange: '"a"' }, true],
  ])('%s', (_what, conditions, modified) => {
    expect(isResourceModified(conditions)).toBe(modified)
  })
})
