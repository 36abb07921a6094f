import { BUST_ERR_ROUTE_ARGUMENTS } from '../errors/codes.ts'

/** Arguments of a converter as a rule's text gives them: `int(4, signed=True)`. */
export interface ConverterArguments {
  readonly args: readonly unknown[]
  /** Named ones, or null when there are none. */
  readonly options: Readonly<Record<string, unknown>> | null
}

// Werkzeug's grammar, quirks included: `2,10` is one value, since its "." stands for any character.
const ARGUMENT =
  /\s*(?:(?<name>[\p{L}\p{N}_]+)\s*=\s*)?(?<value>True|False|\p{Nd}+[^\n]\p{Nd}+|\p{Nd}+[^\n]|\p{Nd}+|[\p{L}\p{N}_.]+|[urUR]?(?<text>"[^"]*?"|'[^']*'))\s*,/gu

const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/i
const INTEGER = /^[+-]?\d+(?:_\d+)*$/
const NAMED_NUMBERS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  infinity: Infinity,
}

/** A bare word as Python's literal: a constant, a number, else text. */
function literal(text: string): unknown {
  if (text === 'True') return true
  if (text === 'False') return false
  if (text === 'None') return null
  if (INTEGER.test(text) || NUMBER.test(text)) return Number(text.replaceAll('_', ''))
  const named = NAMED_NUMBERS[text.toLowerCase()]
  if (named !== undefined && Object.hasOwn(NAMED_NUMBERS, text.toLowerCase())) return named
  const first = text[0]
  if ((first === '"' || first === "'") && text.endsWith(first)) return text.slice(1, -1)
  return text
}

/**
 * Reads the text between the parentheses of `<converter(…):name>` (Werkzeug's
 * `parse_converter_args`). Named arguments keep the spelling they have in the rule.
 * @throws {BUST_ERR_ROUTE_ARGUMENTS} when the text is not a list of arguments
 */
export function parseConverterArguments(rule: string, text: string): ConverterArguments {
  const args: unknown[] = []
  let options: Record<string, unknown> | null = null
  let position = 0
  const list = `${text},`
  for (const match of list.matchAll(ARGUMENT)) {
    if (match.index !== position) {
      const wrong = list.slice(position, match.index)
      throw new BUST_ERR_ROUTE_ARGUMENTS(rule, wrong)
    }
    const { name, value = '', text: quoted } = match.groups ?? {}
    const parsed = literal(quoted ?? value)
    if (name === undefined) args.push(parsed)
    else {
      options ??= Object.create(null) as Record<string, unknown>
      options[name] = parsed
    }
    position = match.index + match[0].length
  }
  return { args, options }
}

/**
 * Sorts out what a converter's constructor got, positional arguments first and an options object
 * last, as Python binds arguments to parameters.
 * @param converter the class's name, for the error
 * @param parameters parameter names in order
 * @param given the constructor's arguments after the map
 * @returns each parameter's value by name; undefined where none was given
 * @throws {TypeError} for an unknown, a doubled or a surplus argument
 */
export function bindArguments<Name extends string>(
  converter: string,
  parameters: readonly Name[],
  given: readonly unknown[],
): Partial<Record<Name, unknown>> {
  const bound: Partial<Record<Name, unknown>> = Object.create(null)
  const last = given.at(-1)
  const hasOptions = typeof last === 'object' && last !== null
  const positional = hasOptions ? given.slice(0, -1) : given
  if (positional.length > parameters.length) {
    throw new TypeError(
      `The converter ${converter} takes at most ${parameters.length} arguments ` +
        `(${parameters.join(', ')}), not ${positional.length}.`,
    )
  }
  for (const [i, name] of parameters.entries()) {
    if (i < positional.length) bound[name] = positional[i]
  }
  if (!hasOptions) return bound
  for (const [key, value] of Object.entries(last)) {
    const name = parameters.find((parameter) => parameter === key)
    if (name === undefined) {
      throw new TypeError(
        `The converter ${converter} has no argument '${key}'. It takes: ${parameters.join(', ')}.`,
      )
    }
    if (Object.hasOwn(bound, name)) {
      throw new TypeError(`The converter ${converter} got its argument '${key}' twice.`)
    }
    bound[name] = value
  }
  return bound
}
