import { MysqlDialect, type MysqlDialectConfig } from 'kysely'
import type { Backend } from '../backend.ts'
import type { Dialect } from '../dialect.ts'
import { becomeMariadb, mysqlDialect } from '../dialects.ts'
import { loadDriver } from '../drivers.ts'
import type { EngineOptions } from '../engine.ts'
import { type PoolEntry, type PoolSource, QueuePool } from '../pool.ts'
import { checkIsolation } from '../postgresql/open.ts'
import type { EngineUrl } from '../url.ts'
import { MysqlClient, type MysqlLikeConnection } from './client.ts'

interface MysqlModule {
  createConnection(config: object): MysqlLikeConnection
}

/** MySQL and MariaDB through `mysql2` and Kysely's own dialect. */
export function openMysql(url: EngineUrl, options: EngineOptions): Backend {
  checkIsolation(options.isolationLevel, 'mysql')
  const dialect = mysqlDialect()
  if (url.toString().startsWith('mariadb')) becomeMariadb(dialect)
  const pool = new QueuePool<MysqlClient>(new MysqlSource(url, options, dialect), options)
  let handed: PoolEntry<MysqlClient> | undefined
  const structural = {
    getConnection(callback: (error: unknown, connection: MysqlClient) => void): void {
      const entry = handed as PoolEntry<MysqlClient>
      handed = undefined
      entry.connection.release = () => pool.release(entry)
      callback(null, entry.connection)
    },
    end(callback: (error: unknown) => void): void {
      callback(null)
    },
  }
  const kyselyDialect = new MysqlDialect({ pool: structural } as unknown as MysqlDialectConfig)
  return {
    dialect,
    pool,
    createDriver: () => kyselyDialect.createDriver(),
    adopt: (entry) => {
      handed = entry as PoolEntry<MysqlClient>
    },
    createAdapter: () => kyselyDialect.createAdapter(),
    createIntrospector: (kysely) => kyselyDialect.createIntrospector(kysely),
    dispose: () => {},
  }
}

class MysqlSource implements PoolSource<MysqlClient> {
  readonly #config: Record<string, unknown>
  readonly #options: EngineOptions
  readonly #dialect: Dialect

  constructor(url: EngineUrl, options: EngineOptions, dialect: Dialect) {
    this.#config = connectionConfig(url, options)
    this.#options = options
    this.#dialect = dialect
  }

  async open(): Promise<MysqlClient> {
    const mysql = loadDriver<MysqlModule>('mysql2', 'mysql://')
    const client = new MysqlClient(mysql.createConnection(this.#config))
    try {
      await new Promise<void>((resolve, reject) => {
        client.connection.connect((error) => (error ? reject(error) : resolve()))
      })
      await this.#prepare(client)
    } catch (error) {
      client.destroy()
      throw error
    }
    return client
  }

  close(connection: MysqlClient): void {
    if (connection.alive) connection.connection.end(() => {})
    connection.alive = false
  }

  isAlive(connection: MysqlClient): boolean {
    return connection.alive
  }

  ping(connection: MysqlClient): Promise<void> {
    return new Promise((resolve, reject) => {
      connection.connection.ping((error) => (error ? reject(error) : resolve()))
    })
  }

  /** REPEATABLE READ is the default: the first read decides what the others see. */
  readsOutside(): boolean {
    return false
  }

  keepAlive(connection: MysqlClient, busy: boolean): void {
    const { stream } = connection.connection
    if (busy) stream?.ref?.()
    else stream?.unref?.()
  }

  async #prepare(client: MysqlClient): Promise<void> {
    const [row] = await client.run('SELECT VERSION() AS version, @@sql_mode AS mode')
    if (/mariadb/i.test(String(row?.version)) && this.#dialect.flavour === null) {
      becomeMariadb(this.#dialect)
    }
    // mysql2 escapes values with backslashes: they must mean that to the server as well.
    const mode = String(row?.mode ?? '')
    if (mode.includes('NO_BACKSLASH_ESCAPES')) {
      await client.run("SET SESSION sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')")
    }
    const { isolationLevel } = this.#options
    if (isolationLevel && isolationLevel !== 'AUTOCOMMIT') {
      await client.run(`SET SESSION TRANSACTION ISOLATION LEVEL ${isolationLevel}`)
    }
  }
}

function connectionConfig(url: EngineUrl, options: EngineOptions): Record<string, unknown> {
  const { unix_socket, charset, connect_timeout, ...query } = url.query
  const config: Record<string, unknown> = {
    host: url.host ?? 'localhost',
    port: url.port ?? 3306,
    user: url.username ?? undefined,
    password: url.password ?? undefined,
    database: url.database ?? undefined,
    socketPath: unix_socket,
    charset: charset ?? 'utf8mb4',
    connectTimeout: connect_timeout === undefined ? undefined : Number(connect_timeout) * 1000,
    // Times without a zone are UTC; big integers are text where a number would round them.
    timezone: 'Z',
    supportBigNumbers: true,
    jsonStrings: true,
    stringifyObjects: true,
    ...query,
    ...options.connectArgs,
  }
  for (const [name, value] of Object.entries(config)) if (value === undefined) delete config[name]
  return config
}
