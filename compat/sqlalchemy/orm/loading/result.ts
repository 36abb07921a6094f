import {
  InvalidRequestError,
  MultipleResultsFound,
  NoResultFound,
  ResourceClosedError,
} from '../../errors.ts'
import { RowShape } from './row.ts'
import { type Identify, UniqueFilter } from './unique.ts'

/** The rows of one execution; the views of a result (`scalars()`, `mappings()`) share it. */
export class RowBuffer {
  /** Rows, or the only value of each where `flat`. */
  readonly items: unknown[]
  readonly flat: boolean
  readonly shape: RowShape
  /** Rows were multiplied by joined eager loading of a collection: `unique()` is required. */
  readonly multiplied: boolean
  position: number = 0
  closed: boolean = false
  partitionSize: number | null = null

  constructor(items: unknown[], flat: boolean, shape: RowShape, multiplied: boolean = false) {
    this.items = items
    this.flat = flat
    this.shape = shape
    this.multiplied = multiplied
  }
}

const NOT_UNIQUE =
  'The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections'

/** What `Result`, `ScalarResult` and `MappingResult` have in common. Each row is given once. */
export abstract class Rows<T> implements Iterable<T> {
  protected readonly buffer: RowBuffer
  protected filter: UniqueFilter | null = null

  constructor(buffer: RowBuffer) {
    this.buffer = buffer
  }

  /** An item of the buffer as this result shows it. */
  protected abstract show(item: unknown): T

  /** The items as they are to be shown, when no work is needed. */
  protected plain(): T[] | null {
    return null
  }

  /** Whether the result was closed, by `close()` or by a method that reads no more than one row. */
  get closed(): boolean {
    return this.buffer.closed
  }

  /** Gives up the remaining rows. */
  close(): void {
    this.buffer.closed = true
  }

  /** Leaves out rows that were given before. Entities are compared by identity, values by value. */
  unique(identify?: Identify): this {
    this.filter = new UniqueFilter(identify)
    return this
  }

  /** How many rows a partition has, unless `partitions` says otherwise. */
  yieldPer(count: number): this {
    this.buffer.partitionSize = count
    return this
  }

  /** All remaining rows. */
  all(): T[] {
    const buffer = this.#open()
    if (buffer.position === 0 && this.filter === null) {
      const plain = this.plain()
      if (plain !== null) {
        buffer.position = buffer.items.length
        return plain
      }
    }
    const rows: T[] = []
    for (let row = this.#next(); row !== END; row = this.#next()) rows.push(row as T)
    return rows
  }

  /** The first row, or null; the others are given up. */
  first(): T | null {
    this.#open()
    const row = this.#next()
    this.close()
    return row === END ? null : (row as T)
  }

  /**
   * The only row.
   *
   * @throws NoResultFound when there is none, MultipleResultsFound when there are several.
   */
  one(): T {
    const row = this.#only('Multiple rows were found when exactly one was required')
    if (row === END) throw new NoResultFound('No row was found when one was required')
    return row as T
  }

  /**
   * The only row, or null.
   *
   * @throws MultipleResultsFound when there are several.
   */
  oneOrNone(): T | null {
    const row = this.#only('Multiple rows were found when one or none was required')
    return row === END ? null : (row as T)
  }

  /** The remaining rows in groups. */
  *partitions(size: number | null = this.buffer.partitionSize): Generator<T[]> {
    for (;;) {
      const rows = size === null ? this.all() : this.fetchmany(size)
      if (rows.length === 0) return
      yield rows
    }
  }

  /** All remaining rows. */
  fetchall(): T[] {
    return this.all()
  }

  /** At most `size` rows; without a size, as many as `yieldPer` said, else all. */
  fetchmany(size: number | null = this.buffer.partitionSize): T[] {
    if (size === null) return this.all()
    this.#open()
    const rows: T[] = []
    while (rows.length < size) {
      const row = this.#next()
      if (row === END) break
      rows.push(row as T)
    }
    return rows
  }

  *[Symbol.iterator](): Iterator<T> {
    this.#open()
    for (let row = this.#next(); row !== END; row = this.#next()) yield row as T
  }

  protected nextOrNull(): T | null {
    this.#open()
    const row = this.#next()
    return row === END ? null : (row as T)
  }

  #open(): RowBuffer {
    const { buffer } = this
    if (buffer.closed) throw new ResourceClosedError('This result object is closed.')
    if (buffer.multiplied && this.filter === null) throw new InvalidRequestError(NOT_UNIQUE)
    return buffer
  }

  #next(): T | typeof END {
    const { buffer, filter } = this
    while (buffer.position < buffer.items.length) {
      const row = this.show(buffer.items[buffer.position++])
      if (filter === null || filter.isNew(row)) return row
    }
    return END
  }

  #only(several: string): T | typeof END {
    this.#open()
    const row = this.#next()
    if (row !== END) {
      // Without unique() two equal rows are two.
      if (this.#next() !== END) {
        this.close()
        throw new MultipleResultsFound(several)
      }
    }
    this.close()
    return row
  }
}

