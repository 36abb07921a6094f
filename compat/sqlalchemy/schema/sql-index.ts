import type { Expression } from 'kysely'
import { ColumnElement, type FromSource } from '../expression/element.ts'
import { type Column, Column as ColumnClass } from './column.ts'
import { type ColumnReference, resolveColumn } from './constraints.ts'
import { isSqlExpression } from './default.ts'
import type { Table } from './table.ts'

/** Options of {@link Index}: SQLAlchemy's keyword arguments in camelCase. */
export interface IndexOptions {
  readonly unique?: boolean
  /** A partial index (SQLite and PostgreSQL): SQL text or expression. */
  readonly where?: string | Expression<unknown>
  readonly sqliteWhere?: string | Expression<unknown>
  readonly postgresqlWhere?: string | Expression<unknown>
  /** The index method: `gin`, `hash`. */
  readonly postgresqlUsing?: string
  /** How many characters of a text column are indexed: for all, or by column name. */
  readonly mysqlLength?: number | Readonly<Record<string, number>>
  readonly info?: Record<string, unknown>
}

/** What an index is over: a column, its key, or an SQL expression. */
export type IndexItem = ColumnReference | Expression<unknown>

/** An index of a table; it comes to the table of its columns by itself. */
export class Index {
  name: string | null
  readonly unique: boolean
  readonly options: IndexOptions
  table: Table | null = null
  readonly #items: readonly IndexItem[]
  #expressions: readonly (Column | Expression<unknown>)[] = []

  constructor(name: string | null, ...items: (IndexItem | IndexOptions)[]) {
    const last = items.at(-1)
    const options = isIndexOptions(last) ? last : {}
    this.name = name
    this.options = options
    this.unique = options.unique ?? false
    this.#items = (isIndexOptions(last) ? items.slice(0, -1) : items) as IndexItem[]
    tableAmong(this.#items)?.appendIndex(this)
  }

  /** Columns and expressions in order. */
  get expressions(): readonly (Column | Expression<unknown>)[] {
    return this.#expressions
  }

  /** The plain columns among {@link expressions}. */
  get columns(): readonly Column[] {
    return this.#expressions.filter((item): item is Column => item instanceof ColumnClass)
  }

  /** @internal Called by the table that takes the index in. */
  attachTo(table: Table): void {
    this.table = table
    this.#expressions = this.#items.map((item) =>
      typeof item === 'string' || item instanceof ColumnClass || !isSqlExpression(item)
        ? resolveColumn(item as ColumnReference, table, this)
        : item,
    )
  }
}

/** The table of the columns an index is over, those inside expressions among them. */
function tableAmong(items: readonly IndexItem[]): Table | null {
  for (const item of items) {
    if (!(item instanceof ColumnElement)) continue
    const froms = new Set<FromSource>()
    item.collectFroms(froms)
    for (const from of froms) if ('appendIndex' in from) return from as unknown as Table
  }
  return null
}

function isIndexOptions(item: unknown): item is IndexOptions {
  if (typeof item !== 'object' || item === null) return false
  return Object.getPrototypeOf(item) === Object.prototype && !('column' in item)
}
