/**
 * The one register of BUST_ERR_* codes: errors of the framework itself, as opposed to Python's
 * built-ins (`builtins.ts`) and HTTP exceptions (`http-exception.ts`).
 *
 * Rules: rows are in alphabetical order; a code is never reused, so a retired one stays listed in
 * `RETIRED_CODES`; a message says what to do next.
 */

import { AssertionError, LookupError, RuntimeError, ValueError } from './builtins.ts'

/** What every error of this table has besides `Error`'s own members. */
export interface BustError extends Error {
  /** The table's code, such as `BUST_ERR_URL_BUILD`. */
  readonly code: string
  /** The HTTP status a response for it would have. */
  readonly statusCode: number
}

/** A class made by {@link defineError}; `Args` are the values for the `%s` of its message. */
export interface ErrorClass<Args extends readonly unknown[] = []> {
  new (...args: Args): BustError
  readonly prototype: BustError
  readonly code: string
}

type ErrorBase = new (message: string) => Error

const defined = new Map<string, string>()

/**
 * Makes the error class of one code.
 *
 * @param code An unused `BUST_ERR_…` name.
 * @param template The message; each `%s` takes the next constructor argument.
 * @param statusCode The HTTP status a response for it has; 500 unless told.
 * @param Base What it extends, where Flask's users expect a certain class; `Error` unless told.
 * @throws Error when the code is taken.
 */
export function defineError<Args extends readonly unknown[] = []>(
  code: string,
  template: string,
  statusCode = 500,
  Base: ErrorBase = Error,
): ErrorClass<Args> {
  if (defined.has(code)) throw new Error(`Error code ${code} is already defined.`)
  defined.set(code, template)

  const CodedError = class extends Base {
    static readonly code: string = code
    readonly code: string = code
    readonly statusCode: number = statusCode

    constructor(...args: Args) {
      let next = 0
      super(template.replace(/%s/g, () => String(args[next++])))
    }
  }
  Object.defineProperty(CodedError, 'name', { value: code })
  Object.defineProperty(CodedError.prototype, 'name', {
    value: code,
    writable: true,
    configurable: true,
  })
  return CodedError
}

/** Every defined code with its message template, for the documentation's test. */
export function errorCodes(): ReadonlyMap<string, string> {
  return defined
}

/** Codes that were once thrown and must not come back with another meaning. */
export const RETIRED_CODES: readonly string[] = []

/** The port to listen on is taken. Says what Flask's development server says. */
export const BUST_ERR_ADDRESS_IN_USE: ErrorClass<[address: string, port: string]> = defineError(
  'BUST_ERR_ADDRESS_IN_USE',
  'Address %s is already in use. Port %s is in use by another program. Either identify and stop ' +
    'that program, or start the server with a different port.',
)

/** `app.fastify.setNotFoundHandler()` at the root, where the facade is the handler. */
export const BUST_ERR_FASTIFY_NOT_FOUND_HANDLER: ErrorClass = defineError(
  'BUST_ERR_FASTIFY_NOT_FOUND_HANDLER',
  'The app itself answers what Fastify has no route for. Use app.errorhandler(404, …), or set a ' +
    'not-found handler in a Fastify plugin that has a prefix.',
)

/** The server could not listen for a reason other than a taken port. */
export const BUST_ERR_LISTEN: ErrorClass<[address: string, reason: string]> = defineError(
  'BUST_ERR_LISTEN',
  'Cannot listen on %s: %s. Choose another host or port.',
)

/** `currentApp` or `g` was used with no context active. Flask's RuntimeError. */
export const BUST_ERR_NO_APP_CONTEXT: ErrorClass = defineError(
  'BUST_ERR_NO_APP_CONTEXT',
  'Working outside of application context.\n\n' +
    'This typically means that you attempted to use functionality that needed the current ' +
    'application. Call it while a request is handled, or inside app.appContext().run(() => …).',
  500,
  RuntimeError,
)

