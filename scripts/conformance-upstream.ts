import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './ensure-built.ts'
import { isMain } from './is-main.ts'
import { DIST, ROOT } from './paths.ts'
import { run } from './run.ts'

/** The parts of Mocha's JSON report that are read. */
interface MochaReport {
  readonly stats: { readonly passes: number; readonly failures: number; readonly pending: number }
  readonly failures: readonly {
    readonly fullTitle: string
    readonly err: { readonly message?: string }
  }[]
}

/** How a checkout's tests went. */
export interface UpstreamResult {
  readonly passed: number
  readonly failed: number
  readonly pending: number
  /** `title: message` of each test that failed. */
  readonly failures: readonly string[]
}

/** The major version that a checkout of Express's repository is of. */
function majorOf(suite: string): string {
  const { version } = JSON.parse(readFileSync(join(suite, 'package.json'), 'utf8')) as {
    version: string
  }
  return version.split('.')[0] ?? ''
}

/**
 * Runs the tests of a checkout of Express's public repository against ours: its own entry point is redirected while
 * its tests, their helpers and its examples stay as they are.
 *
 * @param options.source Runs against the source instead of the build.
 */
export async function runUpstream(
  folder: string,
  options: { readonly version?: string; readonly source?: boolean; readonly grep?: string } = {},
): Promise<UpstreamResult> {
  const suite = resolve(folder)
  const version = options.version ?? majorOf(suite)
  if (version !== '4' && version !== '5')
    throw new Error(`There is no Express ${version} to be like.`)
  if (options.source !== true) await ensureBuilt()
  const source = join(ROOT, 'compat/express', version === '4' ? 'v4' : '.')
  // Ours: the one that version 4 brings is too old to write its report to a file.
  const mocha = join(ROOT, 'node_modules/mocha/bin/_mocha')
  const report = mkdtempSync(join(tmpdir(), 'bustapi-upstream-'))
  const file = join(report, 'report.json')
  try {
    const { output } = await run(
      process.execPath,
      [
        ...['--import', join(ROOT, 'scripts/redirect-upstream.ts'), mocha],
        ...['--require', 'test/support/env', '--check-leaks', '--reporter', 'json'],
        ...['--reporter-option', `output=${file}`],
        ...(options.grep === undefined ? [] : ['--grep', options.grep]),
        ...['test/', 'test/acceptance/'],
      ],
      {
        cwd: suite,
        quiet: true,
        env: {
          UPSTREAM_SUITE: suite,
          UPSTREAM_ENTRY:
            options.source === true
              ? join(source, 'index.ts')
              : join(DIST, version === '4' ? 'express4.cjs' : 'express.cjs'),
          UPSTREAM_UTILS: join(source, 'utils.ts'),
        },
      },
    )
    if (!existsSync(file)) throw new Error(`Mocha has not come to its end:\n${output}`)
    const { stats, failures } = JSON.parse(readFileSync(file, 'utf8')) as MochaReport
    return {
      passed: stats.passes,
      failed: stats.failures,
      pending: stats.pending,
      failures: failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message ?? ''}`),
    }
  } finally {
    rmSync(report, { recursive: true })
  }
}

const USAGE = `usage: npm run conformance:upstream -- --suite DIR [--version 4|5] [--source] [--grep TEXT]
DIR is a checkout of Express's public repository with its development dependencies installed.`

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      suite: { type: 'string' },
      version: { type: 'string' },
      source: { type: 'boolean' },
      grep: { type: 'string' },
    },
  })
  if (values.suite === undefined) {
    console.error(USAGE)
    process.exitCode = 2
  } else {
    const { suite, ...options } = values
    const result = await runUpstream(suite, options)
    for (const failure of result.failures) console.log(`FAILED ${failure}`)
    console.log(`${result.passed} passed, ${result.failed} failed, ${result.pending} skipped`)
    process.exitCode = result.failed === 0 && result.passed > 0 ? 0 : 1
  }
}
