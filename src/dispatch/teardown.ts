import type { BustAPI } from '../app.ts'
import type { ContextError } from '../context/app-context.ts'
import type { RequestContext } from '../context/request-context.ts'
import { appcontextTearingDown, requestTearingDown } from '../signals.ts'
import type { MaybePromise, TeardownHook } from '../types.ts'
import { isThenable } from './and-then.ts'

/** Runs the teardown functions of blueprints and app, then tells `requestTearingDown`. */
export function teardownRequest(context: RequestContext, error: ContextError): MaybePromise<void> {
  const { app } = context
  const done = runAll(app.planFor(context.request).teardown, error)
  if (isThenable(done)) return done.then(() => requestTearingDown.emit(app, { exc: error }))
  if (requestTearingDown.hasReceivers) return requestTearingDown.emit(app, { exc: error })
}

/** Runs the app context's teardown functions, the last registered first, then tells the signal. */
export function teardownAppcontext(app: BustAPI, error: ContextError): MaybePromise<void> {
  const { teardownAppcontextFuncs: funcs } = app
  const done = funcs.length === 0 ? undefined : runAll(funcs.toReversed(), error)
  if (isThenable(done)) return done.then(() => appcontextTearingDown.emit(app, { exc: error }))
  if (appcontextTearingDown.hasReceivers) return appcontextTearingDown.emit(app, { exc: error })
}

function runAll(hooks: readonly TeardownHook[], error: ContextError): MaybePromise<void> {
  for (let i = 0; i < hooks.length; i++) {
    const result = hooks[i]?.(error)
    if (isThenable(result)) return runRest(hooks, error, i, result)
  }
}

async function runRest(
  hooks: readonly TeardownHook[],
  error: ContextError,
  from: number,
  first: PromiseLike<unknown>,
): Promise<void> {
  await first
  for (let i = from + 1; i < hooks.length; i++) await hooks[i]?.(error)
}
