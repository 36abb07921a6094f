import {
  MysqlQueryCompiler,
  PostgresQueryCompiler,
  type QueryCompiler,
  SqliteQueryCompiler,
} from 'kysely'
import { CompileError } from '../errors.ts'
import type { Dialect, DialectFeatures } from './dialect.ts'
import {
  classifyMysql,
  classifyOther,
  classifyPostgresql,
  classifySqlite,
  type ErrorFields,
  type Translation,
  translated,
} from './translate.ts'

interface Description {
  readonly name: string
  readonly dbapi: string
  readonly features: DialectFeatures
  readonly maxParameters: number
  readonly maxIdentifierLength: number
  readonly emptyInsert: Dialect['emptyInsert']
  readonly quoteChar: '"' | '`'
  readonly classify: (error: ErrorFields) => Translation
  readonly createQueryCompiler: () => QueryCompiler
}

class DescribedDialect implements Dialect {
  readonly name: string
  readonly dbapi: string
  flavour: 'mariadb' | null = null
  features: DialectFeatures
  readonly maxParameters: number
  readonly maxIdentifierLength: number
  readonly emptyInsert: Dialect['emptyInsert']
  readonly createQueryCompiler: () => QueryCompiler
  readonly #quoteChar: string
  readonly #classify: Description['classify']

  constructor(description: Description) {
    this.name = description.name
    this.dbapi = description.dbapi
    this.features = description.features
    this.maxParameters = description.maxParameters
    this.maxIdentifierLength = description.maxIdentifierLength
    this.emptyInsert = description.emptyInsert
    this.createQueryCompiler = description.createQueryCompiler
    this.#quoteChar = description.quoteChar
    this.#classify = description.classify
  }

  quote(name: string): string {
    if (name.includes('\0')) throw new CompileError('An identifier cannot have a NUL character')
    const char = this.#quoteChar
    return char + name.replaceAll(char, char + char) + char
  }

  literal(value: string): string {
    if (value.includes('\0')) throw new CompileError('A literal cannot have a NUL character')
    const text = this.name === 'mysql' ? value.replaceAll('\\', '\\\\') : value
    return `'${text.replaceAll("'", "''")}'`
  }

  translateError(
    error: unknown,
    sql: string | null,
    parameters: readonly unknown[] | null,
    hideParameters = false,
  ): Error {
    return translated(error, sql, parameters, hideParameters, this.#classify)
  }

  isDisconnect(error: unknown): boolean {
    return this.#classify((error ?? {}) as ErrorFields).disconnect
  }
}

const SQLITE: DialectFeatures = {
  insertReturning: true,
  updateReturning: true,
  deleteReturning: true,
  onConflict: true,
  nativeBoolean: false,
  nativeUuid: false,
  nativeJson: false,
  nativeArray: false,
  nativeEnum: false,
  ilike: false,
  forUpdate: false,
  nullsFirst: true,
  fullJoin: true,
  transactionalDdl: true,
  alterConstraints: false,
  schemas: true,
  comments: false,
}

const POSTGRESQL: DialectFeatures = {
  ...SQLITE,
  nativeBoolean: true,
  nativeUuid: true,
  nativeJson: true,
  nativeArray: true,
  nativeEnum: true,
  ilike: true,
  forUpdate: true,
  alterConstraints: true,
  comments: true,
}

const MYSQL: DialectFeatures = {
  ...SQLITE,
  insertReturning: false,
  updateReturning: false,
  deleteReturning: false,
  onConflict: false,
  nativeJson: true,
  nativeEnum: true,
  forUpdate: true,
  nullsFirst: false,
  fullJoin: false,
  transactionalDdl: false,
  alterConstraints: true,
  comments: true,
}

/** SQLite. */
export function sqliteDialect(): Dialect {
  return new DescribedDialect({
    name: 'sqlite',
    dbapi: 'sqlite3',
    features: SQLITE,
    maxParameters: 32_766,
    maxIdentifierLength: 9999,
    emptyInsert: 'default values',
    quoteChar: '"',
    classify: classifySqlite,
    createQueryCompiler: () => new SqliteQueryCompiler(),
  })
}

/** PostgreSQL. */
export function postgresqlDialect(): Dialect {
  return new DescribedDialect({
    name: 'postgresql',
    dbapi: 'psycopg2',
    features: POSTGRESQL,
    maxParameters: 65_535,
    maxIdentifierLength: 63,
    emptyInsert: 'default values',
    quoteChar: '"',
    classify: classifyPostgresql,
    createQueryCompiler: () => new PostgresQueryCompiler(),
  })
}

/** MySQL and MariaDB; which of them it is shows at the first connection, or by `mariadb://`. */
export function mysqlDialect(): Dialect {
  return new DescribedDialect({
    name: 'mysql',
    dbapi: 'pymysql.err',
    features: MYSQL,
    maxParameters: 65_535,
    maxIdentifierLength: 64,
    emptyInsert: 'values ()',
    quoteChar: '`',
    classify: classifyMysql,
    createQueryCompiler: () => new MysqlQueryCompiler(),
  })
}

/** MariaDB has RETURNING for INSERT (10.5) and DELETE. */
export function becomeMariadb(dialect: Dialect): void {
  const described = dialect as DescribedDialect
  described.flavour = 'mariadb'
  described.features = { ...described.features, insertReturning: true, deleteReturning: true }
}

/** A dialect given by option: the features of the one its compiler is made of. */
export function foreignDialect(name: string, createQueryCompiler: () => QueryCompiler): Dialect {
  const compiler = createQueryCompiler()
  if (compiler instanceof PostgresQueryCompiler) return like(postgresqlDialect())
  if (compiler instanceof MysqlQueryCompiler) return like(mysqlDialect())
  if (compiler instanceof SqliteQueryCompiler) return like(sqliteDialect())
  return new DescribedDialect({
    name,
    dbapi: name,
    features: {
      ...SQLITE,
      insertReturning: false,
      updateReturning: false,
      deleteReturning: false,
      onConflict: false,
    },
    maxParameters: 2000,
    maxIdentifierLength: 128,
    emptyInsert: 'default values',
    quoteChar: '"',
    classify: classifyOther,
    createQueryCompiler,
  })

  function like(known: Dialect): Dialect {
    return Object.assign(known, { createQueryCompiler })
  }
}
