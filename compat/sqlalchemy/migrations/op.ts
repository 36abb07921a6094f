import { type Expression, type Kysely, sql } from 'kysely'
import { renderSql, renderStatement } from '../schema/ddl/compiler.ts'
import { MetaData } from '../schema/metadata.ts'
import { Table, type TableItem, type TableOptions } from '../schema/table.ts'
import type { StatementSink, TableAlterer } from './alterer.ts'
import { BatchOperations } from './batch.ts'
import { bulkInsert } from './bulk-insert.ts'
import { DdlWriter } from './ddl.ts'
import { type DescribedDialect, describeTable, enumsOf } from './describe.ts'
import { EnumChanger } from './enums.ts'
import type { StepJournal } from './journal.ts'
import { MysqlAlterer } from './mysql-alterer.ts'
import { indexTermOf } from './op-arguments.ts'
import type {
  AlterColumnOptions,
  CreateForeignKeyOptions,
  CreateIndexOptions,
  DropConstraintOptions,
  SchemaOption,
} from './op-types.ts'
import type { TableName } from './operations.ts'
import { PostgresAlterer } from './postgresql-alterer.ts'
import { type Sa, sa } from './sa.ts'
import { SqliteAlterer } from './sqlite-alterer.ts'

type ColumnItem = InstanceType<Sa['Column']>

const nameOf = (name: string, options?: SchemaOption): TableName => ({
  name,
  schema: options?.schema ?? null,
})

/** What a revision changes the schema with: alembic's `op`, its names in camelCase. */
export class Operations {
  /** Types, columns and constraints, as SQLAlchemy's `sa`. */
  readonly sa: Sa = sa
  /** Kysely on the migration's connection, inside its transaction. */
  // biome-ignore lint/suspicious/noExplicitAny: any schema is changed
  readonly kysely: Kysely<any>
  readonly dialect: DescribedDialect
  readonly #sink: StatementSink
  readonly #journal: StepJournal | null
  readonly #ddl: DdlWriter
  readonly #alterer: TableAlterer
  readonly #enums: EnumChanger

  /** @param journal remembers the steps where the database cannot take them back */
  constructor(sink: StatementSink, journal: StepJournal | null = null) {
    this.#sink = sink
    this.#journal = journal
    this.kysely = sink.kysely
    this.dialect = sink.dialect
    this.#ddl = new DdlWriter(sink.dialect)
    this.#enums = new EnumChanger(sink)
    const Alterer = { sqlite: SqliteAlterer, postgresql: PostgresAlterer, mysql: MysqlAlterer }
    this.#alterer = new Alterer[sink.dialect.name as keyof typeof Alterer](sink)
  }

  async #step(work: () => Promise<void>, isData: boolean = false): Promise<void> {
    await (this.#journal ? this.#journal.step(work, isData) : work())
  }

