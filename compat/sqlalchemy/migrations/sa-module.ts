import { type RawBuilder, sql } from 'kysely'

export { NativeType } from '../reflection/native-type.ts'
export { Column } from '../schema/column.ts'
export {
  CheckConstraint,
  ForeignKeyConstraint,
  PrimaryKeyConstraint,
  UniqueConstraint,
} from '../schema/constraints.ts'
export { Computed, Identity } from '../schema/default.ts'
export { ForeignKey } from '../schema/foreign-key.ts'
export { Index } from '../schema/sql-index.ts'
export * from '../types/index.ts'

/** SQL written by the author of the migration, as it is. */
export function text(sqlText: string): RawBuilder<unknown> {
  return sql.raw(sqlText)
}
