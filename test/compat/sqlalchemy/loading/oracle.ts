import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROWS, SCHEMA } from './blog.ts'

const PYTHON = '/usr/bin/python3'

/** What SQLAlchemy gave for one case. */
export interface Answer {
  readonly value?: unknown
  readonly statements?: number
  readonly error?: string
  readonly message?: string
}

function check(): string | null {
  if (!existsSync(PYTHON)) return `${PYTHON} is not installed`
  const found = spawnSync(PYTHON, ['-c', 'import sqlalchemy'], { timeout: 20_000 })
  return found.status === 0 ? null : `${PYTHON} has no sqlalchemy`
}

/** Why SQLAlchemy cannot be asked, or null. */
export const oracleMissing: string | null = check()
if (oracleMissing) console.log(`loading/oracle: skipped, ${oracleMissing}`)

/** Evaluates cases, Python expressions over the blog's models, in SQLAlchemy on SQLite. */
export function askOracle(cases: readonly string[]): Answer[] {
  const program = join(import.meta.dirname, 'oracle.py')
  const { stdout, stderr, status } = spawnSync(PYTHON, [program], {
    input: JSON.stringify({ schema: SCHEMA + ROWS, cases }),
    encoding: 'utf8',
    maxBuffer: 64_000_000,
    timeout: 60_000,
  })
  if (status !== 0) throw new Error(`oracle.py failed: ${stderr}`)
  return JSON.parse(stdout) as Answer[]
}
