import { sql } from 'kysely'
import type {
  IndexTerm,
  ReflectedColumn,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedTable,
  SchemaReader,
  SchemaSource,
} from './reflected.ts'
import { rowsOf } from './run.ts'
import { type CreateTable, parseCreateTable, type TableClause } from './sqlite-table.ts'
import { tokenize } from './sqlite-tokens.ts'
import { typeSpecOf } from './type-spec.ts'

interface MasterRow {
  readonly name: string
  readonly type: string
  readonly sql: string | null
}

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
  readonly pk: number
  readonly hidden: number
}

const EMPTY: CreateTable = { columns: [], constraints: [], options: '' }

/** Virtual tables and views have no list of columns to read; their PRAGMA is all there is. */
function tryParse(row: MasterRow): CreateTable {
  if (row.type !== 'table' || row.sql === null || /^create\s+virtual/i.test(row.sql)) return EMPTY
  return parseCreateTable(row.sql)
}

/** All clauses of one kind, of columns and of the table. */
export function clausesOf(table: CreateTable, kind: TableClause['kind']): TableClause[] {
  return [...table.columns.flatMap(({ clauses }) => clauses), ...table.constraints].filter(
    (clause) => clause.kind === kind,
  )
}

/** `sqlite_master` of a database that may be attached under another name. */
const master = (schema: string | null) =>
  schema === null ? sql`sqlite_master` : sql`${sql.id(schema)}.sqlite_master`

const inSchema = (schema: string | null) => (schema === null ? sql`` : sql`, ${schema}`)

/** The condition of a partial index and its terms, out of CREATE INDEX. */
function readIndexSql(text: string): { terms: string[]; where: string | null } {
  const tokens = tokenize(text)
  let depth = 0
  const terms: string[] = []
  let from = 0
  for (const token of tokens) {
    if (token.kind === 'sign' && token.value === '(' && depth++ === 0 && from === 0) {
      from = token.end
    } else if (token.kind === 'sign' && token.value === ')' && --depth === 0) {
      terms.push(text.slice(from, token.start).trim())
      const where = tokens.find(
        ({ kind, value, start }) => start > token.start && kind === 'word' && value === 'WHERE',
      )
      return { terms, where: where ? text.slice(where.end).trim() : null }
    } else if (token.kind === 'sign' && token.value === ',' && depth === 1) {
      terms.push(text.slice(from, token.start).trim())
      from = token.end
    }
  }
  return { terms, where: null }
}

/** Reads SQLite: what the PRAGMAs tell, and from the kept CREATE statements what they do not. */
export class SqliteReader implements SchemaReader {
  readonly #source: SchemaSource

  constructor(source: SchemaSource) {
    this.#source = source
  }

  async defaultSchema(): Promise<string | null> {
    return 'main'
  }

  async schemaNames(): Promise<string[]> {
    const rows = await rowsOf(this.#source, sql<{ name: string }>`PRAGMA database_list`)
    return rows.map(({ name }) => name).filter((name) => name !== 'temp')
  }

  async #master(type: string, schema: string | null): Promise<MasterRow[]> {
    return rowsOf(
      this.#source,
      sql<MasterRow>`SELECT name, type, sql FROM ${master(schema)} WHERE type = ${type}
        AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name`,
    )
  }

