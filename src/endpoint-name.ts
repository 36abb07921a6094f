import { AssertionError } from './errors/builtins.ts'
import type { ViewFunction } from './types.ts'

/**
 * The endpoint of a rule that names none: the view's name. A function without a name, which is
 * usual in TypeScript, goes by its methods and its rule, such as `GET /users/<int:id>`.
 * @throws {AssertionError} when there is no view either
 */
export function endpointName(
  rule: string,
  view: ViewFunction<never> | null,
  methods: Iterable<string> | null | undefined,
): string {
  if (view === null) {
    throw new AssertionError(`The rule '${rule}' has no view. Give it one, or an endpoint.`)
  }
  if (view.name !== '') return view.name
  const names = [...(methods ?? ['GET'])].map((method) => method.toUpperCase())
  return `${names.toSorted().join(',')} ${rule}`.replaceAll('.', '_')
}
