import type { BustAPI } from '../../index.ts'

/** What is wrong with an app that could be loaded, one line each; none when it is fine. */
export function findProblems(app: BustAPI): string[] {
  const problems: string[] = []
  for (const rule of app.urlMap.iterRules()) {
    const { endpoint, buildOnly, redirectTo } = rule
    if (buildOnly || redirectTo) continue
    if (endpoint === null || !(endpoint in app.viewFunctions)) {
      problems.push(`The rule '${rule.rule}' has no view: nothing is registered as '${endpoint}'.`)
    }
  }
  return problems
}
