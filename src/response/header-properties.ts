import { WWWAuthenticate } from '../http/authorization.ts'
import type { ResponseCacheControl } from '../http/cache-control.ts'
import {
  parseCacheControlHeader,
  ResponseCacheControl as ResponseDirectives,
} from '../http/cache-control.ts'
import { type ContentSecurityPolicy, parseCspHeader } from '../http/csp.ts'
import { httpDate, parseDate } from '../http/dates.ts'
import { quoteEtag, unquoteEtag } from '../http/etag.ts'
import type { HeaderSet } from '../http/header-set.ts'
import type { Headers } from '../http/headers.ts'
import { getContentType } from '../http/mimetype.ts'
import {
  dumpHeader,
  dumpOptionsHeader,
  parseOptionsHeader,
  parseSetHeader,
} from '../http/options-header.ts'
import { ContentRange, parseContentRangeHeader } from '../http/range.ts'

/** What a header made of a list of names may be set to. */
export type HeaderSetValue = string | Iterable<string> | Readonly<Record<string, string>> | null

/** A date as a response property takes it: a `Date`, or seconds since 1970. */
export type DateValue = Date | number

function toInt(text: string | null): number | null {
  if (text === null) return null
  const trimmed = text.trim()
  return /^[+-]?\d+$/.test(trimmed) ? Number.parseInt(trimmed, 10) : null
}

/**
 * The headers of a response as typed properties: the part of Werkzeug's `Response` that knows
 * nothing about bodies or sockets. Reading gives null when the header is absent or does not parse;
 * assigning null removes it. Collections write themselves back when they are changed.
 */
export abstract class HeaderProperties {
  /** The headers as they will be sent. */
  abstract headers: Headers

  /** `Content-Type` with its parameters. */
  get contentType(): string | null {
    return this.headers.get('Content-Type')
  }
  set contentType(value: string | null) {
    this.#put('Content-Type', value)
  }

  /** The media type without parameters. Assigning adds `charset=utf-8` to textual types. */
  get mimetype(): string | null {
    const value = this.headers.get('Content-Type')
    if (!value) return null
    const end = value.indexOf(';')
    return (end < 0 ? value : value.slice(0, end)).trim()
  }
  set mimetype(value: string) {
    this.headers.set('Content-Type', getContentType(value))
  }

  /** The parameters of `Content-Type`; changing one rewrites the header. */
  get mimetypeParams(): Record<string, string> {
    const [, params] = parseOptionsHeader(this.headers.get('Content-Type') ?? '')
    const rewrite = (): true => {
      this.mimetypeParams = params
      return true
    }
    return new Proxy(params, {
      set: (target, name, value) => Reflect.set(target, name, String(value)) && rewrite(),
      deleteProperty: (target, name) => Reflect.deleteProperty(target, name) && rewrite(),
    })
  }
  set mimetypeParams(value: Readonly<Record<string, string>>) {
    this.headers.set('Content-Type', dumpOptionsHeader(this.mimetype, value))
  }

  /** Whether the media type is `application/json` or `application/*+json`. */
  get isJson(): boolean {
    const type = this.mimetype
    return type === 'application/json' || (type !== null && /^application\/.*\+json$/s.test(type))
  }

  /** `Content-Length` in bytes. */
  get contentLength(): number | null {
    return toInt(this.headers.get('Content-Length'))
  }
  set contentLength(value: number | null) {
    this.#put('Content-Length', value)
  }

  /** `Location`, as the application set it. */
  get location(): string | null {
    return this.headers.get('Location')
  }
  set location(value: string | null) {
    this.#put('Location', value)
  }

  /** `Content-Location`. */
  get contentLocation(): string | null {
    return this.headers.get('Content-Location')
  }
  set contentLocation(value: string | null) {
    this.#put('Content-Location', value)
  }

  /** `Content-Encoding`. */
  get contentEncoding(): string | null {
    return this.headers.get('Content-Encoding')
  }
  set contentEncoding(value: string | null) {
    this.#put('Content-Encoding', value)
  }

  /** `Content-MD5` (RFC 1864). */
  get contentMd5(): string | null {
    return this.headers.get('Content-MD5')
  }
  set contentMd5(value: string | null) {
    this.#put('Content-MD5', value)
  }

  /** `Age` in seconds. */
  get age(): number | null {
    const seconds = toInt(this.headers.get('Age'))
    return seconds === null || seconds < 0 ? null : seconds
  }
  set age(value: number | null) {
    if (value !== null && value < 0) throw new RangeError('age cannot be negative')
    this.#put('Age', value === null ? null : Math.trunc(value))
  }

