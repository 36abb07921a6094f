import { AsyncLocalStorage } from 'node:async_hooks'
import { setProviderLookup } from '../json/current.ts'
import type { AppContext } from './app-context.ts'
import type { RequestContext } from './request-context.ts'

/** What is active: an app context alone, or a request context with its app context. */
export type Scope = AppContext | RequestContext

const storage = new AsyncLocalStorage<Scope | undefined>()

/** The active context of this asynchronous flow, or undefined outside one. */
export function currentScope(): Scope | undefined {
  return storage.getStore()
}

/** Calls `fn(argument)` with `scope` active, in everything that it starts as well. */
export function runInScope<A, R>(scope: Scope | undefined, fn: (argument: A) => R, argument: A): R {
  return storage.run(scope, fn, argument)
}

/** Makes `scope` active for the rest of this asynchronous flow. */
export function enterScope(scope: Scope | undefined): void {
  storage.enterWith(scope)
}

// JSON written or read inside a context follows its app's provider, as Flask's `json` functions do.
setProviderLookup(() => currentScope()?.app.json ?? null)
