import type { Result } from './result.ts'
import { countResults, isWaived } from './result.ts'

/** The line that a report ends with: `N passed, M failed, K waived`. */
export function summaryLine(results: readonly Result[]): string {
  const { passed, failed, waived } = countResults(results)
  return `${passed} passed, ${failed} failed, ${waived} waived`
}

/** One line for a result that differs. */
export function resultLine(result: Result): string {
  return `${isWaived(result) ? 'waived' : 'FAILED'}  ${result.request}  ${result.difference ?? ''}`
}

/** How each area came out, and the total. */
export function reportLines(results: readonly Result[]): string[] {
  const areas = new Map<string, Result[]>()
  for (const result of results) {
    const known = areas.get(result.area)
    if (known) known.push(result)
    else areas.set(result.area, [result])
  }
  const width = Math.max(0, ...[...areas.keys()].map((area) => area.length))
  const lines = [...areas].map(([area, own]) => `${area.padEnd(width)}  ${summaryLine(own)}`)
  return [...lines, summaryLine(results)]
}

/** The results as the JSON file has them. */
export function resultsJson(results: readonly Result[]): string {
  const rows = results.map(({ area, scenario, request, ok, tags, difference }) => ({
    area,
    scenario,
    request,
    ok,
    tags,
    difference,
  }))
  return `${JSON.stringify(rows, null, 1)}\n`
}
