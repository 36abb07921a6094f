import { andThen, getRequestContext } from '../../src/core.ts'
import type { BustAPI, MaybePromise, Response } from '../../src/index.ts'
import { markEvaluated, setCorsHeaders } from './apply.ts'
import { type CorsOptions, mergeOptions, resolveOptions } from './options.ts'
import { CorsPolicy } from './policy.ts'

/** Wraps a view; also a decorator for methods of a class. */
export type CrossOriginDecorator = <F extends (...args: never[]) => unknown>(
  view: F,
  context?: ClassMethodDecoratorContext,
) => F

type View = ((this: unknown, ...args: unknown[]) => unknown) & {
  requiredMethods?: Iterable<string>
  provideAutomaticOptions?: boolean | null
}

/**
 * Adds CORS headers to the answers of one view (Flask-CORS's `cross_origin`). Unless
 * `automaticOptions` is false, OPTIONS is answered in place of the view. The app's `CORS_*` settings
 * count as they are at the first request.
 *
 * @example
 * app.get('/feed', crossOrigin({ origins: 'https://a.example' })(() => feed()))
 */
export function crossOrigin(options: CorsOptions = {}): CrossOriginDecorator {
  const policies = new WeakMap<BustAPI, CorsPolicy>()
  const policyOf = (app: BustAPI): CorsPolicy => {
    let policy = policies.get(app)
    if (policy === undefined) {
      policy = new CorsPolicy(resolveOptions(mergeOptions(app.config, options)))
      policies.set(app, policy)
    }
    return policy
  }

  return (<F extends View>(view: F): F => {
    function wrapped(this: unknown, ...args: unknown[]): MaybePromise<Response> {
      const { app, request } = getRequestContext()
      const policy = policyOf(app)
      const finish = (value: unknown): Response => {
        const response = app.makeResponse(value)
        setCorsHeaders(response, policy, request)
        markEvaluated(response)
        return response
      }
      if (policy.options.automaticOptions && request.method === 'OPTIONS') {
        return finish(app.makeDefaultOptionsResponse())
      }
      return andThen(view.apply(this, args), finish)
    }
    Object.assign(wrapped, view)
    Object.defineProperty(wrapped, 'name', { value: view.name, configurable: true })
    if (options.automaticOptions ?? true) {
      Object.assign(wrapped, {
        requiredMethods: new Set([...(view.requiredMethods ?? []), 'OPTIONS']),
        provideAutomaticOptions: false,
      })
    }
    return wrapped as unknown as F
  }) as unknown as CrossOriginDecorator
}
