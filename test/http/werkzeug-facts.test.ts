import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  Accept,
  type AcceptItem,
  CharsetAccept,
  LanguageAccept,
  MIMEAccept,
  parseAcceptHeader,
} from '../../src/http/accept.ts'
import { Authorization, WWWAuthenticate } from '../../src/http/authorization.ts'
import { parseCacheControlHeader, ResponseCacheControl } from '../../src/http/cache-control.ts'
import { type Conditions, isResourceModified } from '../../src/http/conditional.ts'
import { dumpCookie, parseCookie } from '../../src/http/cookies.ts'
import { httpDate, parseAge, parseDate } from '../../src/http/dates.ts'
import { parseEtags } from '../../src/http/etag.ts'
import { getContentLength } from '../../src/http/header-kinds.ts'
import { getHost, hostIsTrusted, type ServerAddress } from '../../src/http/hosts.ts'
import { escape as escapeHtml, Markup } from '../../src/http/markup.ts'
import * as options from '../../src/http/options-header.ts'
import { parseContentRangeHeader, parseRangeHeader } from '../../src/http/range.ts'
import { secureFilename } from '../../src/http/secure-filename.ts'
import { statusLine } from '../../src/http/status.ts'
import { latin1ToBytes } from '../../src/http/text.ts'
import * as urls from '../../src/http/urls.ts'

/**
 * What Werkzeug 3.1.8 (and MarkupSafe 3.0.3, Python 3.11's urllib and email) answered to random
 * input, one fact a line: function, arguments, result, or `{"$err": …}` where it raised. Dates are
 * seconds, a query is bytes written as ISO 8859-1.
 */
type Fact = [name: string, args: unknown[], result: unknown]

const facts = readFileSync(new URL('./werkzeug-facts.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Fact)

type Answer = (...args: never[]) => unknown

function negotiated(accept: Accept, choices: readonly string[]): unknown[] {
  return [[...accept], accept.bestMatch(choices), choices.map((choice) => accept.quality(choice))]
}

function negotiate(Class: new (values: Iterable<AcceptItem> | null) => Accept): Answer {
  return (header: string, choices: readonly string[]) =>
    negotiated(parseAcceptHeader(header, Class), choices)
}

function parts(auth: Authorization | WWWAuthenticate | null): unknown {
  return auth && [auth.type, auth.parameters, auth.token, auth.toHeader()]
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  ...options,
  parseSetHeader: (text: string) => options.parseSetHeader(text).toHeader(),
  parseCookie: (text: string) => [...parseCookie(text).items({ multi: true })],
  dumpCookie,
  parseEtags: (text: string) => {
    const etags = parseEtags(text)
    const weak = [...etags.asSet(true)].filter((tag) => etags.isWeak(tag))
    return [[...etags.asSet()].sort(), weak.sort(), etags.starTag]
  },
  parseRangeHeader: (text: string) => {
    const range = parseRangeHeader(text)
    const header = range?.toContentRangeHeader(100)
    return range && [range.units, range.ranges, range.rangeForLength(10), `${range}`, header]
  },
  parseContentRangeHeader: (text: string) => {
    const range = parseContentRangeHeader(text)
    return range && [range.units, range.start, range.stop, range.length, range.toHeader()]
  },
  mimeAccept: (header: string, choices: readonly string[]) => {
    const accept = parseAcceptHeader(header, MIMEAccept)
    return [
      ...negotiated(accept, choices),
      accept.best,
      accept.acceptHtml,
      accept.acceptJson,
      accept.acceptXhtml,
      accept.toHeader(),
      accept.find(choices[0] ?? ''),
    ]
  },
  langAccept: negotiate(LanguageAccept),
  charsetAccept: negotiate(CharsetAccept),
  accept: (header: string) =>
    negotiated(parseAcceptHeader(header, Accept), ['gzip', 'br', 'identity']).slice(0, 2),
  parseQuery: (text: string) => urls.parseQuery(text),
  urlUnquote: urls.urlUnquote,
  urlQuote: (text: string) => urls.urlQuote(text),
  urlEncode: urls.urlEncode,
  iriToUri: urls.iriToUri,
  uriToIri: urls.uriToIri,
  hostIsTrusted,
  getHost: (scheme: string, host: string, server: ServerAddress, trusted: string[]) =>
    getHost(scheme, host, server, trusted),
  getCurrentUrl: (scheme: string, host: string, root: string, path: string, query: string | null) =>
    urls.getCurrentUrl(scheme, host, root, path, query === null ? null : latin1ToBytes(query)),
  parseDate: (text: string) => {
    const date = parseDate(text)
    return date && date.getTime() / 1000
  },
  httpDate,
  secureFilename: (name: string) => secureFilename(name, false),
  statusLine: (status: string | number) => {
    const { code, line } = statusLine(status)
    return [code, line]
  },
  authorization: (header: string) => parts(Authorization.fromHeader(header)),
  wwwAuthenticate: (header: string) => parts(WWWAuthenticate.fromHeader(header)),
  cacheControl: (header: string) => {
    const cc = parseCacheControlHeader(header)
    const out = parseCacheControlHeader(header, null, ResponseCacheControl)
    return [
      ...[cc.noCache, cc.noStore, cc.maxAge, cc.maxStale, cc.minFresh, cc.onlyIfCached],
      ...[cc.noTransform, cc.staleIfError, out.noCache, out.public, out.private, out.sMaxage],
      ...[out.immutable, out.toHeader()],
    ]
  },
  parseAge,
  getContentLength,
  escape: (text: string) => String(escapeHtml(text)),
  striptags: (text: string) => new Markup(text).striptags(),
  unescape: (text: string) => new Markup(text).unescape(),
  isResourceModified: (conditions: Conditions, modified: number | null) =>
    isResourceModified({
      ...conditions,
      lastModified: modified === null ? null : new Date(modified * 1000),
    }),
}

/** A result as JSON holds it: no prototypes, no undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}

describe.each([...new Set(facts.map(([name]) => name))])('%s answers as Werkzeug', (name) => {
  const own = facts.filter((fact) => fact[0] === name)
  it.each(own)('%s(%j)', (_name, args, result) => {
    const answer = (): unknown => plain(ANSWERS[name]?.(...(args as never[])))
    if (typeof result === 'object' && result !== null && '$err' in result) {
      expect(answer).toThrow()
    } else {
      expect(answer()).toEqual(result)
    }
  })
})
