import { timingSafeEqual } from 'node:crypto'

/**
 * Whether two texts are the same, in a time that does not tell how much of them is (Werkzeug's
 * former `safe_str_cmp`, Python's `hmac.compare_digest`). Their lengths are not hidden.
 */
export function safeStrCmp(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const x = Buffer.from(a as string)
  const y = Buffer.from(b as string)
  // The comparison is made in any case, so that only the length can show.
  return timingSafeEqual(x.length === y.length ? x : y, y) && x.length === y.length
}
