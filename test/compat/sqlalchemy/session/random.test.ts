import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { eachDatabase, type TestDatabase } from '../databases.ts'
import { blogDb } from './blog-db.ts'
import { type Comparison, RandomRun } from './random-run.ts'

const STEPS = 120
const SEEDS = Number(process.env.BUSTAPI_SESSION_SEEDS ?? 12)

interface Failure {
  readonly error: unknown
  readonly found: Comparison | null
  readonly log: readonly string[]
}

async function attempt(
  database: TestDatabase,
  seed: number,
  steps: number,
): Promise<Failure | null> {
  const blog = await blogDb(database)
  const run = new RandomRun(blog, seed)
  let found: Comparison | null = null
  try {
    await run.run(steps, (comparison) => {
      if (isDeepStrictEqual(comparison.database, comparison.model)) return
      found = comparison
      throw new Error('the database differs from the model')
    })
    return null
  } catch (error) {
    return { error, found, log: run.log }
  } finally {
    await blog.close()
  }
}

/** The shortest beginning of a run that fails: each beginning is a run of its own. */
async function shortest(database: TestDatabase, seed: number, whole: Failure): Promise<Failure> {
  for (let steps = 1; steps < STEPS; steps += 1) {
    const failure = await attempt(database, seed, steps)
    if (failure) return failure
  }
  return whole
}

function described(seed: number, { error, found, log }: Failure): string {
  const lines = [`seed ${seed}`, ...log, String(error)]
  if (found)
    lines.push(
      `database ${JSON.stringify(found.database)}`,
      `model    ${JSON.stringify(found.model)}`,
    )
  return lines.join('\n')
}

eachDatabase((database) => {
  it(`keeps the database as a plain model of it, whatever is done to the objects (${SEEDS} lives)`, async () => {
    const first = Number(process.env.BUSTAPI_SESSION_SEED ?? 1)
    for (let seed = first; seed < first + SEEDS; seed += 1) {
      const failure = await attempt(database, seed, STEPS)
      if (failure) expect.fail(described(seed, await shortest(database, seed, failure)))
    }
  }, 600_000)
})
