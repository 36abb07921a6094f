import { Markup } from '../../http/markup.ts'
import { type Kwargs, passEnvironment, passEvalContext } from '../python/call.ts'
import { str } from '../python/text.ts'
import { Undefined } from '../python/undefined.ts'
import { callMember, getItem, type MakeUndefined } from '../runtime/members.ts'

/** The part of an environment that filters and tests use. */
export interface FilterEnvironment {
  readonly undefined: new (hint?: string | null, object?: unknown, name?: unknown) => Undefined
  readonly policies: Readonly<Record<string, unknown>>
  readonly newlineSequence: string
  readonly filters: Readonly<Record<string, unknown>>
  readonly tests: Readonly<Record<string, unknown>>
}

/** What `passEvalContext` gives a filter. */
export interface FilterEvalContext {
  readonly autoescape: boolean
  readonly environment: FilterEnvironment
}

export type Filter = (...args: never[]) => unknown

export { passEnvironment, passEvalContext }

/** A text as it is, Markup included; anything else as text (MarkupSafe's `soft_str`). */
export function softStr(value: unknown): string | Markup {
  return typeof value === 'string' || value instanceof Markup ? value : str(value)
}

/** Calls a method of a text, so that Markup keeps its rules. */
export function textMethod(value: unknown, name: string, ...args: unknown[]): unknown {
  return callMember(softStr(value), name, args, null, null, noMember)
}

const noMember: MakeUndefined = (object, name) => new Undefined(null, object, name)

/** The environment's undefined value with its own message. */
export function undefinedWith(environment: FilterEnvironment, hint: string): Undefined {
  return new environment.undefined(hint)
}

/** Texts in small letters, for comparisons that ignore case. */
export function ignoreCase(value: unknown): unknown {
  if (typeof value === 'string') return value.toLowerCase()
  return value instanceof Markup ? value.toString().toLowerCase() : value
}

function attributeParts(attribute: unknown): unknown[] {
  if (attribute === null || attribute === undefined) return []
  const text = attribute instanceof Markup ? attribute.toString() : attribute
  if (typeof text !== 'string') return [text]
  return text.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Reads `attribute` (dotted, digits are indexes) of an item; `fallback` replaces undefined steps. */
export function attributeGetter(
  environment: FilterEnvironment,
  attribute: unknown,
  postprocess: ((value: unknown) => unknown) | null = null,
  fallback: unknown = null,
): (item: unknown) => unknown {
  const parts = attributeParts(attribute)
  const undef: MakeUndefined = (object, name) => new environment.undefined(null, object, name)
  return (item) => {
    let value = item
    for (const part of parts) {
      value = getItem(value, part, undef)
      if (fallback !== null && fallback !== undefined && value instanceof Undefined)
        value = fallback
    }
    return postprocess === null ? value : postprocess(value)
  }
}

/** Reads several attributes, separated by commas, as a list to sort by. */
export function multiAttributeGetter(
  environment: FilterEnvironment,
  attribute: unknown,
  postprocess: ((value: unknown) => unknown) | null,
): (item: unknown) => unknown[] {
  const attributes = typeof attribute === 'string' ? attribute.split(',') : [attribute]
  const getters = attributes.map((one) => attributeGetter(environment, one, postprocess))
  return (item) => getters.map((getter) => getter(item))
}

/** A whole number argument. Throws TypeError for anything else. */
export function wholeNumber(value: unknown, name: string): number {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (value instanceof Undefined) value.fail()
  throw new TypeError(`${name} must be an integer`)
}

export type { Kwargs }
