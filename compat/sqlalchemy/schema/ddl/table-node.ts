import {
  CheckConstraintNode,
  ColumnNode,
  type ConstraintNode,
  CreateIndexNode,
  CreateTableNode,
  ForeignKeyConstraintNode,
  type OperationNode,
  PrimaryKeyConstraintNode,
  SchemableIdentifierNode,
  TableNode,
  UniqueConstraintNode,
  WhereNode,
} from 'kysely'
import type { Dialect } from '../../dialects/dialect.ts'
import { CompileError } from '../../errors.ts'
import { sqlNode } from '../../expression/nodes.ts'
import { Column } from '../column.ts'
import {
  CheckConstraint,
  type Constraint,
  ForeignKeyConstraint,
  PrimaryKeyConstraint,
  TypeCheckConstraint,
  UniqueConstraint,
} from '../constraints.ts'
import { constraintName, indexName } from '../naming.ts'
import type { Index } from '../sql-index.ts'
import type { Table } from '../table.ts'
import { columnNode, hasInlineKey } from './column-node.ts'
import { expressionNode, renderSql } from './compiler.ts'

/** CREATE TABLE. `without` are foreign keys that are added once all tables are there. */
export function createTableNode(
  table: Table,
  dialect: Dialect,
  without: ReadonlySet<Constraint> = new Set(),
): CreateTableNode {
  let node: CreateTableNode = CreateTableNode.cloneWith(CreateTableNode.create(tableOf(table)), {
    ...(table.options.temporary ? { temporary: true } : {}),
  })
  for (const column of table.columns) {
    node = CreateTableNode.cloneWithColumn(node, columnNode(column, dialect))
  }
  for (const constraint of table.constraints) {
    if (without.has(constraint)) continue
    const made = constraintNode(constraint, dialect)
    if (made) node = CreateTableNode.cloneWithConstraint(node, made)
  }
  for (const text of tableOptions(table, dialect)) {
    node = CreateTableNode.cloneWithEndModifier(node, sqlNode(text))
  }
  return node
}

/** The constraint as CREATE TABLE and ADD have it; null where the database needs none. */
export function constraintNode(constraint: Constraint, dialect: Dialect): ConstraintNode | null {
  const name = constraintName(constraint, dialect) ?? undefined
  const columns = constraint.columns.map((column) => column.name)
  if (constraint instanceof PrimaryKeyConstraint) {
    if (columns.length === 0 || isInline(constraint, dialect)) return null
    return PrimaryKeyConstraintNode.create(columns, name)
  }
  const deferral = dialect.name === 'mysql' ? {} : deferralOf(constraint)
  if (constraint instanceof UniqueConstraint) {
    if (columns.length === 0) return null
    return UniqueConstraintNode.cloneWith(
      UniqueConstraintNode.create(
        constraint.columns.map(({ name: column }) => ColumnNode.create(column)),
        name,
      ),
      deferral,
    )
  }
  if (constraint instanceof CheckConstraint) {
    if (constraint instanceof TypeCheckConstraint && !constraint.appliesTo(dialect)) return null
    const { sqltext } = constraint
    const condition =
      typeof sqltext === 'string' ? sqlNode(sqltext) : expressionNode(sqltext, dialect)
    return CheckConstraintNode.create(condition, name)
  }
  if (!(constraint instanceof ForeignKeyConstraint)) return null
  const node = foreignKeyNode(constraint, name, dialect)
  return node && ForeignKeyConstraintNode.cloneWith(node, deferral)
}

function isInline(constraint: PrimaryKeyConstraint, dialect: Dialect): boolean {
  const { autoincrementColumn } = constraint
  return autoincrementColumn !== null && hasInlineKey(autoincrementColumn, dialect)
}

interface Deferral {
  readonly deferrable?: boolean
  readonly initiallyDeferred?: boolean
}

function deferralOf({ deferrable, initially }: Constraint): Deferral {
  return {
    ...(deferrable === null ? {} : { deferrable }),
    ...(initially === null ? {} : { initiallyDeferred: initially.toUpperCase() === 'DEFERRED' }),
  }
}

const ACTIONS: ReadonlySet<string> = new Set([
  'cascade',
  'set null',
  'set default',
  'restrict',
  'no action',
])

