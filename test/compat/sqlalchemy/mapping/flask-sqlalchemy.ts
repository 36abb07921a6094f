import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What a Python program answers: its `answer`, or the error it ends with. */
export interface Answer {
  readonly value?: unknown
  readonly error?: readonly [type: string, message: string]
}

const PYTHONS = ['/usr/bin/python3', 'python3']

function findPython(): string | null {
  for (const python of PYTHONS) {
    try {
      execFileSync(python, ['-c', 'import flask_sqlalchemy'], { stdio: 'ignore' })
      return python
    } catch {}
  }
  console.info('Skipped: no python3 with Flask-SQLAlchemy to compare with')
  return null
}

const python = findPython()

/** Whether the original is there to be asked. */
export const hasOriginal: boolean = python !== null

/** Asks the original. */
export function askOriginal(asked: { names?: readonly string[]; programs?: readonly string[] }): {
  names: string[]
  programs: Answer[]
} {
  const answer = execFileSync(
    python as string,
    [join(import.meta.dirname, 'flask-sqlalchemy.py')],
    {
      input: JSON.stringify(asked),
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  return JSON.parse(answer)
}
