import { ValueError } from '../errors/builtins.ts'
import { defaultExceptions, HTTPException } from '../errors/http-exception.ts'
import type { ErrorHandlerSpec, ErrorType } from '../scaffold.ts'
import type { ErrorHandler } from '../types.ts'

/**
 * The class, and its status code if it is an HTTP error (Flask's `_get_exc_class_and_code`).
 * @throws {ValueError} when the code is not that of an HTTP error or the class not one of errors
 * @throws {TypeError} when it is an instance
 */
export function errorClassAndCode(type: number | ErrorType): [ErrorType, number | null] {
  if (typeof type === 'number') {
    const known = defaultExceptions.get(type)
    if (known === undefined) {
      throw new ValueError(
        `'${type}' is not a recognized HTTP error code. Use a subclass of HTTPException with that ` +
          'code instead.',
      )
    }
    return [known as unknown as ErrorType, type]
  }
  if (typeof type !== 'function') {
    throw new TypeError(
      `${String(type)} is an instance, not a class. Handlers can only be registered for Error ` +
        'classes or HTTP error codes.',
    )
  }
  if (type !== (Error as ErrorType) && !(type.prototype instanceof Error)) {
    throw new ValueError(
      `'${type.name}' is not a subclass of Error. Handlers can only be registered for Error ` +
        'classes or HTTP error codes.',
    )
  }
  return [type, codeOf(type)]
}

function codeOf(type: ErrorType): number | null {
  if (type !== (HTTPException as unknown) && !(type.prototype instanceof HTTPException)) return null
  return (type as unknown as { code?: number | null }).code ?? null
}

/**
 * The handler for an error: blueprint and code, app and code, blueprint and class, app and class,
 * each along the error's class chain (Flask's `_find_error_handler`).
 */
export function findErrorHandler(
  spec: ErrorHandlerSpec,
  error: Error,
  blueprints: readonly string[],
): ErrorHandler | undefined {
  const errorClass = error.constructor as ErrorType
  const code = error instanceof HTTPException ? codeOf(errorClass) : null
  return (
    (code === null ? undefined : search(spec, errorClass, code, blueprints)) ??
    search(spec, errorClass, null, blueprints)
  )
}

function search(
  spec: ErrorHandlerSpec,
  errorClass: ErrorType,
  code: number | null,
  blueprints: readonly string[],
): ErrorHandler | undefined {
  for (let i = 0; i <= blueprints.length; i++) {
    const byClass = spec.get(blueprints[i] ?? null)?.get(code)
    if (byClass === undefined || byClass.size === 0) continue
    // The chain ends at Error's parent; a handler for Error gets everything.
    for (let c: unknown = errorClass; typeof c === 'function'; c = Object.getPrototypeOf(c)) {
      const handler = byClass.get(c as ErrorType)
      if (handler !== undefined) return handler
    }
  }
  return undefined
}