  async tableNames(schema: string | null): Promise<string[]> {
    return (await this.#master('table', schema)).map(({ name }) => name)
  }

  async viewNames(schema: string | null): Promise<string[]> {
    return (await this.#master('view', schema)).map(({ name }) => name)
  }

  async viewDefinition(name: string, schema: string | null): Promise<string | null> {
    return (await this.#master('view', schema)).find((row) => row.name === name)?.sql ?? null
  }

  async enums(): Promise<[]> {
    return []
  }

  async tables(names: readonly string[], schema: string | null): Promise<ReflectedTable[]> {
    const rows = [...(await this.#master('table', schema)), ...(await this.#master('view', schema))]
    const wanted = new Set(names)
    const tables: ReflectedTable[] = []
    for (const row of rows) {
      if (wanted.has(row.name)) tables.push(await this.#table(row, schema))
    }
    return tables
  }

  async #table(row: MasterRow, schema: string | null): Promise<ReflectedTable> {
    const parsed = tryParse(row)
    const columnRows = await rowsOf(
      this.#source,
      sql<ColumnRow>`SELECT name, type, "notnull", dflt_value, pk, hidden
        FROM pragma_table_xinfo(${row.name}${inSchema(schema)}) WHERE hidden <> 1`,
    )
    const keyColumns = columnRows.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
    return {
      name: row.name,
      schema,
      columns: columnRows.map((column) => this.#column(column, parsed, keyColumns.length)),
      primaryKey: {
        name: clausesOf(parsed, 'primary key')[0]?.name ?? null,
        columns: keyColumns.map(({ name }) => name),
      },
      foreignKeys: await this.#foreignKeys(schema, parsed),
      uniques: clausesOf(parsed, 'unique').map(({ name, columns }) => ({ name, columns })),
      indexes: row.type === 'table' ? await this.#indexes(row.name, schema) : [],
      checks: clausesOf(parsed, 'check').map(({ name, expression }) => ({
        name,
        sqltext: expression as string,
      })),
      comment: null,
      ...(clausesOf(parsed, 'primary key').some(({ text }) => /autoincrement$/i.test(text))
        ? { sqliteAutoincrement: true }
        : {}),
    }
  }

  #column(row: ColumnRow, table: CreateTable, keyLength: number): ReflectedColumn {
    const written = table.columns.find(({ name }) => name.toLowerCase() === row.name.toLowerCase())
    const find = (kind: TableClause['kind']): TableClause | undefined =>
      written?.clauses.find((clause) => clause.kind === kind)
    const collation = find('collate')?.expression
    const generated = find('generated')
    const isRowid = row.pk > 0 && keyLength === 1 && row.type.toUpperCase() === 'INTEGER'
    // The PRAGMA cuts "GENERATED ALWAYS" off a type; an untyped column keeps its empty text.
    const type = row.type
    return {
      name: row.name,
      ddlType: collation ? `${type} COLLATE ${collation}` : type,
      type: typeSpecOf(type, this.#source.dialect),
      nullable: row.notnull === 0 && row.pk === 0,
      default: row.dflt_value,
      autoincrement: isRowid,
      identity: null,
      computed: generated
        ? {
            sqltext: generated.expression as string,
            persisted: /stored\s*$/i.test(generated.text),
          }
        : null,
      comment: null,
    }
  }

  async #foreignKeys(schema: string | null, parsed: CreateTable): Promise<ReflectedForeignKey[]> {
    const keys: ReflectedForeignKey[] = []
    for (const { name: keyName, columns, references } of clausesOf(parsed, 'foreign key')) {
      if (!references) continue
      let referred = references.columns
      if (referred.length === 0) {
        const rows = await rowsOf(
          this.#source,
          sql<{ name: string }>`SELECT name
            FROM pragma_table_info(${references.table}${inSchema(schema)})
            WHERE pk > 0 ORDER BY pk`,
        )
        referred = rows.map((row) => row.name)
      }
      keys.push({
        name: keyName,
        columns,
        referredSchema: null,
        referredTable: references.table,
        referredColumns: referred,
        onDelete: references.onDelete,
        onUpdate: references.onUpdate,
        deferrable: references.deferrable,
        initiallyDeferred: references.initiallyDeferred,
      })
    }
    return keys
  }

  async #indexes(table: string, schema: string | null): Promise<ReflectedIndex[]> {
    const rows = await rowsOf(
      this.#source,
      sql<{ name: string; unique: number; sql: string }>`SELECT l.name, l."unique", m.sql
        FROM pragma_index_list(${table}${inSchema(schema)}) AS l
        JOIN ${master(schema)} AS m ON m.type = 'index' AND m.name = l.name
        WHERE l.origin = 'c' ORDER BY l.name`,
    )
    const indexes: ReflectedIndex[] = []
    for (const row of rows) {
      const { terms, where } = readIndexSql(row.sql)
      const columns = await rowsOf(
        this.#source,
        sql<{ name: string | null; desc: number }>`SELECT name, "desc"
          FROM pragma_index_xinfo(${row.name}${inSchema(schema)}) WHERE key = 1 ORDER BY seqno`,
      )
      indexes.push({
        name: row.name,
        unique: row.unique === 1,
        where,
        using: null,
        terms: columns.map(({ name, desc }, at): IndexTerm => {
          const written = (terms[at] ?? '').replace(/\s+(?:asc|desc)$/i, '')
          return {
            column: name,
            expression: name === null ? written : null,
            descending: desc === 1,
          }
        }),
      })
    }
    return indexes
  }
}
