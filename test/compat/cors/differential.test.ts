import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { randomCases } from './cases.ts'
import { type Outcome, replay } from './replay.ts'

const SEED = Number(process.env.CORS_SEED ?? 1)
const COUNT = Number(process.env.CORS_COUNT ?? 300)

function hasFlaskCors(): boolean {
  try {
    execFileSync(
      'python3',
      ['-c', 'import flask_cors as e; assert e.__version__.startswith("6.")'],
      { stdio: 'ignore' },
    )
    return true
  } catch {
    console.info('Skipped: no python3 with Flask-CORS 6 to compare with')
    return false
  }
}

it.runIf(hasFlaskCors())(
  'random options and requests get the answers of the real Flask-CORS',
  async () => {
    const cases = randomCases(SEED, COUNT)
    const real = JSON.parse(
      execFileSync('python3', [join(import.meta.dirname, 'flask-cors.py')], {
        input: JSON.stringify(cases),
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      }),
    ) as Outcome[]
    for (const [at, given] of cases.entries()) {
      expect({ given, outcome: await replay(given) }).toEqual({ given, outcome: real[at] })
    }
  },
  120_000,
)
