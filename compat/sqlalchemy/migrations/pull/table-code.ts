import { optionsCode, quoteJs, termCode, typeCode } from '../../reflection/code.ts'
import type {
  ReflectedColumn,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedKey,
  ReflectedTable,
  SourceDialect,
} from '../../reflection/reflected.ts'

/** What columns say themselves, so that the table need not. */
export interface Inline {
  readonly foreignKeys: ReadonlyMap<string, ReflectedForeignKey>
  readonly uniques: ReadonlySet<string>
  readonly indexes: ReadonlyMap<string, ReflectedIndex>
}

/** The name that the database gives by itself, which need not be written. */
function defaultName(
  table: string,
  columns: readonly string[],
  kind: string,
  dialect: string,
): string | null {
  if (dialect === 'postgresql') {
    return kind === 'pkey' ? `${table}_pkey` : `${table}_${columns.join('_')}_${kind}`
  }
  return dialect === 'mysql' && kind === 'key' ? (columns[0] ?? null) : null
}

function givenName(key: ReflectedKey, table: string, kind: string, dialect: string): string | null {
  if (dialect === 'mysql' && kind === 'fkey' && key.name?.startsWith(`${table}_ibfk_`)) return null
  return key.name === defaultName(table, key.columns, kind, dialect) ? null : key.name
}

/** Finds out which keys and indexes of a table a column can say itself. */
export function inlineOf(table: ReflectedTable, dialect: SourceDialect): Inline {
  const foreignKeys = new Map<string, ReflectedForeignKey>()
  for (const key of table.foreignKeys) {
    const [column] = key.columns
    if (key.columns.length === 1 && column !== undefined && !foreignKeys.has(column)) {
      foreignKeys.set(column, key)
    }
  }
  const uniques = new Set<string>()
  for (const key of table.uniques) {
    const [column] = key.columns
    const plain = givenName(key, table.name, 'key', dialect.name) === null
    if (key.columns.length === 1 && column !== undefined && plain) uniques.add(column)
  }
  const indexes = new Map<string, ReflectedIndex>()
  for (const index of table.indexes) {
    const [term] = index.terms
    const column = index.terms.length === 1 && !term?.descending ? term?.column : null
    if (column == null || index.where !== null || index.using !== null) continue
    const prefix = table.schema === null ? '' : `${table.schema}_`
    // `index: true, unique: true` is a unique index, so a unique constraint has to be said apart.
    if (index.name === `ix_${prefix}${table.name}_${column}` && !uniques.has(column)) {
      indexes.set(column, index)
    }
  }
  return { foreignKeys, uniques, indexes }
}

function foreignKeyOptions(
  key: ReflectedForeignKey,
  table: ReflectedTable,
  dialect: SourceDialect,
): string {
  const name = givenName(key, table.name, 'fkey', dialect.name)
  return optionsCode({
    name: name === null ? undefined : quoteJs(name),
    ondelete: key.onDelete === null ? undefined : quoteJs(key.onDelete),
    onupdate: key.onUpdate === null ? undefined : quoteJs(key.onUpdate),
    deferrable: key.deferrable ? 'true' : undefined,
    initially: key.initiallyDeferred ? "'DEFERRED'" : undefined,
  })
}

function targetOf(key: ReflectedForeignKey, table: ReflectedTable): string {
  const schema = key.referredSchema ?? table.schema
  return schema === null ? key.referredTable : `${schema}.${key.referredTable}`
}

/** `db.text` takes `:name` for a value; a colon that is SQL's own is escaped. */
const textCode = (sqlText: string): string =>
  `db.text(${quoteJs(sqlText.replace(/(?<!:):(?=\w)/g, '\\:'))})`

const calls = (name: string, words: readonly string[]): string =>
  `${name}(${words.filter((word) => word !== '').join(', ')})`

/** Whether SQLAlchemy's rule would have the database number the column. */
function numberedByRule(column: ReflectedColumn, table: ReflectedTable): boolean {
  const { columns } = table.primaryKey
  if (columns.length !== 1 || columns[0] !== column.name) return false
  const whole = /^(?:Small|Big)?Integer$/.test(column.type?.name ?? '')
  const refers = table.foreignKeys.some((key) => key.columns.includes(column.name))
  const given = column.default !== null && !column.autoincrement
  return whole && !refers && !given && !column.computed
}

