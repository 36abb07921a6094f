/**
 * The segments of a literal path: `/a/b` has `a` and `b`, `/` one that is empty.
 *
 * @param whole Whether a matched path ends, or has a slash, where the text ends. If not, the last
 *   segment is left out, as more may belong to it.
 * @returns null when the text says nothing about whole segments.
 */
export function literalSegments(text: string, whole: boolean): readonly string[] | null {
  // Beyond ASCII, a regular expression's idea of case is not that of toLowerCase().
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII as a whole
  if (!/^\/[\x00-\x7f]*$/.test(text)) return null
  const segments = text.slice(1).split('/')
  if (!whole) segments.pop()
  return segments.length === 0 ? null : segments
}
