/** How many page numbers {@link Pagination.iterPages} gives, and where. */
export interface IterPagesOptions {
  /** Pages from the first one. Default 2. */
  leftEdge?: number
  /** Pages before the current one. Default 2. */
  leftCurrent?: number
  /** Pages after the current one. Default 4. */
  rightCurrent?: number
  /** Pages up to the last one. Default 2. */
  rightEdge?: number
}

/** What a page is made of. */
export interface PaginationParts<T> {
  /** Number of the page, from 1. */
  readonly page: number
  /** Most items on a page. */
  readonly perPage: number
  /** Upper bound of `perPage`; null for none. */
  readonly maxPerPage?: number | null
  /** Items on all pages together; null when they were not counted. */
  readonly total?: number | null
  /** The page's items. */
  readonly items?: readonly T[]
}

/** Gives another page of the same statement, for {@link Pagination.prev} and {@link Pagination.next}. */
export type PageLoader<T> = (page: number, errorOut: boolean) => Promise<Pagination<T>>

function* range(start: number, end: number): Generator<number> {
  for (let page = start; page < end; page++) yield page
}

/** A page of results (Flask-SQLAlchemy's `Pagination`); `db.paginate` and `query.paginate` make them. */
export class Pagination<T = unknown> implements Iterable<T> {
  /** Number of this page, from 1. */
  readonly page: number
  /** Most items on a page. */
  readonly perPage: number
  /** Upper bound of `perPage`; null for none. */
  readonly maxPerPage: number | null
  /** The items on this page. */
  readonly items: readonly T[]
  /** Items on all pages together; null when they were not counted. */
  total: number | null
  readonly #load: PageLoader<T> | null

  constructor(parts: PaginationParts<T>, load: PageLoader<T> | null = null) {
    this.page = parts.page
    this.perPage = parts.perPage
    this.maxPerPage = parts.maxPerPage ?? null
    this.items = parts.items ?? []
    this.total = parts.total ?? null
    this.#load = load
  }

  /** Number of the first item on this page, from 1; 0 when there is none. */
  get first(): number {
    return this.items.length === 0 ? 0 : (this.page - 1) * this.perPage + 1
  }

  /** Number of the last item on this page; 0 when there is none. */
  get last(): number {
    const { first } = this
    return Math.max(first, first + this.items.length - 1)
  }

  /** How many pages there are; 0 when the items were not counted. */
  get pages(): number {
    return this.total === null ? 0 : Math.ceil(this.total / this.perPage)
  }

  /** Whether this is not the first page. */
  get hasPrev(): boolean {
    return this.page > 1
  }

  /** Number of the page before, or null. */
  get prevNum(): number | null {
    return this.hasPrev ? this.page - 1 : null
  }

  /** Whether this is not the last page. */
  get hasNext(): boolean {
    return this.page < this.pages
  }

  /** Number of the page after, or null. */
  get nextNum(): number | null {
    return this.hasNext ? this.page + 1 : null
  }

  /**
   * Loads the page before; it is not counted again.
   * @param options `errorOut`: abort with 404 where there is no such page. Default false.
   */
  prev(options: { errorOut?: boolean } = {}): Promise<Pagination<T>> {
    return this.#another(this.page - 1, options.errorOut ?? false)
  }

  /**
   * Loads the page after; it is not counted again.
   * @param options `errorOut`: abort with 404 where there is no such page. Default false.
   */
  next(options: { errorOut?: boolean } = {}): Promise<Pagination<T>> {
    return this.#another(this.page + 1, options.errorOut ?? false)
  }

  async #another(page: number, errorOut: boolean): Promise<Pagination<T>> {
    if (this.#load === null) {
      throw new TypeError(
        'This page was made by hand: only db.paginate() and query.paginate() give pages that know the others.',
      )
    }
    const other = await this.#load(page, errorOut)
    other.total = this.total
    return other
  }

  /** The numbers of a page selector; null stands for a gap. */
  *iterPages(options: IterPagesOptions = {}): Generator<number | null> {
    const { leftEdge = 2, leftCurrent = 2, rightCurrent = 4, rightEdge = 2 } = options
    const end = this.pages + 1
    if (end === 1) return
    const leftEnd = Math.min(1 + leftEdge, end)
    yield* range(1, leftEnd)
    if (leftEnd === end) return
    const middle = Math.max(leftEnd, this.page - leftCurrent)
    const middleEnd = Math.min(this.page + rightCurrent + 1, end)
    if (middle > leftEnd) yield null
    yield* range(middle, middleEnd)
    if (middleEnd === end) return
    const right = Math.max(middleEnd, end - rightEdge)
    if (right > middleEnd) yield null
    yield* range(right, end)
  }

  /** The items of this page. */
  [Symbol.iterator](): Iterator<T> {
    return this.items[Symbol.iterator]()
  }
}
