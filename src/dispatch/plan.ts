import type { AfterRequestHook, Scaffold } from '../scaffold.ts'
import type { BeforeRequestHook, ScopeName, TeardownHook, UrlValuePreprocessor } from '../types.ts'

/** The hooks of one endpoint in the order in which they run, found once and not per request. */
export interface HookPlan {
  /** Names of the blueprints that the endpoint belongs to, innermost first. */
  readonly blueprints: readonly string[]
  readonly preprocessors: readonly UrlValuePreprocessor[]
  readonly before: readonly BeforeRequestHook[]
  readonly after: readonly AfterRequestHook[]
  readonly teardown: readonly TeardownHook[]
}

/** `a.b.c` belongs to the blueprints `a.b` and `a` (Flask's `request.blueprints`). */
export function blueprintsOf(endpoint: string | null): string[] {
  const names: string[] = []
  if (endpoint === null) return names
  for (let end = endpoint.lastIndexOf('.'); end > 0; end = endpoint.lastIndexOf('.', end - 1)) {
    names.push(endpoint.slice(0, end))
  }
  return names
}

/**
 * Collects an endpoint's hooks: before the view the app first and then the blueprints from the
 * outermost, afterwards the blueprints from the innermost and then the app, each list reversed.
 */
export function planHooks(app: Scaffold, endpoint: string | null): HookPlan {
  const blueprints = blueprintsOf(endpoint)
  const inward: ScopeName[] = [null, ...blueprints.toReversed()]
  const outward: ScopeName[] = [...blueprints, null]
  const reversed = <T>(registry: Map<ScopeName, T[]>): T[] =>
    outward.flatMap((name) => registry.get(name)?.toReversed() ?? [])
  return {
    blueprints,
    preprocessors: inward.flatMap((name) => app.urlValuePreprocessors.get(name) ?? []),
    before: inward.flatMap((name) => app.beforeRequestFuncs.get(name) ?? []),
    after: reversed(app.afterRequestFuncs),
    teardown: reversed(app.teardownRequestFuncs),
  }
}
