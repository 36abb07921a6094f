/** Types that are text although their names do not begin with `text/`. */
const TEXT_TYPES = new Set([
  'application/ecmascript',
  'application/javascript',
  'application/sql',
  'application/xml',
  'application/xml-dtd',
  'application/xml-external-parsed-entity',
])

/**
 * The `Content-Type` of a media type (Werkzeug's `get_content_type`): text gets a charset
 * parameter, anything else is returned as it is.
 */
export function getContentType(mimetype: string, charset = 'utf-8'): string {
  const isText =
    mimetype.startsWith('text/') || mimetype.endsWith('+xml') || TEXT_TYPES.has(mimetype)
  return isText ? `${mimetype}; charset=${charset}` : mimetype
}
