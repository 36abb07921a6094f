/**
 * What tools and tests take from `express/lib/utils`: ETags, media types, and what settings compile
 * to.
 */
import { compileQueryParser as compile, type QueryParser } from './application/compile-settings.ts'
import { qs } from './components.ts'

export { compileETag, compileTrust } from './application/compile-settings.ts'
export { etag, wetag } from './etag.ts'
export { normalizeType, normalizeTypes, setCharset } from './media-types.ts'
export { methods } from './router/methods.ts'

const extended: QueryParser = (query) => qs.parse(query, { allowPrototypes: true })

/** What the setting `query parser` stands for in Express 5; throws for a value that it does not have. */
export const compileQueryParser = (value: unknown): QueryParser | undefined =>
  compile(value, extended, undefined)
