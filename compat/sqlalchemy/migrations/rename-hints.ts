import type { SourceDialect } from '../reflection/reflected.ts'
import { canonicalType } from '../reflection/type-spec.ts'
import { fullName, type Operation } from './operations.ts'

type Of<K extends Operation['kind']> = Operation & { kind: K }

const ofKind = <K extends Operation['kind']>(operations: readonly Operation[], kind: K): Of<K>[] =>
  operations.filter((operation): operation is Of<K> => operation.kind === kind)

/**
 * A renaming looks like something dropped and something added. It is not guessed, since the wrong
 * guess mixes up data; it is pointed out.
 */
export function renameHints(operations: readonly Operation[], dialect: SourceDialect): string[] {
  const hints: string[] = []
  for (const { table: gone } of ofKind(operations, 'dropTable')) {
    for (const { table: fresh } of ofKind(operations, 'createTable')) {
      const before = new Set(gone.columns.map(({ name }) => name))
      const shared = fresh.columns.filter(({ name }) => before.has(name)).length
      if (shared * 2 <= Math.max(gone.columns.length, fresh.columns.length)) continue
      hints.push(
        `if table '${fullName(gone)}' was renamed to '${fullName(fresh)}', write` +
          ` op.renameTable('${gone.name}', '${fresh.name}') instead of dropTable and createTable`,
      )
    }
  }
  for (const { table, column: gone } of ofKind(operations, 'dropColumn')) {
    for (const { table: other, column: fresh } of ofKind(operations, 'addColumn')) {
      if (fullName(table) !== fullName(other) || gone.computed || fresh.computed) continue
      if (canonicalType(gone.ddlType, dialect) !== canonicalType(fresh.ddlType, dialect)) continue
      hints.push(
        `if column '${fullName(table)}.${gone.name}' was renamed to '${fresh.name}', write` +
          ` op.alterColumn('${table.name}', '${gone.name}', { newColumnName: '${fresh.name}' })` +
          ' instead of dropColumn and addColumn',
      )
    }
  }
  return hints
}
