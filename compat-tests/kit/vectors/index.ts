import { freezeClock, releaseClock } from '../clock.ts'
import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import type { Result } from '../result.ts'
import type { Check } from './check.ts'
import { extensions } from './extensions.ts'
import { http } from './http.ts'
import { signing } from './signing.ts'

/** The area that vectors are reported under. */
export const VECTORS_AREA = 'vectors'

const CHECKS: ReadonlyMap<string, Check> = new Map(
  [signing, http, extensions].flatMap((checks) => Object.entries(checks)),
)

const DEFAULT_CLOCK = 1_700_000_000

async function checkOne(name: string, fields: Fields): Promise<string | null> {
  const check = CHECKS.get(name)
  if (!check) return `unknown set of vectors ${name}`
  freezeClock(DEFAULT_CLOCK)
  try {
    const difference = await check(fields)
    if (difference === null) fields.done()
    return difference
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  } finally {
    releaseClock()
  }
}

/** Computes every vector of a set with the library's public functions. */
export async function runVectors(name: string, source: Json): Promise<Result[]> {
  const set = new Fields(source, name)
  const vectors = set.list('vectors')
  const results: Result[] = []
  for (const [index, vector] of vectors.entries()) {
    const fields = new Fields(vector, `${name}#${index + 1}`)
    const tags = fields.texts('tags') ?? []
    for (const key of ['note', 'quirk']) fields.take(key)
    const difference = await checkOne(name, fields)
    results.push({
      area: VECTORS_AREA,
      scenario: name,
      request: `${name}#${index + 1}`,
      ok: difference === null,
      tags,
      difference,
    })
  }
  return results
}
