import type { Expression } from 'kysely'
import type { IndexTerm, ReflectedColumn, ReflectedForeignKey } from '../reflection/reflected.ts'
import { renderSql } from '../schema/ddl/compiler.ts'
import { toType } from '../types/type-engine.ts'
import type { AlterColumn } from './alterer.ts'
import { DdlWriter } from './ddl.ts'
import type { DescribedDialect } from './describe.ts'
import type { AlterColumnOptions, CreateForeignKeyOptions } from './op-types.ts'

/** A server default as SQL: a text is a literal. */
export function defaultSql(
  value: string | Expression<unknown> | null,
  dialect: DescribedDialect,
): string | null {
  if (value === null) return null
  if (typeof value !== 'string') return renderSql(value, dialect)
  return new DdlWriter(dialect).literal(value)
}

/** What alterColumn was given, in words of DDL. */
export function alterColumnArguments(
  options: AlterColumnOptions,
  dialect: DescribedDialect,
): AlterColumn {
  const { newColumnName, type, nullable, serverDefault, comment, autoincrement } = options
  const existing: Partial<ReflectedColumn> = {
    ...(options.existingType === undefined
      ? {}
      : { ddlType: toType(options.existingType).ddl(dialect) }),
    ...(options.existingNullable === undefined ? {} : { nullable: options.existingNullable }),
    ...(options.existingServerDefault === undefined
      ? {}
      : { default: defaultSql(options.existingServerDefault, dialect) }),
    ...(options.existingComment === undefined ? {} : { comment: options.existingComment }),
    ...(options.existingAutoincrement === undefined
      ? {}
      : { autoincrement: options.existingAutoincrement }),
  }
  return {
    ...(newColumnName === undefined ? {} : { name: newColumnName }),
    ...(type === undefined ? {} : { type: toType(type).ddl(dialect) }),
    ...(nullable === undefined ? {} : { nullable }),
    ...(serverDefault === undefined ? {} : { default: defaultSql(serverDefault, dialect) }),
    ...(comment === undefined ? {} : { comment }),
    ...(autoincrement === undefined ? {} : { autoincrement }),
    ...(options.postgresqlUsing === undefined ? {} : { using: options.postgresqlUsing }),
    existing,
  }
}

/** A column's name, or an expression, which may end in DESC. */
export function indexTermOf(
  item: string | Expression<unknown>,
  dialect: DescribedDialect,
): IndexTerm {
  if (typeof item === 'string') return { column: item, expression: null, descending: false }
  const text = renderSql(item, dialect).trim()
  const term = text.replace(/\s+(?:asc|desc)$/i, '')
  const descending = /\sdesc$/i.test(text)
  const mark = term[0] as string
  if (/^"(?:[^"]|"")+"$|^`(?:[^`]|``)+`$/.test(term)) {
    return { column: term.slice(1, -1).replaceAll(mark + mark, mark), expression: null, descending }
  }
  // A bare word can be nothing but a column.
  if (/^[A-Za-z_]\w*$/.test(term)) return { column: term, expression: null, descending }
  return { column: null, expression: term, descending }
}

export function foreignKeyOf(
  name: string | null,
  referent: string,
  columns: readonly string[],
  referredColumns: readonly string[],
  options: CreateForeignKeyOptions,
): ReflectedForeignKey {
  const rule = (text: string | undefined): string | null => {
    const upper = text?.toUpperCase() ?? null
    return upper === 'NO ACTION' ? null : upper
  }
  return {
    name,
    columns,
    referredSchema: options.referentSchema ?? null,
    referredTable: referent,
    referredColumns,
    onDelete: rule(options.ondelete),
    onUpdate: rule(options.onupdate),
    deferrable: options.deferrable === true || options.initially !== undefined,
    initiallyDeferred: options.initially === 'DEFERRED',
  }
}
