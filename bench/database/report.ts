import { budgetTable, machineName } from '../report.ts'
import { OPERATIONS, type OperationName } from './protocol.ts'
import { DATABASE_PEERS, type DatabaseResult } from './run.ts'
import type { Backend } from './shape.ts'

const TITLES: Readonly<Record<Backend, string>> = { sqlite: 'SQLite', postgresql: 'PostgreSQL' }

/** Reads may cost this much more than the same read in Kysely. */
const READ_BUDGET = 1.3

const READS: readonly OperationName[] = ['byKey', 'list', 'joined', 'selectIn', 'page']

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** One database's table: CPU per operation, and in brackets its quotient with Kysely's. */
export function databaseTable(backend: Backend, results: readonly DatabaseResult[]): string {
  const peers = Object.keys(DATABASE_PEERS) as (keyof typeof DATABASE_PEERS)[]
  const lines = results
    .filter((result) => result.backend === backend)
    .map(({ operation, figures }) => {
      const cells = peers.map((name) => {
        const found = figures.find(({ peer }) => peer === name)
        return found === undefined
          ? '–'
          : `${found.cpu.toFixed(0)} (${found.overKysely.toFixed(2)})`
      })
      return row([OPERATIONS[operation], ...cells])
    })
  const titles = peers.map((name) => DATABASE_PEERS[name])
  return [
    row([`${TITLES[backend]}, CPU µs`, ...titles]),
    row(['---', ...titles.map(() => '---:')]),
    ...lines,
  ].join('\n')
}

/** What is promised, kept or missed. */
export function databaseBudgets(results: readonly DatabaseResult[]): string[][] {
  return results.flatMap(({ backend, operation, figures }) => {
    const where = `${TITLES[backend]}: ${OPERATIONS[operation]}`
    const of = (name: string) => figures.find(({ peer }) => peer === name)
    const ours = of('bustapi')
    if (ours === undefined) return []
    const rivals = ['mikro-orm', 'typeorm'].flatMap((name) => of(name) ?? [])
    const ahead = rivals.map((rival) => [
      `${where}, over ${DATABASE_PEERS[rival.peer]}`,
      '1.00',
      (ours.cpu / rival.cpu).toFixed(2),
      ours.cpu <= rival.cpu ? 'kept' : 'missed',
    ])
    if (!READS.includes(operation)) return ahead
    const kept = ours.overKysely <= READ_BUDGET ? 'kept' : 'missed'
    const read = [`${where}, over Kysely`, READ_BUDGET.toFixed(2), ours.overKysely.toFixed(2), kept]
    return [read, ...ahead]
  })
}

/** A whole run as Markdown. */
export function databaseReport(
  date: string,
  results: readonly DatabaseResult[],
  skipped: readonly string[],
): string {
  const backends = [...new Set(results.map(({ backend }) => backend))]
  return [
    `# Databases, ${date.slice(0, 10)}`,
    `${machineName()}, Node ${process.version}. Microseconds of the client process's CPU per operation, medians of interleaved rounds;\nin brackets the median of the rounds' quotients with raw Kysely. Every ORM has a new session for each operation, as each request would.`,
    ...backends.map((backend) => databaseTable(backend, results)),
    ...skipped,
    budgetTable(databaseBudgets(results)),
  ].join('\n\n')
}
