import { toError } from './context/app-context.ts'
import { getRequestContext } from './context/proxies.ts'
import type { RequestContext } from './context/request-context.ts'
import { runInScope } from './context/store.ts'
import { isThenable } from './dispatch/and-then.ts'

type Chunks<T> = Iterable<T> | Iterator<T>
type AsyncChunks<T> = AsyncIterable<T> | AsyncIterator<T>

function isAsyncChunks<T>(chunks: Chunks<T> | AsyncChunks<T>): chunks is AsyncChunks<T> {
  return Symbol.asyncIterator in (chunks as object)
}

function iteratorOf<T>(chunks: Chunks<T>): Iterator<T> {
  return Symbol.iterator in (chunks as object)
    ? (chunks as Iterable<T>)[Symbol.iterator]()
    : (chunks as Iterator<T>)
}

/** Each step of the source runs in the request's context, which is torn down again at the end. */
function* inContext<T>(context: RequestContext, chunks: Chunks<T>): Generator<T> {
  const source = iteratorOf(chunks)
  const step = (): IteratorResult<T> => runInScope(context, () => source.next(), undefined)
  let error: Error | null = null
  context.appContext.announce()
  try {
    for (let result = step(); result.done !== true; result = step()) yield result.value
  } catch (thrown) {
    error = toError(thrown)
    throw thrown
  } finally {
    runInScope(context, () => source.return?.(), undefined)
    const done = runInScope(context, () => context.teardown(error), undefined)
    // Nobody waits for an asynchronous teardown here: unhandled, its failure would end the process.
    if (isThenable(done)) done.then(undefined, context.app.onSendError)
  }
}

async function* inContextAsync<T>(
  context: RequestContext,
  chunks: AsyncChunks<T>,
): AsyncGenerator<T> {
  const source =
    Symbol.asyncIterator in (chunks as object)
      ? (chunks as AsyncIterable<T>)[Symbol.asyncIterator]()
      : (chunks as AsyncIterator<T>)
  const step = (): Promise<IteratorResult<T>> => runInScope(context, () => source.next(), undefined)
  let error: Error | null = null
  context.appContext.announce()
  try {
    for (let result = await step(); result.done !== true; result = await step()) {
      yield result.value
    }
  } catch (thrown) {
    error = toError(thrown)
    throw thrown
  } finally {
    await runInScope(context, () => source.return?.(), undefined)
    await runInScope(context, () => context.teardown(error), undefined)
  }
}

/**
 * Keeps `request`, `session` and `g` available while a generator streams a response, which goes on
 * after the request's context has ended (Flask's `stream_with_context`). Takes an iterator, or a
 * function that returns one, which it wraps. As in Flask 3.1, the teardown functions run once more
 * when the stream ends.
 * @throws {BUST_ERR_NO_REQUEST_CONTEXT} outside a request
 */
export function streamWithContext<A extends unknown[], T>(
  generator: (...args: A) => Chunks<T>,
): (...args: A) => Generator<T>
export function streamWithContext<A extends unknown[], T>(
  generator: (...args: A) => AsyncChunks<T>,
): (...args: A) => AsyncGenerator<T>
export function streamWithContext<T>(chunks: Chunks<T>): Generator<T>
export function streamWithContext<T>(chunks: AsyncChunks<T>): AsyncGenerator<T>
export function streamWithContext(source: unknown): unknown {
  if (typeof source === 'function') {
    return (...args: unknown[]) => streamWithContext(source(...args))
  }
  const context = getRequestContext()
  return isAsyncChunks(source as Chunks<unknown>)
    ? inContextAsync(context, source as AsyncChunks<unknown>)
    : inContext(context, source as Chunks<unknown>)
}