  #runAll(statements: readonly string[]): Promise<void> {
    return this.#step(async () => {
      for (const statement of statements) await this.#sink.run(statement)
    })
  }

  /** Changes one table; each change is carried out at once. */
  async #single(
    table: string,
    options: SchemaOption | undefined,
    work: (batch: BatchOperations) => Promise<void>,
  ): Promise<void> {
    await this.batchAlterTable(table, work, options)
  }

  /**
   * CREATE TABLE of columns, constraints and indexes, with its indexes; on PostgreSQL also the
   * enumerated types that are not there yet. Gives the table, for `bulkInsert`.
   */
  async createTable(name: string, ...items: (TableItem | TableOptions)[]): Promise<Table> {
    const table = new Table(name, new MetaData(), ...items)
    const described = describeTable(table, this.dialect)
    await this.#step(async () => {
      await this.#enums.ensure(enumsOf([table], this.dialect))
      for (const statement of this.#ddl.createTable(described)) await this.#sink.run(statement)
    })
    return table
  }

  dropTable(name: string, options?: SchemaOption): Promise<void> {
    return this.#runAll([`DROP TABLE ${this.#ddl.table(nameOf(name, options))}`])
  }

  renameTable(oldName: string, newName: string, options?: SchemaOption): Promise<void> {
    const target =
      this.dialect.name === 'mysql'
        ? this.#ddl.table(nameOf(newName, options))
        : this.#ddl.name(newName)
    return this.#runAll([
      `ALTER TABLE ${this.#ddl.table(nameOf(oldName, options))} RENAME TO ${target}`,
    ])
  }

  /**
   * Makes several changes to one table: on SQLite by one copy of it. The function gets the same
   * operations without the table's name.
   */
  async batchAlterTable(
    table: string,
    work: (batch: BatchOperations) => unknown,
    options?: SchemaOption,
  ): Promise<void> {
    const batch = new BatchOperations({
      table: nameOf(table, options),
      sink: this.#sink,
      alterer: this.#alterer,
      step: (task) => this.#step(task),
      ensureEnums: (enums) => this.#enums.ensure(enums),
    })
    await work(batch)
    await this.#alterer.flush()
  }

  addColumn(table: string, column: ColumnItem, options?: SchemaOption): Promise<void> {
    return this.#single(table, options, (batch) => batch.addColumn(column))
  }

  dropColumn(table: string, column: string, options?: SchemaOption): Promise<void> {
    return this.#single(table, options, (batch) => batch.dropColumn(column))
  }

  alterColumn(table: string, column: string, options: AlterColumnOptions): Promise<void> {
    return this.#single(table, options, (batch) => batch.alterColumn(column, options))
  }

  /** CREATE INDEX over columns, or expressions (`sa.text('lower(name)')`, `sa.text('"a" DESC')`). */
  async createIndex(
    name: string,
    table: string,
    columns: readonly (string | Expression<unknown>)[],
    options: CreateIndexOptions = {},
  ): Promise<void> {
    const { unique = false, where, using = null } = options
    await this.#runAll([
      this.#ddl.createIndex(nameOf(table, options), {
        name,
        unique,
        using,
        where: where === undefined ? null : renderSql(where, this.dialect),
        terms: columns.map((item) => indexTermOf(item, this.dialect)),
      }),
    ])
  }

  /** @param options.tableName needed on MySQL */
  dropIndex(name: string, options: SchemaOption & { tableName?: string } = {}): Promise<void> {
    return this.#runAll([this.#ddl.dropIndex(nameOf(options.tableName ?? '', options), name)])
  }

  createPrimaryKey(
    name: string | null,
    table: string,
    columns: readonly string[],
    options?: SchemaOption,
  ): Promise<void> {
    return this.#single(table, options, (batch) => batch.createPrimaryKey(name, columns))
  }

  createUniqueConstraint(
    name: string | null,
    table: string,
    columns: readonly string[],
    options?: SchemaOption,
  ): Promise<void> {
    return this.#single(table, options, (batch) => batch.createUniqueConstraint(name, columns))
  }

  createForeignKey(
    name: string | null,
    source: string,
    referent: string,
    localColumns: readonly string[],
    remoteColumns: readonly string[],
    options: CreateForeignKeyOptions = {},
  ): Promise<void> {
    return this.#single(source, { schema: options.sourceSchema ?? null }, (batch) =>
      batch.createForeignKey(name, referent, localColumns, remoteColumns, options),
    )
  }

  createCheckConstraint(
    name: string | null,
    table: string,
    condition: string | Expression<unknown>,
    options?: SchemaOption,
  ): Promise<void> {
    return this.#single(table, options, (batch) => batch.createCheckConstraint(name, condition))
  }

  /** Drops a constraint by name; one without a name by what the options say of it. */
  dropConstraint(
    name: string | null,
    table: string,
    options: DropConstraintOptions = {},
  ): Promise<void> {
    return this.#single(table, options, (batch) => batch.dropConstraint(name, options))
  }

  createTableComment(table: string, comment: string | null, options?: SchemaOption): Promise<void> {
    const target = this.#ddl.table(nameOf(table, options))
    const literal = comment === null ? null : this.#ddl.literal(comment)
    if (this.dialect.name === 'sqlite') return Promise.resolve()
    return this.#runAll([
      this.dialect.name === 'mysql'
        ? `ALTER TABLE ${target} COMMENT = ${literal ?? "''"}`
        : `COMMENT ON TABLE ${target} IS ${literal ?? 'NULL'}`,
    ])
  }

  dropTableComment(table: string, options?: SchemaOption): Promise<void> {
    return this.createTableComment(table, null, options)
  }

  /** PostgreSQL: CREATE TYPE … AS ENUM. Nothing on other databases. */
  createEnum(name: string, labels: readonly string[], options?: SchemaOption): Promise<void> {
    return this.#step(() => this.#enums.create({ ...nameOf(name, options), labels }))
  }

  dropEnum(name: string, options?: SchemaOption): Promise<void> {
    return this.#step(() => this.#enums.drop(nameOf(name, options)))
  }

  /** PostgreSQL: gives an enumerated type other labels; a label in use cannot be taken away. */
  alterEnum(name: string, labels: readonly string[], options: SchemaOption = {}): Promise<void> {
    return this.#step(() => this.#enums.alter({ ...nameOf(name, options), labels }))
  }

  /** Runs any SQL: text, or a Kysely expression or query with its values bound. */
  async execute(statement: string | Expression<unknown>): Promise<void> {
    await this.#step(async () => {
      if (typeof statement === 'string') await this.#sink.run(statement)
      else if (this.#sink.offline) await this.#sink.run(renderStatement(statement, this.dialect))
      else await sql`${statement}`.execute(this.kysely)
    }, true)
  }

  /** Inserts rows into a table made by `createTable`, or known by name. */
  async bulkInsert(
    table: Table | string,
    rows: readonly Readonly<Record<string, unknown>>[],
  ): Promise<void> {
    await this.#step(() => bulkInsert(this.#sink, table, rows), true)
  }
}
