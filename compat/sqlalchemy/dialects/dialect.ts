import type { QueryCompiler } from 'kysely'
import type { TypeDialect } from '../types/type-engine.ts'

/** What a database can do, where databases differ. */
export interface DialectFeatures {
  readonly insertReturning: boolean
  readonly updateReturning: boolean
  readonly deleteReturning: boolean
  /** `INSERT … ON CONFLICT` (otherwise `ON DUPLICATE KEY UPDATE`). */
  readonly onConflict: boolean
  readonly nativeBoolean: boolean
  readonly nativeUuid: boolean
  readonly nativeJson: boolean
  readonly nativeArray: boolean
  readonly nativeEnum: boolean
  readonly ilike: boolean
  readonly forUpdate: boolean
  readonly nullsFirst: boolean
  readonly fullJoin: boolean
  /** CREATE and DROP are part of a transaction. */
  readonly transactionalDdl: boolean
  /** `ALTER TABLE … ADD CONSTRAINT`. */
  readonly alterConstraints: boolean
  readonly schemas: boolean
  readonly comments: boolean
}

/** One kind of database: its features, its way to quote, and its errors. */
export interface Dialect extends TypeDialect {
  readonly name: 'sqlite' | 'postgresql' | 'mysql' | (string & {})
  /** The name Python's driver would have in messages: `sqlite3`, `psycopg2.errors`, `pymysql.err`. */
  readonly dbapi: string
  readonly features: DialectFeatures
  /** The most parameters one statement may have. */
  readonly maxParameters: number
  /** The most characters of an identifier. */
  readonly maxIdentifierLength: number
  /** The statement that is valid when an INSERT has no column at all. */
  readonly emptyInsert: 'default values' | 'values ()'
  /** An identifier, quoted always. */
  quote(name: string): string
  /** A string as a literal of SQL, for DDL, where parameters are not possible. */
  literal(value: string): string
  /** A new Kysely compiler of this dialect. */
  createQueryCompiler(): QueryCompiler
  /** The driver's error as one of SQLAlchemy's family. Errors of this package pass unchanged. */
  translateError(
    error: unknown,
    sql: string | null,
    parameters: readonly unknown[] | null,
    hideParameters?: boolean,
  ): Error
  /** Whether the error says that the connection is gone. */
  isDisconnect(error: unknown): boolean
}