  /** `Date`. */
  get date(): Date | null {
    return this.#date('Date')
  }
  set date(value: DateValue | null) {
    this.#putDate('Date', value)
  }

  /** `Expires`. */
  get expires(): Date | null {
    return this.#date('Expires')
  }
  set expires(value: DateValue | null) {
    this.#putDate('Expires', value)
  }

  /** `Last-Modified`. */
  get lastModified(): Date | null {
    return this.#date('Last-Modified')
  }
  set lastModified(value: DateValue | null) {
    this.#putDate('Last-Modified', value)
  }

  /** `Retry-After` as a moment. Assign a date, or a number of seconds from now. */
  get retryAfter(): Date | null {
    const value = this.headers.get('Retry-After')
    if (value === null) return null
    const seconds = toInt(value)
    return seconds === null ? parseDate(value) : new Date(Date.now() + seconds * 1000)
  }
  set retryAfter(value: DateValue | string | null) {
    this.#put('Retry-After', value instanceof Date ? httpDate(value) : value)
  }

  /** `Vary`: the request headers that the answer depends on. */
  get vary(): HeaderSet {
    return this.#set('Vary')
  }
  set vary(value: HeaderSetValue) {
    this.#putSet('Vary', value)
  }

  /** `Content-Language`. */
  get contentLanguage(): HeaderSet {
    return this.#set('Content-Language')
  }
  set contentLanguage(value: HeaderSetValue) {
    this.#putSet('Content-Language', value)
  }

  /** `Allow`: the methods that the resource answers. */
  get allow(): HeaderSet {
    return this.#set('Allow')
  }
  set allow(value: HeaderSetValue) {
    this.#putSet('Allow', value)
  }

  /** `Cache-Control`; changing a directive rewrites the header. */
  get cacheControl(): ResponseCacheControl {
    const update = (directives: ResponseCacheControl): void => {
      if (directives.size === 0) this.headers.delete('Cache-Control')
      else this.headers.set('Cache-Control', directives.toHeader())
    }
    return parseCacheControlHeader(this.headers.get('Cache-Control'), update, ResponseDirectives)
  }

  /** Sets `ETag`, quoting the value. */
  setEtag(etag: string, options: { weak?: boolean } | boolean = false): void {
    const weak = typeof options === 'boolean' ? options : options.weak === true
    this.headers.set('ETag', quoteEtag(etag, weak))
  }

  /** `[tag, weak]` of the `ETag` header, or `[null, null]` without one. */
  getEtag(): [etag: string, weak: boolean] | [null, null] {
    return unquoteEtag(this.headers.get('ETag'))
  }

  /** `Accept-Ranges`: one unit, `bytes` or `none`. */
  get acceptRanges(): string | null {
    return this.headers.get('Accept-Ranges')
  }
  set acceptRanges(value: string | null) {
    this.#put('Accept-Ranges', value)
  }

  /** `Content-Range`; changing the object rewrites the header. */
  get contentRange(): ContentRange {
    const update = (range: ContentRange): void => {
      this.contentRange = range.units === null ? null : range
    }
    const parsed = parseContentRangeHeader(this.headers.get('Content-Range'), update)
    return parsed ?? new ContentRange(null, null, null, null, update)
  }
  set contentRange(value: ContentRange | string | null) {
    this.#put('Content-Range', !value ? null : typeof value === 'string' ? value : value.toHeader())
  }

  /** `WWW-Authenticate`; assign a list for several challenges. */
  get wwwAuthenticate(): WWWAuthenticate {
    const value =
      WWWAuthenticate.fromHeader(this.headers.get('WWW-Authenticate')) ??
      new WWWAuthenticate('basic')
    value.onUpdate = (changed) => {
      this.wwwAuthenticate = changed
    }
    return value
  }
  set wwwAuthenticate(value: WWWAuthenticate | readonly WWWAuthenticate[] | null) {
    const challenges = value === null ? [] : value instanceof WWWAuthenticate ? [value] : value
    this.headers.setlist(
      'WWW-Authenticate',
      challenges.map((challenge) => challenge.toHeader()),
    )
    if (value instanceof WWWAuthenticate) {
      value.onUpdate = (changed) => {
        this.headers.set('WWW-Authenticate', changed.toHeader())
      }
    }
  }

