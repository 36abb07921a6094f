import { literal, optionsCode, quoteJs, termCode, typeCode } from '../reflection/code.ts'
import type {
  ReflectedColumn,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedTable,
  SourceDialect,
} from '../reflection/reflected.ts'
import type { ConstraintChange, Operation, TableName } from './operations.ts'

const SA = 'new sa.'

/** Writes operations as the body of `upgrade` and `downgrade`. */
export class CodeWriter {
  readonly #dialect: SourceDialect

  constructor(dialect: SourceDialect) {
    this.#dialect = dialect
  }

  /** One line for each call; changes of the same table are put together. */
  body(operations: readonly Operation[]): string[] {
    const lines: string[] = []
    for (let at = 0; at < operations.length; ) {
      const table = batchTable(operations[at] as Operation)
      if (!table) {
        lines.push(...this.#single(operations[at++] as Operation))
        continue
      }
      lines.push(`await op.batchAlterTable(${quoteJs(table.name)}, async (batch) => {`)
      for (; at < operations.length; at++) {
        const next = batchTable(operations[at] as Operation)
        if (next?.name !== table.name || next.schema !== table.schema) break
        for (const line of this.#batched(operations[at] as Operation)) lines.push(`  ${line}`)
      }
      lines.push(table.schema === null ? '})' : `}, { schema: ${quoteJs(table.schema)} })`)
    }
    return lines
  }

  #single(operation: Operation): string[] {
    switch (operation.kind) {
      case 'createTable':
        return this.#createTable(operation.table)
      case 'dropTable':
        return [call('op.dropTable', [quoteJs(operation.table.name), schemaCode(operation.table)])]
      case 'createEnum':
      case 'alterEnum': {
        const item = operation.kind === 'createEnum' ? operation.enum : operation.after
        const words = [quoteJs(item.name), literal(item.labels), schemaCode(item)]
        return [call(`op.${operation.kind}`, words)]
      }
      case 'dropEnum':
        return [call('op.dropEnum', [quoteJs(operation.enum.name), schemaCode(operation.enum)])]
      case 'tableComment':
        return [
          call('op.createTableComment', [
            quoteJs(operation.table.name),
            literal(operation.after),
            schemaCode(operation.table),
          ]),
        ]
      default:
        return []
    }
  }

  #createTable(table: ReflectedTable): string[] {
    const items = table.columns.map((column) =>
      this.#column(column, table.primaryKey.columns.includes(column.name)),
    )
    const { columns, name } = table.primaryKey
    if (columns.length > 0) {
      const named = optionsCode({ name: name === null ? undefined : quoteJs(name) })
      items.push(newCall('PrimaryKeyConstraint', [...columns.map(quoteJs), named]))
    }
    for (const key of table.uniques) {
      const named = optionsCode({ name: key.name === null ? undefined : quoteJs(key.name) })
      items.push(newCall('UniqueConstraint', [...key.columns.map(quoteJs), named]))
    }
    for (const { name: own, sqltext } of table.checks) {
      const named = optionsCode({ name: own === null ? undefined : quoteJs(own) })
      items.push(newCall('CheckConstraint', [quoteJs(sqltext), named]))
    }
    for (const key of table.foreignKeys) items.push(this.#foreignKey(key, table))
    const options = optionsCode({
      schema: table.schema === null ? undefined : quoteJs(table.schema),
      comment: table.comment === null ? undefined : quoteJs(table.comment),
      sqliteAutoincrement: table.sqliteAutoincrement ? 'true' : undefined,
    })
    if (options !== '') items.push(options)
    const indexes = table.indexes.map((index) =>
      call('op.createIndex', [
        quoteJs(index.name),
        quoteJs(table.name),
        this.#terms(index),
        this.#indexOptions(index, table.schema),
      ]),
    )
    return [
      'await op.createTable(',
      `  ${quoteJs(table.name)},`,
      ...items.map((item) => `  ${item},`),
      ')',
      ...indexes,
    ]
  }

  #column(column: ReflectedColumn, isKey: boolean = false): string {
    const numbered = column.autoincrement && !column.identity
    const options = optionsCode({
      nullable: column.nullable || column.identity ? undefined : 'false',
      serverDefault:
        column.default === null || column.autoincrement ? undefined : textCode(column.default),
      // Said in both cases: what a key is without a word depends on the rest of the table.
      autoincrement: numbered ? 'true' : isKey && !column.identity ? 'false' : undefined,
      comment: column.comment === null ? undefined : quoteJs(column.comment),
    })
    const special: string[] = []
    if (column.computed) {
      const { sqltext, persisted } = column.computed
      special.push(newCall('Computed', [quoteJs(sqltext), `{ persisted: ${persisted} }`]))
    }
    if (column.identity) {
      const { always, start, increment } = column.identity
      special.push(
        newCall('Identity', [`{ always: ${always}, start: ${start}, increment: ${increment} }`]),
      )
    }
    const type = typeCode(SA, column, this.#dialect)
    return newCall('Column', [quoteJs(column.name), type, ...special, options])
  }

  #foreignKey(key: ReflectedForeignKey, table: TableName): string {
    const schema = key.referredSchema ?? table.schema
    const target = schema === null ? key.referredTable : `${schema}.${key.referredTable}`
    return newCall('ForeignKeyConstraint', [
      literal(key.columns),
      literal(key.referredColumns.map((column) => `${target}.${column}`)),
      foreignKeyOptions(key, { name: key.name === null ? undefined : quoteJs(key.name) }),
    ])
  }

