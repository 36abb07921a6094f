import { toError } from '../context/app-context.ts'
import { defaultExceptions, HTTPException } from '../errors/http-exception.ts'

interface StatusError extends Error {
  status?: unknown
  statusCode?: unknown
  expose?: unknown
}

/**
 * The error of a Connect middleware as the app's error handlers know errors: one that carries a
 * status from 400 to 499 (as `http-errors` makes them) is the HTTP error of that code, with its
 * message if it may be shown; anything else is an exception like a view's.
 */
export function middlewareError(thrown: unknown): Error {
  const error: StatusError = toError(thrown)
  if (error instanceof HTTPException) return error
  const status = error.status ?? error.statusCode
  if (typeof status !== 'number' || status < 400 || status > 499) return error
  const known = defaultExceptions.get(status)
  if (known === undefined) return error
  const made = new (known as unknown as new (description?: string) => HTTPException)(
    error.expose === true ? error.message : undefined,
  )
  made.cause = error
  return made
}
