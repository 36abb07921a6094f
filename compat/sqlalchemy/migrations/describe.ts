import type { Expression } from 'kysely'
import type { Dialect } from '../dialects/dialect.ts'
import type {
  IndexTerm,
  ReflectedCheck,
  ReflectedColumn,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedKey,
  ReflectedTable,
  SourceDialect,
} from '../reflection/reflected.ts'
import { specOf } from '../reflection/types-of.ts'
import { Column } from '../schema/column.ts'
import {
  CheckConstraint,
  type Constraint,
  type ForeignKeyConstraint,
  PrimaryKeyConstraint,
  TypeCheckConstraint,
  UniqueConstraint,
} from '../schema/constraints.ts'
import { renderSql } from '../schema/ddl/compiler.ts'
import type { MetaData } from '../schema/metadata.ts'
import { constraintName, indexName } from '../schema/naming.ts'
import type { Index } from '../schema/sql-index.ts'
import type { Table } from '../schema/table.ts'
import type { SchemaDescription } from './compare.ts'
import { defaultSql, indexTermOf } from './op-arguments.ts'

/** The dialect of a connection: ours where it is one, else what a test describes. */
export type DescribedDialect = SourceDialect & Partial<Dialect>

/** A model's column in the words of the inspector. */
export function describeColumn(
  column: Column,
  dialect: DescribedDialect,
  numbered: boolean = false,
): ReflectedColumn {
  const { serverDefault } = column
  const identity = dialect.name === 'postgresql' ? column.identity : null
  return {
    name: column.name,
    ddlType: column.type.ddl(dialect),
    type: specOf(column.type),
    nullable: column.nullable && !identity,
    default: serverDefault === undefined ? null : defaultSql(serverDefault, dialect),
    autoincrement: numbered || identity !== null,
    identity: identity && {
      always: identity.options.always ?? false,
      start: identity.options.start ?? 1,
      increment: identity.options.increment ?? 1,
    },
    computed: column.computed && {
      sqltext: renderSql(column.computed.sqltext, dialect),
      persisted: column.computed.persisted ?? dialect.name === 'postgresql',
    },
    comment: column.comment,
  }
}

/** The dialect as what limits names; one that only a test describes limits none. */
function limitOf(dialect: DescribedDialect | undefined): Dialect | undefined {
  return dialect?.maxIdentifierLength === undefined ? undefined : (dialect as Dialect)
}

const keyOf = (constraint: Constraint, dialect: DescribedDialect | undefined): ReflectedKey => ({
  name: constraintName(constraint, limitOf(dialect)),
  columns: constraint.columns.map(({ name }) => name),
})

/** A schema's name and a table's out of `schema.table`. */
function splitKey(key: string): [schema: string | null, name: string] {
  const dot = key.lastIndexOf('.')
  return dot === -1 ? [null, key] : [key.slice(0, dot), key.slice(dot + 1)]
}

export function describeForeignKey(
  constraint: ForeignKeyConstraint,
  dialect?: DescribedDialect,
): ReflectedForeignKey {
  const [schema, name] = splitKey(constraint.referredTableKey)
  const { deferrable, initially } = constraint
  return {
    ...keyOf(constraint, dialect),
    referredSchema: schema === (constraint.table?.schema ?? null) ? null : schema,
    referredTable: name,
    referredColumns: constraint.elements.map(({ targetColumn }) => targetColumn),
    onDelete: constraint.ondelete === 'NO ACTION' ? null : constraint.ondelete,
    onUpdate: constraint.onupdate === 'NO ACTION' ? null : constraint.onupdate,
    deferrable: deferrable === true || initially !== null,
    initiallyDeferred: initially?.toUpperCase() === 'DEFERRED',
  }
}

function describeCheck(constraint: CheckConstraint, dialect: DescribedDialect): ReflectedCheck {
  return {
    name: constraintName(constraint, limitOf(dialect)),
    sqltext: renderSql(constraint.sqltext, dialect),
  }
}

export function describeIndex(index: Index, dialect: DescribedDialect): ReflectedIndex {
  const { options } = index
  const condition =
    options.where ?? (dialect.name === 'postgresql' ? options.postgresqlWhere : options.sqliteWhere)
  return {
    name: indexName(index, limitOf(dialect)),
    unique: index.unique,
    where:
      condition === undefined || dialect.name === 'mysql' ? null : renderSql(condition, dialect),
    using: dialect.name === 'postgresql' ? (options.postgresqlUsing ?? null) : null,
    terms: index.expressions.map((item) => indexTerm(item, options.mysqlLength, dialect)),
  }
}

function indexTerm(
  item: Column | Expression<unknown>,
  lengths: number | Readonly<Record<string, number>> | undefined,
  dialect: DescribedDialect,
): IndexTerm {
  if (item instanceof Column) {
    const length = typeof lengths === 'object' ? lengths[item.name] : lengths
    return dialect.name === 'mysql' && length !== undefined
      ? { column: null, expression: `${item.name}(${length})`, descending: false }
      : { column: item.name, expression: null, descending: false }
  }
  return indexTermOf(item, dialect)
}

/** A model's table in the words of the inspector. */
export function describeTable(table: Table, dialect: DescribedDialect): ReflectedTable {
  const ofType = <C extends Constraint>(Type: abstract new (...args: never[]) => C): C[] =>
    table.constraints.filter((constraint): constraint is C => constraint instanceof Type)
  const checks = ofType(CheckConstraint).filter(
    (check) => !(check instanceof TypeCheckConstraint) || check.appliesTo(dialect),
  )
  const numbered = table.autoincrementColumn
  const [primary] = ofType(PrimaryKeyConstraint)
  return {
    name: table.name,
    schema: table.schema,
    columns: table.columns.map((column) => describeColumn(column, dialect, column === numbered)),
    primaryKey: primary ? keyOf(primary, dialect) : { name: null, columns: [] },
    foreignKeys: table.foreignKeyConstraints.map((key) => describeForeignKey(key, dialect)),
    uniques: ofType(UniqueConstraint).map((key) => keyOf(key, dialect)),
    indexes: table.indexes.map((index) => describeIndex(index, dialect)),
    checks: checks.map((check) => describeCheck(check, dialect)),
    comment: table.comment,
    ...(table.options.sqliteAutoincrement ? { sqliteAutoincrement: true } : {}),
  }
}

/** The enumerated types of PostgreSQL that tables need. */
export function enumsOf(tables: readonly Table[], dialect: DescribedDialect): ReflectedEnum[] {
  const found = new Map<string, ReflectedEnum>()
  for (const column of tables.flatMap((table) => table.columns)) {
    const outer = column.type as { itemType?: unknown }
    const type = (outer.itemType ?? outer) as {
      needsType?: (dialect: SourceDialect) => boolean
      name: string
      schema: string | null
      enums: readonly string[]
    }
    if (!type.needsType?.(dialect)) continue
    found.set(`${type.schema}.${type.name}`, {
      name: type.name,
      schema: type.schema,
      labels: type.enums,
    })
  }
  return [...found.values()]
}

/** All that models say, in the words of the inspector. */
export function describeMetadata(metadata: MetaData, dialect: DescribedDialect): SchemaDescription {
  const tables = metadata.sortedTables
  return {
    tables: tables.map((table) => describeTable(table, dialect)),
    enums: enumsOf(tables, dialect),
  }
}
