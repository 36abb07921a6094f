import { InvalidRequestError } from '../../errors.ts'
import { EventHub, kEvents, type Listener, type ListenOptions } from './event-hub.ts'
import { MapperEvents, mapperEventsOf } from './mapper-events.ts'

/**
 * SQLAlchemy's `event`: `event.listen(User, 'beforeInsert', fn)`, `event.listen(User.c.name, 'set', fn)`,
 * `event.listen(db.session, 'afterCommit', fn)`.
 */

function hubOf(target: unknown, name: string): EventHub {
  if (typeof target === 'function' || (typeof target === 'object' && target !== null)) {
    const events = (target as { [kEvents]?: unknown })[kEvents]
    if (events instanceof EventHub) return events
    // A class inherits the property of its base but has events of its own.
    if (events instanceof MapperEvents) return mapperEventsOf(target as object).hub
  }
  throw new InvalidRequestError(`No such event '${name}' for target '${String(target)}'`)
}

/** Calls `fn` at each event `name` of the target. */
export function listen(target: unknown, name: string, fn: Listener, options?: ListenOptions): void {
  hubOf(target, name).listen(name, fn, options)
}

/** The decorator form: `listensFor(User, 'beforeInsert')(fn)`, or above a static method. */
export function listensFor(
  target: unknown,
  name: string,
  options?: ListenOptions,
): <F extends Listener>(fn: F, context?: unknown) => F {
  return (fn) => {
    listen(target, name, fn, options)
    return fn
  }
}

/** Undoes `listen`. */
export function remove(target: unknown, name: string, fn: Listener): void {
  hubOf(target, name).remove(name, fn)
}

/** Whether `fn` listens. */
export function contains(target: unknown, name: string, fn: Listener): boolean {
  return hubOf(target, name).contains(name, fn)
}

/** The functions under SQLAlchemy's name: `db.event`. */
export const event = { listen, listensFor, remove, contains } as const
