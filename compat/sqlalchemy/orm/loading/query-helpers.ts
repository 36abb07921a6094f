import { InvalidRequestError } from '../../errors.ts'
import type { Pagination } from '../../pagination.ts'

/** What is cut into pages. */
export interface PageSource<T> {
  items(limit: number, offset: number): Promise<readonly T[]>
  count(): Promise<number>
}

/** How a query is cut into pages; the extension says what is meant where nothing is given. */
export interface PageOptions {
  /** Number of the page, from 1. */
  readonly page?: number | null
  /** Most items on a page. */
  readonly perPage?: number | null
  /** Upper bound of `perPage`; null for none. */
  readonly maxPerPage?: number | null
  /** Abort with 404 for a page that is not there. */
  readonly errorOut?: boolean
  /** Count all items, with a statement of its own. */
  readonly count?: boolean
}

/** What `Model.query` has from Flask-SQLAlchemy; the extension provides it. */
export interface QueryHelpers {
  /** Answers with 404. */
  notFound(description?: string | null): never
  /** One page of a query. */
  paginate<T>(source: PageSource<T>, options: PageOptions): Promise<Pagination<T>>
}

let helpers: QueryHelpers | undefined

/** Called once by the extension. */
export function registerQueryHelpers(given: QueryHelpers): void {
  helpers = given
}

/** @throws InvalidRequestError outside Flask-SQLAlchemy's extension. */
export function queryHelpers(): QueryHelpers {
  if (!helpers)
    throw new InvalidRequestError('Queries have 404 and pages only with the SQLAlchemy extension.')
  return helpers
}
