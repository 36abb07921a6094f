import { AddConstraintNode, AlterTableNode, CreateTypeNode, DropTableNode } from 'kysely'
import type { Dialect } from '../../dialects/dialect.ts'
import { ArrayType } from '../../types/array.ts'
import { EnumType } from '../../types/enum.ts'
import { storedType } from '../../types/type-decorator.ts'
import type { TypeEngine } from '../../types/type-engine.ts'
import type { Constraint } from '../constraints.ts'
import type { Index } from '../sql-index.ts'
import type { Table } from '../table.ts'
import { ddlText } from './compiler.ts'
import {
  constraintNode,
  createIndexNode,
  createTableNode,
  tableOf,
  typeName,
} from './table-node.ts'

/** A type PostgreSQL has to have before a table uses it. */
export interface NamedEnum {
  readonly name: string
  readonly schema: string | null
  readonly enums: readonly string[]
}

/** The enumerated types of a table's columns, arrays' items among them. */
export function enumsOf(tables: readonly Table[], dialect: Dialect): NamedEnum[] {
  const found = new Map<string, NamedEnum>()
  for (const column of tables.flatMap((table) => table.columns)) {
    const stored = column.typed ? storedType(column.type as TypeEngine, dialect) : null
    const type = stored instanceof ArrayType ? stored.itemType : stored
    if (!(type instanceof EnumType) || !type.needsType(dialect) || type.name === null) continue
    found.set(`${type.schema ?? ''}.${type.name}`, type as NamedEnum)
  }
  return [...found.values()]
}

export function createEnumText({ name, schema, enums }: NamedEnum, dialect: Dialect): string {
  return ddlText(
    CreateTypeNode.cloneWithEnum(CreateTypeNode.create(typeName(name, schema)), enums),
    dialect,
  )
}

export function dropEnumText({ name, schema }: NamedEnum, dialect: Dialect): string {
  const qualified = schema === null ? '' : `${dialect.quote(schema)}.`
  return `drop type ${qualified}${dialect.quote(name)}`
}

/** CREATE TABLE, as one statement of SQL. */
export function createTableText(
  table: Table,
  dialect: Dialect,
  without?: ReadonlySet<Constraint>,
): string {
  return ddlText(createTableNode(table, dialect, without), dialect)
}

export function createIndexText(index: Index, dialect: Dialect): string {
  return ddlText(createIndexNode(index, dialect), dialect)
}

/** The comments of a table and its columns, where they are statements of their own. */
export function commentTexts(table: Table, dialect: Dialect): string[] {
  if (dialect.name !== 'postgresql') return []
  const name = qualified(table, dialect)
  const texts: string[] = []
  if (table.comment !== null) {
    texts.push(`comment on table ${name} is ${dialect.literal(table.comment)}`)
  }
  for (const column of table.columns) {
    if (column.comment === null) continue
    const target = `${name}.${dialect.quote(column.name)}`
    texts.push(`comment on column ${target} is ${dialect.literal(column.comment)}`)
  }
  return texts
}

export function addConstraintText(
  table: Table,
  constraint: Constraint,
  dialect: Dialect,
): string | null {
  const node = constraintNode(constraint, dialect)
  if (!node) return null
  return ddlText(
    AlterTableNode.cloneWithTableProps(AlterTableNode.create(tableOf(table)), {
      addConstraint: AddConstraintNode.create(node),
    }),
    dialect,
  )
}

export function dropForeignKeyText(table: Table, name: string, dialect: Dialect): string {
  const what = dialect.name === 'mysql' ? 'foreign key' : 'constraint'
  return `alter table ${qualified(table, dialect)} drop ${what} ${dialect.quote(name)}`
}

export function dropTableText(table: Table, dialect: Dialect): string {
  return ddlText(DropTableNode.create(tableOf(table)), dialect)
}

function qualified({ name, schema }: Table, dialect: Dialect): string {
  return schema === null ? dialect.quote(name) : `${dialect.quote(schema)}.${dialect.quote(name)}`
}
