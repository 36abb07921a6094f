import { ValueError } from '../../errors/builtins.ts'
import { codePoints, textLength } from '../python/iterate.ts'

const SPACE = '[\\t\\n\\v\\f\\r ]'
const WORD = '[\\p{L}\\p{N}_]'
const PUNCT = '[\\p{L}\\p{N}_!"\'&.,?]'
const LETTER = '[\\p{L}_]'

// Python's TextWrapper.wordsep_re: white space, em-dashes, and words that may break at hyphens.
const CHUNKS = new RegExp(
  `(${SPACE}+` +
    `|(?<=${PUNCT})-{2,}(?=${WORD})` +
    `|[^\\t\\n\\v\\f\\r ]+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})` +
    `|(?=${SPACE}|$)|(?<=${PUNCT})(?=-{2,}${WORD})))`,
  'u',
)
const SIMPLE_CHUNKS = new RegExp(`(${SPACE}+)`)

export interface WrapOptions {
  readonly width: number
  readonly breakLongWords: boolean
  readonly breakOnHyphens: boolean
}

const isBlank = (chunk: string): boolean => chunk.trim() === ''

/** Python's `textwrap.wrap` with tabs and white space kept. Throws ValueError for no width. */
export function wrap(text: string, options: WrapOptions): string[] {
  const { width } = options
  if (width <= 0) throw new ValueError(`invalid width ${width} (must be > 0)`)
  const chunks = text
    .split(options.breakOnHyphens ? CHUNKS : SIMPLE_CHUNKS)
    .filter((chunk) => chunk !== '' && chunk !== undefined)
    .reverse()
  const lines: string[] = []
  while (chunks.length > 0) {
    if (lines.length > 0 && isBlank(chunks.at(-1) as string)) chunks.pop()
    const line: string[] = []
    let size = 0
    while (chunks.length > 0) {
      const length = textLength(chunks.at(-1) as string)
      if (size + length > width) break
      line.push(chunks.pop() as string)
      size += length
    }
    if (chunks.length > 0 && textLength(chunks.at(-1) as string) > width) {
      breakWord(chunks, line, width - size, options)
    }
    if (line.length > 0 && isBlank(line.at(-1) as string)) line.pop()
    if (line.length > 0) lines.push(line.join(''))
  }
  return lines
}

function breakWord(chunks: string[], line: string[], room: number, options: WrapOptions): void {
  if (!options.breakLongWords) {
    if (line.length === 0) line.push(chunks.pop() as string)
    return
  }
  const chunk = codePoints(chunks.at(-1) as string)
  let end = room
  if (options.breakOnHyphens && chunk.length > room) {
    const hyphen = chunk.slice(0, room).lastIndexOf('-')
    if (hyphen > 0 && chunk.slice(0, hyphen).some((char) => char !== '-')) end = hyphen + 1
  }
  line.push(chunk.slice(0, end).join(''))
  chunks[chunks.length - 1] = chunk.slice(end).join('')
}
