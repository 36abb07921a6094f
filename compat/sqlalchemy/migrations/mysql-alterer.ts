import { Inspector } from '../reflection/inspector.ts'
import type { ReflectedColumn } from '../reflection/reflected.ts'
import type { AlterColumn, DropConstraint, StatementSink, TableAlterer } from './alterer.ts'
import { DdlWriter } from './ddl.ts'
import { CommandError } from './errors.ts'
import { findConstraint } from './find-constraint.ts'
import { type ConstraintChange, fullName, type TableName } from './operations.ts'

/** ALTER TABLE as MySQL and MariaDB have it. */
export class MysqlAlterer implements TableAlterer {
  readonly #sink: StatementSink
  readonly #ddl: DdlWriter

  constructor(sink: StatementSink) {
    this.#sink = sink
    this.#ddl = new DdlWriter(sink.dialect)
  }

  async flush(): Promise<void> {}

  #alter(table: TableName, what: string): Promise<void> {
    return this.#sink.run(`ALTER TABLE ${this.#ddl.table(table)} ${what}`)
  }

  async addColumn(table: TableName, column: ReflectedColumn): Promise<void> {
    await this.#alter(table, `ADD COLUMN ${this.#ddl.column(column)}`)
  }

  async dropColumn(table: TableName, name: string): Promise<void> {
    await this.#alter(table, `DROP COLUMN ${this.#ddl.name(name)}`)
  }

  /** CHANGE wants the whole definition, so what stays is read from the database. */
  async alterColumn(table: TableName, name: string, change: AlterColumn): Promise<void> {
    const live = await this.#present(table, name, change)
    const next: ReflectedColumn = {
      ...live,
      name: change.name ?? live.name,
      ddlType: change.type ?? live.ddlType,
      nullable: change.nullable ?? live.nullable,
      default: change.default === undefined ? live.default : change.default,
      comment: change.comment === undefined ? live.comment : change.comment,
      autoincrement: change.autoincrement ?? live.autoincrement,
    }
    await this.#alter(table, `CHANGE ${this.#ddl.name(name)} ${this.#ddl.column(next)}`)
  }

  async #present(table: TableName, name: string, change: AlterColumn): Promise<ReflectedColumn> {
    const { existing = {} } = change
    if (this.#sink.offline) {
      const ddlType = change.type ?? existing.ddlType
      if (ddlType === undefined) {
        throw new CommandError(
          `MySQL needs the whole definition of ${fullName(table)}.${name}: give existingType to alterColumn().`,
        )
      }
      return {
        name,
        ddlType,
        type: null,
        nullable: true,
        default: null,
        autoincrement: false,
        identity: null,
        computed: null,
        comment: null,
        ...existing,
      }
    }
    const columns = await new Inspector(this.#sink).getColumns(table.name, table.schema)
    const live = columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
    if (!live) throw new CommandError(`No such column: ${fullName(table)}.${name}`)
    return live
  }

  async addConstraint(table: TableName, change: ConstraintChange): Promise<void> {
    await this.#alter(table, `ADD ${this.#ddl.constraint(change, table)}`)
  }

  async dropConstraint(table: TableName, search: DropConstraint): Promise<void> {
    const found = await findConstraint(this.#sink, table, search)
    if (found.name === null && found.type === 'check') {
      throw new CommandError(
        `A check on ${fullName(table)} is part of its column and has no name: op.execute() an ALTER TABLE … MODIFY of the column without it.`,
      )
    }
    const name = found.name === null ? '' : this.#ddl.name(found.name)
    switch (found.type) {
      case 'primary':
        return this.#alter(table, 'DROP PRIMARY KEY')
      case 'unique':
        return this.#alter(table, `DROP INDEX ${name}`)
      case 'check':
        return this.#alter(table, `DROP CONSTRAINT ${name}`)
      case 'foreignkey': {
        const index = await this.#indexOf(table, found.name as string)
        await this.#alter(table, `DROP FOREIGN KEY ${name}`)
        if (index !== null) await this.#alter(table, `DROP INDEX ${this.#ddl.name(index)}`)
      }
    }
  }

  /** The index that the database made for a foreign key by itself; it would stay behind. */
  async #indexOf(table: TableName, foreignKey: string): Promise<string | null> {
    if (this.#sink.offline) return null
    const live = await new Inspector(this.#sink).getTable(table.name, table.schema)
    const key = live.foreignKeys.find(({ name }) => name === foreignKey)
    if (!key) return null
    const others = live.foreignKeys.filter(({ name }) => name !== foreignKey)
    const index = live.indexes.find(
      ({ name, terms, unique }) =>
        !unique &&
        (name === foreignKey || name === key.columns[0]) &&
        terms.length === key.columns.length &&
        terms.every(({ column }, at) => column === key.columns[at]),
    )
    const needed = others.some(({ columns }) => columns[0] === key.columns[0])
    return index && !needed ? index.name : null
  }
}
