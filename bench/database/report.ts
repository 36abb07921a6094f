import { budget, budgetTable, machineName, table } from '../report.ts'
import { OPERATIONS, type OperationName } from './protocol.ts'
import { DATABASE_PEERS, type DatabaseResult } from './run.ts'
import type { Backend } from './shape.ts'

const TITLES: Readonly<Record<Backend, string>> = { sqlite: 'SQLite', postgresql: 'PostgreSQL' }

/** Reads may cost this much more than the same read in Kysely. */
const READ_BUDGET = 1.3

const READS: readonly OperationName[] = ['byKey', 'list', 'joined', 'selectIn', 'page']

const PEERS = Object.keys(DATABASE_PEERS) as (keyof typeof DATABASE_PEERS)[]

/** One database's table: CPU per operation, and beside it the quotient with Kysely's. */
export function databaseTable(backend: Backend, results: readonly DatabaseResult[]): string {
  const rows = results
    .filter((result) => result.backend === backend)
    .map(({ operation, figures }) => {
      const cells = PEERS.flatMap((name) => {
        const found = figures.find(({ peer }) => peer === name)
        const cpu = found?.cpu.toFixed(0) ?? '–'
        return name === 'kysely' ? [cpu] : [cpu, found?.overKysely.toFixed(2) ?? '–']
      })
      return [OPERATIONS[operation], ...cells]
    })
  const titles = PEERS.flatMap((name) =>
    name === 'kysely' ? [DATABASE_PEERS[name]] : [DATABASE_PEERS[name], '×'],
  )
  return table([`${TITLES[backend]}, CPU µs`, ...titles], rows)
}

/** What is promised, kept or missed. */
export function databaseBudgets(results: readonly DatabaseResult[]): string[][] {
  return results.flatMap(({ backend, operation, figures }) => {
    const where = `${TITLES[backend]}: ${OPERATIONS[operation]}`
    const of = (name: string) => figures.find(({ peer }) => peer === name)
    const ours = of('bustapi')
    if (ours === undefined) return []
    const ahead = ['mikro-orm', 'typeorm'].flatMap((name) => {
      const rival = of(name)
      if (rival === undefined) return []
      const title = DATABASE_PEERS[rival.peer]
      return [budget(`${where}, × ${title}`, ours.cpu / rival.cpu, 1, true)]
    })
    if (!READS.includes(operation)) return ahead
    return [budget(`${where}, × Kysely`, ours.overKysely, READ_BUDGET, true), ...ahead]
  })
}

/** The part of README: the tables, and where the rest is. */
export function databaseSummary(
  date: string,
  results: readonly DatabaseResult[],
  skipped: readonly string[],
): string {
  const day = date.slice(0, 10)
  return [
    `\`npm run bench -- --set database\`, ${day}, Node ${process.version.slice(1)} on ${machineName()}, which other work used too: microseconds of the\nclient process's CPU per operation, medians of interleaved rounds; × is the median of the rounds' quotients with raw Kysely. Each ORM has a new\nsession (entity manager) for each operation, as each request would. The budgets, kept and missed, are in\n[the run's file](bench/results/${day}-database.md).`,
    ...backendsOf(results).map((backend) => databaseTable(backend, results)),
    ...skipped,
  ].join('\n\n')
}

const backendsOf = (results: readonly DatabaseResult[]): Backend[] => [
  ...new Set(results.map(({ backend }) => backend)),
]

/** A whole run as Markdown. */
export function databaseReport(
  date: string,
  results: readonly DatabaseResult[],
  skipped: readonly string[],
): string {
  return [
    `# Databases, ${date.slice(0, 10)}`,
    `${machineName()}, Node ${process.version}. Microseconds of the client process's CPU per operation, medians of interleaved rounds;\n× is the median of the rounds' quotients with raw Kysely. Every ORM has a new session for each operation, as each request would.`,
    ...backendsOf(results).map((backend) => databaseTable(backend, results)),
    ...skipped,
    budgetTable(databaseBudgets(results)),
  ].join('\n\n')
}
