import type { Params } from '../types.ts'

/** The number of consecutive unnamed parameters. */
function countUnnamed(params: Params): number {
  let count = 0
  while (count in params) count++
  return count
}

/**
 * A router's own parameters over those of the router it is mounted in (`mergeParams`). Unnamed ones
 * are numbered on.
 */
export function mergeParams(params: Params, parent: unknown): Params {
  if (typeof parent !== 'object' || !parent) return params
  const outer = parent as Params
  const merged: Params = Object.assign({}, outer)
  if (!(0 in params) || !(0 in outer)) return Object.assign(merged, params)

  const offset = countUnnamed(outer)
  for (let i = countUnnamed(params) - 1; i >= 0; i--) {
    params[i + offset] = params[i]
    if (i < offset) delete params[i]
  }
  return Object.assign(merged, params)
}
