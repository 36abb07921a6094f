import type { BustAPI } from '../app.ts'
import { type ContextError, toError } from '../context/app-context.ts'
import type { RequestContext } from '../context/request-context.ts'
import { HTTPException, InternalServerError } from '../errors/http-exception.ts'
import type { Request } from '../request/request.ts'
import type { Response } from '../response/response.ts'
import { RequestRedirect } from '../routing/errors.ts'
import { gotRequestException, requestFinished, requestStarted } from '../signals.ts'
import type { BeforeRequestHook, MaybePromise, ResponseReturnValue } from '../types.ts'
import { isThenable } from './and-then.ts'
import { findErrorHandler } from './error-handlers.ts'
import { formDataRoutingRedirect } from './form-data-redirect.ts'
import type { HookPlan } from './plan.ts'

/**
 * Handles one request, whose body has been read, from the opened context to the finished response,
 * then tears the context down (Flask's `wsgi_app`). Stays synchronous while every step is.
 * @returns the response to write
 * @throws what no handler took, when exceptions propagate, after the teardown
 */
export function handleRequest(context: RequestContext): MaybePromise<Response> {
  let response: MaybePromise<Response>
  try {
    response = openAndDispatch(context)
  } catch (thrown) {
    return recover(context, thrown)
  }
  if (isThenable(response)) {
    return response.then(
      (ready) => conclude(context, ready, null),
      (thrown: unknown) => recover(context, thrown),
    )
  }
  return conclude(context, response, null)
}

/** Flask tears down before the body is sent: what a teardown raises can still become a 500. */
function conclude(
  context: RequestContext,
  response: Response,
  error: ContextError,
): MaybePromise<Response> {
  const done = context.teardown(error)
  return isThenable(done) ? done.then(() => response) : response
}

function recover(context: RequestContext, thrown: unknown): MaybePromise<Response> {
  const error = toError(thrown)
  let response: MaybePromise<Response>
  try {
    response = context.app.handleException(thrown, context)
  } catch (final) {
    return abandon(context, error, final)
  }
  if (isThenable(response)) {
    return response.then(
      (ready) => conclude(context, ready, error),
      (final: unknown) => abandon(context, error, final),
    )
  }
  return conclude(context, response, error)
}

function abandon(context: RequestContext, error: Error, final: unknown): MaybePromise<never> {
  const done = context.teardown(error)
  if (!isThenable(done)) throw final
  return done.then(() => {
    throw final
  })
}

function openAndDispatch(context: RequestContext): MaybePromise<Response> {
  const { app } = context
  context.appContext.announce()
  if (!app.sessionInterface.openOnTouch) {
    const opened = context.openSession()
    if (isThenable(opened)) return opened.then(() => app.fullDispatchRequest(context))
  }
  return app.fullDispatchRequest(context)
}

/** Routes, runs hooks and view, and finishes the response (Flask's `full_dispatch_request`). */
export function fullDispatch(context: RequestContext): MaybePromise<Response> {
  const { app } = context
  app.routeRequest(context)
  let value: MaybePromise<ResponseReturnValue>
  try {
    const told = requestStarted.hasReceivers ? requestStarted.emit(app) : undefined
    value = isThenable(told) ? told.then(() => hooksAndView(context)) : hooksAndView(context)
  } catch (thrown) {
    value = app.handleUserException(thrown, context)
  }
  if (isThenable(value)) {
    // A foreign thenable may settle twice or return nothing; a promise stays as it is.
    return Promise.resolve(value)
      .then(undefined, (thrown: unknown) => app.handleUserException(thrown, context))
      .then((settled) => app.finalizeRequest(settled, context))
  }
  return app.finalizeRequest(value, context)
}

function hooksAndView(context: RequestContext): MaybePromise<ResponseReturnValue> {
  const { app } = context
  if (context.failure !== null) throw context.failure
  const early = app.preprocessRequest(context)
  if (isThenable(early)) return early.then((value) => value ?? app.dispatchRequest(context))
  return early ?? app.dispatchRequest(context)
}

/**
 * Runs `urlValuePreprocessor` and `beforeRequest` functions (Flask's `preprocess_request`).
 * @returns the value of the first hook that gave one, which becomes the response; else null
 */
