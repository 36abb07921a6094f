import { tracingChannel } from 'node:diagnostics_channel'
import type { ErrorMiddleware, Handler, Middleware, Next, Req, Res } from '../types.ts'
import { asPromise } from './call-handler.ts'
import type { Tracer } from './dialect.ts'
import type { Layer, ParamHandler } from './types.ts'

/** What subscribers of `express.router.request` get about one call of a handler. */
interface Call {
  readonly req: Req
  readonly res: Res
  readonly layer: Layer
  readonly handler: unknown
  /** The pattern of the layer that led here. */
  readonly route: unknown
  readonly errorHandler?: true
  readonly incomingError?: unknown
  readonly param?: string
  result?: unknown
  error?: unknown
}

const channel = tracingChannel<string, Call>('express.router.request')

const kPattern: unique symbol = Symbol('bustapi.matchedPattern')
// Shared by all copies of Express's router: an error is published once, where it came up.
const kSeen = Symbol.for('router.tracing.publishedErrors')

interface Traced {
  [kPattern]?: unknown
  [kSeen]?: Set<unknown>
}

const traced = (req: Req): Traced => req as Traced

/** Remembers which pattern has matched; returns the one before, to be put back. */
function setPattern(req: Req, pattern: unknown): unknown {
  const before = traced(req)[kPattern]
  traced(req)[kPattern] = pattern
  return before
}

const isSignal = (error: unknown): boolean => error === 'route' || error === 'router'

/** Notes an error as seen; false when it has been before, or is none. */
function recordError(req: Req, error: unknown): boolean {
  if (!error || isSignal(error)) return false
  const target = traced(req)
  target[kSeen] ??= new Set()
  if (target[kSeen].has(error)) return false
  target[kSeen].add(error)
  return true
}

/** Publishes the errors that a handler passes on, the first time each is seen. */
function watchNext(call: Call, next: Next): Next {
  const { errorHandler, incomingError, req } = call
  if (errorHandler) recordError(req, incomingError)
  return (error) => {
    // An error handler that lets go of an error has dealt with it: the same one later is a new one.
    if (errorHandler && error !== incomingError) traced(req)[kSeen]?.delete(incomingError)
    if (error && recordError(req, error)) {
      call.error = error
      channel.error.publish(call)
    }
    next(error)
  }
}

/** Notes what a handler threw or rejected with. */
function noteThrown(call: Call, error: unknown, sync: boolean): void {
  if (!isSignal(error)) {
    if (!('error' in call)) call.error = error
  } else if (sync) {
    call.result = undefined
  }
}

/** Publishes the end of the synchronous part; an error of what goes on is not told yet. */
function publishEnd(call: Call, goesOn: boolean): void {
  if (!goesOn || !('error' in call)) {
    channel.end.publish(call)
    return
  }
  const { error } = call
  delete call.error
  channel.end.publish(call)
  call.error = error
}

function publishAsyncEnd(call: Call): void {
  channel.asyncStart.runStores(call, () => channel.asyncEnd.publish(call))
}

/** Calls a handler between the events of its start and end. */
function trace(call: Call, next: Next, what: string, run: (next: Next) => unknown): void {
  const watched = watchNext(call, next)
  let settled = false
  const settle = (note: () => void): void => {
    if (settled) return
    settled = true
    note()
    publishAsyncEnd(call)
  }
  const reject = (error: unknown): void => {
    watched(error)
    settle(() => noteThrown(call, error, false))
  }
  channel.start.runStores(call, () => {
    let promise: PromiseLike<unknown> | undefined
    try {
      const result = run(watched)
      promise = asPromise(result, what)
      if (!promise) call.result = result
    } catch (error) {
      watched(error)
      noteThrown(call, error, true)
      publishEnd(call, false)
      return
    }
    publishEnd(call, promise !== undefined)
    try {
      promise?.then(
        (value) =>
          settle(() => {
            call.result = value
          }),
        (error: unknown) => reject(error || new Error('Rejected promise')),
      )
    } catch (error) {
      reject(error)
    }
  })
}

/** Calls a layer's handler, unless that is only the way to a route's own. */
function callLayer(layer: Layer, req: Req, res: Res, next: Next): boolean {
  const handler = layer.handle as Middleware
  if (layer.route !== undefined || handler.length > 3) return false
  const route = traced(req)[kPattern]
  trace({ req, res, layer, handler, route }, next, 'handlers', (watched) =>
    handler(req, res, watched),
  )
  return true
}

/** Calls a layer's handler with an error, if it takes one. */
function callErrorLayer(layer: Layer, error: unknown, req: Req, res: Res, next: Next): boolean {
  const handler = layer.handle as ErrorMiddleware
  if (handler.length !== 4) return false
  const route = traced(req)[kPattern]
  trace(
    { req, res, incomingError: error, layer, handler, route, errorHandler: true },
    next,
    'handlers',
    (watched) => handler(error, req, res, watched),
  )
  return true
}

/** Calls a parameter's handler. */
function callParam(
  handler: ParamHandler,
  layer: Layer,
  req: Req,
  res: Res,
  next: Next,
  value: unknown,
  param: string,
): void {
  const call: Call = {
    req,
    res,
    layer,
    handler: handler as unknown as Handler,
    route: traced(req)[kPattern],
    param,
  }
  trace(call, next, 'parameters', (watched) => handler(req, res, watched, value, param))
}

/** Publishes what handlers do to the diagnostics channel that Express 5's router has for it. */
export const tracer: Tracer = {
  isActive: () => channel.hasSubscribers,
  setPattern,
  recordError,
  callLayer,
  callErrorLayer,
  callParam,
}
