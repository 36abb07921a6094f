import * as types from '../types/index.ts'
import type { TypeEngine } from '../types/type-engine.ts'
import { NativeType } from './native-type.ts'
import type { ReflectedColumn, SourceDialect, TypeSpec } from './reflected.ts'
import { canonicalType } from './type-spec.ts'

/** Names of ours in a {@link TypeSpec}; Array is SQL's ARRAY. */
const EXPORTED: Readonly<Record<string, unknown>> = { ...types, Array: types.ARRAY }

/** The class of a type by its name, or null. */
export function typeClass(name: string): (new (...args: never[]) => TypeEngine) | null {
  const found = EXPORTED[name]
  return typeof found === 'function' ? (found as new (...args: never[]) => TypeEngine) : null
}

/** Makes the type that a description means; null when there is none, or its arguments do not fit. */
export function typeFrom({ name, args, options, item }: TypeSpec): TypeEngine | null {
  const Type = typeClass(name) as (new (...args: unknown[]) => TypeEngine) | null
  if (!Type) return null
  const inner = item ? typeFrom(item) : null
  if (item && !inner) return null
  try {
    return new Type(...(inner ? [inner] : []), ...args, ...(options ? [options] : []))
  } catch {
    return null
  }
}

/** Whether the description is of the very type that a column has, not only of its values. */
export function isExact(column: ReflectedColumn, dialect: SourceDialect): boolean {
  const type = column.type && typeFrom(column.type)
  if (!type) return false
  try {
    return canonicalType(type.ddl(dialect), dialect) === canonicalType(column.ddlType, dialect)
  } catch {
    return false
  }
}

/** The type of a reflected column: one of ours, or the database's own around one of ours. */
export function typeOfColumn(column: ReflectedColumn, dialect: SourceDialect): TypeEngine {
  const values = column.type ? typeFrom(column.type) : null
  if (values && isExact(column, dialect)) return values
  return values ? new NativeType(column.ddlType, values) : new NativeType(column.ddlType)
}

type Fields = Readonly<Record<string, unknown>>

/** What a type was made with, by the kinds that have arguments. */
function argumentsOf(type: TypeEngine): Pick<TypeSpec, 'args' | 'options' | 'item'> | null {
  const fields = type as unknown as Fields
  const numbers = (...names: string[]): number[] => {
    const values = names.map((name) => fields[name])
    while (values.length > 0 && typeof values.at(-1) !== 'number') values.pop()
    return values as number[]
  }
  if (Array.isArray(fields.enums)) {
    const { name, schema, nativeEnum, createConstraint, length } = fields
    const longest = Math.max(...(fields.enums as string[]).map((text) => text.length))
    const options = {
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof schema === 'string' ? { schema } : {}),
      ...(nativeEnum === false ? { nativeEnum } : {}),
      ...(createConstraint === true ? { createConstraint } : {}),
      ...(typeof length === 'number' && length !== longest ? { length } : {}),
    }
    return {
      args: fields.enums as string[],
      ...(Object.keys(options).length > 0 ? { options } : {}),
    }
  }
  if (fields.itemType) {
    const item = specOf(fields.itemType as TypeEngine)
    return item && { args: [], item }
  }
  const options = {
    ...(typeof fields.collation === 'string' ? { collation: fields.collation } : {}),
    ...(fields.timezone === true ? { timezone: true } : {}),
    ...(fields.nativeUuid === false ? { nativeUuid: false } : {}),
  }
  return {
    args: numbers(...(typeof fields.length === 'number' ? ['length'] : ['precision', 'scale'])),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  }
}

/** The description of a type of ours; null for one of the application's own. */
export function specOf(type: TypeEngine): TypeSpec | null {
  const { name } = type.constructor
  const known = typeClass(name)
  if (!known || known.prototype !== Object.getPrototypeOf(type)) return null
  const parts = argumentsOf(type)
  return parts && { name: name === 'ARRAY' ? 'Array' : name, ...parts }
}
