/** What tools and tests take from Express 4's `lib/utils`. */
import { compileQueryParser as compile, type QueryParser } from '../application/compile-settings.ts'
import { depd } from '../components.ts'
import { contentDisposition as disposition } from './components.ts'
import { emptyQuery, extendedQuery } from './query.ts'

export { compileETag, compileTrust } from '../application/compile-settings.ts'
export { etag, wetag } from '../etag.ts'
export { normalizeType, normalizeTypes, setCharset } from './media-types.ts'
export { isAbsolute } from './response.ts'

const deprecate = depd('express')

/** What the setting `query parser` stands for; throws for a value that it does not have. */
export const compileQueryParser = (value: unknown): QueryParser | undefined =>
  compile(value, extendedQuery, emptyQuery)

/** Flattens an array. */
export const flatten: (array: readonly unknown[]) => unknown[] = deprecate.function(
  (array: readonly unknown[]) => array.flat(Number.POSITIVE_INFINITY),
  'utils.flatten: use array-flatten npm module instead',
)

/** The Content-Disposition for a file name. */
export const contentDisposition: (filename?: string) => string = deprecate.function(
  disposition,
  'utils.contentDisposition: use content-disposition npm module instead',
)
