import { type RawBuilder, sql } from 'kysely'

const schemaOf = (schema: string | null) => (schema === null ? sql`database()` : sql`${schema}`)
const inNames = (names: readonly string[]) => sql.join(names.map((name) => sql`${name}`))

export interface ColumnRow {
  readonly table: string
  readonly tableComment: string
  readonly name: string
  readonly type: string
  readonly nullable: string
  readonly default: string | null
  readonly extra: string
  readonly generated: string | null
  readonly comment: string
  readonly collation: string | null
  readonly tableCollation: string | null
}

// MySQL gives the columns of information_schema in capitals: each one is renamed.
export const COLUMNS = (
  names: readonly string[],
  schema: string | null,
): RawBuilder<ColumnRow> => sql<ColumnRow>`
  SELECT c.TABLE_NAME AS ${sql.id('table')}, t.TABLE_COMMENT AS ${sql.id('tableComment')},
    c.COLUMN_NAME AS name, c.COLUMN_TYPE AS type, c.IS_NULLABLE AS nullable,
    c.COLUMN_DEFAULT AS ${sql.id('default')}, c.EXTRA AS extra,
    c.GENERATION_EXPRESSION AS ${sql.id('generated')}, c.COLUMN_COMMENT AS ${sql.id('comment')},
    c.COLLATION_NAME AS collation, t.TABLE_COLLATION AS ${sql.id('tableCollation')}
  FROM information_schema.COLUMNS c
  JOIN information_schema.TABLES t
    ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
  WHERE c.TABLE_SCHEMA = ${schemaOf(schema)} AND c.TABLE_NAME IN (${inNames(names)})
  ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`

export interface KeyRow {
  readonly table: string
  readonly name: string
  readonly type: 'PRIMARY KEY' | 'UNIQUE' | 'FOREIGN KEY'
  readonly column: string
  readonly referredSchema: string | null
  readonly referredTable: string | null
  readonly referredColumn: string | null
  readonly onDelete: string | null
  readonly onUpdate: string | null
}

export const KEYS = (
  names: readonly string[],
  schema: string | null,
): RawBuilder<KeyRow> => sql<KeyRow>`
  SELECT k.TABLE_NAME AS ${sql.id('table')}, k.CONSTRAINT_NAME AS name,
    t.CONSTRAINT_TYPE AS type, k.COLUMN_NAME AS ${sql.id('column')},
    nullif(k.REFERENCED_TABLE_SCHEMA, k.TABLE_SCHEMA) AS ${sql.id('referredSchema')},
    k.REFERENCED_TABLE_NAME AS ${sql.id('referredTable')},
    k.REFERENCED_COLUMN_NAME AS ${sql.id('referredColumn')},
    r.DELETE_RULE AS ${sql.id('onDelete')}, r.UPDATE_RULE AS ${sql.id('onUpdate')}
  FROM information_schema.KEY_COLUMN_USAGE k
  JOIN information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA
    AND t.TABLE_NAME = k.TABLE_NAME AND t.CONSTRAINT_NAME = k.CONSTRAINT_NAME
  LEFT JOIN information_schema.REFERENTIAL_CONSTRAINTS r
    ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME
    AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'FOREIGN KEY'
  WHERE k.TABLE_SCHEMA = ${schemaOf(schema)} AND k.TABLE_NAME IN (${inNames(names)})
    AND t.CONSTRAINT_TYPE IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
  ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION`

export interface IndexRow {
  readonly table: string
  readonly name: string
  readonly notUnique: number | string
  readonly column: string | null
  readonly expression: string | null
  readonly direction: string | null
  readonly kind: string
  readonly prefix: number | null
}

export const INDEXES = (
  names: readonly string[],
  schema: string | null,
  isMariadb: boolean,
): RawBuilder<IndexRow> => sql<IndexRow>`
  SELECT TABLE_NAME AS ${sql.id('table')}, INDEX_NAME AS name,
    NON_UNIQUE AS ${sql.id('notUnique')}, COLUMN_NAME AS ${sql.id('column')},
    ${isMariadb ? sql`NULL` : sql`EXPRESSION`} AS expression,
    COLLATION AS direction, INDEX_TYPE AS kind, SUB_PART AS prefix
  FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = ${schemaOf(schema)} AND TABLE_NAME IN (${inNames(names)})
    AND INDEX_NAME <> 'PRIMARY'
  ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`

export interface CheckRow {
  readonly table: string
  readonly name: string
  readonly expression: string
  /** `Column` for one that MariaDB keeps as part of a column. */
  readonly level: string
}

export const CHECKS = (
  names: readonly string[],
  schema: string | null,
  isMariadb: boolean,
): RawBuilder<CheckRow> =>
  isMariadb
    ? sql<CheckRow>`SELECT TABLE_NAME AS ${sql.id('table')}, CONSTRAINT_NAME AS name,
          CHECK_CLAUSE AS expression, LEVEL AS level
        FROM information_schema.CHECK_CONSTRAINTS
        WHERE CONSTRAINT_SCHEMA = ${schemaOf(schema)} AND TABLE_NAME IN (${inNames(names)})
        ORDER BY TABLE_NAME, CONSTRAINT_NAME`
    : sql<CheckRow>`SELECT t.TABLE_NAME AS ${sql.id('table')}, c.CONSTRAINT_NAME AS name,
          c.CHECK_CLAUSE AS expression, 'Table' AS level
        FROM information_schema.CHECK_CONSTRAINTS c
        JOIN information_schema.TABLE_CONSTRAINTS t
          ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME
        WHERE c.CONSTRAINT_SCHEMA = ${schemaOf(schema)} AND t.TABLE_NAME IN (${inNames(names)})
        ORDER BY t.TABLE_NAME, c.CONSTRAINT_NAME`

export const RELATIONS = (type: string, schema: string | null): RawBuilder<{ name: string }> =>
  sql<{ name: string }>`SELECT TABLE_NAME AS name FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = ${schemaOf(schema)} AND TABLE_TYPE = ${type} ORDER BY TABLE_NAME`
