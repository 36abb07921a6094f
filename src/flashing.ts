import { getAppContext, getRequestContext } from './context/proxies.ts'
import { tuple } from './json/tuple.ts'
import { messageFlashed } from './signals.ts'

/** Key of the session under which Flask keeps flashed messages. */
const KEY = '_flashes'

type Flash = [category: string, message: string]

/** What may follow a positional `withCategories`: categories, or the options that are left. */
type CategoryFilter = Iterable<string> | FlashedMessagesOptions

function positional(withCategories: boolean, filter: CategoryFilter): FlashedMessagesOptions {
  return Symbol.iterator in filter
    ? { withCategories, categoryFilter: filter }
    : { ...filter, withCategories }
}

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
  if (messageFlashed.hasReceivers) messageFlashed.tell(app, { message, category })
}

/** Options of `getFlashedMessages`. */
export interface FlashedMessagesOptions {
  /** Return `[category, message]` pairs, which are tuples. Default false. */
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
 * @param options what to return; `true` stands for `withCategories`, as Jinja's
 *   `get_flashed_messages(true)` has it
 * @param filter the `categoryFilter` behind such a `true` or `false`
 */
export function getFlashedMessages(
  options: (FlashedMessagesOptions & ({ withCategories: true } | { with_categories: true })) | true,
  filter?: CategoryFilter,
): Flash[]
export function getFlashedMessages(
  options?: FlashedMessagesOptions | false,
  filter?: CategoryFilter,
): string[]
export function getFlashedMessages(
  given: FlashedMessagesOptions | boolean = {},
  filter: CategoryFilter = {},
): unknown[] {
  const options = typeof given === 'boolean' ? positional(given, filter) : given
  const context = getRequestContext()
  if (context.flashes === null) {
    const { session } = context
    const stored = session.has(KEY) ? (session.pop(KEY) as Iterable<Iterable<string>>) : []
    context.flashes = Array.from(stored, (flash) => tuple(...flash) as unknown as Flash)
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
