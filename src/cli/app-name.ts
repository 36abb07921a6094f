import { UsageError } from './errors.ts'

/** What stands behind the colon of `module:name`. */
export interface AppName {
  readonly name: string
  /** The arguments of a factory, or null when it is not called. */
  readonly args: readonly unknown[] | null
}

/** Text in single quotes as JSON has it. */
function toJson(literals: string): string {
  return literals.replace(
    /'((?:[^'\\]|\\.)*)'/g,
    (_whole, text: string) => `"${text.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`,
  )
}

/**
 * Reads `name` or `factory(arguments)`. The arguments are literals: text, numbers, true, false,
 * null, lists.
 * @throws {UsageError} for anything else
 */
export function parseAppName(text: string): AppName {
  const match = /^\s*([A-Za-z_$][\w$]*)\s*(?:\((.*)\))?\s*$/s.exec(text)
  if (!match) {
    throw new UsageError(`Failed to parse '${text}' as an attribute name or function call.`)
  }
  const [, name = '', literals] = match
  if (literals === undefined) return { name, args: null }
  try {
    return { name, args: JSON.parse(`[${toJson(literals)}]`) as unknown[] }
  } catch {
    throw new UsageError(`Failed to parse arguments as literal values: '${text}'.`)
  }
}

/** Calls a factory; what is no function is given back as it is. */
export async function callFactory(value: unknown, args: readonly unknown[]): Promise<unknown> {
  return typeof value === 'function'
    ? await (value as (...args: unknown[]) => unknown)(...args)
    : value
}
