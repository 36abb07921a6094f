import type { FirstOf, MappingResult, Result, Rows, ScalarResult, ValueAt } from './result.ts'
import type { Identify } from './unique.ts'

/**
 * A result under way. `await` gives the result; its methods may also be called at once and give promises:
 * `await session.scalars(statement).all()`.
 */
abstract class AwaitableRows<T, S extends Rows<T>> implements PromiseLike<S>, AsyncIterable<T> {
  protected readonly promise: Promise<S>

  constructor(promise: Promise<S>) {
    this.promise = promise
  }

  // biome-ignore lint/suspicious/noThenProperty: it is there to be awaited
  then<A = S, B = never>(
    resolve?: ((result: S) => A | PromiseLike<A>) | null,
    reject?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.promise.then(resolve, reject)
  }
  catch<B = never>(reject?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<S | B> {
    return this.promise.catch(reject)
  }
  finally(done?: (() => void) | null): Promise<S> {
    return this.promise.finally(done)
  }

  /** All rows. */
  all(): Promise<T[]> {
    return this.promise.then(all)
  }
  /** All rows. */
  fetchall(): Promise<T[]> {
    return this.promise.then(all)
  }
  /** The first row, or null. */
  first(): Promise<T | null> {
    return this.promise.then((result) => result.first())
  }
  /** The only row. Errors: `NoResultFound`, `MultipleResultsFound`. */
  one(): Promise<T> {
    return this.promise.then((result) => result.one())
  }
  /** The only row, or null. Errors: `MultipleResultsFound`. */
  oneOrNone(): Promise<T | null> {
    return this.promise.then((result) => result.oneOrNone())
  }
  /** At most `size` rows. */
  fetchmany(size?: number): Promise<T[]> {
    return this.promise.then((result) => result.fetchmany(size))
  }
  /** The rows in groups. */
  async *partitions(size?: number): AsyncGenerator<T[]> {
    yield* (await this.promise).partitions(size)
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    yield* await this.promise
  }
}

function all<T>(result: Rows<T>): T[] {
  return result.all()
}

/** What `session.execute` returns. */
export class AwaitableResult<R = unknown[]> extends AwaitableRows<R, Result<R>> {
  /** Leaves out rows that were given before. */
  unique(identify?: Identify): AwaitableResult<R> {
    return new AwaitableResult(this.promise.then((result) => result.unique(identify)))
  }
  /** The first value of each row (or the one at a position or name). */
  scalars(): AwaitableScalarResult<FirstOf<R>>
  scalars<K extends number | (string & keyof R)>(column: K): AwaitableScalarResult<ValueAt<R, K>>
  scalars(column: number | string = 0): AwaitableScalarResult<unknown> {
    return new AwaitableScalarResult(this.promise.then((result) => result.scalars(column)))
  }
  /** Each row as a plain object. */
  mappings(): AwaitableMappingResult {
    return new AwaitableMappingResult(this.promise.then((result) => result.mappings()))
  }
  /** Only these columns, in this order. */
  columns(...columns: readonly (number | string)[]): AwaitableResult<unknown[]> {
    return new AwaitableResult(this.promise.then((result) => result.columns(...columns)))
  }
  /** The names of the columns. */
  keys(): Promise<readonly string[]> {
    return this.promise.then((result) => result.keys())
  }
  /** The next row, or null. */
  fetchone(): Promise<R | null> {
    return this.promise.then((result) => result.fetchone())
  }
  /** The first value of the first row, or null. */
  scalar(): Promise<FirstOf<R> | null> {
    return this.promise.then((result) => result.scalar())
  }
  /** The first value of the only row. Errors: `NoResultFound`, `MultipleResultsFound`. */
  scalarOne(): Promise<FirstOf<R>> {
    return this.promise.then((result) => result.scalarOne())
  }
  /** The first value of the only row, or null. Errors: `MultipleResultsFound`. */
  scalarOneOrNone(): Promise<FirstOf<R> | null> {
    return this.promise.then((result) => result.scalarOneOrNone())
  }
}

/** What `session.scalars` returns. */
export class AwaitableScalarResult<T = unknown> extends AwaitableRows<T, ScalarResult<T>> {
  /** Leaves out values that were given before. */
  unique(identify?: Identify): AwaitableScalarResult<T> {
    return new AwaitableScalarResult(this.promise.then((result) => result.unique(identify)))
  }
}

/** What `session.execute(…).mappings()` returns. */
export class AwaitableMappingResult extends AwaitableRows<Record<string, unknown>, MappingResult> {
  /** Leaves out rows that were given before. */
  unique(identify?: Identify): AwaitableMappingResult {
    return new AwaitableMappingResult(this.promise.then((result) => result.unique(identify)))
  }
  /** Only these columns, in this order. */
  columns(...columns: readonly (number | string)[]): AwaitableMappingResult {
    return new AwaitableMappingResult(this.promise.then((result) => result.columns(...columns)))
  }
  /** The names of the columns. */
  keys(): Promise<readonly string[]> {
    return this.promise.then((result) => result.keys())
  }
}
