import { Alias } from './alias.ts'
import { FromClause as FromBase, withFromMethods } from './from-base.ts'
import { Join } from './join.ts'

// A binding that is used, not a bare import: a bundler may leave out what only has effects.
/** What a FROM may consist of. */
export const FromClause: typeof FromBase = withFromMethods(FromBase, {
  alias: (from, name) => new Alias(from, name),
  join: (left, right, on, flags) => new Join(left, right, on, flags),
})
export type FromClause = FromBase

export { baseOf, deepParts, type FromMethods, foreignKeysOf, type JoinFlags } from './from-base.ts'
