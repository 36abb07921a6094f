import type { Response } from '../response/response.ts'
import { LookupError } from './builtins.ts'
import * as clientErrors from './client-errors.ts'
import { HTTPException } from './http-exception-base.ts'
import * as serverErrors from './server-errors.ts'

/** A class of HTTP exceptions; what its constructor takes depends on the class. */
export interface HTTPExceptionClass {
  new (...args: never[]): HTTPException
  readonly prototype: HTTPException
  readonly code: number | null
}

/** The exception class of each status code (Werkzeug's `default_exceptions`). */
export const defaultExceptions: Map<number, HTTPExceptionClass> = new Map()

for (const exported of [...Object.values(clientErrors), ...Object.values(serverErrors)]) {
  const code = exported.code
  // Subclasses such as BadRequestKeyError share their parent's code; the parent stands for it.
  const known = code === null ? undefined : defaultExceptions.get(code)
  if (code !== null && (known === undefined || known.prototype instanceof exported)) {
    defaultExceptions.set(code, exported)
  }
}

/** Raises the exception of a status code (Werkzeug's `Aborter`; `app.aborter` is one). */
export class Aborter {
  /** The exception class of each code; change it to change what {@link abort} throws. */
  readonly mapping: Map<number, HTTPExceptionClass>

  /**
   * @param mapping Classes by code; {@link defaultExceptions} unless given.
   * @param extra Added to the mapping.
   */
  constructor(
    mapping: Iterable<readonly [number, HTTPExceptionClass]> = defaultExceptions,
    extra: Iterable<readonly [number, HTTPExceptionClass]> = [],
  ) {
    this.mapping = new Map([...mapping, ...extra])
  }

  /**
   * Throws the exception for a status code, or one that carries the given response.
   *
   * @param status A code of the mapping, or a response object to send as it is.
   * @param args What the exception's constructor takes, such as a description or options.
   * @throws LookupError for a code without an exception class.
   */
  abort(status: number | Response, ...args: readonly unknown[]): never {
    if (typeof status === 'object') throw new HTTPException(null, { response: status })
    const Exception = this.mapping.get(status)
    if (Exception === undefined) throw new LookupError(`no exception for ${status}`)
    throw new Exception(...(args as never[]))
  }
}

const aborter = new Aborter()

/**
 * Throws the default exception for a status code, or one carrying a response
 * (`werkzeug.exceptions.abort`).
 */
export function abort(status: number | Response, ...args: readonly unknown[]): never {
  return aborter.abort(status, ...args)
}