  #terms(index: ReflectedIndex): string {
    return `[${index.terms.map((term) => termCode('sa.text', term)).join(', ')}]`
  }

  #indexOptions(index: ReflectedIndex, schema: string | null): string {
    return optionsCode({
      unique: index.unique ? 'true' : undefined,
      where: index.where === null ? undefined : textCode(index.where),
      using: index.using === null ? undefined : quoteJs(index.using),
      schema: schema === null ? undefined : quoteJs(schema),
    })
  }

  #batched(operation: Operation): string[] {
    switch (operation.kind) {
      case 'addColumn':
        return [call('batch.addColumn', [this.#column(operation.column)])]
      case 'dropColumn':
        return [call('batch.dropColumn', [quoteJs(operation.column.name)])]
      case 'alterColumn':
        return [this.#alterColumn(operation)]
      case 'createIndex': {
        const { index } = operation
        const words = [quoteJs(index.name), this.#terms(index), this.#indexOptions(index, null)]
        return [call('batch.createIndex', words)]
      }
      case 'dropIndex':
        return [call('batch.dropIndex', [quoteJs(operation.index.name)])]
      case 'addConstraint':
        return [addConstraint(operation)]
      case 'dropConstraint':
        return [dropConstraint(operation)]
      default:
        return []
    }
  }

  #alterColumn({ before, after, parts }: Operation & { kind: 'alterColumn' }): string {
    const has = (part: (typeof parts)[number], code: string): string | undefined =>
      parts.includes(part) ? code : undefined
    const defaultCode = (value: string | null): string =>
      value === null ? 'null' : textCode(value)
    const options = optionsCode({
      existingType: typeCode(SA, before, this.#dialect),
      type: has('type', typeCode(SA, after, this.#dialect)),
      nullable: has('nullable', String(after.nullable)),
      existingNullable: parts.includes('nullable') ? undefined : String(before.nullable),
      serverDefault: has('default', defaultCode(after.default)),
      existingServerDefault:
        parts.includes('default') || before.default === null || before.autoincrement
          ? undefined
          : textCode(before.default),
      autoincrement: has('autoincrement', String(after.autoincrement)),
      existingAutoincrement: before.autoincrement ? 'true' : undefined,
      comment: has('comment', literal(after.comment)),
      existingComment:
        parts.includes('comment') || before.comment === null ? undefined : quoteJs(before.comment),
    })
    return call('batch.alterColumn', [quoteJs(after.name), options])
  }
}

/** The table whose batch an operation goes into, or null for one that stands alone. */
function batchTable(operation: Operation): TableName | null {
  switch (operation.kind) {
    case 'addColumn':
    case 'dropColumn':
    case 'alterColumn':
    case 'createIndex':
    case 'dropIndex':
    case 'addConstraint':
    case 'dropConstraint':
      return operation.table
    default:
      return null
  }
}

const given = (words: readonly string[]): string => words.filter((word) => word !== '').join(', ')

const call = (name: string, words: readonly string[]): string => `await ${name}(${given(words)})`

const newCall = (name: string, words: readonly string[]): string => `${SA}${name}(${given(words)})`

const textCode = (sqlText: string): string => `sa.text(${quoteJs(sqlText)})`

const schemaCode = ({ schema }: TableName): string =>
  optionsCode({ schema: schema === null ? undefined : quoteJs(schema) })

function foreignKeyOptions(
  key: ReflectedForeignKey,
  more: Readonly<Record<string, string | undefined>> = {},
): string {
  return optionsCode({
    ...more,
    ondelete: key.onDelete === null ? undefined : quoteJs(key.onDelete),
    onupdate: key.onUpdate === null ? undefined : quoteJs(key.onUpdate),
    deferrable: key.deferrable ? 'true' : undefined,
    initially: key.initiallyDeferred ? "'DEFERRED'" : undefined,
  })
}

function addConstraint(change: ConstraintChange & { table: TableName }): string {
  const name = literal(change.constraint.name)
  switch (change.type) {
    case 'unique':
      return call('batch.createUniqueConstraint', [name, literal(change.constraint.columns)])
    case 'primary':
      return call('batch.createPrimaryKey', [name, literal(change.constraint.columns)])
    case 'check':
      return call('batch.createCheckConstraint', [name, quoteJs(change.constraint.sqltext)])
    case 'foreignkey': {
      const key = change.constraint
      const schema = key.referredSchema ?? change.table.schema
      return call('batch.createForeignKey', [
        name,
        quoteJs(key.referredTable),
        literal(key.columns),
        literal(key.referredColumns),
        foreignKeyOptions(key, {
          referentSchema: schema === null ? undefined : quoteJs(schema),
        }),
      ])
    }
  }
}

function dropConstraint(change: ConstraintChange): string {
  const { type, constraint } = change
  const options =
    constraint.name === null
      ? {
          columns: 'columns' in constraint ? literal(constraint.columns) : undefined,
          sqltext: 'sqltext' in constraint ? quoteJs(constraint.sqltext) : undefined,
        }
      : {}
  return call('batch.dropConstraint', [
    literal(constraint.name),
    optionsCode({ type: quoteJs(type), ...options }),
  ])
}
