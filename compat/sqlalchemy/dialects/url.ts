import { inspect } from 'node:util'
import { ArgumentError, NoSuchModuleError } from '../errors.ts'

/** The parts of a database URI. */
export interface UrlParts {
  /** The name before `://`, as it was written: `mysql+pymysql`. */
  readonly drivername: string
  readonly username: string | null
  readonly password: string | null
  readonly host: string | null
  readonly port: number | null
  /** The database's name; SQLite: the file's path, null for memory. */
  readonly database: string | null
  readonly query: Readonly<Record<string, string>>
}

/** A database URI in parts, as SQLAlchemy's `URL`; it does not change. */
export class EngineUrl implements UrlParts {
  readonly drivername: string
  readonly username: string | null
  readonly password: string | null
  readonly host: string | null
  readonly port: number | null
  readonly database: string | null
  readonly query: Readonly<Record<string, string>>

  constructor(parts: UrlParts) {
    this.drivername = parts.drivername
    this.username = parts.username
    this.password = parts.password
    this.host = parts.host
    this.port = parts.port
    this.database = parts.database
    this.query = parts.query
  }

  /**
   * Reads a database URI. `known` false lets any name through, for a dialect given by option.
   * @throws {ArgumentError} for text that is none, {@link NoSuchModuleError} for an unknown database.
   */
  static parse(uri: string | URL | EngineUrl, known = true): EngineUrl {
    return uri instanceof EngineUrl
      ? uri
      : parseUrl(typeof uri === 'string' ? uri : uri.href, known)
  }

  /** `postgresql`, `mysql` (MariaDB, too), `sqlite`, or another name for a dialect given by option. */
  get backend(): string {
    const [name = ''] = this.drivername.split('+')
    return BACKENDS[name] ?? name
  }

  /** What follows `+`; only `better-sqlite3` means something here. */
  get driver(): string | null {
    return this.drivername.split('+')[1] ?? null
  }

  /** Whether it names an SQLite database that is in memory. */
  get isMemory(): boolean {
    if (this.backend !== 'sqlite') return false
    const { database, query } = this
    return (
      database === null ||
      database === ':memory:' ||
      database === 'file::memory:' ||
      query.mode === 'memory'
    )
  }

  /** The same URI with other parts. */
  set(changes: Partial<UrlParts>): EngineUrl {
    return new EngineUrl({ ...this, ...changes })
  }

  /** The URI with `***` for the password, unless that is to be shown. */
  toString(hidePassword = true): string {
    const { drivername, host, port, database } = this
    const address = `${host?.includes(':') ? `[${host}]` : (host ?? '')}${port === null ? '' : `:${port}`}`
    const path = database === null ? '' : `/${database}`
    const search = new URLSearchParams(this.query).toString()
    return `${drivername}://${this.#login(hidePassword)}${address}${path}${search ? `?${search}` : ''}`
  }

  #login(hidePassword: boolean): string {
    const { username, password } = this
    if (username === null && password === null) return ''
    const secret = hidePassword ? '***' : encodeURIComponent(password ?? '')
    return `${encodeURIComponent(username ?? '')}${password === null ? '' : `:${secret}`}@`
  }

  /** What consoles show. */
  [inspect.custom](): string {
    return this.toString()
  }
}

// As SQLAlchemy's own: user and password end at the last @, since passwords are often not encoded.
const URI =
  /^(?<name>[\w+-]+):\/\/(?:(?<username>[^:/]*)(?::(?<password>[^@]*))?@)?(?:(?:\[(?<ipv6>[^/?]+)\]|(?<ipv4>[^/:?]+))?(?::(?<port>[^/?]*))?)?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s

const BACKENDS: Readonly<Record<string, string>> = {
  sqlite: 'sqlite',
  postgresql: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mysql',
}

function parseUrl(text: string, known: boolean): EngineUrl {
  const groups = URI.exec(text)?.groups
  if (!groups?.name) throw unreadable(text)
  const [name = ''] = groups.name.split('+')
  if (known && !Object.hasOwn(BACKENDS, name)) {
    const hint = name === 'postgres' ? " (SQLAlchemy's name is 'postgresql')" : ''
    throw new NoSuchModuleError(
      `Can't load plugin: sqlalchemy.dialects:${groups.name.replace('+', '.')}${hint}`,
    )
  }
  const port = groups.port ? Number(groups.port) : null
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65536)) throw unreadable(text)
  return new EngineUrl({
    drivername: groups.name,
    username: decoded(groups.username, text),
    password: decoded(groups.password, text),
    host: groups.ipv6 ?? groups.ipv4 ?? null,
    port,
    // As SQLAlchemy: the database's name is taken as it is written.
    database: groups.database || null,
    query: Object.fromEntries(new URLSearchParams(groups.query ?? '')),
  })
}

function unreadable(text: string): ArgumentError {
  const shown = text.replace(/:[^:/]*@/, ':***@')
  return new ArgumentError(`Could not parse SQLAlchemy URL from string '${shown}'`)
}

function decoded(part: string | undefined, text: string): string | null {
  if (part === undefined || part === '') return null
  try {
    return decodeURIComponent(part.replace(/%(?![0-9a-f]{2})/gi, '%25'))
  } catch {
    throw unreadable(text)
  }
}
