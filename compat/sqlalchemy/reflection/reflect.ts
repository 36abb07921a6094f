import { sql } from 'kysely'
import { InvalidRequestError } from '../errors.ts'
import { Column, type ColumnItem } from '../schema/column.ts'
import {
  CheckConstraint,
  ForeignKeyConstraint,
  PrimaryKeyConstraint,
  UniqueConstraint,
} from '../schema/constraints.ts'
import { Computed, Identity } from '../schema/default.ts'
import type { ForeignKeyOptions, ReferentialAction } from '../schema/foreign-key.ts'
import type { MetaData } from '../schema/metadata.ts'
import { Index } from '../schema/sql-index.ts'
import { Table, type TableItem, type TableOptions } from '../schema/table.ts'
import { Inspector } from './inspector.ts'
import type {
  ReflectedColumn,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedTable,
  SchemaSource,
} from './reflected.ts'
import { typeOfColumn } from './types-of.ts'

/** Options of {@link reflectMetadata}, as those of `MetaData.reflect`. */
export interface ReflectOptions {
  /** Names of the tables, or a function that chooses them. Default: all. */
  readonly only?: readonly string[] | ((name: string) => boolean)
  readonly schema?: string | null
  /** Views too. */
  readonly views?: boolean
  /** Reads tables that are in the metadata already anew. */
  readonly extendExisting?: boolean
  /** Whether tables that are referred to come along. Default true. */
  readonly resolveFks?: boolean
}

const named = (name: string | null): { name?: string } => (name === null ? {} : { name })

function reflectColumn(column: ReflectedColumn, source: SchemaSource): Column {
  const items: ColumnItem[] = []
  if (column.computed) {
    items.push(new Computed(column.computed.sqltext, { persisted: column.computed.persisted }))
  }
  if (column.identity) items.push(new Identity(column.identity))
  return new Column(column.name, typeOfColumn(column, source.dialect), ...items, {
    nullable: column.nullable,
    autoincrement: column.autoincrement ? true : 'auto',
    ...(column.default === null || column.autoincrement
      ? {}
      : { serverDefault: sql.raw(column.default) }),
    ...(column.comment === null ? {} : { comment: column.comment }),
  })
}

/** The key of the table referred to in the metadata. */
function referredKey(key: ReflectedForeignKey, table: ReflectedTable): string {
  const schema = key.referredSchema ?? table.schema
  return schema === null ? key.referredTable : `${schema}.${key.referredTable}`
}

function reflectForeignKey(key: ReflectedForeignKey, table: ReflectedTable): ForeignKeyConstraint {
  const target = referredKey(key, table)
  const options: ForeignKeyOptions = {
    ...named(key.name),
    ...(key.onDelete === null ? {} : { ondelete: key.onDelete as ReferentialAction }),
    ...(key.onUpdate === null ? {} : { onupdate: key.onUpdate as ReferentialAction }),
    ...(key.deferrable ? { deferrable: true } : {}),
    ...(key.initiallyDeferred ? { initially: 'DEFERRED' } : {}),
  }
  const targets = key.referredColumns.map((column) => `${target}.${column}`)
  return new ForeignKeyConstraint(key.columns, targets, options)
}

function reflectIndex(index: ReflectedIndex): Index {
  const terms = index.terms.map(({ column, expression, descending }) => {
    if (column !== null && !descending) return column
    const term = column === null ? sql.raw(expression as string) : sql.ref(column)
    return descending ? sql`${term} DESC` : term
  })
  return new Index(index.name, ...terms, {
    unique: index.unique,
    ...(index.where === null ? {} : { where: sql.raw(index.where) }),
    ...(index.using === null ? {} : { postgresqlUsing: index.using }),
  })
}

/** Makes the metadata's table of a description. */
export function tableFrom(
  metadata: MetaData,
  described: ReflectedTable,
  source: SchemaSource,
  options: TableOptions = {},
): Table {
  const { primaryKey } = described
  const items: TableItem[] = described.columns.map((column) => reflectColumn(column, source))
  items.push(new PrimaryKeyConstraint(...primaryKey.columns, named(primaryKey.name)))
  for (const key of described.uniques)
    items.push(new UniqueConstraint(...key.columns, named(key.name)))
  for (const { name, sqltext } of described.checks) {
    items.push(new CheckConstraint(sqltext, named(name)))
  }
  for (const key of described.foreignKeys) items.push(reflectForeignKey(key, described))
  const table = new Table(described.name, metadata, ...items, {
    ...options,
    schema: described.schema,
    ...(described.comment === null ? {} : { comment: described.comment }),
    ...(described.sqliteAutoincrement ? { sqliteAutoincrement: true } : {}),
  })
  for (const index of described.indexes) {
    if (!table.indexes.some(({ name }) => name === index.name)) {
      table.appendIndex(reflectIndex(index))
    }
  }
  return table
}

/**
 * Puts the tables of a live database into a metadata, as `MetaData.reflect`; a table that it has
 * already stays as it is. @throws {InvalidRequestError} when `only` names a table that is not there
 */
export async function reflectMetadata(
  metadata: MetaData,
  source: SchemaSource,
  options: ReflectOptions = {},
): Promise<void> {
  const inspector = new Inspector(source)
  const schema = options.schema === undefined ? metadata.schema : options.schema
  const available = [
    ...(await inspector.getTableNames(schema)),
    ...(options.views ? await inspector.getViewNames(schema) : []),
  ]
  const { only } = options
  if (Array.isArray(only)) {
    const missing = only.filter((name) => !available.includes(name))
    if (missing.length > 0) {
      throw new InvalidRequestError(
        `Could not reflect: requested table(s) not available: (${missing.join(', ')})`,
      )
    }
  }
  const chosen = available.filter((name) =>
    only === undefined ? true : typeof only === 'function' ? only(name) : only.includes(name),
  )
  const waiting: [string, string | null][] = chosen.map((name) => [name, schema])
  const seen = new Set<string>()
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, of] = next
    const key = of === null ? name : `${of}.${name}`
    if (seen.has(key)) continue
    seen.add(key)
    if (metadata.known(key) && !options.extendExisting) continue
    const described = await inspector.getTable(name, of)
    tableFrom(metadata, described, source, options.extendExisting ? { extendExisting: true } : {})
    if (options.resolveFks === false) continue
    for (const foreignKey of described.foreignKeys) {
      waiting.push([foreignKey.referredTable, foreignKey.referredSchema ?? of])
    }
  }
}
