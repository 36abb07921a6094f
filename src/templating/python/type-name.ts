import { Markup } from '../../http/markup.ts'
import { Dict, EngineObject, Float, isPlainObject, isTuple, Lazy, Range } from './values.ts'

/** Name of a value's type as Python's error messages give it. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'number':
      return Number.isSafeInteger(value) ? 'int' : 'float'
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    case 'undefined':
      return 'NoneType'
    case 'function':
      return 'function'
    case 'symbol':
      return 'symbol'
  }
  if (value === null || value === undefined) return 'NoneType'
  if (value instanceof Float) return 'float'
  if (Array.isArray(value)) return isTuple(value) ? 'tuple' : 'list'
  if (value instanceof Dict || value instanceof Map || isPlainObject(value as object)) return 'dict'
  if (value instanceof Set) return 'set'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Range) return 'range'
  if (value instanceof Lazy) return value.kind
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'object'
}

/** How "has no attribute" messages name a value (Jinja's `object_type_repr`). */
export function typeRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value instanceof Markup) return 'markupsafe.Markup object'
  const name = typeof value === 'object' ? EngineObject.pythonNameOf(value) : null
  return `${name ?? typeName(value)} object`
}
