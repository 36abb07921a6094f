import { Markup } from '../../http/markup.ts'
import type { Kwargs } from './call.ts'
import { iterate } from './iterate.ts'
import { STRING_METHODS } from './string-methods.ts'
import { isTuple, makeTuple } from './values.ts'

/** Which argument of a method becomes part of the result and is escaped first. */
const ESCAPED_ARGUMENT: Readonly<Record<string, number>> = {
  replace: 1,
  center: 1,
  ljust: 1,
  rjust: 1,
}

function safe(value: unknown): unknown {
  if (typeof value === 'string') return new Markup(value)
  if (!Array.isArray(value)) return value
  return isTuple(value) ? makeTuple(value.map(safe)) : value.map(safe)
}

const escaped = (value: unknown): string => Markup.escape(value).toString()

/**
 * A string method of Markup (MarkupSafe's overrides): what is put in is escaped, what comes out is
 * safe. Null when there is no such method.
 */
export function markupMethod(
  name: string,
):
  | ((self: Markup, args: readonly unknown[], kwargs: Kwargs | null, call: StringCall) => unknown)
  | null {
  if (name === 'striptags') return (self) => self.striptags()
  if (name === 'unescape') return (self) => self.unescape()
  if (name === 'join') {
    return (self, args) => new Markup(Array.from(iterate(args[0]), escaped).join(self.toString()))
  }
  const method = STRING_METHODS.get(name)
  if (method === undefined) return null
  const at = ESCAPED_ARGUMENT[name]
  return (self, args, kwargs, call) => {
    const given = [...args]
    if (at !== undefined && at < given.length) given[at] = escaped(given[at])
    return safe(call(method, [self.toString(), ...given], kwargs))
  }
}

/** How the runtime calls a string method. */
export type StringCall = (
  method: unknown,
  args: readonly unknown[],
  kwargs: Kwargs | null,
) => unknown
