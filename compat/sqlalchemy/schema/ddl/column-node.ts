import { ColumnDefinitionNode, DefaultValueNode, GeneratedNode, type OperationNode } from 'kysely'
import type { Dialect } from '../../dialects/dialect.ts'
import { CompileError } from '../../errors.ts'
import { parens, sqlNode } from '../../expression/nodes.ts'
import { storedType } from '../../types/type-decorator.ts'
import type { Column } from '../column.ts'
import type { Computed, Identity } from '../default.ts'
import { renderSql } from './compiler.ts'

/** A column as CREATE TABLE and ADD COLUMN have it. */
export function columnNode(column: Column, dialect: Dialect): ColumnDefinitionNode {
  const numbered = column.table?.autoincrementColumn === column
  const inlineKey = numbered && hasInlineKey(column, dialect)
  const generated = generatedNode(column, dialect)
  const defaultTo = generated ? undefined : defaultNode(column, dialect)
  return ColumnDefinitionNode.cloneWith(
    ColumnDefinitionNode.create(column.name, sqlNode(columnType(column, dialect, numbered))),
    {
      ...(generated ? { generated } : {}),
      ...(defaultTo ? { defaultTo } : {}),
      ...(saysNotNull(column, dialect) ? { notNull: true } : {}),
      ...(inlineKey ? { primaryKey: true, autoIncrement: true } : {}),
      ...(numbered && dialect.name === 'mysql' ? { autoIncrement: true } : {}),
      endModifiers: endModifiers(column, dialect),
    },
  )
}

/** An identity is never NULL anyway; MariaDB has no NOT NULL for computed columns. */
function saysNotNull(column: Column, dialect: Dialect): boolean {
  if (column.nullable) return false
  return dialect.name === 'mysql'
    ? !column.computed
    : !(column.identity && dialect.name === 'postgresql')
}

/** SQLite's AUTOINCREMENT, which has to stand with the column. */
export function hasInlineKey(column: Column, dialect: Dialect): boolean {
  return dialect.name === 'sqlite' && column.table?.options.sqliteAutoincrement === true
}

/** The type as the database names it; PostgreSQL numbers keys by types of their own. */
export function columnType(column: Column, dialect: Dialect, numbered: boolean): string {
  const text = typeText(column, dialect)
  if (dialect.name !== 'postgresql' || !numbered || column.identity) return text
  const stored = storedType(column.type, dialect).visitName
  return stored === 'big_integer'
    ? 'BIGSERIAL'
    : stored === 'small_integer'
      ? 'SMALLSERIAL'
      : 'SERIAL'
}

function typeText(column: Column, dialect: Dialect): string {
  try {
    if (column.typed || column.foreignKeys.length > 0) return column.type.ddl(dialect)
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    throw new CompileError(
      `(in table '${column.table?.name}', column '${column.name}'): ${error.message}`,
    )
  }
  throw new CompileError(
    `(in table '${column.table?.name}', column '${column.name}'): Can't generate DDL for NullType(); ` +
      'did you forget to specify a type on this Column?',
  )
}

function generatedNode(column: Column, dialect: Dialect): GeneratedNode | undefined {
  if (column.computed) return computedNode(column.computed, dialect)
  if (column.identity && dialect.name === 'postgresql') {
    return sqlNode(identityText(column.identity)) as OperationNode as GeneratedNode
  }
  return undefined
}

function computedNode({ sqltext, persisted }: Computed, dialect: Dialect): GeneratedNode {
  if (dialect.name === 'postgresql' && persisted === false) {
    throw new CompileError(
      "PostrgreSQL computed columns do not support 'virtual' persistence; set the 'persisted' flag " +
        'to null or true for PostgreSQL support.',
    )
  }
  const stored = persisted ?? dialect.name === 'postgresql'
  const node = GeneratedNode.createWithExpression(sqlNode(renderSql(sqltext, dialect)))
  return GeneratedNode.cloneWith(node, { stored })
}

function identityText({ options }: Identity): string {
  const parts: string[] = []
  if (options.increment !== undefined) parts.push(`INCREMENT BY ${integer(options.increment)}`)
  if (options.start !== undefined) parts.push(`START WITH ${integer(options.start)}`)
  if (options.minvalue !== undefined) parts.push(`MINVALUE ${integer(options.minvalue)}`)
  if (options.maxvalue !== undefined) parts.push(`MAXVALUE ${integer(options.maxvalue)}`)
  if (options.cache !== undefined) parts.push(`CACHE ${integer(options.cache)}`)
  if (options.cycle !== undefined) parts.push(options.cycle ? 'CYCLE' : 'NO CYCLE')
  const kind = options.always ? 'ALWAYS' : 'BY DEFAULT'
  return `GENERATED ${kind} AS IDENTITY${parts.length > 0 ? ` (${parts.join(' ')})` : ''}`
}

function integer(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  throw new CompileError(`Identity's numbers are whole, not ${value}`)
}

function defaultNode(column: Column, dialect: Dialect): DefaultValueNode | undefined {
  const { serverDefault } = column
  if (serverDefault === undefined || serverDefault === null) return undefined
  if (typeof serverDefault === 'string') {
    return DefaultValueNode.create(sqlNode(dialect.literal(serverDefault)))
  }
  const text = renderSql(serverDefault, dialect)
  const node = sqlNode(text)
  // `text()` is the programmer's own SQL; other expressions need parentheses but in PostgreSQL.
  const own = 'text' in serverDefault
  const bare = own || dialect.name === 'postgresql' || isPlain(text, dialect)
  return DefaultValueNode.create(bare ? node : parens(node))
}

/** What MySQL takes without parentheses, and before 8.0.13 only so. */
function isPlain(text: string, dialect: Dialect): boolean {
  if (dialect.name !== 'mysql') return false
  return /^(?:-?[\d.]+|'(?:[^'\\]|'')*'|null|true|false|(?:now|current_timestamp)(?:\(\d*\))?)$/i.test(
    text,
  )
}

function endModifiers(column: Column, dialect: Dialect): readonly OperationNode[] {
  if (dialect.name !== 'mysql') return []
  const modifiers: OperationNode[] = []
  // A TIMESTAMP of MySQL is NOT NULL unless it says otherwise.
  if (column.nullable && /^timestamp/i.test(column.type.ddl(dialect)))
    modifiers.push(sqlNode('NULL'))
  if (column.comment !== null) modifiers.push(sqlNode(`COMMENT ${dialect.literal(column.comment)}`))
  return modifiers
}
