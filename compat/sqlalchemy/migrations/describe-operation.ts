import { fullName, type Operation } from './operations.ts'

type Alter = Operation & { kind: 'alterColumn' }

function alterations({ table, before, after, parts }: Alter): string[] {
  const name = `'${fullName(table)}.${after.name}'`
  const words = {
    type: `type change from ${before.ddlType} to ${after.ddlType} on ${name}`,
    nullable: `${after.nullable ? 'NULL' : 'NOT NULL'} on column ${name}`,
    default: `server default on column ${name}`,
    comment: `column comment ${name}`,
    autoincrement: `autoincrement on column ${name}`,
  }
  return parts.map((part) => words[part])
}

/** What was found, in alembic's words: `added table 'user'`. */
export function describeOperation(operation: Operation): string[] {
  switch (operation.kind) {
    case 'createTable':
      return [`added table '${fullName(operation.table)}'`]
    case 'dropTable':
      return [`removed table '${fullName(operation.table)}'`]
    case 'addColumn':
      return [`added column '${fullName(operation.table)}.${operation.column.name}'`]
    case 'dropColumn':
      return [`removed column '${fullName(operation.table)}.${operation.column.name}'`]
    case 'alterColumn':
      return alterations(operation)
    case 'createIndex':
    case 'dropIndex': {
      const { index, table, kind } = operation
      const terms = index.terms.map(({ column, expression }) => column ?? expression).join(', ')
      return [
        `${kind === 'createIndex' ? 'added' : 'removed'} index '${index.name}' on '${fullName(table)}' (${terms})`,
      ]
    }
    case 'addConstraint':
    case 'dropConstraint': {
      const { type, table, kind, constraint } = operation
      const word = {
        unique: 'unique constraint',
        primary: 'primary key',
        foreignkey: 'foreign key',
        check: 'check constraint',
      }[type]
      const what =
        'columns' in constraint ? `(${constraint.columns.join(', ')})` : constraint.sqltext
      const name = constraint.name === null ? '' : ` '${constraint.name}'`
      return [
        `${kind === 'addConstraint' ? 'added' : 'removed'} ${word}${name} ${what} on '${fullName(table)}'`,
      ]
    }
    case 'tableComment':
      return [`comment of table '${fullName(operation.table)}'`]
    case 'createEnum':
      return [`added enum '${operation.enum.name}'`]
    case 'dropEnum':
      return [`removed enum '${operation.enum.name}'`]
    case 'alterEnum':
      return [`labels of enum '${operation.after.name}'`]
  }
}
