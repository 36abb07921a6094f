/** Says whether a text without slashes (or, for `path`, the rest of a URL) matches a regex. */
export type TextTest = (text: string) => boolean

const LENGTHS = /^\[\^\/\]\{(\d+)(,?)(\d*)\}$/
const UNICODE_DIGITS = /^\p{Nd}+$/u

/**
 * A hand-written test for the whole of a text, where one is known for the regex's source. It goes by
 * the source alone, so a converter that changes its regex is never tested by another's rules.
 */
export function textTest(regex: string): TextTest | null {
  switch (regex) {
    case '[^/]+':
    case '[^/]{1,}':
      return isSegment
    case '\\p{Nd}+':
      return isDigits
    case '-?\\p{Nd}+':
      return isSignedDigits
    case '[^/][^\\n]*?':
      return isPath
  }
  const lengths = LENGTHS.exec(regex)
  if (lengths === null) return null
  const [, least = '', comma = '', most = ''] = lengths
  const minimum = Number(least)
  const maximum = comma === '' ? minimum : most === '' ? Infinity : Number(most)
  return (text) => hasLength(text, minimum, maximum)
}

function isSegment(text: string): boolean {
  return text.length > 0 && !text.includes('/')
}

function isDigits(text: string): boolean {
  return areDigits(text, 0)
}

function isSignedDigits(text: string): boolean {
  return areDigits(text, text.charCodeAt(0) === 0x2d ? 1 : 0)
}

function areDigits(text: string, from: number): boolean {
  const { length } = text
  if (from === length) return false
  for (let i = from; i < length; i++) {
    const code = text.charCodeAt(i)
    // Python's \d takes the digits of every script.
    if (code > 0x7f) return UNICODE_DIGITS.test(text.slice(i))
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

function isPath(text: string): boolean {
  return text.length > 0 && text.charCodeAt(0) !== 0x2f && text.indexOf('\n', 1) === -1
}

function hasLength(text: string, least: number, most: number): boolean {
  // Lengths count characters, of which one may be two UTF-16 units.
  if (text.length < least || text.includes('/')) return false
  if (text.length <= most && text.length >= 2 * least) return true
  let count = 0
  for (const _ of text) if (++count > most) return false
  return count >= least
}
