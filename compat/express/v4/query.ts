import type { QueryParser } from '../application/compile-settings.ts'
import { parseUrl } from '../components.ts'
import type { Middleware } from '../types.ts'
import { qs } from './components.ts'

/** Express 4's parser of nested objects in a query. */
export const extendedQuery: QueryParser = (query) =>
  qs.parse(query, { allowPrototypes: true, arrayLimit: 1000 })

/** What every query parses to when parsing is off. */
export const emptyQuery: QueryParser = () => ({})

const PLAIN_PATH = /^\/[^?#]*$/

/**
 * `express.query`: middleware that sets `req.query`, unless it is there.
 *
 * @param options The parser, or options for `qs`.
 */
export function query(options?: QueryParser | object): Middleware {
  const parse: QueryParser =
    typeof options === 'function'
      ? (options as QueryParser)
      : (text) => qs.parse(text, { allowPrototypes: true, ...options })

  return function query(req, _res, next): void {
    // Parsing a URL costs more than seeing that it has no query, and of that it makes an empty object.
    req.query ||=
      parse === extendedQuery && PLAIN_PATH.test(req.url) ? {} : parse(parseUrl(req)?.query ?? null)
    next()
  }
}
