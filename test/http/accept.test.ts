import { describe, expect, it } from 'vitest'
import {
  Accept,
  CharsetAccept,
  LanguageAccept,
  MIMEAccept,
  parseAcceptHeader,
} from '../../src/http/accept.ts'

const mime = (header: string | null): MIMEAccept => parseAcceptHeader(header, MIMEAccept)

describe('MIMEAccept', () => {
  it.each([
    [
      'text/html,application/json;q=0.9,*/*;q=0.1',
      ['application/json', 'text/plain', 'text/html'],
      'text/html',
      ['text/html', 'application/json', '*/*'],
    ],
    [
      'text/*;q=0.5, text/html;q=0.4',
      ['text/plain', 'text/html'],
      'text/plain',
      ['text/html', 'text/*'],
    ],
    ['application/json;q=0', ['application/json'], null, ['application/json']],
    ['image/png;q=abc, image/jpeg', ['image/png', 'image/jpeg'], 'image/jpeg', ['image/jpeg']],
    ['a/b;q=1.5', ['a/b'], null, []],
    [
      'text/html;level=1, text/html;q=0.5',
      ['text/html', 'text/html;level=1'],
      'text/html;level=1',
      ['text/html; level=1', 'text/html'],
    ],
    ['*/*', ['text/plain'], 'text/plain', ['*/*']],
    ['*/html, nonsense', ['text/html'], null, ['nonsense', '*/html']],
    ['text/html', ['*/*'], '*/*', ['text/html']],
    ['text/html', ['text/*'], 'text/*', ['text/html']],
  ])('%j', (header, choices, best, ordered) => {
    const accept = mime(header)
    expect(accept.bestMatch(choices)).toBe(best)
    expect(new Set(accept.values())).toEqual(new Set(ordered))
    expect([...accept.values()][0]).toBe(ordered[0])
  })

  it('says what is accepted', () => {
    const html = mime('text/html')
    expect([html.acceptHtml, html.acceptXhtml, html.acceptJson]).toEqual([true, false, false])
    const xml = mime('application/xml, application/json')
    expect([xml.acceptHtml, xml.acceptXhtml, xml.acceptJson]).toEqual([true, true, true])
  })

  it('tells the program of its mistakes', () => {
    expect(() => mime('text/html').has('html')).toThrow("invalid mimetype 'html'")
    expect(() => mime('text/html').has('*/html')).toThrow('invalid mimetype')
  })
})

describe('LanguageAccept', () => {
  it.each([
    ['de,en;q=0.5', ['en', 'de'], 'de'],
    ['fr;q=0.1', ['en'], null],
    ['zh_TW', ['zh-TW'], 'zh-TW'],
    ['en-US', ['en'], 'en'],
    ['en', ['de', 'en-US', 'en-GB'], 'en-US'],
    ['*', ['de'], 'de'],
  ])('%j of %j is %j', (header, choices, best) => {
    expect(parseAcceptHeader(header, LanguageAccept).bestMatch(choices)).toBe(best)
  })

  it('has a default', () => {
    expect(parseAcceptHeader('fr', LanguageAccept).bestMatch(['en'], 'en')).toBe('en')
  })
})

describe('CharsetAccept', () => {
  it('knows aliases', () => {
    const accept = parseAcceptHeader('ISO-8859-1, utf-8;q=0.7', CharsetAccept)
    expect(accept.best).toBe('ISO-8859-1')
    expect(accept.has('latin1')).toBe(true)
    expect(accept.quality('UTF8')).toBe(0.7)
    expect(accept.has('utf7')).toBe(false)
    expect(parseAcceptHeader('x-own', CharsetAccept).has('X-Own')).toBe(true)
    expect(parseAcceptHeader('*', CharsetAccept).has('anything')).toBe(true)
  })
})

describe('Accept', () => {
  const accept = parseAcceptHeader('br;q=0.5, gzip, *;q=0')

  it('sorts by specificity, then quality, then order', () => {
    expect([...accept]).toEqual([
      ['gzip', 1],
      ['br', 0.5],
      ['*', 0],
    ])
    expect([...parseAcceptHeader('a, b, c')].map(([value]) => value)).toEqual(['a', 'b', 'c'])
    expect(accept.toHeader()).toBe('gzip,br;q=0.5,*;q=0.0')
    expect(String(accept)).toBe(accept.toHeader())
    expect(JSON.stringify(accept)).toBe('[["gzip",1],["br",0.5],["*",0]]')
  })

  it('finds entries', () => {
    expect(accept.quality('GZIP')).toBe(1)
    expect(accept.quality('other')).toBe(0)
    expect(accept.has('other')).toBe(true)
    expect(accept.find('br')).toBe(1)
    expect(accept.index('br')).toBe(1)
    expect(accept.at(0)).toEqual(['gzip', 1])
    expect(accept.size).toBe(3)
    const one = new Accept([['gzip', 1]])
    expect(one.find('br')).toBe(-1)
    expect(() => one.index('br')).toThrow('br')
  })

  it('never picks what has quality 0, and prefers the specific among equals', () => {
    expect(accept.bestMatch(['identity'])).toBeNull()
    expect(accept.bestMatch(['identity'], 'none')).toBe('none')
    expect(parseAcceptHeader('*, gzip').bestMatch(['br', 'gzip'])).toBe('gzip')
  })

  it('knows whether the header was there', () => {
    expect(parseAcceptHeader(null).provided).toBe(false)
    expect(parseAcceptHeader('').provided).toBe(false)
    expect(accept.provided).toBe(true)
    expect(new Accept(accept).provided).toBe(true)
    expect(new Accept(parseAcceptHeader(null)).provided).toBe(false)
    expect(parseAcceptHeader(null).best).toBeNull()
  })
})