/** `request` or `session` was used with no request being handled. Flask's RuntimeError. */
export const BUST_ERR_NO_REQUEST_CONTEXT: ErrorClass = defineError(
  'BUST_ERR_NO_REQUEST_CONTEXT',
  'Working outside of request context.\n\n' +
    'This typically means that you attempted to use functionality that needed an active HTTP ' +
    'request. Call it while a request is handled, or inside app.testRequestContext().run(() => …).',
  500,
  RuntimeError,
)

/** An HTTP exception was asked for its response before the response room was loaded. */
export const BUST_ERR_NO_RESPONSE_CLASS: ErrorClass = defineError(
  'BUST_ERR_NO_RESPONSE_CLASS',
  "No response class is registered. Import 'bustapi' (or call setResponseFactory) before getResponse().",
)

/** The arguments of a converter in a URL rule are malformed. Werkzeug's ValueError. */
export const BUST_ERR_ROUTE_ARGUMENTS: ErrorClass<[rule: string, wrong: string]> = defineError(
  'BUST_ERR_ROUTE_ARGUMENTS',
  "URL rule '%s': cannot parse the converter argument '%s'. Write names, numbers or quoted texts " +
    "with commas between them, such as <int(min=1, max=9):page> or <any(a, 'b c'):kind>.",
  500,
  ValueError,
)

/** A URL rule names a converter that the map does not have. Werkzeug's LookupError. */
export const BUST_ERR_ROUTE_CONVERTER: ErrorClass<[rule: string, name: string, known: string]> =
  defineError(
    'BUST_ERR_ROUTE_CONVERTER',
    "URL rule '%s': the converter '%s' does not exist. Known ones are %s; add your own to " +
      'app.urlMap.converters before the rule.',
    500,
    LookupError,
  )

/** The `methods` of a URL rule are one string. Flask's TypeError. */
export const BUST_ERR_ROUTE_METHODS: ErrorClass<[rule: string]> = defineError(
  'BUST_ERR_ROUTE_METHODS',
  "URL rule '%s': methods must be a list of strings, for example { methods: ['POST'] }.",
  500,
  TypeError,
)

/** A converter's regex in a URL rule cannot be compiled. */
export const BUST_ERR_ROUTE_REGEX: ErrorClass<[rule: string, source: string, reason: string]> =
  defineError(
    'BUST_ERR_ROUTE_REGEX',
    "URL rule '%s': /%s/ is not a regular expression (%s). A converter's regex is in JavaScript's " +
      'syntax: (?<name>…) for Python’s (?P<name>…), and no anchors.',
    500,
    ValueError,
  )

/** A URL rule does not start with a slash. Werkzeug's ValueError. */
export const BUST_ERR_ROUTE_SLASH: ErrorClass<[rule: string, rule: string]> = defineError(
  'BUST_ERR_ROUTE_SLASH',
  "URL rule '%s' must start with a slash. Write '/%s'.",
  500,
  ValueError,
)

/** A URL rule cannot be parsed. Werkzeug's ValueError. */
export const BUST_ERR_ROUTE_SYNTAX: ErrorClass<[rule: string, rest: string]> = defineError(
  'BUST_ERR_ROUTE_SYNTAX',
  "Malformed URL rule '%s' at '%s'. A variable is <name> or <converter(arguments):name>, and names " +
    'are ASCII letters, digits and underscores.',
  500,
  ValueError,
)

/** A URL rule has a variable that cannot be an argument. */
export const BUST_ERR_ROUTE_VARIABLE: ErrorClass<[rule: string, name: string, why: string]> =
  defineError(
    'BUST_ERR_ROUTE_VARIABLE',
    "URL rule '%s': the variable name '%s' %s. Choose another name.",
    500,
    ValueError,
  )

/** A setup method was called after the first request. Flask's AssertionError. */
export const BUST_ERR_SETUP_FINISHED: ErrorClass<[method: string, what: string]> = defineError(
  'BUST_ERR_SETUP_FINISHED',
  "The setup method '%s' can no longer be called on %s: changes would not be applied " +
    'consistently. Import and register everything before the app serves its first request.',
  500,
  AssertionError,
)
