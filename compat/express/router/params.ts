import type { Next, Params, Req } from '../types.ts'
import type { ParamHandler } from './types.ts'

/** What the handlers of one parameter made of one value. */
interface CalledParam {
  error: unknown
  readonly match: unknown
  value: unknown
}

/** The parameters whose handlers have run for this request, in this router. */
export type CalledParams = Record<string | number, CalledParam | undefined>

/** Calls one handler of a parameter. */
export type CallParam = (handler: ParamHandler, next: Next, value: unknown, name: string) => void

/** Whether a router has any handlers of parameters. */
export function hasParamHandlers(handlers: Record<string, ParamHandler[]>): boolean {
  for (const _name in handlers) return true
  return false
}

/**
 * Runs a layer's `param` handlers in order. A parameter whose value they have seen in this router is
 * given the value, or fails with the error, that they made of it then.
 */
export function runParamHandlers(
  handlers: Record<string, ParamHandler[]>,
  names: readonly (string | number)[],
  called: CalledParams,
  req: Req,
  call: CallParam,
  done: Next,
): void {
  let index = 0
  nextParam()

  function nextParam(error?: unknown): void {
    if (error || index >= names.length) {
      done(error)
      return
    }
    const name = names[index++] as string
    const params = req.params as Params
    const value = params[name]
    const callbacks = handlers[name]
    if (value === undefined || !callbacks) {
      nextParam()
      return
    }
    const before = called[name]
    if (before && (before.match === value || (before.error && before.error !== 'route'))) {
      params[name] = before.value
      nextParam(before.error)
      return
    }
    const current: CalledParam = { error: null, match: value, value }
    called[name] = current
    runCallbacks(callbacks, name, value, current)
  }

  function runCallbacks(
    callbacks: ParamHandler[],
    name: string,
    value: unknown,
    current: CalledParam,
  ): void {
    let position = 0
    nextCallback()

    function nextCallback(error?: unknown): void {
      const callback = callbacks[position++]
      // A handler may have assigned another value.
      current.value = (req.params as Params)[name]
      if (error) {
        current.error = error
        nextParam(error)
      } else if (!callback) {
        nextParam()
      } else {
        call(callback, nextCallback, value, name)
      }
    }
  }
}
