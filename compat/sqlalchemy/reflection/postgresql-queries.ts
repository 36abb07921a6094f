import { type RawBuilder, sql } from 'kysely'

export interface ColumnRow {
  readonly table: string
  readonly tableComment: string | null
  readonly name: string
  readonly type: string
  readonly typeName: string
  readonly isArray: boolean
  /** Of an enumerated type. */
  readonly labels: string[] | null
  readonly nullable: boolean
  readonly default: string | null
  readonly identity: string
  readonly identityStart: string | null
  readonly identityIncrement: string | null
  readonly generated: string
  /** null where it is the type's own */
  readonly collation: string | null
  readonly comment: string | null
}

const relations = (names: readonly string[], schema: string | null) => sql`(SELECT c.oid, c.relname
  FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = ANY (${names})
    AND c.relnamespace = (SELECT oid FROM pg_namespace
      WHERE nspname = coalesce(${schema}::text, current_schema())))`

export const COLUMNS = (
  names: readonly string[],
  schema: string | null,
): RawBuilder<ColumnRow> => sql<ColumnRow>`
  SELECT c.relname::text AS "table", obj_description(c.oid, 'pg_class') AS "tableComment",
    a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
    et.typname::text AS "typeName", t.typelem <> 0 AND t.typlen = -1 AS "isArray",
    (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e
      WHERE e.enumtypid = et.oid) AS labels,
    NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS "default",
    a.attidentity::text AS identity, s.seqstart::text AS "identityStart",
    s.seqincrement::text AS "identityIncrement", a.attgenerated::text AS generated,
    CASE WHEN a.attcollation <> t.typcollation
      THEN (SELECT collname::text FROM pg_collation WHERE oid = a.attcollation) END AS collation,
    col_description(c.oid, a.attnum) AS comment
  FROM ${relations(names, schema)} c
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type et ON et.oid = CASE WHEN t.typelem <> 0 AND t.typlen = -1
    THEN t.typelem ELSE t.oid END
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  LEFT JOIN pg_depend p ON a.attidentity <> '' AND p.deptype = 'i' AND p.refobjid = c.oid
    AND p.refobjsubid = a.attnum AND p.classid = 'pg_class'::regclass
  LEFT JOIN pg_sequence s ON s.seqrelid = p.objid
  ORDER BY c.relname, a.attnum`

export interface ConstraintRow {
  readonly table: string
  readonly name: string
  readonly type: 'p' | 'u' | 'f' | 'c'
  readonly columns: string[]
  /** null where it is the table's own */
  readonly referredSchema: string | null
  readonly referredTable: string | null
  readonly referredColumns: string[] | null
  readonly onDelete: string
  readonly onUpdate: string
  readonly deferrable: boolean
  readonly deferred: boolean
  readonly expression: string | null
}

const columnNames = (relation: string, numbers: string) => sql`ARRAY(SELECT a.attname::text
  FROM unnest(${sql.raw(numbers)}) WITH ORDINALITY AS u(number, place)
  JOIN pg_attribute a ON a.attrelid = ${sql.raw(relation)} AND a.attnum = u.number
  ORDER BY u.place)`

export const CONSTRAINTS = (
  names: readonly string[],
  schema: string | null,
): RawBuilder<ConstraintRow> => sql<ConstraintRow>`
  SELECT c.relname::text AS "table", k.conname::text AS name, k.contype::text AS type,
    ${columnNames('k.conrelid', 'k.conkey')} AS columns,
    nullif(fn.nspname::text, coalesce(${schema}::text, current_schema())) AS "referredSchema",
    f.relname::text AS "referredTable", ${columnNames('k.confrelid', 'k.confkey')} AS "referredColumns",
    k.confdeltype::text AS "onDelete", k.confupdtype::text AS "onUpdate",
    k.condeferrable AS deferrable, k.condeferred AS deferred,
    CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expression
  FROM ${relations(names, schema)} c
  JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c')
  LEFT JOIN pg_class f ON f.oid = k.confrelid
  LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
  ORDER BY c.relname, k.oid`

export interface IndexRow {
  readonly table: string
  readonly name: string
  readonly unique: boolean
  readonly method: string
  readonly where: string | null
  /** By term: the column's name, or null for an expression. */
  readonly columns: (string | null)[]
  readonly definitions: string[]
  readonly descending: boolean[]
}

/** Without those that only carry out a constraint. */
export const INDEXES = (
  names: readonly string[],
  schema: string | null,
): RawBuilder<IndexRow> => sql<IndexRow>`
  SELECT c.relname::text AS "table", i.relname::text AS name, x.indisunique AS "unique",
    m.amname::text AS method, pg_get_expr(x.indpred, x.indrelid) AS "where",
    ARRAY(SELECT (SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = x.indrelid AND a.attnum = x.indkey[n] AND x.indkey[n] <> 0)
      FROM generate_series(0, x.indnkeyatts - 1) AS n ORDER BY n) AS columns,
    ARRAY(SELECT pg_get_indexdef(x.indexrelid, n + 1, true)
      FROM generate_series(0, x.indnkeyatts - 1) AS n ORDER BY n) AS definitions,
    ARRAY(SELECT x.indoption[n] & 1 = 1
      FROM generate_series(0, x.indnkeyatts - 1) AS n ORDER BY n) AS descending
  FROM ${relations(names, schema)} c
  JOIN pg_index x ON x.indrelid = c.oid AND NOT x.indisprimary
  JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_am m ON m.oid = i.relam
  WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid
    AND k.contype IN ('p', 'u', 'x'))
  ORDER BY c.relname, i.relname`
