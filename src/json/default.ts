import { httpDate } from '../http/dates.ts'
import { typeName } from './encode.ts'
import { UUID } from './uuid.ts'

/**
 * The JSON form of a value that JSON itself has none for (Flask's `_default`): a Date becomes an
 * HTTP date, a UUID its text, an object with `__html__` that text, one with `toJSON` what that
 * returns, and an instance of a class (Python's dataclass) an object of its own members.
 *
 * @throws {TypeError} for functions, symbols, errors, promises, bytes, sets and other iterables.
 */
export function jsonDefault(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return refuse(value)
  if (isDate(value)) return httpDate(value)
  if (value instanceof UUID) return value.toString()
  if (hasMethod(value, '__html__')) return String(value.__html__())
  if (ArrayBuffer.isView(value) || value instanceof Set || value instanceof Error) refuse(value)
  if (hasMethod(value, 'toJSON')) return value.toJSON()
  if (value instanceof String || value instanceof Number || value instanceof Boolean) {
    return value.valueOf()
  }
  if (Symbol.iterator in value || hasMethod(value, 'then') || value instanceof RegExp) {
    refuse(value)
  }
  return { ...value }
}

function refuse(value: unknown): never {
  throw new TypeError(`Object of type ${typeName(value)} is not JSON serializable`)
}

/** Whether a value is a Date, of this realm or of another one. */
export function isDate(value: object): value is Date {
  return value instanceof Date || Object.prototype.toString.call(value) === '[object Date]'
}

/** Whether an object has a method of that name. */
export function hasMethod<Name extends string>(
  value: object,
  name: Name,
): value is Record<Name, () => unknown> {
  return typeof (value as Record<string, unknown>)[name] === 'function'
}
