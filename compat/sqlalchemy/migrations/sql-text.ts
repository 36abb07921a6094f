import { type Token, tokenize } from '../reflection/sqlite-tokens.ts'

/** Whether one pair of parentheses encloses all of the tokens. */
function enclosed(tokens: readonly Token[]): boolean {
  if (tokens[0]?.value !== '(' || tokens.at(-1)?.value !== ')') return false
  let depth = 0
  for (const [at, { kind, value }] of tokens.entries()) {
    if (kind !== 'sign') continue
    if (value === '(') depth++
    else if (value === ')' && --depth === 0) return at === tokens.length - 1
  }
  return false
}

/** Removes PostgreSQL's casts, which it adds to literals: `'x'::character varying(80)[]`. */
const CAST =
  /::(?:"[^"]+"|[a-z_][\w.]*)(?: varying| precision| with(?:out)? time zone)?(?:\(\d+(?:, ?\d+)?\))?(?:\[\])*/gi

const SAME: Readonly<Record<string, string>> = {
  'current_timestamp()': 'current_timestamp',
  'now()': 'current_timestamp',
  'curdate()': 'current_date',
  true: '1',
  false: '0',
}

/**
 * One spelling for SQL expressions that differ in spaces, quotes, case and outer parentheses only.
 * It is for comparing, never for running.
 */
export function normalSql(text: string, dialectName: string): string {
  const plain = dialectName === 'postgresql' ? text.replace(CAST, '') : text
  let tokens = tokenize(plain)
  while (enclosed(tokens)) tokens = tokens.slice(1, -1)
  const normal = tokens
    .map(({ kind, value }) => {
      if (kind === 'string') return `'${value}'`
      return kind === 'number' ? String(Number(value)) : value.toLowerCase()
    })
    .join(' ')
    .replace(/ ?\( ?/g, '(')
    .replace(/ \)/g, ')')
    .replace(/ ?, ?/g, ', ')
    .replace(/< >/g, '<>')
    .replace(/! =/g, '<>')
    .replace(/> =/g, '>=')
    .replace(/< =/g, '<=')
    .replace(/^([-+]) (?=\d)/, '$1')
    .replace(/^'(-?\d+(?:\.\d+)?)'$/, (_whole, digits: string) => String(Number(digits)))
  return SAME[normal] ?? normal
}

/** Whether two expressions, either of which may be absent, say the same. */
export function sameSql(a: string | null, b: string | null, dialectName: string): boolean {
  if (a === null || b === null) return a === b
  return a === b || normalSql(a, dialectName) === normalSql(b, dialectName)
}
