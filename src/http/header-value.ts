/**
 * Quoting of single header values (RFC 9110 §5.6.4).
 */

const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z|~]+$/

/**
 * Quotes a header value unless it is a token (Werkzeug's `quote_header_value`).
 *
 * @param allowToken False quotes tokens too.
 */
export function quoteHeaderValue(value: unknown, allowToken = true): string {
  const text = String(value)
  if (text === '') return '""'
  if (allowToken && TOKEN.test(text)) return text
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** Removes quotes and backslash escapes (Werkzeug's `unquote_header_value`). */
export function unquoteHeaderValue(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value
  const inner = value.slice(1, -1)
  return inner.includes('\\') ? inner.replace(/\\([^\n])/g, '$1') : inner
}
