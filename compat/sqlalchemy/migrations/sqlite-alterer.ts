import type { ReflectedColumn } from '../reflection/reflected.ts'
import type { TableClause } from '../reflection/sqlite-table.ts'
import type { AlterColumn, DropConstraint, StatementSink, TableAlterer } from './alterer.ts'
import { DdlWriter } from './ddl.ts'
import { CommandError } from './errors.ts'
import type { ConstraintChange, TableName } from './operations.ts'
import { sameSql } from './sql-text.ts'
import { copyTable } from './sqlite-copy.ts'
import type { ConstraintSearch, TableDraft } from './sqlite-rebuild.ts'

interface Edit {
  apply(draft: TableDraft): void
  /** The same by ALTER TABLE, where SQLite can. */
  readonly native: string | null
  readonly dropped: string | null
}

const KINDS = {
  unique: 'unique',
  primary: 'primary key',
  foreignkey: 'foreign key',
  check: 'check',
} as const

/**
 * ALTER TABLE for SQLite. What its own can do (add a plain column, rename) it does; the rest is
 * collected and done by one copy of the table.
 */
export class SqliteAlterer implements TableAlterer {
  readonly #sink: StatementSink
  readonly #ddl: DdlWriter
  #table: TableName | null = null
  #edits: Edit[] = []

  constructor(sink: StatementSink) {
    this.#sink = sink
    this.#ddl = new DdlWriter(sink.dialect)
  }

  async #edit(table: TableName, edit: Edit): Promise<void> {
    if (this.#table !== null && this.#table.name !== table.name) await this.flush()
    this.#table = table
    this.#edits.push(edit)
  }

  async flush(): Promise<void> {
    const table = this.#table
    const edits = this.#edits
    this.#table = null
    this.#edits = []
    if (table === null || edits.length === 0) return
    if (edits.every(({ native }) => native !== null)) {
      for (const { native } of edits) await this.#sink.run(native as string)
      return
    }
    if (this.#sink.offline) {
      throw new CommandError(
        `Table ${table.name} has to be copied on SQLite, which --sql cannot write: it depends on the table as it is.`,
      )
    }
    const dropped = edits.flatMap((edit) => edit.dropped ?? [])
    await copyTable(
      this.#sink,
      table.name,
      (draft) => {
        for (const edit of edits) edit.apply(draft)
      },
      dropped,
    )
  }

  async addColumn(table: TableName, column: ReflectedColumn): Promise<void> {
    const definition = this.#ddl.column(column)
    const constant =
      column.default === null || /^(?:[-+]?[\d.]+|'(?:[^']|'')*')$/.test(column.default)
    const simple =
      constant &&
      !column.computed?.persisted &&
      (column.nullable || (column.default !== null && !/^null$/i.test(column.default)))
    await this.#edit(table, {
      apply: (draft) => draft.addColumn(definition),
      native: simple ? `ALTER TABLE ${this.#ddl.table(table)} ADD COLUMN ${definition}` : null,
      dropped: null,
    })
  }

  async dropColumn(table: TableName, name: string): Promise<void> {
    await this.#edit(table, {
      apply: (draft) => draft.dropColumn(name),
      native: null,
      dropped: name,
    })
  }

  async alterColumn(table: TableName, name: string, change: AlterColumn): Promise<void> {
    const { name: newName, type, nullable, default: value } = change
    if (type !== undefined || nullable !== undefined || value !== undefined) {
      await this.#edit(table, {
        apply: (draft) =>
          draft.alterColumn(name, {
            ...(type === undefined ? {} : { type }),
            ...(nullable === undefined ? {} : { nullable }),
            ...(value === undefined
              ? {}
              : { default: value === null ? null : this.#ddl.default(value) }),
          }),
        native: null,
        dropped: null,
      })
    }
    if (newName !== undefined) {
      // SQLite's own renaming knows about indexes, triggers, views and other tables' keys.
      await this.flush()
      await this.#sink.run(
        `ALTER TABLE ${this.#ddl.table(table)} RENAME COLUMN ${this.#ddl.name(name)}` +
          ` TO ${this.#ddl.name(newName)}`,
      )
    }
  }

  async addConstraint(table: TableName, change: ConstraintChange): Promise<void> {
    await this.#edit(table, {
      apply: (draft) => draft.addConstraint(this.#ddl.constraint(change, table)),
      native: null,
      dropped: null,
    })
  }

  async dropConstraint(table: TableName, search: DropConstraint): Promise<void> {
    const { name, type, columns, sqltext } = search
    const found: ConstraintSearch = {
      name,
      ...(type === null ? {} : { kind: KINDS[type] }),
      ...(columns === null ? {} : { columns }),
      ...(sqltext === null
        ? {}
        : {
            matches: (clause: TableClause) => sameSql(clause.expression, sqltext, 'sqlite'),
          }),
    }
    await this.#edit(table, {
      apply: (draft) => draft.dropConstraint(found),
      native: null,
      dropped: null,
    })
  }
}
