/** A case in which we differ from the original on purpose or for want of a way. */
export interface KnownGap {
  readonly suite: string
  readonly test: string
  /** The major versions of Express that it is about; all without it. */
  readonly majors?: readonly number[]
  readonly reason: string
}

/** Every case that may differ; one that agrees must leave this list. */
export const KNOWN_GAPS: readonly KnownGap[] = []

/** The gap that covers a case. */
export function knownGap(suite: string, test: string, major: number): KnownGap | undefined {
  return KNOWN_GAPS.find(
    (gap) =>
      gap.suite === suite &&
      gap.test === test &&
      (gap.majors === undefined || gap.majors.includes(major)),
  )
}
