import { ValueError } from '../errors/builtins.ts'
import { CallbackDict, type DictSource, type OnUpdate } from './callback-dict.ts'
import { dumpHeader, parseDictHeader } from './options-header.ts'
import { parsePythonInt } from './text.ts'

/** A directive's value as it may be set: text, a number, present without a value, or absent. */
export type DirectiveValue = string | number | boolean | null | undefined

/**
 * The directives of a `Cache-Control` header (RFC 9111 §5.2, Werkzeug's `_CacheControl`): a mapping
 * from directive to its text, null when it has none, with properties for the known ones.
 */
export abstract class CacheControl extends CallbackDict<string | null> {
  /** Whether the header was there at all. */
  readonly provided: boolean

  constructor(
    values: DictSource<string | null> | null = [],
    onUpdate: OnUpdate<never> | null = null,
  ) {
    super(values, onUpdate)
    this.provided = values !== null
  }

  /** Sets or removes a directive that has no value. */
  protected setFlag(key: string, value: unknown): void {
    if (value) this.set(key, null)
    else this.pop(key, null)
  }

  /** The whole seconds of a directive; null when it is missing, has no value or is no integer. */
  protected getSeconds(key: string): number | null {
    return parsePythonInt(this.get(key) ?? '')
  }

  /**
   * Sets a directive to whole seconds, or removes it with null, undefined or false.
   *
   * @throws ValueError for text that is no integer.
   */
  protected setSeconds(key: string, value: DirectiveValue): void {
    if (typeof value !== 'string' && typeof value !== 'number') this.setText(key, value)
    else {
      const seconds = typeof value === 'number' ? Math.trunc(value) : parsePythonInt(value)
      if (seconds === null || !Number.isFinite(seconds)) {
        throw new ValueError(`invalid literal for int() with base 10: '${value}'`)
      }
      this.set(key, String(seconds))
    }
  }

  /** The text of a directive, true when it has none, null when it is missing. */
  protected getText(key: string): string | true | null {
    return this.has(key) ? (this.get(key) ?? true) : null
  }

  /** Sets a directive to a text, with true to none; null, undefined or false removes it. */
  protected setText(key: string, value: DirectiveValue): void {
    if (value == null || value === false) this.pop(key, null)
    else this.set(key, value === true ? null : String(value))
  }

  /** `no-store`. */
  get noStore(): boolean {
    return this.has('no-store')
  }
  set noStore(value: boolean) {
    this.setFlag('no-store', value)
  }

  /** `max-age` in seconds. */
  get maxAge(): number | null {
    return this.getSeconds('max-age')
  }
  set maxAge(value: DirectiveValue) {
    this.setSeconds('max-age', value)
  }

  /** `no-transform`. */
  get noTransform(): boolean {
    return this.has('no-transform')
  }
  set noTransform(value: boolean) {
    this.setFlag('no-transform', value)
  }

  /** `stale-if-error` in seconds (RFC 5861). */
  get staleIfError(): number | null {
    return this.getSeconds('stale-if-error')
  }
  set staleIfError(value: DirectiveValue) {
    this.setSeconds('stale-if-error', value)
  }

  /** The header's value. */
  toHeader(): string {
    return dumpHeader(new Map(this.items()))
  }

  override toString(): string {
    return this.toHeader()
  }
}

/** `Cache-Control` of a request, read-only (Werkzeug's `RequestCacheControl`). */
export class RequestCacheControl extends CacheControl {
  /** `no-cache`. */
  get noCache(): boolean {
    return this.has('no-cache')
  }

  /** `max-stale` in seconds; true when any staleness will do. */
  get maxStale(): number | true | null {
    return this.has('max-stale') && this.get('max-stale') === null
      ? true
      : this.getSeconds('max-stale')
  }

  /** `min-fresh` in seconds. */
  get minFresh(): number | null {
    return this.getSeconds('min-fresh')
  }