/** `db.Column(db.String(80), { nullable: false })`. @param named whether its name has to be said */
export function columnCode(
  column: ReflectedColumn,
  table: ReflectedTable,
  dialect: SourceDialect,
  inline: Inline,
  named: boolean,
): string {
  const key = inline.foreignKeys.get(column.name)
  const words = named ? [quoteJs(column.name)] : []
  words.push(typeCode('db.', column, dialect))
  if (key) {
    const target = quoteJs(`${targetOf(key, table)}.${key.referredColumns[0]}`)
    words.push(calls('db.ForeignKey', [target, foreignKeyOptions(key, table, dialect)]))
  }
  if (column.computed) {
    const { sqltext, persisted } = column.computed
    words.push(calls('new db.Computed', [quoteJs(sqltext), `{ persisted: ${persisted} }`]))
  }
  if (column.identity) {
    const { always, start, increment } = column.identity
    words.push(`new db.Identity({ always: ${always}, start: ${start}, increment: ${increment} })`)
  }
  const primary = table.primaryKey.columns.includes(column.name)
  const index = inline.indexes.get(column.name)
  // SQLite alone has keys that may be NULL; there is nothing to number in one that is no INTEGER.
  const numbered = column.autoincrement && !column.identity
  const odd = primary && numbered !== numberedByRule(column, table) && !column.identity
  words.push(
    optionsCode({
      primaryKey: primary ? 'true' : undefined,
      nullable: column.nullable || primary || column.identity ? undefined : 'false',
      unique: inline.uniques.has(column.name) || index?.unique ? 'true' : undefined,
      index: index ? 'true' : undefined,
      autoincrement: odd ? String(numbered) : undefined,
      serverDefault:
        column.default === null || column.autoincrement ? undefined : textCode(column.default),
      comment: column.comment === null ? undefined : quoteJs(column.comment),
    }),
  )
  return calls('db.Column', words)
}

/** The constraints, indexes and options that the columns do not say themselves. */
export function itemsCode(table: ReflectedTable, dialect: SourceDialect, inline: Inline): string[] {
  const items: string[] = []
  const name = (text: string | null): string =>
    optionsCode({ name: text === null ? undefined : quoteJs(text) })
  const { primaryKey } = table
  const keyName = givenName(primaryKey, table.name, 'pkey', dialect.name)
  const inOrder = table.columns
    .map((column) => column.name)
    .filter((column) => primaryKey.columns.includes(column))
  const reordered = inOrder.some((column, at) => column !== primaryKey.columns[at])
  if (primaryKey.columns.length > 0 && (keyName !== null || reordered)) {
    items.push(
      calls('new db.PrimaryKeyConstraint', [...primaryKey.columns.map(quoteJs), name(keyName)]),
    )
  }
  for (const key of table.uniques) {
    if (key.columns.length === 1 && inline.uniques.has(key.columns[0] as string)) continue
    const own = givenName(key, table.name, 'key', dialect.name)
    items.push(calls('new db.UniqueConstraint', [...key.columns.map(quoteJs), name(own)]))
  }
  for (const key of table.foreignKeys) {
    if (inline.foreignKeys.get(key.columns[0] as string) === key) continue
    const targets = key.referredColumns.map((column) =>
      quoteJs(`${targetOf(key, table)}.${column}`),
    )
    items.push(
      calls('new db.ForeignKeyConstraint', [
        `[${key.columns.map(quoteJs).join(', ')}]`,
        `[${targets.join(', ')}]`,
        foreignKeyOptions(key, table, dialect),
      ]),
    )
  }
  for (const check of table.checks) {
    items.push(calls('new db.CheckConstraint', [quoteJs(check.sqltext), name(check.name)]))
  }
  for (const index of table.indexes) {
    const [term] = index.terms
    if (term?.column != null && inline.indexes.get(term.column) === index) continue
    // MySQL's own index of a foreign key comes with the key.
    const own = table.foreignKeys.some(
      (key) =>
        dialect.name === 'mysql' &&
        (index.name === key.name || index.name === key.columns[0]) &&
        key.columns.length === index.terms.length &&
        key.columns.every((column, at) => index.terms[at]?.column === column),
    )
    if (!own) items.push(indexCode(index))
  }
  const options = optionsCode({
    schema: table.schema === null ? undefined : quoteJs(table.schema),
    comment: table.comment === null ? undefined : quoteJs(table.comment),
    sqliteAutoincrement: table.sqliteAutoincrement ? 'true' : undefined,
  })
  if (options !== '') items.push(options)
  return items
}

function indexCode(index: ReflectedIndex): string {
  const options = optionsCode({
    unique: index.unique ? 'true' : undefined,
    where: index.where === null ? undefined : textCode(index.where),
    postgresqlUsing: index.using === null ? undefined : quoteJs(index.using),
  })
  const terms = index.terms.map((term) => termCode('db.text', term))
  return calls('new db.Index', [quoteJs(index.name), ...terms, options])
}
