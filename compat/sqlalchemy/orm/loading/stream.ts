import { InvalidRequestError } from '../../errors.ts'
import type { SelectBase } from '../../expression/select-base.ts'
import type { ExecutionOptions, LoadContext } from './context.ts'
import { executionOptionsOf, mapperOfStatement, planOf } from './execute.ts'
import type { RowBuffer } from './result.ts'

/** Rows fetched at a time where nothing else is said. */
const CHUNK = 1000

/**
 * The rows of a SELECT in groups, as the driver's cursor gives them; each group is one buffer. Eager `selectin`
 * loads run once for each group.
 *
 * @throws InvalidRequestError for joined collections: their rows would be torn apart.
 */
export async function* streamBuffers(
  context: LoadContext,
  statement: SelectBase,
  parameters?: Readonly<Record<string, unknown>>,
  given?: ExecutionOptions,
): AsyncGenerator<RowBuffer> {
  const options = executionOptionsOf(statement, given)
  if (options.autoflush !== false) await context.autoflush()
  const connection = await context.connection(mapperOfStatement(statement))
  const { plan, query } = planOf(statement, connection.dialect, parameters)
  if (plan.multiplied) {
    throw new InvalidRequestError(
      "Can't use yield_per with eager loaders that require uniquing or row buffering, e.g. joinedload() " +
        'against collections or subqueryload().  Consider the selectinload() strategy for better flexibility in loading objects.',
    )
  }
  const size = options.yieldPer ?? CHUNK
  for await (const rows of connection.stream(query, size)) {
    const run = plan.begin(context, options.populateExisting ?? false)
    // A driver may give more rows at once than it was asked for.
    for (let at = 0; at < rows.length; at += size) {
      const part = rows.length <= size ? rows : rows.slice(at, at + size)
      yield await plan.buffer(run, part)
    }
  }
}
