import type { Column } from '../../schema/column.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import type { InstanceState } from '../mapping/state.ts'

/** Values of key columns as something a `Map` can find again. */
export function keyOf(values: readonly unknown[]): unknown {
  if (values.length === 1) return keyPart(values[0])
  // The lengths keep ('a,b', 'c') and ('a', 'b,c') apart.
  return values
    .map((value) => String(keyPart(value)))
    .map((text) => `${text.length}|${text}`)
    .join('')
}

/** {@link keyOf} of one value. */
export function keyPart(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.getTime()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return String(value)
}

/**
 * The values of columns of an instance; `null` when one of them is NULL or not known.
 *
 * @param committed take what the database has, not what was set since
 */
export function localValues(
  state: InstanceState,
  columns: readonly Column[],
  committed: boolean,
): unknown[] | null {
  const values: unknown[] = []
  for (const column of columns) {
    const value = localValue(state, column, committed)
    if (value === null || value === undefined) return null
    values.push(value)
  }
  return values
}

function localValue(state: InstanceState, column: Column, committed: boolean): unknown {
  const key = keyOfColumn(state.mapper, column)
  if (key === null) return undefined
  const { originals } = state
  if (committed && originals !== null && key in originals) return originals[key]
  return state.dict[key]
}

/** The attributes of these columns that were never loaded; `committed`: or set before they were. */
export function missingKeys(
  { mapper, dict, originals }: InstanceState,
  columns: readonly Column[],
  committed = false,
): string[] {
  const missing: string[] = []
  for (const column of columns) {
    const key = keyOfColumn(mapper, column)
    if (key === null) continue
    const unknown =
      committed && originals !== null && key in originals && originals[key] === undefined
    if (unknown || !(key in dict)) missing.push(key)
  }
  return missing
}

function keyOfColumn(mapper: Mapper, column: Column): string | null {
  return mapper.propertyOf(column)?.key ?? null
}

const targetKeys = new WeakMap<RelationshipProperty, readonly Column[] | null>()

/**
 * The local columns of a to-one that holds the primary key of its target, in the order of that key;
 * `null` for any other relationship.
 */
export function identityColumns(property: RelationshipProperty): readonly Column[] | null {
  const known = targetKeys.get(property)
  if (known !== undefined) return known
  const columns = findIdentityColumns(property)
  targetKeys.set(property, columns)
  return columns
}

function findIdentityColumns(property: RelationshipProperty): readonly Column[] | null {
  const { direction, pairs, target } = property
  if (direction !== 'MANYTOONE' || property.secondary !== null || property.customJoin) return null
  if (pairs.length !== target.primaryKey.length) return null
  const locals: Column[] = []
  for (const { column } of target.primaryKey) {
    const pair = pairs.find(({ remote }) => remote === column)
    if (!pair) return null
    locals.push(pair.local)
  }
  return locals
}
