/** The HTTP exceptions, after `werkzeug.exceptions`. */
export { Aborter, abort, defaultExceptions, type HTTPExceptionClass } from './aborter.ts'
export * from './client-errors.ts'
export {
  type Description,
  type HeaderPairs,
  HTTPException,
  type HTTPExceptionOptions,
  type ResponseFactory,
  setResponseFactory,
} from './http-exception-base.ts'
export { RetryAfterException } from './retry-after.ts'
export * from './server-errors.ts'
