import { type Driver, Kysely } from 'kysely'
import { ArgumentError } from '../errors.ts'
import type { Backend } from './backend.ts'
import type { Dialect } from './dialect.ts'
import { foreignDialect } from './dialects.ts'
import type {
  AnyKysely,
  Connection,
  Engine,
  EngineOptions,
  PoolStatus,
  StatementListener,
} from './engine.ts'
import { type ConnectionHost, EngineConnection } from './engine-connection.ts'
import { EngineDriver } from './engine-driver.ts'
import { openMysql } from './mysql/open.ts'
import { openPostgresql } from './postgresql/open.ts'
import { StatementRecorder } from './recorder.ts'
import { openSqlite } from './sqlite/open.ts'
import { EngineUrl } from './url.ts'

const OPENERS: Readonly<Record<string, (url: EngineUrl, options: EngineOptions) => Backend>> = {
  sqlite: openSqlite,
  postgresql: openPostgresql,
  mysql: openMysql,
}

const OPTION_NAMES: ReadonlySet<string> = new Set([
  'poolSize',
  'maxOverflow',
  'poolTimeout',
  'poolRecycle',
  'poolPrePing',
  'poolUseLifo',
  'echo',
  'hideParameters',
  'isolationLevel',
  'connectArgs',
  'dialect',
  'logger',
])

/**
 * An engine for a database URI, as SQLAlchemy's `create_engine`; nothing is connected yet.
 * @throws {ArgumentError} for a bad URI or option; a missing driver shows at the first connection.
 */
export function createEngine(uri: string | URL | EngineUrl, options: EngineOptions = {}): Engine {
  for (const name of Object.keys(options)) {
    if (!OPTION_NAMES.has(name)) {
      throw new ArgumentError(`Invalid argument(s) '${name}' sent to createEngine()`)
    }
  }
  const url = EngineUrl.parse(uri, options.dialect === undefined)
  const open = options.dialect ? openForeign : OPENERS[url.backend]
  return new DatabaseEngine(url, options, (open as typeof openSqlite)(url, options))
}

/** A Kysely dialect of the application's: its driver keeps its own connections. */
function openForeign(url: EngineUrl, { dialect }: EngineOptions): Backend {
  if (!dialect) throw new ArgumentError('The option dialect is a Kysely dialect')
  return {
    dialect: foreignDialect(url.backend, () => dialect.createQueryCompiler()),
    pool: null,
    createDriver: () => dialect.createDriver(),
    adopt: () => {},
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (kysely) => dialect.createIntrospector(kysely),
    dispose: () => {},
  }
}

const NO_POOL: PoolStatus = { size: 0, checkedIn: 0, checkedOut: 0, overflow: 0 }

class DatabaseEngine implements ConnectionHost {
  readonly url: EngineUrl
  readonly dialect: Dialect
  readonly autocommit: boolean
  readonly echoes: boolean
  readonly #backend: Backend
  readonly #recorder: StatementRecorder
  readonly #hideParameters: boolean
  #driver: EngineDriver
  #kysely: AnyKysely | undefined

  constructor(url: EngineUrl, options: EngineOptions, backend: Backend) {
    this.url = url
    this.dialect = backend.dialect
    this.echoes = Boolean(options.echo)
    this.autocommit = options.isolationLevel === 'AUTOCOMMIT'
    this.#backend = backend
    this.#recorder = new StatementRecorder(options)
    this.#hideParameters = options.hideParameters ?? false
    this.#driver = this.#makeDriver()
  }

  get kysely(): AnyKysely {
    this.#kysely ??= this.bound(this.#driver)
    return this.#kysely
  }

  get pool(): PoolStatus {
    return this.#backend.pool ?? NO_POOL
  }

  async connect(): Promise<Connection> {
    const driver = this.#driver
    return new EngineConnection(this, driver, await driver.acquireConnection())
  }

  async dispose(): Promise<void> {
    const driver = this.#driver
    this.#driver = this.#makeDriver()
    this.#kysely = undefined
    await driver.destroy()
    this.#backend.dispose()
  }

  on(_event: 'statement', listener: StatementListener): () => void {
    return this.#recorder.on(listener)
  }

  bound(driver: Driver): AnyKysely {
    const backend = this.#backend
    return new Kysely({
      dialect: {
        createDriver: () => driver,
        createAdapter: () => backend.createAdapter(),
        createQueryCompiler: () => this.dialect.createQueryCompiler(),
        createIntrospector: (kysely) => backend.createIntrospector(kysely),
      },
    })
  }

  toString(): string {
    return `Engine(${this.url})`
  }

  #makeDriver(): EngineDriver {
    const backend = this.#backend
    return new EngineDriver(
      backend.createDriver(),
      {
        dialect: this.dialect,
        recorder: this.#recorder,
        hideParameters: this.#hideParameters,
      },
      backend.pool && { pool: backend.pool, adopt: (entry) => backend.adopt(entry) },
    )
  }
}
