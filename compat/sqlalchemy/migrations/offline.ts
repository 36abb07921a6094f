import type { SchemaSource } from '../reflection/reflected.ts'
import type { StatementSink } from './alterer.ts'
import { DdlWriter } from './ddl.ts'
import type { DescribedDialect } from './describe.ts'
import { CommandError } from './errors.ts'
import { Operations } from './op.ts'
import { pinnedKysely } from './pinned-kysely.ts'
import type { RevisionMap } from './revision-map.ts'
import { VERSION_TABLE } from './version-table.ts'

/** What `--sql` is to write. */
export interface OfflineRun {
  readonly map: RevisionMap
  readonly dialect: DescribedDialect
  readonly direction: 'upgrade' | 'downgrade'
  /** The revision the database is at, null for an empty one. */
  readonly from: string | null
  /** The database; null is the default one. */
  readonly bindKey?: string | null
  /** Where to; null takes everything back. */
  readonly to: string | null
}

function sinkOf(dialect: SchemaSource['dialect'], lines: string[]): StatementSink {
  const refuse = async (): Promise<never> => {
    throw new CommandError('op.kysely asks the database, which --sql has none of')
  }
  const none = async (): Promise<void> => {}
  const connection = { dialect, begin: none, commit: none, rollback: none, execute: refuse }
  return {
    dialect,
    kysely: pinnedKysely(connection),
    offline: true,
    async run(statement) {
      lines.push(`${statement.trim()};`, '')
    },
  }
}

/** The SQL that a run would send, without a database: alembic's offline mode. */
export async function offlineSql(run: OfflineRun): Promise<string[]> {
  const { map, dialect, direction, from, to, bindKey = null } = run
  const ddl = new DdlWriter(dialect)
  const known = (id: string | null): Set<string> => (id === null ? new Set() : map.ancestors(id))
  const before = known(from)
  const after = known(to)
  const table = ddl.name(VERSION_TABLE)
  const lines: string[] = []
  const transactional = dialect.name !== 'mysql'
  if (before.size === 0 && direction === 'upgrade') {
    lines.push(
      `CREATE TABLE IF NOT EXISTS ${table} (name varchar(255) NOT NULL PRIMARY KEY, timestamp varchar(255) NOT NULL);`,
      '',
    )
  }
  const up = direction === 'upgrade'
  const order = up ? map.order : [...map.order].reverse()
  const ids = order.filter((id) =>
    up ? after.has(id) && !before.has(id) : before.has(id) && !after.has(id),
  )
  for (const id of ids) {
    const revision = map.get(id)
    lines.push(`-- Running ${direction} ${id}, ${revision.message}`, '')
    if (transactional) lines.push('BEGIN;', '')
    const op = new Operations(sinkOf(dialect, lines))
    await (up ? revision.upgrade : revision.downgrade)(op, bindKey)
    lines.push(
      up
        ? `INSERT INTO ${table} (name, timestamp) VALUES (${ddl.literal(id)}, ${ddl.literal(new Date().toISOString())});`
        : `DELETE FROM ${table} WHERE name = ${ddl.literal(id)};`,
      '',
    )
    if (transactional) lines.push('COMMIT;', '')
  }
  return lines
}
