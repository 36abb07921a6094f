export { Column, type ColumnItem, type ColumnOptions } from './column.ts'
export {
  CheckConstraint,
  type ColumnReference,
  Constraint,
  type ConstraintOptions,
  ForeignKeyConstraint,
  PrimaryKeyConstraint,
  UniqueConstraint,
} from './constraints.ts'
export { renderSql } from './ddl/compiler.ts'
export type { Bind, DdlOptions } from './ddl/run.ts'
export { createIndexText, createTableText, dropTableText } from './ddl/statements.ts'
export {
  type ColumnDefault,
  Computed,
  type DefaultContext,
  Identity,
  type IdentityOptions,
} from './default.ts'
export {
  ForeignKey,
  type ForeignKeyOptions,
  type ForeignKeyTarget,
  type ReferentialAction,
} from './foreign-key.ts'
export {
  MetaData,
  type MetaDataDdlOptions,
  type MetaDataOptions,
  type NamingConvention,
  type NamingToken,
} from './metadata.ts'
export { constraintName, indexName } from './naming.ts'
export { type SortedTables, sortTables, sortWithCycles } from './sort.ts'
export { Index, type IndexItem, type IndexOptions } from './sql-index.ts'
export { type ColumnCollection, Table, type TableItem, type TableOptions } from './table.ts'
