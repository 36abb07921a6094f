import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Program, StepRecord } from './program.ts'
import { SCHEMAS } from './schemas.ts'

const PYTHON = '/usr/bin/python3'

function check(): string | null {
  if (!existsSync(PYTHON)) return `${PYTHON} is not installed`
  const found = spawnSync(PYTHON, ['-c', 'import sqlalchemy'], { timeout: 20_000 })
  return found.status === 0 ? null : `${PYTHON} has no sqlalchemy`
}

/** Why SQLAlchemy cannot be asked, or null. */
export const oracleMissing: string | null = check()

/** One Python process that runs programs one after the other. */
export class Oracle {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #waiting: ((line: string) => void)[] = []
  #errors = ''
  #ended = false

  constructor() {
    this.#process = spawn(PYTHON, [join(import.meta.dirname, 'interpreter.py')])
    this.#process.stderr.on('data', (data) => {
      this.#errors += data
    })
    // Who waits for an answer hears of the end.
    this.#process.stdin.on('error', () => {})
    const lines = createInterface({ input: this.#process.stdout })
    lines.on('line', (line) => this.#waiting.shift()?.(line))
    lines.on('close', () => {
      this.#ended = true
      for (const resolve of this.#waiting.splice(0)) resolve('')
    })
    this.#process.stdin.write(`${JSON.stringify(SCHEMAS)}\n`)
  }

  /** The transcript of SQLAlchemy. */
  async run(program: Program): Promise<StepRecord[]> {
    const line = await new Promise<string>((resolve) => {
      if (this.#ended) return resolve('')
      this.#waiting.push(resolve)
      this.#process.stdin.write(`${JSON.stringify(program)}\n`)
    })
    if (line === '') throw new Error(`interpreter.py ended: ${this.#errors}`)
    return JSON.parse(line) as StepRecord[]
  }

  close(): void {
    this.#process.stdin.end()
  }
}
