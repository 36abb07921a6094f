import type { Expression } from 'kysely'
import type { ReflectedEnum } from '../reflection/reflected.ts'
import type { Column } from '../schema/column.ts'
import { renderSql } from '../schema/ddl/compiler.ts'
import { MetaData } from '../schema/metadata.ts'
import { Table } from '../schema/table.ts'
import type { StatementSink, TableAlterer } from './alterer.ts'
import { DdlWriter } from './ddl.ts'
import { describeTable, enumsOf } from './describe.ts'
import { alterColumnArguments, foreignKeyOf, indexTermOf } from './op-arguments.ts'
import type {
  AlterColumnOptions,
  CreateForeignKeyOptions,
  CreateIndexOptions,
  DropConstraintOptions,
} from './op-types.ts'
import type { ConstraintChange, TableName } from './operations.ts'

/** What a batch works with. */
export interface BatchContext {
  readonly table: TableName
  readonly sink: StatementSink
  readonly alterer: TableAlterer
  step(work: () => Promise<void>): Promise<void>
  ensureEnums(enums: readonly ReflectedEnum[]): Promise<void>
}

/** The operations of `batchAlterTable`: those of `op` on one table, without its name. */
export class BatchOperations {
  readonly #context: BatchContext
  readonly #ddl: DdlWriter

  constructor(context: BatchContext) {
    this.#context = context
    this.#ddl = new DdlWriter(context.sink.dialect)
  }

  #run(statement: string): Promise<void> {
    return this.#context.step(async () => {
      await this.#context.alterer.flush()
      await this.#context.sink.run(statement)
    })
  }

  /** Adds a column, with the index, unique constraint and foreign key that it asks for. */
  async addColumn(column: Column): Promise<void> {
    const { table, sink, alterer } = this.#context
    // A table of its own for a moment, so that the column's constraints come into being.
    const holder = new Table(table.name, new MetaData(), column, { schema: table.schema })
    const described = describeTable(holder, sink.dialect)
    const [description] = described.columns
    if (!description) return
    await this.#context.step(async () => {
      await this.#context.ensureEnums(enumsOf([holder], sink.dialect))
      await alterer.addColumn(table, description)
    })
    if (described.primaryKey.columns.length > 0)
      await this.#constraint({ type: 'primary', constraint: described.primaryKey })
    for (const constraint of described.uniques) {
      await this.#constraint({ type: 'unique', constraint })
    }
    for (const constraint of described.checks) {
      await this.#constraint({ type: 'check', constraint })
    }
    for (const constraint of described.foreignKeys) {
      await this.#constraint({ type: 'foreignkey', constraint })
    }
    for (const index of described.indexes) await this.#run(this.#ddl.createIndex(table, index))
  }

  #constraint(change: ConstraintChange): Promise<void> {
    const { table, alterer } = this.#context
    return this.#context.step(() => alterer.addConstraint(table, change))
  }

  dropColumn(name: string): Promise<void> {
    const { table, alterer } = this.#context
    return this.#context.step(() => alterer.dropColumn(table, name))
  }

  async alterColumn(name: string, options: AlterColumnOptions): Promise<void> {
    const { table, alterer, sink } = this.#context
    const change = alterColumnArguments(options, sink.dialect)
    await this.#context.step(() => alterer.alterColumn(table, name, change))
  }

  async createIndex(
    name: string,
    columns: readonly (string | Expression<unknown>)[],
    options: CreateIndexOptions = {},
  ): Promise<void> {
    const { dialect } = this.#context.sink
    const { unique = false, where, using = null } = options
    const terms = columns.map((item) => indexTermOf(item, dialect))
    const condition = where === undefined ? null : renderSql(where, dialect)
    await this.#run(
      this.#ddl.createIndex(this.#context.table, { name, unique, using, where: condition, terms }),
    )
  }

  dropIndex(name: string): Promise<void> {
    return this.#run(this.#ddl.dropIndex(this.#context.table, name))
  }

  createPrimaryKey(name: string | null, columns: readonly string[]): Promise<void> {
    return this.#constraint({ type: 'primary', constraint: { name, columns } })
  }

  createUniqueConstraint(name: string | null, columns: readonly string[]): Promise<void> {
    return this.#constraint({ type: 'unique', constraint: { name, columns } })
  }

  createForeignKey(
    name: string | null,
    referent: string,
    localColumns: readonly string[],
    remoteColumns: readonly string[],
    options: CreateForeignKeyOptions = {},
  ): Promise<void> {
    const constraint = foreignKeyOf(name, referent, localColumns, remoteColumns, options)
    return this.#constraint({ type: 'foreignkey', constraint })
  }

  async createCheckConstraint(
    name: string | null,
    condition: string | Expression<unknown>,
  ): Promise<void> {
    const sqltext = renderSql(condition, this.#context.sink.dialect)
    await this.#constraint({ type: 'check', constraint: { name, sqltext } })
  }

  dropConstraint(name: string | null, options: DropConstraintOptions = {}): Promise<void> {
    const { table, alterer } = this.#context
    const { type = null, columns = null, sqltext = null } = options
    return this.#context.step(() => alterer.dropConstraint(table, { name, type, columns, sqltext }))
  }
}