  /** `Content-Security-Policy`; changing a directive rewrites the header. */
  get contentSecurityPolicy(): ContentSecurityPolicy {
    return this.#policy('Content-Security-Policy')
  }
  set contentSecurityPolicy(value: ContentSecurityPolicy | string | null) {
    this.#putPolicy('Content-Security-Policy', value)
  }

  /** `Content-Security-Policy-Report-Only`. */
  get contentSecurityPolicyReportOnly(): ContentSecurityPolicy {
    return this.#policy('Content-Security-Policy-Report-Only')
  }
  set contentSecurityPolicyReportOnly(value: ContentSecurityPolicy | string | null) {
    this.#putPolicy('Content-Security-Policy-Report-Only', value)
  }

  /** Whether a cross-origin page may send its credentials. */
  get accessControlAllowCredentials(): boolean {
    return this.headers.has('Access-Control-Allow-Credentials')
  }
  set accessControlAllowCredentials(value: boolean | null) {
    this.#put('Access-Control-Allow-Credentials', value === true ? 'true' : null)
  }

  /** `Access-Control-Allow-Headers`; null when absent. */
  get accessControlAllowHeaders(): HeaderSet | null {
    return this.#optionalSet('Access-Control-Allow-Headers')
  }
  set accessControlAllowHeaders(value: HeaderSetValue) {
    this.#putSet('Access-Control-Allow-Headers', value)
  }

  /** `Access-Control-Allow-Methods`; null when absent. */
  get accessControlAllowMethods(): HeaderSet | null {
    return this.#optionalSet('Access-Control-Allow-Methods')
  }
  set accessControlAllowMethods(value: HeaderSetValue) {
    this.#putSet('Access-Control-Allow-Methods', value)
  }

  /** `Access-Control-Allow-Origin`: one origin, or `*`. */
  get accessControlAllowOrigin(): string | null {
    return this.headers.get('Access-Control-Allow-Origin')
  }
  set accessControlAllowOrigin(value: string | null) {
    this.#put('Access-Control-Allow-Origin', value)
  }

  /** `Access-Control-Expose-Headers`; null when absent. */
  get accessControlExposeHeaders(): HeaderSet | null {
    return this.#optionalSet('Access-Control-Expose-Headers')
  }
  set accessControlExposeHeaders(value: HeaderSetValue) {
    this.#putSet('Access-Control-Expose-Headers', value)
  }

  /** `Access-Control-Max-Age` in seconds. */
  get accessControlMaxAge(): number | null {
    return toInt(this.headers.get('Access-Control-Max-Age'))
  }
  set accessControlMaxAge(value: number | null) {
    this.#put('Access-Control-Max-Age', value)
  }

  /** `Cross-Origin-Opener-Policy`; `unsafe-none` when absent. */
  get crossOriginOpenerPolicy(): string {
    return this.headers.get('Cross-Origin-Opener-Policy') ?? 'unsafe-none'
  }
  set crossOriginOpenerPolicy(value: string | null) {
    this.#put('Cross-Origin-Opener-Policy', value)
  }

  /** `Cross-Origin-Embedder-Policy`; `unsafe-none` when absent. */
  get crossOriginEmbedderPolicy(): string {
    return this.headers.get('Cross-Origin-Embedder-Policy') ?? 'unsafe-none'
  }
  set crossOriginEmbedderPolicy(value: string | null) {
    this.#put('Cross-Origin-Embedder-Policy', value)
  }

  #put(name: string, value: string | number | null): void {
    if (value === null || value === undefined) this.headers.delete(name)
    else this.headers.set(name, String(value))
  }

  #date(name: string): Date | null {
    const value = this.headers.get(name)
    return value === null ? null : parseDate(value)
  }

  #putDate(name: string, value: DateValue | null): void {
    this.#put(name, value === null ? null : httpDate(value))
  }

  #set(name: string): HeaderSet {
    return parseSetHeader(this.headers.get(name), (changed) => {
      this.#put(name, changed.size === 0 ? null : changed.toHeader())
    })
  }

  #optionalSet(name: string): HeaderSet | null {
    return this.headers.has(name) ? this.#set(name) : null
  }

  #putSet(name: string, value: HeaderSetValue): void {
    this.#put(name, !value ? null : typeof value === 'string' ? value : dumpHeader(value) || null)
  }

  #policy(name: string): ContentSecurityPolicy {
    const update = (changed: ContentSecurityPolicy): void => this.#putPolicy(name, changed)
    return parseCspHeader(this.headers.get(name), update)
  }

  #putPolicy(name: string, value: ContentSecurityPolicy | string | null): void {
    this.#put(name, value === null ? null : value.toString() || null)
  }
}
