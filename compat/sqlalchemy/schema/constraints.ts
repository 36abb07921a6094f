import type { Expression } from 'kysely'
import { ArgumentError } from '../errors.ts'
import { binary, joined, literalNode, parens, referenceNode } from '../expression/nodes.ts'
import type { TypeCheck, TypeDialect } from '../types/type-engine.ts'
import { Column } from './column.ts'
import { ForeignKey, type ForeignKeyOptions, type ForeignKeyTarget } from './foreign-key.ts'
import type { Table } from './table.ts'

/** Options all constraints have. */
export interface ConstraintOptions {
  readonly name?: string
  readonly deferrable?: boolean
  readonly initially?: 'DEFERRED' | 'IMMEDIATE'
  readonly info?: Record<string, unknown>
}

/** A column of the table: itself, its key, or (in a model's class body) the column that will be. */
export type ColumnReference = string | Column | { readonly column: Column }

/** A constraint of a table. `name` is the one given; `schema/naming.ts` tells the one used. */
export abstract class Constraint {
  name: string | null
  readonly deferrable: boolean | null
  readonly initially: string | null
  readonly info: Record<string, unknown>
  table: Table | null = null
  abstract readonly kind: 'pk' | 'uq' | 'ck' | 'fk'

  constructor(options: ConstraintOptions = {}) {
    this.name = options.name ?? null
    this.deferrable = options.deferrable ?? null
    this.initially = options.initially ?? null
    this.info = options.info ?? {}
  }

  /** @internal Called by the table that takes the constraint in. */
  attachTo(table: Table): void {
    this.table = table
  }

  /** The columns it is about; empty for a check. */
  get columns(): readonly Column[] {
    return []
  }
}

/** A constraint over named columns. */
abstract class ColumnsConstraint extends Constraint {
  readonly #references: readonly ColumnReference[]
  #columns: readonly Column[] = []

  constructor(references: readonly ColumnReference[], options?: ConstraintOptions) {
    super(options)
    this.#references = references
  }

  override get columns(): readonly Column[] {
    return this.#columns
  }

  override attachTo(table: Table): void {
    super.attachTo(table)
    this.#columns = this.#references.map((reference) => resolveColumn(reference, table, this))
  }
}

/** PRIMARY KEY over the given columns. A table makes its own when it is given none. */
export class PrimaryKeyConstraint extends ColumnsConstraint {
  readonly kind = 'pk'

  constructor(...args: [...ColumnReference[]] | [...ColumnReference[], ConstraintOptions]) {
    const [references, options] = splitOptions<ConstraintOptions>(args)
    super(references, options)
  }

  override attachTo(table: Table): void {
    super.attachTo(table)
    for (const column of this.columns) {
      column.primaryKey = true
      if (column.options.nullable === undefined) column.nullable = false
    }
  }

  /**
   * The column the database numbers by itself, if there is one.
   * @throws {ArgumentError} when `autoincrement: true` is on a column that cannot be numbered.
   */
  get autoincrementColumn(): Column | null {
    return autoincrementColumn(this.columns)
  }
}

/** UNIQUE over the given columns. */
export class UniqueConstraint extends ColumnsConstraint {
  readonly kind = 'uq'

  constructor(...args: [...ColumnReference[]] | [...ColumnReference[], ConstraintOptions]) {
    const [references, options] = splitOptions<ConstraintOptions>(args)
    super(references, options)
  }
}

/** CHECK: SQL text written by the programmer, or an expression. */
export class CheckConstraint extends Constraint {
  readonly kind = 'ck'
  readonly sqltext: string | Expression<unknown>

  constructor(sqltext: string | Expression<unknown>, options?: ConstraintOptions) {
    super(options)
    this.sqltext = sqltext
  }
}

/** The CHECK of a type: Boolean's and Enum's, where they asked for one. */
export class TypeCheckConstraint extends CheckConstraint {
  /** Whether the database needs it. */
  readonly appliesTo: (dialect: TypeDialect) => boolean

