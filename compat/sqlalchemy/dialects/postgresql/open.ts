import { PostgresDialect, type PostgresDialectConfig } from 'kysely'
import { ArgumentError } from '../../errors.ts'
import type { Backend } from '../backend.ts'
import { postgresqlDialect } from '../dialects.ts'
import { loadDriver } from '../drivers.ts'
import type { EngineOptions } from '../engine.ts'
import { type PoolEntry, type PoolSource, QueuePool } from '../pool.ts'
import type { EngineUrl } from '../url.ts'
import { PgClient, type PgLikeClient, SqlCursor } from './client.ts'
import { type PgTypes, typesOf } from './types.ts'

interface PgModule {
  readonly Client: new (config: object) => PgLikeClient
  readonly types: PgTypes
}

const LEVELS: readonly string[] = [
  'SERIALIZABLE',
  'REPEATABLE READ',
  'READ COMMITTED',
  'READ UNCOMMITTED',
  'AUTOCOMMIT',
]

/** @throws {ArgumentError} for a level the database does not have. */
export function checkIsolation(level: string | undefined, database: string): void {
  if (level !== undefined && !LEVELS.includes(level)) {
    throw new ArgumentError(
      `Invalid value '${level}' for isolation_level. Valid isolation levels for '${database}' are ` +
        LEVELS.join(', '),
    )
  }
}

/** PostgreSQL through `pg` and Kysely's own dialect. */
export function openPostgresql(url: EngineUrl, options: EngineOptions): Backend {
  checkIsolation(options.isolationLevel, 'postgresql')
  const source = new PgSource(url, options)
  const pool = new QueuePool<PgClient>(source, options)
  let handed: PoolEntry<PgClient> | undefined
  const structural = {
    options: {},
    async connect(): Promise<PgClient> {
      const entry = handed as PoolEntry<PgClient>
      handed = undefined
      entry.connection.release = (destroy) => giveBack(pool, entry, destroy)
      return entry.connection
    },
    async end(): Promise<void> {},
  }
  const kyselyDialect = new PostgresDialect({
    pool: structural,
    cursor: SqlCursor,
  } as unknown as PostgresDialectConfig)
  return {
    dialect: postgresqlDialect(),
    pool,
    createDriver: () => kyselyDialect.createDriver(),
    adopt: (entry) => {
      handed = entry as PoolEntry<PgClient>
    },
    createAdapter: () => kyselyDialect.createAdapter(),
    createIntrospector: (kysely) => kyselyDialect.createIntrospector(kysely),
    dispose: () => {},
  }
}

/** A transaction somebody left open is rolled back before anyone else gets the connection. */
function giveBack(
  pool: QueuePool<PgClient>,
  entry: PoolEntry<PgClient>,
  destroy: boolean | undefined,
): void {
  const { connection } = entry
  if (destroy || entry.broken || !connection.alive || !connection.inTransaction) {
    pool.release(entry, destroy)
    return
  }
  connection.client.query('ROLLBACK').then(
    () => pool.release(entry),
    () => pool.release(entry, true),
  )
}

class PgSource implements PoolSource<PgClient> {
  readonly #config: Record<string, unknown>
  readonly #options: EngineOptions
  #pg: PgModule | undefined

  constructor(url: EngineUrl, options: EngineOptions) {
    this.#config = clientConfig(url, options)
    this.#options = options
  }

  async open(): Promise<PgClient> {
    this.#pg ??= loadDriver<PgModule>('pg', 'postgresql://')
    const client = new this.#pg.Client({ types: typesOf(this.#pg.types), ...this.#config })
    const made = new PgClient(client)
    await client.connect()
    const { isolationLevel } = this.#options
    if (isolationLevel && isolationLevel !== 'AUTOCOMMIT') {
      await client.query(
        `SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL ${isolationLevel}`,
      )
    }
    made.readCommitted = await isReadCommitted(client)
    return made
  }

  close(connection: PgClient): void {
    connection.alive = false
    connection.client.end().catch(() => {})
  }

  isAlive(connection: PgClient): boolean {
    return connection.alive
  }

  async ping(connection: PgClient): Promise<void> {
    await connection.client.query('SELECT 1')
  }

  readsOutside(connection: PgClient): boolean {
    return connection.readCommitted
  }

  keepAlive(connection: PgClient, busy: boolean): void {
    if (busy) connection.client.ref?.()
    else connection.client.unref?.()
  }
}

/** What kind of transactions the connection has; databases that only speak like PostgreSQL may not say. */
async function isReadCommitted(client: PgLikeClient): Promise<boolean> {
  try {
    const { rows } = await client.query('SHOW default_transaction_isolation')
    return rows[0]?.default_transaction_isolation === 'read committed'
  } catch {
    return false
  }
}

/** libpq's `sslmode` as pg's `ssl`. */
function sslOf(mode: string | undefined): object | boolean | undefined {
  switch (mode) {
    case undefined:
    case 'prefer':
    case 'allow':
      return undefined
    case 'disable':
      return false
    case 'require':
      return { rejectUnauthorized: false }
    case 'verify-ca':
    case 'verify-full':
      return true
    default:
      throw new ArgumentError(`invalid sslmode value: "${mode}"`)
  }
}

function clientConfig(url: EngineUrl, options: EngineOptions): Record<string, unknown> {
  const { sslmode, connect_timeout, host, port, ...query } = url.query
  const config: Record<string, unknown> = {
    host: url.host ?? host,
    port: url.port ?? (port === undefined ? undefined : Number(port)),
    user: url.username ?? undefined,
    password: url.password ?? undefined,
    database: url.database ?? undefined,
    ssl: sslOf(sslmode),
    connectionTimeoutMillis:
      connect_timeout === undefined ? undefined : Number(connect_timeout) * 1000,
    ...query,
    ...options.connectArgs,
  }
  for (const [name, value] of Object.entries(config)) if (value === undefined) delete config[name]
  return config
}
