import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { SourceDialect } from '../reflection/reflected.ts'
import { CommandError } from './errors.ts'

/** The part of a connection that migrations run on. */
export interface MigrationConnection {
  readonly dialect: SourceDialect
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  execute(query: CompiledQuery): Promise<QueryResult<Record<string, unknown>>>
}

// Kysely says no for SQLite, since not every file of pragmas and triggers is; CREATE and ALTER are.
class TransactionalSqliteAdapter extends SqliteAdapter {
  // Else Kysely would let nobody else on the one connection, which is shared on purpose here.
  override get supportsMultipleConnections(): boolean {
    return true
  }

  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

const PARTS = {
  sqlite: [TransactionalSqliteAdapter, SqliteQueryCompiler, SqliteIntrospector],
  postgresql: [PostgresAdapter, PostgresQueryCompiler, PostgresIntrospector],
  mysql: [MysqlAdapter, MysqlQueryCompiler, MysqlIntrospector],
} as const

/**
 * Kysely on one connection, with its transactions: Kysely's Migrator takes its lock, and opens
 * its transaction, on the connection that the operations of a revision use too.
 * @param afterBegin runs inside each new transaction
 */
export function pinnedKysely(
  connection: MigrationConnection,
  afterBegin?: () => Promise<void>,
  // biome-ignore lint/suspicious/noExplicitAny: any schema is changed
): Kysely<any> {
  const parts = PARTS[connection.dialect.name as keyof typeof PARTS]
  if (!parts) throw new CommandError(`No migrations on '${connection.dialect.name}'`)
  const [Adapter, Compiler, Introspector] = parts
  const link: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      return (await connection.execute(query)) as QueryResult<R>
    },
    async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
      yield (await connection.execute(query)) as QueryResult<R>
    },
  }
  const driver: Driver = {
    async init() {},
    acquireConnection: async () => link,
    async beginTransaction() {
      await connection.begin()
      await afterBegin?.()
    },
    commitTransaction: () => connection.commit(),
    rollbackTransaction: () => connection.rollback(),
    async releaseConnection() {},
    async destroy() {},
  }
  return new Kysely({
    dialect: {
      createDriver: () => driver,
      createAdapter: (): DialectAdapter => new Adapter(),
      createQueryCompiler: () => new Compiler(),
      createIntrospector: (db) => new Introspector(db),
    },
  })
}
