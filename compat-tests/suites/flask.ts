import { defaultCorpus, readCorpus } from '../kit/corpus.ts'
import type { Json } from '../kit/json.ts'
import { isObject } from '../kit/json.ts'
import type { Result } from '../kit/result.ts'
import { runScenario } from '../kit/scenario.ts'
import { runVectors, VECTORS_AREA } from '../kit/vectors/index.ts'

/** Options of `runFlaskConformance`. */
export interface ConformanceOptions {
  /** Folder of the corpus; default: the one that comes with the package. */
  corpus?: string
  /** Areas to run; default: all. Vectors are the area `vectors`. */
  areas?: readonly string[]
  /** Gets each result as soon as it is there. */
  onResult?: (result: Result) => void
}

/** The area that a scenario is reported under: its own, for want of that its file's. */
function areaOf(scenario: Json, fallback: string): string {
  return isObject(scenario) && typeof scenario.area === 'string' ? scenario.area : fallback
}

async function runSafely(scenario: Json, area: string): Promise<Result[]> {
  try {
    return await runScenario(scenario)
  } catch (error) {
    const id = isObject(scenario) ? String(scenario.id) : area
    const requests = isObject(scenario) && Array.isArray(scenario.requests) ? scenario.requests : []
    const ids = requests.map((request, at) =>
      isObject(request) ? String(request.id) : `${id}#${at + 1}`,
    )
    const difference = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return (ids.length === 0 ? [id] : ids).map((request) => ({
      area,
      scenario: id,
      request,
      ok: false,
      tags: [],
      difference,
    }))
  }
}

/**
 * Builds the apps of a Flask conformance corpus with this library, replays its requests over real
 * sockets, and compares the answers with what Flask answered. One scenario at a time, since the
 * clock is stopped while it runs.
 * @throws {Error} when the corpus cannot be read
 */
export async function runFlaskConformance(options: ConformanceOptions = {}): Promise<Result[]> {
  const files = await readCorpus(options.corpus ?? defaultCorpus())
  const wanted = options.areas === undefined ? null : new Set(options.areas)
  const results: Result[] = []
  const keep = (found: readonly Result[]): void => {
    for (const result of found) {
      results.push(result)
      options.onResult?.(result)
    }
  }
  for (const file of files) {
    for (const scenario of file.scenarios) {
      const area = areaOf(scenario, file.area)
      if (wanted === null || wanted.has(area)) keep(await runSafely(scenario, area))
    }
    if (wanted !== null && !wanted.has(VECTORS_AREA)) continue
    for (const [name, set] of file.sets) keep(await runVectors(name, set))
  }
  return results
}

/** The areas of a corpus, in alphabetical order. */
export async function corpusAreas(corpus: string = defaultCorpus()): Promise<string[]> {
  const files = await readCorpus(corpus)
  const areas = new Set<string>()
  for (const file of files) {
    for (const scenario of file.scenarios) areas.add(areaOf(scenario, file.area))
    if (file.sets.length > 0) areas.add(VECTORS_AREA)
  }
  return [...areas].sort()
}
