import type { Expression } from 'kysely'
import type { ReferentialAction } from '../schema/foreign-key.ts'
import type { TypeArgument } from '../types/type-engine.ts'

export interface SchemaOption {
  readonly schema?: string | null
}

/** Options of `alterColumn`: what is left out stays as it is. */
export interface AlterColumnOptions extends SchemaOption {
  readonly newColumnName?: string
  readonly type?: TypeArgument
  readonly nullable?: boolean
  /** A text, an SQL expression (`sa.text('now()')`), or null to take the default away. */
  readonly serverDefault?: string | Expression<unknown> | null
  readonly comment?: string | null
  readonly autoincrement?: boolean
  /** PostgreSQL: SQL that makes the new value of the old one; default: a cast. */
  readonly postgresqlUsing?: string
  /** What the column is before; only `--sql` on MySQL needs to be told. */
  readonly existingType?: TypeArgument
  readonly existingNullable?: boolean
  readonly existingServerDefault?: string | Expression<unknown> | null
  readonly existingComment?: string | null
  readonly existingAutoincrement?: boolean
}

export interface CreateIndexOptions extends SchemaOption {
  readonly unique?: boolean
  readonly where?: string | Expression<unknown>
  /** PostgreSQL: `gin`, `hash`; MySQL: `fulltext`. */
  readonly using?: string
}

export interface CreateForeignKeyOptions {
  readonly ondelete?: ReferentialAction | Lowercase<ReferentialAction>
  readonly onupdate?: ReferentialAction | Lowercase<ReferentialAction>
  readonly deferrable?: boolean
  readonly initially?: 'DEFERRED' | 'IMMEDIATE'
  readonly sourceSchema?: string | null
  readonly referentSchema?: string | null
}

/** Options of `dropConstraint`; what they say finds a constraint without a name. */
export interface DropConstraintOptions extends SchemaOption {
  readonly type?: 'unique' | 'foreignkey' | 'primary' | 'check'
  readonly columns?: readonly string[]
  readonly sqltext?: string
}
