import { ArgumentError, NoSuchModuleError } from '../../errors.ts'
import { loadDriver } from '../drivers.ts'
import { type Row, type RowFactory, rowFactory } from '../row-factory.ts'

/** A prepared statement: the part node:sqlite and better-sqlite3 have in common. */
interface DriverStatement {
  all(...parameters: unknown[]): unknown[]
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  iterate(...parameters: unknown[]): IterableIterator<Row>
  columns(): { readonly name: string }[]
  setReadBigInts?(enabled: boolean): void
  /** Node 24 and later. */
  setReturnArrays?(enabled: boolean): void
  safeIntegers?(enabled: boolean): unknown
  readonly reader?: boolean
}

interface DriverDatabase {
  prepare(sql: string): DriverStatement
  exec(sql: string): void
  close(): void
  function(name: string, options: object, implementation: (...args: unknown[]) => unknown): unknown
  readonly isTransaction?: boolean
  readonly inTransaction?: boolean
}

/** What a statement gave. */
export interface SqliteResult {
  readonly rows: Row[]
  readonly changes: number | bigint | undefined
  readonly lastInsertRowid: number | bigint | undefined
}

interface Prepared {
  readonly statement: DriverStatement
  readonly reader: boolean
  /** Makes rows of the arrays that the statement gives; null where it gives rows. */
  readonly factory: RowFactory | null
  bigInts: boolean
}

/** Settings of `connectArgs` for SQLite. */
export interface SqliteOptions {
  readonly path: string
  readonly betterSqlite3: boolean
  readonly readOnly?: boolean
  /** Run at each connection: `{ foreign_keys: true, journal_mode: 'WAL' }`. */
  readonly pragmas?: Readonly<Record<string, string | number | boolean>>
}

const CACHED_STATEMENTS = 256

/** An open SQLite database with its prepared statements. */
export class SqliteDatabase {
  readonly #database: DriverDatabase
  readonly #statements: Map<string, Prepared> = new Map()
  readonly #integerErrors: boolean
  open = true

  constructor(options: SqliteOptions) {
    this.#database = options.betterSqlite3 ? openBetter(options) : openNode(options)
    this.#integerErrors = !options.betterSqlite3
    this.#database.function('regexp', { deterministic: true }, (pattern, value) =>
      value === null ? null : Number(new RegExp(String(pattern), 'u').test(String(value))),
    )
    for (const [name, value] of Object.entries(options.pragmas ?? {})) {
      this.#database.exec(`PRAGMA ${pragma(name)} = ${pragmaValue(value)}`)
    }
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction ?? this.#database.inTransaction ?? false
  }

  exec(sql: string): void {
    this.#database.exec(sql)
  }

  run(sql: string, parameters: readonly unknown[]): SqliteResult {
    const prepared = this.#prepared(sql)
    const { statement } = prepared
    if (!prepared.reader) {
      const { changes, lastInsertRowid } = statement.run(...parameters)
      return { rows: [], changes, lastInsertRowid }
    }
    const given = this.#all(prepared, parameters)
    const rows = prepared.factory === null ? (given as Row[]) : made(given, prepared.factory)
    if (prepared.bigInts) for (const row of rows) narrow(row)
    return { rows, changes: undefined, lastInsertRowid: undefined }
  }

  /** Rows as they are asked for; the statement is its own, so that others may run meanwhile. */
  *iterate(sql: string, parameters: readonly unknown[]): IterableIterator<Row> {
    const statement = this.#database.prepare(sql)
    readBigInts(statement)
    for (const row of statement.iterate(...parameters)) yield narrow(row)
  }

  close(): void {
    if (!this.open) return
    this.open = false
    this.#statements.clear()
    this.#database.close()
  }

  #all(prepared: Prepared, parameters: readonly unknown[]): unknown[] {
    const { statement } = prepared
    try {
      return statement.all(...parameters)
    } catch (error) {
      // An integer beyond 2**53: only reading statements come here, so it can be run again.
      if (prepared.bigInts || (error as { code?: string }).code !== 'ERR_OUT_OF_RANGE') throw error
      prepared.bigInts = true
      readBigInts(statement)
      return statement.all(...parameters)
    }
  }

  #prepared(sql: string): Prepared {
    const known = this.#statements.get(sql)
    if (known) {
      // The map keeps the order of use: the first is the one to go.
      this.#statements.delete(sql)
      this.#statements.set(sql, known)
      return known
    }
    const statement = this.#database.prepare(sql)
    const reader = statement.reader ?? statement.columns().length > 0
    // A statement that writes and returns rows cannot be run again when an integer is too big;
    // better-sqlite3 rounds it without an error, so it always reads them in full.
    const bigInts =
      reader && (!this.#integerErrors || !/^\s*(?:select|pragma|explain|values)\b/i.test(sql))
    if (bigInts) readBigInts(statement)
    const prepared = { statement, reader, factory: reader ? arrays(statement, sql) : null, bigInts }
    this.#statements.set(sql, prepared)
    if (this.#statements.size > CACHED_STATEMENTS) {
      const [oldest = ''] = this.#statements.keys()
      this.#statements.delete(oldest)
    }
    return prepared
  }
}

