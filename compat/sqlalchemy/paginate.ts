import { abort, hasRequestContext, int, request, ValueError } from '../../src/index.ts'
import { func, select } from './expression/index.ts'
import type { SelectBase } from './expression/select-base.ts'
import { executeSelect, mapperOfStatement } from './orm/loading/execute.ts'
import type { Session } from './orm/session/session.ts'
import { type PageLoader, Pagination } from './pagination.ts'

/** Arguments of `db.paginate` and `query.paginate`. */
export interface PaginateOptions {
  /** Number of the page, from 1. Default: `page` of the request's query, else 1. */
  page?: number | null
  /** Most items on a page. Default: `per_page` of the request's query, else 20. */
  perPage?: number | null
  /** Upper bound of `perPage`; null for none. */
  maxPerPage?: number | null
  /** Abort with 404 for a page without items (but the first), below 1, or no number. Default true. */
  errorOut?: boolean
  /** Count all items, with a statement of its own. Default true. */
  count?: boolean
}

/** What is cut into pages. */
export interface PageSource<T> {
  /** The items of one page. */
  items(limit: number, offset: number): Promise<readonly T[]>
  /** How many there are on all pages. */
  count(): Promise<number>
}

/** What every statement with rows can do, whatever it selects. */
interface Limitable {
  limit(count: number): Limitable
  offset(count: number): Limitable
  orderBy(nothing: null): Limitable
  subquery(): never
}

/** The pages of a statement that selects one entity. */
export function statementPages<T>(session: Session, given: SelectBase): PageSource<T> {
  const statement = given as unknown as Limitable
  return {
    items: async (limit, offset) => {
      const page = statement.limit(limit).offset(offset)
      return (await session
        .scalars(page as never)
        .unique()
        .all()) as T[]
    },
    count: async () => {
      const counted = statement.orderBy(null).subquery()
      const { core } = session
      // The count runs where the entity lives, though it selects none.
      const mapper = mapperOfStatement(given)
      const counting = select(func.count()).selectFrom(counted)
      const result = await core.exclusive(() =>
        executeSelect<[number]>(core, counting, undefined, undefined, mapper),
      )
      return Number(result.scalars().one())
    },
  }
}

const DEFAULT_PER_PAGE = 20

/** A number of the request's query; null when it is not one. */
function queryNumber(name: string, fallback: number): number | null {
  const text = request.args.get(name)
  if (text === undefined || text === null) return fallback
  try {
    return int(text)
  } catch (error) {
    if (error instanceof ValueError) return null
    throw error
  }
}

function pageNumber(
  given: number | null | undefined,
  name: string,
  fallback: number,
  errorOut: boolean,
): number {
  const value = given ?? (hasRequestContext() ? queryNumber(name, fallback) : fallback)
  if (value !== null) return value
  return errorOut ? abort(404) : fallback
}

/** Refuses what is below 1, or puts `fallback` in its place. */
function positive(value: number, fallback: number, errorOut: boolean): number {
  if (value >= 1) return value
  return errorOut ? abort(404) : fallback
}

/**
 * Loads one page.
 * @throws NotFound as `errorOut` says
 */
export async function paginate<T>(
  source: PageSource<T>,
  options: PaginateOptions = {},
): Promise<Pagination<T>> {
  const { errorOut = true, count = true, maxPerPage = null } = options
  const asked = pageNumber(options.page, 'page', 1, errorOut)
  const size = pageNumber(options.perPage, 'per_page', DEFAULT_PER_PAGE, errorOut)
  const page = positive(asked, 1, errorOut)
  const perPage = positive(
    maxPerPage === null ? size : Math.min(size, maxPerPage),
    DEFAULT_PER_PAGE,
    errorOut,
  )
  const items = await source.items(perPage, (page - 1) * perPage)
  if (items.length === 0 && page !== 1 && errorOut) abort(404)
  const total = count ? await source.count() : null
  const load: PageLoader<T> = (other, errors) =>
    paginate(source, { page: other, perPage, maxPerPage, errorOut: errors, count: false })
  return new Pagination({ page, perPage, maxPerPage, items, total }, load)
}