  constructor(column: Column, check: TypeCheck) {
    const values = check.values.map(literalNode)
    super(
      {
        expressionType: undefined,
        toOperationNode: () =>
          binary(referenceNode(null, column.name), 'in', parens(joined(values))),
      },
      check.name === null ? {} : { name: check.name },
    )
    this.appliesTo = (dialect) => check.appliesTo(dialect)
  }
}

/** FOREIGN KEY over one or more columns. */
export class ForeignKeyConstraint extends ColumnsConstraint {
  readonly kind = 'fk'
  readonly elements: readonly ForeignKey[]
  readonly options: ForeignKeyOptions
  readonly #own: boolean

  /** @throws {ArgumentError} when the two lists differ in length. */
  constructor(
    columns: readonly ColumnReference[],
    refcolumns: readonly (ForeignKeyTarget | ForeignKey)[],
    options: ForeignKeyOptions = {},
  ) {
    super(columns, options)
    if (columns.length !== refcolumns.length) {
      throw new ArgumentError(
        'ForeignKeyConstraint number of constrained columns must match the number of referenced columns.',
      )
    }
    this.options = options
    // A column's own key comes in as it is; the others are made here.
    this.#own = !refcolumns.every((target) => target instanceof ForeignKey)
    this.elements = refcolumns.map((target) =>
      target instanceof ForeignKey ? target : new ForeignKey(target, options),
    )
    for (const element of this.elements) element.constraint = this
  }

  override attachTo(table: Table): void {
    super.attachTo(table)
    if (!this.#own) return
    this.elements.forEach((element, index) => {
      const column = this.columns[index] as Column
      element.parent = column
      ;(column.foreignKeys as ForeignKey[]).push(element)
    })
  }

  /** The key of the table referred to, without that table having to be there. */
  get referredTableKey(): string {
    return this.elements[0]?.targetTable ?? ''
  }

  /** The table referred to. Errors as {@link ForeignKey.column}. */
  get referredTable(): Table {
    return this.elements[0]?.column.table as Table
  }

  /** The action of ON DELETE, in capitals, or null. */
  get ondelete(): string | null {
    return this.options.ondelete?.toUpperCase() ?? null
  }

  /** The action of ON UPDATE, in capitals, or null. */
  get onupdate(): string | null {
    return this.options.onupdate?.toUpperCase() ?? null
  }
}

function splitOptions<O extends object>(
  args: readonly (ColumnReference | O)[],
): [ColumnReference[], O | undefined] {
  const last = args.at(-1)
  const plain =
    typeof last === 'object' && last !== null && Object.getPrototypeOf(last) === Object.prototype
  if (plain && !('column' in last)) return [args.slice(0, -1) as ColumnReference[], last as O]
  return [args as ColumnReference[], undefined]
}

/** The table's own column that is meant. */
export function resolveColumn(reference: ColumnReference, table: Table, owner: object): Column {
  if (typeof reference === 'string') {
    const column = table.c[reference] ?? table.columnNamed(reference)
    if (column) return column
    throw new ArgumentError(
      `Can't create ${owner.constructor.name} on table '${table.fullname}': no column named '${reference}' is present.`,
    )
  }
  const column = reference instanceof Column ? reference : reference.column
  // A mixin's column was copied for this table: the copy has the name.
  return column.table === table ? column : (table.c[column.key] ?? column)
}

function autoincrementColumn(columns: readonly Column[]): Column | null {
  const forced = columns.find((column) => column.autoincrement === true)
  if (forced) {
    if (!isIntegerType(forced)) {
      throw new ArgumentError(
        `Column type ${forced.type} on column '${forced}' is not compatible with autoincrement=True`,
      )
    }
    return forced
  }
  const [only] = columns
  if (columns.length !== 1 || !only) return null
  if (only.autoincrement === false || !isIntegerType(only)) return null
  if (only.foreignKeys.length > 0 && only.autoincrement !== 'ignore_fk') return null
  if (only.default !== undefined || only.serverDefault !== undefined || only.computed) return null
  return only
}

function isIntegerType(column: Column): boolean {
  if (!column.typed && column.foreignKeys.length > 0) return column.autoincrement !== 'auto'
  return column.type.affinity === 'integer'
}
