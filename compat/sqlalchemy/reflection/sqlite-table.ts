import { type Token, tokenize } from './sqlite-tokens.ts'

/** A clause of a CREATE TABLE statement, with its text as it was written. */
export interface TableClause {
  readonly kind:
    | 'primary key'
    | 'unique'
    | 'check'
    | 'foreign key'
    | 'not null'
    | 'null'
    | 'default'
    | 'collate'
    | 'generated'
  readonly name: string | null
  /** Without `CONSTRAINT name`. */
  readonly text: string
  readonly columns: readonly string[]
  /** Of CHECK and GENERATED: what stands in the parentheses. Of DEFAULT: the value. */
  readonly expression: string | null
  readonly references: ForeignReference | null
}

/** The REFERENCES part of a foreign key. */
export interface ForeignReference {
  readonly table: string
  /** Empty: the other table's primary key. */
  readonly columns: readonly string[]
  readonly onDelete: string | null
  readonly onUpdate: string | null
  readonly deferrable: boolean
  readonly initiallyDeferred: boolean
}

export interface ColumnClause {
  readonly name: string
  readonly type: string
  readonly clauses: readonly TableClause[]
}

/** A CREATE TABLE statement taken apart. */
export interface CreateTable {
  readonly columns: readonly ColumnClause[]
  readonly constraints: readonly TableClause[]
  /** What stands behind the closing parenthesis: STRICT, WITHOUT ROWID. */
  readonly options: string
}

const COLUMN_STARTS = new Set(
  'CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS'.split(' '),
)
const TABLE_STARTS = new Set('CONSTRAINT PRIMARY UNIQUE CHECK FOREIGN'.split(' '))

