import { afterEach, describe, expect, it, vi } from 'vitest'
import { dumpAge, httpDate, parseAge, parseDate } from '../../src/http/dates.ts'

afterEach(() => vi.restoreAllMocks())

describe('httpDate', () => {
  it.each([
    [0, 'Thu, 01 Jan 1970 00:00:00 GMT'],
    [951_782_400, 'Tue, 29 Feb 2000 00:00:00 GMT'],
    [1_709_208_000, 'Thu, 29 Feb 2024 12:00:00 GMT'],
    [4_102_444_799, 'Thu, 31 Dec 2099 23:59:59 GMT'],
    [1.9, 'Thu, 01 Jan 1970 00:00:01 GMT'],
    [-1, 'Wed, 31 Dec 1969 23:59:59 GMT'],
  ])('%d seconds', (seconds, text) => {
    expect(httpDate(seconds)).toBe(text)
    expect(httpDate(new Date(seconds * 1000))).toBe(text)
  })

  it('is now when nothing is given', () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_999)
    expect(httpDate()).toBe('Tue, 14 Nov 2023 22:13:20 GMT')
    expect(httpDate(null)).toBe('Tue, 14 Nov 2023 22:13:20 GMT')
    now.mockReturnValue(1_700_000_001_000)
    expect(httpDate()).toBe('Tue, 14 Nov 2023 22:13:21 GMT')
  })

  it('refuses what is no date', () => {
    expect(() => httpDate(new Date(Number.NaN))).toThrow(RangeError)
    expect(() => httpDate(Number.POSITIVE_INFINITY)).toThrow(RangeError)
  })
})

describe('parseDate', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 784_111_777],
    ['Sun Nov  6 08:49:37 1994', 784_111_777],
    ['06 Nov 1994 08:49:37', 784_111_777],
    ['Sun,06 Nov 1994 08:49:37 GMT', 784_111_777],
    ['Sun, 06 Nov 1994 08:49 GMT', 784_111_740],
    ['Sun, 06 Nov 1994 08.49.37 GMT', 784_111_777],
    ['Sun, 06 Nov 1994 08.49 GMT', 784_111_740],
    ['Sun, 06 November 1994 08:49:37 +0130', 784_106_377],
    ['Sun, 06 Nov 1994 08:49:37-0800', 784_140_577],
    ['Sun, 06 Nov 1994 08:49:37 EST', 784_129_777],
    ['Sun, 06 Nov 1994 08:49:37 -0000', 784_111_777],
    ['Sun, 06 Nov 1994 08:49:37 NOWHERE', 784_111_777],
    ['Sun, 6, Nov 1994, 08:49:37, GMT', 784_111_777],
    ['Sun, 06 Nov 68 00:00:00 GMT', 3_119_385_600],
    ['Sun, 06 Nov 69 00:00:00 GMT', -4_838_400],
    ['Thu, 29 Feb 2000 00:00:00 GMT', 951_782_400],
  ])('reads %j', (text, seconds) => {
    expect(parseDate(text)?.getTime()).toBe(seconds * 1000)
  })

  it.each([
    null,
    undefined,
    '',
    ' ',
    'junk',
    'Sun',
    'Sun,',
    '06 Nov',
    'Sun, 06 Xyz 1994 08:49:37 GMT',
    'Sun, 31 Feb 2000 00:00:00 GMT',
    'Sun, 29 Feb 2100 00:00:00 GMT',
    'Sun, 31 Apr 2000 00:00:00 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 23:60:00 GMT',
    'Sun, 06 Nov 1994 23:00:60 GMT',
    'Sun, 06 Nov 1994 7 GMT',
    'Sun, 06 Nov 1994 1:2:3:4 GMT',
    'Sun, 06 Nov 1994 a:b:c GMT',
    'Sun, 06 Nov 10000 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, xx Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 +2400',
    'Sun, 06 Nov , 08:49:37 GMT',
  ])('takes %j for no date', (text) => expect(parseDate(text)).toBeNull())

  it('reads what httpDate writes', () => {
    for (const seconds of [0, 951_782_400, 4_102_444_799, -59_000_000_000]) {
      expect(parseDate(httpDate(seconds))?.getTime()).toBe(seconds * 1000)
    }
  })
})

describe('ages', () => {
  it('reads whole seconds', () => {
    expect([parseAge('5'), parseAge('0'), parseAge('-1'), parseAge('x'), parseAge(null)]).toEqual([
      5,
      0,
      null,
      null,
      null,
    ])
    expect(parseAge('99999999999999999')).toBeNull()
  })

  it('writes whole seconds', () => {
    expect([dumpAge(5.9), dumpAge(0), dumpAge(null)]).toEqual(['5', '0', null])
    expect(() => dumpAge(-1)).toThrow('age cannot be negative')
  })
})