  /** `only-if-cached`. */
  get onlyIfCached(): boolean {
    return this.has('only-if-cached')
  }

  override set(_key: string, _value: string | null): never {
    return refuse(this)
  }
  override setdefault(_key: string, _value: string | null): never {
    return refuse(this)
  }
  override delete(_key: string): never {
    return refuse(this)
  }
  override pop(_key: string, _defaultValue?: unknown): never {
    return refuse(this)
  }
  override popitem(): never {
    return refuse(this)
  }
  override update(_source: DictSource<string | null>): never {
    return refuse(this)
  }
  override clear(): never {
    return refuse(this)
  }
}

function refuse(self: object): never {
  throw new TypeError(`'${self.constructor.name}' objects are immutable`)
}

/** `Cache-Control` of a response (Werkzeug's `ResponseCacheControl`). */
export class ResponseCacheControl extends CacheControl {
  /** `no-cache`: true, or the fields it is limited to. */
  get noCache(): string | true | null {
    return this.getText('no-cache')
  }
  set noCache(value: DirectiveValue) {
    this.setText('no-cache', value)
  }

  /** `public`. */
  get public(): boolean {
    return this.has('public')
  }
  set public(value: boolean) {
    this.setFlag('public', value)
  }

  /** `private`: true, or the fields it is limited to. */
  get private(): string | true | null {
    return this.getText('private')
  }
  set private(value: DirectiveValue) {
    this.setText('private', value)
  }

  /** `must-revalidate`. */
  get mustRevalidate(): boolean {
    return this.has('must-revalidate')
  }
  set mustRevalidate(value: boolean) {
    this.setFlag('must-revalidate', value)
  }

  /** `proxy-revalidate`. */
  get proxyRevalidate(): boolean {
    return this.has('proxy-revalidate')
  }
  set proxyRevalidate(value: boolean) {
    this.setFlag('proxy-revalidate', value)
  }

  /** `s-maxage` in seconds. */
  get sMaxage(): number | null {
    return this.getSeconds('s-maxage')
  }
  set sMaxage(value: DirectiveValue) {
    this.setSeconds('s-maxage', value)
  }

  /** `immutable` (RFC 8246). */
  get immutable(): boolean {
    return this.has('immutable')
  }
  set immutable(value: boolean) {
    this.setFlag('immutable', value)
  }

  /** `must-understand`. */
  get mustUnderstand(): boolean {
    return this.has('must-understand')
  }
  set mustUnderstand(value: boolean) {
    this.setFlag('must-understand', value)
  }

  /** `stale-while-revalidate` in seconds (RFC 5861). */
  get staleWhileRevalidate(): number | null {
    return this.getSeconds('stale-while-revalidate')
  }
  set staleWhileRevalidate(value: DirectiveValue) {
    this.setSeconds('stale-while-revalidate', value)
  }
}

/** A class that {@link parseCacheControlHeader} can fill. */
export type CacheControlClass<T extends CacheControl> = new (
  values?: DictSource<string | null> | null,
  onUpdate?: OnUpdate<never> | null,
) => T

/**
 * Reads a `Cache-Control` header (Werkzeug's `parse_cache_control_header`).
 *
 * @param onUpdate Called after each change.
 * @param cls The class to fill; {@link RequestCacheControl} unless told.
 */
export function parseCacheControlHeader(
  value: string | null | undefined,
  onUpdate?: OnUpdate<never> | null,
): RequestCacheControl
export function parseCacheControlHeader<T extends CacheControl>(
  value: string | null | undefined,
  onUpdate: OnUpdate<T> | null | undefined,
  cls: CacheControlClass<T>,
): T
export function parseCacheControlHeader(
  value: string | null | undefined,
  onUpdate: OnUpdate<never> | null = null,
  cls: CacheControlClass<CacheControl> = RequestCacheControl,
): CacheControl {
  return new cls(value ? parseDictHeader(value) : [], onUpdate)
}
