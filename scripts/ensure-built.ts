import { build } from './build.ts'
import { isFresh } from './stamp.ts'

/** Builds unless the build is up to date. */
export async function ensureBuilt(): Promise<void> {
  if (!isFresh()) await build()
}
