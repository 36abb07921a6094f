import { describe, expect, it } from 'vitest'
import { MIMEAccept, parseAcceptHeader } from '../../src/http/accept.ts'
import { parseCookie } from '../../src/http/cookies.ts'
import { parseEtags } from '../../src/http/etag.ts'
import { Markup } from '../../src/http/markup.ts'
import {
  parseDictHeader,
  parseListHeader,
  parseOptionsHeader,
} from '../../src/http/options-header.ts'
import { parseContentRangeHeader, parseRangeHeader } from '../../src/http/range.ts'
import { iriToUri, parseQuery, uriToIri } from '../../src/http/urls.ts'

/**
 * A client chooses these texts. Each reader must be linear: on a mebibyte a quadratic one would
 * take hours and run into the test runner's limit, while a linear one takes milliseconds.
 */
const MEBIBYTE = 1 << 20
const flood = (unit: string): string => unit.repeat(Math.ceil(MEBIBYTE / unit.length))

describe.each([
  ['parseEtags', parseEtags, ['"x,', '" ', '"a"a', 'W/"', ', ', '"\\', '\t', '",', 'W/']],
  [
    'parseRangeHeader',
    (text: string) => parseRangeHeader(`bytes=${text}`),
    ['1-2,', '-', '0-,', ' ', '1-'],
  ],
  [
    'parseContentRangeHeader',
    (text: string) => parseContentRangeHeader(`bytes ${text}`),
    ['1-', '/', ' ', '*/'],
  ],
  ['parseCookie', parseCookie, ['a="', 'a="\\', '="', '= ', ';"', ' ', '"', ' ;', '\\', '="x";']],
  [
    'parseOptionsHeader',
    (text: string) => parseOptionsHeader(`a;${text}`),
    ['a="', 'a="\\', ';a="', 'a=b;', 'x', ';a*=', ' ; ', '%'],
  ],
  ['parseListHeader', parseListHeader, ['a="', ' ,', '"', '\\"', '"a",', ' ']],
  ['parseDictHeader', parseDictHeader, ['a=b,', 'a="', '=', "a*=u''%41,"]],
  ['parseQuery', parseQuery, ['a&', '%ff&', '%', '%C3', '&', '=', '+', '%E2%82']],
  [
    'striptags',
    (text: string) => new Markup(text).striptags(),
    ['<!--', '<!<!---->--', '<', '<!-->', '&', '&#', '<!<!'],
  ],
  ['uriToIri', (text: string) => uriToIri(`http://h/${text}`), ['%', '%2F', '%ff', '?', '#', ':']],
  ['iriToUri', (text: string) => iriToUri(text), ['/', ' ', 'é', '?', '\n', '1:']],
])('%s is linear', (_name, read: (text: string) => unknown, units) => {
  it.each(units)('in a flood of %j', (unit) => {
    expect(() => read(flood(unit))).not.toThrow()
  })
})

describe('Accept', () => {
  it('is harmless at the size that a header can have', () => {
    for (const unit of ['a/b;q=0.5,', ' ; ', '*/*,', 'a  ;']) {
      const accept = parseAcceptHeader(flood(unit).slice(0, 16_384), MIMEAccept)
      expect(() => accept.bestMatch(['text/html', 'a/c'])).not.toThrow()
    }
  })
})