function foreignKeyNode(
  constraint: ForeignKeyConstraint,
  name: string | undefined,
  dialect: Dialect,
): ForeignKeyConstraintNode | null {
  const referred = constraint.elements.map(({ column }) => column)
  const { referredTable } = constraint
  // SQLite's foreign keys stay inside one attached database, and do not name it.
  const inside = dialect.name === 'sqlite'
  if (inside && referredTable.schema !== constraint.table?.schema) return null
  const node = ForeignKeyConstraintNode.create(
    constraint.columns.map((column) => ColumnNode.create(column.name)),
    inside ? TableNode.create(referredTable.name) : tableOf(referredTable),
    referred.map((column) => ColumnNode.create(column.name)),
    name,
  )
  const onDelete = action(constraint.ondelete)
  const onUpdate = action(constraint.onupdate)
  return ForeignKeyConstraintNode.cloneWith(node, {
    ...(onDelete ? { onDelete } : {}),
    ...(onUpdate ? { onUpdate } : {}),
  })
}

function action(text: string | null): ForeignKeyConstraintNode['onDelete'] {
  if (text === null) return undefined
  const lower = text.toLowerCase()
  if (ACTIONS.has(lower)) return lower as ForeignKeyConstraintNode['onDelete']
  throw new CompileError(`Unexpected SQL phrase: '${text}'`)
}

/** CREATE INDEX. */
export function createIndexNode(index: Index, dialect: Dialect): CreateIndexNode {
  const { options, table } = index
  const where = conditionOf(index, dialect)
  const { name: tableName, schema } = table as Table
  const inside = dialect.name === 'sqlite' && schema !== null
  const name = indexName(index, dialect)
  return CreateIndexNode.cloneWith(CreateIndexNode.create(name), {
    // SQLite has the schema with the index's name; an index is always with its table.
    ...(inside ? { name: typeName(name, schema) as OperationNode as CreateIndexNode['name'] } : {}),
    table: inside ? TableNode.create(tableName) : tableOf(table as Table),
    unique: index.unique,
    columns: index.expressions.map((item) => indexTerm(item, options.mysqlLength, dialect)),
    ...(options.postgresqlUsing !== undefined && dialect.name === 'postgresql'
      ? { using: sqlNode(dialect.quote(options.postgresqlUsing)) }
      : {}),
    ...(where ? { where: WhereNode.create(where) } : {}),
  })
}

function conditionOf({ options }: Index, dialect: Dialect): OperationNode | null {
  const own = dialect.name === 'postgresql' ? options.postgresqlWhere : options.sqliteWhere
  const condition = options.where ?? own
  if (condition === undefined || dialect.name === 'mysql') return null
  return sqlNode(renderSql(condition, dialect))
}

function indexTerm(
  item: Index['expressions'][number],
  lengths: number | Readonly<Record<string, number>> | undefined,
  dialect: Dialect,
): OperationNode {
  if (item instanceof Column) {
    const length = typeof lengths === 'object' ? lengths[item.name] : lengths
    return length !== undefined && dialect.name === 'mysql'
      ? sqlNode(`${dialect.quote(item.name)}(${Math.trunc(length)})`)
      : ColumnNode.create(item.name)
  }
  const text = renderSql(item, dialect)
  const [, body = text, order = ''] =
    /^(.*?)(\s(?:asc|desc)(?:\snulls\s(?:first|last))?)?$/is.exec(text) ?? []
  const plain = /^(?:\w+|"(?:[^"]|"")+"|`(?:[^`]|``)+`)$/.test(body)
  return sqlNode(plain ? text : `(${body})${order}`)
}

/** The table's name with its schema; a dot in a name is part of it. */
export function tableOf({ name, schema }: Pick<Table, 'name' | 'schema'>): TableNode {
  return schema ? TableNode.createWithSchema(schema, name) : TableNode.create(name)
}

/** A type's name with its schema. */
export function typeName(name: string, schema: string | null): SchemableIdentifierNode {
  return schema
    ? SchemableIdentifierNode.createWithSchema(schema, name)
    : SchemableIdentifierNode.create(name)
}

function tableOptions(table: Table, dialect: Dialect): string[] {
  const { options, comment } = table
  if (dialect.name === 'sqlite') {
    const words = [
      options.sqliteWithRowid === false ? 'WITHOUT ROWID' : '',
      options.sqliteStrict ? 'STRICT' : '',
    ].filter(Boolean)
    return words.length > 0 ? [words.join(', ')] : []
  }
  if (dialect.name !== 'mysql') return []
  const words: string[] = []
  if (options.mysqlEngine !== undefined) words.push(`ENGINE=${word(options.mysqlEngine)}`)
  if (options.mysqlCharset !== undefined) words.push(`CHARSET=${word(options.mysqlCharset)}`)
  if (options.mysqlCollate !== undefined) words.push(`COLLATE ${word(options.mysqlCollate)}`)
  if (comment !== null) words.push(`COMMENT=${dialect.literal(comment)}`)
  return words
}

function word(text: string): string {
  if (/^\w+$/.test(text)) return text
  throw new CompileError(`Unexpected SQL phrase: '${text}'`)
}
