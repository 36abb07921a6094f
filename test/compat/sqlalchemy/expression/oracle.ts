import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DATA } from './company.ts'

const PYTHON = '/usr/bin/python3'

/** What SQLAlchemy gave for one statement. */
export interface Answer {
  readonly rows?: readonly (readonly unknown[])[]
  readonly after?: readonly (readonly unknown[])[] | null
  readonly error?: string
}

function check(): string | null {
  if (!existsSync(PYTHON)) return `${PYTHON} is not installed`
  const found = spawnSync(PYTHON, ['-c', 'import sqlalchemy'], { timeout: 20_000 })
  return found.status === 0 ? null : `${PYTHON} has no sqlalchemy`
}

/** Why SQLAlchemy cannot be asked, or null. */
export const oracleMissing: string | null = check()
if (oracleMissing) console.log(`expression/oracle: skipped, ${oracleMissing}`)

/** Runs statements, given as Python code that sets `q`, in SQLAlchemy on SQLite. */
export function askOracle(statements: readonly string[]): Answer[] {
  const program = join(import.meta.dirname, 'oracle.py')
  const { stdout, stderr, status } = spawnSync(PYTHON, [program], {
    input: JSON.stringify({ data: DATA, statements }),
    encoding: 'utf8',
    maxBuffer: 64_000_000,
    timeout: 60_000,
  })
  if (status !== 0) throw new Error(`oracle.py failed: ${stderr}`)
  return JSON.parse(stdout) as Answer[]
}
