import type { TestDatabase } from '../databases.ts'

/** A value as it goes into a statement. */
type Cell = string | number | null | undefined

/** The rows of each table, tables in an order that the foreign keys allow. */
export type Rows = readonly (readonly [
  table: string,
  rows: readonly Readonly<Record<string, Cell>>[],
])[]

const YEAR: Readonly<Record<TestDatabase['name'], string>> = {
  sqlite: `CAST(strftime('%Y', $1) AS INTEGER)`,
  postgresql: 'EXTRACT(year FROM $1)',
  mariadb: 'EXTRACT(year FROM $1)',
}

/** SQL in the words of the database: `"name"` is a name, `year(expression)` the year of a date. */
export function inItsWords(database: TestDatabase, sql: string): string {
  const dated = sql.replaceAll(/\byear\(([^()]+)\)/g, YEAR[database.name])
  return database.name === 'mariadb' ? dated.replaceAll('"', '`') : dated
}

const literal = (value: Cell): string => {
  if (value === null || value === undefined) return 'NULL'
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`
}

/** Rows of one INSERT. */
const CHUNK = 200

/** Puts rows into tables past the code under test. */
export async function fill(database: TestDatabase, uri: string, rows: Rows): Promise<void> {
  for (const [table, list] of rows) {
    const names = Object.keys(list[0] ?? {})
    for (let start = 0; start < list.length; start += CHUNK) {
      const values = list
        .slice(start, start + CHUNK)
        .map((row) => `(${names.map((name) => literal(row[name])).join(', ')})`)
      const head = inItsWords(
        database,
        `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(', ')}) VALUES `,
      )
      await database.raw(uri, head + values.join(', '))
    }
  }
}
