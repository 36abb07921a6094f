import { sql } from 'kysely'
import { Inspector } from '../reflection/inspector.ts'
import type { ReflectedColumn, SchemaSource } from '../reflection/reflected.ts'
import { rowsOf } from '../reflection/run.ts'
import { parseCreateTable } from '../reflection/sqlite-table.ts'
import { DdlWriter } from './ddl.ts'

const SCRATCH = 'bustapi_compare'

/** An expression of a table, as a text. */
export interface TableExpression {
  readonly text: string
  /** Of a default: the column it is for. null: a condition or a value in a row of the table. */
  readonly defaultOf: ReflectedColumn | null
}

const checkName = (at: number): string => `${SCRATCH}_${at}`

interface Seen {
  readonly checks: readonly { name: string | null; sqltext: string }[]
  readonly columns: readonly { name: string; default: string | null }[]
}

/** Temporary tables are not in MariaDB's information_schema; SHOW CREATE TABLE has them. */
async function readMysql(source: SchemaSource): Promise<Seen> {
  const [row] = await rowsOf(
    source,
    sql<Record<string, string>>`SHOW CREATE TABLE ${sql.table(SCRATCH)}`,
  )
  const { columns, constraints } = parseCreateTable(row?.['Create Table'] ?? '')
  return {
    columns: columns.map(({ name, clauses }) => ({
      name,
      default: clauses.find(({ kind }) => kind === 'default')?.expression ?? null,
    })),
    checks: constraints
      .filter(({ kind }) => kind === 'check')
      .map(({ name, expression }) => ({ name, sqltext: expression as string })),
  }
}

async function readPostgres(source: SchemaSource): Promise<Seen> {
  const [row] = await rowsOf(
    source,
    sql<{ name: string }>`SELECT nspname::text AS name FROM pg_namespace
      WHERE oid = pg_my_temp_schema()`,
  )
  return new Inspector(source).getTable(SCRATCH, row?.name ?? null)
}

/**
 * The expressions as the database itself spells them: it is given a temporary table with the same
 * columns, and asked. null where it refuses, as for an enumerated type that is yet to be made.
 */
export async function canonicalTexts(
  source: SchemaSource,
  columns: readonly ReflectedColumn[],
  expressions: readonly TableExpression[],
): Promise<string[] | null> {
  const ddl = new DdlWriter(source.dialect)
  const parts = columns.map(({ name, ddlType }) => `${ddl.name(name)} ${ddlType}`)
  for (const [at, { text, defaultOf }] of expressions.entries()) {
    const name = ddl.name(checkName(at))
    parts.push(
      defaultOf === null
        ? `CONSTRAINT ${name} CHECK ((${text}) IS NULL)`
        : `${name} ${defaultOf.ddlType} DEFAULT ${ddl.default(text)}`,
    )
  }
  // Columns come first: MySQL wants them before the constraints.
  parts.sort((a, b) => Number(a.startsWith('CONSTRAINT')) - Number(b.startsWith('CONSTRAINT')))
  const run = (text: string): Promise<unknown> => rowsOf(source, sql.raw(text))
  try {
    await run(`CREATE TEMPORARY TABLE ${ddl.name(SCRATCH)} (${parts.join(', ')})`)
    const seen =
      source.dialect.name === 'mysql' ? await readMysql(source) : await readPostgres(source)
    return expressions.map(({ text, defaultOf }, at) => {
      const name = checkName(at)
      const own =
        defaultOf === null
          ? seen.checks.find((check) => check.name === name)?.sqltext
          : seen.columns.find((column) => column.name === name)?.default
      return own ?? text
    })
  } catch {
    return null
  } finally {
    const drop = source.dialect.name === 'mysql' ? 'DROP TEMPORARY TABLE' : 'DROP TABLE'
    await run(`${drop} IF EXISTS ${ddl.name(SCRATCH)}`).catch(() => undefined)
  }
}