export function preprocess(context: RequestContext): MaybePromise<ResponseReturnValue> {
  const { app, request } = context
  const plan = app.planFor(request)
  const { preprocessors } = plan
  for (let i = 0; i < preprocessors.length; i++) {
    const done = preprocessors[i]?.(request.endpoint, request.viewArgs)
    if (isThenable(done)) return preprocessValues(request, plan, i, done)
  }
  return runBefore(plan.before)
}

async function preprocessValues(
  request: Request,
  { preprocessors, before }: HookPlan,
  from: number,
  first: PromiseLike<unknown>,
): Promise<ResponseReturnValue> {
  await first
  for (let i = from + 1; i < preprocessors.length; i++) {
    await preprocessors[i]?.(request.endpoint, request.viewArgs)
  }
  return runBefore(before)
}

function runBefore(before: readonly BeforeRequestHook[]): MaybePromise<ResponseReturnValue> {
  for (let i = 0; i < before.length; i++) {
    const value = (before[i] as BeforeRequestHook)()
    if (value === undefined || value === null) continue
    if (isThenable(value)) return runBeforeAsync(before, i, value)
    return value
  }
  return null
}

async function runBeforeAsync(
  before: readonly BeforeRequestHook[],
  from: number,
  first: PromiseLike<ResponseReturnValue>,
): Promise<ResponseReturnValue> {
  let value = await first
  for (let i = from + 1; i < before.length && (value ?? null) === null; i++) {
    value = await (before[i] as BeforeRequestHook)()
  }
  return value ?? null
}

/** Calls the view, or answers OPTIONS, or raises what the router found (`dispatch_request`). */
export function dispatchView(context: RequestContext): MaybePromise<ResponseReturnValue> {
  const { request } = context
  if (request.isBodyRefused) {
    // A hook may have raised the limit for this request.
    const read = request.readBody()
    if (isThenable(read)) return read.then(() => callView(context))
  }
  return callView(context)
}

function callView(context: RequestContext): MaybePromise<ResponseReturnValue> {
  const { app, request } = context
  const { routingException, urlRule } = request
  if (routingException !== null) app.raiseRoutingException(request)
  if (urlRule === null) throw new TypeError('The request has neither a rule nor a routing error.')
  if (urlRule.provideAutomaticOptions === true && request.method === 'OPTIONS') {
    return app.makeDefaultOptionsResponse(context)
  }
  const view = app.viewFunctions[urlRule.endpoint]
  if (view === undefined) {
    throw new TypeError(
      `The rule '${urlRule.rule}' leads to the endpoint '${urlRule.endpoint}', which has no view. ` +
        `Set one with app.endpoint('${urlRule.endpoint}', view).`,
    )
  }
  return view(request.viewArgs ?? {})
}

/** What is raised instead of calling a view: a redirect that would lose a form is an error. */
export function routingError(app: BustAPI, request: Request): Error {
  const { routingException: error, method } = request
  if (error === null) return new TypeError('Routing raised nothing for this request.')
  const safe = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  if (
    !app.debug ||
    safe ||
    !(error instanceof RequestRedirect) ||
    error.code === 307 ||
    error.code === 308
  ) {
    return error
  }
  return formDataRoutingRedirect(request, error)
}

/**
 * Gives an exception from hooks or view to its handler (Flask's `handle_user_exception`).
 * @throws the exception itself when nobody handles it
 */
export function handleUserException(
  context: RequestContext,
  thrown: unknown,
): MaybePromise<ResponseReturnValue> {
  const { app, request } = context
  if (!(thrown instanceof Error)) throw thrown
  if (thrown instanceof HTTPException) {
    app.exposeBadRequestKey(thrown)
    if (!app.trapHttpException(thrown)) return app.handleHttpException(thrown, context)
  }
  const handler = findErrorHandler(app.errorHandlerSpec, thrown, request.blueprints)
  if (handler === undefined) throw thrown
  return handler(thrown)
}

/** Gives an HTTP error to its handler, else it is the response itself (`handle_http_exception`). */
export function handleHttpException(
  context: RequestContext,
  error: HTTPException,
): MaybePromise<ResponseReturnValue> {
  if (error.code === null || error instanceof RequestRedirect) return error
  const { app, request } = context
  const handler = findErrorHandler(app.errorHandlerSpec, error, request.blueprints)
  return handler === undefined ? error : handler(error)
}

