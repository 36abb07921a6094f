import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.ts'
import { ENTRIES, specifier } from './entries.ts'
import { isMain } from './is-main.ts'
import { DIST } from './paths.ts'
import { type Outcome, run } from './run.ts'

/** The areas of Flask's corpus that this version promises. */
const AREAS: readonly string[] = [
  'routing',
  'request',
  'response',
  'errors',
  'hooks',
  'blueprints',
  'views',
  'sessions',
  'flash',
  'templates',
  'files',
  'config',
  'testclient',
  'cors',
  'login',
  'jwt',
  'sqlalchemy',
  'flows',
  'vocabulary',
  'vectors',
]

/** A line of the report that the command writes with `--json`. */
interface Fact {
  readonly ok: boolean
  readonly difference: string | null
}

/** How the corpus went. */
export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Runs the published command's suite as a user would: the built package, from another folder. */
export async function conformance(args: readonly string[]): Promise<Outcome> {
  await ensureBuilt()
  const command = join(DIST, 'bin.cjs')
  return run(process.execPath, [command, 'conformance', ...args], { cwd: tmpdir() })
}

/** The entry that a fact cannot do without and that this version does not publish. */
function missingEntry({ difference }: Fact): string | undefined {
  const name = /\bMissingPart: (bustapi\/[a-z0-9-]+) cannot be loaded/.exec(difference ?? '')?.[1]
  return ENTRIES.some((entry) => specifier(entry) === name) ? undefined : name
}

/**
 * Replays what was recorded from Flask. A fact about an extension that is not published yet is skipped, here only:
 * the command itself counts it as failed. What the corpus calls waivable counts as skipped.
 */
export async function flaskTotals(): Promise<Totals> {
  const folder = mkdtempSync(join(tmpdir(), 'bustapi-conformance-'))
  try {
    const json = join(folder, 'facts.json')
    const { output } = await conformance(['flask', '--area', AREAS.join(','), '--json', json])
    const last = output.trim().split('\n').at(-1) ?? ''
    const totals = /^(\d+) passed, (\d+) failed, (\d+) waived$/.exec(last)
    if (totals === null) return { passed: 0, failed: 1, skipped: 0 }
    const [passed, failed, waived] = totals.slice(1).map(Number) as [number, number, number]
    const facts = JSON.parse(readFileSync(json, 'utf8')) as Fact[]
    const missing = facts
      .filter((fact) => !fact.ok)
      .map(missingEntry)
      .filter((name) => name !== undefined)
    const names = [...new Set(missing)].sort().join(', ')
    if (missing.length > 0) console.log(`Skipped: ${missing.length} facts that need ${names}`)
    return { passed, failed: failed - missing.length, skipped: waived + missing.length }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (isMain(import.meta.url)) process.exitCode = (await conformance(process.argv.slice(2))).code
