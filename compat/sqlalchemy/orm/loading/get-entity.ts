import { InvalidRequestError } from '../../errors.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { LoadContext } from './context.ts'
import { type IdentityLoadOptions, loadByIdentity } from './identity-load.ts'

/**
 * Primary key values in the order of `mapper.primaryKey`, of a value, an array, or an object by attribute.
 *
 * @throws InvalidRequestError for the wrong number or names of values.
 */
export function identityValues(mapper: Mapper, identity: unknown): unknown[] {
  const keys = mapper.primaryKey
  if (isPlainObject(identity)) {
    const given = new Map<string, unknown>()
    for (const [name, value] of Object.entries(identity)) {
      given.set(mapper.synonyms.get(name) ?? name, value)
    }
    if (given.size !== keys.length || keys.some(({ key }) => !given.has(key))) {
      const names = keys.map(({ key }) => `'${key}'`).join(', ')
      throw new InvalidRequestError(
        'Incorrect names of values in identifier to formulate primary key for session.get(); ' +
          `primary key attribute names are ${names} (synonym names are also accepted)`,
      )
    }
    return keys.map(({ key }) => given.get(key))
  }
  const values = Array.isArray(identity) ? identity : [identity]
  if (values.length !== keys.length) {
    const names = keys.map(({ column }) => `'${column}'`).join(',')
    throw new InvalidRequestError(
      'Incorrect number of values in identifier to formulate primary key for session.get(); ' +
        `primary key columns are ${names}`,
    )
  }
  return values
}

/**
 * The entity of a primary key: from the identity map, or by a SELECT when it is not there or may be
 * stale. `null` when there is none. To be called inside `context.exclusive`.
 */
export async function getEntity(
  context: LoadContext,
  mapper: Mapper,
  identity: unknown,
  options: IdentityLoadOptions = {},
): Promise<object | null> {
  const values = identityValues(mapper, identity)
  if (values.some((value) => value === null || value === undefined)) return null
  if (!options.populateExisting && !options.withForUpdate) {
    const known = context.identityMap.get(mapper.identityKey(values))
    // Another class of the same inheritance tree has that key.
    if (known !== undefined && !known.mapper.isA(mapper)) return null
    if (known !== undefined && !known.expired) return known.status === 'deleted' ? null : known.obj
  }
  const flushing = context.autoflush()
  if (flushing !== undefined) await flushing
  return loadByIdentity(context, mapper, values, options)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
