import type { AttributeEventName } from './mapper-events.ts'
import type { InstanceState } from './state.ts'

/** Passed to listeners of attribute events: what started the change. */
export interface Initiator {
  readonly key: string
  /** The change is the echo of the other side of a relationship. */
  readonly fromBackref: boolean
}

/** Stands for a value that is not known, as SQLAlchemy's `NO_VALUE`. */
export const NO_VALUE: unique symbol = Symbol('NO_VALUE')

/**
 * Runs validators and listeners of an attribute before it changes and gives the value to use.
 * A listener that returns something other than `undefined` replaces the value.
 */
export function runHooks(
  state: InstanceState,
  key: string,
  event: AttributeEventName,
  value: unknown,
  old: unknown,
  fromBackref: boolean,
): unknown {
  const { mapper } = state
  let result = value
  const validators = mapper.validators.get(key)
  if (validators) {
    for (const validator of validators) {
      if (fromBackref && !validator.includeBackrefs) continue
      if (event === 'remove') {
        if (validator.includeRemoves) validator.run(state.obj, key, result, true)
      } else result = validator.run(state.obj, key, result, false)
    }
  }
  const listeners = mapper.events.attributeListeners(key, event)
  if (listeners === null) return result
  const initiator: Initiator = { key, fromBackref }
  for (const listener of listeners) {
    const answer =
      event === 'set'
        ? listener(state.obj, result, old, initiator)
        : listener(state.obj, result, initiator)
    if (answer !== undefined && event !== 'remove') result = answer
  }
  return result
}
