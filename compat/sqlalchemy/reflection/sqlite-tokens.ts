/** A word, a quoted name, a literal or a sign of an SQL text. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'sign'
  /** Words in upper case; names and strings without their quotes; the rest as written. */
  readonly value: string
  readonly start: number
  readonly end: number
}

const PATTERN =
  /(?<space>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<string>'(?:[^']|'')*')|(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<sign>[\s\S])/gu

function unquote(text: string): string {
  const mark = text[0] as string
  if (mark === '[') return text.slice(1, -1)
  return text.slice(1, -1).replaceAll(mark + mark, mark)
}

/** Splits SQL text as SQLite reads it; spaces and comments are left out. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  for (const match of sql.matchAll(PATTERN)) {
    const { groups = {}, index } = match
    const [text] = match
    const end = index + text.length
    if (groups.space !== undefined) continue
    if (groups.name !== undefined) {
      tokens.push({ kind: 'name', value: unquote(text), start: index, end })
    } else if (groups.string !== undefined) {
      tokens.push({ kind: 'string', value: unquote(text), start: index, end })
    } else if (groups.word !== undefined) {
      tokens.push({ kind: 'word', value: text.toUpperCase(), start: index, end })
    } else {
      const kind = groups.number !== undefined ? 'number' : 'sign'
      tokens.push({ kind, value: text, start: index, end })
    }
  }
  return tokens
}
