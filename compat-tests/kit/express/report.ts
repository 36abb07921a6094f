import { compareBothWays } from './compare.ts'
import type { ExpressSuite } from './suite.ts'
import type { ExpressTarget } from './types.ts'

/** How a case of a suite went. */
export interface CaseResult {
  readonly suite: string
  readonly name: string
  readonly major: number
  /** What differs, for people; empty when nothing does. */
  readonly differences: readonly string[]
}

/** Runs the cases of a suite that fit the targets' major version. */
export async function runSuite(
  suite: ExpressSuite,
  reference: ExpressTarget,
  subject: ExpressTarget,
  only?: RegExp,
): Promise<CaseResult[]> {
  const { major } = reference
  const results: CaseResult[] = []
  for (const test of suite.cases) {
    if (test.only !== undefined && test.only !== major) continue
    if (only !== undefined && !only.test(test.name)) continue
    const differences = await compareBothWays(test, reference, subject)
    results.push({ suite: suite.name, name: test.name, major, differences })
  }
  return results
}
