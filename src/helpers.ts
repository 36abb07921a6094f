import {
  getAppContext,
  getRequestContext,
  tryGetAppContext,
  tryGetRequestContext,
} from './context/proxies.ts'
import type { AfterThisRequest } from './context/request-context.ts'
import { abort as abortByDefault } from './errors/aborter.ts'
import { tuple } from './json/tuple.ts'
import { redirectResponse } from './response/redirect.ts'
import { Response } from './response/response.ts'
import {
  type SendFileOptions,
  type SendFileSource,
  sendFile as sendFileResponse,
  sendFromDirectory as sendFromDirectoryResponse,
} from './response/send-file.ts'
import type { MaybePromise, ResponseReturnValue } from './types.ts'
import type { UrlForValues } from './url-building.ts'

/** Whether a request is being handled (Flask's `has_request_context`). */
export function hasRequestContext(): boolean {
  return tryGetRequestContext() !== null
}

/** Whether an app context is active (Flask's `has_app_context`). */
export function hasAppContext(): boolean {
  return tryGetAppContext() !== null
}

/**
 * Runs a function on the response of this request only (Flask's `after_this_request`).
 * @returns the function
 * @throws {BUST_ERR_NO_REQUEST_CONTEXT} outside a request
 */
export function afterThisRequest<F extends AfterThisRequest>(f: F): F {
  const context = getRequestContext()
  context.afterThisRequestFuncs ??= []
  context.afterThisRequestFuncs.push(f)
  return f
}

/**
 * Wraps a function so that it sees this request also when it is called after the request has ended,
 * from a timer or a queue (Flask's `copy_current_request_context`).
 * @throws {BUST_ERR_NO_REQUEST_CONTEXT} outside a request
 */
export function copyCurrentRequestContext<A extends unknown[], R>(
  f: (...args: A) => R,
): (...args: A) => R {
  const copy = getRequestContext().copy()
  return (...args) => copy.run(() => f(...args))
}

/**
 * Makes a response, to add headers to it, of anything that a view may return; several arguments are
 * a tuple of body, status, headers (Flask's `make_response`). What may be asynchronous, a coroutine
 * of a view, is to be awaited before.
 */
export function makeResponse(...args: ResponseReturnValue[]): Response {
  const { app } = getAppContext()
  if (args.length === 0) return new app.responseClass()
  return app.makeResponse(args.length === 1 ? args[0] : tuple(...args))
}

/**
 * A JSON response: one argument is the value, several are a list, none is null (Flask's `jsonify`).
 * @throws {TypeError} for a value that has no JSON form
 */
export function jsonify(...args: unknown[]): Response {
  return getAppContext().app.json.response(...args)
}

/** A response that redirects to a URL (Flask's `redirect`; default 302). */
export function redirect(location: string, code = 302, responseClass?: typeof Response): Response {
  const app = tryGetAppContext()?.app
  return app === undefined
    ? redirectResponse(location, code, responseClass ?? Response)
    : app.redirect(location, code)
}

/**
 * Ends the request with the HTTP error of a code, or with a response as it is (Flask's `abort`).
 * @param args the error's description, and options such as `{ response }`
 * @throws {HTTPException} always
 * @throws {LookupError} for a code that is none of an error
 */
export function abort(status: number | Response, ...args: readonly unknown[]): never {
  const app = tryGetAppContext()?.app
  if (app === undefined) return abortByDefault(status, ...args)
  return app.aborter.abort(status, ...args)
}

/**
 * Builds the URL of an endpoint (Flask's `url_for`).
 * @param values the rule's variables, query values, and `_anchor`, `_external`, `_method`, `_scheme`
 * @throws {BuildError} when no rule fits
 */
export function urlFor(endpoint: string, values: UrlForValues = {}): string {
  return getAppContext().app.urlFor(endpoint, values)
}

/**
 * Sends a file's or a buffer's contents, conditionally and by ranges (Flask's `send_file`).
 * @throws {TypeError} when neither a name nor a media type tells what it is
 */
export function sendFile(
  source: SendFileSource,
  options: SendFileOptions = {},
): MaybePromise<Response> {
  return sendFileResponse(source, options, getRequestContext())
}

/**
 * Sends a file from below a folder; a path that leads out of it is not found (Flask's
 * `send_from_directory`).
 * @throws {NotFound} when there is no such file
 */
export function sendFromDirectory(
  directory: string,
  path: string,
  options: SendFileOptions = {},
): MaybePromise<Response> {
  return sendFromDirectoryResponse(directory, path, options, getRequestContext())
}
