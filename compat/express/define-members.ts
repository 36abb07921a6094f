/** Copies members with their getters, as enumerable as they are; later objects win. */
export function defineMembers<T extends object>(target: T, ...sources: readonly object[]): T {
  for (const source of sources) {
    Object.defineProperties(target, Object.getOwnPropertyDescriptors(source))
  }
  return target
}

/** Makes members that the original does not have invisible to whoever enumerates its own. */
export function hideMembers<T extends object>(members: T): T {
  for (const name of Object.keys(members)) {
    Object.defineProperty(members, name, { enumerable: false })
  }
  return members
}
