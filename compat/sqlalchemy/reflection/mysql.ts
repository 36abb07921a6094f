import { sql } from 'kysely'
import {
  CHECKS,
  type CheckRow,
  COLUMNS,
  type ColumnRow,
  INDEXES,
  type IndexRow,
  KEYS,
  type KeyRow,
  RELATIONS,
} from './mysql-queries.ts'
import type {
  ReflectedColumn,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedKey,
  ReflectedTable,
  SchemaReader,
  SchemaSource,
} from './reflected.ts'
import { groupBy, rowsOf } from './run.ts'
import { typeSpecOf } from './type-spec.ts'

// InnoDB treats both alike, and MySQL reports one where the other was written.
const action = (rule: string | null): string | null =>
  rule === null || rule === 'NO ACTION' || rule === 'RESTRICT' ? null : rule

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Reads MariaDB's and MySQL's information_schema. */
export class MysqlReader implements SchemaReader {
  readonly #source: SchemaSource
  readonly #isMariadb: boolean

  constructor(source: SchemaSource) {
    this.#source = source
    this.#isMariadb = source.dialect.flavour === 'mariadb'
  }

  async defaultSchema(): Promise<string | null> {
    const [row] = await rowsOf(
      this.#source,
      sql<{ name: string | null }>`SELECT database() AS name`,
    )
    return row?.name ?? null
  }

  async schemaNames(): Promise<string[]> {
    const rows = await rowsOf(
      this.#source,
      sql<{ name: string }>`SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA
        ORDER BY 1`,
    )
    return rows.map(({ name }) => name)
  }

