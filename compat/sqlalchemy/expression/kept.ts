import type { Dialect } from '../dialects/dialect.ts'

/** What a statement was compiled to, for one dialect; a second dialect follows the first. */
export interface KeptLink {
  readonly dialect: Dialect
  /** Known to `compile.ts` alone. */
  readonly compiled: unknown
  readonly next: KeptLink | null
}

/** A statement that remembers what it was compiled to. */
export interface KeepsCompiled {
  kept: KeptLink | null
}
