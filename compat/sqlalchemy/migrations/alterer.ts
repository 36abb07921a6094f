import type { ReflectedColumn, SchemaSource } from '../reflection/reflected.ts'
import type { ConstraintChange, TableName } from './operations.ts'

/** What alterColumn changes, in words of DDL; what is left out stays. */
export interface AlterColumn {
  readonly name?: string
  readonly type?: string
  readonly nullable?: boolean
  readonly default?: string | null
  readonly comment?: string | null
  readonly autoincrement?: boolean
  /** PostgreSQL: how the old value becomes the new one. */
  readonly using?: string
  /** What the column is before, for `--sql`, where the database cannot be asked. */
  readonly existing?: Partial<ReflectedColumn>
}

/** A constraint to drop: by name, or by what it is where it has none of its own. */
export interface DropConstraint {
  readonly name: string | null
  readonly type: ConstraintChange['type'] | null
  readonly columns: readonly string[] | null
  readonly sqltext: string | null
}

/** Where statements go: the database, or the text of `--sql`. */
export interface StatementSink extends SchemaSource {
  /** Runs a statement of DDL. */
  run(statement: string): Promise<void>
  /** Whether statements are only written down, so that nothing can be asked. */
  readonly offline: boolean
}

/** Changes tables the way one database does it. */
export interface TableAlterer {
  addColumn(table: TableName, column: ReflectedColumn): Promise<void>
  dropColumn(table: TableName, name: string): Promise<void>
  alterColumn(table: TableName, name: string, change: AlterColumn): Promise<void>
  addConstraint(table: TableName, change: ConstraintChange): Promise<void>
  dropConstraint(table: TableName, search: DropConstraint): Promise<void>
  /** Carries out what was put off, so that a table is copied once for several changes. */
  flush(): Promise<void>
}
