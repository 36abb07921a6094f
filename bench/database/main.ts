import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeReadme } from '../readme.ts'
import { budgetTable } from '../report.ts'
import { OPERATIONS, type OperationName } from './protocol.ts'
import { databaseBudgets, databaseReport, databaseSummary, databaseTable } from './report.ts'
import { type DatabaseResult, databaseBackends, measureDatabase } from './run.ts'

const FULL = { rounds: 11, slice: 200 }
const QUICK = { rounds: 3, slice: 60 }

/**
 * `npm run bench -- --set database`: what a unit of work costs beside its rivals.
 *
 * @param wanted names of operations; default: all
 * @returns the exit code
 */
export async function benchDatabases(
  options: { quick: boolean; json: string | undefined },
  wanted: readonly string[] | undefined,
): Promise<number> {
  const names = Object.keys(OPERATIONS) as OperationName[]
  const unknown = wanted?.filter((name) => !names.includes(name as OperationName)) ?? []
  if (unknown.length > 0) {
    console.error(`No scenario ${unknown.join(', ')}: ${names.join(', ')}`)
    return 2
  }
  const { backends, skipped } = databaseBackends()
  for (const line of skipped) console.log(line)
  const results: DatabaseResult[] = []
  for (const backend of backends) {
    const chosen = names.filter((name) => wanted?.includes(name) ?? true)
    await measureDatabase(backend, options.quick ? QUICK : FULL, (one) => results.push(one), chosen)
    console.log(`${databaseTable(backend, results)}\n`)
  }
  console.log(budgetTable(databaseBudgets(results)))
  const date = new Date(Date.now()).toISOString()
  const report = { date, node: process.version, results, skipped }
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`)
  // Only a whole run is worth keeping.
  if (!options.quick && wanted === undefined) {
    const file = join(import.meta.dirname, '..', 'results', `${date.slice(0, 10)}-database`)
    writeFileSync(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`)
    writeFileSync(`${file}.md`, `${databaseReport(date, results, skipped)}\n`)
    writeReadme('bench-database', databaseSummary(date, results, skipped))
  }
  return 0
}
