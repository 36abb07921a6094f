import { getAppContext, getRequestContext } from './context/proxies.ts'
import { tuple } from './json/tuple.ts'
import { messageFlashed } from './signals.ts'

/** Key of the session under which Flask keeps flashed messages. */
const KEY = '_flashes'

type Flash = [category: string, message: string]

/**
 * Keeps a message in the session for the next request (Flask's `flash`).
 * @param category such as `message` (the default), `error`, `info`, `warning`
 */
export function flash(message: unknown, category = 'message'): void {
  const { session } = getRequestContext()
  const flashes = [...((session.get(KEY) as Iterable<unknown> | null) ?? [])]
  flashes.push(tuple(category, message))
  session.set(KEY, flashes)
  const { app } = getAppContext()
  if (messageFlashed.hasReceivers) messageFlashed.send(app, { message, category })
}

/** Options of `getFlashedMessages`. */
export interface FlashedMessagesOptions {
  /** Return `[category, message]` pairs. Default false. */
  withCategories?: boolean
  /** Only messages of these categories. Default all. */
  categoryFilter?: Iterable<string>
  /** Jinja's spelling of `withCategories`. */
  with_categories?: boolean
  /** Jinja's spelling of `categoryFilter`. */
  category_filter?: Iterable<string>
}

/**
 * Takes the flashed messages out of the session; further calls in the same request return the same
 * ones (Flask's `get_flashed_messages`).
 */
export function getFlashedMessages(
  options: FlashedMessagesOptions & ({ withCategories: true } | { with_categories: true }),
): Flash[]
export function getFlashedMessages(options?: FlashedMessagesOptions): string[]
export function getFlashedMessages(options: FlashedMessagesOptions = {}): unknown[] {
  const context = getRequestContext()
  if (context.flashes === null) {
    const { session } = context
    const stored = session.has(KEY) ? (session.pop(KEY) as Iterable<Iterable<string>>) : []
    context.flashes = Array.from(stored, (flash) => Array.from(flash) as Flash)
  }
  const wanted = new Set(options.categoryFilter ?? options.category_filter ?? [])
  const flashes =
    wanted.size === 0
      ? context.flashes
      : context.flashes.filter(([category]) => wanted.has(category))
  return (options.withCategories ?? options.with_categories)
    ? flashes
    : flashes.map(([, message]) => message)
}
