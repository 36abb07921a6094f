import type { OperationNode } from 'kysely'
import { ArgumentError, InvalidRequestError } from '../errors.ts'
import { FromClause } from '../expression/from-clause.ts'
import { tableNode } from '../expression/nodes.ts'
import { Column } from './column.ts'
import {
  Constraint,
  ForeignKeyConstraint,
  PrimaryKeyConstraint,
  TypeCheckConstraint,
  UniqueConstraint,
} from './constraints.ts'
import { type Bind, createTables, type DdlOptions, dropTables } from './ddl/run.ts'
import type { ForeignKey } from './foreign-key.ts'
import type { MetaData } from './metadata.ts'
import { Index } from './sql-index.ts'

/** Options of {@link Table}: SQLAlchemy's keyword arguments in camelCase. */
export interface TableOptions {
  readonly schema?: string | null
  readonly comment?: string
  readonly info?: Record<string, unknown>
  /** Adds columns and options to a table of that name which is there already. */
  readonly extendExisting?: boolean
  /** Gives the table of that name as it is. */
  readonly keepExisting?: boolean
  /** The ENGINE of MySQL. */
  readonly mysqlEngine?: string
  /** The character set of MySQL: `utf8mb4`. */
  readonly mysqlCharset?: string
  readonly mysqlCollate?: string
  /** `AUTOINCREMENT` on SQLite's integer primary key: numbers are never used again. */
  readonly sqliteAutoincrement?: boolean
  readonly sqliteStrict?: boolean
  readonly sqliteWithRowid?: boolean
  /** CREATE TEMPORARY TABLE. */
  readonly temporary?: boolean
}

export type TableItem = Column | Constraint | Index

/** The columns of a table by key. */
export type ColumnCollection = Readonly<Record<string, Column>>

/** A table of the metadata. */
export class Table extends FromClause {
  override readonly name: string
  readonly metadata: MetaData
  readonly schema: string | null
  readonly info: Record<string, unknown>
  /** Constraints in the order they were made; the primary key is always the first. */
  readonly constraints: Constraint[] = []
  readonly indexes: Index[] = []
  readonly primaryKey: PrimaryKeyConstraint
  #options: TableOptions
  readonly #columns: Record<string, Column> = Object.create(null)

  /**
   * @throws {InvalidRequestError} when the metadata has a table of that name already.
   * @throws {ArgumentError} for items that have no place in a table.
   */
  constructor(name: string, metadata: MetaData, ...args: (TableItem | TableOptions)[]) {
    super()
    const [items, options] = splitItems(args)
    this.name = name
    this.metadata = metadata
    this.schema = options.schema === undefined ? metadata.schema : options.schema
    this.info = options.info ?? {}
    this.#options = options
    const existing = metadata.known(this.fullname)
    if (existing && (options.keepExisting || options.extendExisting)) {
      this.primaryKey = existing.primaryKey
      if (options.extendExisting) existing.extend(items, options)
      // biome-ignore lint/correctness/noConstructorReturn: as Python's Table.__new__, which gives the table that is there
      return existing
    }
    if (existing) {
      throw new InvalidRequestError(
        `Table '${this.fullname}' is already defined for this MetaData instance.  Specify ` +
          "'extendExisting: true' to redefine options and columns on an existing Table object.",
      )
    }
    for (const item of items) if (item instanceof Column) this.#addColumn(item)
    this.primaryKey = this.#primaryKey(items)
    this.constraints.push(this.primaryKey)
    this.primaryKey.attachTo(this)
    for (const item of items) if (item instanceof Column) this.#addColumnConstraints(item)
    for (const item of items) if (!(item instanceof Column)) this.#addItem(item)
    metadata.add(this)
  }

  get options(): TableOptions {
    return this.#options
  }

  get comment(): string | null {
    return this.#options.comment ?? null
  }

  /** The name with its schema: `accounts.user`. The key in `metadata.tables`. */
  get fullname(): string {
    return this.schema ? `${this.schema}.${this.name}` : this.name
  }

  /** The table's key in the metadata, as SQLAlchemy names it. */
  get key(): string {
    return this.fullname
  }

