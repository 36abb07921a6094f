import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import type { Engine, EngineOptions } from '../../../../compat/sqlalchemy/dialects/engine.ts'
import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { compareMetadata } from '../../../../compat/sqlalchemy/migrations/autogenerate.ts'
import { readLiveSchema } from '../../../../compat/sqlalchemy/migrations/live-schema.ts'
import { Migrate } from '../../../../compat/sqlalchemy/migrations/migrate.ts'
import type { Operation } from '../../../../compat/sqlalchemy/migrations/operations.ts'
import type { MigrationConnection } from '../../../../compat/sqlalchemy/migrations/pinned-kysely.ts'
import { pinnedKysely } from '../../../../compat/sqlalchemy/migrations/pinned-kysely.ts'
import { type Sa, sa } from '../../../../compat/sqlalchemy/migrations/sa.ts'
import { normalSql } from '../../../../compat/sqlalchemy/migrations/sql-text.ts'
import type {
  ReflectedTable,
  SchemaSource,
} from '../../../../compat/sqlalchemy/reflection/reflected.ts'
import { canonicalType } from '../../../../compat/sqlalchemy/reflection/type-spec.ts'
import { MetaData } from '../../../../compat/sqlalchemy/schema/metadata.ts'
import { Table } from '../../../../compat/sqlalchemy/schema/table.ts'
import type { TestDatabase } from '../databases.ts'

export { sa }

/** For what only SQLite has to go through. */
export const SQLITE: TestDatabase = {
  name: 'sqlite',
  create: async () =>
    `sqlite:///${join(mkdtempSync(join(tmpdir(), 'bustapi-sqlite-')), 'test.db')}`,
  drop: async (uri) => rmSync(dirname(uri.slice('sqlite:///'.length)), { recursive: true }),
  raw: async () => [],
}

type Items = ConstructorParameters<typeof Table> extends [string, MetaData, ...infer R] ? R : never

/** Defines tables: what an application's models say. */
export type Define = (table: (name: string, ...items: Items) => Table, sa: Sa) => void

export function modelsOf(define: Define): MetaData {
  const metadata = new MetaData()
  define((name, ...items) => new Table(name, metadata, ...items), sa)
  return metadata
}

/** A database with a folder of migrations. */
export class Workshop {
  readonly uri: string
  readonly engine: Engine
  readonly folder: string
  readonly lines: string[] = []
  readonly warnings: string[] = []
  readonly #database: TestDatabase
  #models: MetaData = new MetaData()

  constructor(database: TestDatabase, uri: string, options: EngineOptions = {}) {
    this.#database = database
    this.uri = uri
    this.engine = createEngine(uri, options)
    this.folder = mkdtempSync(join(tmpdir(), 'bustapi-migrations-'))
  }

  static async open(database: TestDatabase, options: EngineOptions = {}): Promise<Workshop> {
    const workshop = new Workshop(database, await database.create(), options)
    await workshop.migrate.init()
    return workshop
  }

  async close(): Promise<void> {
    await this.engine.dispose()
    rmSync(this.folder, { recursive: true })
    await this.#database.drop(this.uri)
  }

  models(define: Define): void {
    this.#models = modelsOf(define)
  }

  useMetadata(metadata: MetaData): void {
    this.#models = metadata
  }

  get migrate(): Migrate {
    return new Migrate({
      directory: join(this.folder, 'migrations'),
      metadata: this.#models,
      connect: () => this.engine.connect(),
      print: (line) => this.lines.push(line),
      warn: (line) => this.warnings.push(line),
    })
  }

  /** Takes what was printed. */
  printed(): string[] {
    return this.lines.splice(0)
  }

  async connected<T>(
    work: (source: SchemaSource, connection: MigrationConnection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.engine.connect()
    try {
      return await work(
        { dialect: connection.dialect, kysely: pinnedKysely(connection) },
        connection,
      )
    } finally {
      await connection.close()
    }
  }

  async run(...statements: string[]): Promise<void> {
    await this.connected(async ({ kysely }) => {
      for (const statement of statements) await sql.raw(statement).execute(kysely)
    })
  }

  rows(statement: string): Promise<Record<string, unknown>[]> {
    return this.connected(async ({ kysely }) => {
      const { rows } = await sql.raw<Record<string, unknown>>(statement).execute(kysely)
      return [...rows]
    })
  }

  differences(): Promise<Operation[]> {
    return this.connected((source) => compareMetadata(source, this.#models))
  }

  /** The live schema in a form that can be compared, whatever the order things were made in. */
  schema(): Promise<unknown> {
    return this.connected(async (source) => {
      const { tables, enums } = await readLiveSchema(source, [null])
      return { tables: tables.map((table) => comparable(table, source.dialect.name)), enums }
    })
  }
}

const byName = <T extends { name: string | null }>(list: readonly T[]): T[] =>
  [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

function comparable(table: ReflectedTable, dialect: string): unknown {
  const text = (sqlText: string | null): string | null =>
    sqlText === null ? null : normalSql(sqlText, dialect)
  return {
    ...table,
    columns: byName(
      table.columns.map((column) => ({
        ...column,
        ddlType: canonicalType(column.ddlType, { name: dialect, flavour: null }),
        default: text(column.default),
        computed: column.computed && { ...column.computed, sqltext: text(column.computed.sqltext) },
      })),
    ),
    uniques: byName(table.uniques),
    foreignKeys: byName(table.foreignKeys),
    // MariaDB names the index of a foreign key differently in CREATE and in ALTER TABLE.
    indexes: byName(
      table.indexes.filter(
        ({ terms }) =>
          dialect !== 'mysql' ||
          !table.foreignKeys.some(
            ({ columns }) => JSON.stringify(columns) === JSON.stringify(terms.map((t) => t.column)),
          ),
      ),
    ),
    checks: byName(table.checks.map(({ name, sqltext }) => ({ name, sqltext: text(sqltext) }))),
  }
}

/** The quotes of a database. */
export const quoteFor = (database: TestDatabase, name: string): string =>
  database.name === 'mariadb' ? `\`${name}\`` : `"${name}"`
