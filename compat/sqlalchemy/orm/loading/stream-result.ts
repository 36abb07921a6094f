import { MultipleResultsFound, NoResultFound } from '../../errors.ts'
import {
  type FirstOf,
  MappingResult,
  Result,
  type RowBuffer,
  type Rows,
  ScalarResult,
  type ValueAt,
} from './result.ts'
import { type Identify, UniqueFilter } from './unique.ts'

type View<T> = (buffer: RowBuffer) => Rows<T>

/** Rows that arrive while they are read: what `session.stream` gives. Leaving the loop closes the cursor. */
abstract class StreamRows<T> implements AsyncIterable<T> {
  protected readonly buffers: AsyncGenerator<RowBuffer>
  readonly #view: View<T>
  #filter: UniqueFilter | null = null
  #rest: T[] = []

  constructor(buffers: AsyncGenerator<RowBuffer>, view: View<T>) {
    this.buffers = buffers
    this.#view = view
  }

  /** Leaves out rows that were given before; all of them are remembered. */
  unique(identify?: Identify): this {
    this.#filter = new UniqueFilter(identify)
    return this
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for await (const rows of this.partitions()) yield* rows
  }

  /** The rows in groups: of `size`, else as the cursor gives them. */
  async *partitions(size?: number): AsyncGenerator<T[]> {
    try {
      for (;;) {
        const rows = size === undefined ? await this.#group() : await this.fetchmany(size)
        if (rows.length === 0) return
        yield rows
      }
    } finally {
      await this.close()
    }
  }

  /** All remaining rows. */
  async all(): Promise<T[]> {
    const rows: T[] = []
    for await (const part of this.partitions()) rows.push(...part)
    return rows
  }

  /** At most `size` of the remaining rows. */
  async fetchmany(size: number): Promise<T[]> {
    while (this.#rest.length < size) {
      const more = await this.#next()
      if (more === null) break
      this.#rest = this.#rest.concat(more)
    }
    return this.#rest.splice(0, size)
  }

  /** The first of the remaining rows, or null; then the cursor is closed. */
  async first(): Promise<T | null> {
    const [row = null] = await this.fetchmany(1)
    await this.close()
    return row
  }

  /** The only row. Errors: `NoResultFound`, `MultipleResultsFound`. */
  async one(): Promise<T> {
    const rows = await this.#two()
    if (rows.length === 0) throw new NoResultFound('No row was found when one was required')
    if (rows.length > 1) {
      throw new MultipleResultsFound('Multiple rows were found when exactly one was required')
    }
    return rows[0] as T
  }

  /** The only row, or null. Errors: `MultipleResultsFound`. */
  async oneOrNone(): Promise<T | null> {
    const rows = await this.#two()
    if (rows.length > 1) {
      throw new MultipleResultsFound('Multiple rows were found when one or none was required')
    }
    return rows[0] ?? null
  }

  /** Gives up the remaining rows and closes the cursor. */
  async close(): Promise<void> {
    this.#rest = []
    await this.buffers.return(undefined)
  }

  async #two(): Promise<T[]> {
    const rows = await this.fetchmany(2)
    await this.close()
    return rows
  }

  async #group(): Promise<T[]> {
    if (this.#rest.length > 0) return this.#rest.splice(0)
    for (;;) {
      const rows = await this.#next()
      if (rows === null) return []
      // A group may have nothing new in it.
      if (rows.length > 0) return rows
    }
  }

  async #next(): Promise<T[] | null> {
    const { done, value } = await this.buffers.next()
    if (done) return null
    const rows = this.#view(value).all()
    const filter = this.#filter
    return filter === null ? rows : rows.filter((row) => filter.isNew(row))
  }
}

/** What `session.stream` gives. */
export class StreamResult<R = unknown[]> extends StreamRows<R> {
  constructor(buffers: AsyncGenerator<RowBuffer>) {
    super(buffers, (buffer) => new Result<R>(buffer))
  }

  /** The first value of each row (or the one at a position or name). */
  scalars(): StreamScalarResult<FirstOf<R>>
  scalars<K extends number | (string & keyof R)>(column: K): StreamScalarResult<ValueAt<R, K>>
  scalars(column: number | string = 0): StreamScalarResult<unknown> {
    return new StreamScalarResult(this.buffers, column)
  }

  /** Each row as a plain object. */
  mappings(): StreamMappingResult {
    return new StreamMappingResult(this.buffers)
  }
}

/** One value of each row, as it arrives. */
export class StreamScalarResult<T = unknown> extends StreamRows<T> {
  constructor(buffers: AsyncGenerator<RowBuffer>, column: number | string = 0) {
    super(buffers, (buffer) => new ScalarResult<T>(buffer, buffer.shape.indexOf(column)))
  }
}

/** Each row as a plain object, as it arrives. */
export class StreamMappingResult extends StreamRows<Record<string, unknown>> {
  constructor(buffers: AsyncGenerator<RowBuffer>) {
    super(buffers, (buffer) => new MappingResult(buffer))
  }
}
