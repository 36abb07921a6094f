import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { describe, inject } from 'vitest'
import { findProgram } from '../../../scripts/databases/programs.ts'

/** A row as the driver gives it. */
export type RawRow = Record<string, unknown>

/** A database to test with. */
export interface TestDatabase {
  readonly name: 'sqlite' | 'postgresql' | 'mariadb'
  /** Makes or finds an empty database and resolves to its URI. */
  create(): Promise<string>
  /** Gives a database up, whoever is still connected. */
  drop(uri: string): Promise<void>
  /** Runs a statement past the code under test, with `?` (`$1` on PostgreSQL) for parameters. */
  raw(uri: string, sql: string, parameters?: readonly unknown[]): Promise<RawRow[]>
}

const freshName = (): string => `test_${randomBytes(6).toString('hex')}`

async function addressOf(server: 'postgresql' | 'mariadb'): Promise<string> {
  const response = await fetch(`${inject('databaseServers')}/${server}`)
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

const sqlite: TestDatabase = {
  name: 'sqlite',
  async create() {
    return `sqlite:///${join(mkdtempSync(join(tmpdir(), 'bustapi-sqlite-')), 'test.db')}`
  },
  async drop(uri) {
    rmSync(dirname(uri.slice('sqlite:///'.length)), { recursive: true, force: true })
  },
  async raw(uri, sql, parameters = []) {
    const database = new DatabaseSync(uri.slice('sqlite:///'.length))
    try {
      return database.prepare(sql).all(...(parameters as SQLInputValue[])) as RawRow[]
    } finally {
      database.close()
    }
  },
}

async function onPostgresql(
  uri: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<RawRow[]> {
  const client = new pg.Client({ connectionString: uri })
  await client.connect()
  try {
    return (await client.query(sql, [...parameters])).rows as RawRow[]
  } finally {
    await client.end()
  }
}

// To make a database takes longer than most tests: those that were left are emptied and used again.
const emptied: string[] = []

const EMPTY = `
  DO $$
  DECLARE name text;
  BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR name IN SELECT nspname FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP
      EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    CREATE SCHEMA public;
  END $$`

const postgresql: TestDatabase = {
  name: 'postgresql',
  async create() {
    const left = emptied.pop()
    if (left !== undefined) return left
    const address = await addressOf('postgresql')
    const name = freshName()
    await onPostgresql(
      `${address}/postgres`,
      `CREATE DATABASE ${name} TEMPLATE template0 STRATEGY file_copy`,
    )
    return `${address}/${name}`
  },
  async drop(uri) {
    await onPostgresql(uri, EMPTY)
    emptied.push(uri)
  },
  raw: onPostgresql,
}

async function onMariadb(
  uri: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<RawRow[]> {
  const connection = await createConnection({ uri, charset: 'utf8mb4' })
  try {
    const [rows] = await connection.query(sql, [...parameters])
    return Array.isArray(rows) ? (rows as RawRow[]) : []
  } finally {
    await connection.end()
  }
}

const mariadb: TestDatabase = {
  name: 'mariadb',
  async create() {
    const address = await addressOf('mariadb')
    const name = freshName()
    await onMariadb(`${address}/mysql`, `CREATE DATABASE ${name}`)
    return `${address}/${name}`
  },
  async drop(uri) {
    const name = uri.slice(uri.lastIndexOf('/') + 1)
    await onMariadb(uri.replace(name, 'mysql'), `DROP DATABASE IF EXISTS ${name}`)
  },
  raw: onMariadb,
}

/** The databases, and the programs without which their tests are skipped. */
const DATABASES: readonly (readonly [TestDatabase, programs: readonly string[]])[] = [
  [sqlite, []],
  [postgresql, ['initdb', 'postgres']],
  [mariadb, ['mariadb-install-db', 'mariadbd']],
]

const reported = new Set<string>()

/** Makes a `describe` for each database; one that is not installed is skipped, with a line that says so. */
export function eachDatabase(body: (database: TestDatabase) => void): void {
  for (const [database, programs] of DATABASES) {
    const missing = programs.find((program) => findProgram(program) === undefined)
    if (missing === undefined) {
      describe(database.name, () => body(database))
      continue
    }
    const reason = `${database.name}: skipped, ${missing} is not installed`
    if (!reported.has(reason)) console.log(reason)
    reported.add(reason)
    describe.skip(reason, () => body(database))
  }
}