const END: unique symbol = Symbol('end of rows')

/** The first value of a row's type. */
export type FirstOf<R> = R extends readonly [infer First, ...unknown[]] ? First : unknown
/** The value of a row's type at a position or name. */
export type ValueAt<R, K> = K extends keyof R ? R[K] : unknown

/** What `session.execute` gives for a statement with rows. `R` is the row's type. */
export class Result<R = unknown[]> extends Rows<R> {
  /** Rows an INSERT, UPDATE or DELETE met; -1 where it is not known. */
  readonly rowcount: number

  constructor(buffer: RowBuffer, rowcount: number = -1) {
    super(buffer)
    this.rowcount = rowcount
  }

  /** Whether the statement has rows at all. */
  get returnsRows(): boolean {
    return this.buffer.shape.keys.length > 0
  }

  /** Whether joined collections repeat rows, so that `unique()` is required. */
  get multiplied(): boolean {
    return this.buffer.multiplied
  }

  /** The names of the columns. */
  keys(): readonly string[] {
    return this.buffer.shape.keys
  }

  /** The first value of each row (or the one at a position or name). */
  scalars(): ScalarResult<FirstOf<R>>
  scalars<K extends number | (string & keyof R)>(column: K): ScalarResult<ValueAt<R, K>>
  scalars(column?: number | string): ScalarResult<unknown>
  scalars(column: number | string = 0): ScalarResult<unknown> {
    const { shape, items } = this.buffer
    // Drivers tell the columns of plain SQL by its rows: without a row there is none to miss.
    const index = items.length === 0 && shape.keys.length === 0 ? 0 : shape.indexOf(column)
    const result = new ScalarResult<unknown>(this.buffer, index)
    return this.filter ? result.unique(this.filter.identify) : result
  }

  /** Each row as a plain object. */
  mappings(): MappingResult {
    const result = new MappingResult(this.buffer)
    return this.filter ? result.unique(this.filter.identify) : result
  }

  /** Only these columns, in this order. */
  columns(...columns: readonly (number | string)[]): Result<unknown[]> {
    const { buffer } = this
    const { shape } = buffer
    const indexes = columns.map((column) => shape.indexOf(column))
    const narrow = new RowShape(indexes.map((i) => shape.keys[i] as string))
    const rows = buffer.items
      .slice(buffer.position)
      .map((item) => narrow.row(indexes.map((i) => (buffer.flat ? item : (item as unknown[])[i]))))
    buffer.position = buffer.items.length
    const result = new Result<unknown[]>(new RowBuffer(rows, false, narrow, buffer.multiplied))
    return this.filter ? result.unique(this.filter.identify) : result
  }

  /** The same result, for code that reads its rows as tuples. */
  tuples(): this {
    return this
  }

  /** The next row, or null after the last. */
  fetchone(): R | null {
    return this.nextOrNull()
  }

  /** The first value of the first row, or null; the others are given up. */
  scalar(): FirstOf<R> | null {
    const row = this.first()
    return row === null ? null : ((row as unknown[])[0] as FirstOf<R>)
  }

  /**
   * The first value of the only row.
   *
   * @throws NoResultFound, MultipleResultsFound
   */
  scalarOne(): FirstOf<R> {
    return (this.one() as unknown[])[0] as FirstOf<R>
  }

  /**
   * The first value of the only row, or null.
   *
   * @throws MultipleResultsFound
   */
  scalarOneOrNone(): FirstOf<R> | null {
    const row = this.oneOrNone()
    return row === null ? null : ((row as unknown[])[0] as FirstOf<R>)
  }

  protected override show(item: unknown): R {
    return (this.buffer.flat ? this.buffer.shape.single(item) : item) as R
  }

  protected override plain(): R[] | null {
    return this.buffer.flat ? null : (this.buffer.items as R[])
  }
}

/** One value of each row. */
export class ScalarResult<T = unknown> extends Rows<T> {
  readonly #index: number

  constructor(buffer: RowBuffer, index: number = 0) {
    super(buffer)
    this.#index = index
  }

  protected override show(item: unknown): T {
    return (this.buffer.flat ? item : (item as unknown[])[this.#index]) as T
  }

  protected override plain(): T[] | null {
    return this.buffer.flat ? (this.buffer.items as T[]) : null
  }
}

/** Each row as a plain object. */
export class MappingResult extends Rows<Record<string, unknown>> {
  /** The names of the columns. */
  keys(): readonly string[] {
    return this.buffer.shape.keys
  }

  /** Only these columns, in this order. */
  columns(...columns: readonly (number | string)[]): MappingResult {
    const result = new Result(this.buffer).columns(...columns).mappings()
    return this.filter ? result.unique(this.filter.identify) : result
  }

  /** The next row, or null after the last. */
  fetchone(): Record<string, unknown> | null {
    return this.nextOrNull()
  }

  protected override show(item: unknown): Record<string, unknown> {
    const { flat, shape } = this.buffer
    return (flat ? shape.single(item) : (item as ReturnType<RowShape['single']>))._asdict()
  }
}
