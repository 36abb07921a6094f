import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { flaskTotals, type Totals } from './conformance.ts'
import { ROOT } from './paths.ts'
import { run } from './run.ts'
import { setUp } from './set-up.ts'

/** The part of Vitest's JSON report that is counted. */
interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly numPendingTests: number
  readonly numTodoTests: number
}

const REPORT = join(ROOT, 'coverage', 'vitest.json')

const verdict = (code: number): Totals => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
})

async function command(name: string, ...args: string[]): Promise<Totals> {
  return verdict((await run(name, args)).code)
}

/** Unit tests from the source, with the coverage that vitest.config.ts demands; a missed threshold is a failure. */
async function unit(): Promise<Totals> {
  rmSync(REPORT, { force: true })
  const { code } = await run('vitest', [
    ...['run', '--coverage', '--reporter=dot', '--reporter=json', `--outputFile.json=${REPORT}`],
  ])
  let report: VitestReport
  try {
    report = JSON.parse(readFileSync(REPORT, 'utf8')) as VitestReport
  } catch {
    return verdict(1)
  }
  const failed = report.numFailedTests || report.numFailedTestSuites
  return {
    passed: report.numPassedTests,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

const STEPS: readonly (readonly [title: string, step: () => Promise<Totals>])[] = [
  ['format and lint', () => command('biome', 'check', '.')],
  ['types', () => command('tsc', '--noEmit')],
  ['build', () => command(process.execPath, 'scripts/build.ts')],
  ['unit tests', unit],
  ['conformance with Flask', flaskTotals],
]

await setUp()
const sum = { passed: 0, failed: 0, skipped: 0 }
const lines: string[] = []
for (const [title, step] of STEPS) {
  console.log(`\n== ${title}`)
  const start = performance.now()
  const count = await step()
  sum.passed += count.passed
  sum.failed += count.failed
  sum.skipped += count.skipped
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  lines.push(`${count.failed === 0 ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)`)
  // Nothing after a failed build would say anything about this tree.
  if (title === 'build' && count.failed > 0) break
}
console.log(`\n${lines.join('\n')}`)
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
process.exitCode = sum.failed === 0 ? 0 : 1
