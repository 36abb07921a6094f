import type {
  ReflectedColumn,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedKey,
  ReflectedTable,
  SourceDialect,
} from '../reflection/reflected.ts'
import type { ConstraintChange, TableName } from './operations.ts'

/** Writes the DDL of one database from descriptions. */
export class DdlWriter {
  readonly #dialect: SourceDialect

  constructor(dialect: SourceDialect) {
    this.#dialect = dialect
  }

  /** An identifier in quotes. */
  name(text: string): string {
    const mark = this.#dialect.name === 'mysql' ? '`' : '"'
    return mark + text.replaceAll(mark, mark + mark) + mark
  }

  names(list: readonly string[]): string {
    return list.map((name) => this.name(name)).join(', ')
  }

  table({ name, schema }: TableName): string {
    return schema === null ? this.name(name) : `${this.name(schema)}.${this.name(name)}`
  }

  /** A text as a literal. */
  literal(text: string): string {
    const doubled = text.replaceAll("'", "''")
    return this.#dialect.name === 'mysql' ? `'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
  }

  /** DEFAULT's value: SQLite and MySQL want expressions in parentheses. */
  default(expression: string): string {
    const text = expression.trim()
    if (this.#dialect.name === 'postgresql') return text
    const simple =
      /^(?:[-+]?\s*[\d.]+(?:e[-+]?\d+)?|'(?:[^']|'')*'|[xb]'[\da-f]*'|null|true|false|\(.*\))$/is
    const moments =
      this.#dialect.name === 'sqlite'
        ? /^current_(?:timestamp|date|time)$/i
        : /^(?:null\s*)?(?:(?:current_timestamp|now)(?:\(\d*\))?)?(?: on update .*)?$/i
    return simple.test(text) || moments.test(text) ? text : `(${text})`
  }