  /** The columns by key. */
  override get c(): ColumnCollection {
    return this.#columns
  }

  /** The columns in the order of CREATE TABLE. */
  override get columns(): readonly Column[] {
    return Object.values(this.#columns)
  }

  get foreignKeys(): readonly ForeignKey[] {
    return this.columns.flatMap((column) => column.foreignKeys)
  }

  get foreignKeyConstraints(): readonly ForeignKeyConstraint[] {
    return this.constraints.filter((item) => item instanceof ForeignKeyConstraint)
  }

  /** The column the database numbers by itself, or null. */
  get autoincrementColumn(): Column | null {
    return this.primaryKey.autoincrementColumn
  }

  /** The column by its name in the database, which may differ from its key. */
  columnNamed(name: string): Column | undefined {
    return this.columns.find((column) => column.name === name)
  }

  /** Adds a column: single-table inheritance puts a subclass's columns here. */
  appendColumn(column: Column, options: { replaceExisting?: boolean } = {}): void {
    const existing = this.#columns[column.key]
    if (existing && existing !== column && !options.replaceExisting) {
      throw new ArgumentError(
        `A column with name '${column.key}' is already present in table '${this.name}'.`,
      )
    }
    this.#addColumn(column)
    this.#addColumnConstraints(column)
  }

  appendConstraint(constraint: Constraint): void {
    if (this.constraints.includes(constraint)) return
    this.constraints.push(constraint)
    constraint.attachTo(this)
  }

  appendIndex(index: Index): void {
    if (this.indexes.includes(index)) return
    this.indexes.push(index)
    index.attachTo(this)
  }

  /** Creates the table, its indexes and types. */
  async create(bind: Bind, options: DdlOptions = { checkfirst: false }): Promise<void> {
    await createTables(bind, [this], options)
  }

  /** Drops the table. */
  async drop(bind: Bind, options: DdlOptions = { checkfirst: false }): Promise<void> {
    await dropTables(bind, [this], options)
  }

  override toString(): string {
    return this.fullname
  }

  override toOperationNode(): OperationNode {
    return tableNode(this.name, this.schema)
  }

  /** @internal `extendExisting`. */
  extend(items: readonly TableItem[], options: TableOptions): void {
    this.#options = { ...this.#options, ...options }
    for (const item of items) {
      if (item instanceof Column) this.appendColumn(item, { replaceExisting: true })
      else this.#addItem(item)
    }
  }

  #addColumn(column: Column): void {
    column.attachTo(this)
    this.#columns[column.key] = column
  }

  #addColumnConstraints(column: Column): void {
    for (const foreignKey of column.foreignKeys) {
      if (!foreignKey.constraint) {
        this.appendConstraint(new ForeignKeyConstraint([column], [foreignKey], foreignKey.options))
      }
    }
    if (column.index) this.appendIndex(new Index(null, column, { unique: column.unique }))
    else if (column.unique) this.appendConstraint(new UniqueConstraint(column))
    const check = column.typed ? column.type.check : null
    if (check) this.appendConstraint(new TypeCheckConstraint(column, check))
  }

  #addItem(item: TableItem): void {
    if (item instanceof Index) this.appendIndex(item)
    else if (item instanceof Constraint && !(item instanceof PrimaryKeyConstraint)) {
      this.appendConstraint(item)
    }
  }

  #primaryKey(items: readonly TableItem[]): PrimaryKeyConstraint {
    const given = items.find((item) => item instanceof PrimaryKeyConstraint)
    const keys = this.columns.filter((column) => column.primaryKey)
    return given ?? new PrimaryKeyConstraint(...keys)
  }
}

function splitItems(args: readonly (TableItem | TableOptions)[]): [TableItem[], TableOptions] {
  const items: TableItem[] = []
  let options: TableOptions = {}
  for (const [index, item] of args.entries()) {
    if (item instanceof Column || item instanceof Constraint || item instanceof Index) {
      items.push(item)
    } else if (index === args.length - 1 && typeof item === 'object' && item !== null) {
      options = item as TableOptions
    } else if (item !== undefined && item !== null) {
      throw new ArgumentError(
        `'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got ${String(item)}`,
      )
    }
  }
  return [items, options]
}
