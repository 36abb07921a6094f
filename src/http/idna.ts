import { ValueError } from '../errors/builtins.ts'
import { punycodeDecode, punycodeEncode } from './punycode.ts'

/**
 * Domain names beyond ASCII by IDNA 2003 (RFC 3490), as Python's `idna` codec has it: `ß` becomes
 * `ss`. The web's newer rules (UTS 46) give other names, and with them another cookie domain. What
 * RFC 3454 asks of names that mix writing directions is not checked.
 */

const PREFIX = 'xn--'
// RFC 3490 §3.1: all of these separate labels.
const DOTS = /[.\u3002\uff0e\uff61]/
// RFC 3454 table B.1: joiners, selectors and hyphenation marks that vanish.
const DROPPED: RegExp = charsOf(
  '\\u00ad \\u034f \\u1806 \\u180b-\\u180d \\u200b-\\u200d \\u2060 \\ufe00-\\ufe0f \\ufeff',
)
// RFC 3454 tables C.1.2 to C.9: spaces, controls, private use, noncharacters, surrogates, tags.
const PROHIBITED: RegExp = charsOf(
  '\\u0080-\\u00a0 \\u0340 \\u0341 \\u06dd \\u070f \\u1680 \\u180e \\u2000-\\u200f' +
    ' \\u2028-\\u202f \\u205f-\\u2063 \\u206a-\\u206f \\u2ff0-\\u2ffb \\u3000 \\ud800-\\udfff' +
    ' \\ue000-\\uf8ff \\ufdd0-\\ufdef \\ufeff \\ufff9-\\uffff \\u{1d173}-\\u{1d17a} \\u{e0001}' +
    ' \\u{e0020}-\\u{e007f} \\u{f0000}-\\u{10ffff}',
)

function charsOf(ranges: string): RegExp {
  return new RegExp(`[${ranges.replaceAll(' ', '')}]`, 'u')
}

/**
 * A host name in ASCII.
 *
 * @throws ValueError when a label is empty, too long or holds a character no name can hold.
 */
export function idnaEncode(host: string): string {
  if (isAscii(host)) {
    const labels = host.split('.')
    const last = labels.pop() ?? ''
    for (const label of labels) checkLength(label)
    // An empty last label is the dot of a fully qualified name.
    if (last !== '') checkLength(last)
    return host
  }
  const labels = host.split(DOTS)
  const qualified = labels.at(-1) === ''
  if (qualified) labels.pop()
  return labels.map(labelToAscii).join('.') + (qualified ? '.' : '')
}

/** A host name with its `xn--` labels decoded; what cannot be decoded is kept. */
export function idnaDecode(host: string): string {
  return host.includes(PREFIX) ? host.split('.').map(labelToUnicode).join('.') : host
}

function labelToAscii(label: string): string {
  const prepared = isAscii(label) ? label : nameprep(label)
  if (isAscii(prepared)) return checkLength(prepared)
  if (prepared.startsWith(PREFIX)) throw new ValueError('Label starts with ACE prefix')
  return checkLength(PREFIX + punycodeEncode(prepared))
}

function labelToUnicode(label: string): string {
  if (!label.startsWith(PREFIX)) return label
  const decoded = punycodeDecode(label.slice(PREFIX.length))
  if (decoded === null) return label
  try {
    // Two spellings of one name would be a way to slip past a comparison.
    return labelToAscii(decoded) === label.toLowerCase() ? decoded : label
  } catch {
    return label
  }
}

/** RFC 3491: folds case and width and refuses what a name cannot hold. */
function nameprep(label: string): string {
  let mapped = ''
  for (const char of label) if (!DROPPED.test(char)) mapped += fold(char)
  const prepared = mapped.normalize('NFKC')
  if (PROHIBITED.test(prepared)) throw new ValueError(`Invalid character in '${label}'`)
  return prepared
}

// RFC 3454 table B.2: case folding that is stable under NFKC.
function fold(char: string): string {
  const once = foldCase(char)
  const again = Array.from(once.normalize('NFKC'), foldCase).join('')
  const normal = again.normalize('NFKC')
  return once.normalize('NFKC') === normal ? once : normal
}

function foldCase(char: string): string {
  const lower = char.toLowerCase()
  if (lower !== char) return lower
  // Final sigma and the iota below a letter fold to the plain letters.
  if (char === '\u03c2') return '\u03c3'
  if (char === '\u0345') return '\u03b9'
  const upper = char.toUpperCase()
  // `ß` and the ligatures have no lower case of their own: only their capitals show it.
  return Array.from(upper).length > 1 ? upper.toLowerCase() : char
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

function checkLength(label: string): string {
  if (label.length === 0 || label.length > 63) throw new ValueError('label empty or too long')
  return label
}