  /** A column as CREATE TABLE and ADD COLUMN have it. */
  column(column: ReflectedColumn, key: ReflectedKey | null = null): string {
    const { name: dialect } = this.#dialect
    const parts = [this.name(column.name), this.#type(column)]
    if (column.identity && dialect === 'postgresql') {
      const { always, start, increment } = column.identity
      parts.push(
        `GENERATED ${always ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY` +
          ` (START WITH ${start} INCREMENT BY ${increment})`,
      )
    }
    if (column.computed) {
      // PostgreSQL (below 18) has stored ones only.
      const stored = column.computed.persisted || dialect === 'postgresql'
      parts.push(
        `GENERATED ALWAYS AS (${column.computed.sqltext}) ${stored ? 'STORED' : 'VIRTUAL'}`,
      )
    }
    if (column.default !== null && !column.autoincrement && !column.computed) {
      parts.push(`DEFAULT ${this.default(column.default)}`)
    }
    if (!column.nullable) {
      // MariaDB has no NOT NULL for computed columns.
      if (!(column.computed && dialect === 'mysql')) parts.push('NOT NULL')
    } else if (dialect === 'mysql' && /^timestamp/i.test(column.ddlType)) {
      parts.push('NULL')
    }
    if (column.autoincrement && dialect === 'mysql') parts.push('AUTO_INCREMENT')
    if (key) parts.push('PRIMARY KEY AUTOINCREMENT')
    if (column.comment !== null && dialect === 'mysql') {
      parts.push(`COMMENT ${this.literal(column.comment)}`)
    }
    return parts.join(' ')
  }

  #type({ ddlType, autoincrement, identity }: ReflectedColumn): string {
    if (this.#dialect.name !== 'postgresql' || !autoincrement || identity) return ddlType
    const type = ddlType.toLowerCase()
    return type === 'bigint' ? 'BIGSERIAL' : type === 'smallint' ? 'SMALLSERIAL' : 'SERIAL'
  }

  /** A constraint as CREATE TABLE and ADD have it. */
  constraint(change: ConstraintChange, table: TableName): string {
    const { constraint } = change
    const named =
      constraint.name === null || (change.type === 'primary' && this.#dialect.name === 'mysql')
        ? ''
        : `CONSTRAINT ${this.name(constraint.name)} `
    switch (change.type) {
      case 'primary':
        return `${named}PRIMARY KEY (${this.names(change.constraint.columns)})`
      case 'unique':
        return `${named}UNIQUE (${this.names(change.constraint.columns)})`
      case 'check':
        return `${named}CHECK (${change.constraint.sqltext})`
      case 'foreignkey':
        return named + this.foreignKey(change.constraint, table)
    }
  }

  foreignKey(key: ReflectedForeignKey, table: TableName): string {
    const schema = key.referredSchema ?? table.schema
    const target = this.table({ name: key.referredTable, schema })
    const parts = [
      `FOREIGN KEY (${this.names(key.columns)}) REFERENCES ${target}`,
      `(${this.names(key.referredColumns)})`,
    ]
    if (key.onDelete) parts.push(`ON DELETE ${key.onDelete}`)
    if (key.onUpdate) parts.push(`ON UPDATE ${key.onUpdate}`)
    if (key.deferrable && this.#dialect.name !== 'mysql') {
      parts.push(key.initiallyDeferred ? 'DEFERRABLE INITIALLY DEFERRED' : 'DEFERRABLE')
    }
    return parts.join(' ')
  }

  createIndex(table: TableName, index: ReflectedIndex): string {
    const { name: dialect } = this.#dialect
    const terms = index.terms.map(({ column, expression, descending }) => {
      const term = column === null ? this.#indexExpression(expression as string) : this.name(column)
      return descending ? `${term} DESC` : term
    })
    const special = dialect === 'mysql' && index.using === 'fulltext' ? 'FULLTEXT ' : ''
    const using = index.using && dialect === 'postgresql' ? ` USING ${index.using}` : ''
    const where = index.where && dialect !== 'mysql' ? ` WHERE ${index.where}` : ''
    return (
      `CREATE ${special}${index.unique ? 'UNIQUE ' : ''}INDEX ${this.name(index.name)}` +
      ` ON ${this.table(table)}${using} (${terms.join(', ')})${where}`
    )
  }

  #indexExpression(expression: string): string {
    // MySQL's first characters of a column: `name(10)`.
    const prefix = this.#dialect.name === 'mysql' ? /^(\w+)(\(\d+\))$/.exec(expression) : null
    if (prefix) return this.name(prefix[1] as string) + prefix[2]
    if (this.#dialect.name === 'sqlite') return expression
    return /^\(.*\)$/s.test(expression) ? expression : `(${expression})`
  }

  dropIndex(table: TableName, name: string): string {
    if (this.#dialect.name === 'mysql')
      return `DROP INDEX ${this.name(name)} ON ${this.table(table)}`
    return `DROP INDEX ${this.table({ name, schema: table.schema })}`
  }

  /** CREATE TABLE, its indexes and its comments. */
  createTable(table: ReflectedTable): string[] {
    const { name: dialect } = this.#dialect
    const { columns } = table.primaryKey
    const inline = (column: ReflectedColumn): boolean =>
      dialect === 'sqlite' &&
      table.sqliteAutoincrement === true &&
      columns.length === 1 &&
      columns[0] === column.name
    const parts = table.columns.map((column) =>
      this.column(column, inline(column) ? table.primaryKey : null),
    )
    if (columns.length > 0 && !table.columns.some(inline)) {
      parts.push(this.constraint({ type: 'primary', constraint: table.primaryKey }, table))
    }
    for (const constraint of table.uniques) {
      parts.push(this.constraint({ type: 'unique', constraint }, table))
    }
    for (const constraint of table.checks) {
      parts.push(this.constraint({ type: 'check', constraint }, table))
    }
    for (const constraint of table.foreignKeys) {
      parts.push(this.constraint({ type: 'foreignkey', constraint }, table))
    }
    const comment =
      dialect === 'mysql' && table.comment !== null ? ` COMMENT=${this.literal(table.comment)}` : ''
    return [
      `CREATE TABLE ${this.table(table)} (\n  ${parts.join(',\n  ')}\n)${comment}`,
      ...table.indexes.map((index) => this.createIndex(table, index)),
      ...this.comments(table),
    ]
  }

  /** PostgreSQL's comments are statements of their own. */
  comments(table: ReflectedTable): string[] {
    if (this.#dialect.name !== 'postgresql') return []
    const statements = table.columns
      .filter(({ comment }) => comment !== null)
      .map((column) => this.columnComment(table, column.name, column.comment))
    return table.comment === null
      ? statements
      : [`COMMENT ON TABLE ${this.table(table)} IS ${this.literal(table.comment)}`, ...statements]
  }

  columnComment(table: TableName, column: string, comment: string | null): string {
    const text = comment === null ? 'NULL' : this.literal(comment)
    return `COMMENT ON COLUMN ${this.table(table)}.${this.name(column)} IS ${text}`
  }
}
