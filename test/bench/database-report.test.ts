import { describe, expect, it } from 'vitest'
import { databaseBudgets, databaseSummary, databaseTable } from '../../bench/database/report.ts'
import type { DatabaseResult } from '../../bench/database/run.ts'
import { withSection } from '../../bench/readme.ts'

const RESULTS: readonly DatabaseResult[] = [
  {
    backend: 'sqlite',
    operation: 'byKey',
    figures: [
      { peer: 'driver', cpu: 10, overKysely: 0.5 },
      { peer: 'kysely', cpu: 20, overKysely: 1 },
      { peer: 'bustapi', cpu: 28, overKysely: 1.4 },
      { peer: 'typeorm', cpu: 40, overKysely: 2 },
    ],
  },
]

describe('the report on databases', () => {
  it('has each peer beside its quotient with Kysely, and a dash for who took no part', () => {
    const [head, rule, row] = databaseTable('sqlite', RESULTS).split('\n')
    expect(head).toBe(
      '| SQLite, CPU µs | driver | × | Kysely | `bustapi/sqlalchemy` | × | Drizzle | × | MikroORM | × | TypeORM | × |',
    )
    expect(rule?.split('|')).toHaveLength(head?.split('|').length ?? 0)
    expect(row).toBe(
      '| one row by primary key | 10 | 0.50 | 20 | 28 | 1.40 | – | – | – | – | 40 | 2.00 |',
    )
  })

  it('says which budgets were missed', () => {
    expect(databaseBudgets(RESULTS)).toEqual([
      ['SQLite: one row by primary key, × Kysely', '≤ 1.3', '1.40', 'missed'],
      ['SQLite: one row by primary key, × TypeORM', '≤ 1', '0.70', 'kept'],
    ])
  })

  it('stands between two lines of README', () => {
    const readme = 'a\n<!-- x:start -->\nold\n<!-- x:end -->\nb\n'
    const text = databaseSummary('2026-11-23T10:00:00Z', RESULTS, ['Skipped: PostgreSQL.'])
    expect(text).toContain('bench/results/2026-11-23-database.md')
    expect(text).toContain('\n\nSkipped: PostgreSQL.')
    const written = withSection(readme, 'x', text)
    expect(written).toBe(`a\n<!-- x:start -->\n${text}\n<!-- x:end -->\nb\n`)
    expect(withSection(written, 'x', text)).toBe(written)
    expect(() => withSection(readme, 'y', text)).toThrow('y:start')
  })
})
