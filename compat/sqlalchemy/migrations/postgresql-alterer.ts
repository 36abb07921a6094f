import { Inspector } from '../reflection/inspector.ts'
import type { ReflectedColumn } from '../reflection/reflected.ts'
import type { AlterColumn, DropConstraint, StatementSink, TableAlterer } from './alterer.ts'
import { DdlWriter } from './ddl.ts'
import { findConstraint } from './find-constraint.ts'
import type { ConstraintChange, TableName } from './operations.ts'

/** ALTER TABLE as PostgreSQL has it. */
export class PostgresAlterer implements TableAlterer {
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
    if (column.comment !== null) {
      await this.#sink.run(this.#ddl.columnComment(table, column.name, column.comment))
    }
  }

  async dropColumn(table: TableName, name: string): Promise<void> {
    await this.#alter(table, `DROP COLUMN ${this.#ddl.name(name)}`)
  }

  async alterColumn(table: TableName, name: string, change: AlterColumn): Promise<void> {
    const column = this.#ddl.name(name)
    const set = (what: string): Promise<void> =>
      this.#alter(table, `ALTER COLUMN ${column} ${what}`)
    if (change.type !== undefined) await this.#changeType(table, name, change)
    else if (change.default !== undefined && change.default !== null) {
      await set(`SET DEFAULT ${this.#ddl.default(change.default)}`)
    } else if (change.default === null) await set('DROP DEFAULT')
    if (change.autoincrement !== undefined) await this.#number(table, name, change.autoincrement)
    if (change.nullable !== undefined) await set(`${change.nullable ? 'DROP' : 'SET'} NOT NULL`)
    if (change.comment !== undefined) {
      await this.#sink.run(this.#ddl.columnComment(table, name, change.comment))
    }
    if (change.name !== undefined) {
      await this.#alter(table, `RENAME COLUMN ${column} TO ${this.#ddl.name(change.name)}`)
    }
  }

  /** A default of the old type may not fit the new one: it is taken away and given back. */
  async #changeType(table: TableName, name: string, change: AlterColumn): Promise<void> {
    const column = this.#ddl.name(name)
    let kept = change.default
    if (kept === undefined) kept = await this.#presentDefault(table, name, change)
    const [, type, collation = ''] = /^(.*?)( COLLATE .*)?$/is.exec(change.type as string) ?? []
    const using = change.using ?? `${column}::${type}`
    if (kept !== undefined) await this.#alter(table, `ALTER COLUMN ${column} DROP DEFAULT`)
    await this.#alter(table, `ALTER COLUMN ${column} TYPE ${type}${collation} USING ${using}`)
    if (kept !== undefined && kept !== null) {
      await this.#alter(table, `ALTER COLUMN ${column} SET DEFAULT ${this.#ddl.default(kept)}`)
    }
  }

  async #presentDefault(
    table: TableName,
    name: string,
    change: AlterColumn,
  ): Promise<string | undefined> {
    const live = this.#sink.offline
      ? change.existing
      : (await new Inspector(this.#sink).getColumns(table.name, table.schema)).find(
          (column) => column.name === name,
        )
    if (!live?.default || live.autoincrement) return undefined
    // 'x'::old_type would not be a value of the new type.
    return live.default.replace(/^('(?:[^']|'')*')::.*$/s, '$1')
  }

  /** Turns the numbering of a key on (as SERIAL does) or off. */
  async #number(table: TableName, name: string, on: boolean): Promise<void> {
    const column = this.#ddl.name(name)
    const sequence = { name: `${table.name}_${name}_seq`, schema: table.schema }
    const quoted = this.#ddl.table(sequence)
    if (!on) {
      await this.#alter(table, `ALTER COLUMN ${column} DROP DEFAULT`)
      await this.#sink.run(`DROP SEQUENCE IF EXISTS ${quoted}`)
      return
    }
    await this.#sink.run(`CREATE SEQUENCE ${quoted} OWNED BY ${this.#ddl.table(table)}.${column}`)
    await this.#sink.run(
      `SELECT setval(${this.#ddl.literal(quoted)}, coalesce(max(${column}), 0) + 1, false)` +
        ` FROM ${this.#ddl.table(table)}`,
    )
    await this.#alter(
      table,
      `ALTER COLUMN ${column} SET DEFAULT nextval(${this.#ddl.literal(quoted)}::regclass)`,
    )
  }

  async addConstraint(table: TableName, change: ConstraintChange): Promise<void> {
    await this.#alter(table, `ADD ${this.#ddl.constraint(change, table)}`)
  }

  async dropConstraint(table: TableName, search: DropConstraint): Promise<void> {
    const { name } = await findConstraint(this.#sink, table, search)
    await this.#alter(table, `DROP CONSTRAINT ${this.#ddl.name(name as string)}`)
  }
}