/**
 * The last resort: a 500 for what nobody handled (Flask's `handle_exception`).
 * @throws the exception when exceptions propagate
 */
export function handleException(context: RequestContext, thrown: unknown): MaybePromise<Response> {
  const { app } = context
  const error = toError(thrown)
  const told = gotRequestException.hasReceivers
    ? gotRequestException.emit(app, { exception: error })
    : undefined
  return isThenable(told)
    ? told.then(() => answerFailure(context, error, thrown))
    : answerFailure(context, error, thrown)
}

function answerFailure(
  context: RequestContext,
  error: Error,
  thrown: unknown,
): MaybePromise<Response> {
  const { app, request } = context
  if (app.propagatesExceptions) throw thrown
  app.logException(error, request)
  const serverError = new InternalServerError(undefined, { originalException: error })
  const handler = findErrorHandler(app.errorHandlerSpec, serverError, request.blueprints)
  const value = handler === undefined ? serverError : handler(serverError)
  return isThenable(value)
    ? Promise.resolve(value).then((settled) => finalizeFailure(context, settled))
    : finalizeFailure(context, value)
}

/** As `finalize`, but what a hook raises is logged: the answer to a failure must not be lost. */
function finalizeFailure(
  context: RequestContext,
  value: ResponseReturnValue,
): MaybePromise<Response> {
  const { app } = context
  const response = app.makeResponse(value, context)
  const spare = (thrown: unknown): Response => {
    app.logger.exception(
      'Request finalizing failed with an error while handling an error',
      toError(thrown),
    )
    return response
  }
  try {
    const processed = app.processResponse(response, context)
    return isThenable(processed) ? processed.then(undefined, spare) : processed
  } catch (thrown) {
    return spare(thrown)
  }
}

/** Makes the response and runs everything that may still change it (`finalize_request`). */
export function finalize(
  context: RequestContext,
  value: ResponseReturnValue,
): MaybePromise<Response> {
  const { app } = context
  return app.processResponse(app.makeResponse(value, context), context)
}

/** Runs `afterThisRequest` and `afterRequest`, saves the session, tells `requestFinished`. */
export function processResponse(
  context: RequestContext,
  response: Response,
): MaybePromise<Response> {
  const own = context.afterThisRequestFuncs
  const { after } = context.app.planFor(context.request)
  const hooks = own === null ? after : [...own, ...after]
  let current = response
  for (let i = 0; i < hooks.length; i++) {
    const result = hooks[i]?.(current) as MaybePromise<Response>
    if (isThenable(result)) return processAsync(context, hooks, i, result)
    current = checkedResponse(result)
  }
  return saveSession(context, current)
}

async function processAsync(
  context: RequestContext,
  hooks: HookPlan['after'],
  from: number,
  first: PromiseLike<Response>,
): Promise<Response> {
  let current = checkedResponse(await first)
  for (let i = from + 1; i < hooks.length; i++) {
    current = checkedResponse((await hooks[i]?.(current)) as Response)
  }
  return saveSession(context, current)
}

function checkedResponse(result: Response | null | undefined): Response {
  if (result === null || result === undefined) {
    throw new TypeError(
      'An afterRequest function returned no response: it must return the one it was given, or another.',
    )
  }
  return result
}

function saveSession(context: RequestContext, response: Response): MaybePromise<Response> {
  const { app } = context
  const { sessionInterface } = app
  if (context.peekSession() === null && !app.sessionNeedsSaving(context)) {
    return finished(context, response)
  }
  const session = context.openedSession()
  if (!sessionInterface.isNullSession(session)) {
    const saved = sessionInterface.saveSession(app, session, response)
    if (isThenable(saved)) return saved.then(() => finished(context, response))
  }
  return finished(context, response)
}

function finished(context: RequestContext, response: Response): MaybePromise<Response> {
  if (!requestFinished.hasReceivers) return response
  const told = requestFinished.emit(context.app, { response })
  return isThenable(told) ? told.then(() => response) : response
}
