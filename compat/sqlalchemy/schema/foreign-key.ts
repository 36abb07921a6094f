import { ArgumentError, NoReferencedColumnError, NoReferencedTableError } from '../errors.ts'
import { ColumnElement } from '../expression/element.ts'
import type { Column } from './column.ts'
import type { ForeignKeyConstraint } from './constraints.ts'

/** `ON DELETE` and `ON UPDATE` actions. */
export type ReferentialAction = 'CASCADE' | 'SET NULL' | 'SET DEFAULT' | 'RESTRICT' | 'NO ACTION'

/** Options of a foreign key, as SQLAlchemy's keyword arguments. */
export interface ForeignKeyOptions {
  readonly name?: string
  readonly onupdate?: ReferentialAction | Lowercase<ReferentialAction>
  readonly ondelete?: ReferentialAction | Lowercase<ReferentialAction>
  readonly deferrable?: boolean
  readonly initially?: 'DEFERRED' | 'IMMEDIATE'
  /** Adds the constraint by ALTER TABLE once all tables exist. */
  readonly useAlter?: boolean
  readonly info?: Record<string, unknown>
}

/** What a foreign key points at: `'table.column'`, a column, or a function that gives the column. */
export type ForeignKeyTarget = string | Column | (() => unknown)

/** The column's reference to a column of another table. */
export class ForeignKey {
  readonly options: ForeignKeyOptions
  /** The column that refers; set when the column gets the key. */
  parent: Column | null = null
  /** The constraint it is part of; set when the column comes to a table. */
  constraint: ForeignKeyConstraint | null = null
  readonly #target: ForeignKeyTarget
  #column: Column | null = null

  constructor(target: ForeignKeyTarget, options: ForeignKeyOptions = {}) {
    if (typeof target === 'string' && !target.includes('.')) {
      throw new ArgumentError(`Invalid foreign key column specification: ${target}`)
    }
    this.#target = target
    this.options = options
  }

  /** The target as text: `user.id`, `accounts.user.id` with a schema. */
  get targetFullname(): string {
    if (typeof this.#target === 'string') return this.#target
    const { column } = this
    return `${column.table?.fullname}.${column.key}`
  }

  /** The key of the target's table in the metadata. */
  get targetTable(): string {
    return this.#spec()[0]
  }

  /** The name of the target's column, before the table needs to be there. */
  get targetColumn(): string {
    return this.#spec()[1]
  }

  /**
   * The column referred to.
   * @throws {NoReferencedTableError} when the metadata has no such table (yet).
   * @throws {NoReferencedColumnError} when the table has no such column.
   */
  get column(): Column {
    this.#column ??= this.#resolve()
    return this.#column
  }

  /** Whether the key points into the table. */
  references(table: { readonly metadata: unknown; readonly fullname: string }): boolean {
    if (typeof this.#target !== 'string') return this.column.table === (table as unknown)
    return this.targetTable === table.fullname
  }

  /** A key of its own for another column: mixins give one to each model. */
  copy(): ForeignKey {
    return new ForeignKey(this.#target, this.options)
  }

  #spec(): [table: string, column: string] {
    if (typeof this.#target !== 'string') {
      const { column } = this
      return [column.table?.fullname ?? '', column.name]
    }
    const dot = this.#target.lastIndexOf('.')
    return [this.#target.slice(0, dot), this.#target.slice(dot + 1)]
  }

  #resolve(): Column {
    const target = typeof this.#target === 'function' ? columnOf(this.#target()) : this.#target
    if (typeof target !== 'string') {
      if (!target.table) {
        throw new ArgumentError(`ForeignKey's target column '${target.name}' has no table`)
      }
      return target
    }
    const [tableKey, name] = this.#spec()
    const from = this.parent?.table
    if (!from) {
      throw new ArgumentError(
        'this ForeignKey object does not yet have a parent Column associated with it.',
      )
    }
    const table = from.metadata.find(tableKey)
    if (!table) {
      throw new NoReferencedTableError(
        `Foreign key associated with column '${from.fullname}.${this.parent?.name}' could not find ` +
          `table '${tableKey}' with which to generate a foreign key to target column '${name}'`,
        tableKey,
      )
    }
    const column = table.columnNamed(name)
    if (!column) {
      throw new NoReferencedColumnError(
        `Could not initialize target column for ForeignKey '${this.targetFullname}' on table ` +
          `'${from.name}': table '${table.name}' has no column named '${name}'`,
        table.name,
        name,
      )
    }
    return column
  }
}

function columnOf(value: unknown): Column {
  // A model's attribute stands for its column: whatever carries one as `column` will do.
  const column = isColumn(value)
    ? value
    : (value as { column?: unknown } | null | undefined)?.column
  if (isColumn(column)) return column
  throw new ArgumentError("ForeignKey's function must return a Column")
}

// The class itself is above this file.
function isColumn(value: unknown): value is Column {
  return value instanceof ColumnElement && 'foreignKeys' in value && 'primaryKey' in value
}
