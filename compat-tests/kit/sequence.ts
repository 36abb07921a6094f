/** Whether a value is to be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/** Goes on with the value at once when it is there, and later when it is a promise. */
export function andThen<T, R>(value: T | PromiseLike<T>, next: (value: T) => R): R | Promise<R> {
  return isThenable(value) ? Promise.resolve(value as PromiseLike<T>).then(next) : next(value as T)
}

/** Maps in order; synchronous while every result is. */
export function mapInOrder<T>(
  items: readonly T[],
  work: (item: T) => unknown,
): unknown[] | Promise<unknown[]> {
  const results: unknown[] = []
  for (let at = 0; at < items.length; at++) {
    const result = work(items[at] as T)
    if (isThenable(result)) return restInOrder(items, work, at, result, results)
    results.push(result)
  }
  return results
}

async function restInOrder<T>(
  items: readonly T[],
  work: (item: T) => unknown,
  from: number,
  first: PromiseLike<unknown>,
  results: unknown[],
): Promise<unknown[]> {
  results.push(await first)
  for (const item of items.slice(from + 1)) results.push(await work(item))
  return results
}
