import type { UserLike } from '../types.ts'

const originals = new WeakMap<object, object>()

/**
 * A strategy's user as login needs it. One that lacks the members of a user, such as a row of a
 * table, gets them: active, and with the text of its `id` for an id.
 * @throws {TypeError} when it is no object, or has no id.
 */
export function toUser(found: unknown): UserLike {
  if (typeof found !== 'object' || found === null) {
    throw new TypeError(`A strategy gave ${String(found)} for a user: give it an object.`)
  }
  if ('isAuthenticated' in found && 'getId' in found) return found as UserLike
  const { id } = found as { readonly id?: unknown }
  if (id === undefined || id === null) {
    throw new TypeError('The user of a strategy has neither getId() nor an `id`.')
  }
  const isActive = (found as { readonly isActive?: unknown }).isActive ?? true
  const user = Object.create(found, {
    isActive: { value: Boolean(isActive) },
    isAuthenticated: { value: Boolean(isActive) },
    isAnonymous: { value: false },
    getId: { value: () => String(id) },
  }) as UserLike
  originals.set(user, found)
  return user
}

/** The object that a strategy gave for a user. */
export const originalUser = (user: UserLike): object => originals.get(user) ?? user
