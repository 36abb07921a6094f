import type {
  ReflectedCheck,
  ReflectedColumn,
  ReflectedIndex,
  ReflectedTable,
  SchemaSource,
} from '../reflection/reflected.ts'
import { canonicalTexts, type TableExpression } from './canonical.ts'
import { normalSql, sameSql } from './sql-text.ts'

/** Two texts, of the models and of the database, that may mean the same. */
interface Pair {
  readonly wanted: string
  readonly live: string
  readonly defaultOf: ReflectedColumn | null
}

/** Collects the pairs whose texts differ; afterwards it knows which of them mean the same. */
class Meanings {
  readonly #dialect: string
  readonly #pairs: Pair[] = []
  readonly #same = new Set<string>()

  constructor(dialect: string) {
    this.#dialect = dialect
  }

  add(wanted: string | null, live: string | null, defaultOf: ReflectedColumn | null = null): void {
    if (wanted === null || live === null || sameSql(wanted, live, this.#dialect)) return
    this.#pairs.push({ wanted, live, defaultOf })
  }

  /** The models' text where both mean the same, else the database's. */
  align(wanted: string | null, live: string | null): string | null {
    if (wanted === null || live === null) return live
    return this.#same.has(JSON.stringify([wanted, live])) ? wanted : live
  }

  async ask(source: SchemaSource, columns: readonly ReflectedColumn[]): Promise<void> {
    if (this.#pairs.length === 0) return
    let expressions: TableExpression[] = this.#pairs.flatMap(({ wanted, live, defaultOf }) => [
      { text: wanted, defaultOf },
      { text: live, defaultOf },
    ])
    // PostgreSQL's answer, asked again, may be spelled differently once more.
    for (let round = 0; round < 3; round++) {
      const texts = await canonicalTexts(source, columns, expressions)
      if (texts === null) return
      this.#note(texts)
      expressions = expressions.map((expression, at) => ({
        ...expression,
        text: stripTest(texts[at] as string, expression),
      }))
    }
  }

  #note(texts: readonly string[]): void {
    this.#pairs.forEach(({ wanted, live }, at) => {
      const [a, b] = texts.slice(at * 2, at * 2 + 2) as [string, string]
      if (normalSql(a, this.#dialect) === normalSql(b, this.#dialect)) {
        this.#same.add(JSON.stringify([wanted, live]))
      }
    })
  }
}

/** Takes the `… IS NULL` off again that made a condition of any value. */
function stripTest(text: string, { defaultOf }: TableExpression): string {
  if (defaultOf !== null) return text
  return text.replace(/^\((.*)\)$/s, '$1').replace(/ is null$/is, '')
}

/** Visits each pair of expressions that stand in the same place of both tables. */
function visitPairs(
  wanted: ReflectedTable,
  live: ReflectedTable,
  visit: (a: string | null, b: string | null, defaultOf: ReflectedColumn | null) => void,
): void {
  for (const column of wanted.columns) {
    const there = live.columns.find(({ name }) => name === column.name)
    if (!there) continue
    if (!column.autoincrement) visit(column.default, there.default, there)
    visit(column.computed?.sqltext ?? null, there.computed?.sqltext ?? null, null)
  }
  for (const check of wanted.checks) {
    for (const other of live.checks) {
      const related = check.name === null || check.name === other.name
      if (related) visit(check.sqltext, other.sqltext, null)
    }
  }
  for (const index of wanted.indexes) {
    const there = live.indexes.find(({ name }) => name === index.name)
    if (!there) continue
    visit(index.where, there.where, null)
    index.terms.forEach((term, at) => {
      visit(term.expression, there.terms[at]?.expression ?? null, null)
    })
  }
}

function aligned(wanted: ReflectedTable, live: ReflectedTable, meanings: Meanings): ReflectedTable {
  const column = (own: ReflectedColumn): ReflectedColumn => {
    const other = wanted.columns.find(({ name }) => name === own.name)
    if (!other) return own
    const sqltext = meanings.align(other.computed?.sqltext ?? null, own.computed?.sqltext ?? null)
    return {
      ...own,
      default: meanings.align(other.default, own.default),
      computed: own.computed && sqltext !== null ? { ...own.computed, sqltext } : own.computed,
    }
  }
  const check = (own: ReflectedCheck): ReflectedCheck => {
    for (const other of wanted.checks) {
      const sqltext = meanings.align(other.sqltext, own.sqltext) as string
      if (sqltext !== own.sqltext) return { ...own, sqltext }
    }
    return own
  }
  const index = (own: ReflectedIndex): ReflectedIndex => {
    const other = wanted.indexes.find(({ name }) => name === own.name)
    if (!other) return own
    return {
      ...own,
      where: meanings.align(other.where, own.where),
      terms: own.terms.map((term, at) => ({
        ...term,
        expression: meanings.align(other.terms[at]?.expression ?? null, term.expression),
      })),
    }
  }
  return {
    ...live,
    columns: live.columns.map(column),
    checks: live.checks.map(check),
    indexes: live.indexes.map(index),
  }
}

/**
 * PostgreSQL and MySQL keep expressions in a spelling of their own. Where a text of the models and
 * one of the database differ, the database is asked whether they mean the same; then the tables
 * that are given back have the models' text.
 */
export async function alignTables(
  source: SchemaSource,
  wanted: readonly ReflectedTable[],
  live: readonly ReflectedTable[],
): Promise<ReflectedTable[]> {
  if (source.dialect.name === 'sqlite') return [...live]
  const tables: ReflectedTable[] = []
  for (const table of live) {
    const model = wanted.find(({ name, schema }) => name === table.name && schema === table.schema)
    if (!model) {
      tables.push(table)
      continue
    }
    const meanings = new Meanings(source.dialect.name)
    visitPairs(model, table, (a, b, defaultOf) => meanings.add(a, b, defaultOf))
    await meanings.ask(source, table.columns)
    tables.push(aligned(model, table, meanings))
  }
  return tables
}
