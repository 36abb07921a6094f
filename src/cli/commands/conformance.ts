import { writeFile } from 'node:fs/promises'
import { CliExit, UsageError } from '../errors.ts'
import type { OptionSpecs } from '../parse-words.ts'

/** Options of `bustapi conformance`. */
export const CONFORMANCE_OPTIONS: OptionSpecs = {
  corpus: { kind: 'text', value: 'DIR', help: "Folder of the corpus; default: the package's own." },
  area: { kind: 'text', value: 'A,B', help: 'Areas to run; default: all.' },
  json: { kind: 'text', value: 'FILE', help: 'Write every result there as JSON.' },
}

/** What to run and where to report. */
export interface ConformanceCommandOptions {
  readonly corpus?: string
  readonly area?: string
  readonly json?: string
}

/** Loaded as its users load it: the kit is no part of the library. */
const KIT = 'bustapi/compat-tests'

interface ConformanceResult {
  readonly ok: boolean
}

/** The part of the kit that the command uses. */
interface ConformanceKit {
  corpusAreas(corpus?: string): Promise<string[]>
  runFlaskConformance(options: {
    corpus?: string
    areas?: readonly string[]
    onResult?: (result: ConformanceResult) => void
  }): Promise<ConformanceResult[]>
  countResults(results: readonly ConformanceResult[]): { readonly failed: number }
  reportLines(results: readonly ConformanceResult[]): string[]
  resultLine(result: ConformanceResult): string
  resultsJson(results: readonly ConformanceResult[]): string
}

/**
 * Replays a corpus and reports (`bustapi conformance flask`). The last line is
 * `N passed, M failed, K waived`.
 * @returns the exit code: 1 when anything failed
 * @throws {UsageError} for a suite, a corpus or an area that does not exist
 */
export async function conformanceCommand(
  suite: string | undefined,
  options: ConformanceCommandOptions,
): Promise<number> {
  if (suite !== 'flask') {
    throw new UsageError(
      suite === undefined ? "Missing argument 'SUITE'. One of: flask" : `No such suite '${suite}'.`,
    )
  }
  const kit = (await import(KIT)) as ConformanceKit
  const areas = options.area
    ?.split(',')
    .map((area) => area.trim())
    .filter(Boolean)
  await checkAreas(areas, options.corpus, kit.corpusAreas)
  const results = await kit.runFlaskConformance({
    ...(options.corpus === undefined ? {} : { corpus: options.corpus }),
    ...(areas === undefined ? {} : { areas }),
    onResult: (result) => {
      if (!result.ok) console.log(kit.resultLine(result))
    },
  })
  if (options.json !== undefined) await writeReport(options.json, kit.resultsJson(results))
  for (const line of kit.reportLines(results)) console.log(line)
  return kit.countResults(results).failed > 0 ? 1 : 0
}

async function checkAreas(
  wanted: readonly string[] | undefined,
  corpus: string | undefined,
  areasOf: (corpus?: string) => Promise<string[]>,
): Promise<void> {
  let known: string[]
  try {
    known = await areasOf(corpus)
  } catch (error) {
    throw new UsageError(`The corpus cannot be read: ${(error as Error).message}`)
  }
  const unknown = wanted?.filter((area) => !known.includes(area)) ?? []
  if (wanted === undefined || unknown.length === 0) return
  const message = `No such area: ${unknown.join(', ')}. There are: ${known.join(', ')}`
  // A corpus need not have every area; one that has none of them is a mistake.
  if (unknown.length === wanted.length) throw new UsageError(message)
  console.error(message)
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw new CliExit(`Error: The results cannot be written: ${(error as Error).message}`, 2)
  }
}
