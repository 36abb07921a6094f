import type { Headers } from './header-list.ts'
import { HeaderSet } from './header-set.ts'
import { parseListHeader } from './options-header.ts'
import { parsePlainInt } from './text.ts'

const ENTITY = new Set([
  'allow',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-range',
  'content-type',
  'expires',
  'last-modified',
])

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Whether a header describes the body (Werkzeug's `is_entity_header`). */
export function isEntityHeader(name: string): boolean {
  return ENTITY.has(name.toLowerCase())
}

/**
 * Whether a header is for one connection only (RFC 9110 §7.6.1, Werkzeug's `is_hop_by_hop_header`).
 */
export function isHopByHopHeader(name: string): boolean {
  return HOP_BY_HOP.has(name.toLowerCase())
}

/**
 * Removes the headers that describe the body, as a 304 needs it (Werkzeug's
 * `remove_entity_headers`).
 *
 * @param allowed Names to keep; `Expires` and `Content-Location` unless told.
 */
export function removeEntityHeaders(
  headers: Headers,
  allowed: Iterable<string> = ['expires', 'content-location'],
): void {
  const kept = new Set(Array.from(allowed, (name) => name.toLowerCase()))
  for (const name of ENTITY) if (!kept.has(name)) headers.remove(name)
}

/** Removes the headers that are for one connection only. */
export function removeHopByHopHeaders(headers: Headers): void {
  for (const name of HOP_BY_HOP) headers.remove(name)
}

/**
 * The length of a request's body (Werkzeug's `get_content_length`).
 *
 * @returns Bytes; null when there is none or the body is chunked; 0 when malformed or negative.
 */
export function getContentLength(
  contentLength: string | null | undefined,
  transferEncoding?: string | null,
): number | null {
  if (contentLength == null) return null
  if (transferEncoding != null && new HeaderSet(parseListHeader(transferEncoding)).has('chunked')) {
    return null
  }
  return Math.max(0, parsePlainInt(contentLength) ?? 0)
}

/** Values of `Cross-Origin-Embedder-Policy` (Werkzeug's `COEP`). */
export const COEP: {
  readonly UNSAFE_NONE: 'unsafe-none'
  readonly REQUIRE_CORP: 'require-corp'
} = { UNSAFE_NONE: 'unsafe-none', REQUIRE_CORP: 'require-corp' }

/** Values of `Cross-Origin-Opener-Policy` (Werkzeug's `COOP`). */
export const COOP: {
  readonly UNSAFE_NONE: 'unsafe-none'
  readonly SAME_ORIGIN_ALLOW_POPUPS: 'same-origin-allow-popups'
  readonly SAME_ORIGIN: 'same-origin'
} = {
  UNSAFE_NONE: 'unsafe-none',
  SAME_ORIGIN_ALLOW_POPUPS: 'same-origin-allow-popups',
  SAME_ORIGIN: 'same-origin',
}
