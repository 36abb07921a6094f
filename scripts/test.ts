import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { conformance, PROMISED_AREAS } from './conformance.ts'
import { ROOT } from './paths.ts'
import { run } from './run.ts'

/** What a step adds to the last line. */
interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The part of Vitest's JSON report that is counted. */
interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly numPendingTests: number
  readonly numTodoTests: number
}

const REPORT = join(ROOT, 'coverage', 'vitest.json')

const verdict = (code: number): Count => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? 0 : 1,
  skipped: 0,
})

async function command(name: string, ...args: string[]): Promise<Count> {
  return verdict((await run(name, args)).code)
}

/** Unit tests from the source, with the coverage that vitest.config.ts demands; a missed threshold is a failure. */
async function unit(): Promise<Count> {
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

/** The corpus recorded from Flask, against the built package; what the corpus calls waivable counts as skipped. */
async function flask(): Promise<Count> {
  const { code, output } = await conformance(['flask', '--area', PROMISED_AREAS.join(',')])
  const totals = /^(\d+) passed, (\d+) failed, (\d+) waived$/m.exec(
    output.trim().split('\n').at(-1) ?? '',
  )
  if (totals === null) return verdict(1)
  const [passed, failed, skipped] = totals.slice(1).map(Number) as [number, number, number]
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped }
}

const STEPS: readonly (readonly [title: string, step: () => Promise<Count>])[] = [
  ['format and lint', () => command('biome', 'check', '.')],
  ['types', () => command('tsc', '--noEmit')],
  ['build', () => command(process.execPath, 'scripts/build.ts')],
  ['unit tests', unit],
  ['conformance with Flask', flask],
]

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