/** Lets a statement give arrays where the driver can, and gives what makes rows of them. */
function arrays(statement: DriverStatement, sql: string): RowFactory | null {
  // The columns of a star change with the table, which another connection may alter.
  if (!statement.setReturnArrays || sql.replaceAll('count(*)', '').includes('*')) return null
  statement.setReturnArrays(true)
  return rowFactory(statement.columns().map(({ name }) => name))
}

function made(given: unknown[], factory: RowFactory): Row[] {
  for (let index = 0; index < given.length; index++) {
    given[index] = factory(given[index] as unknown[])
  }
  return given as Row[]
}

function readBigInts(statement: DriverStatement): void {
  if (statement.setReadBigInts) statement.setReadBigInts(true)
  else statement.safeIntegers?.(true)
}

/** Integers that fit become numbers again. */
function narrow(row: Row): Row {
  for (const key in row) {
    const value = row[key]
    if (typeof value !== 'bigint') continue
    const number = Number(value)
    if (Number.isSafeInteger(number)) row[key] = number
  }
  return row
}

function pragma(name: string): string {
  if (/^\w+(\.\w+)?$/.test(name)) return name
  throw new ArgumentError(`Not the name of a PRAGMA: ${name}`)
}

function pragmaValue(value: string | number | boolean): string {
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value)
  if (/^-?[\w.]+$/.test(text)) return text
  throw new ArgumentError(`Not a value of a PRAGMA: ${text}`)
}

function openNode(options: SqliteOptions): DriverDatabase {
  const sqlite = process.getBuiltinModule('node:sqlite')
  if (!sqlite) {
    throw new NoSuchModuleError(
      'SQLite needs Node 22.13 or newer; on an older one, better-sqlite3 with sqlite+better-sqlite3://',
    )
  }
  const { path } = options
  return new sqlite.DatabaseSync(path.startsWith('file:') ? new URL(path) : path, {
    readOnly: options.readOnly ?? false,
    // SQLite's own default, as in SQLAlchemy; `pragmas: { foreign_keys: true }` switches them on.
    enableForeignKeyConstraints: false,
    // Waiting is done outside, where it does not block.
    timeout: 0,
  }) as unknown as DriverDatabase
}

function openBetter(options: SqliteOptions): DriverDatabase {
  const Better = loadDriver<new (path: string, options: object) => DriverDatabase>(
    'better-sqlite3',
    'sqlite+better-sqlite3://',
  )
  const database = new Better(options.path, { readonly: options.readOnly ?? false, timeout: 0 })
  database.exec('PRAGMA foreign_keys = 0')
  return database
}
