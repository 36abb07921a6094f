import { sql } from 'kysely'
import type { ReflectedColumn, SchemaSource } from '../reflection/reflected.ts'
import { rowsOf } from '../reflection/run.ts'
import { canonicalType } from '../reflection/type-spec.ts'
import { DdlWriter } from './ddl.ts'
import { fullName, type Operation, type TableName } from './operations.ts'

const WIDTHS: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  integer: 4,
  bigint: 8,
}

const base = (type: string): string => /^[a-z0-9 ]+/.exec(type)?.[0].trim() ?? type

const numbersIn = (type: string): number[] => (type.match(/\d+/g) ?? []).map(Number)

/** Kinds of types whose values always fit into text. */
const TEXTS = new Set(['text', 'longtext', 'mediumtext', 'clob'])

/** Whether values of the old type may not fit the new one. */
function narrows(before: string, after: string): boolean {
  const [from, to] = [base(before), base(after)]
  const [oldSize, newSize] = [WIDTHS[from], WIDTHS[to]]
  if (oldSize !== undefined && newSize !== undefined) return newSize < oldSize
  if (TEXTS.has(to)) return false
  if (from === to) {
    const [a = [], b = []] = [numbersIn(before), numbersIn(after)]
    if (b.length === 0) return false
    if (a.length === 0) return true
    // Of numeric(p, s): the digits before the point, and those behind it.
    const whole = (list: number[]): number => (list[0] ?? 0) - (list[1] ?? 0)
    return whole(b) < whole(a) || (b[1] ?? 0) < (a[1] ?? 0)
  }
  return true
}

/** Finds out what an upgrade may lose or fail at. */
export class DangerFinder {
  readonly #source: SchemaSource
  readonly #ddl: DdlWriter
  readonly #rowCounts = new Map<string, boolean>()

  constructor(source: SchemaSource) {
    this.#source = source
    this.#ddl = new DdlWriter(source.dialect)
  }

  /** A line for each danger. The database is asked whether rows are concerned. */
  async find(operations: readonly Operation[]): Promise<string[]> {
    const warnings: string[] = []
    for (const operation of operations) warnings.push(...(await this.#of(operation)))
    return warnings
  }

  async #has(table: TableName, condition: string): Promise<boolean> {
    const [row] = await rowsOf(
      this.#source,
      sql`SELECT 1 AS found FROM ${sql.raw(this.#ddl.table(table))}
        ${sql.raw(condition)} LIMIT 1`,
    )
    return row !== undefined
  }

  async #isFilled(table: TableName): Promise<boolean> {
    const key = fullName(table)
    let filled = this.#rowCounts.get(key)
    if (filled === undefined) {
      filled = await this.#has(table, '')
      this.#rowCounts.set(key, filled)
    }
    return filled
  }

  async #of(operation: Operation): Promise<string[]> {
    switch (operation.kind) {
      case 'dropTable': {
        const filled = await this.#isFilled(operation.table)
        return [`drops table '${fullName(operation.table)}'${filled ? ' and the rows in it' : ''}`]
      }
      case 'dropColumn': {
        const { table, column } = operation
        if (column.computed) return []
        const filled = await this.#isFilled(table)
        return [
          `drops column '${fullName(table)}.${column.name}'${filled ? ' and its values' : ''}`,
        ]
      }
      case 'addColumn':
        return this.#addColumn(operation.table, operation.column)
      case 'alterColumn':
        return this.#alterColumn(operation)
      case 'addConstraint':
        return operation.type === 'unique' || operation.type === 'primary'
          ? this.#unique(operation.table, operation.constraint.columns)
          : []
      case 'createIndex': {
        const { table, index } = operation
        const columns = index.terms.map(({ column }) => column)
        if (!index.unique || columns.includes(null)) return []
        return this.#unique(table, columns as string[])
      }
      case 'alterEnum': {
        const { before, after } = operation
        const gone = before.labels.filter((label) => !after.labels.includes(label))
        if (gone.length === 0) return []
        return [
          `takes ${gone.map((label) => `'${label}'`).join(', ')} out of enum '${before.name}'`,
        ]
      }
      default:
        return []
    }
  }

  async #addColumn(table: TableName, column: ReflectedColumn): Promise<string[]> {
    const filled =
      column.nullable || column.default !== null || column.computed || column.autoincrement
    if (filled || !(await this.#isFilled(table))) return []
    return [
      `adds NOT NULL column '${fullName(table)}.${column.name}' without a server default to a table` +
        ' that has rows: give it a serverDefault, or fill it before it becomes NOT NULL',
    ]
  }

  async #alterColumn({
    table,
    before,
    after,
    parts,
  }: Operation & { kind: 'alterColumn' }): Promise<string[]> {
    const name = `'${fullName(table)}.${after.name}'`
    const warnings: string[] = []
    if (parts.includes('type')) {
      const [from, to] = [before, after].map(({ ddlType }) =>
        canonicalType(ddlType, this.#source.dialect),
      ) as [string, string]
      if (narrows(from, to)) {
        warnings.push(
          `changes the type of ${name} from ${before.ddlType} to ${after.ddlType}: values may not fit`,
        )
      }
    }
    if (parts.includes('nullable') && !after.nullable) {
      const column = this.#ddl.name(before.name)
      if (await this.#has(table, `WHERE ${column} IS NULL`)) {
        warnings.push(`makes ${name} NOT NULL, and there are rows with NULL in it`)
      }
    }
    return warnings
  }

  async #unique(table: TableName, columns: readonly string[]): Promise<string[]> {
    const names = this.#ddl.names(columns)
    try {
      const filter = columns.map((column) => `${this.#ddl.name(column)} IS NOT NULL`).join(' AND ')
      const doubled = await this.#has(
        table,
        `WHERE ${filter} GROUP BY ${names} HAVING count(*) > 1`,
      )
      if (!doubled) return []
    } catch {
      // A column that this very revision adds.
      return []
    }
    return [
      `makes (${columns.join(', ')}) of '${fullName(table)}' unique, and there are rows with the same values`,
    ]
  }
}
