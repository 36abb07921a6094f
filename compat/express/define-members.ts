/** Copies members with their getters, as enumerable as they are; later objects win. */
export function defineMembers<T extends object>(target: T, ...sources: readonly object[]): T {
  for (const source of sources) {
    Object.defineProperties(target, Object.getOwnPropertyDescriptors(source))
  }
  return target
}
