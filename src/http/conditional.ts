import { parseDate } from './dates.ts'
import { parseEtags, unquoteEtag } from './etag.ts'
import { type IfRange, parseIfRangeHeader } from './range.ts'

/** The request's headers and the resource's state that {@link isResourceModified} weighs. */
export interface Conditions {
  range?: string | null
  ifRange?: string | null
  ifModifiedSince?: string | null
  ifNoneMatch?: string | null
  ifMatch?: string | null
  /** The resource's tag, quoted or not. */
  etag?: string | null
  /** The resource's time of change: a Date, or the text of its `Last-Modified` header. */
  lastModified?: Date | string | null
  /** Leaves `If-Range` out of account; true unless told. */
  ignoreIfRange?: boolean
}

/**
 * Whether the client's conditions call for the full answer (Werkzeug's `is_resource_modified`).
 * False means 304, 412 or that the wanted range still fits, whichever header was sent.
 */
export function isResourceModified(conditions: Conditions): boolean {
  const { lastModified, ignoreIfRange = true } = conditions
  // RFC 9110 §13.1.5: If-Range without Range is to be ignored.
  const ifRange =
    !ignoreIfRange && conditions.range != null ? parseIfRangeHeader(conditions.ifRange) : null

  let unmodified = notModifiedSince(
    typeof lastModified === 'string' ? parseDate(lastModified) : (lastModified ?? null),
    ifRange?.date ?? parseDate(conditions.ifModifiedSince),
  )
  const etag = conditions.etag ? unquoteEtag(conditions.etag)[0] : null
  if (etag !== null) unmodified = tagsUnmodified(conditions, etag, ifRange, unmodified)
  return !unmodified
}

function notModifiedSince(changed: Date | null, since: Date | null): boolean {
  if (changed === null || since === null) return false
  // HTTP dates have no fractions of a second.
  return Math.floor(changed.getTime() / 1000) * 1000 <= since.getTime()
}

function tagsUnmodified(
  conditions: Conditions,
  etag: string,
  ifRange: IfRange | null,
  byDate: boolean,
): boolean {
  if (ifRange !== null && ifRange.etag !== null) return parseEtags(ifRange.etag).contains(etag)

  let unmodified = byDate
  // RFC 9110 §13.1.2: If-None-Match compares weakly, §13.1.1: If-Match strongly.
  const ifNoneMatch = parseEtags(conditions.ifNoneMatch)
  if (!ifNoneMatch.isEmpty) unmodified = ifNoneMatch.containsWeak(etag)
  const ifMatch = parseEtags(conditions.ifMatch)
  if (!ifMatch.isEmpty) unmodified = !ifMatch.isStrong(etag)
  return unmodified
}