  async tableNames(schema: string | null): Promise<string[]> {
    return (await rowsOf(this.#source, RELATIONS('BASE TABLE', schema))).map(({ name }) => name)
  }

  async viewNames(schema: string | null): Promise<string[]> {
    return (await rowsOf(this.#source, RELATIONS('VIEW', schema))).map(({ name }) => name)
  }

  async viewDefinition(name: string, schema: string | null): Promise<string | null> {
    const [row] = await rowsOf(
      this.#source,
      sql<{ text: string }>`SELECT VIEW_DEFINITION AS text FROM information_schema.VIEWS
        WHERE TABLE_NAME = ${name}
          AND TABLE_SCHEMA = ${schema === null ? sql`database()` : sql`${schema}`}`,
    )
    return row?.text ?? null
  }

  async enums(): Promise<[]> {
    return []
  }

  async tables(names: readonly string[], schema: string | null): Promise<ReflectedTable[]> {
    if (names.length === 0) return []
    const mariadb = this.#isMariadb
    const columnRows = await rowsOf(this.#source, COLUMNS(names, schema))
    const keyRows = await rowsOf(this.#source, KEYS(names, schema))
    const indexRows = await rowsOf(this.#source, INDEXES(names, schema, mariadb))
    const checkRows = await rowsOf(this.#source, CHECKS(names, schema, mariadb))
    const keys = groupBy(keyRows, (row) => row.table)
    const indexes = groupBy(indexRows, (row) => row.table)
    const checks = groupBy(checkRows, (row) => row.table)
    return [...groupBy(columnRows, (row) => row.table)].map(([name, columns]) =>
      this.#table(name, schema, {
        columns,
        keys: [...groupBy(keys.get(name) ?? [], (row) => `${row.type} ${row.name}`).values()],
        indexes: [...groupBy(indexes.get(name) ?? [], (row) => row.name).values()],
        checks: checks.get(name) ?? [],
      }),
    )
  }

  #table(
    name: string,
    schema: string | null,
    rows: {
      columns: readonly ColumnRow[]
      keys: readonly KeyRow[][]
      indexes: readonly IndexRow[][]
      checks: readonly CheckRow[]
    },
  ): ReflectedTable {
    const ofType = (type: KeyRow['type']): KeyRow[][] =>
      rows.keys.filter(([first]) => first?.type === type)
    // MariaDB's JSON is a LONGTEXT with this check on the column.
    const jsonColumns = new Set(
      rows.checks
        .filter(({ level, expression }) => level === 'Column' && /^json_valid\(/i.test(expression))
        .map((row) => row.name),
    )
    const uniques = ofType('UNIQUE').map(key)
    const uniqueNames = new Set(uniques.map((unique) => unique.name))
    return {
      name,
      schema,
      columns: rows.columns.map((row) => this.#column(row, jsonColumns.has(row.name))),
      primaryKey: { ...(ofType('PRIMARY KEY').map(key)[0] ?? { columns: [] }), name: null },
      foreignKeys: ofType('FOREIGN KEY').map(foreignKey),
      uniques,
      indexes: rows.indexes.map(index).filter(({ name: own }) => !uniqueNames.has(own)),
      checks: rows.checks
        .filter((row) => !(row.level === 'Column' && jsonColumns.has(row.name)))
        .map((row) => ({
          name: row.level === 'Column' ? null : row.name,
          sqltext: row.expression,
        })),
      comment: rows.columns[0]?.tableComment || null,
    }
  }

  #column(row: ColumnRow, isJson: boolean): ReflectedColumn {
    const ownCollation =
      row.collation !== null && row.collation !== row.tableCollation && !isJson
        ? ` COLLATE ${row.collation}`
        : ''
    const generated = row.generated !== null && row.generated !== ''
    return {
      name: row.name,
      ddlType: isJson ? 'json' : row.type + ownCollation,
      type: isJson ? { name: 'JSON', args: [] } : typeSpecOf(row.type, this.#source.dialect),
      nullable: row.nullable === 'YES',
      default: generated ? null : this.#default(row),
      autoincrement: /auto_increment/i.test(row.extra),
      identity: null,
      computed: generated
        ? {
            sqltext: row.generated as string,
            persisted: /stored|persistent/i.test(row.extra),
          }
        : null,
      comment: row.comment || null,
    }
  }

  #default({ default: value, extra, type }: ColumnRow): string | null {
    const [, onUpdate] = /on update (.*)$/i.exec(extra) ?? []
    const suffix = onUpdate === undefined ? '' : ` ON UPDATE ${onUpdate}`
    if (value === null || (this.#isMariadb && value.toUpperCase() === 'NULL')) {
      return suffix === '' ? null : `NULL${suffix}`
    }
    // MariaDB gives the expression; MySQL a bare value, unless it says it is an expression.
    if (this.#isMariadb) return value + suffix
    if (/default_generated/i.test(extra) || /^current_timestamp/i.test(value)) return value + suffix
    return /^(?:tiny|small|medium|big)?int|^decimal|^double|^float|^bit/.test(type)
      ? value
      : quoted(value)
  }
}

function key(rows: readonly KeyRow[]): ReflectedKey {
  return { name: rows[0]?.name ?? null, columns: rows.map(({ column }) => column) }
}

function foreignKey(rows: readonly KeyRow[]): ReflectedForeignKey {
  const [first] = rows as readonly [KeyRow]
  return {
    ...key(rows),
    referredSchema: first.referredSchema,
    referredTable: first.referredTable as string,
    referredColumns: rows.map(({ referredColumn }) => referredColumn as string),
    onDelete: action(first.onDelete),
    onUpdate: action(first.onUpdate),
    deferrable: false,
    initiallyDeferred: false,
  }
}

function index(rows: readonly IndexRow[]): ReflectedIndex {
  const [first] = rows as readonly [IndexRow]
  return {
    name: first.name,
    unique: Number(first.notUnique) === 0,
    where: null,
    using: first.kind === 'BTREE' ? null : first.kind.toLowerCase(),
    terms: rows.map(({ column, expression, direction, prefix }) => ({
      // An index on the first characters only is written as an expression.
      column: prefix === null ? column : null,
      expression: prefix === null ? expression : `${column}(${prefix})`,
      descending: direction === 'D',
    })),
  }
}
