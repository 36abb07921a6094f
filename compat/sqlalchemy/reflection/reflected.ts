import type { Kysely } from 'kysely'

/** The part of a connection that reading and changing a schema needs. */
export interface SchemaSource {
  readonly dialect: SourceDialect
  // biome-ignore lint/suspicious/noExplicitAny: any schema is read
  readonly kysely: Kysely<any>
}

/** The database that is spoken to. */
export interface SourceDialect {
  /** `sqlite`, `postgresql`, `mysql` */
  readonly name: string
  readonly flavour: 'mariadb' | null
}

/** A type of ours by its name and arguments: `String(80)`, `Enum('a', 'b', { name: 'kind' })`. */
export interface TypeSpec {
  readonly name: string
  readonly args: readonly (string | number)[]
  readonly options?: Readonly<Record<string, string | number | boolean>>
  /** Element type of an Array. */
  readonly item?: TypeSpec
}

/** A column as the database has it. */
export interface ReflectedColumn {
  readonly name: string
  /** The type as DDL of this database writes it, with a collation where it is not the default. */
  readonly ddlType: string
  /** The type of ours whose values it holds; null for a kind unknown to us. */
  readonly type: TypeSpec | null
  readonly nullable: boolean
  /** The server's default as an SQL expression. */
  readonly default: string | null
  /** Whether the database numbers the column's rows (SERIAL, AUTO_INCREMENT, AUTOINCREMENT). */
  readonly autoincrement: boolean
  readonly identity: ReflectedIdentity | null
  readonly computed: { readonly sqltext: string; readonly persisted: boolean } | null
  readonly comment: string | null
}

/** GENERATED … AS IDENTITY. */
export interface ReflectedIdentity {
  readonly always: boolean
  readonly start: number
  readonly increment: number
}

export interface ReflectedKey {
  readonly name: string | null
  readonly columns: readonly string[]
}

export interface ReflectedForeignKey extends ReflectedKey {
  /** null: the schema of the table itself */
  readonly referredSchema: string | null
  readonly referredTable: string
  readonly referredColumns: readonly string[]
  /** CASCADE, SET NULL …; null for NO ACTION, and for MySQL's RESTRICT, which is the same there. */
  readonly onDelete: string | null
  readonly onUpdate: string | null
  readonly deferrable: boolean
  readonly initiallyDeferred: boolean
}

export interface ReflectedIndex {
  readonly name: string
  /** A column's name, or an expression in parentheses, each perhaps with DESC. */
  readonly terms: readonly IndexTerm[]
  readonly unique: boolean
  /** Condition of a partial index. */
  readonly where: string | null
  /** gin, gist, hash, fulltext …; null for the usual kind */
  readonly using: string | null
}

export interface IndexTerm {
  readonly column: string | null
  readonly expression: string | null
  readonly descending: boolean
}

export interface ReflectedCheck {
  readonly name: string | null
  readonly sqltext: string
}

/** A table or view as the database has it. */
export interface ReflectedTable {
  readonly name: string
  readonly schema: string | null
  readonly columns: readonly ReflectedColumn[]
  readonly primaryKey: ReflectedKey
  readonly foreignKeys: readonly ReflectedForeignKey[]
  readonly uniques: readonly ReflectedKey[]
  readonly indexes: readonly ReflectedIndex[]
  readonly checks: readonly ReflectedCheck[]
  readonly comment: string | null
  /** SQLite: whether the key has AUTOINCREMENT, so that numbers are never used again. */
  readonly sqliteAutoincrement?: boolean
}

/** An enumerated type of PostgreSQL. */
export interface ReflectedEnum {
  readonly name: string
  readonly schema: string | null
  readonly labels: readonly string[]
}

/** Reads one kind of database. Schema null means the connection's default one. */
export interface SchemaReader {
  defaultSchema(): Promise<string | null>
  schemaNames(): Promise<string[]>
  tableNames(schema: string | null): Promise<string[]>
  viewNames(schema: string | null): Promise<string[]>
  viewDefinition(name: string, schema: string | null): Promise<string | null>
  /** Describes the named tables and views; a name that is none is left out. */
  tables(names: readonly string[], schema: string | null): Promise<ReflectedTable[]>
  enums(schema: string | null): Promise<ReflectedEnum[]>
}
