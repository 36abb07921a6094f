import type { CreateTable, TableClause } from '../reflection/sqlite-table.ts'
import { CommandError } from './errors.ts'

/** A column while its table is being changed. */
interface DraftColumn {
  name: string
  /** The name it is copied from; null for a new one and for a computed one. */
  source: string | null
  type: string
  clauses: TableClause[]
}

/** A constraint to be found: by its name, or by kind and columns. */
export interface ConstraintSearch {
  readonly name: string | null
  readonly kind?: 'unique' | 'primary key' | 'foreign key' | 'check'
  readonly columns?: readonly string[]
  readonly matches?: (clause: TableClause) => boolean
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, at) => same(name, b[at] as string))

const newClause = (kind: TableClause['kind'], text: string): TableClause => ({
  kind,
  text,
  name: null,
  columns: [],
  expression: null,
  references: null,
})

function clauseSql({ name, text }: TableClause): string {
  return name === null ? text : `CONSTRAINT ${quoteName(name)} ${text}`
}

/** Changes to a column: what is left out stays. */
export interface ColumnChange {
  readonly type?: string
  readonly nullable?: boolean
  /** null takes the default away */
  readonly default?: string | null
}

/**
 * A CREATE TABLE statement being edited clause by clause; what is not touched keeps the text it
 * was written with, collations and conflict clauses included.
 */
export class TableDraft {
  readonly #columns: DraftColumn[]
  readonly #constraints: TableClause[]
  readonly #added: string[] = []
  readonly #options: string

  constructor(table: CreateTable) {
    this.#columns = table.columns.map(({ name, type, clauses }) => ({
      name,
      type,
      clauses: [...clauses],
      source: clauses.some(({ kind }) => kind === 'generated') ? null : name,
    }))
    this.#constraints = [...table.constraints]
    this.#options = table.options
  }

  #find(name: string): DraftColumn {
    const column = this.#columns.find((other) => same(other.name, name))
    if (!column) throw new CommandError(`No such column: ${name}`)
    return column
  }

  /** Adds a column by its text: `"name" VARCHAR(80) NOT NULL`. */
  addColumn(definition: string): void {
    this.#columns.push({ name: '', source: null, type: definition, clauses: [] })
  }

  dropColumn(name: string): void {
    const column = this.#find(name)
    this.#columns.splice(this.#columns.indexOf(column), 1)
    // A key over a column that is gone goes with it, as the other databases have it.
    for (const clause of [...this.#constraints]) {
      if (clause.columns.some((other) => same(other, name))) {
        this.#constraints.splice(this.#constraints.indexOf(clause), 1)
      }
    }
  }

  alterColumn(name: string, change: ColumnChange): void {
    const column = this.#find(name)
    const without = (...kinds: TableClause['kind'][]): TableClause[] =>
      column.clauses.filter(({ kind }) => !kinds.includes(kind))
    if (change.type !== undefined) {
      column.type = change.type
      if (/\bcollate\b/i.test(change.type)) column.clauses = without('collate')
    }
    if (change.nullable !== undefined) {
      column.clauses = without('not null', 'null')
      if (!change.nullable) column.clauses.push(newClause('not null', 'NOT NULL'))
    }
    if (change.default !== undefined) {
      column.clauses = without('default')
      if (change.default !== null) {
        column.clauses.unshift(newClause('default', `DEFAULT ${change.default}`))
      }
    }
  }

  /** Adds a constraint by its text: `CONSTRAINT "uq" UNIQUE ("a")`. */
  addConstraint(definition: string): void {
    this.#added.push(definition)
  }

  /** Errors: `CommandError` when there is none. */
  dropConstraint(search: ConstraintSearch): void {
    const fits = (clause: TableClause): boolean => {
      if (!['unique', 'primary key', 'foreign key', 'check'].includes(clause.kind)) return false
      if (search.kind !== undefined && clause.kind !== search.kind) return false
      if (search.name !== null) return clause.name !== null && same(clause.name, search.name)
      if (search.columns && clause.kind !== 'check' && !sameList(clause.columns, search.columns)) {
        return false
      }
      return search.matches?.(clause) ?? search.columns !== undefined
    }
    for (const column of this.#columns) {
      const clause = column.clauses.find(fits)
      if (clause) return void column.clauses.splice(column.clauses.indexOf(clause), 1)
    }
    const clause = this.#constraints.find(fits)
    if (clause) return void this.#constraints.splice(this.#constraints.indexOf(clause), 1)
    throw new CommandError(
      `No such constraint: ${search.name ?? `${search.kind} (${search.columns?.join(', ')})`}`,
    )
  }

  /** The statement under another name. */
  sql(name: string): string {
    const columns = this.#columns.map(({ name: own, type, clauses }) =>
      own === ''
        ? type
        : [quoteName(own), type, ...clauses.map(clauseSql)].filter(Boolean).join(' '),
    )
    const parts = [...columns, ...this.#constraints.map(clauseSql), ...this.#added]
    const options = this.#options === '' ? '' : ` ${this.#options}`
    return `CREATE TABLE ${quoteName(name)} (\n  ${parts.join(',\n  ')}\n)${options}`
  }

  /** The columns whose values are copied. */
  get copied(): string[] {
    return this.#columns.flatMap(({ source }) => source ?? [])
  }
}
