import { CompiledQuery } from 'kysely'
import type { Connection } from '../../dialects/engine.ts'

const TABLES: Readonly<Record<string, (schema: string | null) => CompiledQuery>> = {
  sqlite: (schema) => {
    const master =
      schema === null ? 'sqlite_master' : `"${schema.replaceAll('"', '""')}".sqlite_master`
    const temporary =
      schema === null ? " UNION SELECT name FROM sqlite_temp_master WHERE type = 'table'" : ''
    return CompiledQuery.raw(
      `SELECT name FROM ${master} WHERE type IN ('table', 'view')${temporary}`,
    )
  },
  postgresql: (schema) =>
    CompiledQuery.raw(
      `SELECT c.relname AS name FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND
          CASE WHEN $1::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
            ELSE n.nspname = $1::text END`,
      [schema],
    ),
  mysql: (schema) =>
    CompiledQuery.raw(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = coalesce(?, database())',
      [schema],
    ),
}

/** The names of the tables and views that are there. */
export async function existingTables(
  connection: Connection,
  schema: string | null,
): Promise<Set<string>> {
  const query = TABLES[connection.dialect.name]
  if (!query) {
    const tables = await connection.kysely.introspection.getTables()
    return new Set(tables.map(({ name }) => name))
  }
  const { rows } = await connection.execute(query(schema))
  return new Set(rows.map(({ name }) => String(name)))
}

/** The names of PostgreSQL's enumerated types that are there. */
export async function existingEnums(
  connection: Connection,
  schema: string | null,
): Promise<Set<string>> {
  const { rows } = await connection.execute(
    CompiledQuery.raw(
      `SELECT t.typname AS name FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE CASE WHEN $1::text IS NULL THEN pg_catalog.pg_type_is_visible(t.oid)
          ELSE n.nspname = $1::text END`,
      [schema],
    ),
  )
  return new Set(rows.map(({ name }) => String(name)))
}

const FOREIGN_KEYS: Readonly<Record<string, string>> = {
  postgresql: `SELECT k.conname AS name FROM pg_catalog.pg_constraint k
      JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE k.contype = 'f' AND c.relname = $1 AND r.relname = $2 AND
        CASE WHEN $3::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
          ELSE n.nspname = $3::text END`,
  mysql: `SELECT constraint_name AS name FROM information_schema.referential_constraints
      WHERE table_name = ? AND referenced_table_name = ? AND constraint_schema = coalesce(?, database())`,
}

/** The names of the foreign keys from one table to another, which the database may have given. */
export async function foreignKeyNames(
  connection: Connection,
  from: { readonly name: string; readonly schema: string | null },
  to: string,
): Promise<string[]> {
  const sql = FOREIGN_KEYS[connection.dialect.name]
  if (sql === undefined) return []
  const { rows } = await connection.execute(CompiledQuery.raw(sql, [from.name, to, from.schema]))
  return rows.map(({ name }) => String(name))
}
