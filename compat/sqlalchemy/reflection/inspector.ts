import { ArgumentError, NoSuchTableError } from '../errors.ts'
import { MysqlReader } from './mysql.ts'
import { PostgresReader } from './postgresql.ts'
import type {
  ReflectedCheck,
  ReflectedColumn,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedKey,
  ReflectedTable,
  SchemaReader,
  SchemaSource,
} from './reflected.ts'
import { SqliteReader } from './sqlite.ts'

const READERS: Readonly<Record<string, new (source: SchemaSource) => SchemaReader>> = {
  sqlite: SqliteReader,
  postgresql: PostgresReader,
  mysql: MysqlReader,
}

/**
 * Reads the schema of a live database, as SQLAlchemy's `Inspector`. What was read is kept:
 * `clearCache()` after a change. A schema left out is the connection's default one.
 */
export class Inspector {
  /** The database that is read. */
  readonly dialect: SchemaSource['dialect']
  readonly #reader: SchemaReader
  readonly #tables = new Map<string, ReflectedTable | null>()

  /** Errors: `ArgumentError` for a database whose catalogue we cannot read. */
  constructor(source: SchemaSource) {
    const Reader = READERS[source.dialect.name]
    if (!Reader) {
      throw new ArgumentError(
        `The schema of '${source.dialect.name}' cannot be read: only those of sqlite, postgresql, mysql and mariadb.`,
      )
    }
    this.dialect = source.dialect
    this.#reader = new Reader(source)
  }

  /** Forgets what was read. */
  clearCache(): void {
    this.#tables.clear()
  }

  /** The schema that unqualified names are in. */
  defaultSchemaName(): Promise<string | null> {
    return this.#reader.defaultSchema()
  }

  getSchemaNames(): Promise<string[]> {
    return this.#reader.schemaNames()
  }

  getTableNames(schema: string | null = null): Promise<string[]> {
    return this.#reader.tableNames(schema)
  }

  getViewNames(schema: string | null = null): Promise<string[]> {
    return this.#reader.viewNames(schema)
  }

  /** The SELECT of a view (SQLite: the whole CREATE VIEW), or null when there is none. */
  getViewDefinition(name: string, schema: string | null = null): Promise<string | null> {
    return this.#reader.viewDefinition(name, schema)
  }

  /** PostgreSQL's enumerated types; elsewhere an empty list. */
  getEnums(schema: string | null = null): Promise<ReflectedEnum[]> {
    return this.#reader.enums(schema)
  }

  /** Describes several tables or views with few queries; a name that is none is left out. */
  async getTables(
    names: readonly string[],
    schema: string | null = null,
  ): Promise<ReflectedTable[]> {
    const missing = names.filter((name) => !this.#tables.has(cacheKey(name, schema)))
    if (missing.length > 0) {
      for (const name of missing) this.#tables.set(cacheKey(name, schema), null)
      for (const table of await this.#reader.tables(missing, schema)) {
        this.#tables.set(cacheKey(table.name, schema), table)
      }
    }
    return names.flatMap((name) => this.#tables.get(cacheKey(name, schema)) ?? [])
  }

  /** All of a table or view. Errors: `NoSuchTableError`. */
  async getTable(name: string, schema: string | null = null): Promise<ReflectedTable> {
    const [table] = await this.getTables([name], schema)
    if (!table) throw new NoSuchTableError(schema === null ? name : `${schema}.${name}`)
    return table
  }

  /** Whether there is such a table or view. */
  async hasTable(name: string, schema: string | null = null): Promise<boolean> {
    return (await this.getTables([name], schema)).length > 0
  }

  async getColumns(name: string, schema?: string | null): Promise<readonly ReflectedColumn[]> {
    return (await this.getTable(name, schema)).columns
  }

  async getPkConstraint(name: string, schema?: string | null): Promise<ReflectedKey> {
    return (await this.getTable(name, schema)).primaryKey
  }

  async getForeignKeys(
    name: string,
    schema?: string | null,
  ): Promise<readonly ReflectedForeignKey[]> {
    return (await this.getTable(name, schema)).foreignKeys
  }

  async getUniqueConstraints(
    name: string,
    schema?: string | null,
  ): Promise<readonly ReflectedKey[]> {
    return (await this.getTable(name, schema)).uniques
  }

  /** The indexes; on MySQL unique constraints are among them, since they are nothing else there. */
  async getIndexes(name: string, schema?: string | null): Promise<readonly ReflectedIndex[]> {
    const { indexes, uniques } = await this.getTable(name, schema)
    return this.dialect.name === 'mysql' ? [...indexes, ...uniques.map(uniqueIndex)] : indexes
  }

  async getCheckConstraints(
    name: string,
    schema?: string | null,
  ): Promise<readonly ReflectedCheck[]> {
    return (await this.getTable(name, schema)).checks
  }

  async getTableComment(name: string, schema?: string | null): Promise<string | null> {
    return (await this.getTable(name, schema)).comment
  }
}

const uniqueIndex = ({ name, columns }: ReflectedKey): ReflectedIndex => ({
  name: name ?? '',
  unique: true,
  where: null,
  using: null,
  terms: columns.map((column) => ({ column, expression: null, descending: false })),
})

const cacheKey = (name: string, schema: string | null): string => JSON.stringify([schema, name])

/** The inspector of a connection, as `sqlalchemy.inspect(connection)`. */
export function inspectSchema(source: SchemaSource): Inspector {
  return new Inspector(source)
}
