import type { BustAPI } from '../app.ts'
import { andFinally, isThenable } from '../dispatch/and-then.ts'
import type { MapAdapter } from '../routing/map-adapter.ts'
import { appcontextPopped, appcontextPushed } from '../signals.ts'
import type { MaybePromise } from '../types.ts'
import type { AppCtxGlobals } from './g.ts'
import type { Scope } from './store.ts'
import { currentScope, enterScope, runInScope } from './store.ts'

/** What happened while a context was active: the error that ended it, or null. */
export type ContextError = Error | null

/** Turns whatever was thrown into an Error, so that hooks can rely on its shape. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown
  return new Error(`A value that is no Error was thrown: ${String(thrown)}`, { cause: thrown })
}

/**
 * Makes `currentApp` and `g` available outside a request, as in Flask. Get one from
 * `app.appContext()`, then either `context.run(fn)`, or `push()` and `pop()`, or
 * `using context = app.appContext().push()`.
 */
export class AppContext {
  /** The application. */
  readonly app: BustAPI
  /** An app context has no request. */
  readonly requestContext = null
  #globals: AppCtxGlobals | undefined
  #urlAdapter: MapAdapter | null | undefined
  // Made by `push`: the dispatcher enters a request's contexts without it.
  #previous: (Scope | undefined)[] | null = null

  constructor(app: BustAPI) {
    this.app = app
  }

  /** Itself: so that code that has any scope finds its app context by one name. */
  get appContext(): AppContext {
    return this
  }

  /** The namespace behind `g`. */
  get g(): AppCtxGlobals {
    this.#globals ??= new this.app.appCtxGlobalsClass()
    return this.#globals
  }

  /** Builds URLs outside a request; null without `SERVER_NAME`. */
  get urlAdapter(): MapAdapter | null {
    if (this.#urlAdapter === undefined) this.#urlAdapter = this.app.createUrlAdapter(null)
    return this.#urlAdapter
  }

  /** Makes this the active context of the running asynchronous flow. */
  push(): this {
    this.#previous ??= []
    this.#previous.push(currentScope())
    enterScope(this)
    this.announce()
    return this
  }

  /** Tells `appcontextPushed`; the request dispatcher enters without `push`. */
  announce(): void {
    if (appcontextPushed.hasReceivers) appcontextPushed.tell(this.app)
  }

  /**
   * Runs the teardown functions and makes the context before this one active again.
   * @param error what ended the work, given to the teardown functions.
   */
  pop(error: ContextError = null): MaybePromise<void> {
    if ((this.#previous?.length ?? 0) > 1) return this.#leave()
    return andFinally(this.#teardownStep(error), () => this.#leave())
  }

  #teardownStep(error: ContextError): MaybePromise<void> {
    try {
      return this.teardown(error)
    } catch (thrown) {
      this.#leave()
      this.#previous?.push(undefined)
      throw thrown
    }
  }

  #leave(): void {
    enterScope(this.#previous?.pop())
    if (appcontextPopped.hasReceivers) appcontextPopped.tell(this.app)
  }

  /** The teardown functions and their signal, without touching the active context. */
  teardown(error: ContextError): MaybePromise<void> {
    return this.app.doTeardownAppcontext(error)
  }

  /** Calls `fn` with this context active, and tears down when what it returns has settled. */
  run<T>(fn: () => T): T {
    return runAndTearDown(
      this,
      () => this.announce(),
      fn,
      (error) =>
        andFinally(this.teardown(error), () => {
          if (appcontextPopped.hasReceivers) appcontextPopped.tell(this.app)
        }),
    )
  }

  /** For `using`: the same as `pop()`. A promise of an asynchronous teardown is not awaited. */
  [Symbol.dispose](): void {
    this.pop()
  }

  /** For `await using`: the same as `pop()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.pop()
  }
}

/** One `run` for both kinds of context: enter, work, tear down once, whatever happened. */
export function runAndTearDown<T>(
  scope: Scope,
  enter: () => void,
  fn: () => T,
  leave: (error: ContextError) => MaybePromise<void>,
): T {
  const work = (): T => {
    let result: T
    try {
      enter()
      result = fn()
    } catch (thrown) {
      leave(toError(thrown))
      throw thrown
    }
    if (isThenable(result as MaybePromise<unknown>)) {
      return settle(result as PromiseLike<unknown>, leave) as T
    }
    const left = leave(null)
    if (!isThenable(left)) return result
    // A caller who gets nothing can wait for the teardown; one who gets a value cannot.
    if (result === undefined) return left as T
    left.then(undefined, (thrown: unknown) => {
      scope.app.logger.exception('Error in an asynchronous teardown function', toError(thrown))
    })
    return result
  }
  return runInScope(scope, work, undefined)
}

async function settle(
  result: PromiseLike<unknown>,
  leave: (error: ContextError) => MaybePromise<void>,
): Promise<unknown> {
  let value: unknown
  try {
    value = await result
  } catch (thrown) {
    await leave(toError(thrown))
    throw thrown
  }
  await leave(null)
  return value
}
