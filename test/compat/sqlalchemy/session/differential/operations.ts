import type { Operation } from './program.ts'
import type { ColumnSpec } from './schemas.ts'

/** A value of the type of a column. */
export function fitted({ type }: ColumnSpec, value: number | null): unknown {
  if (value === null) return null
  return type === 'int' ? value : `v${value}`
}

/** Whether an operation ends a transaction or a savepoint. */
export function endsTransaction(op: Operation): boolean {
  if (op[0] === 'quiet') return endsTransaction(op[1])
  return ['commit', 'rollback', 'nestedCommit', 'nestedRollback'].includes(op[0])
}

/** What a statement does, without its form: kind, table, columns. Null for those that write nothing. */
export function kindOf(given: string): string | null {
  const sql = given.replaceAll('"', '')
  const names = (text: string, pattern: RegExp): string =>
    [...text.matchAll(pattern)]
      .map((match) => match[1])
      .sort()
      .join()
  let match = /^insert into (\w+) (?:\((.*?)\) values|default values)/i.exec(sql)
  if (match) return `INSERT ${match[1]} ${names(match[2] ?? '', /([a-z_]+)/gi)}`
  match = /^update (\w+) set (.*?)(?: where |$)/i.exec(sql)
  if (match) return `UPDATE ${match[1]} ${names(match[2] as string, /([a-z_]+) ?=/gi)}`
  match = /^delete from (\w+)/i.exec(sql)
  return match ? `DELETE ${match[1]}` : null
}