/** Reads the clauses of one part of the statement, token by token. */
class Reader {
  readonly #sql: string
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(sql: string, tokens: readonly Token[]) {
    this.#sql = sql
    this.#tokens = tokens
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  isWord(...words: string[]): boolean {
    const token = this.peek()
    return token?.kind === 'word' && words.includes(token.value)
  }

  takeWord(...words: string[]): boolean {
    if (!this.isWord(...words)) return false
    this.#at++
    return true
  }

  next(): Token {
    const token = this.#tokens[this.#at++]
    if (!token) throw new SyntaxError(`Unexpected end of: ${this.#sql}`)
    return token
  }

  name(): string {
    const token = this.next()
    return token.kind === 'word' ? this.#sql.slice(token.start, token.end) : token.value
  }

  /** Text from one token to the one before the present one. */
  textSince(start: number): string {
    const first = this.#tokens[start]
    const last = this.#tokens[this.#at - 1]
    return first && last && this.#at > start ? this.#sql.slice(first.start, last.end) : ''
  }

  get position(): number {
    return this.#at
  }

  /** A parenthesis and all that is in it: its tokens. */
  group(): { text: string; tokens: readonly Token[] } {
    const open = this.next()
    const first = this.#at
    for (let depth = 1; depth > 0; ) {
      const token = this.next()
      if (token.kind !== 'sign') continue
      if (token.value === '(') depth++
      else if (token.value === ')') depth--
    }
    const close = this.#tokens[this.#at - 1] as Token
    return {
      text: this.#sql.slice(open.end, close.start).trim(),
      tokens: this.#tokens.slice(first, this.#at - 1),
    }
  }

  get atGroup(): boolean {
    const token = this.peek()
    return token?.kind === 'sign' && token.value === '('
  }

  conflict(): void {
    if (this.takeWord('ON')) {
      this.next()
      this.next()
    }
  }

  columns(): string[] {
    if (!this.atGroup) return []
    const { tokens } = this.group()
    const names: string[] = []
    let fresh = true
    for (const token of tokens) {
      if (fresh) {
        names.push(token.kind === 'word' ? this.#sql.slice(token.start, token.end) : token.value)
      }
      fresh = token.kind === 'sign' && token.value === ','
    }
    return names
  }

  reference(): ForeignReference {
    const table = this.name()
    const columns = this.columns()
    let onDelete: string | null = null
    let onUpdate: string | null = null
    let deferrable = false
    let initiallyDeferred = false
    for (;;) {
      if (this.takeWord('ON')) {
        const which = this.next().value
        let action = this.next().value
        if (action === 'SET' || action === 'NO') action += ` ${this.next().value}`
        if (action === 'NO ACTION') continue
        if (which === 'DELETE') onDelete = action
        else onUpdate = action
      } else if (this.takeWord('MATCH')) this.next()
      else if (this.isWord('NOT') && this.#tokens[this.#at + 1]?.value === 'DEFERRABLE') {
        this.#at += 2
        if (this.takeWord('INITIALLY')) this.next()
      } else if (this.takeWord('DEFERRABLE')) {
        deferrable = true
        if (this.takeWord('INITIALLY')) initiallyDeferred = this.next().value === 'DEFERRED'
      } else break
    }
    return { table, columns, onDelete, onUpdate, deferrable, initiallyDeferred }
  }
}

/** Reads one clause of a column (with the column's name) or of the table (null). */
function readClause(reader: Reader, column: string | null): TableClause {
  const name = reader.takeWord('CONSTRAINT') ? reader.name() : null
  const start = reader.position
  const own = column === null ? [] : [column]
  const clause = (
    kind: TableClause['kind'],
    more: Partial<Pick<TableClause, 'columns' | 'expression' | 'references'>> = {},
  ): TableClause => ({
    kind,
    name,
    text: reader.textSince(start),
    columns: own,
    expression: null,
    references: null,
    ...more,
  })
  if (reader.takeWord('PRIMARY')) {
    reader.next()
    const columns = column === null ? reader.columns() : own
    reader.takeWord('ASC', 'DESC')
    reader.conflict()
    reader.takeWord('AUTOINCREMENT')
    return clause('primary key', { columns })
  }
  if (reader.takeWord('NOT')) {
    reader.next()
    reader.conflict()
    return clause('not null')
  }
  if (reader.takeWord('NULL')) {
    reader.conflict()
    return clause('null')
  }
  if (reader.takeWord('UNIQUE')) {
    const columns = column === null ? reader.columns() : own
    reader.conflict()
    return clause('unique', { columns })
  }
  if (reader.takeWord('CHECK')) {
    const { text } = reader.group()
    reader.conflict()
    return clause('check', { expression: text })
  }
  if (reader.takeWord('DEFAULT')) {
    const from = reader.position
    if (reader.atGroup) reader.group()
    else if (['+', '-'].includes(reader.next().value)) reader.next()
    return clause('default', { expression: reader.textSince(from) })
  }
  if (reader.takeWord('COLLATE')) {
    return clause('collate', { expression: reader.name() })
  }
  if (reader.isWord('GENERATED', 'AS')) {
    if (reader.takeWord('GENERATED')) reader.next()
    reader.takeWord('AS')
    const { text } = reader.group()
    reader.takeWord('STORED', 'VIRTUAL')
    return clause('generated', { expression: text })
  }
  if (reader.takeWord('FOREIGN')) {
    reader.next()
    const columns = reader.columns()
    reader.takeWord('REFERENCES')
    return clause('foreign key', { columns, references: reader.reference() })
  }
  if (reader.takeWord('REFERENCES')) {
    return clause('foreign key', { references: reader.reference() })
  }
  throw new SyntaxError(`Unexpected "${reader.next().value}" in a CREATE TABLE statement`)
}

function readColumn(reader: Reader): ColumnClause {
  const name = reader.name()
  const start = reader.position
  while (!reader.done && !reader.isWord(...COLUMN_STARTS)) {
    if (reader.atGroup) reader.group()
    else reader.next()
  }
  const type = reader.textSince(start)
  const clauses: TableClause[] = []
  while (!reader.done) clauses.push(readClause(reader, name))
  return { name, type, clauses }
}

/** Splits tokens at the commas outside of parentheses. */
function splitParts(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'sign') {
      if (token.value === '(') depth++
      else if (token.value === ')') depth--
      else if (token.value === ',' && depth === 0) {
        parts.push([])
        continue
      }
    }
    parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

/**
 * Takes apart a CREATE TABLE statement of `sqlite_master`, which SQLite keeps up to date.
 * Errors: `SyntaxError` for one that cannot be read, as of a virtual table.
 */
export function parseCreateTable(sql: string): CreateTable {
  const tokens = tokenize(sql)
  const open = tokens.findIndex(({ kind, value }) => kind === 'sign' && value === '(')
  if (open === -1) throw new SyntaxError(`No list of columns in: ${sql}`)
  const outer = new Reader(sql, tokens.slice(open))
  const { tokens: inner } = outer.group()
  const options: string = outer.done ? '' : sql.slice((outer.peek() as Token).start).trim()
  const columns: ColumnClause[] = []
  const constraints: TableClause[] = []
  for (const part of splitParts(inner)) {
    const reader = new Reader(sql, part)
    // A column may be called "check" in quotes; a bare word at the start is a constraint.
    if (!reader.isWord(...TABLE_STARTS)) columns.push(readColumn(reader))
    // The commas between table constraints are optional in SQLite.
    else while (!reader.done) constraints.push(readClause(reader, null))
  }
  return { columns, constraints, options }
}
