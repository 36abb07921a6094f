/**
 * Regular expressions that are given as text follow Python's `re`, in which Flask apps wrote them.
 * What differs in JavaScript is respelled; what JavaScript cannot read matches nothing.
 */

const REGEX_CHARACTERS = /[*\\\]?$^[()]/

/** Whether Flask-CORS takes a text for a regular expression: it holds a character such as `*`. */
export const probablyRegex = (pattern: string | RegExp): boolean =>
  pattern instanceof RegExp || REGEX_CHARACTERS.test(pattern)

const INLINE_FLAGS = /^\(\?([aiLmsux]+)\)/

// One unit of a pattern: an escape, a character class as a whole, a group's opening, one character.
const UNIT = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\(\?P<|\(\?P=\w+\)|[\s\S]/g

function respell(unit: string): string {
  if (unit === '(?P<') return '(?<'
  if (unit.startsWith('(?P=')) return `\\k<${unit.slice(4, -1)}>`
  if (unit === '\\A') return '(?<![\\s\\S])'
  if (unit === '\\Z') return '(?![\\s\\S])'
  // `$` also stands before a line end that is the last character.
  if (unit === '$') return '(?=\\n?(?![\\s\\S]))'
  return unit
}

/**
 * A regular expression that matches where Python's `re.match(pattern, text)` does: from the
 * beginning, not necessarily to the end.
 * @returns null when the pattern is none that JavaScript can read
 */
export function matcherOf(pattern: string | RegExp, ignoreCase: boolean): RegExp | null {
  if (pattern instanceof RegExp) {
    return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}y`)
  }
  const inline = INLINE_FLAGS.exec(pattern)
  const letters = new Set((inline?.[1] ?? '').replace(/[^ims]/g, ''))
  if (ignoreCase) letters.add('i')
  const body = pattern.slice(inline?.[0].length ?? 0)
  const source = letters.has('m') ? body : body.replace(UNIT, respell)
  try {
    return new RegExp(source, `${[...letters].join('')}y`)
  } catch {
    return null
  }
}
