import { escapeText } from '../../http/escape.ts'
import { codePoints } from '../python/iterate.ts'

const WORD = '[\\p{L}\\p{N}_]'

const HTTP = new RegExp(
  '^(?:' +
    `(?:https?://|www\\.)(?:(?:[\\p{L}\\p{N}_%-]+\\.)+)?(?:[a-z]{2,63}|xn--[\\p{L}\\p{N}_%]{2,59})` +
    `|(?:[\\p{L}\\p{N}_%-]{2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)` +
    `|(?:https?://)(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[(?:[\\da-f]{0,4}:){2}(?:[\\da-f]{0,4}:?){1,6}\\])` +
    ')(?::\\d{1,5})?(?:[/?#]\\S*)?$',
  'iu',
)
const EMAIL = new RegExp(`^\\S+@${WORD}[\\p{L}\\p{N}_.-]*\\.${WORD}+$`, 'u')

export interface UrlizeOptions {
  readonly trimLimit: number | null
  readonly rel: string | null
  readonly target: string | null
  readonly extraSchemes: readonly string[]
}

const BRACKETS: readonly [string, string][] = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
]

const countOf = (text: string, part: string): number => text.split(part).length - 1

/** Makes links of the addresses in already escaped text (Jinja's `urlize`). */
export function urlize(escapedText: string, options: UrlizeOptions): string {
  const rel = options.rel ? ` rel="${escapeText(options.rel)}"` : ''
  const target = options.target ? ` target="${escapeText(options.target)}"` : ''
  const attributes = rel + target
  return escapedText
    .split(/(\s+)/u)
    .map((word) => linkWord(word, attributes, options))
    .join('')
}

function linkWord(word: string, attributes: string, options: UrlizeOptions): string {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? ''
  let middle = word.slice(head.length)
  let tail = /(?:[)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? ''
  middle = middle.slice(0, middle.length - tail.length)
  // Brackets opened inside the address belong to it, so their ends come back from the tail.
  for (const [open, close] of BRACKETS) {
    const opened = countOf(middle, open)
    if (opened <= countOf(middle, close)) continue
    for (let i = Math.min(opened, countOf(tail, close)); i > 0; i--) {
      const end = tail.indexOf(close) + close.length
      middle += tail.slice(0, end)
      tail = tail.slice(end)
    }
  }
  return head + link(middle, attributes, options) + tail
}

function link(middle: string, attributes: string, options: UrlizeOptions): string {
  if (HTTP.test(middle)) {
    const href = /^https?:\/\//.test(middle) ? middle : `https://${middle}`
    return `<a href="${href}"${attributes}>${trimmed(middle, options.trimLimit)}</a>`
  }
  if (middle.startsWith('mailto:') && EMAIL.test(middle.slice(7))) {
    return `<a href="${middle}">${middle.slice(7)}</a>`
  }
  const isAddress = middle.includes('@') && !/^(?:www\.|@)/.test(middle) && !middle.includes(':')
  if (isAddress && EMAIL.test(middle)) return `<a href="mailto:${middle}">${middle}</a>`
  let out = middle
  for (const scheme of options.extraSchemes) {
    if (out !== scheme && out.startsWith(scheme)) out = `<a href="${out}"${attributes}>${out}</a>`
  }
  return out
}

function trimmed(text: string, limit: number | null): string {
  if (limit === null) return text
  const points = codePoints(text)
  return points.length > limit ? `${points.slice(0, limit).join('')}...` : text
}
