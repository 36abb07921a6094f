import type {
  ReflectedCheck,
  ReflectedColumn,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedKey,
  ReflectedTable,
} from '../reflection/reflected.ts'

/** Name and schema of a table. */
export interface TableName {
  readonly name: string
  readonly schema: string | null
}

/** Constraints by kind. */
export type ConstraintChange =
  | { readonly type: 'unique'; readonly constraint: ReflectedKey }
  | { readonly type: 'primary'; readonly constraint: ReflectedKey }
  | { readonly type: 'foreignkey'; readonly constraint: ReflectedForeignKey }
  | { readonly type: 'check'; readonly constraint: ReflectedCheck }

/** What of a column can be changed. */
export type ColumnPart = 'type' | 'nullable' | 'default' | 'comment' | 'autoincrement'

/** One step from a schema to another: what `revision --autogenerate` finds. */
export type Operation =
  | { readonly kind: 'createTable'; readonly table: ReflectedTable }
  | { readonly kind: 'dropTable'; readonly table: ReflectedTable }
  | { readonly kind: 'addColumn'; readonly table: TableName; readonly column: ReflectedColumn }
  | { readonly kind: 'dropColumn'; readonly table: TableName; readonly column: ReflectedColumn }
  | {
      readonly kind: 'alterColumn'
      readonly table: TableName
      readonly before: ReflectedColumn
      readonly after: ReflectedColumn
      readonly parts: readonly ColumnPart[]
    }
  | { readonly kind: 'createIndex'; readonly table: TableName; readonly index: ReflectedIndex }
  | { readonly kind: 'dropIndex'; readonly table: TableName; readonly index: ReflectedIndex }
  | ({ readonly kind: 'addConstraint'; readonly table: TableName } & ConstraintChange)
  | ({ readonly kind: 'dropConstraint'; readonly table: TableName } & ConstraintChange)
  | {
      readonly kind: 'tableComment'
      readonly table: TableName
      readonly before: string | null
      readonly after: string | null
    }
  | { readonly kind: 'createEnum'; readonly enum: ReflectedEnum }
  | { readonly kind: 'dropEnum'; readonly enum: ReflectedEnum }
  | { readonly kind: 'alterEnum'; readonly before: ReflectedEnum; readonly after: ReflectedEnum }

/** The step back. */
export function reverse(operation: Operation): Operation {
  switch (operation.kind) {
    case 'createTable':
      return { ...operation, kind: 'dropTable' }
    case 'dropTable':
      return { ...operation, kind: 'createTable' }
    case 'addColumn':
      return { ...operation, kind: 'dropColumn' }
    case 'dropColumn':
      return { ...operation, kind: 'addColumn' }
    case 'createIndex':
      return { ...operation, kind: 'dropIndex' }
    case 'dropIndex':
      return { ...operation, kind: 'createIndex' }
    case 'addConstraint':
      return { ...operation, kind: 'dropConstraint' }
    case 'dropConstraint':
      return { ...operation, kind: 'addConstraint' }
    case 'createEnum':
      return { ...operation, kind: 'dropEnum' }
    case 'dropEnum':
      return { ...operation, kind: 'createEnum' }
    case 'alterColumn':
      return { ...operation, before: operation.after, after: operation.before }
    case 'tableComment':
      return { ...operation, before: operation.after, after: operation.before }
    case 'alterEnum':
      return { ...operation, before: operation.after, after: operation.before }
  }
}

/** `schema.table`, or the table alone. */
export const fullName = ({ name, schema }: TableName): string =>
  schema === null ? name : `${schema}.${name}`
