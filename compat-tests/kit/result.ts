/** What became of one request, one setup or one vector. */
export interface Result {
  readonly area: string
  /** Id of the scenario, or name of the set of vectors. */
  readonly scenario: string
  /** Id of the request; of a scenario that must not build, the scenario's own. */
  readonly request: string
  readonly ok: boolean
  readonly tags: readonly string[]
  /** What was expected and what came, or null. */
  readonly difference: string | null
}

/** Tags under which a difference may be waived: what Python shows of its own values, and quirks. */
const WAIVABLE: ReadonlySet<string> = new Set(['python-repr', 'quirk'])

/** What the driver does not know, or the package does not have: no difference to be waived. */
const NOT_RUN = /\b(?:UnknownVocabulary|MissingPart): /

/** Whether a failed result may be waived. */
export function isWaived(result: Result): boolean {
  if (result.ok || NOT_RUN.test(result.difference ?? '')) return false
  return result.tags.some((tag) => WAIVABLE.has(tag))
}

/** Numbers of results by what became of them. */
export interface Totals {
  passed: number
  failed: number
  waived: number
}

/** Counts results. One that may be waived and passes counts as passed. */
export function countResults(results: readonly Result[]): Totals {
  const totals: Totals = { passed: 0, failed: 0, waived: 0 }
  for (const result of results) {
    if (result.ok) totals.passed++
    else if (isWaived(result)) totals.waived++
    else totals.failed++
  }
  return totals
}
